"""How the database grew, which tables could be divided, and what its memory settings add up to (§11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from pgdossier.analysis import bounds, tables
from pgdossier.analysis.access_patterns import AccessPattern, AccessPatterns
from pgdossier.analysis.bounds import RangeBound
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.analysis.sizes import Size
from pgdossier.history.sizes import Sizes
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import PartitionStrategy, Relation, RelationKind

LEAST_DAYS = 7
"""Two sizes that lie closer together tell no growth."""
RECENT_DAYS = 30
"""The recent growth is that of about so many days."""
MONTH = 30.4375
"""Days of a month."""

LARGE_BYTES = 10 * 1024**3
"""Bytes from which on a table is worth dividing."""
LARGE_ROWS = 100_000_000
"""Rows likewise."""
APPENDED_SHARE = 0.9
"""The part of the written rows that are inserted, from which on rows are mostly appended."""
WRITTEN_LEAST = 1000
"""Rows written below which that part says little."""


# --- growth --------------------------------------------------------------------------------------


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """From one size to a later one: `then` and `now` in bytes, `days` apart."""

    since: str
    then: int
    now: int
    days: int

    @property
    def a_month(self) -> float:
        """Bytes a month."""
        return (self.now - self.then) / self.days * MONTH


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier sizes tell.

    Attributes:
        entries: How many sizes are known.
        first: The date of the first, None without any.
        last: That of the last.
        database: The growth of the whole database since the first; None when that cannot be told.
        recent: Its growth in about the last month, when that is another period.
        tables: The growth of tables since the first entry that has them, by name.
    """

    entries: int = 0
    first: str | None = None
    last: str | None = None
    database: Growth | None = None
    recent: Growth | None = None
    tables: Mapping[QualifiedName, Growth]


def grown(sizes: Sequence[Sizes]) -> Grown:
    """The growth that sizes of several days tell, the oldest first."""
    if not sizes:
        return Grown(tables={})
    newest = sizes[-1]
    whole = [(one.date, one.database) for one in sizes if one.database is not None]
    total = _growth(whole) if newest.database is not None else None
    recent = None
    if total is not None and total.days > RECENT_DAYS:
        # From the last size that is a month old, or older.
        month = [one for one in whole if _days(one[0], newest.date) >= RECENT_DAYS][-1:] + whole[-1:]
        recent = _growth(month)
        if recent is not None and recent.since == total.since:
            recent = None
    found = {}
    for table in newest.tables:
        name = QualifiedName(table.schema, table.name)
        known = [
            (one.date, each.bytes)
            for one in sizes
            for each in one.tables
            if (each.schema, each.name) == (table.schema, table.name)
        ]
        growth = _growth(known)
        if growth is not None:
            found[name] = growth
    return Grown(
        entries=len(sizes),
        first=sizes[0].date,
        last=newest.date,
        database=total,
        recent=recent,
        tables=found,
    )


def _growth(known: Sequence[tuple[str, int]]) -> Growth | None:
    if len(known) < 2:
        return None
    (since, then), (until, now) = known[0], known[-1]
    days = _days(since, until)
    return Growth(since=since, then=then, now=now, days=days) if days >= LEAST_DAYS else None


def _days(since: str, until: str) -> int:
    return (dt.date.fromisoformat(until) - dt.date.fromisoformat(since)).days


# --- memory --------------------------------------------------------------------------------------


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Memory settings in bytes, and what they are set against; None where a setting is not known.

    Attributes:
        shared_buffers: Memory that all sessions share.
        work_mem: Memory of one sort of one session.
        hash_factor: So many times `work_mem` a hash may take.
        connections: The most sessions.
        maintenance: Memory of one worker of autovacuum.
        workers: The most workers of autovacuum.
        planned_cache: What the planner believes is cached in all.
        database: Bytes of the database.
    """

    shared_buffers: int | None = None
    work_mem: int | None = None
    hash_factor: float | None = None
    connections: int | None = None
    maintenance: int | None = None
    workers: int | None = None
    planned_cache: int | None = None
    database: int | None = None

    @property
    def of_sessions(self) -> int | None:
        """What all sessions take when each sorts once, at the same time."""
        if self.work_mem is None or self.connections is None:
            return None
        return self.work_mem * self.connections

    @property
    def of_vacuum(self) -> int | None:
        """What all workers of autovacuum may take."""
        if self.maintenance is None or self.workers is None:
            return None
        return self.maintenance * self.workers


def memory(operation: Operation) -> Memory:
    """The settings of memory that are known."""

    def size(name: str) -> int | None:
        found = operation.setting(name)
        return None if found is None else found.bytes

    def number(name: str) -> float | None:
        found = operation.setting(name)
        try:
            return None if found is None or not found.value else float(found.value)
        except ValueError:
            return None

    connections, workers = number("max_connections"), number("autovacuum_max_workers")
    return Memory(
        shared_buffers=size("shared_buffers"),
        work_mem=size("work_mem"),
        hash_factor=number("hash_mem_multiplier"),
        connections=None if connections is None else int(connections),
        # -1, which has no size, leaves it to maintenance_work_mem.
        maintenance=size("autovacuum_work_mem") or size("maintenance_work_mem"),
        workers=None if workers is None else int(workers),
        planned_cache=size("effective_cache_size"),
        database=None if operation.database is None else operation.database.bytes,
    )


# --- partitioning --------------------------------------------------------------------------------


class LargeTable(msgspec.Struct, frozen=True, kw_only=True):
    """A large table that is not partitioned.

    Attributes:
        table: Its name.
        size: Its size.
        appended: The part of the written rows that were inserted; None when too little was counted.
        columns: Its columns of time that cannot be null, in their order.
        candidate: It is mostly appended to and has such a column.
    """

    table: QualifiedName
    size: Size
    appended: float | None
    columns: tuple[str, ...]
    candidate: bool


def large_tables(
    lookup: Lookup, measured: Mapping[QualifiedName, Size], patterns: AccessPatterns
) -> tuple[LargeTable, ...]:
    """The large tables that are not partitioned, the largest first."""
    found = []
    for relation in tables.tables(lookup):
        size = measured[relation.qualified]
        if relation.kind is not RelationKind.TABLE or not (
            size.total_bytes >= LARGE_BYTES or (size.rows or 0) >= LARGE_ROWS
        ):
            continue
        appended = _appended(patterns.tables.get(relation.qualified))
        columns = _moments(lookup, relation)
        found.append(
            LargeTable(
                table=relation.qualified,
                size=size,
                appended=appended,
                columns=columns,
                candidate=bool(columns) and appended is not None and appended >= APPENDED_SHARE,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.size.total_bytes, one.table)))


def _appended(pattern: AccessPattern | None) -> float | None:
    if pattern is None or pattern.written < WRITTEN_LEAST:
        return None
    return pattern.inserted / pattern.written


def _moments(lookup: Lookup, relation: Relation) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in relation.columns
        if not tables.nullable(lookup, column)
        and tables.base_type(lookup, column).startswith(("timestamp", "date"))
        and not column.type.endswith("[]")
    )


def days_left(lookup: Lookup, table: PartitionedTable, captured_on: str) -> int | None:
    """Days from the reading to the end of the last range of time; None when the ranges are of no time.

    Negative when the last range has ended.
    """
    relation = lookup.relations[table.table]
    divided = relation.partitioning
    if table.upper_end is None or divided is None or divided.strategy is not PartitionStrategy.RANGE:
        return None
    column = next((one for one in relation.columns if one.name in divided.columns[:1]), None)
    base = "" if column is None else tables.base_type(lookup, column)
    order = bounds.ordering(base) if base.startswith(("date", "timestamp")) else None
    last = [one.values for one in table.partitions if isinstance(one.values, RangeBound)]
    end = order(last[-1].upper[0]) if order is not None and last else None
    if end is None or not isinstance(end[1], dt.datetime):
        return None
    return (end[1] - dt.datetime.fromisoformat(captured_on)).days
