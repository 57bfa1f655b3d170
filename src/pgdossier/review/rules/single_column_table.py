"""A table with one column, or with none.

## What it reports

Tables with at most one column that no foreign key references and that reference nothing: neither a list of
values for others nor a set of rows of another table. What a table inherits counts as well.

## Why

A single column says that something exists and nothing about it. Often it is left over from an experiment, is
a setting that lacks its name, or waits for columns that were never added.

## When it is wrong

For a list that is only looked up by values: words that are not allowed, days off.

## How to fix it

Drop it if nobody uses it; else add what is to be known about its rows.

## See also

- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
- [Table Basics](https://www.postgresql.org/docs/current/ddl-basics.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables of one column and none that nothing is connected with."""
    parents = {parent for relation in context.relations() for parent in relation.inherits}
    for relation in context.tables():
        place = relation.qualified
        if len(relation.columns) > 1 or context.parents.get(place) or context.children.get(place):
            continue
        if place in parents:
            continue
        only = relation.columns[0] if relation.columns else None
        yield Found(
            subject=subject.relation(place),
            evidence=tr("it has no column at all")
            if only is None
            else tr(
                "its only column is {only}, {type}, and no foreign key references it",
                only=name(only.name),
                type=name(only.type),
            ),
            fix=Fix(advice=tr("Drop it if nobody uses it, or add what is to be known about its rows.")),
        )


RULE = Rule(
    name="single_column_table",
    title=mark("Tables with at most one column"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: single column", "pg-index-health: tables with zero or one column"),
)
