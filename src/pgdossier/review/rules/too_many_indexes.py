"""A table with very many indexes.

## What it reports

Tables and materialized views with as many indexes as the threshold `many_indexes` (15), or more, unless more
than three quarters of them serve keys and foreign keys: these are not to be spared. The indexes of
partitions do not count.

## Why

Every insert writes to all of them, and so does every update that cannot stay on its page or changes an
indexed column. Each takes space, memory and VACUUM time, and gives the planner one more path to weigh for
every query. With many indexes, many more columns are indexed, and fewer updates can be heap-only.

## When it is wrong

For tables that are read in many ways and seldom written. What decides is whether the indexes are used, which
the schema does not say.

## How to fix it

Look at the usage of each, over a whole business cycle and on the replicas too; drop those that no query and
no key needs. The finding says how many serve keys and foreign keys: these are the last to go.

## See also

- [Examining Index Usage](https://www.postgresql.org/docs/current/indexes-examine.html)
- [Heap-Only Tuples](https://www.postgresql.org/docs/current/storage-hot.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import indexes
from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

MANY = Threshold("many_indexes", 15, "indexes of one table from which on there are very many")


def check(context: Context) -> Iterator[Found]:
    """Tables with too many indexes, and what these are for."""
    for relation in context.relations():
        count, columns = len(relation.indexes), len(relation.columns)
        if count < context.threshold(MANY):
            continue
        unique, helping = _needed(context, relation)
        rest = count - unique - helping
        if rest * 4 >= count:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "{count} indexes on {columns} columns: {unique} for keys, {helping} for foreign keys,"
                    " {rest} for queries alone",
                    count=count,
                    columns=columns,
                    unique=unique,
                    helping=helping,
                    rest=rest,
                ),
                fix=Fix(advice=tr("Drop the ones that neither a query nor a key needs.")),
            )


def _needed(context: Context, relation: Relation) -> tuple[int, int]:
    """How many of the indexes serve keys, and how many others serve foreign keys."""
    unique = sum(index.unique or index.exclusion for index in relation.indexes)
    keys = context.parents.get(relation.qualified, ())
    helping = sum(
        any(indexes.covers(index, one) for one in keys)
        for index in relation.indexes
        if not (index.unique or index.exclusion)
    )
    return unique, helping


RULE = Rule(
    name="too_many_indexes",
    title=mark("Tables with very many indexes"),
    severity=Severity.ADVICE,
    check=check,
    tags=("azimutt: too many indexes",),
    thresholds=(MANY,),
)
