"""An index that nothing read for as long as the server has counted.

## What it reports

Valid indexes that were never scanned since the counters were reset, on tables that have at least
`small_table_rows` rows. Left out is every index that serves without being scanned: those that enforce a
primary key, a unique or an exclusion constraint or uniqueness, the replica identity, the index that a table
is clustered by, and of those that help a foreign key one. An index that repeats another is told as that. Of
a partitioned table the indexes of all partitions count together. Nothing is said while the counters are
younger than `statistics_min_days`, on a standby, of tables that may be younger than these days, and of those
that were neither read nor written at all.

## Why

Every insert writes the index, and so does an update of its columns; it takes disk, memory, WAL and time of
VACUUM. An index on a column also keeps updates of that column from being HOT.

## When it is wrong

Counters are those of one server: a standby that answers the reports scans its own. A report of the end of
the year is not in the counters of a month. PostgreSQL does not note when an index was made: one that is
younger than the counters had less time. An index on an expression gives the planner statistics of the
expression even if it is never scanned.

## How to fix it

Look at the counters of every replica, and at what the index was made for; then drop it. `DROP INDEX
CONCURRENTLY` blocks nobody for long. Keep its definition: building it again is the way back.

## See also

- [The Cumulative Statistics System](https://www.postgresql.org/docs/current/monitoring-stats.html)
- [Examining Index Usage](https://www.postgresql.org/docs/current/indexes-examine.html)
- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import indexes
from pgdossier.language import mark, number, tr
from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.foreign_key_without_index import SMALL
from pgdossier.review.usage import MIN_DAYS, Usage


def check(context: Context) -> Iterator[Found]:
    """Indexes without a scan, where that says something."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    repeated = {(group.table, one) for group in context.analysis.duplicate_indexes for one in group.indexes}
    for relation in context.relations():
        use = usage.table(relation)
        if use is None or not (use.scans or use.written):
            continue
        if usage.rows(relation, use) < context.threshold(SMALL) or usage.may_be_new(use):
            continue
        unused = [
            index
            for index in relation.indexes
            if not _serves(index)
            and (relation.qualified, index.name) not in repeated
            and usage.scans(relation, index) == 0
        ]
        kept = set(_helping(context, relation, unused))
        for index in unused:
            if index.name in kept:
                continue
            takes = indexing.size(context, relation, index)
            yield Found(
                subject=subject.index(relation.qualified, index.name),
                evidence=tr(
                    "{index} was never scanned, while {relation} was read {scans} times and {written}"
                    " rows of it were written{takes}",
                    index=name(index.name),
                    relation=name(relation.qualified.dotted),
                    scans=number(use.scans),
                    written=number(use.written),
                    takes=takes,
                ),
                fix=Fix(
                    advice=tr("Look what it was made for, and drop it."),
                    steps=(fixes.drop_index(relation, index.name),),
                    remark=tr(
                        "Look at the counters of every replica; it may be younger than these counters."
                    ),
                ),
                statistics=usage.counted,
            )


def _serves(index: Index) -> bool:
    """Whether the index is told elsewhere, or does something without being scanned."""
    return (
        index.unique
        or index.primary
        or index.exclusion
        or index.constraint is not None
        or index.replica_identity
        or index.clustered
        or index.parent is not None
        or not index.valid
    )


def _helping(context: Context, relation: Relation, unused: list[Index]) -> Iterator[str]:
    """For each foreign key that has only unused indexes to find referencing rows by, the smallest of them."""
    for one in context.parents.get(relation.qualified, ()):
        covering = [index for index in relation.indexes if indexes.covers(index, one)]
        if covering and all(index in unused for index in covering):
            yield min(covering, key=lambda index: (len(index.keys), index.name)).name


RULE = Rule(
    name="unused_index",
    title=mark("Indexes that nothing reads"),
    severity=Severity.ADVICE,
    check=check,
    tags=("splinter: unused_index", "pg-index-health: unused indexes", "azimutt: unused index"),
    thresholds=(MIN_DAYS, SMALL),
)
