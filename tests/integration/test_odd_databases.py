"""Databases that are not as they should be: without an encoding, at the limits, damaged, managed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
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
    id integer PRIMARY KEY, name text DEFAULT 'x' CHECK (name <> ''), twice integer GENERATED ALWAYS AS (id * 2)
    STORED);
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
    "a default": "DELETE FROM pg_attrdef WHERE adrelid = 'public.users'::regclass AND adnum = 2",
    "a generation expression": "DELETE FROM pg_attrdef WHERE adrelid = 'public.users'::regclass AND adnum = 3",
    "the table of constraints": "UPDATE pg_constraint SET conrelid = 4242424 WHERE conname = 'users_name_check'",
    "the index of a key": "DELETE FROM pg_index WHERE indexrelid = 'public.users_pkey'::regclass",
    "a key without its constraint": "DELETE FROM pg_constraint WHERE conname = 'users_pkey'",
    "the key that a foreign key needs": "DELETE FROM pg_class WHERE relname = 'users_pkey'",
    "the table of a trigger": "UPDATE pg_trigger SET tgrelid = 4242424 WHERE tgname = 't'",
    "the function of a trigger": "DELETE FROM pg_proc WHERE proname = 'f'",
    "the rule of a view": "DELETE FROM pg_rewrite WHERE ev_class = 'public.buyers'::regclass",
    "a table of a view": "DELETE FROM pg_class WHERE oid = 'public.users'::regclass",
    "a column of a view": "DELETE FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attnum = 2",
    "the owner of a table": "UPDATE pg_class SET relowner = 4242424 WHERE oid = 'public.users'::regclass",
    "the schema of a table": "UPDATE pg_class SET relnamespace = 4242424 WHERE oid = 'public.users'::regclass",
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
    "a code that nobody knows": "UPDATE pg_constraint SET confupdtype = 'z', contype = 'z' WHERE contype = 'f'",
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
    print(what, found.structure.gaps)
