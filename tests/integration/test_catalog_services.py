"""Text search, foreign data and replication, as the reader finds them on every version."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.catalog.foreign_options import readable_options
from pgdossier.ddl.script import schema_script
from pgdossier.model import snapshot_json
from pgdossier.model.foreign_data import UserMapping
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from tests.conftest import MakeDatabase, SharedDatabase
from tests.support.roundtrip import drop_subscriptions
from tests.support.servers import PostgresServer

READER = "services_reader"
READER_ONCE = f"""
DO $$BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN CREATE ROLE {READER} LOGIN; END IF;
END$$;
"""


def read_text(snapshot: Snapshot) -> str:
    """All that was read and all that is written from it."""
    return snapshot_json.encode(snapshot).decode() + schema_script(snapshot)


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ("schema_name=x", True),
        ("host=db", True),
        ("updatable=true", True),
        ("column_name=password", True),
        ("password_required=false", True),
        ("key=true", True),
        ("empty=", True),
        ("url=https://example.com/path", True),
        ("key=AKIA1234", False),
        ("password=x", False),
        ("PassWord=x", False),
        ("password=false", False),
        ("api_key=x", False),
        ("aws_secret_access_key=x", False),
        ("bearer_token=x", False),
        ("sslpassphrase=x", False),
        ("url=postgresql://u:p@h", False),
        ("connection=host=h password=x", False),
        ("odbc=DSN=d;UID=u;Pwd = x", False),
        ("sas=https://example.com/?sv=1&sig=x", False),
        ("program=curl -H 'Authorization: Basic x'", False),
        ("program=tool --password x", False),
    ],
)
def test_options_that_hint_at_secrets(option: str, shown: bool, server: PostgresServer) -> None:
    """The server itself keeps the values of options whose name or value hints at a secret."""
    name, _, value = option.partition("=")
    with psycopg.connect(server.url()) as connection:
        found = readable_options("(SELECT 1 AS id, %(options)s::text[] AS options) x", "x.id", "x.options")
        query = f"SELECT o.options FROM {found} o"
        row = connection.execute(query.encode(), {"options": [option]}).fetchone()
    assert row is not None
    assert row[0] == [[name, value if shown else None]]


SECRETS = (
    """
    CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'on', auth_token 'hidden-1');
    CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', "API key" 'hidden-2', url 'http://u:hidden-3@h');
    CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'guest', password 'hidden-4');
    CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS ("user" 'me', secret 'hidden-5');
    CREATE FOREIGN TABLE t (id integer OPTIONS (column_name 'ID', token 'hidden-6'), b text)
        SERVER s OPTIONS (table_name 't', passphrase 'hidden-7');
    """
    + READER_ONCE
)


@pytest.fixture
def secrets_url(any_server: PostgresServer, shared_database: SharedDatabase) -> str:
    """A database in which every place for options holds a secret."""
    return shared_database(any_server, "foreign_secrets", SECRETS)


def test_secrets_of_foreign_data(
    secrets_url: str, any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """No secret is read, even as a superuser; the script says what is missing and runs without it."""
    snapshot = catalog.read(secrets_url)
    structure = snapshot.structure
    assert structure.gaps == ()
    assert "hidden-" not in read_text(snapshot)
    (wrapper,), (found,) = structure.foreign_data_wrappers, structure.foreign_servers
    assert wrapper.options == (("debug", "on"), ("auth_token", None))
    assert found.options == (("host", "h"), ("API key", None), ("url", None))
    assert found.user_mappings == (
        UserMapping(role=None, options=(("user", "guest"), ("password", None))),
        UserMapping(role="postgres", options=(("user", "me"), ("secret", None))),
    )
    script = schema_script(snapshot)
    assert script.count("its value was not read") == 7
    rebuilt = catalog.read(make_database(any_server, script)).structure
    assert rebuilt.foreign_servers[0].options == (("host", "h"),)
    assert rebuilt.relations[0].column("id").foreign_options == (("column_name", "ID"),)


def test_hidden_user_mappings(secrets_url: str, any_server: PostgresServer) -> None:
    """A role that may not see the options of user mappings gets them without, and a gap."""
    database = secrets_url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    structure = catalog.read(any_server.url(database, READER)).structure
    assert [mapping.role for mapping in structure.foreign_servers[0].user_mappings] == [None, "postgres"]
    assert all(mapping.options == () for mapping in structure.foreign_servers[0].user_mappings)
    assert [gap.family for gap in structure.gaps] == ["user mappings"]


def test_objects_of_extensions_are_left_out(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A wrapper that an extension made goes with it; the servers of this wrapper are the user's own."""
    url = make_database(
        server,
        "CREATE EXTENSION postgres_fdw; CREATE EXTENSION unaccent;"
        "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd');",
    )
    snapshot = catalog.read(url)
    assert snapshot.structure.foreign_data_wrappers == ()
    assert snapshot.structure.text_search_dictionaries == ()
    assert snapshot.structure.text_search_templates == ()
    assert [found.wrapper for found in snapshot.structure.foreign_servers] == ["postgres_fdw"]
    rebuilt = catalog.read(make_database(server, schema_script(snapshot)))
    assert rebuilt.structure.foreign_servers == snapshot.structure.foreign_servers


SUBSCRIBED = (
    """
    CREATE TABLE t (id integer PRIMARY KEY);
    CREATE SUBSCRIPTION "A ""sub"" x" CONNECTION 'host=localhost password=hidden-8'
        PUBLICATION one, "Two" WITH (connect = false, slot_name = 'a_slot');
    COMMENT ON SUBSCRIPTION "A ""sub"" x" IS 'its comment';
    CREATE SUBSCRIPTION without_slot CONNECTION 'password=hidden-9'
        PUBLICATION one WITH (connect = false, slot_name = NONE);
    """
    + READER_ONCE
)


@pytest.fixture
def subscribed(any_server: PostgresServer, make_database: MakeDatabase) -> Iterator[tuple[str, str]]:
    """A database with subscriptions: its URL for a superuser and for a role without rights."""
    url = make_database(any_server, SUBSCRIBED)
    yield url, any_server.url(url.split("?")[0].rsplit("/", 1)[1], READER)
    drop_subscriptions(url)


def test_subscriptions(subscribed: tuple[str, str]) -> None:
    """Everybody may read of subscriptions what there is to read; the connection string is not there."""
    for url in subscribed:
        snapshot = catalog.read(url)
        first, second = snapshot.structure.subscriptions
        assert snapshot.structure.gaps == ()
        assert (first.name, first.enabled, first.slot) == ('A "sub" x', False, "a_slot")
        assert first.publications == ("one", "Two")
        assert first.comment == "its comment"
        assert (second.slot, second.comment) == (None, None)
        assert "hidden-" not in read_text(snapshot)


def test_subscriptions_of_other_databases(
    subscribed: tuple[str, str], any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """pg_subscription holds those of all databases: only one's own are read, and none is made again."""
    script = schema_script(catalog.read(subscribed[0]))
    assert "-- CREATE SUBSCRIPTION without_slot" in script
    assert catalog.read(make_database(any_server, script)).structure.subscriptions == ()


SCOPED = """
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TEXT SEARCH CONFIGURATION a.needed (COPY = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION a.other (COPY = pg_catalog.simple);
CREATE FOREIGN DATA WRAPPER near_wrapper;
CREATE FOREIGN DATA WRAPPER far_wrapper;
CREATE SERVER near_server FOREIGN DATA WRAPPER near_wrapper;
CREATE SERVER far_server FOREIGN DATA WRAPPER far_wrapper;
CREATE TABLE a.t (id integer, config regconfig DEFAULT 'a.needed'::regconfig);
CREATE FOREIGN TABLE a.f (id integer) SERVER near_server;
CREATE TABLE b.t (id integer);
CREATE PUBLICATION "both" FOR TABLE a.t, b.t;
CREATE PUBLICATION only_b FOR TABLE b.t;
CREATE PUBLICATION everything FOR ALL TABLES;
"""


def test_scope(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Where relations were asked for, only what they need and what publishes them is there."""
    url = make_database(server, SCOPED)
    structure = catalog.read(url, include=("a.t", "a.f")).structure
    assert [found.name for found in structure.text_search_configurations] == ["needed"]
    assert [found.name for found in structure.foreign_servers] == ["near_server"]
    assert [found.name for found in structure.foreign_data_wrappers] == ["near_wrapper"]
    assert {found.name: [table.relation for table in found.tables] for found in structure.publications} == {
        "both": [QualifiedName("a", "t")],
        "everything": [],
    }
    whole = catalog.read(url).structure
    assert len(whole.text_search_configurations) == len(whole.foreign_servers) == 2
    assert len(whole.publications) == 3
