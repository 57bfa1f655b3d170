"""A published table whose rows cannot be told apart.

## What it reports

Tables of publications that publish updates or deletions, when the table has no replica identity: no primary
key (or a deferrable one only), an index that is gone, or `NOTHING`. Partitions, whose own identity counts,
are told with their table.

## Why

PostgreSQL refuses every UPDATE and DELETE on such a table, on the publisher, from the moment it is
published. Inserting works, so it is often noticed late.

## When it is wrong

When rows are only ever inserted. Then let the publication publish insertions alone.

## How to fix it

Add a primary key, or name a unique index over columns that are not null. Without any, `FULL` identifies rows
by all of their columns, which is slow on the subscriber.

## See also

- [Logical Replication: Publication](https://www.postgresql.org/docs/current/logical-replication-publication.html)
- [ALTER TABLE: REPLICA IDENTITY](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import tables
from pgdossier.analysis.inverse import grouped
from pgdossier.language import mark, tr, trn
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Persistence, Relation, RelationKind
from pgdossier.model.replication import Publication
from pgdossier.review import fixes, identity, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, Step
from pgdossier.review.rule import Found, Rule, Severity

_OPERATIONS = {"update": mark("updates"), "delete": mark("deletes")}


def check(context: Context) -> Iterator[Found]:
    """Published tables without an identity."""
    publications = [one for one in context.structure.publications if {"update", "delete"} & {*one.operations}]
    found = grouped(
        (tables.root(context.lookup, relation.qualified), (relation, publishing))
        for relation in context.structure.relations
        if relation.kind is RelationKind.TABLE
        and relation.persistence is Persistence.PERMANENT
        and identity.missing(relation)
        for publishing in [[one for one in publications if _publishes(context, one, relation)]]
        if publishing
    )
    for root, members in found.items():
        if not context.reviewed(root):
            continue
        by = sorted({one.name for _, publishing in members for one in publishing})
        operations = sorted(
            {"update", "delete"} & {what for _, those in members for one in those for what in one.operations},
            reverse=True,
        )
        relations = [relation for relation, _ in members]
        own = relations[0].qualified == root
        published = tr(" and ").join(tr(_OPERATIONS[one]) for one in operations)
        if own:
            evidence = trn(
                "{by} publishes its {operations}, and it has no replica identity: these fail",
                "{by} publish its {operations}, and it has no replica identity: these fail",
                len(by),
                by=names(by),
                operations=published,
            )
        else:
            lacking = trn(
                "{tables} has no replica identity",
                "{tables} have no replica identity",
                len(relations),
                tables=names([one.name for one in relations]),
            )
            evidence = trn(
                "{by} publishes its {operations}, and {lacking}: these fail",
                "{by} publish its {operations}, and {lacking}: these fail",
                len(by),
                by=names(by),
                operations=published,
                lacking=lacking,
            )
        yield Found(
            subject=subject.relation(root),
            evidence=evidence,
            fix=_fix(relations),
        )


def _publishes(context: Context, publication: Publication, relation: Relation) -> bool:
    """Whether a publication has the table, or a table that it is a partition of."""
    if publication.all_tables:
        return True
    listed = {one.relation for one in publication.tables}
    above: Relation | None = relation
    while above is not None:
        if above.qualified in listed or above.schema in publication.schemas:
            return True
        parent: QualifiedName | None = above.partition.parent if above.partition else None
        above = context.lookup.relations.get(parent) if parent is not None else None
    return False


def _fix(relations: list[Relation]) -> Fix:
    usable = [identity.usable(relation) for relation in relations]
    return Fix(
        advice=tr("Let a unique index identify the rows.")
        if all(usable)
        else tr("Add a primary key; until then identify rows by all of their columns."),
        steps=tuple(
            _step(relation, index.name if index is not None else None, index is not None and index.primary)
            for relation, index in zip(relations, usable, strict=True)
        ),
    )


def _step(relation: Relation, index: str | None, primary: bool) -> Step:
    how = "FULL" if index is None else "DEFAULT" if primary else f"USING INDEX {quote_identifier(index)}"
    return fixes.alter_table(relation, f"REPLICA IDENTITY {how}")


RULE = Rule(
    name="publication_without_identity",
    title=mark("Published tables whose rows cannot be told apart"),
    severity=Severity.ERROR,
    check=check,
)
