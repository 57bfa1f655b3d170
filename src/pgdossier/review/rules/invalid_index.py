"""An index that is written to and never read.

## What it reports

Indexes that are marked as invalid. `CREATE INDEX CONCURRENTLY` and `REINDEX CONCURRENTLY` leave such an
index behind when they fail, or while they are still at work; on a partitioned table an index is invalid
until each partition has one attached to it.

## Why

No query uses an invalid index, but writing to the table keeps it up to date, and a unique one may refuse
rows. Whoever sees its name believes that the index is there. A unique index that is invalid proves nothing
about the rows.

## When it is wrong

While it is being built: look at `pg_stat_progress_create_index` before doing anything. An index made by
`CREATE INDEX ON ONLY` is invalid on purpose until the partitions' indexes are attached.

## How to fix it

Build it again without blocking writes, or drop it. Leftovers of `REINDEX CONCURRENTLY`, whose names end in
`_ccnew` or `_ccold` (with a number when there are several), are to be dropped. On a partitioned table,
create the missing indexes on the partitions and attach them.

## See also

- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html)
- [REINDEX: Rebuilding Indexes Concurrently](https://www.postgresql.org/docs/current/sql-reindex.html)
- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity

_LEFTOVER = re.compile(r"_cc(?:new|old)\d*\Z")


def check(context: Context) -> Iterator[Found]:
    """Invalid indexes; those attached to a partitioned table's are told with that one."""
    for one in context.analysis.invalid_indexes:
        if one.table in context.bookkeeping:
            continue
        relation = context.lookup.relations[one.table]
        index = next(index for index in relation.indexes if index.name == one.index)
        if one.partitioned:
            lacking = _lacking(context, relation, index)
            evidence = tr("{index} is invalid", index=name(index.name))
            if lacking:
                evidence += trn(
                    ": {lacking} has no index attached to it",
                    ": {lacking} have no index attached to it",
                    len(lacking),
                    lacking=names(lacking),
                )
            fix = Fix(advice=tr("Create the index on each of these partitions and attach it."))
        else:
            evidence = tr(
                "{index} is invalid: no query uses it, and every write keeps it", index=name(index.name)
            )
            fix = _fix(relation, index)
        yield Found(subject=subject.index(one.table, one.index), evidence=evidence, fix=fix)


def _lacking(context: Context, relation: Relation, index: Index) -> list[str]:
    """The direct partitions without an index attached to it."""
    own = QualifiedName(relation.schema, index.name)
    return [
        part.name
        for part in context.lookup.partitions.get(relation.qualified, ())
        if all(one.parent != own for one in part.indexes)
    ]


def _fix(relation: Relation, index: Index) -> Fix:
    if _LEFTOVER.search(index.name) and index.constraint is None:
        return Fix(
            advice=tr("Drop it: its name says that a REINDEX CONCURRENTLY left it behind."),
            steps=(fixes.drop_index(relation, index.name),),
        )
    own = QualifiedName(relation.schema, index.name).sql
    step = Step(f"REINDEX INDEX CONCURRENTLY {own}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.BUILD, alone=True)
    return Fix(
        advice=tr("Build it again, or drop it when it was meant to go."),
        steps=(step,),
        remark=tr("First look whether it is being built right now. If it is unique, duplicates may be why."),
    )


RULE = Rule(
    name="invalid_index",
    title=mark("Invalid indexes"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: invalid indexes",),
)
