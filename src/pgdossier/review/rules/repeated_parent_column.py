"""A column that repeats a column of the table that is referenced.

## What it reports

Columns outside of keys and foreign keys that are called like a column of the referenced table with that
table's name before it (`customer_name` beside a foreign key to `customers`, which has `name`); or exactly
like it, when no third table has a column of that name and its last word is one that describes things
(`email_address`, `display_name`). Both must be of the same type. Columns of the parent's keys, names that
say when or by whom a row was made, amounts of money, which are mostly kept as they were, and tables called a
log or a history do not count.

## Why

The same fact is in two places, and nothing keeps them equal: after the first change of the parent nobody
knows which one is right.

## When it is wrong

When the value of that moment is what must be kept: the address that an invoice was sent to. Then say so in a
comment, and accept the finding. Also when the copy is kept for speed and a trigger, or a foreign key that
includes the column, keeps it equal.

## How to fix it

Read it through the foreign key, from a view if that is too long to write, and drop the column.

## See also

- [CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html)
- [Generated Columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.relations import Relation
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_TRACKING = frozenset(("created", "updated", "modified", "changed", "deleted", "inserted", "edited", "last"))
_BOTH = 2  # tables: the column's own and its parent


def check(context: Context) -> Iterator[Found]:
    """The repeated columns, each with the first column that it repeats."""
    logs = {one.table for one in context.analysis.auditing.audit_tables}
    for relation in context.tables():
        parents = _parents(context, relation)
        if relation.qualified in logs or not parents:
            continue
        beginnings = tuple(word for _, parent in parents for word in meaning.beginnings(parent.name))
        taken = context.key_columns(relation) | context.foreign_key_columns(relation)
        for column in context.own_columns(relation):
            count = context.name_counts[column.name]
            if not (count == _BOTH or meaning.snake(column.name).startswith(beginnings)):
                continue
            if column.name in taken or column.generated or column.identity:
                continue
            found = repeated(context, relation, column, count)
            if found is not None:
                one, original = found
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} has the name and type of {target}, which {columns} references",
                        column=name(column.name),
                        target=name(f"{one.parent.dotted}.{original}"),
                        columns=name(", ".join(one.key.columns)),
                    ),
                    fix=Fix(
                        advice=tr(
                            "Read it through the foreign key, or say in a comment that it keeps the value of"
                            " that moment."
                        )
                    ),
                )


def repeated(
    context: Context, relation: Relation, column: Column, tables_with_it: int
) -> tuple[Relationship, str] | None:
    """The foreign key and the column of its parent that this column repeats."""
    if not _TRACKING.isdisjoint(meaning.words(column.name)) or meaning.is_amount(column.name):
        return None
    type_name = context.base_type(column)
    if type_name == "boolean":
        return None
    said = meaning.words(column.name)
    own = meaning.snake(column.name)
    same = tables_with_it == _BOTH and len(said) > 1 and said[-1] in meaning.DESCRIPTIVE
    for one, parent in _parents(context, relation):
        beginnings = meaning.beginnings(parent.name)
        if not same and not own.startswith(beginnings):
            continue
        wanted = {own.removeprefix(beginning) for beginning in beginnings if own.startswith(beginning)}
        keys = context.key_columns(parent) & set(one.key.target_columns) | context.foreign_key_columns(parent)
        for original in parent.columns:
            if original.name in keys or context.base_type(original) != type_name:
                continue
            prefixed = meaning.snake(original.name) in wanted
            if prefixed or (same and original.name == column.name):
                return one, original.name
    return None


def _parents(context: Context, relation: Relation) -> list[tuple[Relationship, Relation]]:
    """The foreign keys to other tables, of which each row has many children, and these tables."""
    return [
        (one, parent)
        for one in context.parents.get(relation.qualified, ())
        if not one.self_reference and one.many
        if (parent := context.lookup.relations.get(one.parent)) is not None
    ]


RULE = Rule(
    name="repeated_parent_column",
    title=mark("Columns that repeat the referenced table's"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
