"""An index that another one of the same table repeats.

## What it reports

Valid indexes of one table that are equal in method, keys, order, predicate, included columns and uniqueness.
A B-tree with every key in the opposite order is equal too: it is read in both directions. The one to keep is
the one that backs a constraint, else the replica identity or the clustering index, else the first by name;
each of the others is reported. Indexes attached to an index of a partitioned table are told with that.

## Why

Every insert, and every update that touches the columns, writes both; both take space and memory. The planner
uses one of them.

## When it is wrong

While one is being built to replace the other. Never for long.

## How to fix it

Drop the one that is reported. For a constraint that repeats another, drop the constraint.

## See also

- [Indexes and ORDER BY](https://www.postgresql.org/docs/current/indexes-ordering.html)
- [Indexes: Examining Index Usage](https://www.postgresql.org/docs/current/indexes-examine.html)
- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_DROP = mark("Drop it, or the constraint that it is for.")


def check(context: Context) -> Iterator[Found]:
    """All but one of each group of equal indexes."""
    for group in context.analysis.duplicate_indexes:
        if group.table in context.bookkeeping:
            continue
        relation = context.lookup.relations[group.table]
        referenced = _referenced(context, group.table)
        ranked = sorted(
            (index for index in relation.indexes if index.name in group.indexes),
            key=lambda index: (_rank(index, referenced), index.name),
        )
        for index in ranked[1:]:
            if index.parent is None:
                known = indexing.size(context, relation, index)
                mirrored = index.keys[0].descending is not ranked[0].keys[0].descending
                yield Found(
                    subject=subject.index(group.table, index.name),
                    evidence=tr(
                        "equal to {index}, read from its other end{size}",
                        index=name(ranked[0].name),
                        size=known,
                    )
                    if mirrored
                    else tr("equal to {index}{size}", index=name(ranked[0].name), size=known),
                    fix=_fix(relation, index, index.name in referenced or index.constraint in referenced),
                    statistics=tr(indexing.STATISTICS) if known else None,
                )


def _referenced(context: Context, table: QualifiedName) -> set[str]:
    """The keys and unique indexes that foreign keys rely on."""
    return {one.key.key for one in context.children.get(table, ()) if one.key.key is not None}


def _rank(index: Index, referenced: set[str]) -> int:
    """Which of equal indexes to keep: the lowest rank."""
    kept = (
        index.primary,
        index.parent is not None,
        index.name in referenced,
        index.constraint is not None,
        index.replica_identity,
        index.clustered,
    )
    return next((rank for rank, true in enumerate(kept) if true), len(kept))


def _fix(relation: Relation, index: Index, needed: bool) -> Fix:
    if needed:
        return Fix(advice=tr("Make the foreign keys that rely on it rely on the other one, then drop it."))
    if index.replica_identity:
        return Fix(advice=tr("Make the other one the replica identity, then drop it."))
    if index.constraint is not None:
        step = fixes.alter_table(relation, f"DROP CONSTRAINT {quote_identifier(index.constraint)}")
        return Fix(advice=tr(_DROP), steps=(step,))
    return Fix(advice=tr(_DROP), steps=(fixes.drop_index(relation, index.name),))


RULE = Rule(
    name="duplicate_index",
    title=mark("Indexes that repeat another"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: duplicate_index", "pg-index-health: duplicated indexes"),
)
