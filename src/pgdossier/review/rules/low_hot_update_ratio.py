"""A table whose updates write to all of its indexes.

## What it reports

Tables with at least `many_updates` updated rows since the counters were reset, of which less than
`hot_update_percent` per cent were HOT (heap-only tuples). Partitions count with their table. Tables without
an index are left out, and nothing is said while the counters are younger than `statistics_min_days`.

## Why

An update is HOT when no indexed column changes (indexes that only summarise, BRIN, do not count from
PostgreSQL 16 on) and the new version fits on the page of the old one. Any other update adds an entry to each
index, and leaves one behind for VACUUM.

## When it is wrong

When it is an indexed column that has to change each time (the state of a job, the moment of the last change)
and the index is worth it.

## How to fix it

Drop indexes on columns that change often and that nothing needs, or leave room on the pages: a `fillfactor`
below 100 holds for pages that are filled from now on, and for all of them once the table is written anew.

## See also

- [Heap-Only Tuples](https://www.postgresql.org/docs/current/storage-hot.html)
- [CREATE TABLE: Storage Parameters](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr, trn
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Lock
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.usage import MIN_DAYS, Usage, Use

UPDATES = Threshold("many_updates", 100_000, "updated rows from which on the share of HOT ones is looked at")
PERCENT = Threshold("hot_update_percent", 50, "per cent of updates that should be HOT")


def check(context: Context) -> Iterator[Found]:
    """Tables with many updates and few HOT ones."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    for relation in context.tables():
        use = usage.table(relation)
        if use is None or not relation.indexes or use.updated < max(1, context.threshold(UPDATES)):
            continue
        percent = use.hot_updated * 100 // use.updated
        if percent >= context.threshold(PERCENT):
            continue
        elsewhere = _elsewhere(use)
        many = trn("{count} index", "{count} indexes", len(relation.indexes))
        fill = _fillfactor(relation)
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{updated} rows were updated, {percent} % of them HOT; it has {indexes} and a"
                " fillfactor of {fill}",
                updated=number(use.updated),
                percent=percent,
                indexes=many,
                fill=fill,
            )
            if elsewhere is None
            else tr(
                "{updated} rows were updated, {percent} % of them HOT, and {elsewhere} found no"
                " room on their page; it has {indexes} and a fillfactor of {fill}",
                updated=number(use.updated),
                percent=percent,
                elsewhere=number(elsewhere),
                indexes=many,
                fill=fill,
            ),
            fix=_fix(relation, use, elsewhere, fill),
            statistics=usage.counted,
        )


def _elsewhere(use: Use) -> int | None:
    """How many updates went to another page; None before PostgreSQL 16."""
    found = [part.new_page_updated for part in use.parts]
    return None if None in found else sum(one or 0 for one in found)


def _fillfactor(relation: Relation) -> int:
    return next((int(one[11:]) for one in relation.options if one.startswith("fillfactor=")), 100)


def _fix(relation: Relation, use: Use, elsewhere: int | None, fill: int) -> Fix:
    """Room on the pages where that was missing, and fewer indexes where it was not."""
    if elsewhere is not None and elsewhere * 2 < use.updated - use.hot_updated:
        return Fix(advice=tr("Indexed columns change: drop the indexes on these that nothing needs."))
    if relation.partitioning is not None or fill < 90:
        return Fix(advice=tr("Leave more room on the pages, by a lower fillfactor."))
    step = fixes.alter_table(relation, "SET (fillfactor = 85)", Lock.SHARE_UPDATE_EXCLUSIVE)
    return Fix(
        advice=tr("Leave room on the pages, by a lower fillfactor."),
        steps=(step,),
        complete=False,
        remark=tr("It holds for pages filled from now on, and does not help where indexed columns change."),
    )


RULE = Rule(
    name="low_hot_update_ratio",
    title=mark("Tables with few HOT updates"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(UPDATES, PERCENT, MIN_DAYS),
)
