"""Tables that get columns from elsewhere: from parents, a partitioned table, or a row type."""

from __future__ import annotations

from enum import Enum, auto

import msgspec

from pgdossier.ddl.columns import not_null_constraint, value_clause
from pgdossier.ddl.expressions import parenthesised
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation


class Form(Enum):
    """The ways in which CREATE TABLE can say what columns there are."""

    ALONE = auto()  # every column; the table is then attached to its parents, if it has any
    INHERITS = auto()  # the columns that no parent gives
    PARTITION_OF = auto()  # no columns but those that differ from the parent's
    OF_TYPE = auto()  # no columns but those that add something to the row type's


def table_form(relation: Relation, surroundings: Surroundings, *, apart: bool) -> Form:
    """The form for that table.

    A table with parents is made alone, then attached, where the order of its columns is not the one that
    inheriting them would give: that order is what `SELECT *` shows.

    Args:
        relation: The table.
        surroundings: Where its parents are found.
        apart: Whether a partition is made alone, which keeps the names and order of everything it has.
    """
    if relation.of_type:
        return Form.OF_TYPE
    if relation.partition:
        return Form.ALONE if apart else Form.PARTITION_OF
    if relation.inherits and _has_natural_order(relation, surroundings):
        return Form.INHERITS
    return Form.ALONE


def _has_natural_order(relation: Relation, surroundings: Surroundings) -> bool:
    parents = surroundings.parents(relation)
    if parents is None:
        return True
    columns = [column.name for column in relation.columns]
    inherited = dict.fromkeys(column.name for parent in parents for column in parent.columns)
    if any(name not in columns for name in inherited):
        return True  # the snapshot is at odds with itself: leave the columns to the server
    return [*inherited, *(name for name in columns if name not in inherited)] == columns


def attach(relation: Relation) -> list[str]:
    """What makes a table that stands alone a child, or a partition, of its parents."""
    name = relation.qualified.sql
    statements = [f"ALTER TABLE {name} INHERIT {parent.sql};" for parent in relation.inherits]
    if relation.partition:
        parent, bound = relation.partition.parent, relation.partition.bound
        statements.append(f"ALTER TABLE ONLY {parent.sql}\n    ATTACH PARTITION {name} {bound};")
    return statements


class Given(msgspec.Struct, frozen=True):
    """What a table's parents together give to a column: NOT NULL if any has it, the one default there is.

    Parents whose defaults differ give none: CREATE TABLE then wants the column to have its own.
    """

    nullable: bool
    default: str | None
    conflicting: bool


def given_column(relation: Relation, surroundings: Surroundings, name: str) -> Given | None:
    """What the parents give to the column of that name, None when no known parent has such a column."""
    names = [relation.partition.parent] if relation.partition else relation.inherits
    parents = [surroundings.relations[parent] for parent in names if parent in surroundings.relations]
    columns = [column for parent in parents for column in parent.columns if column.name == name]
    if not columns:
        return None
    defaults = dict.fromkeys(column.default for column in columns if column.default is not None)
    return Given(
        nullable=all(column.nullable for column in columns),
        default=next(iter(defaults), None) if len(defaults) < 2 else None,
        conflicting=len(defaults) > 1,
    )


def owns_not_null(relation: Relation, column: Column) -> bool:
    """Whether NOT NULL is the column's own, and not only a parent's."""
    named = not_null_constraint(relation, column)
    return not column.nullable and (named is None or not named.inherited)


def inherited_not_nulls(relation: Relation) -> list[str]:
    """Lines for the NOT NULL constraints that a child has itself on columns of its parents (from 18 on)."""
    lines = []
    for column in relation.columns:
        named = not_null_constraint(relation, column)
        if named and not column.local and not named.inherited and named.validated:
            line = f"CONSTRAINT {quote_identifier(named.name)} NOT NULL {quote_identifier(column.name)}"
            lines.append(line + (" NO INHERIT" if named.no_inherit else ""))
    return lines


def adjust_inherited(
    relation: Relation, surroundings: Surroundings, listed: frozenset[str], postponed: frozenset[str]
) -> list[str]:
    """What makes defaults and NOT NULL of inherited columns what they are, where the parents say otherwise.

    Args:
        relation: A table that was made with INHERITS or PARTITION OF.
        surroundings: Where its parents are found.
        listed: The columns that CREATE TABLE names, with their own default and NOT NULL.
        postponed: The columns whose default is set later.
    """
    statements = []
    for column in relation.columns:
        given = given_column(relation, surroundings, column.name)
        if given is None or column.generated is not None:
            continue
        if column.default is None and column.identity is None and given.default is not None:
            statements.append(alter_column(relation, column, "DROP DEFAULT"))
        elif column.default not in (None, given.default) and column.name not in listed | postponed:
            statements.append(set_default(relation, column))
        if not_null_constraint(relation, column) or _parent_constraint(relation, surroundings, column):
            continue  # since PostgreSQL 18, NOT NULL is a constraint that says who inherits it
        if given.nullable and not column.nullable and column.name not in listed:
            statements.append(alter_column(relation, column, "SET NOT NULL"))
        elif column.nullable and not given.nullable:
            statements.append(alter_column(relation, column, "DROP NOT NULL"))
    return statements


def inherited_identities(relation: Relation, surroundings: Surroundings, listed: frozenset[str]) -> list[str]:
    """What makes columns of parents identity columns of the child, which no CREATE TABLE can say.

    The arguments are those of `adjust_inherited`, which must come first: they must be NOT NULL.
    """
    statements = []
    for column in relation.columns:
        given = given_column(relation, surroundings, column.name)
        if column.identity is None or given is None or column.name in listed:
            continue
        if clause := " ".join(value_clause(relation, column, surroundings)):
            if given.default is not None:
                statements.append(alter_column(relation, column, "DROP DEFAULT"))
            statements.append(alter_column(relation, column, f"ADD {clause}"))
    return statements


def _parent_constraint(relation: Relation, surroundings: Surroundings, column: Column) -> bool:
    parents = (surroundings.relations.get(name) for name in relation.inherits)
    return any(not_null_constraint(parent, column) for parent in parents if parent)


def set_default(relation: Relation, column: Column) -> str:
    """The default or (since PostgreSQL 17) the generation expression of a column on its own."""
    if column.generated is not None:
        return alter_column(relation, column, f"SET EXPRESSION AS {parenthesised(column.default or 'NULL')}")
    return alter_column(relation, column, f"SET DEFAULT {column.default}")


def alter_column(relation: Relation, column: Column, action: str) -> str:
    """A change of that column of that table alone."""
    return f"ALTER TABLE ONLY {relation.qualified.sql} ALTER COLUMN {quote_identifier(column.name)} {action};"
