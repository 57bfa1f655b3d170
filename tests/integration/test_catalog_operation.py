"""What the running server knows, against independent queries, on every version, for every reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.servers import PostgresServer

# Every test here counts, resets or makes roles of these names.
pytestmark = pytest.mark.xdist_group("operation")

SCHEMA = """
CREATE TABLE parents (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE children (id integer PRIMARY KEY, parent bigint REFERENCES parents, body text);
CREATE INDEX children_parent ON children (parent);
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
CREATE SEQUENCE unused;
INSERT INTO parents (name) SELECT 'name ' || n FROM generate_series(1, 500) n;
INSERT INTO children SELECT n, n, repeat('x', 40) FROM generate_series(1, 500) n;
UPDATE children SET body = 'y' WHERE id <= 20;
DELETE FROM children WHERE id > 490;
INSERT INTO events VALUES ('2024-01-01', 'x');
ANALYZE;
"""


def flush(url: str) -> None:
    """Has the counters of this session written down (before PostgreSQL 15 the end of a session does it)."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.info.server_version >= 150000:
            connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT count(*) FROM children WHERE parent = 7")


def settle(url: str) -> None:
    """Waits until all that ran so far is counted: before 15 another process does that, a little later."""
    until(
        url,
        "SELECT n_tup_ins = 500 AND n_tup_del = 10 FROM pg_stat_user_tables WHERE relname = 'children'",
    )
    scans: LiteralString = (
        "SELECT seq_scan + COALESCE(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'children'"
    )
    ((before,),) = rows(url, scans)
    flush(url)
    # The scan of that session comes last: when a new session finds it, it finds all before it.
    until(url, f"SELECT ({scans}) > %s", before)


def until(url: str, query: LiteralString, *values: object) -> None:
    """Waits until new sessions find that it is so, half a minute at most."""
    for _ in range(600):
        with psycopg.connect(url) as connection:
            if connection.execute(query, values or None).fetchone() == (True,):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError(query)


def rows(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    """What an independent query says."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone TO 'UTC'")
        return connection.execute(query).fetchall()


def test_counters_of_tables_and_indexes(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Every counter is the one that the server's own views show; partitioned tables have none."""
    url = make_database(any_server, SCHEMA)
    settle(url)
    expected = {
        name: rest
        for name, *rest in rows(
            url,
            """
            SELECT t.relname, seq_scan, seq_tup_read, t.idx_scan, t.idx_tup_fetch, n_tup_ins, n_tup_upd,
                   n_tup_del, n_tup_hot_upd, n_live_tup, n_dead_tup, n_mod_since_analyze,
                   n_ins_since_vacuum, analyze_count,
                   heap_blks_read, heap_blks_hit, idx_blks_read, idx_blks_hit,
                   COALESCE(toast_blks_read + tidx_blks_read), COALESCE(toast_blks_hit + tidx_blks_hit),
                   to_char(last_analyze, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
              FROM pg_stat_user_tables t JOIN pg_statio_user_tables io USING (relid)
             WHERE t.relname <> 'events'
            """,
        )
    }
    operation = catalog.read(url).operation
    found = {}
    for table in operation.tables:
        if table.name == "events":
            assert (table.sequential_scans, table.heap, table.live_rows) == (None, None, None)
            continue
        assert table.heap is not None
        index, toast = table.index_blocks, table.toast
        found[table.name] = [
            table.sequential_scans,
            table.sequential_rows,
            table.index_scans,
            table.index_rows,
            table.inserted,
            table.updated,
            table.deleted,
            table.hot_updated,
            table.live_rows,
            table.dead_rows,
            table.modified_since_analyze,
            table.inserted_since_vacuum,
            table.analyzes,
            table.heap.read,
            table.heap.hit,
            index and index.read,
            index and index.hit,
            toast and toast.read,
            toast and toast.hit,
            table.last_analyze,
        ]
    assert found == expected
    assert found["children"][4:8] == [500, 20, 10, found["children"][7]]
    indexes = {
        (each.name, each.table, each.scans, each.entries_read, each.rows_fetched, each.blocks)
        for each in operation.indexes
    }
    assert {
        (name, table, scans, read, fetched, (blocks.read, blocks.hit) if blocks else None)
        for name, table, scans, read, fetched, blocks in indexes
    } == {
        (name, table, scans, read, fetched, (blocks_read, blocks_hit))
        for name, table, scans, read, fetched, blocks_read, blocks_hit in rows(
            url,
            """
            SELECT indexrelname, relname, idx_scan, idx_tup_read, idx_tup_fetch, idx_blks_read, idx_blks_hit
              FROM pg_stat_user_indexes JOIN pg_statio_user_indexes
                USING (relid, indexrelid, relname, schemaname, indexrelname)
            """,
        )
    }
    if any_server.major >= 16:
        (children,) = (table for table in operation.tables if table.name == "children")
        assert children.last_index_scan is not None


def test_sequences_sizes_and_ages(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """How far sequences are, what the database takes, how old it is, and what a table needs at least."""
    url = make_database(any_server, SCHEMA)
    settle(url)
    snapshot = catalog.read(url)
    operation = snapshot.operation
    assert [(each.name, each.last_value, each.used) for each in operation.sequences] == [
        ("parents_id_seq", 500, True),
        ("unused", None, False),
    ]
    ((size, age, multixacts, commits),) = rows(
        url,
        """
        SELECT pg_database_size(datname), age(datfrozenxid), mxid_age(datminmxid), xact_commit
          FROM pg_database JOIN pg_stat_database USING (datname) WHERE datname = current_database()
        """,
    )
    database = operation.database
    assert database is not None
    assert database.bytes == pytest.approx(size, rel=0.1)
    assert database.transaction_age is not None
    assert 0 <= age - database.transaction_age <= 50
    assert database.multixact_age == multixacts
    assert database.commits is not None
    assert 0 < database.commits <= commits
    tables = {each.name: each for each in operation.tables}
    sizes = {each.name: each.table_bytes for each in snapshot.statistics.relations}
    minimum = tables["parents"].minimum_bytes
    assert minimum is not None
    assert 0 < minimum <= sizes["parents"] <= minimum + 2 * 8192
    oldest = operation.horizon
    assert oldest is not None
    assert oldest.transaction_age is not None
    assert oldest.transaction_age >= database.transaction_age


def test_settings_and_state(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Settings are the server's, not our session's; a standby and a primary are told apart."""
    url = make_database(any_server, SCHEMA)
    operation = catalog.read(url).operation
    shown = dict(rows(url, "SELECT name, setting FROM pg_settings WHERE source NOT IN ('client', 'session')"))
    for setting in operation.settings:
        if setting.value is not None and setting.name in shown:
            assert shown[setting.name] in (setting.value, "(disabled)"), setting.name
    assert {"max_connections", "shared_buffers", "wal_level", "password_encryption", "ssl", "jit"} <= {
        setting.name for setting in operation.settings
    }
    memory = operation.setting("shared_buffers")
    assert memory is not None
    ((expected,),) = rows(url, "SELECT pg_size_bytes(current_setting('shared_buffers'))")
    assert memory.bytes == expected
    assert operation.server is not None
    assert operation.server.in_recovery is False
    assert operation.hosting is not None
    assert operation.hosting.version_text.startswith(f"PostgreSQL {any_server.major}")
    assert operation.checkpoints is not None
    assert operation.archiver is not None
    assert (operation.wal is None) == (any_server.major < 14)
    assert operation.topology.receiver is None


def test_settings_of_the_reader_are_not_the_servers(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """What ALTER DATABASE or the connection's options say is not told as the server's."""
    url = make_database(server)
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET jit = on')
        connection.execute(f"ALTER DATABASE \"{name}\" SET work_mem = '7MB'")
        connection.execute(f"ALTER DATABASE \"{name}\" SET app.key = 'hidden-app-key'")
        connection.execute(f'ALTER DATABASE "{name}" SET lock_timeout = 4242')
    snapshot = catalog.read(url)
    assert snapshot.operation.setting("jit") is None
    assert snapshot.operation.setting("work_mem") is None
    assert snapshot.operation.setting("lock_timeout") is None
    assert [(each.name, each.value) for each in snapshot.structure.database.settings] == [
        ("app.key", None),
        ("jit", "on"),
        ("lock_timeout", "4242"),
        ("work_mem", "7MB"),
    ]
    separator = "&" if "?" in url else "?"
    assert catalog.read(f"{url}{separator}options=-cjit%3Don").operation.setting("jit") is None


READER = "operation_reader"
OTHER = "operation_other"


@pytest.fixture
def reader(observed_server: EmbeddedServer) -> Iterator[str]:
    """A role with no privilege at all, on the observed server, and another one that works there."""
    observed_server.run_sql("postgres", f"CREATE ROLE {READER} LOGIN; CREATE ROLE {OTHER} LOGIN;")
    yield READER
    observed_server.run_sql("postgres", f"DROP ROLE {READER}; DROP ROLE {OTHER};")


def dropped(server: EmbeddedServer, url: str) -> None:
    """Takes away what the roles have in that database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {READER}, {OTHER}")
    server.run_sql("postgres", f"DROP OWNED BY {READER}, {OTHER};")


def remedies(snapshot: Snapshot) -> dict[str, str | None]:
    return {gap.family: gap.remedy for gap in snapshot.operation.gaps}


def test_what_a_role_lacks_is_named(
    observed_server: EmbeddedServer, make_database: MakeDatabase, reader: str
) -> None:
    """Without privileges every gap says what to grant; with pg_monitor and SELECT there is none."""
    url = make_database(observed_server, SCHEMA + f"GRANT SELECT ON parents TO {OTHER};")
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute("CREATE EXTENSION pg_stat_statements")
        with psycopg.connect(observed_server.url(name, OTHER), autocommit=True) as busy:
            busy.execute("SELECT name FROM parents WHERE id = 7")
            as_reader = observed_server.url(name, reader)
            few = catalog.read(as_reader)
            found = remedies(few)
            assert found.keys() == {"settings", "clients", "horizon", "statements", "sequences", "bloat"}
            assert all(remedy is not None and remedy.startswith("grant ") for remedy in found.values())
            for family in ("clients", "horizon", "statements"):
                assert "pg_read_all_stats" in (found[family] or "")
            assert "pg_read_all_settings" in (found["settings"] or "")
            assert "pg_read_all_data" in (found["sequences"] or "")
            assert [each.used for each in few.operation.sequences] == [None, None]
            assert all(table.minimum_bytes is None for table in few.operation.tables)
            assert few.operation.setting("shared_preload_libraries") is None
            (other,) = (each for each in few.operation.topology.clients if each.role == OTHER)
            assert (other.state, other.transport) == (None, None)

            observed_server.run_sql("postgres", f"GRANT pg_monitor TO {READER};")
            more = catalog.read(as_reader)
            assert remedies(more).keys() == {"sequences", "bloat", "plans"}
            assert "pg_read_all_data" in (remedies(more)["plans"] or "")
            (other,) = (each for each in more.operation.topology.clients if each.role == OTHER)
            assert (other.state, other.transport) == ("idle", "local")

            observed_server.run_sql("postgres", f"GRANT pg_read_all_data TO {READER};")
            everything = catalog.read(as_reader)
            assert everything.operation.gaps == ()
    finally:
        dropped(observed_server, url)
        observed_server.run_sql("postgres", f"REVOKE pg_monitor, pg_read_all_data FROM {READER};")


def test_statements(observed_server: EmbeddedServer, make_database: MakeDatabase, reader: str) -> None:
    """The statements of this database alone, with their figures, wherever the extension is."""
    url = make_database(observed_server, SCHEMA + f"GRANT SELECT ON parents TO {OTHER};")
    elsewhere = make_database(observed_server, "CREATE TABLE elsewhere (id integer);")
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute('CREATE SCHEMA "Tools"; CREATE EXTENSION pg_stat_statements SCHEMA "Tools"')
            connection.execute('SELECT "Tools".pg_stat_statements_reset()')
            for number in range(3):
                connection.execute(
                    f"/* secret */ SELECT body FROM children WHERE parent = {number} AND body <> 'secret'"
                )
            connection.execute(f"ALTER ROLE {OTHER} PASSWORD 'secret'")
            connection.execute(
                "CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS"
                " 'BEGIN RETURN (SELECT count(*) FROM parents); END'"
            )
            connection.execute("SELECT f()")
        with psycopg.connect(observed_server.url(name, OTHER), autocommit=True) as connection:
            connection.execute("SELECT name FROM parents WHERE id = 7")
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute("SELECT * FROM elsewhere")
        snapshot = catalog.read(url)
        workload = snapshot.operation.workload
        assert workload is not None
        by_text = {each.text: each for each in workload.statements}
        body = by_text["SELECT body FROM children WHERE parent = $1 AND body <> $2"]
        ((calls, total, hit, ident),) = rows(
            url,
            """
            SELECT calls, total_exec_time, shared_blks_hit, queryid::text FROM "Tools".pg_stat_statements
             WHERE query LIKE '%body FROM children%' AND query NOT LIKE '%pg_stat%'
            """,
        )
        assert calls == 3
        assert (body.calls, body.rows, body.complete, body.roles) == (calls, 2, True, ("postgres",))
        assert body.total_ms == pytest.approx(total, abs=0.001)
        assert (body.shared_hit, body.id) == (hit, ident)
        assert body.since is not None
        assert body.plan_ms is not None
        assert body.read_ms is not None
        assert by_text["SELECT name FROM parents WHERE id = $1"].roles == (OTHER,)
        assert by_text["(SELECT count(*) FROM parents)"].nested
        assert not any("elsewhere" in text or "PASSWORD" in text for text in by_text)
        assert workload.counted_since is not None
        assert b"secret" not in snapshot_json.encode(snapshot)
    finally:
        dropped(observed_server, url)


@pytest.mark.parametrize("version", ["1.8", "1.9", "1.10", "1.11"])
def test_every_version_of_the_extension(
    observed_server: EmbeddedServer, make_database: MakeDatabase, version: LiteralString
) -> None:
    """After an upgrade of the server the extension is as old as before: its columns are read as they are."""
    url = make_database(observed_server, f"{SCHEMA} CREATE EXTENSION pg_stat_statements VERSION '{version}';")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT body FROM children WHERE id = 3")
    operation = catalog.read(url).operation
    assert operation.gaps == ()
    assert operation.workload is not None
    assert operation.workload.version == version
    assert "SELECT body FROM children WHERE id = $1" in {each.text for each in operation.workload.statements}
    update = {each.name: each.default_version for each in operation.extensions}
    assert update["pg_stat_statements"] not in (None, version)


def test_statements_that_cannot_be_had(
    server: PostgresServer, observed_server: EmbeddedServer, make_database: MakeDatabase
) -> None:
    """Without the extension, and with one that is too old, the gap says what to do."""
    (gap,) = catalog.read(make_database(server)).operation.gaps
    assert gap.family == "statements"
    assert "CREATE EXTENSION pg_stat_statements" in (gap.remedy or "")
    old = make_database(observed_server, "CREATE EXTENSION pg_stat_statements VERSION '1.7';")
    (gap,) = catalog.read(old).operation.gaps
    assert "ALTER EXTENSION pg_stat_statements UPDATE" in (gap.remedy or "")


def test_roles(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Roles with attributes, settings and memberships, as the catalogs have them on every version."""
    any_server.run_sql(
        "postgres",
        """
        CREATE ROLE "Op app" NOLOGIN CREATEDB CONNECTION LIMIT 3;
        CREATE ROLE op_worker LOGIN NOINHERIT VALID UNTIL '2040-01-01 00:00:00+00';
        CREATE ROLE op_stranger LOGIN;
        GRANT "Op app" TO op_worker WITH ADMIN OPTION;
        GRANT pg_monitor TO op_worker;
        ALTER ROLE op_worker SET work_mem = '9MB';
        ALTER ROLE op_worker SET app.password = 'hidden-role-setting';
        COMMENT ON ROLE op_worker IS 'Works.';
        """,
    )
    url = make_database(any_server, 'CREATE TABLE t (id integer); GRANT SELECT ON t TO "Op app";')
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                f'ALTER ROLE op_worker IN DATABASE "{connection.info.dbname}" SET search_path = public'
            )
        snapshot = catalog.read(url)
        roles = {role.name: role for role in snapshot.structure.roles}
        assert {"Op app", "op_worker", "pg_monitor"} <= roles.keys()
        assert "op_stranger" not in roles
        app, worker = roles["Op app"], roles["op_worker"]
        assert (app.login, app.create_database, app.connection_limit) == (False, True, 3)
        assert (worker.login, worker.inherit, worker.expires, worker.comment) == (True, False, True, "Works.")
        assert [(each.role, each.admin, each.set) for each in worker.member_of] == [
            ("Op app", True, True),
            ("pg_monitor", False, True),
        ]
        # Since 16 a grant has an option of its own, which starts as the member's attribute.
        assert [each.inherit for each in worker.member_of] == [False, False]
        assert (worker.member_of[0].grantor is None) == (any_server.major < 16)
        assert [(each.name, each.value) for each in worker.settings] == [
            ("app.password", None),
            ("work_mem", "9MB"),
        ]
        assert [(each.name, each.value) for each in worker.settings_here] == [("search_path", "public")]
        (expiry,) = (each for each in snapshot.operation.role_expiries if each.role == "op_worker")
        assert expiry.valid_until == "2040-01-01T00:00:00Z"
        assert b"hidden-" not in snapshot_json.encode(snapshot)
    finally:
        any_server.run_sql("postgres", "DROP ROLE op_worker; DROP ROLE op_stranger;")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute('DROP OWNED BY "Op app"')
        any_server.run_sql("postgres", 'DROP ROLE "Op app";')


def test_no_secret_is_read(observed_server: EmbeddedServer, make_database: MakeDatabase) -> None:
    """Passwords in commands, connection strings, settings and client names are not in the snapshot."""
    url = make_database(
        observed_server,
        """
        CREATE EXTENSION pg_stat_statements;
        CREATE TABLE t (id integer);
        CREATE SUBSCRIPTION op_sub CONNECTION 'host=h password=hidden-subscription' PUBLICATION p
            WITH (connect = false, slot_name = NONE);
        """,
    )
    observed_server.run_sql(
        "postgres",
        """
        ALTER SYSTEM SET primary_conninfo = 'host=h password=hidden-conninfo';
        ALTER SYSTEM SET restore_command = 'fetch --token hidden-restore';
        SELECT pg_reload_conf();
        """,
    )
    until(url, "SELECT setting <> '' FROM pg_settings WHERE name = 'restore_command'")
    names = ["password=hidden-client", "postgres://u:hidden-client@h/d", "Authorization: hidden-client"]
    clients = [psycopg.connect(url, application_name=name) for name in names]
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SUBSCRIPTION op_sub CONNECTION 'host=h password=hidden-statement'")
        snapshot = catalog.read(url)
        assert b"hidden" not in snapshot_json.encode(snapshot)
        settings = {setting.name: setting.value for setting in snapshot.operation.settings}
        assert (settings["primary_conninfo"], settings["restore_command"]) == (None, None)
        assert settings["archive_command"] in ("", None)
        assert [(each.name, each.running) for each in snapshot.operation.topology.subscriptions] == [
            ("op_sub", False)
        ]
        (unnamed,) = (each for each in snapshot.operation.topology.clients if each.here)
        assert (unnamed.application, unnamed.sessions) == (None, 3)
    finally:
        for client in clients:
            client.close()
        observed_server.run_sql("postgres", "ALTER SYSTEM RESET ALL; SELECT pg_reload_conf();")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SUBSCRIPTION op_sub")


def test_slots(observed_server: EmbeddedServer, make_database: MakeDatabase) -> None:
    """Slots are told with what they keep; those of the whole server, as they fill the disk of all."""
    url = make_database(observed_server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_create_physical_replication_slot('op_slot', true)")
        try:
            (slot,) = (each for each in catalog.read(url).operation.topology.slots if each.name == "op_slot")
            assert (slot.logical, slot.active, slot.database, slot.wal_status) == (
                False,
                False,
                None,
                "reserved",
            )
            assert slot.retained_bytes is not None
        finally:
            connection.execute("SELECT pg_drop_replication_slot('op_slot')")
