"""A unique key that counts rows marked as deleted.

## What it reports

Unique constraints and unique indexes with a text column (a name, an address, a code: what people enter
again) of tables with a column for soft deletion (`deleted_at`, `is_deleted` …, found by name and type) that
cover deleted rows as well: they neither hold that column nor have a predicate that mentions it. Primary
keys, keys with a generated value, keys that foreign keys rely on, and partial keys whose condition a CHECK
relates to the mark are left out.

## Why

Who deletes a user and wants to register the same address again is told that it exists, by a row that nobody
sees.

## When it is wrong

When a name must never be used again, deleted or not; then accept the finding with that reason.

## How to fix it

Make the key a partial unique index over the rows that are not deleted, and drop the old one. A constraint
cannot be partial, an index can.

## See also

- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
- [Unique Indexes](https://www.postgresql.org/docs/current/indexes-unique.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Unique keys over marked rows."""
    for one in context.analysis.auditing.coverage:
        if one.label != "Soft deletion":
            continue
        marks: dict[object, list[str]] = {}
        for table, column in one.columns:
            marks.setdefault(table, []).append(column)
        for relation in context.tables():
            if relation.qualified in marks:
                yield from _of_table(context, relation, marks[relation.qualified])


def _of_table(context: Context, relation: Relation, marks: list[str]) -> Iterator[Found]:
    referenced = {found.key.key for found in context.children.get(relation.qualified, ())}
    for index in relation.indexes:
        columns = [key.column for key in index.keys if key.column is not None]
        if (
            not index.unique
            or index.primary
            or index.parent is not None
            or index.name in referenced
            or set(columns) & set(marks)
            or any(mark in (index.predicate or "") for mark in marks)
            or len(columns) < len(index.keys)
            or any(_generated(context, relation.column(column)) for column in columns)
            or not any(meaning.is_text(context.base_type(relation.column(column))) for column in columns)
            or _ruled_out(relation, index, marks)
        ):
            continue
        mark = relation.column(marks[0])
        yield Found(
            subject=subject.index(relation.qualified, index.name),
            evidence=tr(
                "{index} keeps {columns} unique among rows that {mark} marks as deleted too",
                index=name(index.name),
                columns=names(columns),
                mark=name(mark.name),
            ),
            fix=_fix(context, relation, index, mark, [column for column in columns if column]),
        )


def _ruled_out(relation: Relation, index: Index, marks: list[str]) -> bool:
    """Whether a CHECK relates the mark to a column of the predicate, as if to keep deleted rows out."""
    return any(
        set(check.columns) & set(marks) and any(column in index.predicate for column in check.columns)
        for check in relation.checks
        if index.predicate is not None
    )


def _generated(context: Context, column: Column) -> bool:
    """Whether a value is made up, so that it never comes again."""
    default = context.default(column) or ""
    if context.base_type(column) == "uuid" or column.identity is not None:
        return True
    return "uuid" in default or "nextval(" in default or "random" in default


def _fix(context: Context, relation: Relation, index: Index, mark: Column, columns: list[str]) -> Fix:
    quoted = quote_identifier(mark.name)
    living = f"NOT {quoted}" if context.base_type(mark) == "boolean" else f"{quoted} IS NULL"
    where = f"({index.predicate}) AND {living}" if index.predicate else living
    drop = (
        fixes.drop_index(relation, index.name)
        if index.constraint is None
        else fixes.alter_table(relation, f"DROP CONSTRAINT {quote_identifier(index.constraint)}")
    )
    plain = (
        all(key.operator_class is None and key.collation is None for key in index.keys) and not index.include
    )
    flag = context.base_type(mark) in ("smallint", "integer")
    keyed = relation.kind is not RelationKind.PARTITIONED_TABLE and not flag and not index.nulls_not_distinct
    return Fix(
        advice=tr("Make it a partial unique index over the rows that are not deleted."),
        steps=(fixes.create_index(relation, columns, unique=True, where=where), drop)
        if plain and keyed
        else (),
        remark=tr("ON CONFLICT clauses that name the columns must repeat the predicate."),
    )


RULE = Rule(
    name="soft_delete_unique_key",
    title=mark("Unique keys that count deleted rows"),
    severity=Severity.WARNING,
    check=check,
    tags=("seed",),
)
