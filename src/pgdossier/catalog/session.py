"""One connection, one read-only transaction, in which every text that the server writes is settled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from pgdossier.catalog import failures
from pgdossier.catalog.query import Query, R
from pgdossier.errors import ConnectionFailed, DossierError, ServerError, UsageError
from pgdossier.model.names import quote_literal

# A connection source: a URL (postgresql://, postgres://, also with +driver), a libpq conninfo string
# (`host=… dbname=…`, `service=…`), or '' for libpq's own environment (PG* variables, .pgpass, service file).
ConnectionSource = str

OLDEST = 130000
CONNECT_TIMEOUT = 10

# What the texts of the deparse functions depend on, and what keeps the reader light. An empty search_path
# qualifies every name and puts pg_catalog before everything else.
SETTINGS = {
    "search_path": "",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
    "xmlbinary": "base64",
    "xmloption": "content",
    "standard_conforming_strings": "on",
    "synchronize_seqscans": "off",
    "row_security": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # Every query reads whole catalogs. Where these were never analysed the planner takes them for empty, and
    # its nested loops made 1,500 tables a matter of six seconds; hash joins are right at every size.
    "enable_nestloop": "off",
}


class RefusedError(Exception):
    """A query that the role may not run; its only argument is the server's reason."""


class Session:
    """Reads rows inside the one transaction. Made by `connect`.

    Attributes:
        major: The major version of the server.
        has_options: Whether the connection came with options, which may set what the server does not.
    """

    def __init__(self, connection: psycopg.Connection[Any], target: failures.Target) -> None:
        self._connection = connection
        self._target = target
        self._guarded = False
        self.major = connection.info.server_version // 10000
        self.has_options = bool(connection.info.options)

    def begin(self, *, statement_timeout: float, lock_timeout: float) -> None:
        """Starts the transaction and settles everything but the time zone, which is a fact to read first."""
        settings = SETTINGS | {
            "statement_timeout": _milliseconds(statement_timeout),
            "lock_timeout": _milliseconds(lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(max(statement_timeout, 300)),
        }
        # One statement that calls one function: it meets no operator that somebody could have planted.
        calls = (
            f"pg_catalog.set_config('{name}', {quote_literal(value)}, true)"
            for name, value in settings.items()
        )
        self._execute("settings", f"SELECT {', '.join(calls)}", None)

    def guard(self) -> None:
        """Settles the time zone, and marks the point that a refused query goes back to."""
        self._execute("settings", "SET LOCAL TimeZone TO 'UTC'; SAVEPOINT families", None)
        self._guarded = True

    def rows(self, query: Query[R], **parameters: object) -> list[R]:
        """The rows of a query.

        Raises:
            RefusedError: The role lacks a privilege; the transaction goes on.
            ConnectionFailed: The connection was lost.
            ServerError: Anything else that the server reports, with the family's name.
        """
        cursor = self._execute(query.family, query.text(self.major), parameters)
        aliases = [column.name for column in cursor.description or ()]
        return query.decode(aliases, cursor.fetchall())

    def try_rows(self, query: Query[R], **parameters: object) -> list[R]:
        """The rows of a query that the document can do without.

        Raises:
            RefusedError: The server did not answer, for whatever reason; the transaction goes on.
            ConnectionFailed: The connection was lost.
        """
        try:
            cursor = self._connection.execute(query.text(self.major).encode(), parameters)
        except psycopg.Error as error:
            if self._connection.closed:
                raise self._lost(query.family) from None
            self._connection.execute("ROLLBACK TO SAVEPOINT families")
            raise RefusedError(_said(error)) from None
        aliases = [column.name for column in cursor.description or ()]
        return query.decode(aliases, cursor.fetchall())

    def _lost(self, family: str) -> ConnectionFailed:
        return ConnectionFailed(
            f"the connection to {self._target.place} was lost while reading the {family}", hint="try again"
        )

    def settle(self, name: str, value: str) -> None:
        """Changes one setting for the rest of the transaction."""
        call = f"pg_catalog.set_config({quote_literal(name)}, {quote_literal(value)}, true)"
        self._execute("settings", f"SELECT {call}", None)

    def answer(self, sql: str) -> tuple[Any, ...] | str:
        """The one row of a query that may fail, or why it failed in a few words.

        Whatever it locked is free again afterwards. No message of the server is repeated but that on a
        missing privilege: others may hold values.

        Raises:
            ConnectionFailed: The connection was lost.
        """
        try:
            self._connection.execute("SAVEPOINT answer")
            try:
                row = self._connection.execute(sql.encode()).fetchone()
            finally:
                if not self._connection.closed:
                    self._connection.execute("ROLLBACK TO SAVEPOINT answer")
                    self._connection.execute("RELEASE SAVEPOINT answer")
        except psycopg.errors.InsufficientPrivilege as error:
            return error.diag.message_primary or "permission denied"
        except psycopg.errors.LockNotAvailable:
            return "another session held a lock for too long"
        except psycopg.errors.QueryCanceled:
            return "it took longer than the statement timeout"
        except psycopg.Error as error:
            if self._connection.closed:
                raise ConnectionFailed(
                    f"the connection to {self._target.place} was lost while probing", hint="try again"
                ) from None
            return f"the server refused with SQLSTATE {error.sqlstate or 'unknown'}"
        return row if row is not None else "the server gave no row"

    @contextmanager
    def aside(self, *statements: str) -> Iterator[None]:
        """A block in which those statements hold, and after which nothing of it does; locks are free again.

        Raises:
            RefusedError: One of the statements was refused.
            ConnectionFailed: The connection was lost.
        """
        try:
            try:
                for sql in ("SAVEPOINT aside", *statements):
                    self._connection.execute(sql.encode())
            except psycopg.Error as error:
                if self._connection.closed:
                    raise self._lost("statements") from None
                raise RefusedError(_said(error)) from None
            yield
        finally:
            if not self._connection.closed:
                self._connection.execute("ROLLBACK TO SAVEPOINT aside")
                self._connection.execute("RELEASE SAVEPOINT aside")

    def value(self, sql: str) -> Any:
        """The first value of the first row of a statement inside `aside`; None when it gives no rows.

        The statement is sent as it is, in the simple protocol: `$1` in it is no parameter of ours.

        Raises:
            RefusedError: The server refused, with its message; the block goes on.
            ConnectionFailed: The connection was lost.
        """
        try:
            self._connection.execute("SAVEPOINT one")
            cursor = self._connection.execute(sql.encode())
            row = cursor.fetchone() if cursor.description else None
        except psycopg.Error as error:
            if self._connection.closed:
                raise self._lost("statements") from None
            self._connection.execute("ROLLBACK TO SAVEPOINT one")
            message = error.diag.message_primary or type(error).__name__
            raise RefusedError(message.partition("\n")[0]) from None
        self._connection.execute("ROLLBACK TO SAVEPOINT one")
        return row[0] if row else None

    def _execute(
        self, family: str, sql: str, parameters: dict[str, Any] | None
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql.encode(), parameters)
        except psycopg.errors.InsufficientPrivilege as error:
            if self._guarded:
                self._connection.execute("ROLLBACK TO SAVEPOINT families")
            raise RefusedError(error.diag.message_primary or "permission denied") from None
        except psycopg.errors.LockNotAvailable as error:
            raise ServerError(
                f"reading the {family} waited too long for a lock: {_said(error)}",
                hint="another session changes the schema right now: try again, or raise the lock timeout",
            ) from None
        except psycopg.errors.QueryCanceled as error:
            raise ServerError(
                f"reading the {family} was cancelled: {_said(error)}",
                hint="raise the statement timeout, or narrow the scope with --schema",
            ) from None
        except psycopg.Error as error:
            if self._connection.closed:
                raise self._lost(family) from None
            raise ServerError(
                f"reading the {family} failed: {_said(error)}",
                hint="if the server is a PostgreSQL 13 or newer, please report this",
            ) from None


def _said(error: psycopg.Error) -> str:
    """The server's own first line, with the SQLSTATE."""
    line = (error.diag.message_primary or type(error).__name__).partition("\n")[0]
    return f"{line} ({error.sqlstate})" if error.sqlstate else line


def _milliseconds(seconds: float) -> str:
    return str(max(0, round(seconds * 1000)))


def _conninfo(source: ConnectionSource) -> str:
    """The source as libpq takes it.

    Raises:
        UsageError: It is a URL of another kind, or its password breaks the URL.
    """
    source = source.strip()
    scheme, separator, rest = source.partition("://")
    if not separator or "=" in scheme or " " in scheme:
        return source
    dialect = scheme.partition("+")[0]
    if dialect not in ("postgresql", "postgres"):
        raise UsageError(
            "the source is a URL, but not one of PostgreSQL",
            hint="write postgresql://user@host:5432/database",
        )
    # With an unescaped @ or / in the password, libpq takes its end for the host or the database, and would
    # show it as such.
    authority, _, path = rest.partition("?")[0].partition("/")
    if authority.count("@") > 1 or "@" in path:
        raise failures.malformed()
    return f"postgresql://{rest}"


@contextmanager
def _without_client_time_zone() -> Iterator[None]:
    """Keeps libpq from sending $PGTZ, which would hide the time zone that the server works in."""
    hidden = os.environ.pop("PGTZ", None)
    try:
        yield
    finally:
        if hidden is not None:
            os.environ["PGTZ"] = hidden


def _connect(source: ConnectionSource) -> tuple[psycopg.Connection[Any], failures.Target]:
    try:
        given = conninfo_to_dict(_conninfo(source))
    except psycopg.Error:
        raise failures.malformed() from None

    def setting(name: str, variable: str) -> str:
        return str(given.get(name) or os.environ.get(variable) or "")

    target = failures.Target(
        host=setting("host", "PGHOST") or setting("hostaddr", "PGHOSTADDR"),
        port=setting("port", "PGPORT"),
        database=setting("dbname", "PGDATABASE"),
        user=setting("user", "PGUSER"),
        service=setting("service", "PGSERVICE"),
    )
    if not setting("connect_timeout", "PGCONNECT_TIMEOUT"):
        given["connect_timeout"] = CONNECT_TIMEOUT
    given["application_name"] = "pgdossier"
    given["client_encoding"] = "utf8"
    try:
        with _without_client_time_zone():
            connection = psycopg.connect(**given, prepare_threshold=None)  # type: ignore[arg-type]
    except (psycopg.Error, OSError, UnicodeError) as error:
        raise failures.connecting(str(error), target) from None
    try:
        if connection.info.server_version < OLDEST:
            raise failures.too_old(connection.info.server_version, target)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        # SQLAlchemy has its own questions to a new connection: they too must meet nobody's functions.
        connection.execute("SET LOCAL search_path TO ''")
    except BaseException:
        connection.close()
        raise
    return connection, target


@contextmanager
def connect(source: ConnectionSource, *, statement_timeout: float, lock_timeout: float) -> Iterator[Session]:
    """A session whose transaction has begun; the transaction and the connection end with the block.

    The connection is made through a SQLAlchemy engine; its reading goes over the driver connection.

    Args:
        source: See `ConnectionSource`.
        statement_timeout: Seconds that one query may take; 0 is no limit.
        lock_timeout: Seconds that a query may wait for a lock; 0 is no limit.

    Raises:
        UsageError: The source is malformed.
        ConnectionFailed: The server cannot be reached or refuses.
        ServerError: It is not PostgreSQL, or older than 13.
    """
    target = failures.Target()

    def creator() -> psycopg.Connection[Any]:
        nonlocal target
        connection, target = _connect(source)
        return connection

    # Closing ends the transaction; a rollback before it would be an error, and logged, on a lost connection.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=creator,
        poolclass=NullPool,
        pool_reset_on_return=None,
        use_native_hstore=False,
    )
    try:
        proxy: PoolProxiedConnection = engine.raw_connection()
    except DossierError:
        raise
    except Exception:  # noqa: BLE001 - what SQLAlchemy's first look at the server raises is not specified
        raise failures.not_postgresql(target) from None
    try:
        connection = proxy.driver_connection
        assert isinstance(connection, psycopg.Connection)  # noqa: S101 - the creator made it
        session = Session(connection, target)
        session.begin(statement_timeout=statement_timeout, lock_timeout=lock_timeout)
        yield session
    finally:
        proxy.close()
        engine.dispose()
