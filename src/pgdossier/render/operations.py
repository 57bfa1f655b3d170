"""§10 in words: backups, migrations, and the figures to watch. Templates call this module `operating`."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pgdossier.analysis import migrations
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.migrations import MigrationTool
from pgdossier.analysis.monitoring import BLOAT_LEAST, DEAD_LEAST, Figure, Limit, Named, State
from pgdossier.analysis.topology import Archiving, Position
from pgdossier.model.migrations import AppliedMigration, MigrationHistory
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Persistence, RelationKind
from pgdossier.render import gaps, watching
from pgdossier.render.escaping import code, fenced, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import counted, listed, size
from pgdossier.render.page import Page

_MEGABYTE = 1024**2
_NAMES = 8
_RECENT = 10
_HISTORY = 100


def taken(analysis: Analysis) -> str | None:
    """The moment at which the running server was asked; None when it was not."""
    at = analysis.snapshot.operation.taken_at
    return None if at is None else moment(at)


def not_read(analysis: Analysis, *families: str) -> list[str]:
    """The gaps of those families as lines of Markdown."""
    return gaps.unread(analysis.snapshot.operation, *families)


# --- 10.1 ----------------------------------------------------------------------------------------


def backup(analysis: Analysis) -> list[tuple[str, str]]:
    """The facts that backups depend on, as Markdown; what is not known is left out."""
    operation, network = analysis.snapshot.operation, analysis.network
    found = []
    if network.position is not None:
        found.append(("Role of this server", _role(network.position)))
    archiving = _archiving(analysis)
    if archiving:
        found.append(("WAL archiving", archiving))
    level = operation.setting("wal_level")
    if level is not None and level.value:
        found.append((code("wal_level"), _level(level.value)))
    server = operation.server
    if server is not None and server.data_checksums is not None:
        found.append(
            (
                "Data checksums",
                "on" if server.data_checksums else "off: a damaged page can get into a backup unnoticed",
            )
        )
    pages = operation.setting("full_page_writes")
    if pages is not None and pages.value == "off":
        found.append((code("full_page_writes"), "**off**: a crash can leave pages half written"))
    slots = [slot for slot in operation.topology.slots if not slot.temporary]
    if slots or (server is not None and not not_read(analysis, "slots")):
        idle = sum(not slot.active for slot in slots)
        kept = sum(slot.retained_bytes or 0 for slot in slots)
        told = counted(len(slots), "slot") if slots else "none"
        if slots:
            of_them = "" if len(slots) == 1 else f"{idle} of them "
            told += f", {of_them}inactive" if idle else ", all in use"
            told += f"; {size(kept)} of WAL are kept for {'it' if len(slots) == 1 else 'them'}"
        found.append(("Replication slots", told))
    running = sum(one.standby is not None and one.standby.state == "backup" for one in network.followers)
    if running:
        found.append(("Base backups being taken", f"{running}, at the moment of reading"))
    database = operation.database
    if database is not None and database.bytes is not None:
        found.append(("Size of the database", size(database.bytes)))
    wal = _wal(operation)
    if wal:
        found.append(("WAL written", wal))
    if database is not None:
        since = database.counted_since
        found.append(
            (
                "Statistics last reset",
                moment(since) if since else "not noted: never, or the server lost the date",
            )
        )
    return found


def _role(position: Position) -> str:
    return {
        Position.PRIMARY: "primary (`pg_is_in_recovery()` is false)",
        Position.STANDBY: "hot standby (`pg_is_in_recovery()` is true): archiving and backups of the primary"
        " cannot be seen from here",
        Position.RECOVERING: "in recovery, without an upstream server",
    }[position]


def _archiving(analysis: Analysis) -> str:
    operation, how = analysis.snapshot.operation, analysis.network.archiving
    mode, archiver = operation.setting("archive_mode"), operation.archiver
    if how is Archiving.UNKNOWN:
        return ""
    if how is Archiving.OFF:
        return (
            f"off ({code('archive_mode')} = {code('off')}): unless something else receives the WAL, there is"
            " no restore to a moment between two backups"
        )
    told = f"{code('archive_mode')} = {code(mode.value if mode and mode.value else '?')}"
    words = {
        Archiving.HEALTHY: "working",
        Archiving.FAILING: "**failing**",
        Archiving.NOTHING_YET: "nothing was archived yet",
        Archiving.NO_COMMAND: "**neither a command nor a library is set: WAL piles up on this server**",
        Archiving.AFTER_PROMOTION: "begins when this server is promoted",
        Archiving.UNREPORTED: "how it does was not read",
    }
    parts = [told, words.get(how, "not known")]
    if archiver is not None:
        if archiver.last_archived_at:
            parts.append(f"last success {moment(archiver.last_archived_at)}")
        if archiver.last_failed_at:
            parts.append(f"last failure {moment(archiver.last_failed_at)}")
        since = f" since {moment(archiver.counted_since)}" if archiver.counted_since else ""
        parts.append(
            f"{counted(archiver.archived, 'segment')} archived and"
            f" {counted(archiver.failed, 'failure')}{since}"
        )
    return "; ".join(parts)


def _level(level: str) -> str:
    meaning = {
        "minimal": "no archiving, no standby and no base backup of the running server is possible",
        "replica": "enough for base backups, archiving and standbys",
        "logical": "enough for base backups, archiving, standbys and logical replication",
    }.get(level)
    return code(level) + (f": {meaning}" if meaning else "")


def _wal(operation: Operation) -> str:
    wal = operation.wal
    if wal is None or wal.counted_since is None or operation.taken_at is None:
        return ""
    seconds = _seconds(wal.counted_since, operation.taken_at)
    if seconds < 86_400:
        return f"{size(wal.bytes)} since {moment(wal.counted_since)}"
    return (
        f"about {size(round(wal.bytes / seconds * 86_400))} a day, counted since {moment(wal.counted_since)}"
    )


def _seconds(since: str, until: str) -> float:
    return (dt.datetime.fromisoformat(until) - dt.datetime.fromisoformat(since)).total_seconds()


def outside(analysis: Analysis, page: Page) -> list[str]:
    """What a backup of this database does not bring back, as far as the catalogs tell."""
    structure = analysis.described.structure
    unlogged = [
        relation.qualified
        for relation in structure.relations
        if relation.persistence is Persistence.UNLOGGED and relation.kind is not RelationKind.VIEW
    ]
    foreign = [one.qualified for one in structure.relations if one.kind is RelationKind.FOREIGN_TABLE]
    found = []
    if unlogged:
        found.append(
            f"Rows of unlogged tables are in no base backup and on no standby: {_relations(unlogged, page)}."
        )
    if foreign:
        found.append(f"Rows of foreign tables are kept by other systems: {_relations(foreign, page)}.")
    return found


def _relations(names: list[QualifiedName], page: Page) -> str:
    shown = ", ".join(page.relation(name) for name in names[:_NAMES])
    more = len(names) - _NAMES
    return f"{shown} and {more} more" if more > 0 else shown


# --- 10.2 and 12.C -------------------------------------------------------------------------------


class Books(NamedTuple):
    """A bookkeeping table that was read: the tool that keeps it, and what it holds."""

    tool: MigrationTool
    history: MigrationHistory


def books(analysis: Analysis) -> list[Books]:
    """The bookkeeping tables that were read, by name."""
    known = migrations.histories(analysis.snapshot.operation)
    return [Books(tool, known[tool.table]) for tool in analysis.migrations if tool.table in known]


def unread_books(analysis: Analysis) -> list[MigrationTool]:
    """The tables that should hold migrations and were not read."""
    known = migrations.histories(analysis.snapshot.operation)
    return [tool for tool in analysis.migrations if tool.history and tool.table not in known]


def standing(found: Books) -> str:
    """Where the schema stands by that table, in a sentence."""
    history = found.history
    if not history.applied:
        return "The table is empty: no migration was applied."
    now = migrations.current(history)
    if not now:
        return "By it, no migration stands applied."
    if len(now) > 1 and history.keeps_history:
        dates = [one.applied_at for one in now if one.applied_at]
        last = f"; the last one was applied {moment_of(max(dates))}" if dates else ""
        return f"Migrations of {counted(len(now), 'part')} stand applied{last}."
    if len(now) > 1:
        return f"The schema stands at {counted(len(now), 'head')}: {listed([label(one) for one in now])}."
    when = f", applied {moment_of(now[0].applied_at)}" if now[0].applied_at else ""
    what = "Current version" if history.applied[0].version else "Newest migration applied"
    return f"{what}: {label(now[0])}{when}."


def trouble(found: Books) -> str:
    """The migrations that failed or never ended; nothing when there are none."""
    failed = migrations.troubled(found.history)
    if not failed:
        return ""
    shown = listed([label(one) for one in failed[:_NAMES]])
    more = f" and {len(failed) - _NAMES} more" if len(failed) > _NAMES else ""
    verb = "is" if len(failed) == 1 else "are"
    return f"**{shown}{more} {verb} noted as failed or unfinished.**"


def parts(found: Books) -> list[AppliedMigration]:
    """The newest migration of each part, where there are several; else nothing."""
    now = migrations.current(found.history)
    return list(now) if len(now) > 1 and found.history.keeps_history else []


def label(one: AppliedMigration) -> str:
    """A migration by its version and name, as Markdown."""
    shown = [code(one.version)] if one.version else []
    if one.name:
        shown.append(inline(one.name) if one.version else code(one.name))
    return " ".join(shown) or "one without a name"


def moment_of(applied_at: str | None) -> str:
    """When a migration was applied; a table that notes no time zone says nothing of one."""
    if not applied_at:
        return ""
    shown = moment(applied_at)
    return shown if shown != applied_at else applied_at.replace("T", " ")[:16]


def recent(found: Books) -> list[AppliedMigration]:
    """The newest rows of the table."""
    return list(found.history.applied[:_RECENT])


def listed_migrations(found: Books) -> list[AppliedMigration]:
    """The rows that §12.C shows, the newest first."""
    return list(found.history.applied[:_HISTORY])


def more_migrations(found: Books) -> str:
    """How many rows §12.C leaves out; nothing when it has them all."""
    rest = len(found.history.applied) - _HISTORY
    if found.history.cut:
        return "There are older ones; the newest were read."
    return f"{counted(rest, 'older one')} in `snapshot.json`." if rest > 0 else ""


def row_of(one: AppliedMigration) -> tuple[str, str, str, str, str]:
    """Part, version, name, moment and state of a migration as cells."""
    state = "" if one.state == "applied" else f"**{inline(one.state)}**"
    return (
        code(one.part) if one.part else "",
        code(one.version) if one.version else "",
        inline(one.name) if one.name else "",
        moment_of(one.applied_at),
        state,
    )


# --- 10.3 ----------------------------------------------------------------------------------------


class _Kind(NamedTuple):
    """What a figure is called, what its numbers are, and what is to be said of it in the queries."""

    label: str
    unit: str


_KINDS = {
    "connections": _Kind("Connections in use", "%"),
    "cache_hit": _Kind("Blocks found in shared buffers", "%"),
    "dead_rows": _Kind("Dead rows, worst table", "%"),
    "vacuum_lag": _Kind("Overdue VACUUM or ANALYZE, longest", "days"),
    "transaction_age": _Kind("Oldest transaction ID (wraparound)", "million"),
    "multixact_age": _Kind("Oldest multixact ID (wraparound)", "million"),
    "replication_lag": _Kind("Replication lag, in WAL", "MB"),
    "replication_delay": _Kind("Replication lag, in time", "s"),
    "slot_wal": _Kind("WAL held by one slot", "MB"),
    "inactive_slots": _Kind("Inactive replication slots", ""),
    "deadlocks": _Kind("Deadlocks", "a day"),
    "sequences": _Kind("Sequence nearest to its end", "%"),
    "requested_checkpoints": _Kind("Checkpoints requested before their time", "%"),
    "invalid_indexes": _Kind("Invalid indexes", ""),
    "long_transaction": _Kind("Oldest open transaction", "min"),
    "idle_in_transaction": _Kind("Sessions idle in a transaction", ""),
    "prepared_transaction": _Kind("Oldest prepared transaction", "min"),
    "bloat": _Kind("Empty space, worst table (estimate)", "%"),
    "temporary_files": _Kind("Temporary files", "MB a day"),
    "checksum_failures": _Kind("Pages with a wrong checksum", ""),
    "archiving": _Kind("Archiving of WAL", ""),
    "subscriptions": _Kind("Subscriptions that do not run", ""),
}
_STATES = {
    State.OK: "ok",
    State.WARNING: "**warning**",
    State.CRITICAL: "**critical**",
    State.UNKNOWN: "unknown",
}


def verdict(analysis: Analysis) -> str:
    """How many figures are as they should be, and how many are not, in one sentence."""
    found = analysis.monitoring
    words = [
        (State.CRITICAL, "critical"),
        (State.WARNING, "at its warning"),
        (State.UNKNOWN, "not known"),
        (State.OK, "as it should be"),
    ]
    told = []
    for state, word in words:
        count = found.count(state)
        if count:
            said = word if count == 1 else word.replace("its", "their").replace("it should", "they should")
            told.append(f"{count} {said}")
    return f"Of {len(found.figures)} figures: {', '.join(told)}."


def figures(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str, str]]:
    """Figure, now, warning, critical, state and what is behind it."""
    return [
        (
            _KINDS[one.key].label,
            _now(one),
            _threshold(one, 0),
            _threshold(one, 1),
            _STATES[one.state],
            _behind(one, page),
        )
        for one in analysis.monitoring.figures
    ]


def _now(figure: Figure) -> str:
    if figure.key == "archiving":
        failed = "" if figure.value is None else f", {counted(round(figure.value), 'failure')}"
        return {State.OK: "working", State.CRITICAL: "not working"}.get(figure.state, "not known") + failed
    if figure.value is None:
        # A count of which nobody knows in how many days.
        return f"{figure.part[0]:,} in all" if figure.key == "deadlocks" and figure.part else "not known"
    shown = _amount(figure.value, _KINDS[figure.key].unit)
    if figure.key in ("connections", "inactive_slots", "subscriptions") and figure.part:
        used, most = figure.part
        return f"{used:,} of {most:,}" + (f" ({shown})" if figure.key == "connections" else "")
    if figure.key == "prepared_transaction" and figure.part and figure.part[0]:
        return f"{shown}; there {'is' if figure.part[0] == 1 else 'are'} {figure.part[0]:,}"
    return shown


def _threshold(figure: Figure, which: int) -> str:
    if figure.limit is None:
        return ""
    below = "below " if figure.limit.low else ""
    return below + _amount(figure.limit[which], _KINDS[figure.key].unit)


def _amount(value: float, unit: str) -> str:
    if unit.startswith("MB"):
        return size(round(value * _MEGABYTE)) + unit.removeprefix("MB")
    # Never rounded up to a threshold that was not reached.
    digits = "under 0.1" if 0 < value < 0.1 else f"{int(value * 10) / 10:,.1f}".removesuffix(".0")
    if unit == "days" and value == 1:
        unit = "day"
    return f"{digits} {unit}".rstrip()


def _behind(figure: Figure, page: Page) -> str:
    told = []
    # Tables that wait for an hour are nobody's concern.
    if figure.worst and not (figure.key == "vacuum_lag" and figure.state is State.OK):
        told.append(", ".join(_named(figure, one, page) for one in figure.worst))
    if figure.why:
        told.append(inline(figure.why))
    if figure.key in ("deadlocks", "temporary_files") and figure.part and figure.value:
        total = f"{figure.part[0]:,}" if figure.key == "deadlocks" else size(figure.part[0])
        told.append(f"{total} in all")
    if figure.counted:
        told.append(f"counted since {moment(figure.since)}" if figure.since else "since when is not known")
    return "; ".join(told)


def _named(figure: Figure, one: Named, page: Page) -> str:
    if isinstance(one.name, str):
        name = code(one.name)
    elif figure.key in ("sequences", "invalid_indexes"):
        name = page.name(one.name)
    else:
        name = page.relation(one.name)
    return f"{name} {_amount(one.value, _KINDS[figure.key].unit)}" if one.value else name


def reading(analysis: Analysis) -> str:
    """What the figures leave out, in one sentence each."""
    return (
        f"A table's dead rows are looked at from {DEAD_LEAST:,} on, its empty space from"
        f" {size(BLOAT_LEAST)} on; overdue is a table with more than twice what autovacuum waits for."
        " Empty space is estimated from the planner's statistics, not measured."
    )


def queries(analysis: Analysis) -> str:
    """The queries for the figures that are told, as one block of SQL."""
    major = analysis.snapshot.structure.server.major
    found = []
    for figure in analysis.monitoring.figures:
        sql = watching.query(figure.key, major)
        if sql is not None:
            remark = watching.REMARKS.get(figure.key, "")
            title = f"-- {_KINDS[figure.key].label}{_limits(figure.limit, figure.key)}"
            found.append(f"{title}\n{remark}{sql}")
    return fenced("\n\n".join(found))


def _limits(limit: Limit | None, key: str) -> str:
    if limit is None:
        return ""
    below = "below " if limit.low else "from "
    unit = _KINDS[key].unit
    return f": warning {below}{limit.warning:g}, critical {below}{limit.critical:g} {unit}".rstrip()
