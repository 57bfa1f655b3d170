"""A column that is called what its type is called.

## What it reports

Columns of tables whose name is the name of their own type: `timestamp timestamptz`, `date date`, `json
jsonb`. Keys called `uuid` and columns called `text` are left out, since these words say what the value is
for.

## Why

The name says what the type says already, and not what the value means: the date of what? A condition on it
does not say what it compares.

## When it is wrong

When the table says all there is to say: the `date` of a calendar's day.

## How to fix it

Call it after what it means: `ordered_on`, `body`, `payload`.

## See also

- [Data Types](https://www.postgresql.org/docs/current/datatype.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.types import brief
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_PLAIN = re.compile(r"\(.*?\)")
# Other words for types that format_type spells out.
_WORDS = {
    "integer": ("integer", "int"),
    "boolean": ("boolean", "bool"),
    "numeric": ("numeric", "decimal"),
    "jsonb": ("jsonb", "json"),
    "double precision": ("float", "double"),
    "character varying": ("varchar",),
    "timestamp with time zone": ("timestamp", "timestamptz"),
    "timestamp without time zone": ("timestamp",),
    "time with time zone": ("time", "timetz"),
    "time without time zone": ("time",),
}


def check(context: Context) -> Iterator[Found]:
    """Columns called like their type."""
    said = {word for base in context.by_type for word in _words(base)}
    for relation, column in context.named(lambda name: name != "text" and name.lower() in said):
        words = _words(context.base_type(column))
        if column.name.lower() in words and column.name not in context.key_columns(relation):
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is {base_type}",
                    column=name(column.name),
                    base_type=name(brief(context.base_type(column))),
                ),
                fix=Fix(advice=tr("Call it after what it means.")),
            )


def _words(base: str) -> tuple[str, ...]:
    """What a column of the type would be called after it."""
    plain = _PLAIN.sub("", base)
    return _WORDS.get(plain, (plain,))


RULE = Rule(
    name="column_named_after_type",
    title=mark("Columns named after their type"),
    severity=Severity.ADVICE,
    check=check,
)
