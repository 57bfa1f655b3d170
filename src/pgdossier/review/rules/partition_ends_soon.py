"""Partitions by time that end soon, or have ended.

## What it reports

Tables partitioned by range of a date or timestamp whose last partition ends within the threshold
`partition_days_left` (30) of the day of the snapshot, or within the length of that partition when this is
shorter: tables with a partition for each day are filled a few days ahead. A default partition does not
change that; the finding mentions it. Divisions of a partition that is itself a range of time are left out.

## Why

From that day on rows are refused. With a default partition they go there, all into one, and the partition
that should have them can only be created when they have been moved.

## When it is wrong

When the partitions are created by a job that runs just before they are needed; or when the table is history
and gets no new rows.

## How to fix it

Create the next partitions, by hand or by a job, and watch that it runs.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [CREATE TABLE: PARTITION OF](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from pgdossier.analysis import bounds
from pgdossier.analysis.bounds import Edge, RangeBound
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.language import mark, tr
from pgdossier.model.names import quote_literal
from pgdossier.model.relations import PartitionStrategy, Relation
from pgdossier.review import divisions, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

LEFT = Threshold("partition_days_left", 30, "days before its end at which the last partition ends soon")
_MOST = 12


def check(context: Context) -> Iterator[Found]:
    """One finding for each topmost table."""
    yield from divisions.told_once(_check(context))


def _check(context: Context) -> Iterator[tuple[PartitionedTable, Found]]:
    """Tables whose ranges of time come to an end."""
    today = dt.datetime.fromisoformat(context.analysis.snapshot.captured_on)
    for found, relation in divisions.divided(context):
        base = _moments(context, relation)
        if base is None or found.upper_end is None or _within_time(context, relation):
            continue
        last = [one for one in found.partitions if isinstance(one.values, RangeBound)][-1]
        if not isinstance(last.values, RangeBound):
            continue
        start, end = _moment(base, last.values.lower[0]), _moment(base, last.values.upper[0])
        if end is None:
            continue
        ahead = dt.timedelta(days=context.threshold(LEFT))
        if start is not None:
            ahead = min(ahead, max(end - start, dt.timedelta(days=1)))
        if end - today > ahead:
            continue
        past = end <= today
        yield (
            found,
            Found(
                subject=subject.relation(found.table),
                evidence=(
                    tr(
                        "its last partition {name} ended before {upper}, and rows from then on go to"
                        " {default}",
                        name=name(last.name.name),
                        upper=name(str(last.values.upper[0])),
                        default=name(found.default.name),
                    )
                    if found.default
                    else tr(
                        "its last partition {name} ended before {upper}, and no partition follows",
                        name=name(last.name.name),
                        upper=name(str(last.values.upper[0])),
                    )
                )
                if past
                else tr(
                    "its last partition {name} ends before {upper}, and rows from then on go to {default}",
                    name=name(last.name.name),
                    upper=name(str(last.values.upper[0])),
                    default=name(found.default.name),
                )
                if found.default
                else tr(
                    "its last partition {name} ends before {upper}, and no partition follows",
                    name=name(last.name.name),
                    upper=name(str(last.values.upper[0])),
                ),
                fix=_fix(context, found, base, start, end, today + ahead),
                statistics=tr(
                    "the day is that of the snapshot, {captured_on}",
                    captured_on=context.analysis.snapshot.captured_on,
                ),
            ),
        )


def _moments(context: Context, relation: Relation) -> str | None:
    """The type of the first column of the key, when that is a range of moments."""
    divided = relation.partitioning
    if divided is None or divided.strategy is not PartitionStrategy.RANGE or not divided.columns:
        return None
    base = context.base_type(relation.column(divided.columns[0]))
    return base if meaning.is_moment(base) else None


def _within_time(context: Context, relation: Relation) -> bool:
    """Whether the table is itself a range of time: it has to end where that ends."""
    while relation.partition is not None and relation.partition.parent in context.lookup.relations:
        relation = context.lookup.relations[relation.partition.parent]
        if _moments(context, relation) is not None:
            return True
    return False


def _moment(base: str, edge: Edge) -> dt.datetime | None:
    order = bounds.ordering(base)
    found = order(edge) if order is not None else None
    return found[1] if found is not None and isinstance(found[1], dt.datetime) else None


def _fix(
    context: Context,
    found: PartitionedTable,
    base: str,
    start: dt.datetime | None,
    end: dt.datetime,
    until: dt.datetime,
) -> Fix:
    advice = tr("Create the next partitions, and have a job do it from then on.")
    relation = context.lookup.relations[found.table]
    divided = relation.partitioning
    if start is None or divided is None or len(divided.columns) != 1:
        return Fix(advice=advice)
    edges = [end]
    while edges[-1] <= until and len(edges) <= _MOST:
        following = _next(start, end, edges[-1])
        if following is None:
            return Fix(advice=advice)
        edges.append(following)
    whole = edges[-1] > until
    steps = [
        divisions.add_partition(
            context,
            found.table,
            f"p{lower:{_pattern(start, end)}}",
            f"FOR VALUES FROM ({_literal(base, lower)}) TO ({_literal(base, upper)})",
        )
        for lower, upper in pairwise(edges if whole else edges[:2])
    ]
    return Fix(
        advice=advice,
        steps=tuple(steps),
        complete=whole and found.default is None,
        remark=tr(
            "The default partition is read under this lock; rows of the new ranges have to leave it first."
        )
        if found.default is not None
        else None
        if whole
        else tr("This is the next of many that are missing."),
    )


def _next(start: dt.datetime, end: dt.datetime, edge: dt.datetime) -> dt.datetime | None:
    """Where a partition ends that begins at the edge and is as long as the last; None: unclear."""
    length = end - start
    if start.day == end.day == 1 and start.time() == end.time() == dt.time():
        months = (end.year - start.year) * 12 + end.month - start.month
        month = edge.month - 1 + months
        return edge.replace(year=edge.year + month // 12, month=month % 12 + 1)
    return edge + length if dt.timedelta(hours=1) <= length <= dt.timedelta(days=7) else None


def _pattern(start: dt.datetime, end: dt.datetime) -> str:
    if start.day == end.day == 1 and start.time() == end.time() == dt.time():
        return "%Y_%m"
    return "%Y_%m_%d" if start.time() == end.time() == dt.time() else "%Y_%m_%d_%H%M"


def _literal(base: str, moment: dt.datetime) -> str:
    if base == "date":
        return quote_literal(str(moment.date()))
    return quote_literal(
        f"{moment}+00" if base.endswith("with time zone") and "without" not in base else f"{moment}"
    )


RULE = Rule(
    name="partition_ends_soon",
    title=mark("Partitions by time that end soon, or have ended"),
    severity=Severity.WARNING,
    check=check,
    thresholds=(LEFT,),
)
