"""Columns of relations (pg_attribute, pg_attrdef)."""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model
from pgdossier.model.foreign_data import Options
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import Grants


class Generated(StrEnum):
    """How a generated column is computed (pg_attribute.attgenerated)."""

    STORED = "stored"
    VIRTUAL = "virtual"
    UNKNOWN = "unknown"


class Identity(StrEnum):
    """Which identity clause a column has (pg_attribute.attidentity)."""

    ALWAYS = "always"
    BY_DEFAULT = "by default"
    UNKNOWN = "unknown"


class Column(Model, frozen=True, kw_only=True):
    """One column, in the order of its relation.

    `type` is what `format_type` prints with an empty search_path; `type_name` names the user-defined type
    behind it (of the element, for arrays), None for types of pg_catalog. `nullable` is what the column
    itself declares: a domain's own NOT NULL is not folded in. `default` holds the generation expression
    when `generated` is set. `collation` is only given where it differs from the type's own.
    `storage` and `compression` are given where they differ from the type's own and the default.
    `local` is False when the column exists only because a parent has it (inheritance, partitions).
    """

    name: str
    type: str
    type_name: QualifiedName | None = None
    nullable: bool = True
    default: str | None = None
    generated: Generated | None = None
    identity: Identity | None = None
    collation: QualifiedName | None = None
    comment: str | None = None
    local: bool = True
    foreign_options: Options = ()
    storage: str | None = None
    compression: str | None = None
    statistics_target: int | None = None
    options: tuple[str, ...] = ()
    grants: Grants = None
