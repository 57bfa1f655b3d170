"""§10 and §11 against servers where much is wrong: every figure by an independent look, and its query run."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.analysis import analyse, growth
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.monitoring import KEYS, Figure, State
from pgdossier.model.names import QualifiedName
from pgdossier.render import watching
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.support import migration_tools
from tests.support.command import pgdossier
from tests.support.documents import problems
from tests.support.postgres_versions import VersionUnavailable, binaries_of
from tests.support.servers import PostgresServer, Replica

# The server of each version is started once.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("operations")]

SETTINGS = {"max_prepared_transactions": "4", "wal_level": "replica", "max_connections": "40"}

SCENE = """
CREATE TABLE few (id smallserial PRIMARY KEY, note text);
SELECT setval('few_id_seq', 31000);
CREATE SEQUENCE outgrown AS bigint;
CREATE TABLE narrow (id integer PRIMARY KEY DEFAULT nextval('outgrown'), note text);
SELECT setval('outgrown', 2000000000);
CREATE SEQUENCE circling AS smallint CYCLE;
SELECT setval('circling', 32766);
CREATE SEQUENCE counting_down INCREMENT -1 MINVALUE -100 MAXVALUE -1 START -1;
SELECT setval('counting_down', -95);
CREATE TABLE "we|ird ""na`me""<b>" (id integer, body text) WITH (autovacuum_enabled = false);
INSERT INTO "we|ird ""na`me""<b>" SELECT n, 'x' FROM generate_series(1, 30000) n;
CREATE TABLE swollen (id integer, body text) WITH (autovacuum_enabled = false);
INSERT INTO swollen SELECT n, repeat('x', 1000) FROM generate_series(1, 40000) n;
DELETE FROM swollen WHERE id % 10 <> 0;
CREATE TABLE twice (id integer);
INSERT INTO twice VALUES (1), (1);
CREATE TABLE measured (at timestamptz NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE measured_2020 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measured_2022 PARTITION OF measured FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
INSERT INTO measured VALUES ('2020-05-05', 1);
CREATE UNLOGGED TABLE passing (id integer);
CREATE TABLE booked (id integer);
"""
AFTER = (
    'UPDATE "we|ird ""na`me""<b>" SET body = \'y\'',
    "VACUUM swollen",
    "ANALYZE",
    "SELECT pg_create_physical_replication_slot('holds', true)",
    "INSERT INTO booked SELECT generate_series(1, 50000)",
)


@dataclass(frozen=True)
class Scene:
    """A server with the database `scene`, and what was read of it."""

    server: EmbeddedServer
    url: str
    analysis: Analysis

    def figure(self, key: str) -> Figure:
        (found,) = (one for one in self.analysis.monitoring.figures if one.key == key)
        return found


def _arrange(server: EmbeddedServer) -> None:
    server.create_database("scene")
    server.run_sql("scene", SCENE)
    server.run_sql("scene", f"SET search_path TO public;\n{migration_tools.TOOLS['flyway']}")
    url = server.url("scene")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in AFTER:
            connection.execute(statement.encode())
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("CREATE UNIQUE INDEX CONCURRENTLY twice_once ON twice (id)")
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO booked VALUES (0)")
        connection.execute("PREPARE TRANSACTION 'left behind'")
    for _ in range(600):  # what was counted is written down a moment later
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT n_dead_tup > 20000 FROM pg_stat_user_tables WHERE relname LIKE 'we|%'"
            ).fetchone()
            if row == (True,):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("the dead rows were never counted")


@pytest.fixture(scope="module", params=[13, 18])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """The oldest and the newest version."""
    try:
        binaries = binaries_of(request.param) if request.param != 18 else find_binaries()
    except VersionUnavailable as reason:
        pytest.skip(str(reason))
    with EmbeddedServer(binaries, settings=SETTINGS) as server:
        _arrange(server)
        url = server.url("scene")
        yield Scene(server, url, analyse(catalog.read(url)))


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What an independent query says."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_sequences_by_their_own_end_and_that_of_the_column(scene: Scene) -> None:
    """The nearest to its end counts, whichever ends first; one that begins again does not."""
    figure = scene.figure("sequences")
    assert [
        (str(one.name.name), one.value) for one in figure.worst if isinstance(one.name, QualifiedName)
    ] == [
        ("counting_down", 94),
        ("few_id_seq", 94),
        ("outgrown", 93),
    ]
    assert (figure.state, figure.value) == (State.CRITICAL, 94)
    told = {name: percent for _, name, percent in rows(scene.url, str(watching.query("sequences", 18)))}
    assert int(told["few_id_seq"]) == 94
    assert "counting_down" not in told


def test_dead_rows_and_late_vacuum(scene: Scene) -> None:
    """A table with its rows dead is named with their share, and waits for its VACUUM since an unknown day."""
    figure = scene.figure("dead_rows")
    ((_, name, percent),) = rows(scene.url, str(watching.query("dead_rows", 18)))
    assert [(one.name, round(one.value)) for one in figure.worst] == [
        (QualifiedName("public", 'we|ird "na`me"<b>'), round(float(percent)))
    ]
    assert (name, figure.state) == ('we|ird "na`me"<b>', State.CRITICAL)
    late = scene.figure("vacuum_lag")
    assert QualifiedName("public", 'we|ird "na`me"<b>') in [one.name for one in late.worst]
    # Since PostgreSQL 15 a database that was never reset has no day from which its counters count.
    assert late.state is (State.UNKNOWN if scene.server.major >= 15 else State.OK)


def test_what_else_is_wrong(scene: Scene) -> None:
    """Empty space, an invalid index, WAL held by a slot, a prepared transaction: as the server says."""
    bloat = scene.figure("bloat")
    assert [one.name for one in bloat.worst] == [QualifiedName("public", "swollen")]
    assert bloat.value is not None
    assert 85 < bloat.value < 95  # nine of ten rows were deleted
    invalid = scene.figure("invalid_indexes")
    assert [(one.name) for one in invalid.worst] == [QualifiedName("public", "twice_once")]
    slot = scene.figure("slot_wal")
    ((name, _, megabytes),) = rows(scene.url, str(watching.query("slot_wal", 18)))
    assert [one.name for one in slot.worst] == [name] == ["holds"]
    assert slot.value is not None
    assert 0 < slot.value <= float(megabytes)
    assert scene.figure("inactive_slots").state is State.WARNING
    prepared = scene.figure("prepared_transaction")
    assert (prepared.part, prepared.state) == ((1, 0), State.OK)
    connections = scene.figure("connections")
    assert connections.part is not None
    assert connections.part[1] == 40
    assert scene.figure("transaction_age").state is State.OK


@pytest.mark.parametrize("key", [key for key in KEYS if key != "bloat"])
def test_every_query_runs(any_server: PostgresServer, key: str) -> None:
    """The query of each figure runs as it stands on every version; the estimate of bloat has none."""
    sql = watching.query(key, any_server.major)
    assert sql is not None
    rows(any_server.url("postgres"), sql)
    assert watching.query("bloat", any_server.major) is None


def test_queries_run_with_pg_monitor_alone(scene: Scene) -> None:
    """A role that has nothing but pg_monitor may ask for every figure."""
    with psycopg.connect(scene.url) as connection:
        connection.execute("CREATE ROLE watcher IN ROLE pg_monitor")
        connection.execute("SET LOCAL ROLE watcher")
        for key in KEYS:
            sql = watching.query(key, scene.server.major)
            if sql is not None:
                connection.execute(sql.encode())
        connection.rollback()


def test_the_partitions_have_ended(scene: Scene) -> None:
    """How long ago the last range of time ended is known, seen from the day of the reading."""
    (table,) = scene.analysis.partitions
    captured = scene.analysis.snapshot.captured_on
    days = (dt.date(2023, 1, 1) - dt.date.fromisoformat(captured)).days
    assert growth.days_left(scene.analysis.lookup, table, captured) == days
    assert [(gap.lower[:10], gap.upper[:10]) for gap in table.gaps] == [("2021-01-01", "2022-01-01")]


def generate(home: Path, *arguments: str | Path) -> None:
    """Run `pgdossier generate`, which must do."""
    done = pgdossier("generate", *arguments, home=home)
    assert done.returncode == 0, done.stderr


def section(text: str, number: str) -> str:
    """The text of one section."""
    _, _, rest = text.partition(f'<a id="section-{number}"></a>')
    return rest.partition('<a id="section-')[0]


def test_the_document(scene: Scene, tmp_path: Path) -> None:
    """§10 and §11 say all of that; a refresh changes no byte, and new sizes tell of growth."""
    folder = tmp_path / "doc"
    generate(tmp_path, scene.url, "-o", folder)
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert problems(folder) == []
    figures = section(text, "10.3")
    assert "Sequence nearest to its end | 94 % | 75 % | 90 % | **critical** |" in figures
    assert "twice\\_once" in figures or "`twice_once`" in figures
    assert "Current version: `1` init, applied 2024-01-01 10:00." in section(text, "10.2")
    assert "`1.2` broken is noted as failed or unfinished" in section(text, "10.2")
    assert "| `1.1` | add index | 2024-01-03 10:00 | **undone** |" in section(text, "12.c")
    assert re.search(r"1 slot, inactive; \d+ MB of WAL are kept for it", section(text, "10.1"))
    assert "Rows of unlogged tables" in section(text, "10.1")
    assert "so far there is 1" in section(text, "11.1")
    assert "refused.**" in section(text, "11.3")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    generate(tmp_path, scene.url, "-o", folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    history = json.loads((folder / "history.json").read_text(encoding="utf-8"))
    (entry,) = history["sizes"]
    (size,) = rows(scene.url, "SELECT pg_database_size(current_database())")[0]
    assert abs(entry["database"] - size) < 20 * 1024**2
    assert entry["tables"][0]["name"] == "swollen"
    # As if the first sizes had been kept two months ago.
    entry["date"] = (dt.date.fromisoformat(entry["date"]) - dt.timedelta(days=61)).isoformat()
    entry["database"] //= 2
    entry["tables"][0]["bytes"] //= 2
    (folder / "history.json").write_text(json.dumps(history), encoding="utf-8")
    generate(tmp_path, scene.url, "-o", folder, "--refresh-statistics")
    grown = section((folder / "README.md").read_text(encoding="utf-8"), "11.1")
    assert re.search(r"The database grew from .* \(.* in 61 days: about .* a month\)", grown)
    assert re.search(r"`swollen`.*\| \+\d", grown)


def test_on_a_hot_standby_and_its_primary() -> None:
    """The primary knows how far its standby is; the standby says that writes are not counted there."""
    with EmbeddedServer(find_binaries(), settings=SETTINGS) as primary:
        primary.run_sql("postgres", f"SET search_path TO public;\n{migration_tools.TOOLS['alembic']}")
        with Replica(primary, name="second", slot="second") as standby:
            for _ in range(600):
                if rows(primary.url("postgres"), "SELECT state = 'streaming' FROM pg_stat_replication") == [
                    (True,)
                ]:
                    break
                rows(primary.url("postgres"), "SELECT pg_sleep(0.05)")
            first = analyse(catalog.read(primary.url("postgres")))
            second = analyse(catalog.read(standby.url("postgres")))
    known = {figure.key: figure for figure in first.monitoring.figures}
    assert [one.name for one in known["replication_lag"].worst] == ["second"]
    assert known["replication_lag"].state is State.OK
    assert known["inactive_slots"].part == (0, 1)
    there = {figure.key: figure for figure in second.monitoring.figures}
    assert there["dead_rows"].state is there["vacuum_lag"].state is State.UNKNOWN
    assert there["replication_lag"].state is State.OK
    (history,) = second.snapshot.operation.migrations
    assert history.applied[0].version == "ae1027a6acf"


def test_without_what_the_server_knows(scene: Scene, tmp_path: Path) -> None:
    """A document that was made without it says so in each section, and invents nothing."""
    (tmp_path / "pgdossier.toml").write_text('activity = false\noutput = "doc"\n', encoding="utf-8")
    generate(tmp_path, scene.url)
    text = (tmp_path / "doc" / "README.md").read_text(encoding="utf-8")
    for number in ("10.1", "10.2", "10.3", "11.1", "11.2"):
        assert "without what the running server knows" in section(text, number)
    assert problems(tmp_path / "doc") == []
