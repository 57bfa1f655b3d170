"""Plans of statements that ran: which tables and indexes, for every style of parameters, nothing executed."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.catalog import plans
from pgdossier.catalog.session import connect
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.workload import Plan, Statement
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support import workload
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer, Replica

pytestmark = pytest.mark.xdist_group("operation")


def observed(
    server: PostgresServer, make_database: MakeDatabase, *, client_side: bool
) -> tuple[str, list[workload.Case]]:
    """A database with the workload, and what was run."""
    url = make_database(server, f"{workload.SCHEMA} CREATE EXTENSION pg_stat_statements;")
    return url, workload.run(url, client_side=client_side)


def statements(snapshot: Snapshot) -> tuple[Statement, ...]:
    found = snapshot.operation.workload
    assert found is not None
    return found.statements


def check(case: workload.Case, plan: Plan | None) -> None:
    """Asserts that the plan is what the case says."""
    assert plan is not None, case.marks
    if case.words:
        assert case.words in (plan.unexplained or ""), case.marks
        return
    assert plan.unexplained is None, (case.marks, plan.unexplained)
    assert {table.name for table in plan.tables} >= case.tables, case.marks
    assert {index.name for index in plan.indexes} >= case.indexes, case.marks
    assert {table.name for table in plan.sequential} >= case.sequential, case.marks
    assert (plan.cost or 0) > 0, case.marks


@pytest.mark.parametrize("client_side", [True, False], ids=["in the text", "bound"])
def test_every_style_of_parameters(
    observed_server: EmbeddedServer, make_database: MakeDatabase, client_side: bool
) -> None:
    """However the values came in, a statement has the right tables and indexes in its plan, or a reason."""
    url, cases = observed(observed_server, make_database, client_side=client_side)
    snapshot = catalog.read(url)
    assert snapshot.operation.gaps == ()
    for case in cases:
        (found,) = (each for each in statements(snapshot) if case.marks in each.text)
        assert found.calls == case.times
        check(case, found.plan)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
    # The way of servers below 16 finds the same.
    with connect(url, statement_timeout=60, lock_timeout=5) as session:
        session.guard()
        prepared = plans.read(session, statements(snapshot), prepared=True)
        assert session.value("SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements") == 0
    for case in cases:
        (found,) = (each for each in statements(snapshot) if case.marks in each.text)
        check(case, prepared[found.id])


def test_every_version(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Statements are planned on every supported version, in its own way."""
    url = make_database(any_server, workload.SCHEMA)
    texts = {
        "SELECT total FROM sales.orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT $2": (
            "orders_customer"
        ),
        "SELECT count(*) FROM sales.orders WHERE placed_at > now() - interval $1": "orders_placed",
        "SELECT kind FROM sales.events WHERE at >= $1 AND at < $2": "events_2025_at_idx",
        "INSERT INTO sales.stock VALUES ($1, $2) ON CONFLICT (sku) DO NOTHING": "stock_pkey",
        "UPDATE sales.stock SET pieces = pieces - $1 WHERE sku = $2": "stock_pkey",
        "DELETE FROM sales.items WHERE order_id = $1": "items_pkey",
        "SELECT extract($1 FROM placed_at) FROM sales.orders WHERE id = ANY ($2)": "orders_pkey",
        "SELECT concat($1, email) FROM sales.customers WHERE email = $2": "customers_email_key",
        "SELECT 1 FROM nowhere": "",
    }
    given = [
        Statement(id=str(at), text=text, calls=1, rows=1, total_ms=100 - at, mean_ms=1)
        for at, text in enumerate(texts)
    ]
    with connect(url, statement_timeout=60, lock_timeout=5) as session:
        session.guard()
        found = plans.read(session, given)
    for statement in given:
        plan, index = found[statement.id], texts[statement.text]
        if index:
            assert plan.unexplained is None, (statement.text, plan.unexplained)
            assert index in {each.name for each in plan.indexes}, statement.text
        else:
            assert plan.unexplained == 'the server says: relation "nowhere" does not exist'
    assert {table.name for table in found["2"].tables} == {"events_2025", "events_2026"}
    assert [table.name for table in found["4"].written] == ["stock"]


FUNCTIONS = """
CREATE TABLE plain (id integer PRIMARY KEY, body text);
CREATE FUNCTION constant() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION tenant() RETURNS integer LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION wrapping() RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT constant() $$;
CREATE FUNCTION described(plain) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 'x'; END $$;
CREATE FUNCTION free() RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION with_default(a integer DEFAULT constant()) RETURNS integer LANGUAGE plpgsql VOLATILE
    AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION near(integer, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR <~> (FUNCTION = near, LEFTARG = integer, RIGHTARG = integer);
CREATE VIEW seen AS SELECT * FROM plain WHERE id = tenant();
CREATE VIEW seen_twice AS SELECT * FROM seen;
CREATE TABLE defaulted (id integer PRIMARY KEY, made integer DEFAULT constant());
CREATE TABLE freely (id integer PRIMARY KEY, made integer DEFAULT free());
CREATE DOMAIN checked AS integer CHECK (VALUE > constant());
CREATE TABLE with_domain (id checked);
CREATE TABLE indexed (id integer);
CREATE INDEX ON indexed ((id + constant()));
CREATE SCHEMA other;
CREATE FUNCTION other.lower(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 'x'; END $$;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
"""
REFUSED = {
    "SELECT * FROM plain WHERE id = constant()": "public.constant",
    "SELECT * FROM plain WHERE id = tenant()": "public.tenant",
    "SELECT * FROM plain WHERE id = wrapping()": "public.wrapping",
    "SELECT * FROM plain WHERE id = with_default()": "public.constant",
    "SELECT p.described FROM plain p": "public.described",
    "SELECT * FROM plain WHERE id <~> $1": "public.near",
    "SELECT * FROM seen": "public.tenant",
    "SELECT body FROM seen_twice WHERE id = $1": "public.tenant",
    "INSERT INTO defaulted (id) VALUES ($1)": "public.constant",
    "SELECT $1::checked": "public.constant",
    "INSERT INTO with_domain VALUES ($1)": "public.constant",
    "SELECT * FROM indexed WHERE id + $1 = $2": "public.constant",
    "SELECT * FROM plain WHERE body = lower($1)": "other.lower",
    'SELECT * FROM plain WHERE body = U&"lower"($1)': "Unicode escapes",
    "SELECT 1; DROP TABLE plain": "not one statement",
    "DROP TABLE plain": "not one statement",
}
PLANNED = (
    "SELECT * FROM plain WHERE id = $1",
    "SELECT * FROM defaulted WHERE id = $1 FOR UPDATE",
    "DELETE FROM defaulted WHERE id = $1",
    "INSERT INTO freely (id) VALUES ($1)",
    "SELECT free(), id FROM plain",
)


def calls(url: str) -> dict[str, int]:
    """How often functions were called here, by the server's own count."""
    with psycopg.connect(url, autocommit=True) as connection:
        return dict(
            connection.execute(
                "SELECT funcname, calls FROM pg_stat_user_functions WHERE calls > 0"
            ).fetchall()
        )


@pytest.mark.parametrize("prepared", [False, True])
def test_no_function_of_a_user_runs(
    observed_server: EmbeddedServer, make_database: MakeDatabase, prepared: bool
) -> None:
    """A statement from which planning could reach a user's function is not planned, and none is called."""
    url = make_database(observed_server, FUNCTIONS)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"{connection.info.dbname}\" SET track_functions TO 'all'")
        connection.execute("SELECT pg_stat_reset()")  # making the index has called one
    assert calls(url) == {}
    given = [
        Statement(id=text, text=text, calls=1, rows=1, total_ms=1, mean_ms=1) for text in (*REFUSED, *PLANNED)
    ]
    with connect(url, statement_timeout=60, lock_timeout=5) as session:
        session.guard()
        found = plans.read(session, given, prepared=prepared)
    for text, words in REFUSED.items():
        assert words in (found[text].unexplained or ""), (text, found[text])
    for text in PLANNED:
        assert found[text].unexplained is None, (text, found[text])
    assert calls(url) == {}
    # The counter does count what planning alone runs:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("EXPLAIN SELECT * FROM plain WHERE id = tenant()")
        connection.execute("EXPLAIN SELECT * FROM defaulted WHERE id = constant()")
        connection.execute("SELECT pg_stat_force_next_flush()")
    assert calls(url).keys() == {"tenant", "constant"}


def test_casts_and_foreign_tables(server: PostgresServer, make_database: MakeDatabase) -> None:
    """With a cast by a user's function nothing is planned; a foreign table has no server asked."""
    url = make_database(
        server,
        """
        CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER far FOREIGN DATA WRAPPER nothing;
        CREATE TABLE plain (id integer); CREATE FOREIGN TABLE away (id integer) SERVER far;
        CREATE VIEW both_of_them AS SELECT id FROM plain UNION ALL SELECT id FROM away;
        """,
    )

    def planned(text: str) -> str | None:
        given = Statement(id="1", text=text, calls=1, rows=1, total_ms=1, mean_ms=1)
        with connect(url, statement_timeout=60, lock_timeout=5) as session:
            session.guard()
            return plans.read(session, [given])["1"].unexplained

    assert "foreign table public.away" in (planned("SELECT id FROM away") or "")
    assert "through both_of_them" in (planned("SELECT id FROM both_of_them") or "")
    assert planned("SELECT id FROM plain WHERE id = $1") is None
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TYPE pair AS (a integer, b integer)")
        connection.execute(
            "CREATE FUNCTION made(integer) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, 1)::pair'"
        )
        connection.execute("CREATE CAST (integer AS pair) WITH FUNCTION made(integer) AS IMPLICIT")
    assert "public.made" in (planned("SELECT id FROM plain WHERE id = $1") or "")


def test_search_path_of_the_role(server: PostgresServer, make_database: MakeDatabase) -> None:
    """Names without a schema are looked up where the role that ran the statement starts."""
    url = make_database(
        server,
        "CREATE SCHEMA here; CREATE TABLE here.things (id integer PRIMARY KEY);"
        " CREATE SCHEMA there; CREATE TABLE there.things (id integer PRIMARY KEY);",
    )
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET search_path TO here')
        connection.execute(f'ALTER ROLE postgres IN DATABASE "{name}" SET search_path TO there, public')
    roles = {"1": ("postgres",), "2": ("somebody",)}
    given = [
        Statement(
            id=at,
            text="SELECT id FROM things WHERE id = $1",
            roles=who,
            calls=1,
            rows=1,
            total_ms=1,
            mean_ms=1,
        )
        for at, who in roles.items()
    ]
    with connect(url, statement_timeout=60, lock_timeout=5) as session:
        session.guard()
        found = plans.read(session, given)
    assert [(table.dotted) for table in found["1"].tables] == ["there.things"]
    assert found["1"].search_path == "there, public"
    assert [(table.dotted) for table in found["2"].tables] == ["here.things"]


def test_what_may_not_be_read_is_not_explained(server: PostgresServer, make_database: MakeDatabase) -> None:
    """EXPLAIN asks for the privileges of the statement; without them the server's refusal is the reason."""
    url = make_database(
        server,
        "CREATE TABLE secrets (id integer); REVOKE ALL ON secrets FROM public; CREATE ROLE plans_reader;",
    )
    given = [Statement(id="1", text="SELECT id FROM secrets", calls=1, rows=1, total_ms=1, mean_ms=1)]
    try:
        with connect(url, statement_timeout=60, lock_timeout=5) as session:
            session.guard()
            with session.aside("SET LOCAL ROLE plans_reader"):
                found = plans.read(session, given)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP ROLE plans_reader")
    assert found["1"].unexplained == "the server says: permission denied for table secrets"


def test_the_document(observed_server: EmbeddedServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """§6.2 and §7 name the statements, their tables and indexes, and what kind of use each table has."""
    url, _ = observed(observed_server, make_database, client_side=True)
    assert pgdossier("generate", url, "--output", "doc", home=tmp_path).returncode == 0
    text = (tmp_path / "doc" / "README.md").read_text()
    queries = text[text.index("### 6.2") : text.index("## 7. ")]
    reads = text[text.index("### 7.1") : text.index("### 7.2")]
    writes = text[text.index("### 7.2") : text.index("### 7.3")]

    def line(part: str, mark: str) -> str:
        return next(found for found in part.splitlines() if mark in found)

    assert "`stock_pkey`" in line(queries, "UPDATE sales.stock SET pieces = pieces - $1")
    assert "| 600 |" in line(queries, "UPDATE sales.stock SET pieces = pieces - $1")
    assert "600 calls" in queries
    kinds = line(queries, "SELECT kind FROM sales.events")
    assert "`events_at_idx`, sequential scan of some partitions of [`sales.events`]" in kinds
    assert "example.org" not in text
    for table, kind in {
        "stock": "hot-update",
        "jobs": "queue-like",
        "orders": "append-only",
        "countries": "read-mostly",
        "events": "append-only",
    }.items():
        assert f"| {kind} |" in line(reads, f"| [`sales.{table}`]"), table
    assert "Not a row was read or written" in reads
    assert "[`sales.unused`]" in line(reads, "Not a row was read or written")
    assert "[Q" in line(writes, "| [`sales.stock`]")
    assert "### 12.D" in text
    assert "Slowest" in text[text.index("### 12.D") : text.index("### 12.E")]


def test_a_standby(make_database: MakeDatabase, observed_server: EmbeddedServer, tmp_path: Path) -> None:
    """A hot standby plans what it ran itself; its counters are told as its own, and no class follows."""
    url = make_database(
        observed_server, f"{workload.SCHEMA} CREATE EXTENSION pg_stat_statements;", name="standby_plans"
    )
    standby = Replica(
        observed_server, name="reader", settings={"shared_preload_libraries": "pg_stat_statements"}
    )
    with standby, psycopg.connect(standby.url("standby_plans"), autocommit=True) as connection:
        for customer in range(150):
            connection.execute("SELECT total FROM sales.orders WHERE customer_id = %s", (customer,))
        connection.execute("SELECT pg_stat_force_next_flush()")
        source = standby.url("standby_plans")
        assert pgdossier("generate", source, "--output", "doc", home=tmp_path).returncode == 0
    with psycopg.connect(url) as primary:
        ran = primary.execute(
            "SELECT count(*) FROM pg_stat_statements WHERE query LIKE 'SELECT total FROM sales.orders%'"
        ).fetchone()
    assert ran == (0,)
    text = (tmp_path / "doc" / "README.md").read_text()
    queries = text[text.index("### 6.2") : text.index("## 7. ")]
    reads = text[text.index("### 7.1") : text.index("### 7.2")]
    assert "This is a standby: the primary and other standbys count for themselves" in queries
    statement = next(found for found in queries.splitlines() if "SELECT total FROM" in found)
    assert "| 150 |" in statement
    assert "`orders_customer`" in statement
    assert "This is a standby: the counters are those of reading here." in reads
    assert "append-only" not in text
    assert "The primary and other standbys can still use them." in reads


def test_statements_of_others(
    observed_server: EmbeddedServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A role that may not see what others ran is told how much that is, and what to grant."""
    url, _ = observed(observed_server, make_database, client_side=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plans_outsider LOGIN")
    try:
        source = url.replace("//postgres@", "//plans_outsider@")
        assert source != url
        assert pgdossier("generate", source, "--output", "doc", home=tmp_path).returncode == 0
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("GRANT pg_monitor TO plans_outsider")
        assert pgdossier("generate", source, "--output", "monitor", home=tmp_path).returncode == 0
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP ROLE plans_outsider")
    monitor = (tmp_path / "monitor" / "README.md").read_text()
    assert "not planned: the server says: permission denied for schema sales" in monitor
    assert "grant SELECT on it and USAGE on its schema, or pg_read_all_data" in monitor
    text = (tmp_path / "doc" / "README.md").read_text()
    queries = text[text.index("### 6.2") : text.index("## 7. ")]
    assert re.search(r"counted \d+ different statements? that may be seen and \d+ that may not", queries)
    assert "grant pg_read_all_stats, or pg_monitor, to the role that reads" in queries
    assert "None of those whose text could be read touches what is documented here." in queries


def test_without_the_extension(
    observed_server: EmbeddedServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Where statements are not counted, §6.2 says so and shows the lines that change it."""
    url = make_database(observed_server, "CREATE TABLE plain (id integer);")
    assert pgdossier("generate", url, "--output", "doc", home=tmp_path).returncode == 0
    text = (tmp_path / "doc" / "README.md").read_text()
    queries = text[text.index("### 6.2") : text.index("## 7. ")]
    assert "pg_stat_statements is not installed here." in queries
    assert "CREATE EXTENSION pg_stat_statements;" in queries
    assert "shared_preload_libraries =" not in queries  # this server has it loaded
    assert "the server has counted no use of any table" in text
