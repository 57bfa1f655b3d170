"""One read-only transaction, in which every text that the server writes is settled.

A second connection can work beside the first, on the very snapshot of it (`beside`).
"""

from __future__ import annotations

import itertools
import logging
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

from pgdossier.catalog import failures, texts
from pgdossier.catalog.failures import LostError
from pgdossier.catalog.obstacles import DamagedError, LockedError, Obstacles, RefusedError
from pgdossier.catalog.query import Query, R
from pgdossier.errors import ServerError, UsageError
from pgdossier.model.names import quote_literal

# A connection source: a URL (postgresql://, postgres://, also with +driver), a libpq conninfo string
# (`host=… dbname=…`, `service=…`), or '' for libpq's own environment (PG* variables, .pgpass, service file).
ConnectionSource = str

OLDEST = 130000
# How many rows are fetched at once.
_AT_ONCE = 1000
# How version() begins; others that speak the protocol begin with their own names.
WAITED = "another session held a lock for too long"
_POSTGRESQL = re.compile(r"(PostgreSQL|EnterpriseDB) \d")
CONNECT_TIMEOUT = 10

# What the texts of the deparse functions depend on, and what keeps the reader light. An empty search_path
# qualifies every name and puts pg_catalog before everything else.
SETTINGS = {
    "search_path": "",
    "default_transaction_read_only": "on",
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
    # What joins over the columns of ten thousand tables need; those over fewer take less by themselves.
    "work_mem": "32MB",
    "jit": "off",
    # Every query reads whole catalogs. Where these were never analysed the planner takes them for empty, and
    # its nested loops made 1,500 tables a matter of six seconds; hash joins are right at every size.
    "enable_nestloop": "off",
}


_BEGINNING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_GUARDING = ("SET LOCAL TimeZone TO 'UTC'", "SAVEPOINT families")
_RELEASING = "ROLLBACK TO SAVEPOINT families"

# What the server says where its catalogs do not fit together: internal errors, damage, and names of things
# that are not there.
_CONTRADICTIONS = frozenset({"XX000", "XX001", "XX002", "42P01", "42704", "42703", "42883", "3F000", "2BP01"})


class _Statement(NamedTuple):
    """What is sent together with others, and what it is about."""

    family: str
    sql: str
    parameters: Mapping[str, object] | None = None


class Session:
    """Reads rows inside the one transaction. Made by `connect`.

    Attributes:
        told: The rows of what was asked while the transaction began, None where that was not possible.
        version: The version of the server as a number: 180006.
        major: The major version of the server.
        shared: The name of the transaction's snapshot, where it was exported.
        size: How many bytes the catalog of columns has, if that was asked.
        has_options: Whether the connection came with options, which may set what the server does not.
        obstacles: What is in the way of reading; the second session shares it.
        above: Nothing of a higher OID is printed for the moment (`asking.py`).
        undecoded: Not empty when there were texts that are not UTF-8.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], target: failures.Target, *, together: bool = True
    ) -> None:
        self._connection = connection
        self._together = together
        self._target = target
        self._guarded = False
        self._chunked = False
        self._last_words: str | None = None
        connection.add_notice_handler(self._heard)
        without_encoding = connection.info.parameter_status("server_encoding") == texts.NO_ENCODING
        self.undecoded: list[str] | None = texts.tolerate(connection) if without_encoding else None
        self.obstacles = Obstacles()
        self.above: int | None = None
        self.shared: str | None = None
        self.size = 0
        self.told: list[list[Any]] | None = None
        self.version = connection.info.server_version
        self.major = self.version // 10000
        self.has_options = bool(connection.info.options)

    def begin(self, settings: Mapping[str, str], *, snapshot: str | None = None) -> None:
        """Starts the transaction and settles everything but the time zone, which is a fact to read first.

        Args:
            settings: What to settle.
            snapshot: What another session exported, to see just what that one sees.
        """
        self._execute("settings", _BEGINNING, None)
        if snapshot is not None:
            self._execute("settings", _seeing(snapshot), None)
        try:
            cursor = self._execute("settings", _settling(settings), None)
        except (RefusedError, ServerError):
            if not self._connection.closed and not self._is_postgresql():
                raise failures.not_postgresql(self._target) from None
            raise
        self._recognise(cursor)

    def begin_at_once(
        self,
        settings: Mapping[str, str],
        *,
        snapshot: str | None,
        share_above: int | None,
        asked: Sequence[Query[Any]],
        meanwhile: Callable[[], None] | None,
    ) -> bool:
        """Does what `begin`, `export` and `guard` do, and asks these queries, but waits for the server once.

        Args:
            settings: See `begin`.
            snapshot: See `begin`.
            share_above: See `export`; None to export nothing.
            asked: What to ask, the first of them before the time zone is settled.
            meanwhile: What there is to do while the server works.

        Returns:
            Whether all of it was done. If not, nothing has begun, and step by step it shows why.

        Raises:
            ConnectionFailed: The connection was lost.
            ServerError: It is not PostgreSQL.
        """
        statements = [_Statement("settings", _BEGINNING)]
        if snapshot is not None:
            statements.append(_Statement("settings", _seeing(snapshot)))
        settled = len(statements)
        statements.append(_Statement("settings", _settling(settings)))
        if share_above is not None:
            statements.append(_Statement("settings", _exporting(share_above)))
        exported = len(statements) - 1
        queries = [_Statement(query.family, self._text(query)) for query in asked]
        statements += [*queries[:1], *(_Statement("settings", sql) for sql in _GUARDING), *queries[1:]]
        cursors = self._all_at_once(statements, meanwhile)
        if len(cursors) < len(statements):
            self._connection.rollback()
            return False
        self._recognise(cursors[settled])
        if share_above is not None:
            self._note_exported(cursors[exported])
        answers = [cursor for cursor in cursors[exported + 1 :] if cursor.description]
        try:
            self.told = list(map(_answer, asked, answers))
        except UnicodeDecodeError:
            self._connection.rollback()
            return False
        self._guarded = True
        return True

    def _recognise(self, settled: psycopg.Cursor[tuple[Any, ...]]) -> None:
        """Looks at what the server calls itself."""
        if not _POSTGRESQL.match(str(_first_value(settled))):
            raise failures.not_postgresql(self._target)

    def _is_postgresql(self) -> bool:
        try:
            self._connection.rollback()
            row = self._connection.execute("SELECT version()").fetchone()
        except psycopg.Error:
            return False
        return row is not None and _POSTGRESQL.match(str(row[0])) is not None

    def export(self, above: int) -> None:
        """Notes how large the catalogs are, and exports the snapshot so that a second session can see it.

        To be asked before `guard`. The snapshot stays where it is if a second session is not worth its while,
        the catalog of columns having no more than that many bytes, and where the server exports none; the
        transaction is over in the latter case, and must be begun again.
        """
        try:
            self._note_exported(self._connection.execute(_exporting(above).encode()))
        except psycopg.Error:
            if self._connection.closed:
                raise self._lost("settings") from None
            self._connection.rollback()

    def _note_exported(self, answer: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self.size, self.shared = answer.fetchone() or (0, None)

    @property
    def begun(self) -> bool:
        """Whether a transaction is under way."""
        return self._connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS

    @property
    def process(self) -> int:
        """The number of the server's process behind the session."""
        return self._connection.info.backend_pid

    def guard(self) -> None:
        """Settles the time zone, and marks the point that a refused query goes back to; once."""
        if not self._guarded:
            self._execute("settings", "; ".join(_GUARDING), None)
            self._guarded = True

    def release(self) -> None:
        """Gives back the locks on relations that printing views and rules took."""
        self._execute("settings", _RELEASING, None)

    def stop(self) -> None:
        """Cancels what another thread is waiting for on this session."""
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=CONNECT_TIMEOUT)

    def rows(self, query: Query[R], **parameters: object) -> list[R]:
        """The rows of a query.

        Raises:
            RefusedError: The role lacks a privilege; the transaction goes on.
            LockedError: Another session holds a lock; the transaction goes on.
            DamagedError: The server contradicts itself; the transaction goes on.
            ConnectionFailed: The connection was lost.
            ServerError: Anything else that the server reports, with the family's name.
        """
        cursor = self._execute(query.family, self._text(query), parameters)
        try:
            return _answer(query, cursor)
        except UnicodeDecodeError:
            self._tolerate()
            return self.rows(query, **parameters)

    def _text(self, query: Query[Any]) -> str:
        return self.obstacles.around(query.text(self.major), self.above)

    def _tolerate(self) -> None:
        """From now on every text can be decoded."""
        if self.undecoded is not None:
            raise RuntimeError("a text was not decoded although any can be")
        self.undecoded = texts.tolerate(self._connection)

    def many_rows(self, query: Query[R], **parameters: object) -> list[R]:
        """The rows of a query that has many: they are decoded while the server finds the next ones.

        So the answer is never in memory twice. A libpq before 17 gives it as a whole.

        Raises:
            See `rows`.
        """
        if not psycopg.capabilities.has_stream_chunked():
            return self.rows(query, **parameters)
        try:
            with self._errors(query.family):
                cursor = self._connection.cursor()
                self._chunked = True
                found = cursor.stream(self._text(query).encode(), parameters, size=_AT_ONCE)
                first = list(itertools.islice(found, 1))  # what the columns are is known with the first row
                return _decoded(query, cursor, itertools.chain(first, found)) if first else []
        except UnicodeDecodeError:
            self._tolerate()
            return self.rows(query, **parameters)

    def try_rows(self, query: Query[R], **parameters: object) -> list[R]:
        """The rows of a query that the document can do without.

        Raises:
            RefusedError: The server did not answer, for whatever reason; the transaction goes on.
            ConnectionFailed: The connection was lost.
        """
        try:
            cursor = self._connection.execute(self._text(query).encode(), parameters)
        except psycopg.Error as error:
            if self._connection.closed:
                raise self._lost(query.family, error) from None
            self._connection.execute(_RELEASING)
            if isinstance(error, psycopg.errors.LockNotAvailable):
                raise LockedError(WAITED) from None
            raise RefusedError(_said(error)) from None
        try:
            return _answer(query, cursor)
        except UnicodeDecodeError:
            self._tolerate()
            return self.try_rows(query, **parameters)

    def all_rows(
        self,
        queries: Sequence[Query[Any]],
        alone: Callable[[Query[Any]], list[Any]],
        meanwhile: Callable[[], None] | None = None,
        *,
        releasing: Container[Query[Any]] = (),
        **parameters: object,
    ) -> Iterator[list[Any]]:
        """The rows of each query in turn, asked together so that a slow network is waited for once.

        A query that fails is asked again by itself, and those after it together.

        Args:
            queries: What to ask.
            alone: Asks a query that failed; it raises, or has other rows to offer.
            meanwhile: What there is to do while the server works, in any case. It must not use the session.
            releasing: After these locks are given back, see `release`.
            parameters: What the queries may refer to.

        Raises:
            ConnectionFailed: The connection was lost.
        """
        waiting = list(queries)
        if not waiting and meanwhile is not None:
            meanwhile()
        while waiting:
            statements = []
            for query in waiting:
                statements.append(_Statement(query.family, self._text(query), parameters))
                if query in releasing:
                    statements.append(_Statement("settings", _RELEASING))
            cursors = self._all_at_once(statements, meanwhile)
            meanwhile = None
            if len(cursors) < len(statements):
                self._connection.execute(_RELEASING)
            answers = [cursor for cursor in reversed(cursors) if cursor.description]
            del cursors  # each answer is let go when it was decoded
            while answers:
                try:
                    found = _answer(waiting[0], answers.pop())
                except UnicodeDecodeError:
                    self._tolerate()
                    break
                del waiting[0]
                yield found
            answers.clear()
            if waiting:
                query = waiting.pop(0)
                found = alone(query)
                if query in releasing:
                    self.release()
                yield found

    def _all_at_once(
        self, statements: Sequence[_Statement], meanwhile: Callable[[], None] | None
    ) -> list[psycopg.Cursor[tuple[Any, ...]]]:
        """The answers to the statements before the first that failed; the server is waited for once.

        Raises:
            ConnectionFailed: The connection was lost.
        """
        cursors: list[psycopg.Cursor[tuple[Any, ...]]] = []
        if self._chunked:  # libpq goes on to give answers in chunks until it runs a statement by itself
            self._execute("settings", "SELECT", None)
        # An old libpq has no pipelines: then each statement waits for the one before it.
        pipelined = self._together and psycopg.Pipeline.is_supported()
        pipeline = self._connection.pipeline() if pipelined else nullcontext()
        try:
            with pipeline:
                for statement in statements:
                    cursors.append(self._connection.cursor())
                    cursors[-1].execute(statement.sql.encode(), statement.parameters)
                if meanwhile is not None:
                    work, meanwhile = meanwhile, None
                    work()
        except psycopg.Error as error:
            cursors = list(itertools.takewhile(_answered, cursors))
            if self._connection.closed:
                asked = statements[min(len(cursors), len(statements) - 1)]  # all may be answered already
                raise self._lost(asked.family, error) from None
        if meanwhile is not None:  # a statement failed before the last one was sent
            meanwhile()
        return cursors

    def _lost(self, family: str, error: psycopg.Error | None = None) -> LostError | ServerError:
        said = error.diag.message_primary if error is not None else None
        return failures.lost(self._target, f"reading the {family}", said or self._last_words)

    def _heard(self, notice: psycopg.errors.Diagnostic) -> None:
        """Keeps why the server ended the session: before an answer is waited for, that comes as a notice."""
        if notice.severity_nonlocalized in ("FATAL", "PANIC"):
            self._last_words = notice.message_primary

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
            return WAITED
        except psycopg.errors.QueryCanceled:
            return "it took longer than the statement timeout"
        except psycopg.Error as error:
            if self._connection.closed:
                raise failures.lost(self._target, "probing", error.diag.message_primary) from None
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
        self._chunked = False
        with self._errors(family):
            return self._connection.execute(sql.encode(), parameters)

    @contextmanager
    def _errors(self, family: str) -> Iterator[None]:
        """Says what an error of the server means."""
        try:
            yield
        except psycopg.errors.InsufficientPrivilege as error:
            if self._guarded:
                self._connection.execute(_RELEASING)
            raise RefusedError(error.diag.message_primary or "permission denied") from None
        except psycopg.errors.LockNotAvailable as error:
            if self._guarded:
                self._connection.execute(_RELEASING)
                raise LockedError(_said(error)) from None
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
                raise self._lost(family, error) from None
            if isinstance(error, psycopg.errors.SerializationFailure):
                raise failures.conflict(self._target, f"reading the {family}", _said(error)) from None
            if self._guarded and (error.sqlstate or "") in _CONTRADICTIONS:
                self._connection.execute(_RELEASING)
                raise DamagedError(_said(error)) from None
            if isinstance(error, psycopg.errors.OutOfMemory):
                raise ServerError(
                    f"reading the {family} failed: {_said(error)}",
                    hint="raise max_locks_per_transaction of the server, or narrow the scope with --schema",
                ) from None
            raise ServerError(
                f"reading the {family} failed: {_said(error)}",
                hint="if the server is a PostgreSQL 13 or newer, please report this",
            ) from None


def _answered(cursor: psycopg.Cursor[Any]) -> bool:
    return cursor.pgresult is not None


def _decoded(query: Query[R], cursor: psycopg.Cursor[Any], rows: Iterable[Sequence[Any]]) -> list[R]:
    return query.decode([column.name for column in cursor.description or ()], rows)


def _answer(query: Query[R], cursor: psycopg.Cursor[Any]) -> list[R]:
    return _decoded(query, cursor, cursor.fetchall())


def _first_value(cursor: psycopg.Cursor[tuple[Any, ...]]) -> Any:
    row = cursor.fetchone()
    return row[0] if row is not None else None


def _settling(settings: Mapping[str, str]) -> str:
    # One statement that calls one function: it meets no operator that somebody could have planted.
    calls = (
        f"pg_catalog.set_config('{name}', {quote_literal(value)}, true)" for name, value in settings.items()
    )
    return f"SELECT pg_catalog.version(), {', '.join(calls)}"


def _seeing(snapshot: str) -> str:
    return f"SET TRANSACTION SNAPSHOT {quote_literal(snapshot)}"


def _exporting(above: int) -> str:
    size = "pg_catalog.pg_relation_size('pg_catalog.pg_attribute'::pg_catalog.regclass)"
    return f"SELECT {size}, CASE WHEN {size} > {above} THEN pg_catalog.pg_export_snapshot() END"


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
    # It warns of what it cannot do any more on a lost connection; what that means is said here.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
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
        connection.autocommit = True  # a transaction is begun here: the driver would wait for its beginning
    except BaseException:
        connection.close()
        raise
    return connection, target


@contextmanager
def connect(
    source: ConnectionSource,
    *,
    statement_timeout: float,
    lock_timeout: float,
    share_above: int | None = None,
    snapshot: str | None = None,
    asked: Sequence[Query[Any]] | None = None,
    meanwhile: Callable[[], None] | None = None,
    together: bool = True,
) -> Iterator[Session]:
    """A session whose transaction has begun; the transaction and the connection end with the block.

    Args:
        source: See `ConnectionSource`.
        statement_timeout: Seconds that one query may take; 0 is no limit.
        lock_timeout: Seconds that a query may wait for a lock; 0 is no limit.
        share_above: Export the snapshot (`Session.shared`) where the catalog of columns has more bytes.
        snapshot: The exported snapshot to see.
        asked: Begin all at once, and ask this (`Session.told`): the first of it before the session is guarded
            (`Session.guard`), the rest after. None to begin step by step, without asking and guarding.
        meanwhile: What there is to do while the server begins, if all at once.
        together: Statements may be sent before the ones before them are answered; otherwise all is done step
            by step.

    Raises:
        UsageError: The source is malformed.
        ConnectionFailed: The server cannot be reached or refuses.
        ServerError: It is not PostgreSQL, or older than 13, or does not know the snapshot.
    """
    connection, target = _connect(source)
    try:
        session = Session(connection, target, together=together)
        settings = SETTINGS | {
            "statement_timeout": _milliseconds(statement_timeout),
            "lock_timeout": _milliseconds(lock_timeout),
            "idle_in_transaction_session_timeout": _milliseconds(max(statement_timeout, 300)),
        }
        if session.undecoded is not None:  # the server would check that all is UTF-8, and refuse what is not
            settings["client_encoding"] = texts.NO_ENCODING
        at_once = together and asked is not None
        if not at_once or not session.begin_at_once(
            settings, snapshot=snapshot, share_above=share_above, asked=asked or (), meanwhile=meanwhile
        ):
            session.begin(settings, snapshot=snapshot)
            if share_above is not None:
                session.export(share_above)
                if not session.begun:
                    session.begin(settings)
        yield session
    finally:
        # Closing ends the transaction; a rollback before it would be an error on a lost connection.
        connection.close()
