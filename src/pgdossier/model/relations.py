"""Relations: tables, partitioned tables, views, materialized views, foreign tables (pg_class)."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from pgdossier.model.base import Model
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.foreign_data import Options
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.policies import Policy
from pgdossier.model.privileges import Grants
from pgdossier.model.rules import Rule
from pgdossier.model.triggers import Trigger


class RelationKind(StrEnum):
    """What a relation is (pg_class.relkind)."""

    TABLE = "table"
    PARTITIONED_TABLE = "partitioned table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    FOREIGN_TABLE = "foreign table"
    UNKNOWN = "unknown"


class Persistence(StrEnum):
    """How long a relation's data lives (pg_class.relpersistence)."""

    PERMANENT = "permanent"
    UNLOGGED = "unlogged"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"


class ReplicaIdentity(StrEnum):
    """What logical replication identifies old rows by (pg_class.relreplident)."""

    DEFAULT = "default"
    NOTHING = "nothing"
    FULL = "full"
    INDEX = "index"
    UNKNOWN = "unknown"


class PartitionStrategy(StrEnum):
    """How a partitioned table divides its rows (pg_partitioned_table.partstrat)."""

    RANGE = "range"
    LIST = "list"
    HASH = "hash"
    UNKNOWN = "unknown"


class Partitioning(Model, frozen=True, kw_only=True):
    """How a partitioned table is divided.

    `key` is what `pg_get_partkeydef` prints after the strategy, without its parentheses; `columns` are the
    key's plain columns (an expression in the key has none).
    """

    strategy: PartitionStrategy
    key: str
    columns: tuple[str, ...] = ()


class Partition(Model, frozen=True, kw_only=True):
    """That a table is a partition: of what, and its `bound` (FOR VALUES …, DEFAULT) in SQL."""

    parent: QualifiedName
    bound: str


class ForeignSource(Model, frozen=True, kw_only=True):
    """Where a foreign table's rows come from."""

    server: str
    options: Options = ()


class Relation(Model, frozen=True, kw_only=True, dict=True, gc=True):  # a dict is a matter for the collector
    """One relation with everything that belongs to it.

    `inherits` holds the parents of plain inheritance in their order (a partition's parent is in
    `partition`). `definition` is the query of a view or materialized view as `pg_get_viewdef` prints it,
    without the final semicolon. `populated` is False for a materialized view without data. `options` are
    those of pg_class, those of the TOAST table after them, as `toast.…`. `depends_on_extensions` names the
    extensions with which a materialized view would be dropped.
    """

    schema: str
    name: str
    kind: RelationKind
    owner: str
    columns: tuple[Column, ...] = ()
    comment: str | None = None
    primary_key: Key | None = None
    unique_keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    not_nulls: tuple[NotNull, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    rules: tuple[Rule, ...] = ()
    row_security: bool = False
    force_row_security: bool = False
    inherits: tuple[QualifiedName, ...] = ()
    partitioning: Partitioning | None = None
    partition: Partition | None = None
    definition: str | None = None
    populated: bool = True
    foreign_source: ForeignSource | None = None
    of_type: QualifiedName | None = None
    persistence: Persistence = Persistence.PERMANENT
    replica_identity: ReplicaIdentity = ReplicaIdentity.DEFAULT
    access_method: str | None = None
    tablespace: str | None = None
    options: tuple[str, ...] = ()
    depends_on_extensions: tuple[str, ...] = ()
    grants: Grants = None

    @cached_property  # it is asked for some hundred times
    def qualified(self) -> QualifiedName:
        """The relation's name with its schema."""
        return QualifiedName(self.schema, self.name)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
