"""What happens to a read while the world moves: the schema, the server, the standby, the pooler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.catalog import reader
from pgdossier.errors import ConnectionFailed, DossierError
from pgdossier.model.snapshot import Snapshot
from pgdossier.servers import supervisor
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.pooling import pgbouncer, pooled
from tests.support.relaying import relayed
from tests.support.servers import PostgresServer, Replica

# They share servers of their own.
pytestmark = pytest.mark.xdist_group("survival")

SCHEMA = """
CREATE TABLE public.users (id integer PRIMARY KEY, name text CHECK (name <> ''));
CREATE INDEX ON public.users (lower(name));
CREATE TABLE public.orders (id integer PRIMARY KEY, user_id integer REFERENCES public.users);
CREATE VIEW public.buyers AS SELECT u.name FROM public.users u JOIN public.orders o ON o.user_id = u.id;
CREATE SEQUENCE public.counted;
"""


class Hook:
    """A `Progress` that does something after every step: between the statements of a read."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._act = act
        self.steps = 0
        self.phases = 0

    def phase(self, name: str, total: int | None = None, /) -> None:
        """A phase begins: a read does that once, and once more when it begins anew."""
        self.phases += 1

    def advance(self) -> None:
        """A step is done."""
        self.steps += 1
        self._act(self.steps)


def names(found: Snapshot) -> list[str]:
    """The relations that were read."""
    return [each.name for each in found.structure.relations]


def only(found: Snapshot, name: str) -> Any:
    """That relation."""
    return next(each for each in found.structure.relations if each.name == name)


# --- the schema ----------------------------------------------------------------------------------

MOVES = {
    "rename a column": "ALTER TABLE public.users RENAME COLUMN name TO full_name",
    "rename a table": "ALTER TABLE public.users RENAME TO people",
    "drop a table": "DROP TABLE public.users CASCADE",
    "drop all": "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
    "create": "CREATE TABLE public.fresh (id integer CHECK (id > 0))",
    "replace": "CREATE OR REPLACE VIEW public.buyers AS SELECT 'nobody'::text AS name",
    "rename the schema": "ALTER SCHEMA public RENAME TO moved; CREATE SCHEMA public",
    "drop a constraint": "ALTER TABLE public.users DROP CONSTRAINT users_name_check",
}


@pytest.mark.parametrize("move", MOVES)
def test_the_schema_moves_between_statements(
    server: PostgresServer, make_database: MakeDatabase, move: str
) -> None:
    """Whatever happens to the schema between two statements, what is read is of one moment: before or after.

    Each move is made before the catalogs with few rows are read, and in the middle of the large ones.
    """
    template = urlsplit(make_database(server, SCHEMA)).path[1:]
    for step in (2, 46):
        url = make_database(server, template=template)
        before = catalog.read(url, operation=False).structure
        with psycopg.connect(url, autocommit=True) as other:

            def act(now: int, step: int = step, other: psycopg.Connection[Any] = other) -> None:
                if now == step:
                    other.execute(MOVES[move].encode())

            hook = Hook(act)
            found = catalog.read(url, operation=False, progress=hook).structure
        assert hook.steps > step
        assert hook.phases == (1 if move == "create" else 2)
        assert found in (before, catalog.read(url, operation=False).structure)


def test_the_schema_never_rests(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Where something is renamed and dropped after every statement, a read ends, in its second attempt."""
    url = make_database(server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as other:

        def act(step: int) -> None:
            a, b = ("name", "title") if step % 2 else ("title", "name")
            other.execute(f"ALTER TABLE public.users RENAME COLUMN {a} TO {b}".encode())
            other.execute(f"CREATE TABLE public.t{step} (id integer CHECK (id > {step}))".encode())
            if step > 3:
                other.execute(f"DROP TABLE public.t{step - 3}".encode())

        hook = Hook(act)
        found = catalog.read(url, progress=hook)
    assert hook.phases == 2
    assert {"buyers", "orders", "users"} <= set(names(found))


def test_what_is_no_change_is_not_read_twice(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Rows, temporary tables and changes that were undone while reading do not make it begin anew."""
    url = make_database(server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as other:

        def act(step: int) -> None:
            other.execute(f"INSERT INTO public.users VALUES ({step}, 'x')".encode())
            other.execute(f"CREATE TEMP TABLE t{step} (id integer)".encode())
            if step > 1:
                other.execute(f"DROP TABLE t{step - 1}".encode())
            with other.transaction(force_rollback=True):
                other.execute("ALTER TABLE public.users RENAME COLUMN name TO nothing")

        hook = Hook(act)
        catalog.read(url, progress=hook)
    assert hook.phases == 1


# --- the server ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_server() -> Iterator[EmbeddedServer]:
    """A server that may be restarted."""
    with EmbeddedServer(find_binaries()) as server:
        server.run_sql("postgres", SCHEMA)
        yield server


def restart(server: EmbeddedServer, mode: str) -> None:
    """Restarts it as an administrator does."""
    data = Path(parse_qs(urlsplit(server.url()).query)["host"][0])
    assert supervisor.run_pg_ctl(data.parent, "restart", "-m", mode, "-l", str(data / supervisor.LOG)) == 0


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_in_the_middle(own_server: EmbeddedServer, mode: str) -> None:
    """After a restart, or a crash, in the middle the read begins anew and gives the same."""
    before = catalog.read(own_server.url())

    def act(step: int) -> None:
        if step == 44:
            restart(own_server, mode)

    hook = Hook(act)
    found = catalog.read(own_server.url(), progress=hook)
    assert hook.phases == 2
    assert found.structure == before.structure


@pytest.mark.parametrize("shared", [0, None])
def test_a_lost_connection_is_made_once_more(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, shared: int | None
) -> None:
    """A connection that is ended in the middle costs a second attempt; the second time it is an error."""
    if shared is not None:
        monkeypatch.setattr(reader, "SHARED_ABOVE", shared)
    url = make_database(server, SCHEMA)
    before = catalog.read(url)
    with psycopg.connect(url, autocommit=True) as other:

        def end() -> None:
            other.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE application_name = 'pgdossier' AND datname = current_database()"
            )

        hook = Hook(lambda step: end() if step == 44 else None)
        assert catalog.read(url, progress=hook).structure == before.structure
        assert hook.phases == 2
        hook = Hook(lambda step: end())
        with pytest.raises(ConnectionFailed) as caught:
            catalog.read(url, progress=hook)
    assert hook.phases == 2
    assert caught.value.code == 3
    assert "was lost while reading the" in caught.value.message
    assert "(tried twice)" in caught.value.message
    assert caught.value.hint


def test_a_server_that_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server is gone for good, the error says where the read was and that nobody answers."""
    monkeypatch.setattr("pgdossier.catalog.again.PATIENCE", 0.5)
    with EmbeddedServer(find_binaries()) as server:
        hook = Hook(lambda step: server.stop() if step == 44 else None)
        with pytest.raises(ConnectionFailed, match=r"lost while reading .*; then .* cannot be reached"):
            catalog.read(server.url(), progress=hook)


# --- the way to it -------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(2, 9))
def test_a_connection_that_ends_when_all_is_answered(
    server: PostgresServer, make_database: MakeDatabase, caplog: pytest.LogCaptureFixture, nth: int
) -> None:
    """A connection that ends between answers and the word that they were the last costs a second attempt."""
    url = make_database(server, SCHEMA)
    with relayed(url, cut_before_ready=nth) as relay:
        found = catalog.read(relay.url)
    assert relay.cuts == 1
    assert found.structure == catalog.read(url).structure
    assert caplog.records == []


@pytest.mark.parametrize("shared", [0, None])
def test_a_proxy_that_takes_one_question_at_a_time(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, shared: int | None
) -> None:
    """Through what hangs up on questions that do not wait for the last answer, all is read step by step."""
    if shared is not None:
        monkeypatch.setattr(reader, "SHARED_ABOVE", shared)
    url = make_database(server, SCHEMA)
    with relayed(url, one_at_a_time=True) as relay:
        found = catalog.read(relay.url)
    assert relay.cuts == 1
    assert found.structure == catalog.read(url).structure


# --- the standby ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[EmbeddedServer, Replica]]:
    """A primary, and a standby that lets no query keep it from replaying."""
    settings = {"wal_level": "replica", "max_wal_senders": "4"}
    with EmbeddedServer(find_binaries(), settings=settings) as primary:
        primary.run_sql("postgres", SCHEMA)
        impatient = {"max_standby_streaming_delay": "0", "hot_standby_feedback": "off"}
        with Replica(primary, name="standby", settings=impatient) as standby:
            yield primary, standby


@contextmanager
def conflicting(pair: tuple[EmbeddedServer, Replica]) -> Iterator[Callable[[], None]]:
    """Removes on the primary for good what a read on the standby may still see, and waits for the replay."""
    primary, standby = pair
    with (
        psycopg.connect(primary.url(), autocommit=True) as there,
        psycopg.connect(standby.url(), autocommit=True) as here,
    ):

        def conflict() -> None:
            there.execute("CREATE TABLE public.dead (id integer)")
            there.execute("DROP TABLE public.dead")
            there.execute("VACUUM pg_catalog.pg_class, pg_catalog.pg_attribute")
            (position,) = there.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone() or ("",)
            there.execute("SELECT pg_switch_wal()")
            replayed = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
            done = False
            while not done:
                with suppress(psycopg.errors.SerializationFailure):  # this query is in the way, too
                    done = here.execute(replayed, [position]).fetchone() == (True,)

        yield conflict


def test_a_standby_that_replays_a_vacuum(pair: tuple[EmbeddedServer, Replica]) -> None:
    """A recovery conflict costs a second attempt; the second time the error names hot_standby_feedback."""
    standby = pair[1]
    before = catalog.read(standby.url())
    with conflicting(pair) as conflict:
        hook = Hook(lambda step: conflict() if step == 44 else None)
        assert catalog.read(standby.url(), progress=hook).structure == before.structure
        assert hook.phases == 2
        hook = Hook(lambda step: conflict() if step % 10 == 4 else None)
        with pytest.raises(ConnectionFailed) as caught:
            catalog.read(standby.url(), progress=hook)
    assert hook.phases == 2
    assert "is a standby and stopped reading the" in caught.value.message
    assert "hot_standby_feedback" in (caught.value.hint or "")


# --- the pooler ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pooler() -> str:
    """PgBouncer's program."""
    program = pgbouncer()
    if program is None:
        pytest.skip("PgBouncer is not installed (Debian's package is pgbouncer)")
    return program


@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("size", [1, 5])
def test_through_a_pooler(
    own_server: EmbeddedServer, pooler: str, monkeypatch: pytest.MonkeyPatch, mode: str, size: int
) -> None:
    """Through PgBouncer the same is read, with one server connection as with several, twice in a row."""
    monkeypatch.setattr(reader, "SHARED_ABOVE", 0)
    monkeypatch.setattr("pgdossier.catalog.beside.PATIENCE", 0.1)
    before = catalog.read(own_server.url())
    with pooled(pooler, own_server.url(), mode=mode, size=size) as url:
        for _ in range(2):
            found = catalog.read(url)
            assert found.structure == before.structure
        with psycopg.connect(url, autocommit=True) as somebody:  # on the connection that was ours
            for setting, value in (("search_path", '"$user", public'), ("transaction_read_only", "off")):
                assert somebody.execute(f"SHOW {setting}".encode()).fetchone() == (value,)


def test_a_pooler_by_statement(own_server: EmbeddedServer, pooler: str, tmp_path: Path) -> None:
    """A pooler that knows no transactions is refused, with what to do about it."""
    with pooled(pooler, own_server.url(), mode="statement") as url:
        with pytest.raises(DossierError) as caught:
            catalog.read(url)
        ran = pgdossier("snapshot", url, home=tmp_path)
    assert caught.value.code == 3
    assert "statement pooling" in caught.value.message
    assert "pool_mode = transaction" in (caught.value.hint or "")
    assert ran.returncode == 3
    assert "statement pooling" in ran.stderr
