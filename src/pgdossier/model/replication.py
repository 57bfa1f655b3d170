"""Logical replication: publications and subscriptions (pg_publication, pg_subscription)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class PublishedTable(Model, frozen=True, kw_only=True):
    """One table of a publication; `columns` is None for all, `filter` is SQL."""

    relation: QualifiedName
    columns: tuple[str, ...] | None = None
    filter: str | None = None


class Publication(Model, frozen=True, kw_only=True):
    """One publication; `generated_columns` is what pg_publication.pubgencols says (18), or None."""

    name: str
    owner: str
    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    via_root: bool = False
    generated_columns: str | None = None
    comment: str | None = None


class Subscription(Model, frozen=True, kw_only=True):
    """One subscription; its connection string is never read. `options` are those of CREATE, as SQL."""

    name: str
    owner: str
    enabled: bool
    publications: tuple[str, ...] = ()
    slot: str | None = None
    options: tuple[str, ...] = ()
    comment: str | None = None
