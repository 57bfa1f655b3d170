"""A materialized view that can only be refreshed while nobody reads it.

## What it reports

Materialized views without a unique index over plain columns and all rows. Views that are known to have fewer
rows than the threshold `small_table_rows` are left out.

## Why

`REFRESH MATERIALIZED VIEW` holds a lock that makes every reader wait until the query is done. `REFRESH
MATERIALIZED VIEW CONCURRENTLY` does not, but it has to tell rows apart, and refuses to work without such an
index.

## When it is wrong

When the refresh is quick, or runs when nobody reads; or when the rows have nothing that is unique.

## How to fix it

Create a unique index on the columns that identify a row.

## See also

- [REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
- [Materialized Views](https://www.postgresql.org/docs/current/rules-materializedviews.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.relations import RelationKind
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.foreign_key_without_index import SMALL


def check(context: Context) -> Iterator[Found]:
    """Materialized views that cannot be refreshed concurrently."""
    for relation in context.relations():
        rows = context.rows(relation.qualified)
        small = rows is not None and 0 < rows < context.threshold(SMALL)
        if relation.kind is not RelationKind.MATERIALIZED_VIEW or small:
            continue
        unique = [index for index in relation.indexes if index.unique and index.valid]
        if any(index.predicate is None and all(key.column for key in index.keys) for index in unique):
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "no unique index but {indexes}, on an expression or a part of the rows: it cannot be"
                " refreshed concurrently",
                indexes=names([index.name for index in unique]),
            )
            if unique
            else tr("no unique index: it cannot be refreshed concurrently"),
            fix=Fix(advice=tr("Create a unique index on the columns that identify a row.")),
            statistics=tr("the number of rows is the planner's estimate") if rows else None,
        )


RULE = Rule(
    name="materialized_view_not_unique",
    title=mark("Materialized views that block their readers when refreshed"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(SMALL,),
)
