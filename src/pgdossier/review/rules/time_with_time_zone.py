"""A time of day with an offset, and no day to apply it to.

## What it reports

Tables with columns of type `time with time zone` (`timetz`), all such columns in one finding.

## Why

The type is in the SQL standard, and the manual advises against it: it holds an offset, no zone, and what
offset a zone has depends on the day. With summer time, such a value is right for half of the year.

## When it is wrong

When times of day with their offsets come from elsewhere and are stored as they came.

## How to fix it

`timestamp with time zone` for moments; for opening hours and the like, `time` and beside it a column with
the name of the zone.

## See also

- [Date/Time Types: Time Zones](https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.review import retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with times of day that have an offset."""
    for relation, found in context.own_typed(_has_offset):
        listed = names([column.name for column in found])
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=trn(
                "{columns} is time with time zone",
                "{columns} are time with time zone",
                len(found),
                columns=listed,
            ),
            fix=retyping.fix(
                context,
                relation,
                tr("Change the type to time, and keep the name of the zone beside it."),
                [(one, context.base_type(one).replace("with time", "without time"), "") for one in found],
                remark=tr("The offset is dropped, the time of day stays as it is written."),
            ),
        )


def _has_offset(base: str) -> bool:
    return base.startswith("time") and not base.startswith("timestamp") and base.endswith(" with time zone")


RULE = Rule(
    name="time_with_time_zone",
    title=mark("Times of day with an offset"),
    severity=Severity.ADVICE,
    check=check,
    tags=("postgresql: don't do this",),
)
