"""What needs what (pg_depend), reduced to objects that the snapshot holds."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pgdossier.model.base import Model


class ObjectKind(StrEnum):
    """The kinds of object that depend on each other. A composite type's own relation counts as the type."""

    RELATION = "relation"
    SEQUENCE = "sequence"
    TYPE = "type"
    ROUTINE = "routine"


class ObjectName(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One object; `arguments` are a routine's identity arguments, else empty."""

    kind: ObjectKind
    schema: str
    name: str
    arguments: str = ""


class Part(StrEnum):
    """Which part of the dependent object it is that needs the other."""

    DEFINITION = "definition"  # a view's query, a routine's body or signature, a type, a parent table
    COLUMN = "column"  # a column's type
    DEFAULT = "default"  # a column's default or generation expression, or a domain's default
    CONSTRAINT = "constraint"  # a check of a table or of a domain
    INDEX = "index"  # an expression or predicate
    TRIGGER = "trigger"
    POLICY = "policy"


class Dependency(Model, frozen=True, kw_only=True):
    """`dependent` needs `referenced`, because of its `part` named `part_name` (a column, constraint, …)."""

    dependent: ObjectName
    part: Part
    part_name: str = ""
    referenced: ObjectName
