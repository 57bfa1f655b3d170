"""A text that holds one of a few values, and nothing says which.

## What it reports

Text columns whose last word is status, state, type, kind, mode, category, gender or visibility, that are no
foreign key or part of a key, and that no CHECK mentions. Types of a polymorphic reference, open sets such as
`mime_type`, `state` beside a city or a postal code, and texts of more than 255 characters, which is no
length for one of a few words, are left out.

## Why

One misspelt value, and a row is missing from every query that filters by it. The set of values is known to
the application alone.

## When it is wrong

When the set is open: when it grows by use, or comes from somebody else's system.

## How to fix it

Add a CHECK with the values, an enum type, or a foreign key to a lookup table. Which values are in use the
data says.

## See also

- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
- [Enumerated Types](https://www.postgresql.org/docs/current/datatype-enum.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.implicit_integer_enum import choices

_LONGEST_WORD = 255


def check(context: Context) -> Iterator[Found]:
    """Text columns that are choices by name and open by structure."""
    for relation, column in choices(context):
        type_name = context.base_type(column)
        if meaning.is_text(type_name) and not _is_long(type_name):
            default = context.default(column)
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is {type_name}, references nothing, no CHECK limits it; its default is"
                    " {default}",
                    column=name(column.name),
                    type_name=name(type_name),
                    default=name(default),
                )
                if default
                else tr(
                    "{column} is {type_name}, references nothing, no CHECK limits it",
                    column=name(column.name),
                    type_name=name(type_name),
                ),
                fix=Fix(
                    advice=tr(
                        "Look which values are in use, then add a CHECK with them, an enum type or a lookup"
                        " table."
                    ),
                ),
            )


def _is_long(type_name: str) -> bool:
    """Whether the declared length says that anything may be in it."""
    bound = re.search(r"\((\d+)\)", type_name)
    return bound is not None and int(bound[1]) > _LONGEST_WORD


RULE = Rule(
    name="value_list_without_check",
    title=mark("Texts with a list of values that nobody declared"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
