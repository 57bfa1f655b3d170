"""A table in which a large share of the rows is dead.

## What it reports

Tables that VACUUM has visited, with at least `dead_rows_least` dead rows that make up more than
`dead_rows_percent` per cent of all its row versions, and more than twice what autovacuum's settings wait
for. Partitions count with their table. Tables that were never vacuumed are told as that.

## Why

Dead rows are read by every scan and keep their place in every index. When VACUUM falls behind, the table
grows, and does not shrink again by itself.

## When it is wrong

Just after a large DELETE or UPDATE, until VACUUM has come. The numbers are estimates that ANALYZE corrects.

## How to fix it

Run VACUUM. If the rows stay, something may still see them: a transaction that is open for long, a prepared
one that was forgotten, a replication slot or the feedback of a standby. If they come back, let autovacuum
come sooner to this table.

## See also

- [Routine Vacuuming: Recovering Disk Space](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY)
- [Automatic Vacuuming](https://www.postgresql.org/docs/current/runtime-config-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import monitoring
from pgdossier.language import mark, number, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.rules.never_vacuumed import neglected, vacuum
from pgdossier.review.usage import MIN_DAYS, Usage

PERCENT = Threshold(
    "dead_rows_percent",
    round(monitoring.DEFAULT.dead_rows.warning),
    "per cent of a table's row versions that may be dead",
)
LEAST = Threshold(
    "dead_rows_least", monitoring.DEAD_LEAST, "dead rows below which their share does not matter"
)


def check(context: Context) -> Iterator[Found]:
    """Tables with many dead rows."""
    usage = context.usage
    if usage is None:
        return
    old_enough = Usage.long_enough(context) is not None
    for relation in context.relations():
        use = usage.table(relation)
        if use is None or use.dead_rows < max(1, context.threshold(LEAST)):
            continue
        percent = use.dead_rows * 100 // (use.live_rows + use.dead_rows)
        if percent <= context.threshold(PERCENT) or not any(map(usage.vacuum_due, use.parts)):
            continue
        if old_enough and neglected(context, usage, relation):
            continue
        last = use.last("last_vacuum", "last_autovacuum")
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{dead_rows} dead rows beside {live_rows} live ones ({percent} %); no VACUUM is known",
                dead_rows=number(use.dead_rows),
                live_rows=number(use.live_rows),
                percent=percent,
            )
            if last is None
            else tr(
                "{dead_rows} dead rows beside {live_rows} live ones ({percent} %); the last"
                " VACUUM was on {last}",
                dead_rows=number(use.dead_rows),
                live_rows=number(use.live_rows),
                percent=percent,
                last=last[:10],
            ),
            fix=Fix(
                advice=tr("Run VACUUM, and look for what keeps it from removing them."),
                steps=(vacuum(relation),),
                complete=False,
                remark=tr(
                    "Rows stay while an old transaction, a replication slot or a standby may need them."
                ),
            ),
            statistics=usage.read,
        )


RULE = Rule(
    name="dead_rows",
    title=mark("Tables with many dead rows"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: table_bloat",),
    thresholds=(PERCENT, LEAST, MIN_DAYS),
)
