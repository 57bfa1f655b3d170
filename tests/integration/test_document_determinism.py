"""The same database gives the same bytes, whoever reads it, from where, and however often."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tests.conftest import MakeDatabase, SharedDatabase
from tests.support.command import pgdossier
from tests.support.documents import contents, problems
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("determinism")

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "shop.sql"
READER: LiteralString = "pgdossier test reader"


@pytest.fixture(scope="module")
def url(server: PostgresServer, shared_database: SharedDatabase) -> str:
    """The sample shop; only to read."""
    return shared_database(server, "shop", SHOP.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of its document."""
    return _document(url, tmp_path_factory.mktemp("first"))


def _without_activity(home: Path) -> None:
    """What the running server counts is different every time: it is left out."""
    (home / "pgdossier.toml").write_text("activity = false\n", encoding="utf-8")


def _document(source: str | Path, home: Path, **environment: str) -> dict[str, bytes]:
    _without_activity(home)
    done = pgdossier("generate", source, "-o", "made", home=home, environment=environment)
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr
    return contents(home / "made")


def _different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    assert one.keys() == other.keys()
    return [path for path, data in one.items() if other[path] != data]


@pytest.fixture
def role(url: str) -> Iterator[LiteralString]:
    """A role that is nobody's member and owns nothing."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP ROLE IF EXISTS "{READER}"')
        connection.execute(f'CREATE ROLE "{READER}" LOGIN')
        yield READER
        connection.execute(f'DROP OWNED BY "{READER}"')
        connection.execute(f'DROP ROLE "{READER}"')


def test_another_process_writes_the_same(url: str, first: dict[str, bytes], tmp_path: Path) -> None:
    """Neither hash seeds, nor the locale, the time zone or the working directory of the process matter."""
    environment = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LANG": "C", "LC_ALL": "C", "COLUMNS": "40"}
    assert _different(_document(url, tmp_path, **environment), first) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"PGTZ": "Asia/Kathmandu"},
        {"PGDATESTYLE": "German, DMY"},
        {"PGOPTIONS": "-c search_path=sales,account -c IntervalStyle=sql_standard -c extra_float_digits=-3"},
        {
            "PGOPTIONS": "-c quote_all_identifiers=on -c bytea_output=escape "
            "-c standard_conforming_strings=off"
        },
        {"PGOPTIONS": "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_sort=off -c jit=on"},
        {"PGOPTIONS": "-c enable_nestloop=off -c enable_indexscan=off -c enable_bitmapscan=off"},
        {"PGCLIENTENCODING": "LATIN1"},
    ],
    ids=["time zone", "dates", "search path", "quoting", "hash joins", "index scans", "encoding"],
)
def test_settings_of_the_client_do_not_matter(
    url: str, first: dict[str, bytes], tmp_path: Path, environment: dict[str, str]
) -> None:
    """Whatever the client's variables say: how texts are printed and in which order rows come is settled."""
    assert _different(_document(url, tmp_path, **environment), first) == []


@pytest.mark.parametrize("setting", ["search_path TO sales", "DateStyle TO SQL"])
def test_settings_of_the_role_do_not_matter(
    url: str,
    role: LiteralString,
    first: dict[str, bytes],
    tmp_path: Path,
    server: PostgresServer,
    setting: LiteralString,
) -> None:
    """Nor do those that an administrator gave to the role."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = connection.info.dbname
        connection.execute(f'ALTER ROLE "{role}" SET {setting}')
    assert _different(_document(server.url(database, role), tmp_path), first) == []


def test_a_time_zone_of_the_role_hides_that_of_the_server(
    url: str, role: LiteralString, first: dict[str, bytes], tmp_path: Path, server: PostgresServer
) -> None:
    """The server's time zone cannot be known then: that fact is left out, and everything else is the same."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = connection.info.dbname
        connection.execute(f"ALTER ROLE \"{role}\" SET TimeZone TO 'Asia/Kathmandu'")
    written = _document(server.url(database, role), tmp_path)
    expected, found = json.loads(first["snapshot.json"]), json.loads(written["snapshot.json"])
    assert expected["structure"]["server"].pop("time_zone") == "UTC"
    assert found == expected
    assert set(_different(written, first)) == {
        ".pgdossier.json",
        "README.md",
        "history.json",
        "snapshot.json",
    }


def test_a_role_without_privileges_reads_the_same(
    url: str, role: str, first: dict[str, bytes], tmp_path: Path, server: PostgresServer
) -> None:
    """A role that may read no table sees in the catalogs what the superuser sees."""
    with psycopg.connect(url) as connection:
        database = connection.info.dbname
    assert _different(_document(server.url(database, role), tmp_path), first) == []


def test_a_role_that_may_read_all_tables_reads_the_same(
    role: LiteralString, tmp_path: Path, server: PostgresServer, make_database: MakeDatabase
) -> None:
    """So does one with USAGE and SELECT (in a database of its own: its privileges are in the document)."""
    own = make_database(server, SHOP.read_text(encoding="utf-8"))
    schemas: tuple[LiteralString, ...] = ("account", "audit", "catalogue", "sales")
    with psycopg.connect(own, autocommit=True) as connection:
        database = connection.info.dbname
        for schema in schemas:
            connection.execute(f'GRANT USAGE ON SCHEMA {schema} TO "{role}"')
            connection.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO "{role}"')
    homes = (tmp_path / "superuser", tmp_path / "reader")
    for home in homes:
        home.mkdir()
    by_superuser, by_reader = _document(own, homes[0]), _document(server.url(database, role), homes[1])
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(f'DROP OWNED BY "{role}"')  # before the fixture drops the role
    assert _different(by_superuser, by_reader) == []


def test_the_snapshot_gives_the_same(first: dict[str, bytes], tmp_path: Path) -> None:
    """From `snapshot.json` alone, on a machine without the database, come the same bytes."""
    (tmp_path / "snapshot.json").write_bytes(first["snapshot.json"])
    assert _different(_document("snapshot.json", tmp_path), first) == []


def test_the_snapshot_command_writes_the_same(url: str, first: dict[str, bytes], tmp_path: Path) -> None:
    """`snapshot` writes what `generate` writes beside the document, to a file and to standard output."""
    _without_activity(tmp_path)
    saved = pgdossier("snapshot", url, "-o", "shop.json", home=tmp_path)
    shown = pgdossier("snapshot", url, home=tmp_path)
    assert (saved.returncode, shown.returncode) == (0, 0)
    assert (tmp_path / "shop.json").read_bytes() == first["snapshot.json"]
    assert shown.stdout.encode() == first["snapshot.json"]


def test_a_second_run_touches_nothing(url: str, tmp_path: Path) -> None:
    """Over its own document a run writes no file and changes no time, in both layouts and back."""
    for layout in ("single", "split", "single"):
        done = pgdossier("generate", url, "-o", "made", "--layout", layout, home=tmp_path)
        assert done.returncode == 0, done.stderr
        before = {file: file.stat() for file in sorted(tmp_path.rglob("*"))}
        done = pgdossier("generate", url, "-o", "made", "--layout", layout, home=tmp_path)
        assert "; 0 files written, " in done.stderr
        after = {file: file.stat() for file in sorted(tmp_path.rglob("*"))}
        assert before.keys() == after.keys()
        for file, status in before.items():
            assert (status.st_mtime_ns, status.st_ino) == (after[file].st_mtime_ns, after[file].st_ino), file
        assert problems(tmp_path / "made") == []
        assert (tmp_path / "made" / "tables").exists() == (layout == "split")


_TABLES = {
    "a": "CREATE TABLE {s}.a (id integer CONSTRAINT a_pk PRIMARY KEY, b_id integer);",
    "b": "CREATE TABLE {s}.b (id integer CONSTRAINT b_pk PRIMARY KEY, c_id integer CHECK (c_id > 0));",
    "c": "CREATE TABLE {s}.c (id integer CONSTRAINT c_pk PRIMARY KEY, a_id integer);",
    "e": "CREATE TYPE {s}.e AS ENUM ('x', 'y'); CREATE TYPE {s}.f AS ENUM ('z');",
    "p": "CREATE TABLE {s}.p (k integer) PARTITION BY RANGE (k);",
}
_LATER = {
    "keys": "ALTER TABLE {s}.a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES {s}.b;",
    "more": "ALTER TABLE {s}.b ADD CONSTRAINT b_to_c FOREIGN KEY (c_id) REFERENCES {s}.c;",
    "last": "ALTER TABLE {s}.c ADD CONSTRAINT c_a FOREIGN KEY (a_id) REFERENCES {s}.a;",
    "i": "CREATE INDEX i1 ON {s}.a (b_id); CREATE INDEX i2 ON {s}.a (b_id, id);",
    "v": "CREATE VIEW {s}.v AS SELECT a.id, b.c_id FROM {s}.a JOIN {s}.b ON b.id = a.b_id;",
    "w": "CREATE VIEW {s}.w AS SELECT id FROM {s}.a;",
    "f": "CREATE FUNCTION {s}.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    "g": "CREATE FUNCTION {s}.f(text) RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    "p1": "CREATE TABLE {s}.p1 PARTITION OF {s}.p FOR VALUES FROM (1) TO (2);",
    "p2": "CREATE TABLE {s}.p2 PARTITION OF {s}.p FOR VALUES FROM (2) TO (3);",
    "c1": "COMMENT ON TABLE {s}.a IS 'One.'; COMMENT ON COLUMN {s}.b.id IS 'Two.';",
    "c2": "COMMENT ON TABLE {s}.b IS 'Three.';",
}


def _script(*, backwards: bool) -> str:
    schemas = ["one", "two"][:: -1 if backwards else 1]
    parts = [f"CREATE SCHEMA {schema};" for schema in schemas]
    for statements in (_TABLES, _LATER):
        for statement in list(statements.values())[:: -1 if backwards else 1]:
            parts += [statement.replace("{s}", schema) for schema in schemas]
    return "\n".join(parts)


def test_the_order_of_creation_does_not_matter(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """The same objects made in the opposite order, so with other OIDs, give the same document."""
    name = f"ordered_{os.getpid()}"
    made = []
    for backwards in (False, True):
        server.drop_database(name)
        url = make_database(server, _script(backwards=backwards), name=name)
        home = tmp_path / f"{backwards}"
        home.mkdir()
        made.append(_document(url, home))
    assert _different(*made) == []


def test_the_database_may_be_named_in_any_way(
    url: str, first: dict[str, bytes], tmp_path: Path, server: PostgresServer
) -> None:
    """As a URL, a connection string, $DATABASE_URL, the PG* environment, or a service."""
    with psycopg.connect(url) as connection:
        info = connection.info
        place = {"host": info.host, "port": f"{info.port}", "user": info.user, "dbname": info.dbname}
        if info.password:
            place["password"] = info.password
    conninfo = " ".join(f"{key}='{value}'" for key, value in place.items())
    variables = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "dbname": "PGDATABASE",
        "password": "PGPASSWORD",
    }
    environment = {variables[key]: value for key, value in place.items()}
    (tmp_path / "services").write_text(
        "[shop]\n" + "".join(f"{key}={value}\n" for key, value in place.items()), encoding="utf-8"
    )
    service = {"PGSERVICEFILE": str(tmp_path / "services")}
    sqlalchemy = url.replace("postgresql://", "postgresql+psycopg://")
    _without_activity(tmp_path)
    for number, (arguments, variable) in enumerate(
        [
            ([conninfo], {}),
            ([sqlalchemy], {}),
            ([], environment),
            ([], {"DATABASE_URL": url}),
            (["service=shop"], service),
            ([], service | {"PGSERVICE": "shop"}),
        ]
    ):
        done = pgdossier("generate", *arguments, "-o", f"made {number}", home=tmp_path, environment=variable)
        assert done.returncode == 0, done.stderr
        assert _different(contents(tmp_path / f"made {number}"), first) == []
