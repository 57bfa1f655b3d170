"""A large table that is read whole again and again.

## What it reports

Tables with at least `scanned_table_rows` rows that were read from end to end `scans_per_day` times a day or
more since the counters were reset, by scans that read at least half of the rows on average. Partitions count
with their table, but a scan of one partition reads that one only. Nothing is said while the counters are
younger than `statistics_min_days`.

## Why

A statement that reads all rows to find a few gets slower with every row that is added, and pushes everything
else out of the cache.

## When it is wrong

When the statements need most of the rows: sums, exports, searches in a table that fits into memory. A
sequential scan is then the right plan. Counters are those of one server.

## How to fix it

Find the statements (`pg_stat_statements`, `auto_explain`), and give them an index that fits their condition.

## See also

- [Examining Index Usage](https://www.postgresql.org/docs/current/indexes-examine.html)
- [The Cumulative Statistics System](https://www.postgresql.org/docs/current/monitoring-stats.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.usage import MIN_DAYS, Usage

ROWS = Threshold("scanned_table_rows", 10_000, "rows from which on reading a table whole is reported")
OFTEN = Threshold("scans_per_day", 100, "times a day that a large table may be read whole")


def check(context: Context) -> Iterator[Found]:
    """Large tables with many sequential scans."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    for relation in context.relations():
        use = usage.table(relation)
        if use is None or not use.sequential_scans:
            continue
        rows = usage.rows(relation, use)
        whole = use.sequential_rows // max(1, rows)  # as many scans of all rows as would read that many
        daily = whole // max(1, usage.days)
        each = use.sequential_rows // use.sequential_scans
        if (
            rows < max(1, context.threshold(ROWS))
            or not whole
            or daily < context.threshold(OFTEN)
            or each * len(use.parts) * 2 < rows
        ):
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{sequential_scans} sequential scans read {sequential_rows} rows, as many as"
                " {whole} times all {rows} of them; indexes were scanned {index_scans} times",
                sequential_scans=number(use.sequential_scans),
                sequential_rows=number(use.sequential_rows),
                whole=number(whole),
                rows=number(rows),
                index_scans=number(use.index_scans),
            ),
            fix=Fix(advice=tr("Find the statements, and give them an index that fits their condition.")),
            statistics=usage.counted,
        )


RULE = Rule(
    name="seq_scan_heavy_table",
    title=mark("Large tables that are read whole"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(ROWS, OFTEN, MIN_DAYS),
)
