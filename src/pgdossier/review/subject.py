"""What a finding is about: one object of the database, by its path of names."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pgdossier.model.names import QualifiedName
from pgdossier.model.routines import Routine


class Kind(StrEnum):
    """The kinds of object that a finding can be about."""

    DATABASE = "database"
    SCHEMA = "schema"
    RELATION = "relation"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    POLICY = "policy"
    TRIGGER = "trigger"
    RULE = "rule"
    ROUTINE = "routine"
    SEQUENCE = "sequence"
    TYPE = "type"
    EXTENSION = "extension"
    ROLE = "role"
    OTHER = "other object"


_IN_RELATION = frozenset((Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.POLICY, Kind.TRIGGER, Kind.RULE))


class Subject(msgspec.Struct, frozen=True, order=True):
    """One object: `path` is empty for the database, (schema, relation, name) for a part of a relation.

    The other paths: (schema), (schema, name), for a routine (schema, "name(arguments)"), for an extension or
    a role (name).
    """

    kind: Kind
    path: tuple[str, ...] = ()

    @property
    def relation(self) -> QualifiedName | None:
        """The relation that this is or is a part of; None for everything else."""
        if self.kind is Kind.RELATION or self.kind in _IN_RELATION:
            return QualifiedName(self.path[0], self.path[1])
        return None

    @property
    def part(self) -> str | None:
        """The name of the part of the relation; None when this is no part of one."""
        return self.path[2] if self.kind in _IN_RELATION else None

    @property
    def dotted(self) -> str:
        """The path for people and for patterns: `sales.orders.user_id`, without quotes; never for SQL."""
        return ".".join(self.path) or str(self.kind)


DATABASE = Subject(Kind.DATABASE)


def schema(name: str) -> Subject:
    """A schema."""
    return Subject(Kind.SCHEMA, (name,))


def relation(name: QualifiedName) -> Subject:
    """A table, a view or any other relation."""
    return Subject(Kind.RELATION, (name.schema, name.name))


def column(of: QualifiedName, name: str) -> Subject:
    """A column; of a group of columns, the first one."""
    return Subject(Kind.COLUMN, (of.schema, of.name, name))


def constraint(of: QualifiedName, name: str) -> Subject:
    """A constraint of a table."""
    return Subject(Kind.CONSTRAINT, (of.schema, of.name, name))


def index(of: QualifiedName, name: str) -> Subject:
    """An index, as a part of its table."""
    return Subject(Kind.INDEX, (of.schema, of.name, name))


def policy(of: QualifiedName, name: str) -> Subject:
    """A row security policy."""
    return Subject(Kind.POLICY, (of.schema, of.name, name))


def trigger(of: QualifiedName, name: str) -> Subject:
    """A trigger."""
    return Subject(Kind.TRIGGER, (of.schema, of.name, name))


def rewrite_rule(of: QualifiedName, name: str) -> Subject:
    """A rewrite rule."""
    return Subject(Kind.RULE, (of.schema, of.name, name))


def routine(found: Routine) -> Subject:
    """A function, procedure or aggregate."""
    return Subject(Kind.ROUTINE, (found.schema, f"{found.name}({found.identity_arguments})"))


def sequence(name: QualifiedName) -> Subject:
    """A sequence."""
    return Subject(Kind.SEQUENCE, (name.schema, name.name))


def type_(name: QualifiedName) -> Subject:
    """A user-defined type."""
    return Subject(Kind.TYPE, (name.schema, name.name))


def extension(name: str) -> Subject:
    """An extension."""
    return Subject(Kind.EXTENSION, (name,))


def role(name: str) -> Subject:
    """A role."""
    return Subject(Kind.ROLE, (name,))
