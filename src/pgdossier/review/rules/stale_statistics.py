"""A table that has changed a lot since the planner last looked at it.

## What it reports

Tables with at least `small_table_rows` rows, analysed before, of which more than `changed_percent` per cent
were changed since, and more than twice what autovacuum's settings wait for. Partitions count with their
table.

## Why

The planner chooses plans by what ANALYZE found: new values, new dates and the rows that are gone are unknown
to it. Plans that were good turn bad without a change of any query.

## When it is wrong

Just after a large load, until autovacuum has come, and for queues, whose rows change all the time and are
alike.

## How to fix it

Run ANALYZE, and let autovacuum analyse the table sooner (`autovacuum_analyze_scale_factor`).

## See also

- [Routine Vacuuming: Updating Planner Statistics](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS)
- [Automatic Vacuuming](https://www.postgresql.org/docs/current/runtime-config-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.rules.foreign_key_without_index import SMALL
from pgdossier.review.rules.never_analysed import analyze

PERCENT = Threshold("changed_percent", 50, "per cent of a table's rows that may change before it is analysed")


def check(context: Context) -> Iterator[Found]:
    """Tables whose statistics are behind."""
    usage = context.usage
    if usage is None:
        return
    for relation in context.relations():
        use = usage.table(relation)
        if use is None:
            continue
        rows = usage.rows(relation, use)
        last = use.last("last_analyze", "last_autoanalyze")
        if rows < max(1, context.threshold(SMALL)) or last is None:
            continue
        percent = use.modified_since_analyze * 100 // rows
        if percent <= context.threshold(PERCENT) or not any(map(usage.analyze_due, use.parts)):
            continue
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{modified_since_analyze} rows changed since it was analysed on {last}, of about"
                " {rows} ({percent} %)",
                modified_since_analyze=number(use.modified_since_analyze),
                last=last[:10],
                rows=number(rows),
                percent=percent,
            ),
            fix=Fix(
                advice=tr("Run ANALYZE, and let autovacuum analyse it sooner."), steps=(analyze(relation),)
            ),
            statistics=usage.read,
        )


RULE = Rule(
    name="stale_statistics",
    title=mark("Tables with outdated planner statistics"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(PERCENT, SMALL),
)
