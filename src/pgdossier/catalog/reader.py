"""The reading of one database: which queries run, in which order, and what a refused one costs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pgdossier.catalog import (
    base_types,
    casts,
    collations,
    columns,
    constraints,
    dependencies,
    event_triggers,
    extended_statistics,
    extensions,
    foreign_data,
    indexes,
    languages,
    operators,
    policies,
    privileges,
    relations,
    replication,
    roles,
    routines,
    rules,
    schemas,
    security_labels,
    sequences,
    server,
    statistics,
    text_search,
    triggers,
    types,
)
from pgdossier.catalog import operation as running
from pgdossier.catalog.assemble import Rows, snapshot
from pgdossier.catalog.masking import masked
from pgdossier.catalog.query import Query, R
from pgdossier.catalog.scope import ScopePatterns, resolve
from pgdossier.catalog.session import ConnectionSource, RefusedError, Session, connect
from pgdossier.errors import ServerError
from pgdossier.model.snapshot import Snapshot


class Progress(Protocol):
    """What a progress display must offer."""

    def phase(self, name: str, total: int, /) -> None:
        """A phase of that many steps begins."""

    def advance(self) -> None:
        """One step is done."""


class Silent:
    """Shows nothing."""

    def phase(self, name: str, total: int, /) -> None:
        """Nothing to show."""

    def advance(self) -> None:
        """Nothing to show."""


FAMILIES = 49


def read(
    source: ConnectionSource,
    patterns: ScopePatterns,
    *,
    statement_timeout: float,
    lock_timeout: float,
    operation: bool,
    progress: Progress,
) -> Snapshot:
    """See `pgdossier.catalog.read`."""
    progress.phase("reading families", FAMILIES + (running.FAMILIES if operation else 0))
    with _no_garbage_collection():
        with connect(source, statement_timeout=statement_timeout, lock_timeout=lock_timeout) as session:
            rows = _rows(session, patterns, progress, operation=operation)
        return masked(snapshot(rows))


def _rows(  # noqa: PLR0915 - one statement for each query
    session: Session, patterns: ScopePatterns, progress: Progress, *, operation: bool
) -> Rows:
    """Runs every query once."""

    def needed(query: Query[R]) -> list[R]:
        try:
            found = session.rows(query)
        except RefusedError as error:
            raise ServerError(
                f"reading the {query.family} was refused: {error}",
                hint="pgdossier needs the read access to pg_catalog that every role has by default",
            ) from None
        progress.advance()
        return found

    (facts,) = needed(server.QUERY)
    session.guard()
    rows = Rows(server=facts, selection=resolve(patterns, needed(schemas.QUERY)))
    namespaces = rows.selection.namespaces

    def family(query: Query[R], **parameters: object) -> list[R]:
        try:
            found = session.rows(query, **parameters)
        except RefusedError as error:
            rows.gaps.add(query.family, str(error))
            found = []
        progress.advance()
        return found

    rows.extensions = family(extensions.QUERY)
    rows.dependents = family(extensions.DEPENDENTS)
    rows.relations = family(relations.QUERY, namespaces=namespaces)
    rows.columns = family(columns.QUERY, namespaces=namespaces)
    rows.constraints = family(constraints.QUERY, namespaces=namespaces)
    rows.indexes = family(indexes.QUERY, namespaces=namespaces)
    rows.operator_classes = family(indexes.OPERATOR_CLASSES)
    rows.collations = family(indexes.COLLATIONS)
    rows.triggers = family(triggers.QUERY, namespaces=namespaces)
    rows.policies = family(policies.QUERY, namespaces=namespaces)
    rows.sequences = family(sequences.QUERY, namespaces=namespaces)
    rows.types = family(types.QUERY, namespaces=namespaces)
    rows.routines = family(routines.QUERY, namespaces=namespaces)
    rows.base_types = family(base_types.QUERY, namespaces=namespaces)
    rows.user_collations = family(collations.COLLATIONS, namespaces=namespaces)
    rows.conversions = family(collations.CONVERSIONS, namespaces=namespaces)
    rows.operators = family(operators.OPERATORS, namespaces=namespaces)
    rows.operator_families = family(operators.FAMILIES, namespaces=namespaces)
    rows.user_operator_classes = family(operators.CLASSES, namespaces=namespaces)
    rows.family_members = family(operators.MEMBERS)
    rows.access_methods = family(operators.ACCESS_METHODS, namespaces=namespaces)
    rows.languages = family(languages.QUERY, namespaces=namespaces)
    rows.casts = family(casts.CASTS, namespaces=namespaces)
    rows.transforms = family(casts.TRANSFORMS, namespaces=namespaces)
    rows.event_triggers = family(event_triggers.QUERY, namespaces=namespaces)
    rows.text_search_parsers = family(text_search.PARSERS, namespaces=namespaces)
    rows.text_search_templates = family(text_search.TEMPLATES, namespaces=namespaces)
    rows.text_search_dictionaries = family(text_search.DICTIONARIES, namespaces=namespaces)
    rows.text_search_configurations = family(text_search.CONFIGURATIONS, namespaces=namespaces)
    rows.text_search_mappings = family(text_search.MAPPINGS, namespaces=namespaces)
    rows.foreign_data_wrappers = family(foreign_data.WRAPPERS)
    rows.foreign_servers = family(foreign_data.SERVERS)
    rows.user_mappings = family(foreign_data.USER_MAPPINGS)
    rows.publications = family(replication.PUBLICATIONS)
    rows.published_tables = family(replication.PUBLISHED_TABLES)
    rows.subscriptions = family(replication.SUBSCRIPTIONS)
    rows.rules = family(rules.QUERY, namespaces=namespaces)
    rows.extended_statistics = family(extended_statistics.QUERY, namespaces=namespaces)
    rows.security_labels = family(security_labels.QUERY)
    rows.privileges = family(privileges.QUERY, namespaces=namespaces)
    rows.default_privileges = family(privileges.DEFAULTS, namespaces=namespaces)
    rows.changed_grants = family(privileges.CHANGED)
    rows.dependencies = family(dependencies.QUERY, namespaces=namespaces)
    rows.statistics = family(statistics.QUERY, namespaces=namespaces)
    rows.roles = family(roles.ROLES)
    rows.memberships = family(roles.MEMBERSHIPS)
    rows.session_settings = family(roles.SESSION_SETTINGS)
    if operation:
        rows.operation = running.read(
            session, namespaces, rows.extensions, progress.advance, rows.selection.keeps
        )
    return rows


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Rows are many, small and free of cycles: looking for cycles among them costs half of the decoding."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
