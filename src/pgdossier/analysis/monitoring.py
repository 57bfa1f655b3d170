"""The figures that somebody should watch, each against a warning and a critical threshold (§10.3).

All are of one moment, or counted from a day to that moment; the figure says which. A figure that cannot be
known says why, and its state is unknown: never ok.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.indexes import InvalidIndex
from pgdossier.analysis.sequence_ends import SequenceEnd
from pgdossier.analysis.sizes import Size
from pgdossier.analysis.topology import Archiving, Network
from pgdossier.analysis.vacuuming import Vacuuming
from pgdossier.language import number, tr, trn
from pgdossier.model.activity import TableActivity
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation

DEAD_LEAST = 10_000
"""Dead rows of a table below which their share does not matter."""
BLOAT_LEAST = 20 * 1024**2
"""Bytes below which space that a table does not need does not matter."""
BLOCKS_LEAST = 10_000
"""Blocks asked for, below which the share found in shared buffers says little."""
CHECKPOINTS_LEAST = 10
"""Checkpoints below which the share of requested ones says little."""
WORST = 5
"""How many objects a figure names."""

_MEGABYTE = 1024**2


class Limit(NamedTuple):
    """Two thresholds. A figure below both is as it should be; when low figures are bad, one above both."""

    warning: float
    critical: float
    low: bool = False


class Limits(NamedTuple):
    """The thresholds of every figure that has some, by its key.

    Attributes:
        connections: Per cent of max_connections in use.
        cache_hit: Per cent of the blocks asked for that were in shared buffers; low is bad.
        dead_rows: Per cent of a table's row versions that are dead.
        vacuum_lag: Days since the last VACUUM or ANALYZE of a table that is overdue for one.
        transaction_age: Million transactions that the oldest row is old.
        multixact_age: Million multixacts that the oldest is old.
        replication_lag: Megabytes of WAL that a receiver is behind.
        replication_delay: Seconds that a receiver is behind.
        slot_wal: Megabytes of WAL that one slot keeps from being removed.
        inactive_slots: Slots that nobody is connected to.
        deadlocks: Deadlocks a day.
        sequences: Per cent of its numbers that a sequence has used up.
        requested_checkpoints: Per cent of the checkpoints that did not wait for their time.
        invalid_indexes: Indexes that queries cannot use.
        long_transaction: Minutes that the oldest transaction is open.
        idle_in_transaction: Sessions that wait inside a transaction.
        prepared_transaction: Minutes that the oldest prepared transaction waits.
        bloat: Per cent of a table's space that its rows do not need, by estimate.
        temporary_files: Megabytes of temporary files written a day.
        checksum_failures: Pages whose checksum was wrong.
    """

    connections: Limit = Limit(75, 90)
    cache_hit: Limit = Limit(95, 90, low=True)
    dead_rows: Limit = Limit(30, 50)
    vacuum_lag: Limit = Limit(1, 7)
    transaction_age: Limit = Limit(1000, 1500)
    multixact_age: Limit = Limit(1000, 1500)
    replication_lag: Limit = Limit(100, 1024)
    replication_delay: Limit = Limit(60, 600)
    slot_wal: Limit = Limit(1024, 10_240)
    inactive_slots: Limit = Limit(1, 5)
    deadlocks: Limit = Limit(1, 10)
    sequences: Limit = Limit(75, 90)
    requested_checkpoints: Limit = Limit(50, 80)
    invalid_indexes: Limit = Limit(1, 5)
    long_transaction: Limit = Limit(15, 120)
    idle_in_transaction: Limit = Limit(5, 20)
    prepared_transaction: Limit = Limit(5, 60)
    bloat: Limit = Limit(50, 75)
    temporary_files: Limit = Limit(1024, 10_240)
    checksum_failures: Limit = Limit(1, 10)


DEFAULT = Limits()
"""The thresholds as they come; the review's rules on the same figures begin where these warn."""

KEYS = (*Limits._fields, "archiving", "subscriptions")
"""The keys of all figures: those of the thresholds, and two that have none."""


class State(StrEnum):
    """How a figure stands to its thresholds."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """An object behind a figure, with its part of it; `name` is text where it is no relation."""

    name: QualifiedName | str
    value: float


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        key: What it is, one of `KEYS`.
        state: How it stands.
        value: The figure in the unit of its thresholds; None when it is not known, or has no number.
        limit: Its thresholds; None for a figure that is right or wrong.
        part: What `value` is a share of: how many of how many.
        worst: The objects behind it, the worst first.
        since: Since when is counted; None for a figure of the moment.
        counted: It is counted, whether or not it is known since when.
        why: Why it is not known, or what makes it what it is.
    """

    key: str
    state: State
    value: float | None = None
    limit: Limit | None = None
    part: tuple[int, int] | None = None
    worst: tuple[Named, ...] = ()
    since: str | None = None
    counted: bool = False
    why: str = ""


class Monitoring(msgspec.Struct, frozen=True, kw_only=True):
    """All figures in the order of `KEYS`; none when nothing of the running server was read.

    A figure about what is not there (replication without receivers) is left out.
    """

    figures: tuple[Figure, ...] = ()
    limits: Limits = DEFAULT

    def count(self, state: State) -> int:
        """How many figures are in that state."""
        return sum(figure.state is state for figure in self.figures)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures are taken from."""

    lookup: Lookup
    operation: Operation
    network: Network
    sizes: Mapping[QualifiedName, Size]
    sequences: tuple[SequenceEnd, ...]
    invalid: tuple[InvalidIndex, ...]
    limits: Limits


def assess(facts: Facts) -> Monitoring:
    """Every figure against its thresholds."""
    if facts.operation.taken_at is None:
        return Monitoring(limits=facts.limits)
    found = (figure for key in KEYS for figure in _FIGURES[key](facts))
    return Monitoring(figures=tuple(found), limits=facts.limits)


def judge(value: float, limit: Limit) -> State:
    """The state of a figure with that value."""
    if limit.low:
        if value < limit.critical:
            return State.CRITICAL
        return State.WARNING if value < limit.warning else State.OK
    if value >= limit.critical:
        return State.CRITICAL
    return State.WARNING if value >= limit.warning else State.OK


def _figure(
    facts: Facts,
    key: str,
    value: float | None,
    *,
    part: tuple[int, int] | None = None,
    worst: Iterable[Named] = (),
    since: str | None = None,
    counted: bool = False,
    why: str = "",
) -> Figure:
    limit: Limit = getattr(facts.limits, key)
    return Figure(
        key=key,
        state=State.UNKNOWN if value is None else judge(value, limit),
        value=value,
        limit=limit,
        part=part,
        worst=_first(worst),
        since=since,
        counted=counted,
        why=why,
    )


def _first(worst: Iterable[Named]) -> tuple[Named, ...]:
    def order(one: Named) -> tuple[float, str]:
        return -one.value, one.name if isinstance(one.name, str) else one.name.dotted

    return tuple(sorted(worst, key=order)[:WORST])


def _gap(facts: Facts, *families: str) -> str:
    """Why a family was not read, in the words of its gap."""
    return next((gap.reason for gap in facts.operation.gaps if gap.family in families), tr("not read"))


def _standby(facts: Facts) -> bool:
    return facts.operation.server is not None and facts.operation.server.in_recovery


def _days(facts: Facts, since: str | None) -> float | None:
    """For how many days was counted, at least one, so that a quiet hour makes no storm."""
    if since is None or facts.operation.taken_at is None:
        return None
    passed = dt.datetime.fromisoformat(facts.operation.taken_at) - dt.datetime.fromisoformat(since)
    return max(passed.total_seconds() / 86_400, 1.0)


def _uncounted(facts: Facts) -> str:
    """Why the counters of tables tell nothing here; nothing when they do."""
    if _standby(facts):
        return tr("a standby does not count what is written; ask the primary")
    counting = facts.operation.setting("track_counts")
    if counting is not None and counting.value == "off":
        return tr("the server does not count (track_counts is off)")
    if not facts.operation.tables and any(gap.family == "tables" for gap in facts.operation.gaps):
        return _gap(facts, "tables")
    return ""


def _stored(facts: Facts) -> Iterator[TableActivity]:
    """The tables that have counters."""
    return (table for table in facts.operation.tables if table.sequential_scans is not None)


def _name(part: TableActivity) -> QualifiedName:
    return QualifiedName(part.schema, part.name)


# --- the figures ---------------------------------------------------------------------------------


def _connections(facts: Facts) -> Iterator[Figure]:
    setting, server = facts.operation.setting("max_connections"), facts.operation.server
    if server is None or server.connections is None or setting is None or not setting.value:
        yield _figure(facts, "connections", None, why=_gap(facts, "server", "settings"))
        return
    most = int(setting.value)
    yield _figure(facts, "connections", 100 * server.connections / most, part=(server.connections, most))


def _cache_hit(facts: Facts) -> Iterator[Figure]:
    database = facts.operation.database
    if database is None or database.blocks is None:
        yield _figure(facts, "cache_hit", None, counted=True, why=_gap(facts, "database"))
        return
    asked = database.blocks.hit + database.blocks.read
    enough = asked >= BLOCKS_LEAST
    yield _figure(
        facts,
        "cache_hit",
        100 * database.blocks.hit / asked if enough else None,
        part=(database.blocks.hit, asked),
        since=database.counted_since,
        counted=True,
        why="" if enough else tr("only {asked} blocks were asked for, too few to tell", asked=number(asked)),
    )


def _dead_rows(facts: Facts) -> Iterator[Figure]:
    why = _uncounted(facts)
    if why:
        yield _figure(facts, "dead_rows", None, why=why)
        return
    worst = [
        Named(name=_name(part), value=100 * part.dead_rows / (part.dead_rows + (part.live_rows or 0)))
        for part in _stored(facts)
        if (part.dead_rows or 0) >= DEAD_LEAST and part.dead_rows
    ]
    value = max((one.value for one in worst), default=0.0)
    yield _figure(
        facts,
        "dead_rows",
        value,
        worst=worst,
        why="" if worst else tr("no table has {rows} dead rows or more", rows=number(DEAD_LEAST)),
    )


def _vacuum_lag(facts: Facts) -> Iterator[Figure]:
    why = _uncounted(facts)
    if why:
        yield _figure(facts, "vacuum_lag", None, why=why)
        return
    vacuuming = Vacuuming(facts.lookup, facts.operation)
    database = facts.operation.database
    since = None if database is None else database.counted_since
    worst, unknown = [], []
    for part in _stored(facts):
        last = []
        if vacuuming.vacuum_due(part):
            last.append(max(filter(None, (part.last_vacuum, part.last_autovacuum)), default=since))
        if vacuuming.analyze_due(part):
            last.append(max(filter(None, (part.last_analyze, part.last_autoanalyze)), default=since))
        if None in last:
            unknown.append(Named(name=_name(part), value=0))
        elif last:
            worst.append(Named(name=_name(part), value=_passed(facts, min(filter(None, last)))))
    never = tr("overdue, and never visited as far as the counters go, whose first day is not known")
    if unknown and not worst:
        yield _figure(facts, "vacuum_lag", None, worst=unknown, why=never)
        return
    value = max((one.value for one in worst), default=0.0)
    why = "" if worst else tr("no table is overdue")
    if unknown:
        why = trn("{count} more is {never}", "{count} more are {never}", len(unknown), never=never)
    yield _figure(facts, "vacuum_lag", value, worst=worst, why=why)


def _passed(facts: Facts, moment: str) -> float:
    """Days from a moment to the reading."""
    taken = dt.datetime.fromisoformat(facts.operation.taken_at or moment)
    return max((taken - dt.datetime.fromisoformat(moment)).total_seconds() / 86_400, 0.0)


def _age(key: str) -> Callable[[Facts], Iterator[Figure]]:
    def figure(facts: Facts) -> Iterator[Figure]:
        horizon, database = facts.operation.horizon, facts.operation.database
        everywhere = None if horizon is None else getattr(horizon, key)
        here = None if database is None else getattr(database, key)
        age = everywhere if everywhere is not None else here
        if age is None:
            yield _figure(facts, key, None, why=_gap(facts, "horizon", "database"))
            return
        worst = [Named(name=_name(part), value=(getattr(part, key) or 0) / 1e6) for part in _stored(facts)]
        limit: Limit = getattr(facts.limits, key)
        oldest = "" if horizon is None else horizon.oldest_database or ""
        yield _figure(
            facts,
            key,
            age / 1e6,
            worst=[one for one in worst if one.value >= limit.warning],
            why=tr("the oldest database is {oldest}", oldest=oldest)
            if oldest and key == "transaction_age"
            else "",
        )

    return figure


def _replication_lag(facts: Facts) -> Iterator[Figure]:
    topology = facts.operation.topology
    behind = []
    for one in facts.network.followers:
        if one.standby is None or one.kind.value == "base backup":
            continue
        sent, replayed = one.standby.sent_lag_bytes, one.standby.replay_lag_bytes
        lag = sent if replayed is None else replayed
        if lag is not None:
            behind.append(Named(name=one.name or tr("a receiver without a name"), value=lag / _MEGABYTE))
    receiver = topology.receiver
    if _standby(facts) and receiver is not None and receiver.unreplayed_bytes is not None:
        behind.append(
            Named(name=tr("this standby, to be replayed"), value=receiver.unreplayed_bytes / _MEGABYTE)
        )
    if behind:
        yield _figure(facts, "replication_lag", max(one.value for one in behind), worst=behind)
    elif any(gap.family in ("standbys", "receiver") for gap in facts.operation.gaps):
        yield _figure(facts, "replication_lag", None, why=_gap(facts, "standbys", "receiver"))


def _replication_delay(facts: Facts) -> Iterator[Figure]:
    late = [
        Named(name=one.name or tr("a receiver without a name"), value=one.standby.replay_lag_ms / 1000)
        for one in facts.network.followers
        if one.standby is not None and one.standby.replay_lag_ms is not None
    ]
    receiver = facts.operation.topology.receiver
    # The age of the last replayed transaction grows while the primary is idle: it is a delay only while
    # there is something to replay.
    if _standby(facts) and receiver is not None and receiver.unreplayed_bytes and receiver.replay_delay_ms:
        late.append(Named(name=tr("this standby"), value=receiver.replay_delay_ms / 1000))
    if late:
        yield _figure(facts, "replication_delay", max(one.value for one in late), worst=late)


def _slot_wal(facts: Facts) -> Iterator[Figure]:
    slots = [slot for slot in facts.operation.topology.slots if not slot.temporary]
    if not slots:
        if any(gap.family == "slots" for gap in facts.operation.gaps):
            yield _figure(facts, "slot_wal", None, why=_gap(facts, "slots"))
        return
    kept = [
        Named(name=slot.name, value=slot.retained_bytes / _MEGABYTE) for slot in slots if slot.retained_bytes
    ]
    lost = [slot.name for slot in slots if slot.wal_status == "lost" or slot.invalidation]
    if lost:
        yield Figure(
            key="slot_wal",
            state=State.CRITICAL,
            value=max((one.value for one in kept), default=0.0),
            limit=facts.limits.slot_wal,
            worst=tuple(Named(name=name, value=0) for name in sorted(lost)[:WORST]),
            why=tr("lost: the WAL that they needed is gone, so their receivers must be made anew"),
        )
        return
    yield _figure(facts, "slot_wal", max((one.value for one in kept), default=0.0), worst=kept)


def _inactive_slots(facts: Facts) -> Iterator[Figure]:
    slots = [slot for slot in facts.operation.topology.slots if not (slot.temporary or slot.synced)]
    if slots:
        idle = [Named(name=slot.name, value=0) for slot in slots if not slot.active]
        yield _figure(facts, "inactive_slots", len(idle), part=(len(idle), len(slots)), worst=idle)


def _daily(key: str, amount: str, scale: float) -> Callable[[Facts], Iterator[Figure]]:
    """A counter of the database, by the day."""

    def figure(facts: Facts) -> Iterator[Figure]:
        database = facts.operation.database
        count = None if database is None else getattr(database, amount)
        if database is None or count is None:
            yield _figure(facts, key, None, counted=True, why=_gap(facts, "database"))
            return
        days = _days(facts, database.counted_since)
        since = database.counted_since
        if days is None and count:
            why = tr("since when is counted is not known, so neither is how many that is a day")
            yield _figure(facts, key, None, counted=True, part=(count, 0), why=why)
            return
        value = 0.0 if days is None else count / scale / days
        yield _figure(facts, key, value, counted=True, since=since, part=(count, 0))

    return figure


def _sequences(facts: Facts) -> Iterator[Figure]:
    far = [
        Named(
            name=one.sequence.qualified,
            value=one.percent,
        )
        for one in facts.sequences
    ]
    unread = sum(one.used is None for one in facts.operation.sequences)
    refused = any(gap.family == "sequences" for gap in facts.operation.gaps)
    if not far and (unread or (refused and not facts.operation.sequences)):
        yield _figure(facts, "sequences", None, why=_gap(facts, "sequences"))
    elif far:
        yield _figure(
            facts,
            "sequences",
            max(one.value for one in far),
            worst=[one for one in far if one.value >= facts.limits.sequences.warning] or _first(far)[:1],
            why=tr("{unread} more could not be read", unread=unread) if unread else "",
        )


def _requested_checkpoints(facts: Facts) -> Iterator[Figure]:
    found = facts.operation.checkpoints
    if found is None:
        yield _figure(facts, "requested_checkpoints", None, counted=True, why=_gap(facts, "checkpoints"))
        return
    total = found.timed + found.requested
    enough = total >= CHECKPOINTS_LEAST
    yield _figure(
        facts,
        "requested_checkpoints",
        100 * found.requested / total if enough else None,
        part=(found.requested, total),
        since=found.counted_since,
        counted=True,
        why="" if enough else tr("only {total} checkpoints were counted, too few to tell", total=total),
    )


def _invalid_indexes(facts: Facts) -> Iterator[Figure]:
    worst = [Named(name=QualifiedName(one.table.schema, one.index), value=0) for one in facts.invalid]
    yield _figure(facts, "invalid_indexes", len(worst), worst=worst)


def _long_transaction(facts: Facts) -> Iterator[Figure]:
    horizon = facts.operation.horizon
    if horizon is None:
        yield _figure(facts, "long_transaction", None, why=_gap(facts, "horizon"))
        return
    minutes = (horizon.oldest_transaction_seconds or 0) / 60
    hidden = any(gap.family == "horizon" for gap in facts.operation.gaps)
    figure = _figure(facts, "long_transaction", minutes, why=_gap(facts, "horizon") if hidden else "")
    # What is hidden can only be worse.
    unknown = hidden and figure.state is State.OK
    yield _figure(facts, "long_transaction", None, why=figure.why) if unknown else figure


def _idle_in_transaction(facts: Facts) -> Iterator[Figure]:
    horizon = facts.operation.horizon
    if horizon is None or horizon.idle_in_transaction is None:
        yield _figure(facts, "idle_in_transaction", None, why=_gap(facts, "horizon"))
        return
    hidden = any(gap.family == "horizon" for gap in facts.operation.gaps)
    figure = _figure(facts, "idle_in_transaction", horizon.idle_in_transaction)
    if hidden and figure.state is State.OK:
        figure = _figure(facts, "idle_in_transaction", None, why=_gap(facts, "horizon"))
    yield figure


def _prepared_transaction(facts: Facts) -> Iterator[Figure]:
    horizon = facts.operation.horizon
    if horizon is None or horizon.prepared_transactions is None:
        yield _figure(facts, "prepared_transaction", None, why=_gap(facts, "horizon"))
        return
    number = horizon.prepared_transactions
    yield _figure(
        facts,
        "prepared_transaction",
        (horizon.oldest_prepared_seconds or 0) / 60,
        part=(number, 0),
        why="" if number else tr("there is none"),
    )


def _bloat(facts: Facts) -> Iterator[Figure]:
    needed: dict[QualifiedName, int | None] = {}
    for part in _stored(facts):
        name = tables.root(facts.lookup, _name(part))
        if name not in facts.lookup.relations:
            continue
        size = facts.lookup.statistics.get(_name(part))
        least = part.minimum_bytes
        if least is None and size is not None and size.rows == 0:
            least = 0
        known = needed.get(name, 0)
        needed[name] = None if known is None or least is None else known + least
    worst, estimated = [], 0
    for name, least in needed.items():
        measured = facts.sizes.get(name)
        if least is None or measured is None or not measured.known:
            continue
        estimated += 1
        empty = measured.table_bytes - least
        if empty >= BLOAT_LEAST:
            worst.append(Named(name=name, value=100 * empty / measured.table_bytes))
    if not estimated:
        reason = _gap(facts, "bloat") if needed else tr("no table is documented")
        unread = not any(gap.family == "bloat" for gap in facts.operation.gaps)
        why = tr("no table was analysed") if needed and unread else reason
        yield _figure(facts, "bloat", None, why=why)
        return
    left = len(needed) - estimated
    yield _figure(
        facts,
        "bloat",
        max((one.value for one in worst), default=0.0),
        worst=worst,
        part=(estimated, len(needed)),
        why=tr("{left} of {count} tables cannot be estimated", left=left, count=len(needed)) if left else "",
    )


def _checksum_failures(facts: Facts) -> Iterator[Figure]:
    database, server = facts.operation.database, facts.operation.server
    if server is None or not server.data_checksums or database is None:
        return
    if database.checksum_failures is not None:
        yield _figure(
            facts,
            "checksum_failures",
            database.checksum_failures,
            since=database.counted_since,
            counted=True,
        )


def _archiving(facts: Facts) -> Iterator[Figure]:
    archiver, how = facts.operation.archiver, facts.network.archiving
    states = {
        Archiving.HEALTHY: State.OK,
        Archiving.FAILING: State.CRITICAL,
        Archiving.NO_COMMAND: State.CRITICAL,
        Archiving.NOTHING_YET: State.UNKNOWN,
        Archiving.UNREPORTED: State.UNKNOWN,
        Archiving.UNKNOWN: State.UNKNOWN,
    }
    if how not in states:
        return  # off, or not before a promotion
    yield Figure(
        key="archiving",
        state=states[how],
        value=None if archiver is None else archiver.failed,
        since=None if archiver is None else archiver.counted_since,
        counted=True,
        why={
            Archiving.HEALTHY: tr("the last attempt succeeded"),
            Archiving.FAILING: tr("the last attempt failed"),
            Archiving.NO_COMMAND: tr("neither a command nor a library is set"),
            Archiving.NOTHING_YET: tr("nothing was archived yet"),
        }.get(how, _gap(facts, "archiver", "settings")),
    )


def _subscriptions(facts: Facts) -> Iterator[Figure]:
    enabled = [one for one in facts.network.publishers if one.subscription.enabled]
    if not enabled:
        return
    if any(one.state is None for one in enabled):
        yield Figure(key="subscriptions", state=State.UNKNOWN, why=_gap(facts, "subscriptions"))
        return
    stopped = [
        Named(name=one.subscription.name, value=0)
        for one in enabled
        if one.state is not None and not one.state.running
    ]
    yield Figure(
        key="subscriptions",
        state=State.CRITICAL if stopped else State.OK,
        value=len(stopped),
        part=(len(stopped), len(enabled)),
        worst=tuple(stopped[:WORST]),
    )


_FIGURES: dict[str, Callable[[Facts], Iterator[Figure]]] = {
    "connections": _connections,
    "cache_hit": _cache_hit,
    "dead_rows": _dead_rows,
    "vacuum_lag": _vacuum_lag,
    "transaction_age": _age("transaction_age"),
    "multixact_age": _age("multixact_age"),
    "replication_lag": _replication_lag,
    "replication_delay": _replication_delay,
    "slot_wal": _slot_wal,
    "inactive_slots": _inactive_slots,
    "deadlocks": _daily("deadlocks", "deadlocks", 1),
    "sequences": _sequences,
    "requested_checkpoints": _requested_checkpoints,
    "invalid_indexes": _invalid_indexes,
    "long_transaction": _long_transaction,
    "idle_in_transaction": _idle_in_transaction,
    "prepared_transaction": _prepared_transaction,
    "bloat": _bloat,
    "temporary_files": _daily("temporary_files", "temporary_bytes", _MEGABYTE),
    "checksum_failures": _checksum_failures,
    "archiving": _archiving,
    "subscriptions": _subscriptions,
}
