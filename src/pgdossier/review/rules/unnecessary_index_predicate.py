"""A partial index whose condition holds for every row.

## What it reports

Partial indexes whose condition says `IS NOT NULL` of a column that cannot be null, alone or beside other
conditions. Indexes with an expression in the condition that this tool cannot read are left out.

## Why

The index holds all rows, but PostgreSQL uses a partial index only for queries that imply its condition, and
a unique one neither as the target of a foreign key nor for an `ON CONFLICT` that does not repeat it. The
reader looks for rows that are left out, and there are none.

## When it is wrong

When the column is about to lose its NOT NULL, and the index is not to change then.

## How to fix it

Create the index without that condition, then drop this one.

## See also

- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
- [INSERT: ON CONFLICT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import expressions
from pgdossier.analysis.expressions import And, Name, Node, Test
from pgdossier.language import mark, tr, trn
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import fixes, indexing, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Partial indexes with a condition on a required column."""
    for relation in context.tables():
        required = {column.name for column in relation.columns if not context.nullable(column)}
        for index in relation.indexes:
            node = expressions.parse(index.predicate) if index.predicate and index.parent is None else None
            if node is None:
                continue
            parts = node.operands if isinstance(node, And) else (node,)
            idle = [column for column in map(_wanted, parts) if column in required]
            if idle:
                whole = len(idle) == len(parts)
                new = indexing.again(relation, index) if whole else None
                yield Found(
                    subject=subject.index(relation.qualified, index.name),
                    evidence=trn(
                        "{predicate}: {idle} is not null in every row, so all rows are in the index",
                        "{predicate}: {idle} are not null in every row, so all rows are in the index",
                        len(idle),
                        predicate=name(index.predicate or ""),
                        idle=names([one for one in idle if one]),
                    )
                    if whole
                    else trn(
                        "{predicate}: {idle} is not null in every row",
                        "{predicate}: {idle} are not null in every row",
                        len(idle),
                        predicate=name(index.predicate or ""),
                        idle=names([one for one in idle if one]),
                    ),
                    fix=Fix(
                        advice=tr("Create it without the condition, then drop this one.")
                        if whole
                        else tr("Create it with what is left of the condition, then drop this one."),
                        steps=(new, fixes.drop_index(relation, index.name))
                        if new is not None and _free(relation, index.name)
                        else (),
                    ),
                )


def _wanted(node: Node) -> str | None:
    """The column that must be not null, when that is all the condition says."""
    match node:
        case Test(operand=Name(text=text), what="null", negated=True):
            return text
        case _:
            return None


def _free(relation: Relation, index: str) -> bool:
    """Whether nothing but queries relies on the index."""
    found = next(one for one in relation.indexes if one.name == index)
    plain = not (found.replica_identity or found.clustered or found.constraint)
    return plain and relation.kind is not RelationKind.FOREIGN_TABLE


RULE = Rule(
    name="unnecessary_index_predicate",
    title=mark("Partial indexes that hold every row"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: indexes with unnecessary where clause",),
)
