"""The SQL of rows and violations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

import msgspec

from pgdossier.model.columns import Column, Identity
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.relations import Relation
from pgdossier.model.triggers import Enabled


class Default(Enum):
    """What the column's default gives."""

    DEFAULT = "DEFAULT"


class Expression(msgspec.Struct, frozen=True):
    """SQL that gives the value."""

    sql: str


DEFAULT: Final = Default.DEFAULT
Value = str | None | Default | Expression
"""A value as its type's input function reads it, or SQL for it; None is NULL."""


def literal(value: Value) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, Expression):
        return value.sql
    return value.value if isinstance(value, Default) else quote_literal(value)


class Insert(msgspec.Struct, frozen=True):
    """A row to be inserted; columns that are left to their default are not named."""

    relation: Relation
    values: Mapping[str, Value] = msgspec.field(default_factory=dict)

    @property
    def sql(self) -> str:
        """The statement."""
        plain = {each.name for each in self.relation.columns if _starts_null(each)}
        given = {
            name: value
            for name, value in self.values.items()
            if value is not DEFAULT and (value is not None or name not in plain)
        }
        table = self.relation.qualified.sql
        if not given:
            return f"INSERT INTO {table} DEFAULT VALUES"
        always = {each.name for each in self.relation.columns if each.identity is Identity.ALWAYS}
        names = ", ".join(quote_identifier(name) for name in given)
        overriding = " OVERRIDING SYSTEM VALUE" if always & given.keys() else ""
        row = ", ".join(literal(value) for value in given.values())
        return f"INSERT INTO {table} ({names}){overriding} VALUES ({row})"  # noqa: S608 - quoted above


def _starts_null(column: Column) -> bool:
    """Whether a column that is not named certainly becomes null; a domain could have a default."""
    return column.nullable and column.default is None and column.identity is None and column.type_name is None


def where(values: Mapping[str, Value]) -> str:
    """The condition that finds rows of these values."""
    return " AND ".join(
        f"{quote_identifier(name)} IS NULL"
        if value is None
        else f"{quote_identifier(name)} = {literal(value)}"
        for name, value in values.items()
    )


def delete(table: QualifiedName, key: Mapping[str, Value]) -> str:
    """DELETE of the row with that key."""
    return f"DELETE FROM {table.sql} WHERE {where(key)}"  # noqa: S608 - quoted above


def update(table: QualifiedName, key: Mapping[str, Value], to: Mapping[str, Value]) -> str:
    """UPDATE of the row with that key."""
    changes = ", ".join(f"{quote_identifier(name)} = {literal(value)}" for name, value in to.items())
    return f"UPDATE {table.sql} SET {changes} WHERE {where(key)}"  # noqa: S608 - quoted above


def triggers_off(relation: Relation) -> tuple[str, ...]:
    """The statements that disable the triggers of a table that fire; those of foreign keys stay."""
    return tuple(
        f"ALTER TABLE {relation.qualified.sql} DISABLE TRIGGER {quote_identifier(each.name)}"
        for each in relation.triggers
        if each.enabled is not Enabled.DISABLED and not each.inherited
    )


def triggers_on(relation: Relation) -> tuple[str, ...]:
    """The statements that undo `triggers_off`."""
    ways = {Enabled.ALWAYS: "ENABLE ALWAYS", Enabled.REPLICA: "ENABLE REPLICA"}
    return tuple(
        f"ALTER TABLE {relation.qualified.sql} {ways.get(each.enabled, 'ENABLE')} TRIGGER"
        f" {quote_identifier(each.name)}"
        for each in relation.triggers
        if each.enabled is not Enabled.DISABLED and not each.inherited
    )


def unique(statements: Iterable[str]) -> tuple[str, ...]:
    """Each statement once."""
    return tuple(dict.fromkeys(statements))


def without_constraint(table: QualifiedName, name: str) -> str:
    """The statement that sets a constraint aside, for the transaction that is rolled back."""
    return f"ALTER TABLE {table.sql} DROP CONSTRAINT {quote_identifier(name)} CASCADE"
