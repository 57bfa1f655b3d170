"""Indexes that partitions have and their table has not.

## What it reports

Partitioned tables some of whose partitions have an index that others lack, and those all of whose partitions
have an index of their own that the table does not have. Unique indexes are only told when partitions differ;
foreign tables are not counted.

## Why

A query over all partitions is as slow as the one without the index. Indexes of the table itself are created
with every new partition; those of single partitions are not, so the newest partition, which is mostly the
one that is read, lacks them.

## When it is wrong

When partitions are used differently on purpose: closed ones are indexed for reading and the one that is
written to is not, or the other way round; or when a tool creates the indexes with the partitions.

## How to fix it

Create the index on the partitioned table: PostgreSQL takes the equal ones that partitions have already, and
builds the others. That blocks writes; to avoid it, create the missing ones concurrently on the partitions
first.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgdossier.analysis import tables
from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import divisions, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_TOLD = 3
_Shape = tuple[object, ...]


def check(context: Context) -> Iterator[Found]:
    """Topmost tables whose partitions have indexes of their own, all of one table in one finding."""
    for found, relation in divisions.divided(context):
        leaves = [
            part
            for part in tables.descendants(context.lookup, relation.qualified)
            if part.kind is RelationKind.TABLE
        ]
        if found.root != found.table or len(leaves) < 2:
            continue
        own = {_shape(index) for index in relation.indexes}
        having: dict[_Shape, list[tuple[Relation, Index]]] = {}
        for leaf in leaves:
            shapes = {_shape(index): index for index in leaf.indexes if index.valid and not index.exclusion}
            for shape, index in shapes.items():
                if shape not in own:
                    having.setdefault(shape, []).append((leaf, index))
        told = [
            holders for holders in having.values() if len(holders) < len(leaves) or not holders[0][1].unique
        ]
        if told:
            yield Found(
                subject=subject.relation(found.table),
                evidence=_evidence(told, len(leaves)),
                fix=_fix(relation, [holders[0][1] for holders in told]),
            )


def _shape(index: Index) -> _Shape:
    return (index.method, index.keys, frozenset(index.include), index.predicate, index.unique, index.primary)


def _evidence(told: Sequence[Sequence[tuple[Relation, Index]]], leaves: int) -> str:
    lines = []
    for holders in told[:_TOLD]:
        leaf, index = holders[0]
        keys = indexing.keys(index)
        if index.predicate:
            predicate = name(index.predicate)
            one = (
                tr("a unique index on {keys} where {predicate}", keys=keys, predicate=predicate)
                if index.unique
                else tr("an index on {keys} where {predicate}", keys=keys, predicate=predicate)
            )
        else:
            one = (
                tr("a unique index on {keys}", keys=keys)
                if index.unique
                else tr("an index on {keys}", keys=keys)
            )
        lines.append(
            tr(
                "{count} of {leaves} partitions have {definition}, as {leaf} by {index}",
                count=len(holders),
                leaves=leaves,
                definition=one,
                leaf=name(leaf.name),
                index=name(index.name),
            )
            if len(holders) > 1
            else tr(
                "of {leaves} partitions only {leaf} has {definition}",
                leaves=leaves,
                leaf=name(leaf.name),
                definition=one,
            )
        )
    return (
        tr(
            "{indexes}; and {more} more; the table itself has none like it",
            indexes="; ".join(lines),
            more=len(told) - _TOLD,
        )
        if len(told) > _TOLD
        else tr("{indexes}; the table itself has none like it", indexes="; ".join(lines))
    )


def _fix(relation: Relation, indexes: Sequence[Index]) -> Fix:
    advice = tr("Create the index on the partitioned table, unless partitions are meant to differ.")
    steps = [indexing.again(relation, index, where=index.predicate) for index in indexes]
    if any(index.unique for index in indexes) or any(step is None for step in steps):
        return Fix(advice=advice)
    return Fix(advice=advice, steps=tuple(step for step in steps if step is not None))


RULE = Rule(
    name="partition_index_differs",
    title=mark("Indexes of partitions that their table has not"),
    severity=Severity.WARNING,
    check=check,
)
