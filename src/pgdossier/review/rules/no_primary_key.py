"""A table without a primary key.

## What it reports

Ordinary and partitioned tables that have no primary key. Partitions are told with their table.

## Why

Without a key nothing tells two rows apart: duplicates go unnoticed, an application cannot address a row,
other tables cannot reference it, and logical replication cannot publish updates and deletions.

## When it is wrong

For tables that only collect (a raw import, an append-only log) and whose rows nobody addresses. When a
unique key over columns that are not null is there, that key could be declared as the primary key; the
finding says so.

## How to fix it

Declare the key that exists, or add an identity column. Adding one rewrites the table under a lock that
blocks reads and writes.

## See also

- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
- [Logical Replication: Publication](https://www.postgresql.org/docs/current/logical-replication-publication.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Work
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables without a primary key, each with the key that could be it."""
    for relation in context.tables():
        if relation.primary_key is not None or not relation.columns:
            continue
        candidate = _candidate(context, relation)
        if candidate is None:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr("no unique key over columns that are not null either")
                if relation.indexes
                else tr("no unique key over columns that are not null either; it has no index"),
                fix=_identity(relation),
            )
        else:
            columns = [key.column or key.expression for key in candidate.keys]
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "{columns} could be it: unique by {candidate}, not null",
                    columns=names(columns),
                    candidate=name(candidate.name),
                ),
                fix=_declared(relation, candidate, columns),
            )


def _candidate(context: Context, relation: Relation) -> Index | None:
    """The smallest unique index that a primary key could be made of."""
    required = {column.name for column in relation.columns if not column.nullable}
    fitting = [
        index
        for index in relation.indexes
        if index.unique
        and index.valid
        and index.method == "btree"
        and index.predicate is None
        and not index.include
        and all(
            key.column in required and not key.descending and key.operator_class is None for key in index.keys
        )
    ]
    return min(fitting, key=lambda index: (len(index.keys), index.name), default=None)


def _declared(relation: Relation, index: Index, columns: list[str]) -> Fix:
    quoted = quote_identifier(index.name)
    if index.constraint is None and relation.partitioning is None:
        step = fixes.alter_table(relation, f"ADD PRIMARY KEY USING INDEX {quoted}")
        return Fix(advice=tr("Declare the unique index as the primary key."), steps=(step,))
    step = fixes.alter_table(relation, f"ADD PRIMARY KEY ({fixes.identifiers(columns)})", work=Work.BUILD)
    return Fix(
        advice=tr("Declare these columns as the primary key."),
        steps=(step,),
        remark=tr("The unique key is then redundant, unless foreign keys rely on it."),
    )


def _identity(relation: Relation) -> Fix:
    """An identity column as the key; a partitioned table's key must hold its partition key."""
    advice = tr("Declare the columns that identify a row as the primary key, or add an identity column.")
    names_taken = {column.name for column in relation.columns}
    partitioned_or_child = relation.partitioning is not None or relation.inherits
    if partitioned_or_child or "id" in names_taken:
        return Fix(advice=advice)
    step = fixes.alter_table(
        relation, "ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", work=Work.REWRITE
    )
    return Fix(
        advice=advice, steps=(step,), remark=tr("First look for duplicates that a natural key would forbid.")
    )


RULE = Rule(
    name="no_primary_key",
    title=mark("Tables without a primary key"),
    severity=Severity.WARNING,
    check=check,
    tags=(
        "seed",
        "splinter: no_primary_key",
        "schemacrawler: no primary key",
        "pg-index-health",
        "schemalint",
    ),
)
