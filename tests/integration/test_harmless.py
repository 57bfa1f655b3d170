"""A read cannot harm the server: what it may do, what it holds, and what it never runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest

from pgdossier import catalog, pipeline
from pgdossier.catalog import reader
from pgdossier.catalog import session as sessions
from pgdossier.catalog.query import Query
from pgdossier.config import Config, Diagrams, Source
from pgdossier.errors import DossierError, ServerError
from pgdossier.model import snapshot_json
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.progress import SILENT
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

AMBUSH = Path(__file__).parents[1] / "support" / "ambush.sql"

# Something of every kind that the server has to open a relation for.
SCHEMA = """
CREATE TABLE public.plain (id integer PRIMARY KEY, name text DEFAULT 'x');
CREATE TABLE public.checked (id integer CHECK (id > 0), twice integer GENERATED ALWAYS AS (id * 2) STORED);
CREATE INDEX ON public.checked ((id + 1)) WHERE id > 3;
CREATE VIEW public.seen AS SELECT c.id FROM public.checked c JOIN public.plain p ON p.id = c.id;
CREATE MATERIALIZED VIEW public.kept AS SELECT id FROM public.checked;
CREATE TABLE public.parted (id integer) PARTITION BY RANGE ((id + 1));
CREATE TABLE public.part PARTITION OF public.parted FOR VALUES FROM (0) TO (10);
CREATE SEQUENCE public.counted;
SELECT nextval('public.counted');
CREATE POLICY p ON public.checked USING (id IN (SELECT id FROM public.plain));
CREATE RULE r AS ON INSERT TO public.seen DO INSTEAD INSERT INTO public.plain VALUES (NEW.id);
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE UPDATE ON public.checked FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION public.f();
CREATE STATISTICS public.s ON id, twice FROM public.checked;
CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO public.schema_migrations VALUES (3, false);
"""


class Hook:
    """A `Progress` that does something after every step: between the statements of a read."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._act = act
        self.steps = 0

    def phase(self, name: str, total: int | None = None, /) -> None:
        """A phase begins."""

    def advance(self) -> None:
        """A step is done."""
        self.steps += 1
        self._act(self.steps)


class Nothing(NamedTuple):
    """A row without fields."""


@contextmanager
def second_session(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else on the same database, outside of transactions."""
    with psycopg.connect(url, autocommit=True, application_name="somebody else") as connection:
        yield connection


def test_both_connections_are_settled(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both connections of a large read: read only, repeatable read, limited in time, with a name."""
    found: list[dict[str, str]] = []
    close = psycopg.Connection.close

    def look(connection: psycopg.Connection[Any]) -> None:
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            rows = connection.execute("SELECT name, setting FROM pg_catalog.pg_settings").fetchall()
            found.append(dict(rows))
        close(connection)

    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    monkeypatch.setattr(psycopg.Connection, "close", look)
    catalog.read(make_database(server, SCHEMA), statement_timeout=7, lock_timeout=3)
    assert len(found) == 2
    for settings in found:
        assert settings["transaction_read_only"] == settings["default_transaction_read_only"] == "on"
        assert settings["transaction_isolation"] == "repeatable read"
        assert settings["statement_timeout"] == "7000"
        assert settings["lock_timeout"] == "3000"
        assert settings["idle_in_transaction_session_timeout"] == "300000"
        assert settings["application_name"] == "pgdossier"
        assert settings["search_path"] == ""


def test_nothing_can_be_written(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Not even a superuser could write, create, lock, count up or vacuum in the session of a read."""
    url = make_database(server, SCHEMA)
    for statement in (
        "INSERT INTO public.plain VALUES (1)",
        "CREATE TABLE public.x (id integer)",
        "SELECT nextval('public.counted')",
        "SELECT * FROM public.plain FOR UPDATE",
        "SET TRANSACTION READ WRITE",
        "VACUUM",
    ):
        with sessions.connect(url, statement_timeout=7, lock_timeout=3) as opened:
            opened.guard()
            query = Query(family="trials", sql=statement, row=Nothing)
            with pytest.raises(DossierError, match=r"read-only|read-write|VACUUM"):
                opened.rows(query)


@pytest.mark.parametrize("shared", [0, None])
def test_only_access_share_while_reading(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, shared: int | None
) -> None:
    """After every step another session sees no lock but ACCESS SHARE, no transaction ID, nothing temporary.

    And of the tables none stays locked but those whose rows or state were asked for, at the very end.
    """
    if shared is not None:
        monkeypatch.setattr(reader, "SHARED_ABOVE", shared)
    url = make_database(server, SCHEMA)
    modes: set[str] = set()
    tables: dict[int, set[str]] = {}
    with second_session(url) as other:
        temporary = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
        files = "SELECT temp_files, temp_bytes FROM pg_stat_database WHERE datname = current_database()"
        before = other.execute(temporary).fetchone(), other.execute(files).fetchone()

        def look(step: int) -> None:
            rows = other.execute(
                "SELECT l.locktype, l.mode, l.relation::regclass::text FROM pg_locks l"
                " JOIN pg_stat_activity a USING (pid)"
                " WHERE a.application_name = 'pgdossier' AND a.datname = current_database()"
                " AND l.locktype <> 'virtualxid'"
            ).fetchall()
            assert all(kind == "relation" for kind, _, _ in rows)
            modes.update(mode for _, mode, _ in rows)
            tables[step] = {name for _, _, name in rows if not name.startswith("pg_")}
            xids = other.execute(
                "SELECT backend_xid FROM pg_stat_activity"
                " WHERE application_name = 'pgdossier' AND datname = current_database()"
            ).fetchall()
            assert {xid for (xid,) in xids} == {None}

        hook = Hook(look)
        catalog.read(url, progress=hook)
        assert (other.execute(temporary).fetchone(), other.execute(files).fetchone()) == before
    assert modes == {"AccessShareLock"}
    assert hook.steps == len(tables)
    structure = reader.FAMILIES
    if shared is None:
        assert not set().union(*(found for step, found in tables.items() if step == structure))
    assert "plain" not in tables[max(tables)]
    assert tables[max(tables)] <= {"counted", "schema_migrations", "schema_migrations_pkey"}


@pytest.mark.parametrize("reader_role", ["superuser", "plain", "monitor"])
def test_nothing_of_users_is_run(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path, reader_role: str
) -> None:
    """Functions that raise when this program calls them are called nowhere, whoever reads.

    They stand in defaults, checks, generated columns, indexes, statistics, triggers, policies, views, rules,
    partition keys, domains, types, ranges, casts, operators, aggregates, event triggers and before
    pg_catalog in the search_path of the role; the document is made with statistics, plans and books.
    """
    url = make_database(server, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n" + AMBUSH.read_text())
    database = urlsplit(url).path[1:]
    role = f"reader_{reader_role}_{database[-12:]}"
    kind = "SUPERUSER" if reader_role == "superuser" else ""
    grant = f"GRANT pg_monitor TO {role};" if reader_role == "monitor" else ""
    with second_session(url) as other:
        other.execute("SET event_triggers = off") if server.major >= 17 else None
        for sql in (
            f"CREATE ROLE {role} LOGIN {kind}",
            grant,
            f'CREATE SCHEMA "{role}"',
            f'CREATE FUNCTION "{role}".pg_get_viewdef(oid) RETURNS text LANGUAGE sql'
            " AS 'SELECT trap.spring()::text'",
            f"GRANT USAGE ON SCHEMA trap, public TO {role}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA trap, public TO {role}",
            f'ALTER ROLE {role} IN DATABASE "{database}" SET search_path = "$user", public, trap, pg_catalog',
        ):
            if sql:
                other.execute(sql)
    try:
        source = server.url(database, role)
        for operation in (True, False):
            found = catalog.read(source, operation=operation)
            said = snapshot_json.encode(found).decode()
            assert "ambushed" not in said
            assert {each.name for each in found.structure.relations} >= {"everything", "seen", "parted"}
        ran = pgdossier("generate", source, "-o", tmp_path / "document", home=tmp_path)
        assert ran.returncode == 0, ran.stderr
        assert "ambushed" not in ran.stderr
        with second_session(source) as somebody:
            somebody.execute("SET application_name = pgdossier")
            with pytest.raises(psycopg.Error, match="ambushed"):
                somebody.execute("SELECT trap.value(1)")
    finally:
        server.drop_database(database)
        server.run_sql("postgres", f"DROP ROLE {role};")


LOCKABLE = """
CREATE TABLE public.users (id integer PRIMARY KEY, name text CHECK (name <> ''));
CREATE INDEX ON public.users (lower(name));
CREATE TABLE public.orders (id integer PRIMARY KEY CHECK (id > 0), user_id integer REFERENCES public.users);
CREATE VIEW public.buyers AS SELECT u.name FROM public.users u JOIN public.orders o ON o.user_id = u.id;
CREATE VIEW public.named AS SELECT id FROM public.orders;
CREATE SEQUENCE public.counted;
CREATE SEQUENCE public.other;
SELECT nextval('public.counted'), nextval('public.other');
"""


def locks(found: Snapshot) -> list[str]:
    """What a snapshot says of locks that were in the way."""
    return [gap.reason for gap in found.operation.gaps if gap.family == "locks"]


def read_names(found: Snapshot) -> list[str]:
    """The relations that were read."""
    return [each.name for each in found.structure.relations]


@pytest.mark.parametrize("shared", [0, None])
def test_a_table_that_is_altered_all_the_time(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, shared: int | None
) -> None:
    """Who alters a table in an open transaction is named; it and its views are gaps, the rest is read."""
    if shared is not None:
        monkeypatch.setattr(reader, "SHARED_ABOVE", shared)
    url = make_database(server, LOCKABLE)
    with psycopg.connect(url, application_name="migrate") as other:
        other.execute("ALTER TABLE public.users ADD COLUMN note text DEFAULT 'hunter2'")
        found = catalog.read(url, lock_timeout=0.2)
        pid = other.info.backend_pid
    assert read_names(found) == ["named", "orders"]
    assert [gap.reason for gap in found.structure.gaps] == [
        "public.buyers was not read: another session held a lock",
        "public.users was not read: another session held a lock",
    ]
    assert [each.name for each in found.structure.scope.unread] == ["buyers", "users"]
    assert found.structure.scope.relations_left_out == 0
    assert found.structure.relations[1].foreign_keys[0].target == QualifiedName("public", "users")
    (said,) = locks(found)
    assert said.startswith(f"public.users was locked by process {pid} (migrate, role postgres, since 20")
    assert said.endswith("): ALTER TABLE public.users ADD COLUMN note text DEFAULT ?")
    again = catalog.read(url, lock_timeout=0.2)
    assert read_names(again) == ["buyers", "named", "orders", "users"]
    assert again.structure.gaps == ()
    assert locks(again) == []


@pytest.mark.parametrize(
    ("statement", "unread"),
    [
        ("ALTER VIEW public.named SET (security_barrier)", ["named"]),
        ("LOCK TABLE public.named IN ACCESS EXCLUSIVE MODE", ["buyers", "named", "orders"]),
        ("ALTER INDEX public.orders_pkey SET (fillfactor = 70)", []),
        ("LOCK TABLE public.orders IN EXCLUSIVE MODE", []),
        ("DROP VIEW public.buyers", ["buyers"]),
        ("TRUNCATE public.users CASCADE", ["buyers", "named", "orders", "users"]),
    ],
)
def test_other_locks(
    server: PostgresServer, make_database: MakeDatabase, statement: str, unread: list[str]
) -> None:
    """Only what is locked, and what cannot be printed without it, is left out."""
    url = make_database(server, LOCKABLE)
    with psycopg.connect(url, application_name="somebody") as other:
        other.execute(statement.encode())
        found = catalog.read(url, lock_timeout=0.2)
    assert [each.name for each in found.structure.scope.unread] == unread
    assert read_names(found) == [
        name for name in ("buyers", "named", "orders", "users") if name not in unread
    ]
    assert bool(locks(found)) == bool(unread)


def test_a_sequence_that_is_locked(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A sequence that is altered is described; only its value is a gap, and not that of others."""
    url = make_database(server, LOCKABLE)
    with psycopg.connect(url, application_name="somebody") as other:
        other.execute("ALTER SEQUENCE public.counted SET LOGGED; DROP SEQUENCE public.counted")
        found = catalog.read(url, lock_timeout=0.2)
    assert [each.name for each in found.structure.sequences] == ["counted", "other"]
    assert [(use.name, use.last_value) for use in found.operation.sequences] == [("other", 1)]
    assert "the value of public.counted: another session held a lock" in [
        gap.reason for gap in found.operation.gaps
    ]


def test_a_routine_that_names_a_locked_table(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A routine with an SQL body opens its tables: it is left out with them."""
    if server.major < 14:
        pytest.skip("routines have SQL bodies since PostgreSQL 14")
    url = make_database(
        server,
        LOCKABLE + "CREATE FUNCTION public.names() RETURNS SETOF text LANGUAGE sql"
        " BEGIN ATOMIC SELECT name FROM public.users; END;"
        "CREATE FUNCTION public.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    )
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE")
        found = catalog.read(url, lock_timeout=0.2)
    assert [each.name for each in found.structure.routines] == ["one"]
    assert [each.name for each in found.structure.scope.unread] == ["buyers", "users", "names"]


def test_a_lock_that_waits_itself(server: PostgresServer, make_database: MakeDatabase) -> None:
    """An ALTER TABLE that waits for a long query keeps readers waiting too: both are named."""
    url = make_database(server, LOCKABLE)
    with psycopg.connect(url) as first, second_session(url) as watcher:
        first.execute("SELECT count(*) FROM public.users")
        with second_session(url) as second:
            pids = second.info.backend_pid, first.info.backend_pid
            alter = threading.Thread(
                target=second.execute, args=["ALTER TABLE public.users ADD COLUMN x integer"]
            )
            alter.start()
            waiting = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
            while not watcher.execute(waiting, [pids[0]]).fetchall():
                assert alter.is_alive()
            found = catalog.read(url, lock_timeout=0.2)
            first.rollback()
            alter.join()
    (said,) = locks(found)
    assert said.startswith(f"public.users was locked by process {pids[0]} ")
    assert f"which itself waits for process {pids[1]}" in said


def test_a_catalog_that_is_locked(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Without a catalog nothing can be read: the error names the catalog and who holds it."""
    url = make_database(server, LOCKABLE)
    with psycopg.connect(url, application_name="vacuum") as other:
        other.execute("LOCK TABLE pg_catalog.pg_description IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ServerError) as caught:
            catalog.read(url, lock_timeout=0.2)
        pid = other.info.backend_pid
    assert f"pg_catalog.pg_description, which is locked by process {pid} (vacuum" in caught.value.message
    assert caught.value.code == 3
    assert catalog.read(url).structure.gaps == ()


def test_the_books_of_a_tool_that_are_locked(server: PostgresServer, make_database: MakeDatabase) -> None:
    """While a migration tool holds its own table, the gap says that a lock was in the way, and whose."""
    url = make_database(
        server,
        "CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);",
    )
    with psycopg.connect(url, application_name="migrate") as other:
        other.execute("LOCK TABLE public.schema_migrations IN ACCESS EXCLUSIVE MODE")
        found = catalog.read(url, lock_timeout=0.2)
    assert read_names(found) == ["schema_migrations"]
    (gap,) = [gap for gap in found.operation.gaps if gap.family == "migrations"]
    assert gap.reason.endswith("were not read: another session held a lock for too long")
    assert "(migrate" in locks(found)[0]


def test_a_prepared_transaction() -> None:
    """A lock that nobody's session holds, of a prepared transaction, is named by its identifier."""
    with EmbeddedServer(find_binaries(), settings={"max_prepared_transactions": "2"}) as server:
        server.run_sql("postgres", LOCKABLE)
        server.run_sql(
            "postgres",
            "BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'forgotten';",
        )
        found = catalog.read(server.url(), lock_timeout=0.2)
        assert locks(found) == ["public.users was locked by the prepared transaction forgotten"]
        assert read_names(found) == ["named", "orders"]
        server.run_sql("postgres", "ROLLBACK PREPARED 'forgotten';")


def test_a_document_while_a_table_is_locked(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A new document says what is missing; a refresh keeps what it knew, and `check` and `diff` say no wrong.

    The blocker is a warning, and not a byte of the document changes while nothing else has.
    """
    url = make_database(server, LOCKABLE)
    known, new = tmp_path / "known", tmp_path / "new"

    def config(folder: Path) -> Config:
        return Config(
            source=Source(conninfo=url),
            output=folder,
            lock_timeout=0.2,
            activity=False,
            layout="single",
            diagrams=Diagrams(enabled=False),
        )

    pipeline.generate(config(known), SILENT)
    before = {path: path.read_bytes() for path in known.rglob("*") if path.is_file()}
    with psycopg.connect(url, application_name="migrate") as other:
        other.execute("LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE")
        first = pipeline.generate(config(new), SILENT)
        refreshed = pipeline.generate(config(known), SILENT)
        checked = pipeline.check(config(known), SILENT)
        compared = pipeline.diff(str(known / "snapshot.json"), url, config(known), SILENT)
        file = tmp_path / "pgdossier.toml"
        file.write_text("lock_timeout = 0.2\n[diagrams]\nenabled = false\n")
        ran = pgdossier("generate", url, "-o", tmp_path / "cli", "--config", file, home=tmp_path)
    for warnings in (first.warnings, refreshed.warnings, compared.warnings):
        assert any(said.startswith("public.users was locked by process") for said in warnings)
    assert ran.returncode == 0, ran.stderr
    assert "warning: public.users was locked by process" in ran.stderr
    assert "(migrate" in ran.stderr
    assert "public.users was not read: another session held a lock" in (new / "README.md").read_text()
    assert {path: path.read_bytes() for path in known.rglob("*") if path.is_file()} == before
    assert checked.passed
    assert compared.findings == ()
    assert any("public.users was not compared" in said for said in compared.warnings)

    server.run_sql(urlsplit(url).path[1:], "CREATE TABLE public.added (id integer);")
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE")
        pipeline.generate(config(known), SILENT)
    revision = json.dumps(json.loads((known / "history.json").read_text())["revisions"][-1])
    assert "added" in revision
    assert "users" not in revision
    assert "public.users stands here as it was read before" in (known / "README.md").read_text()
    pipeline.generate(config(known), SILENT)
    assert pipeline.check(config(known), SILENT).passed
    assert "as it was read before" not in (known / "README.md").read_text()


LOCKED_COMMANDS = {
    "snapshot": (),
    "export to a file": ("-o", "schema.sql"),
    "export of grants": ("--format", "grants"),
    "export of a schema": ("--format", "mermaid", "-o", "schema.mmd"),
    "diagram": ("-o", "diagram.dot"),
    "review": (),
}


def test_whoever_reads_is_told_of_locks(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Every command whose answer lacks what is locked warns of it, once, and of nothing when nothing is."""
    url = make_database(server, LOCKABLE)
    (tmp_path / "pgdossier.toml").write_text("lock_timeout = 0.2\nactivity = false\n")

    def warned(name: str) -> list[str]:
        ran = pgdossier(name.partition(" ")[0], url, *LOCKED_COMMANDS[name], home=tmp_path)
        assert ran.returncode in (0, 1), ran.stderr
        return [line for line in ran.stderr.splitlines() if line.startswith("warning: ")]

    with psycopg.connect(url, application_name="migrate") as other:
        other.execute("LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE")
        told = {name: warned(name) for name in LOCKED_COMMANDS}
    said = "warning: public.users was locked by process"
    assert {
        name: lines for name, lines in told.items() if [line[: len(said)] for line in lines] != [said]
    } == {}
    assert warned("snapshot") == []


def test_locks_and_damage_on_every_version(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Locks, damaged catalogs and changes while reading are seen on every version."""
    url = make_database(any_server, LOCKABLE)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE")
        found = catalog.read(url, lock_timeout=0.2)
    assert read_names(found) == ["named", "orders"]
    assert locks(found)[0].startswith("public.users was locked by process ")
    assert [use.last_value for use in found.operation.sequences] == [1, 1]
    with second_session(url) as other:

        def act(step: int) -> None:
            if step == 46:
                other.execute("DROP VIEW IF EXISTS public.buyers")

        hook = Hook(act)
        assert read_names(catalog.read(url, progress=hook)) == ["named", "orders", "users"]
        other.execute("SET allow_system_table_mods = on")
        other.execute("UPDATE pg_index SET indclass = '4242424' WHERE indexprs IS NOT NULL")
        other.execute("UPDATE pg_trigger SET tgfoid = 4242424 WHERE tgfoid < 16384")
        other.execute("UPDATE pg_constraint SET conrelid = 4242424 WHERE conname = 'users_name_check'")
    damaged = catalog.read(url).structure
    assert [each.name for each in damaged.relations] == ["named", "orders", "users"]
    told = [gap.reason for gap in damaged.gaps]
    assert "constraint users_name_check belongs to something that pg_class lacks" in told
    assert any(reason.startswith("public.users_lower_idx: the server contradicts itself") for reason in told)
