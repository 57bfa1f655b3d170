"""Hash partitions that leave some rows no place.

## What it reports

Tables partitioned by hash whose partitions do not take every remainder.

## Why

Which partition a row goes to is decided by a hash of its key. When a remainder has no partition, some rows
are refused, and which ones looks like chance. A default partition does not exist for hash partitioning.

## When it is wrong

While partitions are being divided further. It is never meant to stay.

## How to fix it

Create the missing partitions; the suggestion has one for each missing remainder of the largest modulus.

## See also

- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
- [CREATE TABLE: PARTITION OF](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.bounds import HashBound
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.language import mark, tr, trn
from pgdossier.review import divisions, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_LISTED = 32


def check(context: Context) -> Iterator[Found]:
    """One finding for each topmost table."""
    yield from divisions.told_once(_check(context))


def _check(context: Context) -> Iterator[tuple[PartitionedTable, Found]]:
    """Incomplete sets of hash partitions."""
    for found, _ in divisions.divided(context):
        if found.hash_complete is not False or not found.partitions:
            continue
        modulus = _modulus(found)
        missing = found.missing_remainders
        yield (
            found,
            Found(
                subject=subject.relation(found.table),
                evidence=trn(
                    "of modulus {modulus}, remainder {missing} has no partition: these rows are refused",
                    "of modulus {modulus}, remainders {missing} have no partition: these rows are refused",
                    len(missing),
                    modulus=modulus,
                    missing=names(map(str, missing)),
                )
                if missing
                else tr(
                    "of modulus {modulus}, some remainders have no partition: these rows are refused",
                    modulus=modulus,
                ),
                fix=_fix(context, found, modulus),
            ),
        )


def _modulus(found: PartitionedTable) -> int:
    return max(one.values.modulus for one in found.partitions if isinstance(one.values, HashBound))


def _fix(context: Context, found: PartitionedTable, modulus: int) -> Fix:
    advice = tr("Create the missing partitions.")
    missing = found.missing_remainders
    if not 0 < len(missing) <= _LISTED:
        return Fix(advice=advice)
    return Fix(
        advice=advice,
        steps=tuple(
            divisions.add_partition(
                context,
                found.table,
                f"p{remainder}",
                f"FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})",
            )
            for remainder in missing
        ),
    )


RULE = Rule(
    name="hash_partitions_incomplete",
    title=mark("Hash partitions that do not take every row"),
    severity=Severity.ERROR,
    check=check,
)
