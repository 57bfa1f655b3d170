"""A table that has no rows and gets none.

## What it reports

Tables that had no row when they were last vacuumed or analysed, have none by the server's estimate, and into
which nothing was inserted since the counters were reset. Partitions count with their table; parents of
inheritance, and tables that may be younger than `statistics_min_days`, are left out. When more than half of
all tables are empty, it is told once, for the database. Tables that were never vacuumed or analysed are left
out as well: how many rows they have is not known.

## Why

A table that nothing fills is a feature that never came, or one that is gone. Readers of the schema take it
for a part of the model.

## When it is wrong

In a database that is not in production, and for tables that rarely have a row: dead letters, locks of a
scheduler, an archive that is still to come.

## How to fix it

Find out what should fill it. Drop it if nothing does.

## See also

- [The Cumulative Statistics System](https://www.postgresql.org/docs/current/monitoring-stats.html)
- [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.usage import MIN_DAYS, Usage, together


def check(context: Context) -> Iterator[Found]:
    """Tables that are known to be empty and stay so."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    found: list[Found] = []
    tables = list(context.tables())
    parents = {parent for relation in context.lookup.relations.values() for parent in relation.inherits}
    for relation in tables:
        use = usage.table(relation)
        size = context.analysis.sizes[relation.qualified]
        if (
            use is None
            or not size.known
            or size.rows
            or use.live_rows
            or use.inserted
            or relation.qualified in parents
            or usage.may_be_new(use)
        ):
            continue
        found.append(
            Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "it has no rows, and none was inserted in {days} days, though it was read {scans} times",
                    days=usage.days,
                    scans=number(use.scans),
                )
                if use.scans
                else tr(
                    "it has no rows, and none was inserted in {days} days, and it was not read either",
                    days=usage.days,
                ),
                fix=Fix(advice=tr("Find out what should fill it; drop it if nothing does.")),
                statistics=usage.counted,
            )
        )
    evidence = tr(
        "{count} of {total} tables have no rows, and none was inserted in {days} days",
        count=len(found),
        total=len(tables),
        days=usage.days,
    )
    yield from together(found, len(tables), usage, evidence)


RULE = Rule(
    name="empty_table",
    title=mark("Tables without rows"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: empty table",),
    thresholds=(MIN_DAYS,),
)
