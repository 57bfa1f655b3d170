"""A default partition that holds rows.

## What it reports

Partitioned tables whose default partition has rows, by the planner's estimate, and other partitions beside
it. A default partition that is divided again counts with its parts.

## Why

A default partition is there for what was not foreseen. Rows in it are read by every query, as hardly any
condition rules it out; they are not removed when an old partition is dropped; and the partition that they
belong to cannot be created as long as they are there. PostgreSQL also reads all of them, under a lock,
whenever a partition is added.

## When it is wrong

When the default partition is meant to be the place of everything that has no partition of its own, as of all
small customers beside a few large ones.

## How to fix it

Find out which values are in it, detach it, create the partitions that are missing, and insert its rows anew.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [ALTER TABLE: ATTACH PARTITION](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.review import divisions, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with rows that found no place of their own."""
    for found, _ in divisions.divided(context):
        rows = next((one.size.rows for one in found.partitions if one.name == found.default), None)
        if not rows or len(found.partitions) < 2 or found.default is None:
            continue
        total = found.size.rows
        yield Found(
            subject=subject.relation(found.table),
            evidence=tr(
                "about {rows} of {total} rows are in the default partition {default}",
                rows=number(rows),
                total=number(total),
                default=name(found.default.name),
            )
            if total and total >= rows and found.size.known
            else tr(
                "about {rows} rows are in the default partition {default}",
                rows=number(rows),
                default=name(found.default.name),
            ),
            fix=Fix(advice=tr("Create the partitions that these rows belong to, and move them there.")),
            statistics=tr("the numbers of rows are the planner's estimates"),
        )


RULE = Rule(
    name="default_partition_filled",
    title=mark("Default partitions that hold rows"),
    severity=Severity.ADVICE,
    check=check,
)
