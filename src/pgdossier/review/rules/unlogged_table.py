"""A table that is empty after a crash.

## What it reports

Unlogged tables, and partitioned tables with unlogged partitions.

## Why

What is written to an unlogged table is not written to the log. After a crash, or a shutdown that was not
clean, PostgreSQL empties the table; a standby never has its rows, so after a failover it is empty too; and
backups made from files do not hold it. A foreign key to it would keep other tables from being logged.

## When it is wrong

For caches, queues of work that can be done again, sessions, and staging tables between two steps of loading:
for these it saves much writing, and that is what it is for.

## How to fix it

Make it a logged one. That writes the whole table to the log under a lock that blocks reads and writes.

## See also

- [CREATE TABLE: UNLOGGED](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import tables
from pgdossier.language import mark, tr, trn
from pgdossier.model.relations import Persistence, Relation, RelationKind
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, Work
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Unlogged tables; partitions with their table."""
    for relation in context.tables():
        if relation.kind is RelationKind.PARTITIONED_TABLE:
            parts = [
                part for part in tables.descendants(context.lookup, relation.qualified) if _unlogged(part)
            ]
            if parts:
                yield Found(
                    subject=subject.relation(relation.qualified),
                    evidence=trn(
                        "{count} partition is unlogged: {partitions}",
                        "{count} partitions are unlogged: {partitions}",
                        len(parts),
                        partitions=names([part.name for part in parts]),
                    ),
                    fix=_fix(context, parts),
                )
        elif _unlogged(relation):
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=_evidence(context, relation),
                fix=_fix(context, [relation]),
            )


def _unlogged(relation: Relation) -> bool:
    return relation.persistence is Persistence.UNLOGGED and relation.kind is RelationKind.TABLE


def _evidence(context: Context, relation: Relation) -> str:
    """What is lost, also of other tables that reference it: they are unlogged as well, or could not."""
    children = sorted(
        {one.child for one in context.children.get(relation.qualified, ())} - {relation.qualified}
    )
    return (
        tr(
            "unlogged: its rows are gone after a crash, and those of {children} with them",
            children=names([child.dotted for child in children]),
        )
        if children
        else tr("unlogged: its rows are gone after a crash")
    )


def _fix(context: Context, relations: list[Relation]) -> Fix:
    """SET LOGGED is refused for a table that references an unlogged one: parents go first."""
    parents = [
        one.parent
        for relation in relations
        for one in context.parents.get(relation.qualified, ())
        if one.parent != relation.qualified and _unlogged(context.lookup.relations[one.parent])
    ]
    return Fix(
        advice=tr("Make it a logged table, unless its rows can be made again."),
        steps=tuple(fixes.alter_table(relation, "SET LOGGED", work=Work.REWRITE) for relation in relations),
        complete=not parents,
        remark=tr(
            "First do the same for {parents}.", parents=", ".join(sorted({one.dotted for one in parents}))
        )
        if parents
        else None,
    )


RULE = Rule(
    name="unlogged_table",
    title=mark("Tables that are empty after a crash"),
    severity=Severity.WARNING,
    check=check,
)
