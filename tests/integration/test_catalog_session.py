"""Connections: what goes wrong is said in one line without a secret; what goes right leaves no trace."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from pgdossier import catalog
from pgdossier.catalog import policies, schemas, session
from pgdossier.catalog.query import Query
from pgdossier.errors import ConnectionFailed, DossierError, ServerError, UsageError
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.servers import PostgresServer

SHOP = (
    "CREATE TABLE public.users (id integer PRIMARY KEY, name text); CREATE TABLE public.orders (id integer);"
)


def failure(source: str, kind: type[DossierError], **options: Any) -> DossierError:
    """The error that reading this source raises: one line, with a hint."""
    with pytest.raises(kind) as caught:
        catalog.read(source, **options)
    error = caught.value
    assert type(error) is kind
    assert "\n" not in error.message
    assert error.hint
    assert "\n" not in error.hint
    assert error.__cause__ is None
    return error


@pytest.fixture(scope="module")
def tcp_server() -> Iterator[EmbeddedServer]:
    """A server that listens on TCP and asks for a password."""
    with EmbeddedServer(find_binaries(), unix_socket=False) as server:
        yield server


@contextmanager
def listening(reply: bytes) -> Iterator[int]:
    """A TCP server that is not PostgreSQL: it answers whatever comes with these bytes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):  # the listener is closed at the end
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(1024)
                        connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port: int = listener.getsockname()[1]
        yield port
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_wrong_password(tcp_server: EmbeddedServer) -> None:
    """A wrong password is refused in words that name the role and the place, and never the password."""
    parts = urlsplit(tcp_server.url())
    assert parts.password
    source = tcp_server.url().replace(parts.password, "s3cret-Wrong")
    error = failure(source, ConnectionFailed)
    assert "password" in error.message
    assert str(parts.port) in error.message
    assert f'role "{parts.username}"' in error.message
    assert "s3cret" not in f"{error.message} {error.hint} {error!r} {error.args}"


def test_no_password(tcp_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server asks for a password and there is none, the message says so."""
    monkeypatch.setenv("PGPASSFILE", "/nonexistent/pgpass")
    monkeypatch.delenv("PGPASSWORD", raising=False)
    parts = urlsplit(tcp_server.url())
    error = failure(f"postgresql://{parts.username}@{parts.hostname}:{parts.port}/postgres", ConnectionFailed)
    assert "none was given" in error.message


def test_right_password(tcp_server: EmbeddedServer) -> None:
    """With the password in the URL the database is read."""
    assert catalog.read(tcp_server.url()).structure.database.name == "postgres"


def test_missing_database(server: PostgresServer) -> None:
    """A database that is not there is named."""
    error = failure(server.url("no_such_database"), ConnectionFailed)
    assert error.message.startswith('database "no_such_database" does not exist')


def test_missing_role(server: PostgresServer) -> None:
    """A role that is not there is named."""
    error = failure(server.url("postgres", "no_such_role"), ConnectionFailed)
    assert error.message.startswith('role "no_such_role" does not exist')


def test_unreachable() -> None:
    """A closed port cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(f"postgresql://u:s3cret@127.0.0.1:{port}/db", ConnectionFailed)
    assert error.message == f"the server at 127.0.0.1, port {port} cannot be reached"


def test_missing_socket() -> None:
    """A socket that is not there cannot be reached."""
    error = failure("host=/nonexistent/folder dbname=db user=u", ConnectionFailed)
    assert error.message == "the server on socket /nonexistent/folder cannot be reached"


def test_unknown_host() -> None:
    """A host name that does not resolve is said to be unknown."""
    error = failure("postgresql://u:s3cret@no-such-host.invalid/db", ConnectionFailed)
    assert "host name" in error.message
    assert "no-such-host.invalid" in error.message


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"5.7.44-log\0mysql", b"SSH-2.0-OpenSSH_9.2\r\n"]
)
@pytest.mark.parametrize("sslmode", ["disable", "prefer"])
def test_not_postgresql(reply: bytes, sslmode: str) -> None:
    """A server of another kind is recognised by its answer."""
    with listening(reply) as port:
        error = failure(f"host=127.0.0.1 port={port} user=u dbname=d sslmode={sslmode}", ServerError)
    assert error.message == f"what answers at the server at 127.0.0.1, port {port} is not PostgreSQL"


def test_silent_close() -> None:
    """A server that hangs up without a word may be anything but a PostgreSQL that lets us in."""
    with listening(b"") as port:
        error = failure(f"host=127.0.0.1 port={port} user=u dbname=d", ServerError)
    assert "closed the connection" in error.message


def test_connection_timeout() -> None:
    """A server that never answers is given up after connect_timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        error = failure(f"host=127.0.0.1 port={port} user=u dbname=d connect_timeout=2", ConnectionFailed)
    assert "did not answer in time" in error.message


def test_too_many_connections(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A role at its connection limit is told that no connection is left."""
    url = make_database(server, "CREATE ROLE catalog_limited LOGIN CONNECTION LIMIT 0;")
    try:
        database = urlsplit(url).path[1:]
        error = failure(server.url(database, "catalog_limited"), ConnectionFailed)
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_limited;")
    assert "no connection left" in error.message


def test_no_login_and_no_connect(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A role without LOGIN, and one without CONNECT, may not connect."""
    url = make_database(server, "CREATE ROLE catalog_group NOLOGIN; CREATE ROLE catalog_outsider LOGIN;")
    database = urlsplit(url).path[1:]
    try:
        server.run_sql(database, f'REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC;')
        for role in ("catalog_group", "catalog_outsider"):
            error = failure(server.url(database, role), ConnectionFailed)
            assert "may not connect" in error.message
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_group; DROP ROLE catalog_outsider;")


def test_too_old(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server older than the oldest supported one is refused with both versions."""
    monkeypatch.setattr(session, "OLDEST", 990000)
    error = failure(server.url(), ServerError)
    assert "is PostgreSQL" in error.message
    assert "PostgreSQL 13 and newer" in error.message


def test_speaks_the_protocol_but_is_not_postgresql(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What says another name than PostgreSQL's in version() is not PostgreSQL."""
    monkeypatch.setattr(session, "_POSTGRESQL", re.compile("SomethingDB"))
    error = failure(server.url(), ServerError)
    assert error.message.endswith("is not PostgreSQL")


@pytest.mark.parametrize("other", [True, False])
def test_another_server_that_refuses_the_settings(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, other: bool
) -> None:
    """A server without our settings is asked for its name; a refusal of PostgreSQL is an error."""
    monkeypatch.setitem(session.SETTINGS, "no_such_setting", "on")
    if other:
        monkeypatch.setattr(session, "_POSTGRESQL", re.compile("SomethingDB"))
    error = failure(server.url(), ServerError)
    if other:
        assert error.message.endswith("is not PostgreSQL")
    else:
        assert error.message.startswith("reading the settings failed: unrecognized configuration parameter")


def test_unknown_pattern(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A pattern that meets nothing is a usage error with the nearest names."""
    url = make_database(server, SHOP)
    error = failure(url, UsageError, include=("publc",))
    assert error.message == "no schema matches the pattern publc"
    assert error.hint == "did you mean public?"
    error = failure(url, UsageError, include=("public.usrs",))
    assert error.message == "no relation matches the pattern public.usrs"
    assert error.hint == "did you mean public.users?"


@pytest.mark.parametrize("prefix", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_urls(server: PostgresServer, make_database: MakeDatabase, prefix: str) -> None:
    """URLs are taken as libpq and as SQLAlchemy write them."""
    url = make_database(server, SHOP).replace("postgresql://", f"{prefix}://", 1)
    assert len(catalog.read(url).structure.relations) == 2


def test_environment_and_service(
    server: PostgresServer,
    make_database: MakeDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """An empty source means libpq's environment; `service=` its service file."""
    parameters = conninfo_to_dict(make_database(server, SHOP))
    names = {"dbname": "PGDATABASE"}
    service = tmp_path_factory.mktemp("service") / "services.conf"
    service.write_text("[shop]\n" + "".join(f"{key}={value}\n" for key, value in parameters.items()))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    assert len(catalog.read("service=shop").structure.relations) == 2
    error = failure("service=shoe", UsageError)
    assert "service" in error.message
    for key, value in parameters.items():
        monkeypatch.setenv(names.get(key, f"PG{key.upper()}"), str(value))
    assert len(catalog.read("").structure.relations) == 2


class Setting(NamedTuple):
    """One row of the probe."""

    name: str
    setting: str


SETTINGS = Query(
    family="settings",
    row=Setting,
    sql="SELECT name AS name, setting AS setting FROM pg_catalog.pg_settings",
)


def test_the_transaction_is_read_only_and_settled(server: PostgresServer) -> None:
    """The session is read-only, repeatable-read, named, limited in time, and its texts are settled."""
    with session.connect(server.url(), statement_timeout=7, lock_timeout=3) as opened:
        opened.guard()
        settings = {row.name: row.setting for row in opened.rows(SETTINGS)}
    assert settings["transaction_read_only"] == "on"
    assert settings["transaction_isolation"] == "repeatable read"
    assert settings["application_name"] == "pgdossier"
    assert settings["search_path"] == ""
    assert settings["statement_timeout"] == "7000"
    assert settings["lock_timeout"] == "3000"
    assert settings["idle_in_transaction_session_timeout"] != "0"
    assert settings["DateStyle"].startswith("ISO")
    assert settings["TimeZone"] == "UTC"
    assert settings["client_encoding"] == "UTF8"
    assert settings["quote_all_identifiers"] == "off"


def test_questions_together_after_an_answer_in_pieces(server: PostgresServer) -> None:
    """What is asked together after an answer of many rows is answered at once, not asked again."""
    with session.connect(server.url(), statement_timeout=7, lock_timeout=3) as opened:
        opened.guard()
        one = opened.many_rows(SETTINGS)

        def alone(query: Query[Any]) -> list[Any]:
            raise AssertionError(f"the query for {query.family} was to be answered")

        assert list(opened.all_rows([SETTINGS, SETTINGS], alone)) == [one, one]


def test_only_the_weakest_locks(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of a whole read the session holds no lock but ACCESS SHARE, and none on a transaction id."""
    held: list[tuple[str, str]] = []
    close = psycopg.Connection.close

    def look(connection: psycopg.Connection[Any]) -> None:
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            held.extend(
                connection.execute(
                    "SELECT locktype, mode FROM pg_catalog.pg_locks"
                    " WHERE pid = pg_catalog.pg_backend_pid() AND locktype <> 'virtualxid'"
                )
            )
        close(connection)

    url = make_database(server, SHOP + "CREATE VIEW public.v AS SELECT * FROM public.users;")
    monkeypatch.setattr(psycopg.Connection, "close", look)
    catalog.read(url)
    assert held
    assert {mode for _, mode in held} == {"AccessShareLock"}
    assert {kind for kind, _ in held} == {"relation"}


def test_no_connection_stays(server: PostgresServer, make_database: MakeDatabase) -> None:
    """After a read, and after a failed one, no connection of pgdossier is left on the server."""
    url = make_database(server, SHOP)
    catalog.read(url)
    failure(url, UsageError, include=("nothing_like_it",))
    deadline = time.monotonic() + 10
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE application_name = 'pgdossier' AND datname = current_database()"
        ).fetchall():
            assert time.monotonic() < deadline, "a connection is still there"
            connection.execute("SELECT pg_sleep(0.05)")


def test_refused_catalog_is_a_gap(server: PostgresServer, make_database: MakeDatabase) -> None:
    """What the role may not read becomes a gap; the rest of the run goes on."""
    url = make_database(
        server,
        SHOP
        + """
        CREATE TYPE public.mood AS ENUM ('ok');
        REVOKE SELECT ON pg_catalog.pg_sequence FROM PUBLIC;
        CREATE ROLE catalog_reader LOGIN;
        """,
    )
    try:
        snapshot = catalog.read(server.url(urlsplit(url).path[1:], "catalog_reader"))
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_reader;")
    assert [(gap.family, gap.reason) for gap in snapshot.structure.gaps] == [
        ("sequences", "permission denied for table pg_sequence")
    ]
    assert [found.name for found in snapshot.structure.relations] == ["orders", "users"]
    assert [found.name for found in snapshot.structure.enums] == ["mood"]


@pytest.mark.parametrize("refused", ["pg_policy", "pg_attribute", "pg_index"])
def test_a_refused_catalog_without_pipelines(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """Where each statement waits for the one before it, a refusal costs no more than with all at once."""
    role = f"catalog_steps_{refused}"
    url = make_database(
        server, f"{SHOP} CREATE ROLE {role} LOGIN; REVOKE SELECT ON pg_catalog.{refused} FROM PUBLIC;"
    )
    reader_url = server.url(urlsplit(url).path[1:], role)
    try:
        at_once = catalog.read(reader_url)
        monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
        one_by_one = catalog.read(reader_url)
    finally:
        server.run_sql("postgres", f"DROP ROLE {role};")
    assert one_by_one.structure == at_once.structure
    assert f"permission denied for table {refused}" in {gap.reason for gap in at_once.structure.gaps}


def test_refused_schemas_are_an_error(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Without pg_namespace there is nothing to read."""
    url = make_database(
        server, "REVOKE SELECT ON pg_catalog.pg_namespace FROM PUBLIC; CREATE ROLE catalog_blind LOGIN;"
    )
    try:
        error = failure(server.url(urlsplit(url).path[1:], "catalog_blind"), ServerError)
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_blind;")
    assert error.message == "reading the schemas was refused: permission denied for table pg_namespace"


def broken(query: Query[Any], sql: str) -> Query[Any]:
    return msgspec.structs.replace(query, sql=sql)


def test_failed_query_names_the_family(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error of a query is an error that names the family and the SQLSTATE."""
    monkeypatch.setattr(policies, "QUERY", broken(policies.QUERY, "SELECT 1 / 0"))
    error = failure(server.url(), ServerError)
    assert error.message == "reading the policies failed: division by zero (22012)"


def test_statement_timeout(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that takes too long is cancelled, and the message says what to do."""
    monkeypatch.setattr(policies, "QUERY", broken(policies.QUERY, "SELECT pg_catalog.pg_sleep(30)"))
    error = failure(server.url(), ServerError, statement_timeout=0.2)
    assert error.message.startswith("reading the policies was cancelled: ")
    assert "timeout" in (error.hint or "")


def test_lost_connection(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A connection that breaks in the middle is called that, and nobody logs a traceback beside it."""
    suicide = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"
    monkeypatch.setattr(schemas, "QUERY", broken(schemas.QUERY, suicide))
    error = failure(server.url(), ConnectionFailed)
    assert "was lost while reading the schemas" in error.message
    assert caplog.records == []


AMBUSH = """
CREATE SCHEMA ambush;
CREATE FUNCTION ambush.raise() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'ambushed'; END $$;
CREATE FUNCTION ambush.current_schema() RETURNS name LANGUAGE sql AS 'SELECT ambush.raise()::name';
CREATE FUNCTION ambush.version() RETURNS text LANGUAGE sql AS 'SELECT ambush.raise()';
CREATE FUNCTION ambush.format_type(oid, integer) RETURNS text LANGUAGE sql AS 'SELECT ambush.raise()';
CREATE FUNCTION ambush.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT ambush.raise()';
CREATE FUNCTION ambush.equal(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT ambush.raise() IS NULL';
CREATE OPERATOR ambush.= (FUNCTION = ambush.equal, LEFTARG = oid, RIGHTARG = oid);
CREATE FUNCTION ambush.equal(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT ambush.raise() IS NULL';
CREATE OPERATOR ambush.= (FUNCTION = ambush.equal, LEFTARG = name, RIGHTARG = name);
CREATE VIEW ambush.pg_class AS SELECT ambush.raise();
CREATE FUNCTION ambush.checked(integer) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS 'SELECT ambush.raise() IS NULL';
CREATE TABLE ambush.trap (
    id integer DEFAULT length(ambush.raise()) CHECK (ambush.checked(id)),
    doubled integer GENERATED ALWAYS AS (CASE WHEN ambush.checked(id) THEN 1 END) STORED);
CREATE INDEX ON ambush.trap (ambush.checked(id)) WHERE ambush.checked(id);
CREATE POLICY p ON ambush.trap USING (ambush.checked(id));
CREATE VIEW ambush.trapped AS SELECT ambush.checked(id) FROM ambush.trap;
CREATE ROLE catalog_victim LOGIN;
"""


def test_no_function_of_users_runs(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Functions and operators of users are never called, even with their schema before pg_catalog."""
    url = make_database(server, AMBUSH)
    database = urlsplit(url).path[1:]
    try:
        server.run_sql(
            "postgres",
            f'ALTER ROLE catalog_victim IN DATABASE "{database}" SET search_path = ambush, pg_catalog;',
        )
        snapshot = catalog.read(server.url(database, "catalog_victim"))
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_victim;")
    assert snapshot.structure.gaps == ()
    assert [found.name for found in snapshot.structure.relations] == ["pg_class", "trap", "trapped"]
