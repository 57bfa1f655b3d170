"""Indexes that hold rows without a value, against the convention.

## What it reports

Nothing, until the convention `null_index` takes the side `partial`: then B-tree indexes without a condition
whose first key is a column that may be null. Unique indexes and those of constraints are left out.

## Why

Both views in one line: a partial index leaves out rows that nobody looks up, so it is smaller and is written
less; but it does not serve `IS NULL`, nor an order with the nulls in it, and since PostgreSQL 13 an index
keeps equal keys, nulls among them, only once.

## When it is wrong

When few rows are null. How many there are, the schema does not say: `pg_stats.null_frac` does. The default
side is `any`, which reports nothing.

## How to fix it

Create the index with `WHERE column IS NOT NULL`, then drop this one.

## See also

- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
- [B-Tree: Deduplication](https://www.postgresql.org/docs/current/btree.html#BTREE-DEDUPLICATION)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

NULLS = Convention(
    "null_index",
    ("any", "partial"),
    "an index with the nulls in it serves IS NULL and every order (any); without them it is smaller"
    " (partial)",
)


def check(context: Context) -> Iterator[Found]:
    """Whole indexes on columns that may be null, when these are to be partial."""
    if context.side(NULLS) != "partial":
        return
    for relation in context.relations():
        nullable = {column.name for column in relation.columns if context.nullable(column)}
        for index in relation.indexes:
            first = index.keys[0].column
            whole = index.method == "btree" and index.predicate is None and index.parent is None
            if not whole or first not in nullable or indexing.keeps_promise(index) or first is None:
                continue
            known = indexing.size(context, relation, index)
            new = indexing.again(relation, index, where=f"{quote_identifier(first)} IS NOT NULL")
            yield Found(
                subject=subject.index(relation.qualified, index.name),
                evidence=tr(
                    "{column} may be null, and the index has no condition{size}",
                    column=name(first),
                    size=known,
                ),
                fix=Fix(
                    advice=tr("Create it with a condition that leaves out the nulls, then drop this one."),
                    steps=(new, fixes.drop_index(relation, index.name)) if new is not None else (),
                    remark=tr("First look how many are null, and whether queries look for them."),
                ),
                statistics=tr(indexing.STATISTICS) if known else None,
            )


RULE = Rule(
    name="null_heavy_index",
    title=mark("Indexes that hold rows without a value, against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: indexes with null values",),
    convention=NULLS,
)
