"""An index with many key columns.

## What it reports

Indexes with as many keys as the threshold `wide_index_keys` (5), or more. Unique indexes and those of
constraints are left out: what is unique together is no matter of choice. So are BRIN, GIN and bloom indexes,
in which many columns are no burden.

## Why

A B-tree is searched by its first keys. Every further key makes all entries longer, the tree larger and its
updates more frequent, and serves ever fewer queries. Columns that are only read from the index, and not
searched, need not be keys.

## When it is wrong

When one important query filters by all of these, each by equality but the last, or is answered by the index
alone.

## How to fix it

Keep the keys by which rows are found, and move what is only shown to `INCLUDE`.

## See also

- [Multicolumn Indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
- [Index-Only Scans and Covering Indexes](https://www.postgresql.org/docs/current/indexes-index-only-scans.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

WIDE = Threshold("wide_index_keys", 5, "keys of one index from which on it is wide")


def check(context: Context) -> Iterator[Found]:
    """Indexes with many keys."""
    for relation in context.relations():
        for index in relation.indexes:
            if index.method not in ("btree", "gist") or index.parent is not None:
                continue
            if len(index.keys) < context.threshold(WIDE) or indexing.keeps_promise(index):
                continue
            known = indexing.size(context, relation, index)
            yield Found(
                subject=subject.index(relation.qualified, index.name),
                evidence=tr(
                    "{count} keys: {expressions}{size}",
                    count=len(index.keys),
                    expressions=names([key.expression for key in index.keys]),
                    size=known,
                ),
                fix=Fix(advice=tr("Keep the keys by which rows are found, and include what is only read.")),
                statistics=tr(indexing.STATISTICS) if known else None,
            )


RULE = Rule(
    name="wide_index",
    title=mark("Indexes with many keys"),
    severity=Severity.ADVICE,
    check=check,
    tags=("azimutt: too heavy indexes",),
    thresholds=(WIDE,),
)
