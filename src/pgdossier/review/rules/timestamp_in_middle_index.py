"""A moment before other keys of an index.

## What it reports

B-tree indexes in which a date or a timestamp stands before another key, unless the index is unique, or the
keys after it are moments too, or columns of the primary key or a unique key: these make an order complete,
as paging needs it.

## Why

Moments are mostly searched by ranges. PostgreSQL goes to the beginning of the range and then reads the index
to its end: the keys that come after narrow nothing down, they are only compared on the way. With the columns
that are compared by equality first, the same query reads the matching entries and no others.

## When it is wrong

When the moment is compared by equality (a day, a due date), when the order by the moment is what the query
needs, or when the last columns are there so that an index alone answers the query; then `INCLUDE` says so
better.

## How to fix it

Put the columns that are compared by equality first and the moment last.

## See also

- [Multicolumn Indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
- [Index-Only Scans and Covering Indexes](https://www.postgresql.org/docs/current/indexes-index-only-scans.html)
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, indexing, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Indexes with a moment that is not among their last keys."""
    for relation in context.relations():
        if all(len(index.keys) == 1 for index in relation.indexes):
            continue
        types = {
            column.name: base
            for column in relation.columns
            if meaning.is_moment(base := context.base_type(column))
        }
        keys = set(relation.primary_key.columns) if relation.primary_key is not None else set()
        for unique in relation.indexes:
            if unique.unique and len(unique.keys) == 1 and unique.keys[0].column:
                keys.add(unique.keys[0].column)
        for index in relation.indexes:
            if index.method != "btree" or index.parent is not None or indexing.keeps_promise(index):
                continue
            order = [key.column for key in index.keys]
            at = next((position for position, column in enumerate(order) if column in types), None)
            after = [] if at is None else [column for column in order[at + 1 :] if column not in types]
            if at is None or not after or any(column in keys for column in after):
                continue
            yield Found(
                subject=subject.index(relation.qualified, index.name),
                evidence=tr(
                    "{expression}, {types}, is key {at} of {count}: {keys}",
                    expression=name(index.keys[at].expression),
                    types=name(types[order[at] or ""]),
                    at=at + 1,
                    count=len(order),
                    keys=indexing.keys(index),
                ),
                fix=_fix(relation, index, types),
            )


def _fix(relation: Relation, index: Index, moments: Container[str]) -> Fix:
    advice = tr("Put the moment last, if queries ask for ranges of it.")
    columns = [key.column for key in index.keys if key.column]
    plain = len(columns) == len(index.keys) and not any(
        key.operator_class or key.collation or key.descending or key.nulls_first for key in index.keys
    )
    if not plain or index.include:
        return Fix(advice=advice)
    ordered = sorted(columns, key=lambda one: one in moments)
    return Fix(
        advice=advice,
        steps=(
            fixes.create_index(relation, ordered, where=index.predicate),
            fixes.drop_index(relation, index.name),
        ),
        remark=tr("Look at the queries first: for ones that compare the moment by equality nothing changes."),
    )


RULE = Rule(
    name="timestamp_in_middle_index",
    title=mark("Moments before other keys of an index"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: indexes with timestamp in the middle",),
)
