"""How large the database was: what `history.json` keeps of sizes, so that growth can be told (§11.1).

One entry is added when the document takes new statistics: with the first run, with a change of structure,
and with `--refresh-statistics`. A run that keeps the earlier statistics adds none, so it changes no byte.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import msgspec

from pgdossier.model.relations import RelationKind
from pgdossier.model.snapshot import Snapshot

TABLES = 20
"""Of so many tables, the largest, the size is kept."""
RECENT_DAYS = 60
"""Older entries are thinned out: one a month stays."""
MOST = 180
"""The most entries; beyond it the oldest go."""


class TableSize(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes of one table with its indexes and TOAST, its partitions among them."""

    schema: str
    name: str
    bytes: int


class Sizes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One entry.

    Attributes:
        date: The day on which the sizes were read (`YYYY-MM-DD`).
        database: Bytes of the whole database on disk; None when that was not read.
        tables: The largest tables, by the page counts of their last VACUUM or ANALYZE, largest first.
    """

    date: str
    database: int | None = None
    tables: tuple[TableSize, ...] = ()


def of(snapshot: Snapshot) -> Sizes | None:
    """The sizes that a snapshot knows; None when it knows none."""
    parents = {
        (relation.schema, relation.name): (relation.partition.parent.schema, relation.partition.parent.name)
        for relation in snapshot.structure.relations
        if relation.partition is not None
    }
    kinds = {(relation.schema, relation.name): relation.kind for relation in snapshot.structure.relations}
    totals: dict[tuple[str, str], int] = {}
    for found in snapshot.statistics.relations:
        name = (found.schema, found.name)
        if found.rows is None or kinds.get(name) is RelationKind.PARTITIONED_TABLE:
            continue
        while name in parents and parents[name] in kinds:
            name = parents[name]
        totals[name] = totals.get(name, 0) + found.table_bytes + found.toast_bytes + found.index_bytes
    largest = sorted((item for item in totals.items() if item[1]), key=lambda item: (-item[1], item[0]))
    database = None if snapshot.operation.database is None else snapshot.operation.database.bytes
    if database is None and not largest:
        return None
    return Sizes(
        date=snapshot.captured_on,
        database=database,
        tables=tuple(
            TableSize(schema=schema, name=name, bytes=size) for (schema, name), size in largest[:TABLES]
        ),
    )


def recorded(known: Sequence[Sizes], earlier: Snapshot | None, now: Snapshot) -> tuple[Sizes, ...]:
    """The entries with that of a snapshot, the oldest first.

    Args:
        known: The entries so far.
        earlier: The snapshot of the document that is there; None when there is none.
        now: The snapshot of the new document. When its volatile facts are those of the earlier one, nothing
            was measured and the entries stay as they are.
    """
    if earlier is not None and earlier.statistics == now.statistics and earlier.operation == now.operation:
        return tuple(known)
    measured = of(now)
    if measured is None:
        return tuple(known)
    others = [entry for entry in known if entry.date != measured.date]  # one entry a day, the last
    return tuple(_thinned(sorted([*others, measured], key=lambda entry: entry.date)))[-MOST:]


def _thinned(entries: Sequence[Sizes]) -> Iterator[Sizes]:
    newest = dt.date.fromisoformat(entries[-1].date)
    months = set()
    for entry in entries:
        recent = (newest - dt.date.fromisoformat(entry.date)).days <= RECENT_DAYS
        month = entry.date[:7]
        if recent or month not in months:
            yield entry
        months.add(month)
