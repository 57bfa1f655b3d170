"""A table that takes far more space than its rows need.

## What it reports

Tables whose pages could be packed into less than half (`bloat_percent`) by the planner's statistics of their
rows, when at least `bloat_megabytes` could be saved. Values in the TOAST table do not count. Partitions
count with their table. Nothing is said of tables whose statistics are not complete.

## Why

Every scan of the table reads the empty space, the cache holds it and every backup copies it. Space that
VACUUM frees is used again by the same table, but hardly ever given back.

## When it is wrong

When the table will fill again: the space is then of use. The number is an estimate: alignment between
columns, which it does not know, can make up for nearly half of a row of very small columns.

## How to fix it

First see to it that VACUUM keeps up. `VACUUM FULL` and `CLUSTER` write the table anew, and lock everybody
out while they do; the extensions pg_repack and pg_squeeze do it beside the traffic.

## See also

- [Routine Vacuuming: Recovering Disk Space](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY)
- [VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import monitoring
from pgdossier.language import mark, number, tr
from pgdossier.model.names import QualifiedName
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.usage import Use

PERCENT = Threshold(
    "bloat_percent",
    round(monitoring.DEFAULT.bloat.warning),
    "per cent of its space that a table or an index may not need",
)
MEGABYTES = Threshold(
    "bloat_megabytes",
    monitoring.BLOAT_LEAST // 1024**2,
    "megabytes below which space that is not needed does not matter",
)


def check(context: Context) -> Iterator[Found]:
    """Tables with much empty space."""
    usage = context.usage
    if usage is None:
        return
    for relation in context.relations():
        use = usage.table(relation)
        needed = None if use is None else _needed(context, use)
        size = context.analysis.sizes[relation.qualified]
        if needed is None or not size.known or not size.table_bytes:
            continue
        empty = size.table_bytes - needed
        percent = empty * 100 // size.table_bytes
        if percent <= context.threshold(PERCENT) or empty < context.threshold(MEGABYTES) * 2**20:
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{table_bytes} bytes, of which its {rows} rows need about {needed}: {percent} %"
                " is empty or dead",
                table_bytes=number(size.table_bytes),
                rows=number(size.rows or 0),
                needed=number(needed),
                percent=percent,
            ),
            fix=Fix(
                advice=tr(
                    "See to it that VACUUM keeps up; then write the table anew if it will not fill again."
                ),
                steps=(
                    Step(
                        f"VACUUM (FULL, ANALYZE) {relation.qualified.sql}",
                        Lock.ACCESS_EXCLUSIVE,
                        Work.REWRITE,
                        alone=True,
                    ),
                ),
                remark=tr("It needs the disk space of a second copy, and nobody can read meanwhile."),
            ),
            statistics=tr("{read}; sizes are from the last VACUUM or ANALYZE", read=usage.read),
        )


def _needed(context: Context, use: Use) -> int | None:
    """What the rows of all parts need at least; None when the statistics of one do not tell."""
    total = 0
    for part in use.parts:
        found = context.lookup.statistics.get(QualifiedName(part.schema, part.name))
        if part.minimum_bytes is not None:
            total += part.minimum_bytes
        elif found is None or found.rows != 0:
            return None
    return total


RULE = Rule(
    name="table_bloat",
    title=mark("Tables that take far more space than they need"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: table_bloat", "pg-index-health: table bloat"),
    thresholds=(PERCENT, MEGABYTES),
)
