"""An index whose keys are booleans and nothing else.

## What it reports

Indexes all of whose keys are boolean columns, unless the index is unique, or its condition mentions one of
these columns: then it is a way to find the rows for which the condition holds.

## Why

Such an index has two keys, or four. For the frequent value PostgreSQL reads the whole table anyway; for the
rare value the part of the index that holds the frequent one is written and kept for nothing.

## When it is wrong

When one of the values is rare and the table does not change: the index then works, and is merely larger than
it has to be. Index-only scans that count the rows of either value may use it as well.

## How to fix it

Drop it, or replace it by a partial index on what those rows are sorted or searched by, with the rare value
as its condition: `CREATE INDEX … ON jobs (queued_at) WHERE NOT done`.

## See also

- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.indexes import Index
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Indexes on booleans alone."""
    for relation, columns in context.typed(lambda base: base == "boolean"):
        booleans = {column.name for column in columns}
        for index in relation.indexes:
            if index.parent is not None or indexing.keeps_promise(index) or _searched(index):
                continue
            if all(key.column in booleans for key in index.keys):
                yield _found(context, relation, index)


def _searched(index: Index) -> bool:
    """Whether the condition says which of the values are looked for."""
    return index.predicate is not None and any(
        re.search(rf"(?<!\w){re.escape(key.column)}(?!\w)", index.predicate)
        for key in index.keys
        if key.column
    )


def _found(context: Context, relation: Relation, index: Index) -> Found:
    known = indexing.size(context, relation, index)
    count = len(index.keys)
    return Found(
        subject=subject.index(relation.qualified, index.name),
        evidence=trn(
            "{keys} has two values besides null{size}",
            "{keys} have two values besides null each{size}",
            count,
            keys=indexing.keys(index),
            size=known,
        ),
        fix=Fix(
            advice=tr("Drop it, or replace it by a partial index for the rare value."),
            steps=(fixes.drop_index(relation, index.name),),
            remark=tr("If one of the values is rare and searched for, create the partial index first."),
        ),
        statistics=tr(indexing.STATISTICS) if known else None,
    )


RULE = Rule(
    name="boolean_index",
    title=mark("Indexes on booleans alone"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: indexes with boolean",),
)
