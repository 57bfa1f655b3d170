"""An index whose work a longer or a unique index of the same table does as well.

## What it reports

B-tree indexes whose keys are the first keys of another B-tree index of the table, in the same order, or all
in the opposite one, and with the same operators and condition; and indexes whose keys are all keys of a
unique one. Unique indexes, those of constraints, the replica identity, the index that CLUSTER goes by, and
indexes that carry columns which the other lacks are left out.

## Why

Every insert, and most updates, write to every index of a table. One that answers no question that another
does not answer as well costs this, space, memory and VACUUM time for nothing.

## When it is wrong

When the longer index is much larger, because its other columns are wide, and the shorter one is read very
often: then the small index may stay in memory where the large one does not. Deduplication also works better
in an index with few distinct keys.

## How to fix it

Drop it, without blocking anybody, by `DROP INDEX CONCURRENTLY`. Keep the definition at hand.

## See also

- [Multicolumn Indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Indexes that another covers; those that partitions have of their own with the partition."""
    repeated = set(_repeated(context))
    covering = {(one.table, one.index): one.covered_by for one in context.analysis.redundant_indexes}
    for one in context.analysis.redundant_indexes:
        if one.table in context.bookkeeping or (one.table, one.index) in repeated:
            continue
        relation = context.lookup.relations[one.table]
        indexes = {index.name: index for index in relation.indexes}
        last = one.covered_by
        while (one.table, last) in covering:  # to the one that stays when all of them are dropped
            last = covering[one.table, last]
        index, other = indexes[one.index], indexes[last]
        known = indexing.size(context, relation, index)
        if len(index.keys) == len(other.keys):
            evidence = tr(
                "on {keys}; {other} is unique over the same{size}",
                keys=indexing.keys(index),
                other=name(other.name),
                size=known,
            )
        else:
            evidence = tr(
                "on {keys}; {other} begins with the same: {others}{size}",
                keys=indexing.keys(index),
                other=name(other.name),
                others=indexing.keys(other),
                size=known,
            )
        yield Found(
            subject=subject.index(one.table, one.index),
            evidence=evidence,
            fix=Fix(advice=tr("Drop it."), steps=(fixes.drop_index(relation, index.name),)),
            statistics=tr(indexing.STATISTICS) if known else None,
        )


def _repeated(context: Context) -> Iterator[tuple[QualifiedName, str]]:
    """All but one of each group of equal indexes: these are told by another rule."""
    for group in context.analysis.duplicate_indexes:
        relation = context.lookup.relations[group.table]
        equal = [index for index in relation.indexes if index.name in group.indexes]
        kept = min(equal, key=lambda one: (one.parent is None, not indexing.keeps_promise(one), one.name))
        for index in equal:
            if index is not kept:
                yield group.table, index.name


RULE = Rule(
    name="redundant_index",
    title=mark("Indexes that a longer or unique one covers"),
    severity=Severity.WARNING,
    check=check,
    tags=("schemacrawler: redundant indexes", "pg-index-health: intersected indexes"),
)
