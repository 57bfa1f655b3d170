"""A table that the planner knows nothing about.

## What it reports

Tables with at least `small_table_rows` rows that neither ANALYZE nor autovacuum has ever analysed, and
partitioned tables of that size that were never analysed themselves: autovacuum analyses their partitions and
never the table as a whole (before PostgreSQL 14 nobody notes whether it was, and nothing is said). Nothing
is said while the counters are younger than `statistics_min_days`.

## Why

Without statistics the planner guesses how many rows a condition leaves and how many different values there
are, and chooses joins accordingly. For a query on a partitioned table it needs the statistics of the whole:
those of the partitions do not tell how many different values there are in all.

## When it is wrong

When queries of a partitioned table always name one partition's key, or when a table is only ever read whole.

## How to fix it

Run ANALYZE; for partitioned tables run it regularly, since nothing else does.

## See also

- [Routine Vacuuming: Updating Planner Statistics](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS)
- [ANALYZE](https://www.postgresql.org/docs/current/sql-analyze.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.activity import TableActivity
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.foreign_key_without_index import SMALL
from pgdossier.review.usage import MIN_DAYS, Usage

# Since when the server notes that a partitioned table was analysed.
_NOTED = 14


def check(context: Context) -> Iterator[Found]:
    """Tables without statistics."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    for relation in context.relations():
        use = usage.table(relation)
        own = usage.activity(relation.qualified)
        if use is None or own is None or usage.may_be_new(use):
            continue
        rows = usage.rows(relation, use)
        if rows < context.threshold(SMALL) or _analysed(own):
            continue
        if relation.partitioning is not None:
            if context.structure.server.major < _NOTED:
                continue
            evidence = tr(
                "about {rows} rows in {count} partitions, and the table as a whole was never analysed:"
                " autovacuum analyses partitions only",
                rows=number(rows),
                count=len(use.parts),
            )
        elif context.rows(relation.qualified) is None:
            evidence = tr("about {rows} rows, and nothing ever analysed it", rows=number(rows))
        else:
            continue  # somebody did, before the counters were reset
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=evidence,
            fix=Fix(advice=tr("Run ANALYZE."), steps=(analyze(relation),)),
            statistics=usage.counted,
        )


def _analysed(own: TableActivity) -> bool:
    return own.last_analyze is not None or own.last_autoanalyze is not None


def analyze(relation: Relation) -> Step:
    """ANALYZE of a table and all its partitions."""
    return Step(f"ANALYZE {relation.qualified.sql}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.SAMPLE)


RULE = Rule(
    name="never_analysed",
    title=mark("Tables that were never analysed"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(MIN_DAYS, SMALL),
)
