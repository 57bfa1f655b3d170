"""Text that is padded with blanks.

## What it reports

Tables with columns of type `character(n)`, also called `char(n)` and `bpchar`, all such columns in one
finding. `"char"`, a single byte, is another type.

## Why

Values are filled with blanks up to n, and the blanks are taken away again in comparisons and in most
conversions, but not by `LIKE`, regular expressions and applications: each sees another value. It saves
neither space nor time, and it does not even keep out values that are too short.

## When it is wrong

For codes that always have n characters, such as those of countries and currencies, it does no harm; only a
CHECK really says so.

## How to fix it

Change the type to `varchar(n)` or to `text`, and add a CHECK where the length is fixed. That rewrites the
table and takes the trailing blanks away.

## See also

- [Character Types](https://www.postgresql.org/docs/current/datatype-character.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with columns of fixed length."""
    for relation, columns in context.own_typed(_is_fixed):
        found = [(column, context.base_type(column)) for column in columns]
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=", ".join(
                tr("{column} is {base}", column=name(column.name), base=name(base)) for column, base in found
            ),
            fix=retyping.fix(
                context,
                relation,
                tr("Change the type to varchar or text."),
                [(column, _new_type(base), "") for column, base in found],
                remark=tr("Trailing blanks are taken away; values that are compared with LIKE change."),
            ),
        )


def _is_fixed(base: str) -> bool:
    return base.startswith("character(") or base == "bpchar"


def _new_type(base: str) -> str:
    return base.replace("character", "character varying", 1) if base.startswith("character(") else "text"


RULE = Rule(
    name="char_column",
    title=mark("Text that is padded with blanks"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: columns with char type", "postgresql: don't do this"),
)
