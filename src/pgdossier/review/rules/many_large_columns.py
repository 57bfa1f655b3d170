"""A table with several columns of unlimited size.

## What it reports

Tables with as many columns of type `bytea`, `json`, `jsonb` or `xml` as the threshold `many_large_columns`
(5), or more; arrays of these count as well.

## Why

Large values are stored apart, each read on its own: a query for all columns fetches and unpacks every one of
them. Changing a key inside a document writes the whole document, and the row, again. Several documents in a
row are often data that wants columns and tables of its own, which could then have types, checks and keys.

## When it is wrong

For tables that receive messages as they come, for settings that differ with each row, and where the
documents are short.

## How to fix it

Give what is always there, searched or summed up columns of its own; move what is seldom read to a table
beside this one with the same key.

## See also

- [TOAST](https://www.postgresql.org/docs/current/storage-toast.html)
- [JSON Types: Designing JSON Documents](https://www.postgresql.org/docs/current/datatype-json.html)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

MANY = Threshold("many_large_columns", 5, "columns of unlimited size from which on a table has many")
_LARGE = ("bytea", "json", "jsonb", "xml")


def check(context: Context) -> Iterator[Found]:
    """Tables with many such columns."""
    for relation, columns in context.typed(lambda base: base.removesuffix("[]") in _LARGE):
        types = {column.name: context.base_type(column).removesuffix("[]") for column in columns}
        found = list(types)
        if context.is_table(relation) and len(found) >= context.threshold(MANY):
            counts = sorted(Counter(types.values()).items())
            told = ", ".join(f"{count} {name(base)}" for base, count in counts)
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=f"{told}: {names(found)}",
                fix=Fix(
                    advice=tr("Give what is searched columns of its own, move what is seldom read apart.")
                ),
            )


RULE = Rule(
    name="many_large_columns",
    title=mark("Tables with several columns of unlimited size"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: too many large objects",),
    thresholds=(MANY,),
)
