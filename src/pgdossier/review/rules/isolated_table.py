"""A table without any relationship, in a schema that is held together by foreign keys.

## What it reports

Tables that no foreign key leads from or to, in databases where at least nine of ten tables have one. Left
out are tables with a column that looks like a reference (`missing_foreign_key` tells those), one half of a
polymorphic pair, or inheritance, and tables called like what stands alone by nature: logs, settings,
sessions, queues, jobs, locks, caches and the like.

## Why

A table that nothing is connected with is often forgotten, a leftover, or connected by values that nobody
declared. It is the first place to look for data that contradicts the rest.

## When it is wrong

When the table is really about something else. This is a lead to look at, no fault.

## How to fix it

Find out who writes and reads the table. Declare what its columns reference, or drop it.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [The Cumulative Statistics System](https://www.postgresql.org/docs/current/monitoring-stats.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import english
from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

LINKED = Threshold(
    "linked_percent", 90, "percent of the tables that must have a foreign key for the others to be told"
)
_ALONE = frozenset(
    """
    log logs history audit event events setting settings config configuration configurations preference
    preferences option options variable variables parameter parameters session sessions token tokens nonce
    cache queue queues job jobs task tasks schedule schedules lock locks lease leases counter counters
    statistic statistics stats metric metrics rollup rollups summary summaries import imports export
    exports staging temp tmp backup archive test health version versions migration migrations news request
    requests result results message messages outbox inbox
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)


def check(context: Context) -> Iterator[Found]:
    """Tables that nothing is connected with, where most are connected."""
    all_tables = list(context.tables())
    isolated = [name for name in context.analysis.isolated if context.reviewed(name)]
    linked = len(all_tables) - len(isolated)
    if not all_tables or linked * 100 < context.threshold(LINKED) * len(all_tables):
        return
    explained = {one.table for one in context.analysis.polymorphic}
    explained |= {one.relationship.child for one in context.analysis.declared.found}
    explained |= {one.relationship.parent for one in context.analysis.declared.found}
    for one in context.analysis.implied:
        explained |= {one.table, one.parent}
    for relation in context.relations():
        if relation.inherits:
            explained |= {relation.qualified, *relation.inherits}
    for place in isolated:
        if place in explained or not _ALONE.isdisjoint(english.words(place.name)):
            continue
        columns = [column.name for column in context.lookup.relations[place].columns]
        yield Found(
            subject=subject.relation(place),
            evidence=tr(
                "no foreign key leads from it or to it, while {linked} of {count} tables have one;"
                " its columns are {columns}",
                linked=linked,
                count=len(all_tables),
                columns=names(columns, shown=6),
            ),
            fix=Fix(advice=tr("Find out who uses it; declare what its columns reference, or drop it.")),
        )


RULE = Rule(
    name="isolated_table",
    title=mark("Tables without any relationship"),
    severity=Severity.ADVICE,
    check=check,
    tags=("tbls: unrelatedTable", "pg-index-health: tables not linked to others"),
    thresholds=(LINKED,),
)
