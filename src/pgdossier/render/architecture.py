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
from pgdossier.model.operation import Operation
from pgdossier.render.escaping import code, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import counted, size
from pgdossier.render.technology import readable

_MOST_APPLICATIONS = 20
_MOST_ROLES = 5


def points(analysis: Analysis) -> list[str]:
    """What is to be said of this server among others, a sentence or two for each subject."""
    network, operation = analysis.network, analysis.snapshot.operation
    found = [f"**Role.** {_role(network, operation)}"]
    replication = _replication(network, operation)
    if replication:
        found.append(f"**Replication.** {replication}")
    archiving = _archiving(network, operation)
    if archiving:
        found.append(f"**WAL archiving.** {archiving}")
    sharding = _sharding(network, operation)
    if sharding:
        found.append(f"**Citus.** {sharding}")
    return found


def _role(network: Network, operation: Operation) -> str:
    if network.position is Position.PRIMARY:
        return "This server is a primary: it takes reads and writes."
    receiver = operation.topology.receiver
    if network.position is Position.RECOVERING:
        return (
            "This server is in recovery and takes reads only. It is told no upstream server: it replays WAL"
            " from an archive, or is being restored."
        )
    words = ["This server is a hot standby: it takes reads only."]
    if receiver is not None and receiver.status is not None:
        through = f" through the slot {code(receiver.slot)} there" if receiver.slot else " without a slot"
        words.append(
            f"It follows an upstream server (the primary, or a standby before this one; its address is not"
            f" read){through}; its receiver of WAL is {code(receiver.status)}"
            + (f", last heard of at {moment(receiver.last_message_at)}." if receiver.last_message_at else ".")
        )
    elif any(gap.family == "receiver" for gap in operation.gaps):
        words.append("Whether it receives WAL right now is hidden from the role that reads.")
        slot = operation.setting("primary_slot_name")
        if slot is not None and slot.value:
            words.append(f"It is configured to use the slot {code(slot.value)} of its upstream server.")
    else:
        words.append("No receiver of WAL ran at that moment: it replays WAL from an archive, or waits.")
    if receiver is not None and receiver.unreplayed_bytes is not None:
        left = receiver.unreplayed_bytes
        words.append(
            f"{size(left)} of received WAL were not replayed yet."
            if left
            else "All received WAL was replayed."
        )
    if receiver is not None and receiver.replay_paused:
        words.append("**Replay is paused.**")
    delay = operation.setting("recovery_min_apply_delay")
    if delay is not None and delay.milliseconds:
        words.append(f"It replays {readable(delay)} late on purpose.")
    return " ".join(words)


def _replication(network: Network, operation: Operation) -> str:
    names = operation.setting("synchronous_standby_names")
    told = f" ({code('synchronous_standby_names')} = {code(names.value)})" if names and names.value else ""
    if network.position is not Position.PRIMARY:
        return _cascade(network)
    match network.commit:
        case Commit.ALONE:
            kept = [one for one in network.followers if one.slot is not None]
            slots = " Slots are kept for receivers that were not connected." if kept else ""
            return (
                "Nothing received WAL from this server at that moment; a standby that only reads archived WAL"
                f" could not be seen from here.{slots}"
            )
        case Commit.ASYNCHRONOUS:
            return (
                "Asynchronous: a commit waits for no standby; what was not sent yet is lost with the server."
            )
        case Commit.SYNCHRONOUS:
            level = operation.setting("synchronous_commit")
            until = f"; {code('synchronous_commit')} is {code(level.value)}" if level and level.value else ""
            return f"Synchronous: a commit waits for standbys{told}{until}. Sessions can choose otherwise."
        case Commit.STUCK:
            return f"**Commits wait for synchronous standbys{told}, and none was connected.**"
        case Commit.NOT_ASKED:
            level = operation.setting("synchronous_commit")
            shown = code(level.value) if level and level.value else "off"
            return (
                f"Synchronous standbys are named{told}, but {code('synchronous_commit')} is {shown}:"
                " a commit waits for none."
            )
        case _:
            known = f"Standbys that commits wait for are named{told}; w" if told else "W"
            return f"{known}hether commits wait for one is not known."


def _cascade(network: Network) -> str:
    connected = sum(one.connected and one.kind is not Kind.BACKUP for one in network.followers)
    if not connected:
        return "What else follows the upstream server cannot be seen from here."
    verb = "is" if connected == 1 else "are"
    return f"{counted(connected, 'receiver')} of WAL {verb} connected to this standby (cascading)."


def _archiving(network: Network, operation: Operation) -> str:
    mode, archiver = operation.setting("archive_mode"), operation.archiver
    shown = f"({code('archive_mode')} = {code(mode.value)})" if mode and mode.value else ""
    counts = ""
    if archiver is not None:
        counts = f"{counted(archiver.archived, 'segment')} archived, {counted(archiver.failed, 'failure')}"
        counts += f" since {moment(archiver.counted_since)}" if archiver.counted_since else ""
    last = f"at {moment(archiver.last_archived_at)}" if archiver and archiver.last_archived_at else ""
    failed = f"at {moment(archiver.last_failed_at)}" if archiver and archiver.last_failed_at else ""
    match network.archiving:
        case Archiving.OFF:
            return (
                "Off. Unless WAL is kept in another way (`pg_receivewal`, the provider's storage), a restore"
                " reaches the base backups only, not the moments between them."
            )
        case Archiving.HEALTHY:
            return f"On {shown} and working: last {last}; {counts}."
        case Archiving.FAILING:
            before = f"the last success was {last}" if last else "it never succeeded"
            return f"On {shown}, but **failing**: it failed {failed}, and {before}; {counts}."
        case Archiving.NOTHING_YET:
            return f"On {shown}; no segment was archived yet."
        case Archiving.NO_COMMAND:
            return f"On {shown}, but **no command and no library is set: WAL piles up on this server**."
        case Archiving.AFTER_PROMOTION:
            return (
                f"On {shown}: this server archives nothing while it is in recovery, only after a promotion."
            )
        case Archiving.UNREPORTED:
            return f"On {shown}; how it does was not read."
        case _:
            return "Not known."


def _sharding(network: Network, operation: Operation) -> str:
    if network.workers is None:
        return ""
    nodes = operation.topology.citus_nodes
    inactive = f", {nodes.inactive} of them inactive" if nodes is not None and nodes.inactive else ""
    tables = len(operation.topology.distributed_tables)
    return (
        f"{counted(network.workers, 'node')} registered{inactive}"
        " (the coordinator counts when it is registered, too);"
        f" {counted(tables, 'documented table')} known to Citus."
    )


_KINDS = {
    Kind.STANDBY: "standby",
    Kind.SUBSCRIBER: "logical subscriber",
    Kind.ARCHIVER: "receives WAL and replays none (`pg_receivewal` does so)",
    Kind.BACKUP: "base backup being taken",
    Kind.UNKNOWN: "receiver of WAL",
}
_SYNC = {
    "async": "asynchronous",
    "sync": "synchronous",
    "quorum": "synchronous (quorum)",
    "potential": "asynchronous, synchronous when another fails",
}


def followers(analysis: Analysis) -> list[tuple[str, str, str, str, str, str]]:
    """Name, kind, state, how a commit waits for it, how far behind it is, and its slot."""
    rows = []
    for one in analysis.network.followers:
        standby = one.standby
        state = "not connected"
        waits = behind = ""
        if standby is not None:
            state = inline(standby.state or "connected")
            state += f" since {moment(standby.connected_since)}" if standby.connected_since else ""
            waits = inline(_SYNC.get(standby.sync_state, standby.sync_state)) if standby.sync_state else ""
            behind = _behind(one)
        elif one.connected:
            state = "connected"
        name = code(one.name) if one.name else "without a name"
        kind = _KINDS[one.kind]
        if standby is None and one.kind is Kind.STANDBY:
            kind = "slot for a standby, or for a receiver of WAL"
        rows.append((name, kind, state, waits, behind, _slot(one)))
    return rows


def _behind(follower: Follower) -> str:
    standby = follower.standby
    if standby is None or follower.kind is Kind.BACKUP:
        return ""
    lag = standby.sent_lag_bytes if standby.replay_lag_bytes is None else standby.replay_lag_bytes
    if lag is None:
        return ""
    late = f", {standby.replay_lag_ms:,.0f} ms" if standby.replay_lag_ms is not None else ""
    return f"{size(lag)}{late}" if lag else f"nothing{late}"


def _slot(follower: Follower) -> str:
    slot = follower.slot
    if slot is None:
        return "none" if follower.standby is not None and follower.standby.state is not None else ""
    parts = [code(slot.name)]
    if slot.plugin:
        parts.append(f"plugin {code(slot.plugin)}")
    if slot.database:
        parts.append(f"database {code(slot.database)}")
    if slot.failover:
        parts.append("kept on standbys")
    if slot.invalidation:
        parts.append(f"**invalid: {inline(slot.invalidation)}**")
    elif slot.wal_status in ("lost", "unreserved"):
        parts.append(f"**WAL {inline(slot.wal_status)}**")
    if slot.retained_bytes:
        parts.append(f"holds {size(slot.retained_bytes)} of WAL")
    return ", ".join(parts)


def subscription_state(found: Publisher) -> str:
    """Whether a subscription is enabled, runs, and has caught up with its first copies."""
    words = ["enabled" if found.subscription.enabled else "disabled"]
    state = found.state
    if state is not None:
        words.append("running" if state.running else "not running")
        if state.tables:
            words.append(f"{state.tables_ready} of {counted(state.tables, 'table')} past the first copy")
        if state.last_message_at:
            words.append(f"last heard of at {moment(state.last_message_at)}")
        if state.apply_errors or state.sync_errors:
            errors = (state.apply_errors or 0) + (state.sync_errors or 0)
            since = f" since {moment(state.counted_since)}" if state.counted_since else ""
            words.append(f"**{counted(errors, 'error')}{since}**")
    return ", ".join(words)


def applications(analysis: Analysis) -> list[tuple[str, str, str, str, str, str]]:
    """Name, what it is, sessions, roles, transport and states of those with most sessions."""
    return [
        (
            code(one.name) if one.name else "without a name",
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
    shown = [code(role) for role in application.roles[:_MOST_ROLES]]
    more = len(application.roles) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


_WORDS = {"local": "local socket", "tls": "TLS", "plain": "**not encrypted**"}


def _counts(found: tuple[tuple[str | None, int], ...]) -> str:
    known = list(_known(found))
    if len(known) == 1 and len(found) == 1:
        return known[0][0]
    return ", ".join(f"{word} {number}" for word, number in known)


def _known(found: tuple[tuple[str | None, int], ...]) -> Iterator[tuple[str, int]]:
    for word, number in found:
        if word is not None:
            yield _WORDS.get(word, inline(word)), number


def clients_sentence(analysis: Analysis) -> str:
    """How many sessions of clients there were, here and in other databases."""
    here = sum(one.sessions for one in analysis.network.applications)
    elsewhere = analysis.network.sessions_elsewhere
    there = f", and {counted(elsewhere, 'session')} in other databases of this server" if elsewhere else ""
    if not here:
        return f"No client but pgdossier was connected to this database{there}."
    # What other roles' sessions are is hidden then: background workers look like clients.
    most = "At most " if any(gap.family == "clients" for gap in analysis.snapshot.operation.gaps) else ""
    sessions = counted(here, "session")
    return f"{most}{sessions} of clients in this database{there}; pgdossier's own is not counted."
