"""A table without any index.

## What it reports

Ordinary and partitioned tables that have no index at all, not even that of a key, and are known to have as
many rows as the threshold `small_table_rows`. Partitioned tables each of whose partitions has an index of its
own are left out. That a table of unknown size has neither key nor index is told by the rule `no_primary_key`.

## Why

Whatever is asked of such a table, PostgreSQL reads all of it.

## When it is wrong

For tables that are only filled and then read as a whole: staging tables, queues that are emptied at once,
small lists.

## How to fix it

Declare a primary key, and index what the rows are looked up by.

## See also

- [Introduction to Indexes](https://www.postgresql.org/docs/current/indexes-intro.html)
- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.foreign_key_without_index import SMALL


def check(context: Context) -> Iterator[Found]:
    """Tables that can only be read whole."""
    for relation in context.tables():
        rows = context.rows(relation.qualified)
        if rows is None or rows < max(context.threshold(SMALL), 1) or _indexed(context, relation):
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "neither a key nor an index: every query reads all of its about {rows} rows",
                rows=number(rows),
            ),
            fix=Fix(advice=tr("Declare a primary key, and index what rows are looked up by.")),
            statistics=tr("the number of rows is the planner's estimate"),
        )


def _indexed(context: Context, relation: Relation) -> bool:
    """Whether the table has an index, or each of its partitions."""
    if relation.indexes:
        return True
    partitions = context.lookup.partitions.get(relation.qualified, ())
    return bool(partitions) and all(_indexed(context, part) for part in partitions)


RULE = Rule(
    name="no_indexes",
    title=mark("Tables without any index"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: no indexes",),
    thresholds=(SMALL,),
)
