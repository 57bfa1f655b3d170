"""A table whose whole old rows are logged, although it has a key.

## What it reports

Tables with `REPLICA IDENTITY FULL` that have a key which could identify their rows: a primary key, or a
unique index over columns that are not null, whole and not deferrable. Partitions, which have settings of
their own, are told with their table.

## Why

For every update and deletion the whole old row is written to the log, large values included. A subscriber
has to find the row by all of its columns; without an index that serves, it reads its whole table for each.

## When it is wrong

When whatever reads the stream needs the old values: audits and change data capture do. Below the setting
`wal_level = logical` it changes nothing.

## How to fix it

Go back to the primary key, or name the unique index.

## See also

- [Logical Replication: Publication](https://www.postgresql.org/docs/current/logical-replication-publication.html)
- [ALTER TABLE: REPLICA IDENTITY](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import tables
from pgdossier.analysis.inverse import grouped
from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind, ReplicaIdentity
from pgdossier.review import fixes, identity, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Step
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with a full identity that need none."""
    found = grouped(
        (tables.root(context.lookup, relation.qualified), (relation, index))
        for relation in context.structure.relations
        if relation.kind is RelationKind.TABLE and relation.replica_identity is ReplicaIdentity.FULL
        for index in [identity.usable(relation)]
        if index is not None
    )
    for root, members in found.items():
        if not context.reviewed(root):
            continue
        first, key = members[0]
        if first.qualified == root:
            evidence = tr("the whole old row is logged; {key} identifies rows as well", key=name(key.name))
        else:
            listed = names([relation.name for relation, _ in members])
            evidence = tr(
                "the whole old rows of {tables} are logged; keys identify them as well", tables=listed
            )
        yield Found(
            subject=subject.relation(root),
            evidence=evidence,
            fix=Fix(
                advice=tr("Let a key identify the rows, unless what reads the stream needs the old values."),
                steps=tuple(_step(relation, index) for relation, index in members),
                remark=tr(
                    "First look whether publications have row filters or column lists that need more columns."
                ),
            ),
        )


def _step(relation: Relation, index: Index) -> Step:
    how = "DEFAULT" if index.primary else f"USING INDEX {quote_identifier(index.name)}"
    return fixes.alter_table(relation, f"REPLICA IDENTITY {how}")


RULE = Rule(
    name="replica_identity_full",
    title=mark("Tables that log whole old rows, although they have a key"),
    severity=Severity.WARNING,
    check=check,
)
