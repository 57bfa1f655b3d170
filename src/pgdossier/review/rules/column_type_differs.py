"""A column of a name that has another type everywhere else.

## What it reports

Columns whose name several tables have, and whose kind of type differs from that of most of them: three
tables or more, at least three quarters of which agree. The other type must be the only one of its kind, or
one in ten at most: where several tables have it, the name means two things. Lengths and precisions do not
count, nor does text beside varchar, nor do names that say nothing (`value`, `data`, `code` …), foreign keys
and single-column primary keys.

## Why

The same name promises the same thing. Where one table has it as a text and the others as a number,
comparisons need casts, joins cannot use indexes, and a UNION fails; `timestamp` beside `timestamptz` means
another moment.

## When it is wrong

When the name means something else in that table. Names are evidence, never proof.

## How to fix it

Give the column the type that the others have, or another name.

## See also

- [Data Types](https://www.postgresql.org/docs/current/datatype.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from pgdossier.analysis import english
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.types import Enum
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

TABLES = Threshold(
    "same_name_tables", 3, "tables that must have a column of a name before their types are compared"
)
_AGREEING_PERCENT = 75
_MOST_OTHERS_PERCENT = 10
_GENERIC = frozenset(
    """
    id uuid key code name value values data type kind status state role level position order rank number no
    version source target content body text payload result results config configuration settings options
    params parameters metadata meta extra attributes properties date time start end begin until from to hash
    digest token size length weight height width count total rate score active object_id entity_id record_id
    item_id external_id content_id label unit default format index identifier reference parent range
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_TEXT = re.compile(r"(?:text|character varying|character|citext)(?:\(\d+\))?(?=\Z|\[)")
_MODIFIER = re.compile(r"\(\d+(?:,-?\d+)?\)")


def check(context: Context) -> Iterator[Found]:
    """Columns on which the other tables do not agree."""
    for column_name, named in context.by_name.items():
        if len(named) < context.threshold(TABLES) or english.snake(column_name) in _GENERIC:
            continue
        types = {(column.type, column.type_name): column for _, column in named}
        if len({_family(context, column) for column in types.values()}) == 1:
            continue
        found = [
            (relation, column, _family(context, column))
            for relation, column in named
            if column_name not in context.foreign_key_columns(relation)
            and (relation.primary_key is None or relation.primary_key.columns != (column_name,))
        ]
        if len(found) < context.threshold(TABLES):
            continue
        counts = Counter(family for _, _, family in found)
        family, most = counts.most_common(1)[0]
        if most == len(found) or most * 100 < _AGREEING_PERCENT * len(found):
            continue
        agreeing = [relation.qualified.dotted for relation, _, other in found if other == family]
        for relation, column, other in found:
            alone = counts[other] == 1 or counts[other] * 100 <= _MOST_OTHERS_PERCENT * len(found)
            if other != family and alone:
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column_name} is {base_type} here, and {family} in {agreeing}",
                        column_name=name(column_name),
                        base_type=name(context.base_type(column)),
                        family=name(family),
                        agreeing=names(agreeing, shown=4),
                    ),
                    fix=Fix(
                        advice=tr(
                            "Give it the type that the others have, or another name if it means another"
                            " thing."
                        )
                    ),
                )


def _family(context: Context, column: Column) -> str:
    """The type without length and precision, all texts as one; an enum is its own."""
    kind = context.lookup.types.get(column.type_name) if column.type_name else None
    if isinstance(kind, Enum):
        return "text"  # a list of values, written down as a type or not
    return _without_length(context.base_type(column))


@lru_cache(maxsize=10_000)
def _without_length(base: str) -> str:
    return _MODIFIER.sub("", _TEXT.sub("text", base))


RULE = Rule(
    name="column_type_differs",
    title=mark("Columns of one name with another type elsewhere"),
    severity=Severity.ADVICE,
    check=check,
    tags=(
        "schemacrawler: column with same name but different data types",
        "azimutt: inconsistent attribute type",
    ),
    thresholds=(TABLES,),
)
