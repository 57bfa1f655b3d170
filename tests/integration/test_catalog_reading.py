"""How large catalogs are read: own definitions, two connections, slow lines; always the same facts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from benchmarks.delaying import delaying
from pgdossier import catalog
from pgdossier.catalog import again, indexes, policies, reader
from pgdossier.catalog.beside import Beside, beside
from pgdossier.catalog.query import Query
from pgdossier.catalog.session import Session
from pgdossier.errors import ConnectionFailed, ServerError
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot, Structure
from tests.conftest import CorpusDatabase, MakeDatabase, SharedDatabase
from tests.integration.nasty import nasty_sql
from tests.integration.test_catalog_operation import until
from tests.integration.test_catalog_statements import schema_of
from tests.integration.test_torture import load
from tests.support.corpus import CORPUS_NAMES
from tests.support.roundtrip import drop_subscriptions
from tests.support.servers import PostgresServer

HERE = Path(__file__).parent

# (schema, relation, name) of everything with a definition, and what the server prints for it.
SERVER_INDEXES = """
SELECT n.nspname, t.relname, c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
"""
SERVER_CONSTRAINTS = """
SELECT n.nspname, t.relname, x.conname, pg_get_constraintdef(x.oid)
  FROM pg_constraint x JOIN pg_class t ON t.oid = x.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE x.contype IN ('p', 'u', 'f', 'c', 'x')
"""
SERVER_DEFAULTS = """
SELECT n.nspname, t.relname, a.attname, pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod)
  FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
SERVER_DOMAINS = """
SELECT n.nspname, t.typname, x.conname, pg_get_constraintdef(x.oid)
  FROM pg_constraint x JOIN pg_type t ON t.oid = x.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE x.contype = 'c'
"""
SERVER_BOUNDS = """
SELECT n.nspname, c.relname, '', pg_get_expr(c.relpartbound, c.oid)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition AND c.relkind <> 'I'
"""


def definitions(structure: Structure) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Every definition of a snapshot, by what it is of."""
    for relation in structure.relations:
        keys = (relation.primary_key,) if relation.primary_key else ()
        for found in (
            *keys,
            *relation.unique_keys,
            *relation.foreign_keys,
            *relation.checks,
            *relation.exclusions,
            *relation.indexes,
        ):
            kind = "index" if found in relation.indexes else "constraint"
            yield (f"{kind} {relation.schema}", relation.name, found.name), found.definition
        if relation.partition is not None:
            yield (f"bound {relation.schema}", relation.name, ""), relation.partition.bound
    for domain in structure.domains:
        for check in domain.checks:
            yield (f"domain {domain.schema}", domain.name, check.name), check.definition


def assert_as_the_server_prints(url: str) -> None:
    """Every definition, type and default is the text that the server prints for it."""
    structure = catalog.read(url, operation=False).structure
    printed: dict[tuple[str, str, str], str] = {}
    defaults: dict[tuple[str, str, str], tuple[str | None, str]] = {}
    with psycopg.connect(url, options="-c search_path= -c quote_all_identifiers=off") as connection:
        for kind, sql in (
            ("index", SERVER_INDEXES),
            ("constraint", SERVER_CONSTRAINTS),
            ("domain", SERVER_DOMAINS),
            ("bound", SERVER_BOUNDS),
        ):
            for schema, relation, name, text in connection.execute(sql.encode()):
                printed[f"{kind} {schema}", relation, name] = text
        for schema, relation, name, default, type_ in connection.execute(SERVER_DEFAULTS):
            defaults[schema, relation, name] = (default, type_)
    found = dict(definitions(structure))
    assert found
    assert {key: text for key, text in found.items() if printed[key] != text} == {}
    for relation in structure.relations:
        for column in relation.columns:
            default, type_ = defaults[relation.schema, relation.name, column.name]
            assert column.type == type_
            if column.generated is None:
                assert column.default == default, (relation.name, column.name)


@pytest.mark.parametrize("name", CORPUS_NAMES)
def test_definitions_of_the_corpus(
    name: str, server: PostgresServer, corpus_database: CorpusDatabase
) -> None:
    """What is put together here for real schemas is what the server prints."""
    assert_as_the_server_prints(corpus_database(server, name))


def test_definitions(any_server: PostgresServer, shared_database: SharedDatabase) -> None:
    """The same for every clause of keys, foreign keys, checks and indexes, on every version."""
    files = [HERE / "definitions.sql", HERE / "definitions_15.sql", HERE / "definitions_18.sql"]
    sql = [path.read_text(encoding="utf-8") for path in files if int(path.stem[12:] or 0) <= any_server.major]
    assert_as_the_server_prints(shared_database(any_server, "definitions", "\n".join(sql)))


def test_definitions_of_nasty_schemas(any_server: PostgresServer, shared_database: SharedDatabase) -> None:
    """The same for the ugliest names."""
    assert_as_the_server_prints(shared_database(any_server, "nasty", nasty_sql(any_server.major)))


@pytest.mark.parametrize("family", ["relation_extras", "late_columns", "programming", "regress"])
def test_definitions_of_torture(family: str, any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """The same for objects in unusual forms, with operator classes and types of users."""
    url = load(any_server, [family], make_database)
    try:
        assert_as_the_server_prints(url)
    finally:
        drop_subscriptions(url)


def test_few_definitions_are_asked_for(
    server: PostgresServer, corpus_database: CorpusDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the indexes and checks of a real schema the server prints the unusual ones, each kind once."""
    asked: list[Any] = []
    all_rows = Session.all_rows

    def noted(
        session: Session, queries: list[Query[Any]], alone: Any, **parameters: Any
    ) -> Iterator[list[Any]]:
        if indexes.DEFINITIONS in queries:
            asked.append(parameters)
        return all_rows(session, queries, alone, **parameters)

    monkeypatch.setattr(Session, "all_rows", noted)
    url = corpus_database(server, "nautobot")
    catalog.read(url, operation=False)
    with psycopg.connect(url) as connection:
        unusual = connection.execute(
            "SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.oid >= 16384"
            " AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR c.reloptions IS NOT NULL)"
        ).fetchall()
        checks = connection.execute(
            "SELECT oid FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        ).fetchall()
    assert len(asked) == 1
    assert set(asked[0]["indexes"]) <= {oid for (oid,) in unusual}
    assert set(asked[0]["constraints"]) <= {oid for (oid,) in checks}
    assert len(asked[0]["constraints"]) < len(checks)


SCHEMA = (
    schema_of(40)
    + '\nCREATE TABLE a (id integer PRIMARY KEY, v text COLLATE "C", d date[]);\nCREATE INDEX ON a (d);'
)


class Connections:
    """Counts the connections that are made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        connect = psycopg.connect

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.made += 1
            return connect(*args, **kwargs)

        monkeypatch.setattr(psycopg, "connect", counted)


def bytes_of(snapshot: Snapshot) -> bytes:
    return snapshot_json.encode(snapshot)


def test_two_connections_read_the_same(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large database is read on two connections, a small one on one, and the bytes are the same."""
    url = shared_database(server, "reading", SCHEMA)
    connections = Connections(monkeypatch)
    first = bytes_of(catalog.read(url, operation=False))
    assert connections.made == 1
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    turn = sys.getswitchinterval()
    second = bytes_of(catalog.read(url, operation=False))
    assert connections.made == 3
    assert first == second
    assert sys.getswitchinterval() == turn


@pytest.mark.parametrize("ready", [True, False])
def test_whoever_reads_faster(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch, ready: bool
) -> None:
    """Definitions are put together while the first connection goes on reading, or after it: the same."""
    url = shared_database(server, "reading", SCHEMA)
    first = bytes_of(catalog.read(url, operation=False))
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    monkeypatch.setattr(Beside, "ready", Beside.done if ready else lambda *_: False)
    assert bytes_of(catalog.read(url, operation=False)) == first


@pytest.mark.parametrize(
    "family", ["foreign_data", "leftovers", "privileges", "programming", "replication", "text_search"]
)
def test_what_there_seems_to_be_none_of_is_not_there(
    any_server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    """A reading that begins step by step asks for every family, and gives what the usual one gives."""
    url = load(any_server, [family], make_database)
    try:
        usual = bytes_of(catalog.read(url, operation=False))
        monkeypatch.setattr(Session, "begin_at_once", lambda *_, **__: False)
        assert bytes_of(catalog.read(url, operation=False)) == usual
    finally:
        drop_subscriptions(url)


@pytest.mark.parametrize("shared", [0, reader.SHARED_ABOVE])
def test_large_answers_are_the_same(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch, shared: int
) -> None:
    """What is read one by one because there is much of it is what is read together."""
    url = shared_database(server, "reading", SCHEMA)
    first = bytes_of(catalog.read(url, operation=False))
    monkeypatch.setattr(reader, "SHARED_ABOVE", shared)
    monkeypatch.setattr(reader, "LARGE_ABOVE", 0)
    assert bytes_of(catalog.read(url, operation=False)) == first


def test_two_connections_see_one_moment(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others commit while both read is seen by neither."""
    url = make_database(server, SCHEMA)
    before = catalog.read(url, operation=False).structure
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    # Otherwise all would be read once more, because of the change.
    monkeypatch.setattr(again, "once_more", lambda attempt: attempt(True))
    start = Beside.start

    def change(second: Beside, *work: Any) -> None:
        with psycopg.connect(url) as other:
            other.execute(
                "ALTER TABLE public.a ADD CHECK (id > 0), ADD w integer; CREATE INDEX ON public.a (v)"
            )
        start(second, *work)

    monkeypatch.setattr(Beside, "start", change)
    assert catalog.read(url, operation=False).structure == before


def test_one_connection_where_no_second_is_given(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that may connect once only is read with all the same."""
    url = make_database(server, SCHEMA + "CREATE ROLE once_only LOGIN CONNECTION LIMIT 1;")
    mine = server.url(urlsplit(url).path[1:], "once_only")
    try:
        first = catalog.read(mine, operation=False)
        # The server notices a little later that a connection was closed.
        until(url, "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'once_only'")
        monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
        assert bytes_of(catalog.read(mine, operation=False)) == bytes_of(first)
    finally:
        server.run_sql("postgres", "DROP ROLE once_only;")


def test_one_connection_where_no_snapshot_is_exported(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that refuses to export its snapshot, or does not know it, is read on one connection."""
    url = shared_database(server, "reading", SCHEMA)
    first = bytes_of(catalog.read(url, operation=False))
    # The condition of export's CASE comes from here: it divides by zero.
    monkeypatch.setattr(reader, "SHARED_ABOVE", "1 / 0")
    assert bytes_of(catalog.read(url, operation=False)) == first
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    monkeypatch.setattr(
        reader, "beside", lambda source, _, **limits: beside(source, "00000000-00000000-1", **limits)
    )
    assert bytes_of(catalog.read(url, operation=False)) == first


def test_the_second_connection_is_no_client(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is connected besides does not count pgdossier's own connections."""
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    found = catalog.read(shared_database(server, "reading", SCHEMA))
    assert "pgdossier" not in {client.application for client in found.operation.topology.clients}


def test_without_pipelines(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old libpq, which has no pipelines and gives no answer in pieces, reads the same."""
    url = shared_database(server, "reading", SCHEMA)
    first = bytes_of(catalog.read(url, operation=False))

    def refused(*_: object) -> None:
        raise AssertionError("no pipeline was to be begun")

    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
    monkeypatch.setattr(type(psycopg.capabilities), "has_stream_chunked", lambda _: False)
    monkeypatch.setattr(psycopg.Connection, "pipeline", refused)
    assert bytes_of(catalog.read(url, operation=False)) == first


@pytest.mark.parametrize("above", [0, reader.SHARED_ABOVE])
def test_refused_queries_are_gaps_in_every_mode(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, above: int
) -> None:
    """Queries of a pipeline and of each connection are refused: gaps, and all the rest is there."""
    url = make_database(
        server,
        SCHEMA
        + """
        REVOKE SELECT ON pg_catalog.pg_policy, pg_catalog.pg_enum, pg_catalog.pg_trigger FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION pg_catalog.pg_get_indexdef(oid) FROM PUBLIC;
        CREATE ROLE reads_less LOGIN;
        """,
    )
    monkeypatch.setattr(reader, "SHARED_ABOVE", above)
    try:
        found = catalog.read(server.url(urlsplit(url).path[1:], "reads_less"), operation=False).structure
    finally:
        server.run_sql("postgres", "DROP ROLE reads_less;")
    families = {gap.family for gap in found.gaps}
    assert families == {"policies", "types", "triggers", "indexes", "dependencies"}
    assert len(found.relations) == 81
    assert all(relation.primary_key for relation in found.relations if relation.kind == "table")
    assert len(found.routines) == 1


def test_an_error_of_the_second_connection_ends_the_reading(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same error as on one connection, and no thread stays."""
    url = shared_database(server, "reading", SCHEMA)
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    bad = Query(indexes.QUERY.family, "SELECT 1 / 0", indexes.QUERY.row)
    monkeypatch.setattr(indexes, "QUERY", bad)
    with pytest.raises(ServerError, match="reading the indexes failed: division by zero"):
        catalog.read(url)
    dead = Query(indexes.QUERY.family, "SELECT pg_terminate_backend(pg_backend_pid())", indexes.QUERY.row)
    monkeypatch.setattr(indexes, "QUERY", dead)
    with pytest.raises(ConnectionFailed, match="was lost while reading the indexes"):
        catalog.read(url)
    assert [thread for thread in threading.enumerate() if thread.name == "pgdossier-beside"] == []


def test_an_error_of_the_first_connection_ends_the_second(
    server: PostgresServer, shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the second connection waits for is cancelled when the first one fails."""
    url = shared_database(server, "reading", SCHEMA)
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    waiting = Query(indexes.QUERY.family, "SELECT pg_catalog.pg_sleep(600)", indexes.QUERY.row)
    monkeypatch.setattr(indexes, "QUERY", waiting)
    monkeypatch.setattr(policies, "QUERY", Query("policies", "SELECT 1 / 0", policies.QUERY.row))
    with pytest.raises(ServerError, match="reading the policies failed"):
        catalog.read(url, statement_timeout=0)


def test_a_slow_line_is_waited_for_a_few_times(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Over a line with 10 ms for each answer, 40 tables and 120 take about the same few waits."""
    if not psycopg.Pipeline.is_supported():
        pytest.skip("this libpq has no pipelines")
    waits = []
    for tables in (40, 120):
        url = make_database(server, schema_of(tables))
        direct = catalog.read(url, operation=False)
        with delaying(url, 0.01) as line:
            slow = f"postgresql://postgres@127.0.0.1:{line.port}{urlsplit(url).path}?sslmode=disable&gssencmode=disable"
            assert bytes_of(catalog.read(slow, operation=False)) == bytes_of(direct)
        waits.append(line.waits)
    # One wait for each query would be more than fifty; a large packet may come in two.
    assert max(waits) <= 15
    assert abs(waits[0] - waits[1]) <= 3
