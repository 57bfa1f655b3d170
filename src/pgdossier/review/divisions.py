"""Partitioned tables under review, as far as all their partitions are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from pgdossier.analysis.inverse import grouped
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found


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


def told_once(found: Iterable[tuple[PartitionedTable, Found]]) -> Iterator[Found]:
    """One finding for each topmost table: where it has several, the first one and the names of the others.

    A table whose partitions are divided again has the same fault in each of them, or in none.
    """
    for root, members in grouped((table.root, (table, one)) for table, one in found).items():
        table, first = members[0]
        if len(members) == 1:
            yield first
            continue
        others = names([other.table.name for other, _ in members[1:]], shown=4)
        fixes_of_all = [one.fix for _, one in members if one.fix is not None]
        yield Found(
            subject=subject.relation(root),
            evidence=tr(
                "{table}: {evidence}; likewise {others}",
                table=name(table.table.name),
                evidence=first.evidence,
                others=others,
            ),
            fix=Fix(
                advice=fixes_of_all[0].advice,
                steps=tuple(step for one in fixes_of_all for step in one.steps),
                complete=all(one.steps and one.complete for one in fixes_of_all),
                remark=fixes_of_all[0].remark,
            )
            if fixes_of_all
            else None,
            statistics=first.statistics,
        )


def add_partition(context: Context, table: QualifiedName, part: str, bound: str) -> Step:
    """CREATE TABLE … PARTITION OF, under a name that no relation of the snapshot has."""
    suffixes = (part if number == 1 else f"{part}_{number}" for number in count(1))
    free = next(
        name
        for name in (QualifiedName(table.schema, _joined(table.name, suffix)) for suffix in suffixes)
        if name not in context.lookup.relations and name not in context.lookup.sequences
    )
    return Step(f"CREATE TABLE {free.sql} PARTITION OF {table.sql} {bound}", Lock.ACCESS_EXCLUSIVE)


def _joined(start: str, end: str) -> str:
    """Both with `_` between, the first one cut so that the whole is a name of 63 bytes at most."""
    while len(f"{start}_{end}".encode()) > 63:
        start = start[:-1]
    return f"{start}_{end}"
