"""A key that holds a rounded number.

## What it reports

Primary keys, unique constraints and unique indexes with a column of type `real` or `double precision`.

## Why

Floating point rounds: two values that print alike may differ in the last bit, and one that was computed
twice need not be the same. Then the key lets through what it should refuse, a lookup by value finds nothing,
and a foreign key refuses what looks right.

## When it is wrong

When values are only copied and never computed, and come from one source; then they compare as expected.

## How to fix it

Use `numeric` with the decimals that the values have, or a key that is no measurement.

## See also

- [Numeric Types: Floating-Point Types](https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_FLOATS = ("real", mark("double precision"))


def check(context: Context) -> Iterator[Found]:
    """Unique indexes over floating point."""
    for relation, columns in context.typed(lambda base: base in _FLOATS):
        types = {column.name: context.base_type(column) for column in columns}
        for index in relation.indexes:
            if not index.unique or index.parent is not None:
                continue
            found = [key.column for key in index.keys if key.column in types]
            if found:
                of = subject.constraint if index.constraint else subject.index
                yield Found(
                    subject=of(relation.qualified, index.constraint or index.name),
                    evidence=tr(
                        "the primary key over {expressions}, of which {types}",
                        expressions=names([key.expression for key in index.keys]),
                        types=", ".join(
                            tr("{column} is {type}", column=name(one), type=name(types[one])) for one in found
                        ),
                    )
                    if index.primary
                    else tr(
                        "a unique key over {expressions}, of which {types}",
                        expressions=names([key.expression for key in index.keys]),
                        types=", ".join(
                            tr("{column} is {type}", column=name(one), type=name(types[one])) for one in found
                        ),
                    ),
                    fix=Fix(advice=tr("Use numeric, or a key that is no measurement.")),
                )


RULE = Rule(
    name="float_key",
    title=mark("Keys that hold rounded numbers"),
    severity=Severity.WARNING,
    check=check,
)
