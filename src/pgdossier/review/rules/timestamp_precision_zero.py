"""A moment that is rounded to the second, to the future half of the time.

## What it reports

Tables with columns of a timestamp or time type with precision 0, as `timestamp(0)`, all such columns in one
finding.

## Why

The fraction is rounded, not cut off: what happens at 23:59:59.7 is stored as midnight of the next day, and
half of all values lie in the future when they are written. No space is saved: all precisions take as much.

## When it is wrong

When values come in whole seconds anyway; then it does nothing.

## How to fix it

Leave the precision away, which changes the catalog only, and cut off where a value is shown:
`date_trunc('second', moment)`.

## See also

- [Date/Time Types](https://www.postgresql.org/docs/current/datatype-datetime.html)
- [date_trunc](https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-TRUNC)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Work
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with moments of precision 0."""
    for relation, columns in context.own_typed(_is_whole):
        found = [(column, context.base_type(column)) for column in columns]
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=", ".join(
                tr("{column} is {base}", column=name(column.name), base=name(base)) for column, base in found
            ),
            fix=retyping.fix(
                context,
                relation,
                tr("Leave the precision away."),
                [(column, base.replace("(0)", ""), "") for column, base in found],
                work=Work.CATALOG,
                remark=tr("Programs that print these values will see fractions of seconds."),
            ),
        )


def _is_whole(base: str) -> bool:
    return base.startswith(("timestamp(0)", "time(0)")) and not base.endswith("[]")


RULE = Rule(
    name="timestamp_precision_zero",
    title=mark("Moments that are rounded to the second"),
    severity=Severity.ADVICE,
    check=check,
    tags=("postgresql: don't do this",),
)
