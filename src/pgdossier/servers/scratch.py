"""Running a script statement by statement in a database that may be thrown away, and noting what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psycopg

from pgdossier.ddl import statements
from pgdossier.errors import ConnectionFailed, UsageError
from pgdossier.history.verification import Failure

_MADE_HERE = object()
_TABLES = """
    SELECT count(*) FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
"""


class Scratch:
    """A database that this process filled from a script when it was empty; only `build` makes one.

    What needs such a database to write into takes this, and never a URL: so it cannot be run on any other.
    """

    def __init__(self, conninfo: str, made: object) -> None:
        if made is not _MADE_HERE:
            raise TypeError("only scratch.build makes a scratch database")
        self._conninfo = conninfo

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection in autocommit mode, with messages in English.

        Raises:
            ConnectionFailed: The server went away.
        """
        connection = _connected(self._conninfo)
        _settle(connection)
        return connection


def build(
    conninfo: str, script: Iterable[str], *, advance: Callable[[], None] = lambda: None
) -> tuple[Scratch, tuple[Failure, ...]]:
    """Fill an empty database from a script, statement by statement, as `run_statements` does.

    Raises:
        UsageError: There is a table in it.
        ConnectionFailed: The server cannot be reached, or went away.
    """
    with _connected(conninfo) as connection:
        found = connection.execute(_TABLES).fetchone()
    if found is None or found[0]:
        raise UsageError("the scratch database is not empty; nothing was done")
    return Scratch(conninfo, _MADE_HERE), run_statements(conninfo, script, advance=advance)


def _connected(conninfo: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(
            conninfo, autocommit=True, client_encoding="utf8", application_name="pgdossier"
        )
    except (psycopg.Error, OSError):
        raise ConnectionFailed(
            "the scratch database cannot be reached", hint="check what --scratch names"
        ) from None


def run_statements(
    conninfo: str, script: Iterable[str], *, advance: Callable[[], None] = lambda: None
) -> tuple[Failure, ...]:
    """Run each statement in a transaction of its own; one that fails does not stop the others.

    Args:
        conninfo: The database, as libpq takes it.
        script: The statements.
        advance: Called after each.

    Returns:
        What failed, in order, with the server's message.

    Raises:
        ConnectionFailed: The server cannot be reached, or went away.
    """
    failures: list[Failure] = []
    with _connected(conninfo) as connection:
        _settle(connection)
        for statement in script:
            text = statements.body(statement)
            try:
                if text:
                    _run(connection, text)
            except psycopg.Error as error:
                if connection.closed:
                    raise ConnectionFailed(
                        "the connection to the scratch database was lost", hint="try again"
                    ) from None
                message = error.diag.message_primary or str(error).strip().partition("\n")[0]
                failures.append(Failure(statement=text, sqlstate=error.sqlstate or "", message=message))
            advance()
    return tuple(failures)


def _settle(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Ask for messages in English, which the judgement of failures reads; only a superuser may."""
    try:
        connection.execute("SET lc_messages = 'C'")
    except psycopg.Error:
        connection.rollback()


def _run(connection: psycopg.Connection[tuple[object, ...]], text: str) -> None:
    connection.execute(text.encode())
