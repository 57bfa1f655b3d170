"""The reading of one database: which queries run, in which order, and what a refused one costs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pgdossier.catalog import (
    columns,
    constraints,
    dependencies,
    extensions,
    indexes,
    policies,
    relations,
    routines,
    schemas,
    sequences,
    server,
    statistics,
    triggers,
    types,
)
from pgdossier.catalog.assemble import Rows, snapshot
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


FAMILIES = 16


def read(
    source: ConnectionSource,
    patterns: ScopePatterns,
    *,
    statement_timeout: float,
    lock_timeout: float,
    progress: Progress,
) -> Snapshot:
    """See `pgdossier.catalog.read`."""
    progress.phase("reading", FAMILIES)
    with _no_garbage_collection():
        with connect(source, statement_timeout=statement_timeout, lock_timeout=lock_timeout) as session:
            rows = _rows(session, patterns, progress)
        return snapshot(rows)


def _rows(session: Session, patterns: ScopePatterns, progress: Progress) -> Rows:
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
    rows.dependencies = family(dependencies.QUERY, namespaces=namespaces)
    rows.statistics = family(statistics.QUERY, namespaces=namespaces)
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
