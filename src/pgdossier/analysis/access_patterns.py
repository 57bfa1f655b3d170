"""How each table is read and written, by what the server counted, and the class that follows (§7).

The thresholds are constants, and what a document says of them is made from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import msgspec

from pgdossier.analysis import tables
from pgdossier.language import mark
from pgdossier.model.activity import IndexActivity, TableActivity
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import RelationKind

LEAST_OPERATIONS = 100
"""Scans and written rows together: with fewer a table has no class."""
READS_PER_WRITE = 10
"""Scans for each row written, from which on a table is read-mostly."""
APPENDED_SHARE = 0.99
"""The part of the written rows that are inserted, from which on a table is append-only."""
UPDATED_SHARE = 0.5
"""The part of the written rows that are updates, from which on a table is hot-update."""
DELETED_SHARE = 0.9
"""Rows deleted for each row inserted, from which on a table is queue-like."""
COLD_DAYS = 30
"""How long nothing happened in a cold table."""
FEW_A_DAY = 1
"""Scans and written rows a day, at most, of a cold table for which no moment of use is known."""
YOUNG_DAYS = 1
"""Counters that are younger say little."""
LARGE_ROWS = 10_000
"""Rows from which on reading a table from end to end is worth a line."""
COSTLY_SCANS = 10
"""How many such scans are."""

_STORED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW))


class AccessClass(StrEnum):
    """What kind of use a table has."""

    NEVER_USED = mark("never used")
    COLD = mark("cold")
    QUEUE = mark("queue-like")
    READ_MOSTLY = mark("read-mostly")
    APPEND_ONLY = mark("append-only")
    HOT_UPDATE = mark("hot-update")
    MIXED = mark("mixed")


class AccessPattern(msgspec.Struct, frozen=True, kw_only=True):
    """One table, its partitions summed into it.

    Attributes:
        table: Its name.
        kind: Its class; None when too little was counted to tell, and for a materialized view.
        sequential_scans: Scans from end to end.
        sequential_rows: The rows that these read.
        index_scans: Scans by an index.
        index_rows: The rows that these fetched.
        inserted: Rows inserted.
        updated: Rows updated.
        deleted: Rows deleted.
        hot_updated: Rows updated without a new index entry.
        last_scan: The last scan of any kind, where the server notes it.
    """

    table: QualifiedName
    kind: AccessClass | None
    sequential_scans: int
    sequential_rows: int
    index_scans: int
    index_rows: int
    inserted: int
    updated: int
    deleted: int
    hot_updated: int
    last_scan: str | None = None

    @property
    def scans(self) -> int:
        """Scans of any kind."""
        return self.sequential_scans + self.index_scans

    @property
    def rows_read(self) -> int:
        """Rows that scans of any kind read."""
        return self.sequential_rows + self.index_rows

    @property
    def written(self) -> int:
        """Rows inserted, updated or deleted."""
        return self.inserted + self.updated + self.deleted

    @property
    def hot_ratio(self) -> float | None:
        """The share of updates that needed no new index entry; None without updates."""
        return self.hot_updated / self.updated if self.updated else None

    @property
    def index_share(self) -> float | None:
        """The share of scans that used an index; None without scans."""
        return self.index_scans / self.scans if self.scans else None


class IndexUse(msgspec.Struct, frozen=True, kw_only=True):
    """How often an index was scanned, its parts on partitions summed into it.

    `promise` is whether it does something else as well: keeps values unique, or identifies rows.
    """

    table: QualifiedName
    index: str
    scans: int
    promise: bool


@dataclass(frozen=True, kw_only=True)
class AccessPatterns:
    """What was counted of the tables of a snapshot.

    Attributes:
        known: Counters were read.
        standby: They are those of a standby: its own reads, and no writes.
        since: Since when is counted; None when no day is noted.
        days: For how many days, when that is known.
        tables: The tables, by name.
        indexes: The indexes, by table and name.
    """

    known: bool = False
    standby: bool = False
    since: str | None = None
    days: float | None = None
    tables: Mapping[QualifiedName, AccessPattern]
    indexes: tuple[IndexUse, ...] = ()

    @property
    def young(self) -> bool:
        """Whether the counters are too young to tell much."""
        return self.days is not None and self.days < YOUNG_DAYS

    @cached_property
    def empty(self) -> bool:
        """Whether no use was counted; a few scans of tables without rows are the making of indexes."""
        return not any(
            found.rows_read or found.written or found.scans >= LEAST_OPERATIONS
            for found in self.tables.values()
        )

    def classed(self, kind: AccessClass) -> tuple[AccessPattern, ...]:
        """The tables of one class, by name."""
        return tuple(found for found in self.tables.values() if found.kind is kind)

    @property
    def costly_scans(self) -> tuple[AccessPattern, ...]:
        """The tables that are read from end to end often although they are large, most rows read first."""
        return tuple(
            sorted(
                (
                    found
                    for found in self.tables.values()
                    if found.sequential_scans >= COSTLY_SCANS
                    and found.sequential_rows >= LARGE_ROWS * found.sequential_scans
                ),
                key=lambda found: (-found.sequential_rows, found.table),
            )
        )


def observe(lookup: Lookup, operation: Operation) -> AccessPatterns:
    """The patterns of the documented tables and materialized views."""
    standby = operation.server is not None and operation.server.in_recovery
    since = operation.database.counted_since if operation.database else None
    days = _days(since, operation.taken_at)
    parts: dict[QualifiedName, list[TableActivity]] = {}
    for activity in operation.tables:
        name = QualifiedName(activity.schema, activity.name)
        relation = lookup.relations.get(name)
        if relation is None or relation.kind not in _STORED or activity.sequential_scans is None:
            continue
        parts.setdefault(tables.root(lookup, name), []).append(activity)
    found = {
        name: _pattern(
            name,
            activities,
            days,
            operation.taken_at,
            classed=not standby and lookup.relations[name].kind is not RelationKind.MATERIALIZED_VIEW,
        )
        for name, activities in sorted(parts.items())
    }
    return AccessPatterns(
        known=bool(found),
        standby=standby,
        since=since,
        days=days,
        tables=found,
        indexes=_indexes(lookup, operation.indexes),
    )


def _days(since: str | None, until: str | None) -> float | None:
    if since is None or until is None:
        return None
    passed = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    return max(passed.total_seconds() / 86_400, 0.0)


def _pattern(
    name: QualifiedName,
    parts: Iterable[TableActivity],
    days: float | None,
    taken_at: str | None,
    *,
    classed: bool,
) -> AccessPattern:
    parts = list(parts)
    last = [
        moment
        for part in parts
        for moment in (part.last_sequential_scan, part.last_index_scan)
        if moment is not None
    ]
    counted = AccessPattern(
        table=name,
        kind=None,
        sequential_scans=sum(part.sequential_scans or 0 for part in parts),
        sequential_rows=sum(part.sequential_rows or 0 for part in parts),
        index_scans=sum(part.index_scans or 0 for part in parts),
        index_rows=sum(part.index_rows or 0 for part in parts),
        inserted=sum(part.inserted or 0 for part in parts),
        updated=sum(part.updated or 0 for part in parts),
        deleted=sum(part.deleted or 0 for part in parts),
        hot_updated=sum(part.hot_updated or 0 for part in parts),
        last_scan=max(last, default=None),
    )
    if not classed:
        return counted
    kind = classify(counted, days=days, idle_days=_days(counted.last_scan, taken_at))
    return msgspec.structs.replace(counted, kind=kind)


def classify(counted: AccessPattern, *, days: float | None, idle_days: float | None) -> AccessClass | None:
    """The class that the counters give; the first that fits, in the order of `AccessClass`.

    Args:
        counted: The counters; its own class is not looked at.
        days: For how long is counted; None when that is not known.
        idle_days: How long ago the table was last scanned; None when that is not known.
    """
    operations = counted.scans + counted.written
    # Building an index, or checking a new foreign key, scans a table that is empty.
    if counted.written + counted.rows_read == 0 and counted.scans < LEAST_OPERATIONS:
        return AccessClass.NEVER_USED
    if days is not None and days >= COLD_DAYS:
        rare = operations <= FEW_A_DAY * days
        if rare and (idle_days is None or idle_days >= COLD_DAYS):
            return AccessClass.COLD
    if operations < LEAST_OPERATIONS:
        return None
    return _busy(counted)


def _busy(counted: AccessPattern) -> AccessClass:
    inserted, written = counted.inserted, counted.written
    if inserted >= LEAST_OPERATIONS / 2 and counted.deleted >= DELETED_SHARE * inserted:
        return AccessClass.QUEUE
    if counted.scans >= READS_PER_WRITE * written:
        return AccessClass.READ_MOSTLY
    if inserted >= APPENDED_SHARE * written:
        return AccessClass.APPEND_ONLY
    if counted.updated >= UPDATED_SHARE * written:
        return AccessClass.HOT_UPDATE
    return AccessClass.MIXED


def _indexes(lookup: Lookup, counted: Iterable[IndexActivity]) -> tuple[IndexUse, ...]:
    """The uses of indexes; those of attached indexes are told with the index that they are attached to."""
    scans: dict[tuple[str, str], int] = {}
    for activity in counted:
        place = (activity.schema, activity.name)
        scans[place] = scans.get(place, 0) + activity.scans
    _add_up(lookup, scans)
    found = []
    for relation in lookup.relations.values():
        table = tables.root(lookup, relation.qualified)
        for index in relation.indexes:
            count = scans.get((relation.schema, index.name))
            if count is not None:
                found.append(
                    IndexUse(
                        table=table,
                        index=index.name,
                        scans=count,
                        promise=index.unique
                        or index.exclusion
                        or index.constraint is not None
                        or index.replica_identity,
                    )
                )
    return tuple(sorted(found, key=lambda use: (use.table, use.index)))


def _add_up(lookup: Lookup, scans: dict[tuple[str, str], int]) -> None:
    """Count what is scanned of an attached index with the one that it is attached to."""
    parents = {
        (relation.schema, index.name): index.parent
        for relation in lookup.relations.values()
        if relation.partition is not None or relation.partitioning is not None
        for index in relation.indexes
    }
    for place in [place for place in scans if place in parents]:
        above, parent = place, parents[place]
        while parent is not None and (parent.schema, parent.name) in parents:
            above = (parent.schema, parent.name)
            parent = parents[above]
        if above != place:
            scans[above] = scans.get(above, 0) + scans.pop(place)
