"""§2.2 in words: what the server is among others, who follows it, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.topology import (
    Application,
    Archiving,
    Commit,
    Follower,
    Kind,
    Network,
    Position,
    Publisher,
)
from pgdossier.language import mark, number, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.operation import Operation
from pgdossier.render.escaping import code, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import size, some
from pgdossier.render.technology import readable

_MOST_APPLICATIONS = 20
_MOST_ROLES = 5


def points(analysis: Analysis) -> list[str]:
    """What is to be said of this server among others, a sentence or two for each subject."""
    network, operation = analysis.network, analysis.snapshot.operation
    found = [tr("**Role.** {sentences}", sentences=_role(network, operation))]
    replication = _replication(network, operation)
    if replication:
        found.append(tr("**Replication.** {sentences}", sentences=replication))
    archiving = _archiving(network, operation)
    if archiving:
        found.append(tr("**WAL archiving.** {sentences}", sentences=archiving))
    sharding = _sharding(network, operation)
    if sharding:
        found.append(f"**Citus.** {sharding}")
    return found


def _role(network: Network, operation: Operation) -> str:
    if network.position is Position.PRIMARY:
        return tr("This server is a primary: it takes reads and writes.")
    receiver = operation.topology.receiver
    if network.position is Position.RECOVERING:
        return tr(
            "This server is in recovery and takes reads only. It is told no upstream server: it"
            " replays WAL from an archive, or is being restored."
        )
    words = [tr("This server is a hot standby: it takes reads only.")]
    if receiver is not None and receiver.status is not None:
        followed = tr(
            mark(
                "It follows an upstream server (the primary, or a standby before this one; its address is not"
                " read) through the slot {slot} there; its receiver of WAL is {status}"
            )
            if receiver.slot
            else mark(
                "It follows an upstream server (the primary, or a standby before this one; its address is not"
                " read) without a slot; its receiver of WAL is {status}"
            ),
            slot=code(receiver.slot or ""),
            status=code(receiver.status),
        )
        if receiver.last_message_at:
            heard = moment(receiver.last_message_at)
            followed = tr("{sentence}, last heard of at {moment}", sentence=followed, moment=heard)
        words.append(f"{followed}.")
    elif any(gap.family == "receiver" for gap in operation.gaps):
        words.append(tr("Whether it receives WAL right now is hidden from the role that reads."))
        slot = operation.setting("primary_slot_name")
        if slot is not None and slot.value:
            words.append(
                tr("It is configured to use the slot {slot} of its upstream server.", slot=code(slot.value))
            )
    else:
        words.append(tr("No receiver of WAL ran at that moment: it replays WAL from an archive, or waits."))
    if receiver is not None and receiver.unreplayed_bytes is not None:
        left = receiver.unreplayed_bytes
        words.append(
            tr("{size} of received WAL were not replayed yet.", size=size(left))
            if left
            else tr("All received WAL was replayed.")
        )
    if receiver is not None and receiver.replay_paused:
        words.append(tr("**Replay is paused.**"))
    delay = operation.setting("recovery_min_apply_delay")
    if delay is not None and delay.milliseconds:
        words.append(tr("It replays {delay} late on purpose.", delay=readable(delay)))
    return " ".join(words)


def _replication(network: Network, operation: Operation) -> str:
    names = operation.setting("synchronous_standby_names")
    told = f" ({code('synchronous_standby_names')} = {code(names.value)})" if names and names.value else ""
    if network.position is not Position.PRIMARY:
        return _cascade(network)
    match network.commit:
        case Commit.ALONE:
            kept = [one for one in network.followers if one.slot is not None]
            said = tr(
                "Nothing received WAL from this server at that moment; a standby that only reads archived WAL"
                " could not be seen from here."
            )
            slots = tr("Slots are kept for receivers that were not connected.")
            return f"{said} {slots}" if kept else said
        case Commit.ASYNCHRONOUS:
            return tr(
                "Asynchronous: a commit waits for no standby; what was not sent yet is lost with the server."
            )
        case Commit.SYNCHRONOUS:
            level = operation.setting("synchronous_commit")
            return tr(
                mark(
                    "Synchronous: a commit waits for standbys{names}; {setting} is {value}."
                    " Sessions can choose otherwise."
                )
                if level and level.value
                else mark("Synchronous: a commit waits for standbys{names}. Sessions can choose otherwise."),
                names=told,
                setting=code("synchronous_commit"),
                value=code(level.value or "") if level else "",
            )
        case Commit.STUCK:
            return tr("**Commits wait for synchronous standbys{names}, and none was connected.**", names=told)
        case Commit.NOT_ASKED:
            level = operation.setting("synchronous_commit")
            shown = code(level.value) if level and level.value else tr("off")
            return tr(
                "Synchronous standbys are named{names}, but {setting} is {value}: a commit waits for none.",
                names=told,
                setting=code("synchronous_commit"),
                value=shown,
            )
        case _:
            if not told:
                return tr("Whether commits wait for one is not known.")
            return tr(
                "Standbys that commits wait for are named{names}; whether commits wait for one is not known.",
                names=told,
            )


def _cascade(network: Network) -> str:
    connected = sum(one.connected and one.kind is not Kind.BACKUP for one in network.followers)
    if not connected:
        return tr("What else follows the upstream server cannot be seen from here.")
    return trn(
        "{count} receiver of WAL is connected to this standby (cascading).",
        "{count} receivers of WAL are connected to this standby (cascading).",
        connected,
    )


def _archiving(network: Network, operation: Operation) -> str:
    mode, archiver = operation.setting("archive_mode"), operation.archiver
    shown = f"({code('archive_mode')} = {code(mode.value)})" if mode and mode.value else ""
    counts = ""
    if archiver is not None:
        counts = tr(
            "{segments} archived, {failures}",
            segments=counted(archiver.archived, "segment"),
            failures=counted(archiver.failed, "failure"),
        )
        if archiver.counted_since:
            since = moment(archiver.counted_since)
            counts = tr("{counts} since {moment}", counts=counts, moment=since)
    last = (
        tr("at {moment}", moment=moment(archiver.last_archived_at))
        if archiver and archiver.last_archived_at
        else ""
    )
    failed = (
        tr("at {moment}", moment=moment(archiver.last_failed_at))
        if archiver and archiver.last_failed_at
        else ""
    )
    match network.archiving:
        case Archiving.OFF:
            return tr(
                "Off. Unless WAL is kept in another way (`pg_receivewal`, the provider's"
                " storage), a restore reaches the base backups only, not the moments between"
                " them."
            )
        case Archiving.HEALTHY:
            return tr(
                "On {setting} and working: last {moment}; {counts}.",
                setting=shown,
                moment=last,
                counts=counts,
            )
        case Archiving.FAILING:
            before = tr("the last success was {moment}", moment=last) if last else tr("it never succeeded")
            return tr(
                "On {setting}, but **failing**: it failed {moment}, and {before}; {counts}.",
                setting=shown,
                moment=failed,
                before=before,
                counts=counts,
            )
        case Archiving.NOTHING_YET:
            return tr("On {setting}; no segment was archived yet.", setting=shown)
        case Archiving.NO_COMMAND:
            return tr(
                "On {setting}, but **no command and no library is set: WAL piles up on this server**.",
                setting=shown,
            )
        case Archiving.AFTER_PROMOTION:
            return tr(
                "On {setting}: this server archives nothing while it is in recovery, only after a promotion.",
                setting=shown,
            )
        case Archiving.UNREPORTED:
            return tr("On {setting}; how it does was not read.", setting=shown)
        case _:
            return tr("Not known.")


def _sharding(network: Network, operation: Operation) -> str:
    if network.workers is None:
        return ""
    nodes = operation.topology.citus_nodes
    inactive = nodes.inactive if nodes is not None else 0
    tables = len(operation.topology.distributed_tables)
    return tr(
        mark(
            "{nodes} registered, {inactive} of them inactive (the coordinator counts when it is registered,"
            " too); {tables} known to Citus."
        )
        if inactive
        else mark(
            "{nodes} registered (the coordinator counts when it is registered, too); {tables} known to Citus."
        ),
        nodes=counted(network.workers, "node"),
        inactive=inactive,
        tables=counted(tables, "documented table"),
    )


_KINDS = {
    Kind.STANDBY: mark("standby"),
    Kind.SUBSCRIBER: mark("logical subscriber"),
    Kind.ARCHIVER: mark("receives WAL and replays none (`pg_receivewal` does so)"),
    Kind.BACKUP: mark("base backup being taken"),
    Kind.UNKNOWN: mark("receiver of WAL"),
}
_SYNC = {
    "async": mark("asynchronous"),
    "sync": mark("synchronous"),
    "quorum": mark("synchronous (quorum)"),
    "potential": mark("asynchronous, synchronous when another fails"),
}


def followers(analysis: Analysis) -> list[tuple[str, str, str, str, str, str]]:
    """Name, kind, state, how a commit waits for it, how far behind it is, and its slot."""
    rows = []
    for one in analysis.network.followers:
        standby = one.standby
        state = tr("not connected")
        waits = behind = ""
        if standby is not None:
            state = inline(standby.state) if standby.state else tr("connected")
            if standby.connected_since:
                state = tr("{state} since {moment}", state=state, moment=moment(standby.connected_since))
            if standby.sync_state:
                known = _SYNC.get(standby.sync_state)
                waits = tr(known) if known else inline(standby.sync_state)
            behind = _behind(one)
        elif one.connected:
            state = tr("connected")
        name = code(one.name) if one.name else tr("without a name")
        kind = tr(_KINDS[one.kind])
        if standby is None and one.kind is Kind.STANDBY:
            kind = tr("slot for a standby, or for a receiver of WAL")
        rows.append((name, kind, state, waits, behind, _slot(one)))
    return rows


def _behind(follower: Follower) -> str:
    standby = follower.standby
    if standby is None or follower.kind is Kind.BACKUP:
        return ""
    lag = standby.sent_lag_bytes if standby.replay_lag_bytes is None else standby.replay_lag_bytes
    if lag is None:
        return ""
    late = f", {number(standby.replay_lag_ms, ',.0f')} ms" if standby.replay_lag_ms is not None else ""
    return f"{size(lag) if lag else tr('nothing')}{late}"


def _slot(follower: Follower) -> str:
    slot = follower.slot
    if slot is None:
        return tr("none") if follower.standby is not None and follower.standby.state is not None else ""
    parts = [code(slot.name)]
    if slot.plugin:
        parts.append(tr("plugin {plugin}", plugin=code(slot.plugin)))
    if slot.database:
        parts.append(tr("database {database}", database=code(slot.database)))
    if slot.failover:
        parts.append(tr("kept on standbys"))
    if slot.invalidation:
        parts.append(tr("**invalid: {reason}**", reason=inline(slot.invalidation)))
    elif slot.wal_status in ("lost", "unreserved"):
        parts.append(f"**WAL {inline(slot.wal_status)}**")
    if slot.retained_bytes:
        parts.append(tr("holds {size} of WAL", size=size(slot.retained_bytes)))
    return ", ".join(parts)


def subscription_state(found: Publisher) -> str:
    """Whether a subscription is enabled, runs, and has caught up with its first copies."""
    words = [tr("enabled") if found.subscription.enabled else tr("disabled")]
    state = found.state
    if state is not None:
        words.append(tr("running") if state.running else tr("not running"))
        if state.tables:
            words.append(
                tr(
                    "{count} of {tables} past the first copy",
                    count=state.tables_ready,
                    tables=counted(state.tables, "table"),
                )
            )
        if state.last_message_at:
            words.append(tr("last heard of at {moment}", moment=moment(state.last_message_at)))
        if state.apply_errors or state.sync_errors:
            errors = (state.apply_errors or 0) + (state.sync_errors or 0)
            told = counted(errors, "error")
            if state.counted_since:
                told = tr("{counts} since {moment}", counts=told, moment=moment(state.counted_since))
            words.append(f"**{told}**")
    return ", ".join(words)


def applications(analysis: Analysis) -> list[tuple[str, str, str, str, str, str]]:
    """Name, what it is, sessions, roles, transport and states of those with most sessions."""
    return [
        (
            code(one.name) if one.name else tr("without a name"),
            inline(one.what or ""),
            f"{one.sessions}",
            _roles(one),
            _counts(one.transports),
            _counts(one.states),
        )
        for one in analysis.network.applications[:_MOST_APPLICATIONS]
    ]


def more_applications(analysis: Analysis) -> int:
    """How many applications the table leaves out."""
    return max(0, len(analysis.network.applications) - _MOST_APPLICATIONS)


def _roles(application: Application) -> str:
    return some([code(role) for role in application.roles], _MOST_ROLES)


_WORDS = {"local": mark("local socket"), "tls": "TLS", "plain": mark("**not encrypted**")}


def _counts(found: tuple[tuple[str | None, int], ...]) -> str:
    known = list(_known(found))
    if len(known) == 1 and len(found) == 1:
        return known[0][0]
    return ", ".join(f"{word} {count}" for word, count in known)


def _known(found: tuple[tuple[str | None, int], ...]) -> Iterator[tuple[str, int]]:
    for word, count in found:
        if word is not None:
            yield tr(_WORDS[word]) if word in _WORDS else inline(word), count


def clients_sentence(analysis: Analysis) -> str:
    """How many sessions of clients there were, here and in other databases."""
    here = sum(one.sessions for one in analysis.network.applications)
    elsewhere = analysis.network.sessions_elsewhere
    there = counted(elsewhere, "session")
    if not here:
        return (
            tr(
                "No client but pgdossier was connected to this database, and {elsewhere} in other"
                " databases of this server.",
                elsewhere=there,
            )
            if elsewhere
            else tr("No client but pgdossier was connected to this database.")
        )
    # What other roles' sessions are is hidden then: background workers look like clients.
    hidden = any(gap.family == "clients" for gap in analysis.snapshot.operation.gaps)
    return tr(_CLIENTS[hidden, bool(elsewhere)], sessions=counted(here, "session"), elsewhere=there)


# By whether there can be fewer, and whether there are some in other databases.
_CLIENTS = {
    (False, False): mark("{sessions} of clients in this database; pgdossier's own is not counted."),
    (False, True): mark(
        "{sessions} of clients in this database, and {elsewhere} in other databases of this server;"
        " pgdossier's own is not counted."
    ),
    (True, False): mark("At most {sessions} of clients in this database; pgdossier's own is not counted."),
    (True, True): mark(
        "At most {sessions} of clients in this database, and {elsewhere} in other databases of this server;"
        " pgdossier's own is not counted."
    ),
}
