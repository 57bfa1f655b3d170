"""A table that nobody read or wrote for as long as the server has counted.

## What it reports

Tables with rows that were neither read nor written since the counters were reset, for `unused_table_days` at
least. Partitions count with their table; parents of inheritance, whose rows are in their children, and
tables that may be younger than `statistics_min_days` are left out. When more than half of all tables are not
used, it is told once, for the database. On a standby nothing is said.

## Why

What nobody uses is read by everybody who learns the schema, is migrated, backed up and granted, and often
holds data that should have been deleted long ago.

## When it is wrong

When it is used less often than the counters are old: at the end of the year, after a disaster, for an audit.
Counters are those of one server; replicas count for themselves. A backup with `pg_dump` reads every table,
and so hides what this rule looks for.

## How to fix it

Ask whose it is. Rename it or revoke the privileges on it for a while, then archive and drop it.

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
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.usage import MIN_DAYS, Usage, together

DAYS = Threshold("unused_table_days", 30, "days without any use after which a table is reported")


def check(context: Context) -> Iterator[Found]:
    """Tables with rows that nothing touched."""
    usage = Usage.long_enough(context)
    if usage is None or usage.days < context.threshold(DAYS):
        return
    found: list[Found] = []
    tables = list(context.tables())
    parents = {parent for relation in context.lookup.relations.values() for parent in relation.inherits}
    for relation in tables:
        use = usage.table(relation)
        if use is None or use.scans or use.written or relation.qualified in parents:
            continue
        rows = usage.rows(relation, use)
        if not rows or usage.may_be_new(use):
            continue
        size = context.analysis.sizes[relation.qualified].total_bytes >> 20
        found.append(
            Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "not read and not written in {days} days; it has about {rows} rows and {size} MiB",
                    days=usage.days,
                    rows=number(rows),
                    size=number(size),
                )
                if size
                else tr(
                    "not read and not written in {days} days; it has about {rows} rows",
                    days=usage.days,
                    rows=number(rows),
                ),
                fix=Fix(advice=tr("Ask whose it is; archive and drop it if it is nobody's.")),
                statistics=usage.counted,
            )
        )
    yield from together(
        found,
        len(tables),
        usage,
        tr(
            "{count} of {total} tables were neither read nor written in {days} days",
            count=len(found),
            total=len(tables),
            days=usage.days,
        ),
    )


RULE = Rule(
    name="unused_table",
    title=mark("Tables that nobody uses"),
    severity=Severity.ADVICE,
    check=check,
    tags=("azimutt: unused entity",),
    thresholds=(DAYS, MIN_DAYS),
)
