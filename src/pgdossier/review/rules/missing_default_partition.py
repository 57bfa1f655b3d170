"""A list-partitioned table that refuses values it does not know.

## What it reports

Tables partitioned by list that have partitions, but no default partition. When the partition key is a
boolean, or an enum, and every value has its partition, nothing is missing.

## Why

A row whose value no partition lists is refused. The first new country, tenant or status makes an INSERT
fail, at the moment when it is first used.

## When it is wrong

When that refusal is wanted: the list is what is allowed, and partitions are created with the value. A
default partition has a price too: adding a partition reads it, under a lock, to see whether rows in it
belong to the new one.

## How to fix it

Create a default partition, and watch that it stays empty.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [CREATE TABLE: PARTITION OF](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.bounds import ListBound
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.language import mark, tr, trn
from pgdossier.model.relations import PartitionStrategy, Relation
from pgdossier.model.types import Enum
from pgdossier.review import divisions, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """One finding for each topmost table."""
    yield from divisions.told_once(_check(context))


def _check(context: Context) -> Iterator[tuple[PartitionedTable, Found]]:
    """Lists without a default."""
    for found, relation in divisions.divided(context):
        if found.strategy is not PartitionStrategy.LIST or found.default or not found.partitions:
            continue
        if _complete(context, found, relation):
            continue
        count = len(found.partitions)
        into = trn("{count} partition", "{count} partitions", count)
        yield (
            found,
            Found(
                subject=subject.relation(found.table),
                evidence=tr(
                    "partitioned by list ({key}) into {partitions}, none of which is the default: other"
                    " values are refused",
                    key=name(found.key),
                    partitions=into,
                ),
                fix=Fix(
                    advice=tr("Create a default partition, unless other values are to be refused."),
                    steps=(divisions.add_partition(context, found.table, "default", "DEFAULT"),),
                ),
            ),
        )


def _complete(context: Context, found: PartitionedTable, relation: Relation) -> bool:
    """Whether every value that the type has is in some list."""
    columns = relation.partitioning.columns if relation.partitioning else ()
    if len(columns) != 1 or found.key.strip('"') != columns[0]:
        return False
    column = relation.column(columns[0])
    own = context.lookup.types.get(column.type_name) if column.type_name else None
    if isinstance(own, Enum):
        possible: set[str | None] = set(own.labels)
    elif context.base_type(column) == "boolean":
        possible = {"true", "false"}
    else:
        return False
    if context.nullable(column):
        possible.add(None)
    taken = {
        value for one in found.partitions if isinstance(one.values, ListBound) for value in one.values.values
    }
    return possible <= taken


RULE = Rule(
    name="missing_default_partition",
    title=mark("Lists of partitions without a default"),
    severity=Severity.ADVICE,
    check=check,
)
