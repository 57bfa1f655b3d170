"""A unique key of several columns that lets duplicates in where one of them is null.

## What it reports

Unique constraints and unique indexes over two and more columns where those that can be null say in what the
others are unique: nullable foreign keys, and marks of soft deletion. Left out are keys declared `NULLS NOT
DISTINCT`, partial indexes, keys beside which a second unique index takes care of the rows with a null, and
keys that have a twin with another parent in the place of the one that can be missing. An optional value that
is unique where it is given (`(event_id, seat)`) is what most people mean, and not reported.

## Why

Two nulls are not equal, so rows with a null in the key are never duplicates of each other: `UNIQUE
(parent_id, name)` lets any number of roots have the same name. Soft deletion by a nullable `deleted_at` in
the key even turns it off for the rows that are in use.

## When it is wrong

When rows with a null are meant to be exempt from the key.

## How to fix it

Set the columns NOT NULL. From PostgreSQL 15 on the key can be declared `NULLS NOT DISTINCT`; before, a
second unique index over the other columns for the rows where the one is null does it.

## See also

- [Constraints: Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
- [Unique Indexes](https://www.postgresql.org/docs/current/indexes-unique.html)
- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import checks, expressions
from pgdossier.language import mark, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, limits, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, Step, Work
from pgdossier.review.rule import Found, Rule, Severity

_NULLS_NOT_DISTINCT = 15


def check(context: Context) -> Iterator[Found]:
    """Unique keys over several columns, some of them nullable."""
    for relation in context.tables():
        keys = [index for index in relation.indexes if len(index.keys) > 1 and _is_plain(relation, index)]
        if not keys:
            continue
        given = {
            column
            for one in relation.checks
            if one.enforced
            for column in checks.not_null_columns(one.expression) or ()
        }
        for index in keys:
            columns = tuple(key.column for key in index.keys if key.column is not None)
            if len(columns) != len(index.keys):
                continue
            free = [
                column
                for column in columns
                if context.nullable(relation.column(column)) and column not in given
            ]
            free = [column for column in free if not _cared_for(relation, index, columns, column)]
            meant = _is_scope(context, relation, columns, free) and not _alternative(relation, index, free)
            if free and meant and not _shorter(relation, index, columns):
                yield _found(context, relation, index, columns, free)


def _is_plain(relation: Relation, index: Index) -> bool:
    """Whether it is a unique key of the table's own, for all rows, to which nulls are distinct."""
    inherited = any(key.name == index.constraint and key.inherited for key in relation.unique_keys)
    return (
        index.unique
        and index.valid
        and index.method == "btree"
        and not index.primary
        and not index.exclusion
        and index.predicate is None
        and not index.nulls_not_distinct
        and index.parent is None
        and not inherited
    )


def _is_scope(context: Context, relation: Relation, columns: tuple[str, ...], free: list[str]) -> bool:
    """Whether the columns that can be null say where the others are unique: in which parent, until when.

    A column that is an optional value itself is unique where it is given, as a key of one column is. Of a
    junction every column is such a scope.
    """
    referencing = context.foreign_key_columns(relation)
    if len(free) == len(columns):
        return any(
            one.table == relation.qualified
            and set(columns) == {own for end in one.ends for own in end.key.columns}
            for one in context.analysis.junctions
        )
    return all(
        column in referencing or _marks_deletion(context, relation, column) for column in free
    ) and any(column not in referencing for column in columns if column not in free)


def _marks_deletion(context: Context, relation: Relation, column: str) -> bool:
    return any(
        (relation.qualified, column) in one.columns
        for one in context.analysis.auditing.coverage
        if one.label == "Soft deletion"
    )


def _alternative(relation: Relation, index: Index, free: list[str]) -> bool:
    """Whether a second key has another parent in the place of the one that can be missing."""
    own = {key.column for key in index.keys}
    return any(
        other is not index
        and other.unique
        and other.valid
        and len(own - theirs) == len(theirs - own) == 1
        and own - theirs <= set(free)
        for other in relation.indexes
        for theirs in [{key.column for key in other.keys}]
    )


def _cared_for(relation: Relation, index: Index, columns: tuple[str, ...], column: str) -> bool:
    """Whether another unique index keeps rows apart in which the column is null."""
    others = set(columns) - {column}
    for other in relation.indexes:
        if other is index or not other.unique or not other.valid:
            continue
        plain = {key.column for key in other.keys if key.column is not None}
        nodes = [expressions.parse(key.expression) for key in other.keys if key.column is None]
        computed = {found for node in nodes if node is not None for found in limits.columns(node)}
        if column in computed and plain | computed <= set(columns):
            return True  # coalesce(column, …)
        if other.predicate is not None and plain <= others and not computed:
            node = expressions.parse(other.predicate)
            tested = [
                part.operand
                for part in (limits.conjuncts(node) if node is not None else ())
                if isinstance(part, expressions.Test) and part.what == "null" and not part.negated
            ]
            if expressions.Name(column) in tested:
                return True
    return False


def _shorter(relation: Relation, index: Index, columns: tuple[str, ...]) -> bool:
    """Whether another unique key over some of the columns keeps the rows apart anyway."""
    return any(
        other is not index
        and other.unique
        and other.valid
        and other.predicate is None
        and all(key.column is not None for key in other.keys)
        and {key.column for key in other.keys} < set(columns)
        for other in relation.indexes
    )


def _found(
    context: Context, relation: Relation, index: Index, columns: tuple[str, ...], free: list[str]
) -> Found:
    rest = [column for column in columns if column not in free]
    evidence = (
        tr(
            "{free} can be null, and rows with a null are never duplicates: any number of them can have the"
            " same {rest}",
            free=names(free),
            rest=names(rest),
        )
        if rest
        else tr("{free} can be null, and rows with a null are never duplicates", free=names(free))
    )
    return Found(
        subject=subject.constraint(relation.qualified, index.constraint)
        if index.constraint is not None
        else subject.index(relation.qualified, index.name),
        evidence=evidence,
        fix=Fix(
            advice=tr("Set the columns NOT NULL, or have nulls count as equal in the key."),
            steps=tuple(_steps(context, relation, index, columns, free)),
            remark=tr("It fails while there are such duplicates: look for them first."),
        ),
    )


def _steps(
    context: Context, relation: Relation, index: Index, columns: tuple[str, ...], free: list[str]
) -> Iterator[Step]:
    relied_on = any(one.key.key == index.name for one in context.children.get(relation.qualified, ()))
    if context.structure.server.major < _NULLS_NOT_DISTINCT:
        rest = [column for column in columns if column not in free]
        if len(free) == 1:
            where = f"{quote_identifier(free[0])} IS NULL"
            yield fixes.create_index(relation, rest, unique=True, where=where)
        return
    key = next((one for one in relation.unique_keys if one.name == index.constraint), None)
    if relied_on or index.replica_identity:
        return
    include = f" INCLUDE ({fixes.identifiers(index.include)})" if index.include else ""
    if key is None:
        plain = not any(one.operator_class or one.collation or one.descending for one in index.keys)
        if not plain:
            return
        step = fixes.create_index(relation, columns, unique=True)
        yield Step(f"{step.sql}{include} NULLS NOT DISTINCT", step.lock, step.work, step.alone)
        yield fixes.drop_index(relation, index.name)
        return
    quoted = quote_identifier(key.name)
    deferrable = " DEFERRABLE" if key.deferrable else ""
    deferrable += " INITIALLY DEFERRED" if key.initially_deferred else ""
    unique = f"UNIQUE NULLS NOT DISTINCT ({fixes.identifiers(columns)}){include}{deferrable}"
    yield fixes.alter_table(
        relation, f"DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {unique}", work=Work.BUILD
    )


RULE = Rule(
    name="nullable_unique_key",
    title=mark("Unique keys that let duplicates in where a column is null"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: nullable columns in unique index",),
)
