"""Tables that others inherit from by INHERITS.

## What it reports

Each table that other tables inherit from (partitions are no such children), with what that looks like: a
division by hand, when children have no columns of their own and a CHECK each, or kinds of a thing.

## Why

Keys do not reach over children: a primary key, a unique constraint or a foreign key holds for the rows of
one table only, so two children can have the same id, and a reference to the parent does not find a child's
row. Indexes, privileges of later changes and triggers have to be repeated for each child.

## When it is wrong

When none of these is needed: for rows of log or measurement that are only queried together.

## How to fix it

What divides one table into pieces is better declared as partitioning. Kinds of a thing are better tables of
their own with the parent's key as their primary key, or one table with a column for the kind.

## See also

- [Inheritance](https://www.postgresql.org/docs/current/ddl-inherit.html)
- [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with children."""
    children: dict[QualifiedName, list[Relation]] = {}
    for relation in context.relations():
        for parent in relation.inherits:
            if context.reviewed(parent):
                children.setdefault(parent, []).append(relation)
    for parent, found in children.items():
        divided = all(_is_piece(child) for child in found)
        keyed = context.lookup.relations[parent].primary_key is not None
        evidence = trn(
            "{children} inherits from it",
            "{children} inherit from it",
            len(found),
            children=names([child.qualified.dotted for child in found]),
        )
        if divided:
            evidence += tr(", without columns of their own and with a CHECK each: a table divided by hand")
        elif keyed:
            evidence += tr(", and its primary key does not hold for their rows")
        yield Found(
            subject=subject.relation(parent),
            evidence=evidence,
            fix=Fix(
                advice=tr("Make it a partitioned table.")
                if divided
                else tr(
                    "Give each kind a table of its own that shares the key, or one table a column for the"
                    " kind."
                ),
            ),
        )


def _is_piece(child: Relation) -> bool:
    """Whether a child looks like a partition made by hand."""
    own = [one for one in child.checks if not one.inherited]
    return bool(own) and not any(column.local for column in child.columns) and len(child.inherits) == 1


RULE = Rule(
    name="inheritance",
    title=mark("Tables with inheritance"),
    severity=Severity.ADVICE,
    check=check,
    tags=("postgresql: don't use table inheritance", "pg-index-health: tables with inheritance"),
)
