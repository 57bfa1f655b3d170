"""§10 in words: backups, migrations, and the figures to watch. Templates call this module `operating`."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pgdossier.analysis import migrations
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.migrations import MigrationTool
from pgdossier.analysis.monitoring import BLOAT_LEAST, DEAD_LEAST, Figure, Limit, Named, State
from pgdossier.analysis.topology import Archiving, Position
from pgdossier.language import mark, number, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.migrations import AppliedMigration, MigrationHistory
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Persistence, RelationKind
from pgdossier.render import gaps, watching
from pgdossier.render.escaping import code, fenced, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import listed, size, trimmed
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
        found.append((tr("Role of this server"), _role(network.position)))
    archiving = _archiving(analysis)
    if archiving:
        found.append((tr("WAL archiving"), archiving))
    level = operation.setting("wal_level")
    if level is not None and level.value:
        found.append((code("wal_level"), _level(level.value)))
    server = operation.server
    if server is not None and server.data_checksums is not None:
        found.append(
            (
                tr("Data checksums"),
                tr("on")
                if server.data_checksums
                else tr("off: a damaged page can get into a backup unnoticed"),
            )
        )
    pages = operation.setting("full_page_writes")
    if pages is not None and pages.value == "off":
        found.append((code("full_page_writes"), tr("**off**: a crash can leave pages half written")))
    slots = [slot for slot in operation.topology.slots if not slot.temporary]
    if slots or (server is not None and not not_read(analysis, "slots")):
        idle = sum(not slot.active for slot in slots)
        kept = sum(slot.retained_bytes or 0 for slot in slots)
        found.append((tr("Replication slots"), _slots(len(slots), idle, size(kept))))
    running = sum(one.standby is not None and one.standby.state == "backup" for one in network.followers)
    if running:
        found.append((tr("Base backups being taken"), tr("{count}, at the moment of reading", count=running)))
    database = operation.database
    if database is not None and database.bytes is not None:
        found.append((tr("Size of the database"), size(database.bytes)))
    wal = _wal(operation)
    if wal:
        found.append((tr("WAL written"), wal))
    if database is not None:
        since = database.counted_since
        found.append(
            (
                tr("Statistics last reset"),
                moment(since) if since else tr("not noted: never, or the server lost the date"),
            )
        )
    return found


def _slots(count: int, idle: int, kept: str) -> str:
    if count == 0:
        return tr("none")
    if not idle:
        return trn(
            "{count} slot, all in use; {kept} of WAL are kept for it",
            "{count} slots, all in use; {kept} of WAL are kept for them",
            count,
            kept=kept,
        )
    return trn(
        "{count} slot, inactive; {kept} of WAL are kept for it",
        "{count} slots, {idle} of them inactive; {kept} of WAL are kept for them",
        count,
        kept=kept,
        idle=idle,
    )


def _role(position: Position) -> str:
    return {
        Position.PRIMARY: tr("primary (`pg_is_in_recovery()` is false)"),
        Position.STANDBY: tr(
            "hot standby (`pg_is_in_recovery()` is true): archiving and backups of the primary cannot"
            " be seen from here"
        ),
        Position.RECOVERING: tr("in recovery, without an upstream server"),
    }[position]


def _archiving(analysis: Analysis) -> str:
    operation, how = analysis.snapshot.operation, analysis.network.archiving
    mode, archiver = operation.setting("archive_mode"), operation.archiver
    if how is Archiving.UNKNOWN:
        return ""
    if how is Archiving.OFF:
        return tr(
            "off ({setting} = {value}): unless something else receives the WAL, there is no restore"
            " to a moment between two backups",
            setting=code("archive_mode"),
            value=code("off"),
        )
    told = f"{code('archive_mode')} = {code(mode.value if mode and mode.value else '?')}"
    words = {
        Archiving.HEALTHY: tr("working"),
        Archiving.FAILING: tr("**failing**"),
        Archiving.NOTHING_YET: tr("nothing was archived yet"),
        Archiving.NO_COMMAND: tr("**neither a command nor a library is set: WAL piles up on this server**"),
        Archiving.AFTER_PROMOTION: tr("begins when this server is promoted"),
        Archiving.UNREPORTED: tr("how it does was not read"),
    }
    parts = [told, words.get(how, "not known")]
    if archiver is not None:
        if archiver.last_archived_at:
            parts.append(tr("last success {moment}", moment=moment(archiver.last_archived_at)))
        if archiver.last_failed_at:
            parts.append(tr("last failure {moment}", moment=moment(archiver.last_failed_at)))
        parts.append(
            tr(
                mark("{segments} archived and {failures} since {moment}")
                if archiver.counted_since
                else mark("{segments} archived and {failures}"),
                segments=counted(archiver.archived, "segment"),
                failures=counted(archiver.failed, "failure"),
                moment=moment(archiver.counted_since or ""),
            )
        )
    return "; ".join(parts)


def _level(level: str) -> str:
    meaning = {
        "minimal": tr("no archiving, no standby and no base backup of the running server is possible"),
        "replica": tr("enough for base backups, archiving and standbys"),
        "logical": tr("enough for base backups, archiving, standbys and logical replication"),
    }.get(level)
    return code(level) + (f": {meaning}" if meaning else "")


def _wal(operation: Operation) -> str:
    wal = operation.wal
    if wal is None or wal.counted_since is None or operation.taken_at is None:
        return ""
    seconds = _seconds(wal.counted_since, operation.taken_at)
    if seconds < 86_400:
        return tr("{size} since {moment}", size=size(wal.bytes), moment=moment(wal.counted_since))
    return tr(
        "about {size} a day, counted since {moment}",
        size=size(round(wal.bytes / seconds * 86400)),
        moment=moment(wal.counted_since),
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
            tr(
                "Rows of unlogged tables are in no base backup and on no standby: {relations}.",
                relations=_relations(unlogged, page),
            )
        )
    if foreign:
        found.append(
            tr(
                "Rows of foreign tables are kept by other systems: {relations}.",
                relations=_relations(foreign, page),
            )
        )
    return found


def _relations(names: list[QualifiedName], page: Page) -> str:
    shown = ", ".join(page.relation(name) for name in names[:_NAMES])
    more = len(names) - _NAMES
    return tr("{items} and {count} more", items=shown, count=more) if more > 0 else shown


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
        return tr("The table is empty: no migration was applied.")
    now = migrations.current(history)
    if not now:
        return tr("By it, no migration stands applied.")
    if len(now) > 1 and history.keeps_history:
        dates = [one.applied_at for one in now if one.applied_at]
        if not dates:
            return tr("Migrations of {parts} stand applied.", parts=counted(len(now), "part"))
        return tr(
            "Migrations of {parts} stand applied; the last one was applied {moment}.",
            parts=counted(len(now), "part"),
            moment=moment_of(max(dates)),
        )
    if len(now) > 1:
        return tr(
            "The schema stands at {heads}: {names}.",
            heads=counted(len(now), "head"),
            names=listed([label(one) for one in now]),
        )
    said = tr(
        mark("Current version: {migration}")
        if history.applied[0].version
        else mark("Newest migration applied: {migration}"),
        migration=label(now[0]),
    )
    if now[0].applied_at:
        said = tr("{migration}, applied {moment}", migration=said, moment=moment_of(now[0].applied_at))
    return f"{said}."


def trouble(found: Books) -> str:
    """The migrations that failed or never ended; nothing when there are none."""
    failed = migrations.troubled(found.history)
    if not failed:
        return ""
    shown = listed([label(one) for one in failed[:_NAMES]])
    if len(failed) > _NAMES:
        shown = tr("{items} and {count} more", items=shown, count=len(failed) - _NAMES)
    return trn(
        "**{migrations} is noted as failed or unfinished.**",
        "**{migrations} are noted as failed or unfinished.**",
        len(failed),
        migrations=shown,
    )


def parts(found: Books) -> list[AppliedMigration]:
    """The newest migration of each part, where there are several; else nothing."""
    now = migrations.current(found.history)
    return list(now) if len(now) > 1 and found.history.keeps_history else []


def label(one: AppliedMigration) -> str:
    """A migration by its version and name, as Markdown."""
    shown = [code(one.version)] if one.version else []
    if one.name:
        shown.append(inline(one.name) if one.version else code(one.name))
    return " ".join(shown) or tr("one without a name")


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
        return tr("There are older ones; the newest were read.")
    return tr("{migrations} in `snapshot.json`.", migrations=counted(rest, "older one")) if rest > 0 else ""


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
    "connections": _Kind(mark("Connections in use"), "%"),
    "cache_hit": _Kind(mark("Blocks found in shared buffers"), "%"),
    "dead_rows": _Kind(mark("Dead rows, worst table"), "%"),
    "vacuum_lag": _Kind(mark("Overdue VACUUM or ANALYZE, longest"), mark("days")),
    "transaction_age": _Kind(mark("Oldest transaction ID (wraparound)"), mark("million")),
    "multixact_age": _Kind(mark("Oldest multixact ID (wraparound)"), mark("million")),
    "replication_lag": _Kind(mark("Replication lag, in WAL"), "MB"),
    "replication_delay": _Kind(mark("Replication lag, in time"), "s"),
    "slot_wal": _Kind(mark("WAL held by one slot"), "MB"),
    "inactive_slots": _Kind(mark("Inactive replication slots"), ""),
    "deadlocks": _Kind(mark("Deadlocks"), mark("a day")),
    "sequences": _Kind(mark("Sequence nearest to its end"), "%"),
    "requested_checkpoints": _Kind(mark("Checkpoints requested before their time"), "%"),
    "invalid_indexes": _Kind(mark("Invalid indexes"), ""),
    "long_transaction": _Kind(mark("Oldest open transaction"), mark("min")),
    "idle_in_transaction": _Kind(mark("Sessions idle in a transaction"), ""),
    "prepared_transaction": _Kind(mark("Oldest prepared transaction"), mark("min")),
    "bloat": _Kind(mark("Empty space, worst table (estimate)"), "%"),
    "temporary_files": _Kind(mark("Temporary files"), mark("MB a day")),
    "checksum_failures": _Kind(mark("Pages with a wrong checksum"), ""),
    "archiving": _Kind(mark("Archiving of WAL"), ""),
    "subscriptions": _Kind(mark("Subscriptions that do not run"), ""),
}
_STATES = {
    State.OK: mark("ok"),
    State.WARNING: mark("**warning**"),
    State.CRITICAL: mark("**critical**"),
    State.UNKNOWN: mark("unknown"),
}


def verdict(analysis: Analysis) -> str:
    """How many figures are as they should be, and how many are not, in one sentence."""
    found = analysis.monitoring
    told = []
    if count := found.count(State.CRITICAL):
        told.append(trn("{count} critical", "{count} critical", count))
    if count := found.count(State.WARNING):
        told.append(trn("{count} at its warning", "{count} at their warning", count))
    if count := found.count(State.UNKNOWN):
        told.append(trn("{count} not known", "{count} not known", count))
    if count := found.count(State.OK):
        told.append(trn("{count} as it should be", "{count} as they should be", count))
    return tr("Of {count} figures: {states}.", count=len(found.figures), states=", ".join(told))


def figures(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str, str]]:
    """Figure, now, warning, critical, state and what is behind it."""
    return [
        (
            tr(_KINDS[one.key].label),
            _now(one),
            _threshold(one, 0),
            _threshold(one, 1),
            tr(_STATES[one.state]),
            _behind(one, page),
        )
        for one in analysis.monitoring.figures
    ]


def _now(figure: Figure) -> str:
    if figure.key == "archiving":
        failed = "" if figure.value is None else f", {counted(round(figure.value), 'failure')}"
        states = {State.OK: tr("working"), State.CRITICAL: tr("not working")}
        return states.get(figure.state, tr("not known")) + failed
    if figure.value is None:
        # A count of which nobody knows in how many days.
        return (
            tr("{count} in all", count=number(figure.part[0]))
            if figure.key == "deadlocks" and figure.part
            else tr("not known")
        )
    shown = _amount(figure.value, _KINDS[figure.key].unit)
    if figure.key in ("connections", "inactive_slots", "subscriptions") and figure.part:
        used, most = figure.part
        return tr("{used} of {most}", used=number(used), most=number(most)) + (
            f" ({shown})" if figure.key == "connections" else ""
        )
    if figure.key == "prepared_transaction" and figure.part and figure.part[0]:
        return trn("{age}; there is {count}", "{age}; there are {count}", figure.part[0], age=shown)
    return shown


def _threshold(figure: Figure, which: int) -> str:
    if figure.limit is None:
        return ""
    amount = _amount(figure.limit[which], _KINDS[figure.key].unit)
    return tr("below {amount}", amount=amount) if figure.limit.low else amount


def _amount(value: float, unit: str) -> str:
    if unit.startswith("MB"):
        amount = size(round(value * _MEGABYTE))
        return amount if unit == "MB" else tr("{amount} a day", amount=amount)
    # Never rounded up to a threshold that was not reached.
    digits = tr("under 0.1") if 0 < value < 0.1 else trimmed(int(value * 10) / 10, ",.1f")
    if unit == "days" and value == 1:
        unit = mark("day")
    return f"{digits} {tr(unit) if unit else ''}".rstrip()


def _behind(figure: Figure, page: Page) -> str:
    told = []
    # Tables that wait for an hour are nobody's concern.
    if figure.worst and not (figure.key == "vacuum_lag" and figure.state is State.OK):
        told.append(", ".join(_named(figure, one, page) for one in figure.worst))
    if figure.why:
        told.append(inline(gaps.reason(figure.why)))
    if figure.key in ("deadlocks", "temporary_files") and figure.part and figure.value:
        total = number(figure.part[0]) if figure.key == "deadlocks" else size(figure.part[0])
        told.append(tr("{count} in all", count=total))
    if figure.counted:
        told.append(
            tr("counted since {moment}", moment=moment(figure.since))
            if figure.since
            else tr("since when is not known")
        )
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
    return tr(
        "A table's dead rows are looked at from {rows} on, its empty space from"
        " {size} on; overdue is a table with more than twice what autovacuum waits for."
        " Empty space is estimated from the planner's statistics, not measured.",
        rows=number(DEAD_LEAST),
        size=size(BLOAT_LEAST),
    )


def queries(analysis: Analysis) -> str:
    """The queries for the figures that are told, as one block of SQL."""
    major = analysis.snapshot.structure.server.major
    found = []
    for figure in analysis.monitoring.figures:
        sql = watching.query(figure.key, major)
        if sql is not None:
            remark = f"-- {tr(watching.REMARKS[figure.key])}\n" if figure.key in watching.REMARKS else ""
            title = f"-- {tr(_KINDS[figure.key].label)}{_limits(figure.limit, figure.key)}"
            found.append(f"{title}\n{remark}{sql}")
    return fenced("\n\n".join(found))


def _limits(limit: Limit | None, key: str) -> str:
    if limit is None:
        return ""
    unit = _KINDS[key].unit
    said = tr(
        mark("warning below {warning}, critical below {critical} {unit}")
        if limit.low
        else mark("warning from {warning}, critical from {critical} {unit}"),
        warning=number(limit.warning, "g"),
        critical=number(limit.critical, "g"),
        unit=tr(unit) if unit else "",
    )
    return f": {said}".rstrip()
