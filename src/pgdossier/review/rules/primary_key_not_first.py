"""Primary keys that do not stand first in their table, against the convention.

## What it reports

Nothing, until the convention `key_position` takes the side `first`: then tables whose first column is no
part of the primary key. What a table inherits comes first without anybody's choice, so children are left
out.

## Why

Both views in one line: whoever looks at a table, or at the result of `SELECT *`, looks for the key in the
first place (first); the order of columns has no meaning in SQL, and frameworks put what they share in front
(any).

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing. PostgreSQL cannot
move a column: an existing table is hardly worth it.

## How to fix it

Make the table anew with the columns in order, or a view that shows them so.

## See also

- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

POSITION = Convention(
    "key_position",
    ("any", "first"),
    "who reads a table looks for the key in the first place (first); the order of columns has no meaning"
    " (any)",
)


def check(context: Context) -> Iterator[Found]:
    """Tables that begin with another column, when that is not wanted."""
    if context.side(POSITION) != "first":
        return
    for relation in context.tables():
        key = relation.primary_key
        if key is None or not relation.columns or relation.inherits or relation.of_type is not None:
            continue
        first = relation.columns[0].name
        if first not in key.columns:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "it begins with {column}; its primary key is {key}",
                    column=name(first),
                    key=names(key.columns),
                ),
                fix=Fix(advice=tr("Have the key stand first when the table is made anew.")),
            )


RULE = Rule(
    name="primary_key_not_first",
    title=mark("Primary keys that do not stand first"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: primary key not first", "pg-index-health: primary key not first"),
    convention=POSITION,
)
