"""Running a script statement by statement in a database that may be thrown away, and noting what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psycopg

from pgdossier.ddl import statements
from pgdossier.errors import ConnectionFailed
from pgdossier.history.verification import Failure


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
    try:
        connection = psycopg.connect(
            conninfo, autocommit=True, client_encoding="utf8", application_name="pgdossier"
        )
    except (psycopg.Error, OSError):
        raise ConnectionFailed(
            "the scratch database cannot be reached", hint="check what --scratch names"
        ) from None
    with connection:
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
