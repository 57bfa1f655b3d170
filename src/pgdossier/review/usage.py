"""What the server counted while it ran, for rules that ask whether something is used and looked after.

Counters are those of one server and of the time since they were last reset: what another server reads, and
what was read before, they do not know. PostgreSQL does not note when a table or an index was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.vacuuming import Vacuuming
from pgdossier.language import tr, trn
from pgdossier.model.activity import IndexActivity, TableActivity
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import subject
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Threshold

if TYPE_CHECKING:
    from pgdossier.review.context import Context

MIN_DAYS = Threshold(
    "statistics_min_days", 7, "days for which the server must have counted before what it never saw counts"
)
# How many tables make a finding about the database, when they are more than half of all.
_FEW = 3
# What a table or an index has a moment of, when it happened to it at all.
_TABLE_MOMENTS = (
    "last_sequential_scan",
    "last_index_scan",
    "last_vacuum",
    "last_autovacuum",
    "last_analyze",
    "last_autoanalyze",
)


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The counters of one table, those of its partitions summed; `parts` are the tables that have storage."""

    parts: tuple[TableActivity, ...]
    sequential_scans: int
    sequential_rows: int
    index_scans: int
    inserted: int
    updated: int
    deleted: int
    hot_updated: int
    live_rows: int
    dead_rows: int
    modified_since_analyze: int
    inserted_since_vacuum: int

    @property
    def scans(self) -> int:
        """How often it was read, one way or the other."""
        return self.sequential_scans + self.index_scans

    @property
    def written(self) -> int:
        """How many rows were inserted, updated or deleted."""
        return self.inserted + self.updated + self.deleted

    def last(self, *moments: str) -> str | None:
        """The latest of these moments, over all parts; None when none of them ever was."""
        return max(
            (moment for part in self.parts for name in moments if (moment := getattr(part, name))),
            default=None,
        )


@dataclass(frozen=True)
class Usage:
    """The counters of a snapshot, by name, and what they are worth."""

    context: Context
    operation: Operation
    taken_at: dt.datetime

    @classmethod
    def of(cls, context: Context) -> Usage | None:
        """The counters; None when none were read, the server does not count, or it is a standby.

        A standby counts what is read there alone, and nothing of what VACUUM and ANALYZE do.
        """
        operation = context.analysis.snapshot.operation
        counting = operation.setting("track_counts")
        if (
            operation.taken_at is None
            or (counting is not None and counting.value == "off")
            or (operation.server is not None and operation.server.in_recovery)
        ):
            return None
        return cls(context, operation, _moment(operation.taken_at))

    @classmethod
    def long_enough(cls, context: Context) -> Usage | None:
        """The counters, when they have run for `statistics_min_days`: else None."""
        found = context.usage
        if found is None or found.since is None or found.days < context.threshold(MIN_DAYS):
            return None
        return found

    @cached_property
    def _reset(self) -> str | None:
        return None if self.operation.database is None else self.operation.database.counted_since

    @cached_property
    def since(self) -> dt.datetime | None:
        """Since when is counted: the reset, or else the earliest moment that the counters remember.

        From PostgreSQL 15 on a database whose counters nobody ever reset has no such date, nor has one that
        lost them in a crash. What the counters remember they have kept since then: they may be older still.
        """
        if self._reset is not None:
            return _moment(self._reset)
        remembered = [
            moment
            for table in self.operation.tables
            for name in _TABLE_MOMENTS
            if (moment := getattr(table, name)) is not None
        ]
        remembered += [index.last_scan for index in self.operation.indexes if index.last_scan is not None]
        return _moment(min(remembered)) if remembered else None

    @property
    def days(self) -> int:
        """For how many whole days is counted; 0 when that is not known."""
        return 0 if self.since is None else max(0, (self.taken_at - self.since).days)

    @property
    def counted(self) -> str:
        """Since when is counted, for `Found.statistics`, and which servers were not asked."""
        if self.since is None:
            return tr("since when is counted is not known; {replicas}", replicas=self.replicas)
        values = {
            "since": f"{self.since:%Y-%m-%d}",
            "taken_at": f"{self.taken_at:%Y-%m-%d}",
            "days": trn("{count} day", "{count} days", self.days),
            "replicas": self.replicas,
        }
        if self._reset is not None:
            return tr("counters reset on {since}, read on {taken_at} ({days}); {replicas}", **values)
        return tr("counted since {since} or longer, read on {taken_at} ({days}); {replicas}", **values)

    @property
    def read(self) -> str:
        """When the estimates were read, for findings about a state rather than about a time."""
        return tr("the server's estimates of {taken_at}", taken_at=f"{self.taken_at:%Y-%m-%d}")

    @cached_property
    def replicas(self) -> str:
        """What is known of servers that count for themselves."""
        topology = self.operation.topology
        hosting = self.operation.hosting
        if any(gap.family in ("standbys", "slots") for gap in self.operation.gaps):
            return tr("replicas were not seen, nor whether there are any")
        if hosting is not None and "aurora_version" in hosting.functions:
            return tr("replicas were not seen: readers of a cluster are not known to its writer")
        standbys = [one for one in topology.standbys if not one.logical and one.state != "backup"]
        if standbys:
            return trn(
                "{count} standby is connected, and replicas were not seen: what is read there is"
                " counted there",
                "{count} standbys are connected, and replicas were not seen: what is read there is"
                " counted there",
                len(standbys),
            )
        waiting = [slot for slot in topology.slots if not slot.logical and not slot.temporary]
        if waiting:
            return tr(
                "a slot waits for a standby, and replicas were not seen: what is read there is counted there"
            )
        return tr("no standby was connected")

    @cached_property
    def _tables(self) -> Mapping[QualifiedName, TableActivity]:
        return {QualifiedName(one.schema, one.name): one for one in self.operation.tables}

    @cached_property
    def _indexes(self) -> Mapping[QualifiedName, IndexActivity]:
        return {QualifiedName(one.schema, one.name): one for one in self.operation.indexes}

    @cached_property
    def _attached(self) -> Mapping[QualifiedName, tuple[QualifiedName, ...]]:
        """The indexes that are attached to each index of a partitioned table."""
        found: dict[QualifiedName, list[QualifiedName]] = {}
        for relation in self.context.lookup.relations.values():
            for index in relation.indexes:
                if index.parent is not None:
                    found.setdefault(index.parent, []).append(QualifiedName(relation.schema, index.name))
        return {parent: tuple(names) for parent, names in found.items()}

    def activity(self, name: QualifiedName) -> TableActivity | None:
        """The table's own row, also of a partitioned table."""
        return self._tables.get(name)

    def table(self, relation: Relation) -> Use | None:
        """The counters of a table; None when those of a part of it are not known, or it has no part."""
        name = relation.qualified
        if name not in self._uses:
            self._uses[name] = self._use(relation)
        return self._uses[name]

    @cached_property
    def _uses(self) -> dict[QualifiedName, Use | None]:
        return {}

    def _use(self, relation: Relation) -> Use | None:
        stored = list(_stored(self.context, relation))
        parts = [one for each in stored if (one := self._tables.get(each)) is not None]
        if not parts or len(parts) < len(stored) or any(one.sequential_scans is None for one in parts):
            return None

        def total(field: str) -> int:
            if len(parts) == 1:  # as of nearly all tables
                return getattr(parts[0], field) or 0
            return sum(getattr(one, field) or 0 for one in parts)

        return Use(
            parts=tuple(parts),
            sequential_scans=total("sequential_scans"),
            sequential_rows=total("sequential_rows"),
            index_scans=total("index_scans"),
            inserted=total("inserted"),
            updated=total("updated"),
            deleted=total("deleted"),
            hot_updated=total("hot_updated"),
            live_rows=total("live_rows"),
            dead_rows=total("dead_rows"),
            modified_since_analyze=total("modified_since_analyze"),
            inserted_since_vacuum=total("inserted_since_vacuum"),
        )

    def scans(self, relation: Relation, index: Index) -> int | None:
        """How often an index was scanned, with all that are attached to it; None when that is not known."""
        if relation.kind is not RelationKind.PARTITIONED_TABLE:
            found = self._indexes.get(QualifiedName(relation.schema, index.name))
            return None if found is None else found.scans
        parts = list(self._leaves(QualifiedName(relation.schema, index.name)))
        known = [self._indexes[name].scans for name in parts if name in self._indexes]
        return sum(known) if parts and len(known) == len(parts) else None

    def _leaves(self, index: QualifiedName) -> Iterator[QualifiedName]:
        for part in self._attached.get(index, ()):
            if part in self._attached:
                yield from self._leaves(part)
            else:
                yield part

    @cached_property
    def _vacuuming(self) -> Vacuuming:
        return Vacuuming(self.context.lookup, self.operation)

    def autovacuum(self, table: QualifiedName) -> bool:
        """Whether autovacuum visits the table: switched on for the server, and not switched off for it."""
        return self._vacuuming.enabled(table)

    def vacuum_due(self, part: TableActivity) -> bool:
        """Whether a table has more than twice the dead or inserted rows that autovacuum waits for."""
        return self._vacuuming.vacuum_due(part)

    def analyze_due(self, part: TableActivity) -> bool:
        """Whether more than twice the rows have changed that autovacuum waits for before it analyses."""
        return self._vacuuming.analyze_due(part)

    def rows(self, relation: Relation, use: Use) -> int:
        """The larger one of the two estimates there are: the planner's and the counters'."""
        return max(self.context.rows(relation.qualified) or 0, use.live_rows)

    def may_be_new(self, use: Use) -> bool:
        """Whether the table may be younger than `statistics_min_days`.

        It is not when a moment of it is that old, when it has more rows than were inserted since counting
        began, or when its oldest row is older, in transactions, than what this database writes in that time.
        """
        least = self.context.threshold(MIN_DAYS)
        oldest = self.taken_at - dt.timedelta(days=least)
        moments = (getattr(part, name) for part in use.parts for name in _TABLE_MOMENTS)
        if any(moment is not None and _moment(moment) <= oldest for moment in moments):
            return False
        if use.live_rows > use.inserted:
            return False
        ages = [part.transaction_age for part in use.parts if part.transaction_age is not None]
        database = self.operation.database
        if not ages or database is None:
            return bool(least)
        written = sum(
            count or 0 for count in (database.rows_inserted, database.rows_updated, database.rows_deleted)
        )
        transactions = min((database.commits or 0) + (database.rollbacks or 0), written)
        return max(ages) < transactions * least / max(1, self.days)


def together(found: Sequence[Found], of: int, usage: Usage, evidence: str) -> Iterator[Found]:
    """The findings, or one with that evidence about the database, when most of its `of` tables have one."""
    if len(found) < _FEW or len(found) * 2 <= of:
        yield from found
        return
    yield Found(
        subject=subject.DATABASE,
        evidence=evidence,
        fix=Fix(advice=tr("Look whether this database is in use at all.")),
        statistics=usage.counted,
    )


def _stored(context: Context, relation: Relation) -> Iterator[QualifiedName]:
    """The tables that hold the rows: the relation itself, or its partitions."""
    if relation.kind is not RelationKind.PARTITIONED_TABLE:
        yield relation.qualified
        return
    for part in tables.descendants(context.lookup, relation.qualified):
        if part.kind is not RelationKind.PARTITIONED_TABLE:
            yield part.qualified


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
