"""User-defined types: enums, domains, composite and range types (pg_type and its companions)."""

from __future__ import annotations

import re
from functools import lru_cache

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import Grants

# The long spellings that format_type prints, and the names by which PostgreSQL knows these types as well.
_BRIEF = (
    (re.compile(r"^character varying\b"), "varchar"),
    (re.compile(r"^character\b"), "char"),
    (re.compile(r"^bit varying\b"), "varbit"),
    (re.compile(r"^timestamp(\(\d\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"^timestamp(\(\d\))? without time zone"), r"timestamp\1"),
    (re.compile(r"^time(\(\d\))? with time zone"), r"timetz\1"),
    (re.compile(r"^time(\(\d\))? without time zone"), r"time\1"),
)


@lru_cache(maxsize=1000)  # a database has few types, and many columns of each
def brief(type_text: str) -> str:
    """A type as `format_type` prints it, in the shorter spelling that PostgreSQL accepts for it."""
    for long, short in _BRIEF:
        type_text = long.sub(short, type_text)
    return type_text


class _Type(Model, frozen=True, kw_only=True):
    """What every user-defined type has."""

    schema: str
    name: str
    owner: str
    grants: Grants = None
    comment: str | None = None

    @property
    def qualified(self) -> QualifiedName:
        """The type's name with its schema."""
        return QualifiedName(self.schema, self.name)


class Enum(_Type, frozen=True, kw_only=True):
    """An enum type with its labels in their sort order."""

    labels: tuple[str, ...]


class DomainCheck(Model, frozen=True, kw_only=True):
    """A CHECK of a domain; `expression` is the condition without the outer CHECK and parentheses."""

    name: str
    expression: str
    definition: str
    validated: bool = True
    comment: str | None = None


class Domain(_Type, frozen=True, kw_only=True):
    """A domain over `base_type` (as `format_type` prints it)."""

    base_type: str
    base_type_name: QualifiedName | None = None
    nullable: bool = True
    default: str | None = None
    collation: QualifiedName | None = None
    checks: tuple[DomainCheck, ...] = ()
    not_null_name: str | None = None


class Attribute(Model, frozen=True, kw_only=True):
    """One attribute of a composite type."""

    name: str
    type: str
    type_name: QualifiedName | None = None
    collation: QualifiedName | None = None
    comment: str | None = None


class Composite(_Type, frozen=True, kw_only=True):
    """A free-standing composite type (row types of tables are not listed)."""

    attributes: tuple[Attribute, ...] = ()


class Range(_Type, frozen=True, kw_only=True):
    """A range type with its multirange type (PostgreSQL 14) where there is one.

    `multirange_schema` is given where the multirange type is not in the range's own schema.
    """

    subtype: str
    subtype_name: QualifiedName | None = None
    operator_class: QualifiedName | None = None
    collation: QualifiedName | None = None
    canonical: RangeFunction | None = None
    difference: RangeFunction | None = None
    multirange: str | None = None
    multirange_schema: str | None = None

    @property
    def multirange_name(self) -> QualifiedName | None:
        """The multirange type's name with its schema."""
        return (
            QualifiedName(self.multirange_schema or self.schema, self.multirange) if self.multirange else None
        )


class RangeFunction(Model, frozen=True, kw_only=True):
    """A function that a range type uses."""

    schema: str
    name: str


class Base(_Type, frozen=True, kw_only=True):
    """A base type; `clauses` are those of CREATE TYPE as SQL, in order. A shell type has none."""

    clauses: tuple[str, ...] = ()
