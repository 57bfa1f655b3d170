"""Constraints of tables (pg_constraint). Each list of columns is in the constraint's own order.

`definition` is what `pg_get_constraintdef` prints. `inherited` is True when the constraint is only a copy of
a parent's (inheritance, or a partition's clone: conislocal false or conparentid set), so that it must not
be created, counted or drawn a second time.
"""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class Action(StrEnum):
    """What a foreign key does when the referenced row is deleted or its key updated."""

    NO_ACTION = "no action"
    RESTRICT = "restrict"
    CASCADE = "cascade"
    SET_NULL = "set null"
    SET_DEFAULT = "set default"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """How a foreign key of several columns treats nulls (pg_constraint.confmatchtype)."""

    SIMPLE = "simple"
    FULL = "full"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class Key(Model, frozen=True, kw_only=True):
    """A primary key or a unique constraint; its index has the constraint's name."""

    name: str
    columns: tuple[str, ...]
    definition: str
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    inherited: bool = False
    comment: str | None = None


class ForeignKey(Model, frozen=True, kw_only=True):
    """A foreign key: `columns[i]` references `target_columns[i]` of `target`.

    `on_delete_columns` are the columns that SET NULL or SET DEFAULT touches when not all (PostgreSQL 15).
    `key` names the target's primary key or unique constraint or unique index that it relies on.
    """

    name: str
    columns: tuple[str, ...]
    target: QualifiedName
    target_columns: tuple[str, ...]
    definition: str
    key: str | None = None
    on_update: Action = Action.NO_ACTION
    on_delete: Action = Action.NO_ACTION
    on_delete_columns: tuple[str, ...] = ()
    match: Match = Match.SIMPLE
    period: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    enforced: bool = True
    inherited: bool = False
    comment: str | None = None


class Check(Model, frozen=True, kw_only=True):
    """A CHECK constraint; `expression` is the condition without the outer CHECK and parentheses."""

    name: str
    expression: str
    definition: str
    columns: tuple[str, ...] = ()
    no_inherit: bool = False
    validated: bool = True
    enforced: bool = True
    inherited: bool = False
    comment: str | None = None


class Exclusion(Model, frozen=True, kw_only=True):
    """An EXCLUDE constraint; its index has the constraint's name."""

    name: str
    definition: str
    columns: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    inherited: bool = False
    comment: str | None = None


class NotNull(Model, frozen=True, kw_only=True):
    """A NOT NULL constraint with a name (PostgreSQL 18 and newer; older servers have none)."""

    name: str
    column: str
    no_inherit: bool = False
    validated: bool = True
    inherited: bool = False
    comment: str | None = None
