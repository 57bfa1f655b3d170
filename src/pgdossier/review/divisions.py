"""Partitioned tables under review, as far as all their partitions are known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import fixes
from pgdossier.review.context import Context
from pgdossier.review.fixes import Lock, Step


def divided(context: Context) -> Iterator[tuple[PartitionedTable, Relation]]:
    """Every partitioned table whose topmost table is under review, divided partitions included.

    None at all when schemas or relations were left out of the snapshot: partitions may be in any schema, and
    nothing that is missing here could be told from what was not read.
    """
    scope = context.structure.scope
    if scope.schemas_left_out or scope.relations_left_out:
        return
    for found in context.analysis.partitions:
        if context.reviewed(found.root):
            yield found, context.lookup.relations[found.table]


def add_partition(context: Context, table: QualifiedName, part: str, bound: str) -> Step:
    """CREATE TABLE … PARTITION OF, under a name that no relation of the snapshot has."""
    suffixes = (part if number == 1 else f"{part}_{number}" for number in count(1))
    made = (fixes.made_name(table.name[: 40 - len(part)], suffix) for suffix in suffixes)
    free = next(
        name
        for name in (QualifiedName(table.schema, one) for one in made)
        if name not in context.lookup.relations and name not in context.lookup.sequences
    )
    return Step(f"CREATE TABLE {free.sql} PARTITION OF {table.sql} {bound}", Lock.ACCESS_EXCLUSIVE)
