"""A partitioned table without a partition.

## What it reports

Partitioned tables that have no partition at all, not even a default one.

## Why

A partitioned table stores nothing itself: every INSERT is refused.

## When it is wrong

When something creates the partitions before they are needed, or in a schema that holds no data, as one for
tests and diagrams.

## How to fix it

Create partitions.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.language import mark, tr
from pgdossier.model.relations import PartitionStrategy
from pgdossier.review import divisions, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """One finding for each topmost table."""
    yield from divisions.told_once(_check(context))


def _check(context: Context) -> Iterator[tuple[PartitionedTable, Found]]:
    """Partitioned tables that can hold no row."""
    for found, _ in divisions.divided(context):
        if not found.partitions:
            default = (
                ()
                if found.strategy is PartitionStrategy.HASH
                else (divisions.add_partition(context, found.table, "default", "DEFAULT"),)
            )
            yield (
                found,
                Found(
                    subject=subject.relation(found.table),
                    evidence=tr(
                        "partitioned by {strategy} ({key}), and without a partition: every row is refused",
                        strategy=tr(str(found.strategy)),
                        key=name(found.key),
                    ),
                    fix=Fix(advice=tr("Create its partitions."), steps=default),
                ),
            )


RULE = Rule(
    name="no_partitions",
    title=mark("Partitioned tables without a partition"),
    severity=Severity.WARNING,
    check=check,
)
