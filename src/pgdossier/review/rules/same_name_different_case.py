"""Two names that differ only in upper and lower case.

## What it reports

Relations of one schema, and columns of one relation, whose names are the same when case is left out. Of each
such group all but the one in lower case (or the first) are reported.

## Why

`SELECT * FROM Users` reads `users`, `SELECT * FROM "Users"` the other one, and both work: rows are written
to one and looked for in the other.

## When it is wrong

While names are moved from one spelling to the other, for as short a time as possible.

## How to fix it

Find out which one is used, move the rows, and drop the other.

## See also

- [Lexical Structure: Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.subject import Subject


def check(context: Context) -> Iterator[Found]:
    """Relations and columns that have a twin in another case."""
    relations: dict[QualifiedName, list[str]] = {}
    mixed = context.called(lambda column: column != column.lower())
    for relation in context.relations():
        relations.setdefault(QualifiedName(relation.schema, relation.name.lower()), []).append(relation.name)
        if mixed.isdisjoint(column.name for column in relation.columns):
            continue
        columns: dict[str, list[str]] = {}
        for column in context.own_columns(relation):
            columns.setdefault(column.name.lower(), []).append(column.name)
        for found in columns.values() if len(columns) < len(relation.columns) else ():
            kept, twins = _twins(found)
            for twin in twins:
                yield _found(subject.column(relation.qualified, twin), twin, kept)
    for lower, found in relations.items():
        kept, twins = _twins(found)
        for twin in twins:
            yield _found(subject.relation(QualifiedName(lower.schema, twin)), twin, kept)


def _twins(found: list[str]) -> tuple[str, list[str]]:
    """The name that stays, and the others."""
    ordered = sorted(found, key=lambda one: (one != one.lower(), one))
    return ordered[0], ordered[1:]


def _found(of: Subject, twin: str, kept: str) -> Found:
    return Found(
        subject=of,
        evidence=tr(
            "there is {kept} beside {twin}",
            kept=name(quote_identifier(kept)),
            twin=name(quote_identifier(twin)),
        ),
        fix=Fix(advice=tr("Find out which one is used, and drop or rename the other.")),
    )


RULE = Rule(
    name="same_name_different_case",
    title=mark("Names that differ in case only"),
    severity=Severity.WARNING,
    check=check,
)
