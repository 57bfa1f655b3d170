"""Databases that are not as they should be: without an encoding, at the limits, damaged, managed."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from pgdossier import catalog, pipeline
from pgdossier.analysis import hosting
from pgdossier.config import Config, Diagrams, Source
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.progress import SILENT
from pgdossier.servers.binaries import Binaries
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.process import Account, RunAs, environment
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer


def only(found: Snapshot, name: str) -> Any:
    """That relation."""
    return next(each for each in found.structure.relations if each.name == name)


@contextlib.contextmanager
def encoded(server: PostgresServer, encoding: str) -> Iterator[psycopg.Connection[Any]]:
    """A database of that encoding, and a session in it that sends bytes as they are."""
    name = f"odd_{encoding.lower()}"
    server.run_sql(
        "postgres",
        f"DROP DATABASE IF EXISTS {name};"
        f" CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0;",
    )
    try:
        with psycopg.connect(
            server.url(name), autocommit=True, client_encoding=encoding, application_name="odd"
        ) as connection:
            yield connection
    finally:
        server.drop_database(name)


# --- low OIDs ------------------------------------------------------------------------------------

# One statement a line, as a single-user server reads them.
EARLY = """
CREATE TABLE public.t (id integer PRIMARY KEY, a integer, b integer);
CREATE COLLATION public.early (locale = 'C');
CREATE CONVERSION public.early FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE FUNCTION public.early() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER early ON ddl_command_end EXECUTE FUNCTION public.early();
CREATE FOREIGN DATA WRAPPER early;
CREATE SERVER early FOREIGN DATA WRAPPER early;
CREATE USER MAPPING FOR PUBLIC SERVER early;
CREATE PUBLICATION early FOR TABLE public.t;
CREATE STATISTICS public.early ON a, b FROM public.t;
CREATE TEXT SEARCH CONFIGURATION public.early (COPY = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY public.early (TEMPLATE = pg_catalog.simple);
CREATE OPERATOR public.=== (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR FAMILY public.early USING btree;
CREATE OPERATOR CLASS public.early FOR TYPE integer USING btree FAMILY public.early AS STORAGE integer;
"""


class _Prepared(EmbeddedServer):
    """A server in which a single-user server has made objects before its first start, as packages do."""

    def _make_data(self, binaries: Binaries, account: Account | None, data: Path) -> None:
        super()._make_data(binaries, account, data)
        run_as: RunAs = account.run_as if account is not None else {}
        done = subprocess.run(
            [binaries.program("postgres"), "--single", "-D", str(data), "postgres"],
            input=EARLY.lstrip(),
            check=True,
            capture_output=True,
            text=True,
            cwd=data,
            env=environment(binaries.library_path),
            **run_as,
        )
        assert "ERROR" not in done.stdout + done.stderr


def test_what_was_made_before_the_first_start(server: PostgresServer) -> None:
    """Objects of users with OIDs below 16384 are read: no kind is taken for absent by its OIDs."""
    if not isinstance(server, EmbeddedServer):
        pytest.skip("a server that runs already has no moment before its first start")
    with _Prepared(server.binaries) as prepared:
        with psycopg.connect(prepared.url()) as connection:
            oids = connection.execute("SELECT oid::pg_catalog.int8 FROM pg_catalog.pg_publication").fetchone()
        found = catalog.read(prepared.url()).structure
    assert oids is not None
    assert oids[0] < 16384
    assert {
        name: len(getattr(found, name))
        for name in (
            "collations",
            "conversions",
            "event_triggers",
            "extended_statistics",
            "foreign_data_wrappers",
            "foreign_servers",
            "operator_classes",
            "operator_families",
            "operators",
            "publications",
            "text_search_configurations",
            "text_search_dictionaries",
        )
        if len(getattr(found, name)) != 1
    } == {}
    assert len(found.foreign_servers[0].user_mappings) == 1
    assert [each.relation.name for each in found.publications[0].tables] == ["t"]
    assert len(found.text_search_configurations[0].mappings) > 1


# --- encodings -----------------------------------------------------------------------------------


def test_bytes_without_an_encoding(server: PostgresServer, tmp_path: Path) -> None:
    r"""In an SQL_ASCII database names, comments, enum values and defaults hold any bytes: each is `\xNN`.

    What is UTF-8 is shown as such, a gap says so, and the whole document is made.
    """
    with encoded(server, "SQL_ASCII") as connection:
        connection.execute(b'CREATE TABLE "caf\xe9" (id integer, "na\xefve" text DEFAULT \'\xff\')')
        connection.execute("CREATE TABLE café (id integer)".encode())
        connection.execute(b"COMMENT ON TABLE \"caf\xe9\" IS 'ol\xe9, \xf0\x9f\x8d\xba'")
        connection.execute(b"CREATE TYPE mood AS ENUM ('\xe9', '\xea')")
        connection.execute(b'CREATE VIEW seen AS SELECT "na\xefve" FROM "caf\xe9"')
        connection.execute(b'CREATE SEQUENCE "s\xe9q"; SELECT nextval(\'"s\xe9q"\')')
        url = server.url(connection.info.dbname)
        found = catalog.read(url)
        ran = pgdossier("generate", url, "-o", tmp_path / "document", home=tmp_path)
    assert [each.name for each in found.structure.relations] == ["caf\\xe9", "café", "seen"]
    table = only(found, "caf\\xe9")
    assert table.comment == "ol\\xe9, 🍺"
    assert [column.name for column in table.columns] == ["id", "na\\xefve"]
    assert table.columns[1].default == "'\\xff'::text"
    assert found.structure.enums[0].labels == ("\\xe9", "\\xea")
    assert "caf\\xe9" in (only(found, "seen").definition or "")
    assert [gap.reason for gap in found.structure.gaps] == [
        "some hold bytes that are not UTF-8; each such byte stands here as \\xNN"
    ]
    assert snapshot_json.decode(snapshot_json.encode(found)).structure == found.structure
    assert ran.returncode == 0, ran.stderr


def test_another_encoding(server: PostgresServer) -> None:
    """A LATIN1 database is read as what it says, and nothing is a gap."""
    with encoded(server, "LATIN1") as connection:
        connection.execute('CREATE TABLE "café" (id integer)')
        connection.execute("COMMENT ON TABLE \"café\" IS 'olé ÿ'")
        found = catalog.read(server.url(connection.info.dbname))
    assert only(found, "café").comment == "olé ÿ"
    assert found.structure.gaps == ()


def test_a_role_of_another_encoding(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A role that a LATIN1 database named is no UTF-8 in the others; they are read all the same."""
    url = make_database(server, "CREATE TABLE public.t (id integer); COMMENT ON TABLE public.t IS 'ünï';")
    with encoded(server, "LATIN1") as connection:
        connection.execute('CREATE ROLE "andré" SUPERUSER')
        try:
            found = catalog.read(url)
        finally:
            connection.execute('DROP ROLE "andré"')
    assert only(found, "t").comment == "ünï"
    assert "andr\\xe9" in {role.name for role in found.structure.roles}


# --- limits --------------------------------------------------------------------------------------


def test_the_largest_there_is(server: PostgresServer, make_database: MakeDatabase) -> None:
    """1,600 columns, names of 63 bytes, a comment of 10 MB and 100,000 enum values are read whole."""
    longest = "ö" * 31 + "x"
    columns = ", ".join(f"c{number} integer" for number in range(1600))
    url = make_database(
        server,
        f"""
        CREATE TABLE public.wide ({columns});
        CREATE TABLE public."{longest}" ("{longest}" integer CONSTRAINT "{longest}" CHECK ("{longest}" > 0));
        COMMENT ON TABLE public.wide IS 'x';
        DO $$ BEGIN EXECUTE format('COMMENT ON TABLE public.wide IS %L', repeat('ä|`<', 2000000)); END $$;
        DO $$ BEGIN
            EXECUTE (SELECT format('CREATE TYPE public.many AS ENUM (%s)', string_agg(quote_literal(n), ','))
                       FROM generate_series(1, 100000) n);
        END $$;
        """,
    )
    found = catalog.read(url)
    assert len(only(found, "wide").columns) == 1600
    assert len(only(found, "wide").comment.encode()) == 10_000_000
    assert len(found.structure.enums[0].labels) == 100_000
    table = only(found, longest)
    assert (table.columns[0].name, table.checks[0].name) == (longest, longest)
    assert found.structure.gaps == ()


# --- damage --------------------------------------------------------------------------------------

SOUND = """
CREATE TABLE public.users (
    id integer PRIMARY KEY,
    name text DEFAULT 'x' CHECK (name <> ''),
    twice integer GENERATED ALWAYS AS (id * 2) STORED);
CREATE INDEX users_lower ON public.users (lower(name));
CREATE TABLE public.orders (id integer PRIMARY KEY, user_id integer REFERENCES public.users);
CREATE VIEW public.buyers AS SELECT u.name FROM public.users u JOIN public.orders o ON o.user_id = u.id;
CREATE VIEW public.fine AS SELECT id FROM public.orders;
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION public.g(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER t BEFORE UPDATE ON public.users FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION public.f();
CREATE POLICY p ON public.users USING (id > 0);
CREATE STATISTICS public.s ON id, name FROM public.users;
CREATE TYPE public.mood AS ENUM ('ok');
CREATE TABLE public.moods (m public.mood, n public.mood[]);
CREATE SEQUENCE public.counted OWNED BY public.orders.id;
CREATE TABLE public.parted (id integer) PARTITION BY RANGE (id);
CREATE TABLE public.part PARTITION OF public.parted FOR VALUES FROM (0) TO (10);
"""

DAMAGES = {
    "a default": "DELETE FROM pg_attrdef WHERE adrelid = 'users'::regclass AND adnum = 2",
    "a generation expression": "DELETE FROM pg_attrdef WHERE adrelid = 'users'::regclass AND adnum = 3",
    "the table of a check": "UPDATE pg_constraint SET conrelid = 4242424 WHERE conname = 'users_name_check'",
    "the index of a key": "DELETE FROM pg_index WHERE indexrelid = 'public.users_pkey'::regclass",
    "a key without its constraint": "DELETE FROM pg_constraint WHERE conname = 'users_pkey'",
    "the key that a foreign key needs": "DELETE FROM pg_class WHERE relname = 'users_pkey'",
    "the table of a trigger": "UPDATE pg_trigger SET tgrelid = 4242424 WHERE tgname = 't'",
    "the function of a trigger": "DELETE FROM pg_proc WHERE proname = 'f'",
    "the rule of a view": "DELETE FROM pg_rewrite WHERE ev_class = 'public.buyers'::regclass",
    "a table of a view": "DELETE FROM pg_class WHERE oid = 'public.users'::regclass",
    "a column of a view": "DELETE FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum = 2",
    "the owner of a table": "UPDATE pg_class SET relowner = 4242424 WHERE oid = 'public.users'::regclass",
    "the schema of a table": "UPDATE pg_class SET relnamespace = 4242424 WHERE oid = 'users'::regclass",
    "the type of a column": "DELETE FROM pg_type WHERE typname = 'mood'",
    "the language of a function": "UPDATE pg_proc SET prolang = 4242424 WHERE proname = 'g'",
    "an argument of a function": "UPDATE pg_proc SET proargtypes = '4242424' WHERE proname = 'g'",
    "the table of statistics": "UPDATE pg_statistic_ext SET stxrelid = 4242424 WHERE stxname = 's'",
    "the table of a policy": "UPDATE pg_policy SET polrelid = 4242424 WHERE polname = 'p'",
    "the operator class of an index": "UPDATE pg_index SET indclass = '4242424'"
    " WHERE indexrelid = 'public.users_lower'::regclass",
    "what an index is on": "UPDATE pg_index SET indkey = '77', indexprs = NULL"
    " WHERE indexrelid = 'public.users_lower'::regclass",
    "a dependency": "DELETE FROM pg_depend WHERE refobjid = 'public.orders'::regclass",
    "a dependency on nothing": "UPDATE pg_depend SET refobjid = 4242424"
    " WHERE refobjid = 'public.orders'::regclass",
    "a parent of partitions": "DELETE FROM pg_partitioned_table",
    "an inheritance": "UPDATE pg_inherits SET inhparent = 4242424",
    "the values of an enum": "DELETE FROM pg_enum",
    "a sequence": "DELETE FROM pg_sequence",
    "an access method": "UPDATE pg_class SET relam = 4242424 WHERE relname IN ('users', 'users_lower')",
    "an array of types": "UPDATE pg_type SET typelem = 4242424 WHERE typname = '_mood'",
    "an unknown code": "UPDATE pg_constraint SET confupdtype = 'z', contype = 'z' WHERE contype = 'f'",
}


@pytest.fixture(scope="module")
def sound(server: PostgresServer) -> Iterator[str]:
    """The name of a database to be copied and damaged."""
    name = "odd_sound"
    server.drop_database(name)
    server.create_database(name)
    server.run_sql(name, SOUND)
    yield name
    server.drop_database(name)


@pytest.mark.parametrize("what", DAMAGES)
def test_damaged_catalogs(
    server: PostgresServer, make_database: MakeDatabase, sound: str, what: str, tmp_path: Path
) -> None:
    """A catalog that contradicts itself is no reason to stop: the rest is read, and can be documented."""
    url = make_database(server, template=sound)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET allow_system_table_mods = on")
        connection.execute(DAMAGES[what].encode())
    found = catalog.read(url)
    assert {"orders", "moods", "part"} <= {each.name for each in found.structure.relations}
    assert only(found, "orders").primary_key is not None
    assert snapshot_json.decode(snapshot_json.encode(found)).structure == found.structure
    told = [gap.reason for gap in found.structure.gaps]
    if what == "the owner of a table":
        assert only(found, "users").owner == "unknown (OID=4242424)"
    elif what == "the values of an enum":  # an enum without values is sound
        assert found.structure.enums[0].labels == ()
    else:
        assert told
    saved, document = tmp_path / "snapshot.json", tmp_path / "document"
    saved.write_bytes(snapshot_json.encode(found))
    config = Config(
        source=Source(path=saved), output=document, diagrams=Diagrams(enabled=False), layout="single"
    )
    pipeline.generate(config, SILENT)
    assert ("What could not be read" in (document / "README.md").read_text()) == bool(told)


# --- managed services ----------------------------------------------------------------------------

# What the services keep from everybody, in one form or another: catalogs, views, functions.
HIDDEN = """
    pg_authid pg_shadow pg_subscription pg_user_mapping pg_statistic pg_statistic_ext_data
    pg_largeobject pg_hba_file_rules pg_file_settings pg_ident_file_mappings pg_config
    pg_stat_activity pg_stat_replication pg_stat_wal_receiver pg_stat_subscription
    pg_replication_slots pg_stat_archiver pg_stat_bgwriter pg_stat_checkpointer pg_stat_wal
    pg_stat_database pg_stat_user_tables pg_stat_all_tables pg_locks pg_stat_all_indexes
    pg_prepared_xacts pg_db_role_setting pg_stats pg_available_extensions
    pg_seclabels pg_roles pg_auth_members pg_event_trigger pg_publication
"""
REVOKED = """
    pg_stat_get_activity(integer) pg_stat_get_wal_senders() pg_stat_get_wal_receiver()
    pg_get_replication_slots() pg_stat_get_archiver() pg_stat_get_wal() pg_database_size(oid)
    pg_sequence_last_value(regclass) pg_lock_status() pg_export_snapshot() pg_ls_waldir()
    pg_stat_get_db_xact_commit(oid) pg_postmaster_start_time() pg_current_wal_lsn()
    pg_xact_status(xid8)
"""

TENANT = """
CREATE TABLE public.users (id integer PRIMARY KEY, name text DEFAULT 'x' CHECK (name <> ''));
CREATE VIEW public.seen AS SELECT id FROM public.users;
CREATE SEQUENCE public.counted;
"""

_EXTENSION = "INSERT INTO pg_extension SELECT 90001 + n, name, 10, 11, true, '2.14', NULL, NULL" + (
    " FROM unnest('{{{}}}'::text[]) WITH ORDINALITY x (name, n)"
)
SERVICES = {
    "Amazon Aurora PostgreSQL": (
        "PostgreSQL 15.4 on aarch64-unknown-linux-gnu, compiled by aarch64-unknown-linux-gnu-gcc 9.5.0",
        "CREATE FUNCTION pg_catalog.aurora_version() RETURNS text LANGUAGE sql AS $$SELECT '15.4'$$",
    ),
    "Google Cloud SQL for PostgreSQL": (
        "PostgreSQL 15.7 on x86_64-pc-linux-gnu, compiled by Debian clang version 12.0.1, 64-bit",
        "CREATE ROLE cloudsqlsuperuser; CREATE DATABASE cloudsqladmin",
    ),
    "Azure Database for PostgreSQL": (
        "PostgreSQL 16.3 on x86_64-pc-linux-gnu, compiled by gcc 9.4.0, 64-bit",
        "CREATE ROLE azure_pg_admin; CREATE DATABASE azure_maintenance",
    ),
    "Neon": (
        "PostgreSQL 16.3 on x86_64-pc-linux-gnu, compiled by gcc (Debian 10.2.1-6) 10.2.1 20210110, 64-bit",
        "CREATE ROLE neon_superuser; " + _EXTENSION.format("neon"),
    ),
    "Supabase, as a service or self-hosted": (
        "PostgreSQL 15.1 (Ubuntu 15.1-1.pgdg20.04+1) on x86_64-pc-linux-gnu, compiled by gcc 9.4.0, 64-bit",
        "CREATE ROLE supabase_admin; " + _EXTENSION.format("supabase_vault"),
    ),
    "Timescale Cloud": (
        "PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc 9.4.0, 64-bit",
        "CREATE ROLE tsdbadmin; " + _EXTENSION.format("timescaledb,timescaledb_osm"),
    ),
    "Citus": (
        "PostgreSQL 16.2 on x86_64-pc-linux-gnu, compiled by gcc 9.4.0, 64-bit",
        _EXTENSION.format("citus"),
    ),
}


@pytest.fixture
def tenant(server: PostgresServer, make_database: MakeDatabase) -> Iterator[tuple[str, str]]:
    """A database of a tenant, as the superuser and as the tenant reach it."""
    url = make_database(server, TENANT)
    database = urlsplit(url).path[1:]
    role = f"tenant_{database[-12:]}"
    server.run_sql(database, f"CREATE ROLE {role} LOGIN; ALTER TABLE public.users OWNER TO {role};")
    yield url, server.url(database, role)
    server.drop_database(database)
    server.run_sql("postgres", f"DROP ROLE {role};")


def grant(connection: psycopg.Connection[Any], verb: str) -> None:
    """Withholds, or gives back, what services withhold."""
    to = "FROM" if verb == "REVOKE" else "TO"
    for name in HIDDEN.split():
        if connection.execute("SELECT to_regclass('pg_catalog.' || %s)", [name]).fetchone() != (None,):
            connection.execute(f"{verb} SELECT ON pg_catalog.{name} {to} PUBLIC".encode())
    for name in REVOKED.split():
        connection.execute(f"{verb} EXECUTE ON FUNCTION pg_catalog.{name} {to} PUBLIC".encode())


@pytest.mark.parametrize("vendor", SERVICES)
def test_a_managed_service(
    server: PostgresServer, tenant: tuple[str, str], vendor: str, tmp_path: Path
) -> None:
    """A server with the marks of a service, what it says of itself, and most of its statistics withheld.

    The tables are described, what is withheld is a gap, the service is named, and the document is made.
    """
    url, source = tenant
    version, marks = SERVICES[vendor]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET allow_system_table_mods = on")
        try:
            for sql in marks.split(";"):
                connection.execute(sql.encode())
            connection.execute(
                "CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE"
                f" AS $$SELECT '{version}'::text$$".encode()
            )
            grant(connection, "REVOKE")
            withheld = catalog.read(source)
            ran = pgdossier("generate", source, "-o", tmp_path / "document", home=tmp_path)
            grant(connection, "GRANT")
            found = catalog.read(source)
        finally:
            for sql in marks.split(";"):
                words = sql.split()
                if words[:2] in (["CREATE", "ROLE"], ["CREATE", "DATABASE"]):
                    connection.execute(f"DROP {words[1]} IF EXISTS {words[2]}".encode())
    for each in (withheld, found):
        assert [one.name for one in each.structure.relations] == ["seen", "users"]
        assert only(each, "users").checks[0].expression == "name <> ''::text"
        assert each.structure.sequences[0].name == "counted"
        assert each.operation.gaps
    assert {gap.family for gap in withheld.structure.gaps} >= {"roles"}
    assert ran.returncode == 0, ran.stderr
    judged = hosting.judge(found)
    assert judged is not None
    if vendor == "Citus":
        assert "citus" in {gap.family for gap in found.operation.gaps}
    else:
        assert [one.vendor for one in judged.vendors][:1] == [vendor]


def test_functions_that_a_service_does_not_have(server: PostgresServer, tenant: tuple[str, str]) -> None:
    """A function that only raises, as some of Aurora's do, is a gap of its own family and no other's."""
    url, source = tenant
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET allow_system_table_mods = on")
        for signature in ("pg_current_wal_lsn() RETURNS pg_lsn", "pg_export_snapshot() RETURNS text"):
            connection.execute(
                f"CREATE OR REPLACE FUNCTION pg_catalog.{signature} LANGUAGE plpgsql AS"
                " $$BEGIN RAISE 'not supported here' USING ERRCODE = 'feature_not_supported'; END$$".encode()
            )
    for each in (url, source):
        found = catalog.read(each)
        assert [one.name for one in found.structure.relations] == ["seen", "users"]
        assert found.structure.gaps == ()
        assert found.operation.database is not None
