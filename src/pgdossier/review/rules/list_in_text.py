"""A list kept in one text.

## What it reports

Text columns whose last word is ids, list, csv, tags, keywords, emails, phones, recipients, roles or
permissions, that are no part of a key or a foreign key.

## Why

A list in a text cannot reference anything, cannot be checked or counted, and is searched by patterns that no
index helps; removing one element rewrites the text (first normal form).

## When it is wrong

When the database never looks inside: the text is written and read whole, or is the line that a user typed.

## How to fix it

Make it a table with one row per element (and a foreign key, when elements are identifiers), or an array,
which a GIN index searches.

## See also

- [Arrays](https://www.postgresql.org/docs/current/arrays.html)
- [GIN Indexes](https://www.postgresql.org/docs/current/gin.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_LISTS = frozenset("ids list csv tags keywords emails phones recipients roles permissions".split())  # noqa: SIM905 - a line of words


def check(context: Context) -> Iterator[Found]:
    """Text columns that are called like a list."""
    for relation, column in context.named(lambda name: not _LISTS.isdisjoint(meaning.words(name)[-1:])):
        type_name = context.base_type(column)
        taken = context.key_columns(relation) | context.foreign_key_columns(relation)
        if meaning.is_text(type_name) and column.name not in taken:
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is called like a list, and is {type_name}",
                    column=name(column.name),
                    type_name=name(type_name),
                ),
                fix=Fix(advice=tr("Make it a table with one row for each element, or an array.")),
            )


RULE = Rule(
    name="list_in_text",
    title=mark("Lists kept in one text"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
