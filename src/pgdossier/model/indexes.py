"""Indexes (pg_index), those that back constraints included."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class IndexKey(Model, frozen=True, kw_only=True):
    """One key of an index: a column, or an expression (then `column` is None).

    `expression` is SQL text either way. `operator_class` and `collation` are given only where they differ
    from the default of the column's type. `nulls_first` is the order as stored (the default is False for
    ascending keys and True for descending ones).
    """

    expression: str
    column: str | None = None
    operator_class: str | None = None
    collation: QualifiedName | None = None
    descending: bool = False
    nulls_first: bool = False


class Index(Model, frozen=True, kw_only=True):
    """An index of one relation, in the relation's schema.

    `definition` is what `pg_get_indexdef` prints. `constraint` names the primary key, unique or exclusion
    constraint that it backs. `statistics_targets` pairs the position of an expression key (from 1) with its
    target. `parent` is the index of the partitioned table that it is attached to. `depends_on_extensions`
    names the extensions with which it would be dropped.
    """

    name: str
    method: str
    keys: tuple[IndexKey, ...]
    definition: str
    include: tuple[str, ...] = ()
    predicate: str | None = None
    unique: bool = False
    primary: bool = False
    exclusion: bool = False
    nulls_not_distinct: bool = False
    valid: bool = True
    clustered: bool = False
    replica_identity: bool = False
    constraint: str | None = None
    parent: QualifiedName | None = None
    tablespace: str | None = None
    options: tuple[str, ...] = ()
    statistics_targets: tuple[tuple[int, int], ...] = ()
    depends_on_extensions: tuple[str, ...] = ()
    comment: str | None = None
