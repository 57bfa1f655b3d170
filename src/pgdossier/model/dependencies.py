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
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    ACCESS_METHOD = "access method"
    COLLATION = "collation"
    CONVERSION = "conversion"
    CAST = "cast"
    LANGUAGE = "language"
    TRANSFORM = "transform"
    TEXT_SEARCH_PARSER = "text search parser"
    TEXT_SEARCH_TEMPLATE = "text search template"
    TEXT_SEARCH_DICTIONARY = "text search dictionary"
    TEXT_SEARCH_CONFIGURATION = "text search configuration"
    FOREIGN_DATA_WRAPPER = "foreign-data wrapper"
    FOREIGN_SERVER = "foreign server"


class ObjectName(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One object; what has no schema has an empty one.

    `arguments` are what tells namesakes apart: a routine's identity arguments, an operator's operand types,
    the access method of an operator class or family, a cast's target (its `name` is the source), the
    language of a transform (its `name` is the type); else empty.
    """

    kind: ObjectKind
    schema: str
    name: str
    arguments: str = ""


class Part(StrEnum):
    """Which part of the dependent object it is that needs the other."""

    DEFINITION = "definition"  # a view's query, a routine's signature, a type, a parent table
    BODY = "body"  # a routine's SQL body (PostgreSQL 14) or the default of an argument
    COLUMN = "column"  # a column's type
    DEFAULT = "default"  # a column's default or generation expression, or a domain's default
    CONSTRAINT = "constraint"  # a check of a table or of a domain
    INDEX = "index"  # an expression or predicate
    TRIGGER = "trigger"
    POLICY = "policy"
    RULE = "rule"
    STATISTICS = "statistics"


class Dependency(Model, frozen=True, kw_only=True):
    """`dependent` needs `referenced`, because of its `part` named `part_name` (a column, constraint, …)."""

    dependent: ObjectName
    part: Part
    part_name: str = ""
    referenced: ObjectName
