"""Reading the catalogs of a live database into a Snapshot.

`read` is all that the rest of the package uses. The drivers are loaded when it is called, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pgdossier.catalog.probing import Question
    from pgdossier.catalog.reader import Progress
    from pgdossier.model.snapshot import Snapshot
    from pgdossier.model.statistics import Probe

STATEMENT_TIMEOUT = 60.0
LOCK_TIMEOUT = 5.0


def read(
    dsn: str,
    *,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    statement_timeout: float = STATEMENT_TIMEOUT,
    lock_timeout: float = LOCK_TIMEOUT,
    operation: bool = True,
    progress: Progress | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Snapshot:
    """Reads one database, in one read-only transaction and a fixed number of statements.

    Args:
        dsn: A URL (`postgresql://`, `postgres://`, also with `+driver`), a libpq conninfo string
            (`service=NAME` too), or '' for libpq's own environment.
        include: Patterns of schemas (`sales`, `sales.*`) and relations (`public.user*`) to document; none
            means every schema that is not the system's or an extension's.
        exclude: Patterns of what to leave out of those.
        statement_timeout: Seconds that one query may take; 0 is no limit.
        lock_timeout: Seconds that a query may wait for a lock; 0 is no limit.
        operation: Whether to read what the running server knows too (`Snapshot.operation`).
        progress: Is told `phase("reading families", total)` and then `advance()` for each family.
        meanwhile: Is called while the server works on its first answers; again in a second attempt.

    Returns:
        What was read. Facts that the role may not read are listed in `structure.gaps` and `operation.gaps`.

    Raises:
        UsageError: The source or a pattern is malformed, or an include pattern meets nothing.
        ConnectionFailed: The server cannot be reached, refuses, or goes away.
        ServerError: It is not PostgreSQL, or older than 13, or a query fails for another reason than a
            missing privilege.
    """
    # psycopg and SQLAlchemy cost a quarter of a second: only who reads a database pays it.
    from pgdossier.catalog import collecting  # noqa: PLC0415 - who reads no database needs none of this

    with collecting.nothing():
        from pgdossier.catalog import reader  # noqa: PLC0415 - see above
        from pgdossier.catalog.scope import ScopePatterns  # noqa: PLC0415 - see above

        return reader.read(
            dsn,
            ScopePatterns(include=include, exclude=exclude),
            statement_timeout=statement_timeout,
            lock_timeout=lock_timeout,
            operation=operation,
            progress=progress if progress is not None else reader.Silent(),
            meanwhile=meanwhile,
        )


def probe(
    dsn: str,
    questions: Sequence[Question],
    *,
    probed_on: str,
    statement_timeout: float = STATEMENT_TIMEOUT,
    lock_timeout: float = LOCK_TIMEOUT,
) -> tuple[Probe, ...]:
    """Counts how many values of some columns are found in the tables that they seem to reference.

    Beside the bookkeeping of migration tools this is all that reads table data. It runs in one read-only
    transaction, keeps counts and no value, and looks at no more than a bounded sample of each table; see
    `pgdossier.catalog.probing`.

    Args:
        dsn: As for `read`.
        questions: What to look for, and where.
        probed_on: The date that the answers carry.
        statement_timeout: Seconds that one question may take; ten at most, whatever is given.
        lock_timeout: Seconds that a question may wait for a lock.

    Returns:
        One answer for each question, in their order; one that could not be had says why.

    Raises:
        UsageError: The source is malformed.
        ConnectionFailed: The server cannot be reached, refuses, or goes away.
        ServerError: It is not PostgreSQL, or older than 13.
    """
    from pgdossier.catalog import probing  # noqa: PLC0415 - see read

    return probing.probe(
        dsn,
        questions,
        probed_on=probed_on,
        statement_timeout=statement_timeout,
        lock_timeout=lock_timeout,
    )
