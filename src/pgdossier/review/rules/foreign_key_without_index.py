"""A foreign key that no index of the referencing table helps.

## What it reports

Foreign keys for which no valid B-tree or hash index begins with the referencing columns, in any order. A
partial index helps only when its condition says no more than that the columns are not null. An index on one
column helps as well when that column alone tells the referenced row. A partitioned table is helped when it
has such an index or each of its partitions has one.

## Why

PostgreSQL indexes the referenced side of a foreign key, never the referencing side. Whoever deletes a row of
the referenced table, or changes its key, makes PostgreSQL look for referencing rows: without an index that
reads the whole referencing table, once for each deleted row. Joins from parent to child do the same.

## When it is wrong

When rows of the referenced table are never deleted, its keys never change, and no query goes from parent to
child; or when the referencing table is so small that it is read whole anyway. An index costs space and slows
writes down. Tables that are known to have fewer rows than the threshold `small_table_rows` are left out;
tables whose size is not known are not.

## How to fix it

Create an index that begins with the referencing columns. `CREATE INDEX CONCURRENTLY` does not block writes;
it cannot run inside a transaction, and leaves an invalid index behind when it fails.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pgdossier.analysis import indexes
from pgdossier.analysis.relationships import Relationship, declared_by
from pgdossier.language import mark, number, tr, trn
from pgdossier.model.indexes import Index
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

SMALL = Threshold("small_table_rows", 1000, "rows below which a table is read whole whatever indexes it has")


def check(context: Context) -> Iterator[Found]:
    """Foreign keys without an index, except those of small tables."""
    for one in context.analysis.unindexed_foreign_keys:
        if not context.reviewed(one.child):
            continue
        rows = context.rows(one.child)
        child = context.lookup.relations[one.child]
        if (rows is not None and 0 < rows < context.threshold(SMALL)) or _told_by_one(context, one):
            continue
        parent = name(one.parent.dotted)
        leading = [index.name for index in child.indexes if _begins(index, one)]
        if leading:
            effect = trn(
                "{leading} begins with one of these columns and finds more rows than those that reference"
                " a row of {parent}",
                "{leading} begin with one of these columns and finds more rows than those that reference"
                " a row of {parent}",
                len(leading),
                leading=names(leading),
                parent=parent,
            )
        else:
            effect = tr(
                "deleting rows of {parent}, or changing their key, reads the whole table each time",
                parent=parent,
            )
        evidence = (
            tr(
                "no index of {child}, which has about {rows} rows begins with {columns}: {effect}",
                child=name(one.child.dotted),
                rows=number(rows),
                columns=names(one.key.columns),
                effect=effect,
            )
            if rows
            else tr(
                "no index of {child} begins with {columns}: {effect}",
                child=name(one.child.dotted),
                columns=names(one.key.columns),
                effect=effect,
            )
        )
        yield Found(
            subject=subject.constraint(one.child, one.key.name)
            if one.key in child.foreign_keys
            else subject.column(one.child, one.key.columns[0]),  # declared by the partitions
            evidence=evidence,
            fix=Fix(
                advice=tr("Create an index on the referencing columns."),
                steps=(fixes.create_index(child, one.key.columns),),
            ),
            statistics=tr("the number of rows is the planner's estimate") if rows else None,
        )


def _alone(one: Relationship, column: str) -> Relationship:
    """The same foreign key, as if it had that column alone."""
    return msgspec.structs.replace(one, key=msgspec.structs.replace(one.key, columns=(column,), period=False))


def _begins(index: Index, one: Relationship) -> bool:
    """Whether the index begins with one of the columns and helps to find it."""
    return any(indexes.covers(index, _alone(one, column)) for column in one.key.columns)


def _told_by_one(context: Context, one: Relationship) -> bool:
    """Whether one column tells the referenced row already, and an index begins with it.

    So it is with `(tenant_id, order_id)` and a unique `orders.id`: an index on order_id finds the same rows.
    """
    parent = context.lookup.relations.get(one.parent)
    if parent is None or one.key.period:
        return False
    keys = [key.columns for key in (parent.primary_key, *parent.unique_keys) if key is not None]
    unique = {columns[0] for columns in keys if len(columns) == 1}
    told = [
        column
        for column, target in zip(one.key.columns, one.key.target_columns, strict=True)
        if target in unique
    ]
    holders = declared_by(context.lookup, one)
    return any(
        all(any(indexes.covers(index, _alone(one, column)) for index in holder.indexes) for holder in holders)
        for column in told
    )


RULE = Rule(
    name="foreign_key_without_index",
    title=mark("Foreign keys without an index"),
    severity=Severity.WARNING,
    check=check,
    tags=(
        "seed",
        "splinter: unindexed_foreign_keys",
        "schemacrawler: foreign key with no index",
        "pg-index-health",
    ),
    thresholds=(SMALL,),
)
