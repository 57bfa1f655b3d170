"""Tables named in the singular or the plural, against the convention.

## What it reports

Nothing, until the convention `table_names` takes a side. On the side `singular`: tables whose last word is
in the plural. On the side `plural`: tables whose last word is in the singular. Words are English; those with
only one number (`news`, `data`, `history` …) are left out.

## Why

Both views in one line: a table is a set of rows, and reads well after FROM (plural); it is a type of which
each row is one, and matches the names of classes and of keys like `order_id` (singular). Either is better
than both.

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing. For names in other
languages.

## How to fix it

Rename the table. Views, foreign keys and indexes follow by themselves; functions in PL/pgSQL and statements
of applications do not.

## See also

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import naming
from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

TABLE_NAMES = Convention(
    "table_names",
    ("any", "singular", "plural"),
    "a table is a set of rows (plural); a table is a type of which each row is one, as the class and the key"
    " that are called after it are (singular)",
)


def check(context: Context) -> Iterator[Found]:
    """Tables on the wrong side, when there is one."""
    side = context.side(TABLE_NAMES)
    if side == TABLE_NAMES.default:
        return
    for relation in context.tables():
        number = naming.grammatical_number(relation.name)
        if number is not None and number != side:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr("{word} is plural", word=name(naming.last_word(relation.name)))
                if number == "plural"
                else tr("{word} is singular", word=name(naming.last_word(relation.name))),
                fix=Fix(
                    advice=tr("Rename it to the plural.")
                    if side == "plural"
                    else tr("Rename it to the singular.")
                ),
            )


RULE = Rule(
    name="name_inflection",
    title=mark("Tables named against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemalint: name inflection",),
    convention=TABLE_NAMES,
)
