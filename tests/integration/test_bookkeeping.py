"""What is read of the bookkeeping of migration tools, and what is not, on every version."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from pgdossier import catalog
from pgdossier.analysis import analyse, migrations
from pgdossier.model import snapshot_json
from pgdossier.model.migrations import MigrationHistory
from pgdossier.model.snapshot import Snapshot
from tests.conftest import MakeDatabase
from tests.support import migration_tools
from tests.support.servers import PostgresServer

READER = "bookkeeping_reader"


def histories(snapshot: Snapshot) -> dict[str, MigrationHistory]:
    """What was read, by schema."""
    return {one.schema: one for one in snapshot.operation.migrations}


def gaps(snapshot: Snapshot) -> list[tuple[str, str | None]]:
    """What was not read of migrations, and what would help."""
    return [(gap.reason, gap.remedy) for gap in snapshot.operation.gaps if gap.family == "migrations"]


def test_every_tool_by_its_own_tables(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Each tool is named, its rows are read in its own order, and nothing that it keeps besides."""
    url = make_database(any_server, migration_tools.sql())
    snapshot = catalog.read(url)
    found = {
        schema: (
            one.tool,
            [(each.version, each.name, each.part, each.applied_at, each.state) for each in one.applied],
        )
        for schema, one in histories(snapshot).items()
    }
    assert found == migration_tools.STANDING
    assert gaps(snapshot) == []
    assert b"hidden" not in snapshot_json.encode(snapshot)
    tools = {tool.table.schema for tool in analyse(snapshot).migrations if tool.history}
    assert tools == set(migration_tools.STANDING)


@pytest.mark.parametrize(
    ("schema", "standing"),
    [
        ("alembic", ["ae1027a6acf"]),
        ("django", ["0001_initial", "0002_price"]),
        ("flyway", ["1"]),
        ("rails", ["20240506070809"]),
        ("golang", []),
        ("prisma", ["20240101_init"]),
        ("goose", ["1"]),
        ("sqlx", ["20240101"]),
    ],
)
def test_where_the_schema_stands(
    server: PostgresServer, make_database: MakeDatabase, schema: str, standing: list[str]
) -> None:
    """The current version is the newest that is applied, not undone, and did not fail."""
    text = migration_tools.TOOLS[schema]
    url = make_database(server, f"CREATE SCHEMA {schema}; SET search_path TO {schema}; {text}")
    history = histories(catalog.read(url))[schema]
    assert [one.version or one.name for one in migrations.current(history)] == standing


HOSTILE = """
CREATE TABLE canary (note text);
CREATE FUNCTION bait() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN RAISE EXCEPTION 'somebody ran the bait'; END $$;

CREATE SCHEMA viewed;
CREATE VIEW viewed.alembic_version AS SELECT bait() AS version_num;
CREATE SCHEMA shaped;
CREATE TABLE shaped.alembic_version (version_num_of text, secret text);
INSERT INTO shaped.alembic_version VALUES ('x', 'zebra');
CREATE SCHEMA typed;
CREATE DOMAIN typed.word AS text;
CREATE TYPE typed.mood AS ENUM ('zebra');
CREATE TABLE typed.alembic_version (version_num typed.mood);
INSERT INTO typed.alembic_version VALUES ('zebra');
CREATE SCHEMA jsoned;
CREATE TABLE jsoned.alembic_version (version_num json);
INSERT INTO jsoned.alembic_version VALUES ('"zebra"');
CREATE SCHEMA parted;
CREATE TABLE parted.alembic_version (version_num text) PARTITION BY LIST (version_num);
CREATE SCHEMA computed;
CREATE TABLE computed.alembic_version (
    base text, version_num text GENERATED ALWAYS AS (base || 'zebra') STORED);
INSERT INTO computed.alembic_version VALUES ('x');
CREATE SCHEMA secured;
CREATE TABLE secured.alembic_version (version_num text);
INSERT INTO secured.alembic_version VALUES ('zebra');
ALTER TABLE secured.alembic_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY hides ON secured.alembic_version USING (bait() IS NOT NULL);
CREATE SCHEMA private;
CREATE TABLE private.alembic_version (version_num text);
INSERT INTO private.alembic_version VALUES ('zebra');
CREATE SCHEMA "we%ird ""name"" {x}";
CREATE TABLE "we%ird ""name"" {x}".alembic_version (version_num text);
INSERT INTO "we%ird ""name"" {x}".alembic_version VALUES (E'a|b`c\\nd%s');
CREATE SCHEMA heired;
CREATE TABLE heired.alembic_version (version_num text);
CREATE TABLE heired.child () INHERITS (heired.alembic_version);
INSERT INTO heired.child VALUES ('zebra');
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bookkeeping_reader') THEN
    CREATE ROLE bookkeeping_reader LOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA viewed, shaped, typed, jsoned, parted, computed, secured, heired,
    "we%ird ""name"" {x}" TO bookkeeping_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA viewed, shaped, typed, jsoned, parted, computed, secured, heired,
    "we%ird ""name"" {x}" TO bookkeeping_reader;
"""


@pytest.mark.xdist_group("bookkeeping")
def test_what_only_looks_like_bookkeeping(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Views, other shapes, computed columns, other types, secured rows: nothing is read, no code is run."""
    database = make_database(any_server, HOSTILE)
    name = conninfo_to_dict(database)["dbname"]
    assert isinstance(name, str)
    try:
        snapshot = catalog.read(any_server.url(name, READER))
        found = {
            schema: [each.version for each in one.applied] for schema, one in histories(snapshot).items()
        }
        assert found == {'we%ird "name" {x}': ["a|b`c\nd%s"], "heired": []}
        assert "zebra" not in str(snapshot.operation)
        told = dict(gaps(snapshot))
        named = {schema: remedy for schema in told for remedy in [told[schema]]}
        reasons = {reason.split(".")[0].removeprefix("the rows of "): reason for reason in named}
        assert reasons.keys() == {"typed", "jsoned", "parted", "computed", "secured", "private"}
        assert told[reasons["private"]] == (
            "grant SELECT on private.alembic_version, or pg_read_all_data, to the role that reads"
        )
        assert "row security" in reasons["secured"]
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY {READER}")
            connection.execute(f"DROP ROLE {READER}")


def test_only_when_it_is_asked_for(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Without `activity`, and for tables that are left out, no row is read."""
    url = make_database(server, "CREATE TABLE alembic_version (version_num text);")
    assert catalog.read(url, operation=False).operation.migrations == ()
    assert catalog.read(url, exclude=("public.alembic*",)).operation.migrations == ()
    assert len(catalog.read(url).operation.migrations) == 1


def test_a_locked_table_costs_a_gap(server: PostgresServer, make_database: MakeDatabase) -> None:
    """While a migration holds its table, the document is made without it, and says so."""
    url = make_database(server, "CREATE TABLE alembic_version (version_num text);")
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE alembic_version")
        snapshot = catalog.read(url, lock_timeout=0.2)
    assert snapshot.operation.migrations == ()
    assert "lock" in gaps(snapshot)[0][0]


def test_the_newest_of_many(server: PostgresServer, make_database: MakeDatabase) -> None:
    """No more than 500 rows are read, and that there are older ones is known."""
    url = make_database(
        server,
        """
        CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp);
        INSERT INTO schema_migrations SELECT n, '2024-01-01' FROM generate_series(1, 700) n;
        """,
    )
    (history,) = catalog.read(url).operation.migrations
    assert (len(history.applied), history.cut, history.applied[0].version) == (500, True, "700")
