"""Ranges of partitions with a hole between them.

## What it reports

Tables partitioned by range of one number, date or timestamp that have values between two partitions which no
partition takes, and no default partition that would.

## Why

Rows with such values are refused. When the table is partitioned by time, it is the rows that come late, are
loaded again or corrected; when by number, it may be tomorrow's.

## When it is wrong

When a partition was detached or dropped because its rows are no longer kept, and older ones still are; when
values in between cannot occur, as with numbers given out in blocks.

## How to fix it

Create a partition for the gap, or move the bound of a neighbour.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [CREATE TABLE: PARTITION OF](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.partitions import RangeGap
from pgdossier.language import mark, tr
from pgdossier.model.names import quote_literal
from pgdossier.review import divisions, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_TOLD = 3


def check(context: Context) -> Iterator[Found]:
    """Tables with holes, all holes of one in one finding."""
    for found, _ in divisions.divided(context):
        if not found.gaps or found.default is not None:
            continue
        told = "; ".join(_words(gap) for gap in found.gaps[:_TOLD])
        yield Found(
            subject=subject.relation(found.table),
            evidence=tr(
                "no partition takes {key} {told}; and {gaps} more",
                key=name(found.key),
                told=told,
                gaps=len(found.gaps) - _TOLD,
            )
            if len(found.gaps) > _TOLD
            else tr("no partition takes {key} {told}", key=name(found.key), told=told),
            fix=Fix(
                advice=tr("Create a partition for each gap, or move the bound of a neighbour."),
                steps=tuple(
                    divisions.add_partition(context, found.table, f"gap{number}", _bound(gap))
                    for number, gap in enumerate(found.gaps, 1)
                ),
            ),
        )


def _words(gap: RangeGap) -> str:
    between = tr("between {after} and {before}", after=name(gap.after.name), before=name(gap.before.name))
    return tr(
        "from {lower} to before {upper}, {between}",
        lower=name(gap.lower),
        upper=name(gap.upper),
        between=between,
    )


def _bound(gap: RangeGap) -> str:
    return f"FOR VALUES FROM ({quote_literal(gap.lower)}) TO ({quote_literal(gap.upper)})"


RULE = Rule(
    name="range_partition_gap",
    title=mark("Ranges of partitions with a hole between them"),
    severity=Severity.WARNING,
    check=check,
)
