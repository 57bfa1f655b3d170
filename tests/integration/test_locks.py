"""The facts of `history.locks`, each taken from the locks, files and scans of a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest

from pgdossier import pipeline
from pgdossier.config import Config, parse_source
from pgdossier.history.locks import Form, Mode, of_statement_kind
from pgdossier.history.rewrites import coercible, may_be_volatile
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase, SharedDatabase
from tests.support.servers import PostgresServer

SETUP = """
    CREATE TABLE parent (id integer PRIMARY KEY);
    CREATE TABLE t (
        id integer PRIMARY KEY, a integer NOT NULL, b text, c varchar(10) DEFAULT 'x', f integer,
        g integer GENERATED ALWAYS AS (id + 1) STORED, r tstzrange,
        CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent DEFERRABLE,
        CONSTRAINT chk CHECK (a > 0)
    );
    ALTER TABLE t ADD CONSTRAINT later CHECK (a > 1) NOT VALID;
    INSERT INTO parent SELECT generate_series(1, 10);
    INSERT INTO t (id, a, b, f) SELECT n, n + 1, n, n FROM generate_series(1, 10) n;
    CREATE INDEX i ON t (a);
    CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER trg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION trg();
    CREATE POLICY pol ON t;
    CREATE RULE rul AS ON UPDATE TO t WHERE false DO NOTHING;
    CREATE VIEW v AS SELECT id FROM t;
    CREATE MATERIALIZED VIEW mv AS SELECT id FROM parent;
    CREATE TABLE parted (id integer, a integer) PARTITION BY RANGE (id);
    CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10);
    CREATE TABLE loose (id integer, a integer);
    INSERT INTO loose VALUES (15, 1);
    CREATE TABLE base (id integer, a integer);
    CREATE SCHEMA elsewhere;
    CREATE SEQUENCE s;
    CREATE PUBLICATION pub;
    CREATE DOMAIN dom AS integer;
    CREATE TABLE of_domain (d dom);
    INSERT INTO of_domain VALUES (1);
    CREATE TYPE en AS ENUM ('x');
    CREATE TABLE of_enum (e en DEFAULT 'x');
"""


class Case(NamedTuple):
    """A statement of a form, the relation that the form is about, the other one, and its first version."""

    form: Form
    sql: str
    relation: str | None = "t"
    other: str | None = None
    since: int = 13


CASES = [
    Case(Form.ADD_COLUMN, "ALTER TABLE t ADD n integer"),
    Case(Form.ADD_COLUMN, "ALTER TABLE t ADD n integer NOT NULL DEFAULT 5"),
    Case(Form.ADD_COLUMN, "ALTER TABLE t ADD n timestamptz DEFAULT now()"),
    Case(Form.ADD_COLUMN, "ALTER TABLE t ADD n integer GENERATED ALWAYS AS (a + 1) VIRTUAL", since=18),
    Case(Form.ADD_COLUMN_REWRITING, "ALTER TABLE t ADD n timestamptz DEFAULT clock_timestamp()"),
    Case(Form.ADD_COLUMN_REWRITING, "ALTER TABLE t ADD n integer GENERATED ALWAYS AS (a + 1) STORED"),
    Case(Form.ADD_COLUMN_REWRITING, "ALTER TABLE t ADD n integer GENERATED ALWAYS AS IDENTITY"),
    Case(Form.ADD_COLUMN_REWRITING, "ALTER TABLE t ADD n serial"),
    Case(Form.DROP_COLUMN, "ALTER TABLE t DROP b"),
    Case(Form.COLUMN_TYPE, "ALTER TABLE t ALTER c TYPE varchar(20)"),
    Case(Form.COLUMN_TYPE, "ALTER TABLE t ALTER c TYPE text"),
    Case(Form.COLUMN_TYPE_REWRITING, "ALTER TABLE t ALTER c TYPE varchar(5)"),
    Case(Form.COLUMN_TYPE_REWRITING, "ALTER TABLE t ALTER f TYPE bigint"),
    Case(Form.SET_EXPRESSION, "ALTER TABLE t ALTER g SET EXPRESSION AS (id + 2)", since=17),
    Case(Form.DROP_EXPRESSION, "ALTER TABLE t ALTER g DROP EXPRESSION"),
    Case(Form.COLUMN_DEFAULT, "ALTER TABLE t ALTER b SET DEFAULT 'x'"),
    Case(Form.COLUMN_DEFAULT, "ALTER TABLE t ALTER c DROP DEFAULT"),
    Case(Form.IDENTITY, "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY"),
    Case(Form.SET_NOT_NULL, "ALTER TABLE t ALTER b SET NOT NULL"),
    Case(Form.DROP_NOT_NULL, "ALTER TABLE t ALTER a DROP NOT NULL"),
    Case(Form.COLUMN_STATISTICS, "ALTER TABLE t ALTER a SET STATISTICS 500"),
    Case(Form.COLUMN_OPTIONS, "ALTER TABLE t ALTER a SET (n_distinct = 5)"),
    Case(Form.COLUMN_STORAGE, "ALTER TABLE t ALTER b SET STORAGE EXTERNAL"),
    Case(Form.COLUMN_STORAGE, "ALTER TABLE t ALTER b SET COMPRESSION pglz", since=14),
    Case(Form.ADD_CHECK, "ALTER TABLE t ADD CHECK (id > 0)"),
    Case(Form.ADD_CHECK_NOT_VALID, "ALTER TABLE t ADD CHECK (id > 0) NOT VALID"),
    Case(Form.ADD_FOREIGN_KEY, "ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES parent", other="parent"),
    Case(
        Form.ADD_FOREIGN_KEY_NOT_VALID,
        "ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES parent NOT VALID",
        other="parent",
    ),
    Case(Form.ADD_KEY, "ALTER TABLE t ADD UNIQUE (b)"),
    Case(Form.ADD_KEY, "ALTER TABLE loose ADD PRIMARY KEY (id)", "loose"),
    Case(Form.ADD_EXCLUSION, "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)"),
    Case(Form.VALIDATE_CONSTRAINT, "ALTER TABLE t VALIDATE CONSTRAINT later"),
    Case(Form.ALTER_CONSTRAINT, "ALTER TABLE t ALTER CONSTRAINT fk NOT DEFERRABLE"),
    Case(Form.DROP_CONSTRAINT, "ALTER TABLE t DROP CONSTRAINT chk"),
    Case(Form.DROP_FOREIGN_KEY, "ALTER TABLE t DROP CONSTRAINT fk", other="parent"),
    Case(Form.RENAME, "ALTER TABLE t RENAME TO u"),
    Case(Form.RENAME, "ALTER TABLE t RENAME a TO z"),
    Case(Form.RENAME, "ALTER TABLE t RENAME CONSTRAINT chk TO chck"),
    Case(Form.RENAME_INDEX, "ALTER INDEX i RENAME TO j", other="i"),
    Case(Form.SET_SCHEMA, "ALTER TABLE t SET SCHEMA elsewhere"),
    Case(Form.OWNER, "ALTER TABLE t OWNER TO pg_monitor"),
    Case(Form.ROW_SECURITY, "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    Case(Form.ROW_SECURITY, "ALTER TABLE t FORCE ROW LEVEL SECURITY"),
    Case(Form.LOGGED, "ALTER TABLE t SET UNLOGGED"),
    Case(Form.ACCESS_METHOD, "ALTER TABLE t SET ACCESS METHOD heap2", since=15),
    Case(Form.OPTIONS, "ALTER TABLE t SET (fillfactor = 70)"),
    Case(Form.OPTIONS, "ALTER TABLE t SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)"),
    Case(Form.VIEW_OPTIONS, "ALTER VIEW v SET (security_barrier = true)", "v"),
    Case(Form.REPLICA_IDENTITY, "ALTER TABLE t REPLICA IDENTITY FULL"),
    Case(Form.CLUSTER_ON, "ALTER TABLE t CLUSTER ON i"),
    Case(Form.TRIGGER_ENABLED, "ALTER TABLE t DISABLE TRIGGER trg"),
    Case(Form.RULE_ENABLED, "ALTER TABLE t DISABLE RULE rul"),
    Case(Form.INHERIT, "ALTER TABLE loose INHERIT base", "loose", "base"),
    Case(
        Form.ATTACH_PARTITION,
        "ALTER TABLE parted ATTACH PARTITION loose FOR VALUES FROM (10) TO (20)",
        "loose",
        "parted",
    ),
    Case(Form.DETACH_PARTITION, "ALTER TABLE parted DETACH PARTITION part", "part", "parted"),
    Case(
        Form.CREATE_PARTITION,
        "CREATE TABLE n PARTITION OF parted FOR VALUES FROM (10) TO (20)",
        None,
        "parted",
    ),
    Case(Form.CREATE_REFERENCING, "CREATE TABLE n (id integer REFERENCES parent)", None, "parent"),
    Case(Form.CREATE_INHERITING, "CREATE TABLE n () INHERITS (base)", None, "base"),
    Case(Form.DROP_RELATION, "DROP TABLE t CASCADE", other="parent"),
    Case(Form.DROP_RELATION, "DROP TABLE part", "part", "parted"),
    Case(Form.DROP_RELATION, "DROP VIEW v", "v"),
    Case(Form.REPLACE_VIEW, "CREATE OR REPLACE VIEW v AS SELECT id FROM t WHERE id > 0", "v"),
    Case(Form.REFRESH, "REFRESH MATERIALIZED VIEW mv", "mv"),
    Case(Form.CREATE_INDEX, "CREATE INDEX n ON t (b)"),
    Case(Form.DROP_INDEX, "DROP INDEX i"),
    Case(Form.INDEX_OPTIONS, "ALTER INDEX i SET (fillfactor = 70)", other="i"),
    Case(Form.CREATE_TRIGGER, "CREATE TRIGGER n AFTER DELETE ON t EXECUTE FUNCTION trg()"),
    Case(Form.DROP_TRIGGER, "DROP TRIGGER trg ON t"),
    Case(Form.RENAME_TRIGGER, "ALTER TRIGGER trg ON t RENAME TO trgr"),
    Case(Form.POLICY, "CREATE POLICY n ON t"),
    Case(Form.POLICY, "ALTER POLICY pol ON t USING (id > 0)"),
    Case(Form.POLICY, "ALTER POLICY pol ON t RENAME TO poly"),
    Case(Form.POLICY, "DROP POLICY pol ON t"),
    Case(Form.RULE, "CREATE RULE n AS ON DELETE TO t DO ALSO NOTHING"),
    Case(Form.RULE, "ALTER RULE rul ON t RENAME TO rule"),
    Case(Form.RULE, "DROP RULE rul ON t"),
    Case(Form.COMMENT, "COMMENT ON TABLE t IS 'x'"),
    Case(Form.COMMENT, "COMMENT ON COLUMN t.a IS 'x'"),
    Case(Form.GRANT, "GRANT SELECT ON t TO pg_monitor"),
    Case(Form.STATISTICS, "CREATE STATISTICS n ON a, b FROM t"),
    Case(Form.PUBLISH, "ALTER PUBLICATION pub ADD TABLE t"),
    Case(Form.SEQUENCE, "ALTER SEQUENCE s MAXVALUE 1000", "s"),
    Case(Form.DOMAIN_CONSTRAINT, "ALTER DOMAIN dom ADD CHECK (value > 0)", None, "of_domain"),
    Case(Form.DOMAIN_CONSTRAINT, "ALTER DOMAIN dom SET NOT NULL", None, "of_domain"),
    Case(Form.ENUM_VALUE, "ALTER TYPE en ADD VALUE 'y'", "of_enum"),
    Case(Form.ENUM_VALUE, "ALTER TYPE en RENAME VALUE 'x' TO 'y'", "of_enum"),
]
# In no transaction, so that they are looked at while they wait.
CONCURRENT = [
    Case(Form.CREATE_INDEX_CONCURRENTLY, "CREATE INDEX CONCURRENTLY n ON t (b)"),
    Case(Form.DROP_INDEX_CONCURRENTLY, "DROP INDEX CONCURRENTLY i"),
]
# Needs files of another tablespace.
NOT_RUN = {Form.TABLESPACE}

MODES = {f"{''.join(word.capitalize() for word in mode.words.split())}Lock": mode for mode in Mode}

LOCKS = """
    SELECT l.relation, l.mode FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.pid = %s AND l.granted AND l.relation = ANY (%s)
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
"""


@pytest.fixture
def connection(any_server: PostgresServer, shared_database: SharedDatabase) -> Iterator[psycopg.Connection]:
    """A connection to a database with the tables, on one version after the other."""
    setup = SETUP
    if any_server.major >= 15:
        setup += "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;"
    url = shared_database(any_server, "locks", setup)
    with psycopg.connect(url, autocommit=True) as found:
        yield found


def oids(connection: psycopg.Connection, case: Case) -> dict[str, int]:
    """The relations of a case; looked up in a transaction of their own, whose locks are gone."""
    names = [name for name in (case.relation, case.other) if name is not None]
    rows = connection.execute("SELECT c.relname, c.oid FROM pg_class c WHERE c.relname = ANY (%s)", (names,))
    return dict(rows.fetchall())


def strongest(connection: psycopg.Connection, pid: int, relations: dict[str, int]) -> dict[str, Mode]:
    rows = connection.execute(LOCKS, (pid, list(relations.values()))).fetchall()
    return {
        name: max(found)
        for name, oid in relations.items()
        if (found := [MODES[mode] for relation, mode in rows if relation == oid])
    }


def expected(case: Case, major: int) -> dict[str, Mode]:
    fact = of_statement_kind(case.form, major)
    both = ((case.relation, fact.mode), (case.other, fact.other))
    return {name: mode for name, mode in both if name is not None and mode is not None}


def test_every_form_is_tried() -> None:
    """No fact is only claimed."""
    assert {case.form for case in (*CASES, *CONCURRENT)} | NOT_RUN == set(Form)


def test_the_forms(connection: psycopg.Connection, any_server: PostgresServer) -> None:
    """Each statement takes just the locks that are told, and rewrites and reads what is told."""
    wrong = []
    for case in CASES:
        if any_server.major < case.since:
            continue
        fact = of_statement_kind(case.form, any_server.major)
        relations = oids(connection, case)
        subject = relations.get(case.relation or case.other or "", 0)
        state = "SELECT pg_relation_filenode(%s), pg_stat_get_xact_numscans(%s)"
        with connection.transaction(force_rollback=True):
            before = connection.execute(state, (subject, subject)).fetchone()
            connection.execute(case.sql)
            after = connection.execute(state, (subject, subject)).fetchone()
            locks = strongest(connection, connection.info.backend_pid, relations)
        assert before is not None
        assert after is not None
        rewritten, scanned = after[0] != before[0], after[1] > before[1]
        if after[0] is None or case.form is Form.SEQUENCE:  # dropped; a sequence is one row, new or not
            rewritten = scanned = False
        found = (locks, rewritten, scanned)
        told = (expected(case, any_server.major), fact.rewrite, fact.scan)
        if found != told:
            wrong.append(f"{case.sql}: {found} is not {told}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("case", CONCURRENT, ids=lambda case: str(case.form))
def test_what_runs_concurrently(
    connection: psycopg.Connection, any_server: PostgresServer, case: Case
) -> None:
    """While it waits for a writer, it holds no lock that would have kept the writer out."""
    relations = oids(connection, case)
    url = any_server.url(connection.info.dbname)
    with psycopg.connect(url) as writer, psycopg.connect(url, autocommit=True) as worker:
        writer.execute("INSERT INTO t (id, a) VALUES (100, 100)")
        thread = threading.Thread(target=_refused, args=(worker, case.sql))
        thread.start()
        found: dict[str, Mode] = {}
        while not found and thread.is_alive():
            found = strongest(connection, worker.info.backend_pid, relations)
        worker.cancel()
        thread.join()
        writer.rollback()
    connection.execute("DROP INDEX IF EXISTS n; CREATE INDEX IF NOT EXISTS i ON t (a)")
    assert found == expected(case, any_server.major)


def _refused(connection: psycopg.Connection, sql: str) -> None:
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute(sql)


TYPES = [
    ("varchar(10)", "varchar(20)"),
    ("varchar(10)", "varchar"),
    ("varchar(10)", "varchar(5)"),
    ("varchar(10)", "text"),
    ("varchar", "text"),
    ("text", "varchar"),
    ("text", "varchar(20)"),
    ("char(3)", "text"),
    ("text", "char(3)"),
    ("integer", "bigint"),
    ("bigint", "integer"),
    ("real", "double precision"),
    ("numeric(8,2)", "numeric(10,2)"),
    ("numeric(8,2)", "numeric(10,3)"),
    ("numeric(8,2)", "numeric(6,2)"),
    ("numeric(8,2)", "numeric"),
    ("numeric", "numeric(8,2)"),
    ("numeric(8)", "numeric(10)"),
    ("timestamp(3)", "timestamp(6)"),
    ("timestamp(3)", "timestamp"),
    ("timestamp", "timestamp(6)"),
    ("timestamp", "timestamp(3)"),
    ("timestamptz(3)", "timestamptz"),
    ("time(3)", "time(4)"),
    ("time", "time(6)"),
    ("interval(3)", "interval(6)"),
    ("interval(3)", "interval"),
    ("interval", "interval(6)"),
    ("date", "timestamp"),
    ("varbit(4)", "varbit(8)"),
    ("varbit(4)", "varbit"),
    ("bit(4)", "bit(8)"),
    ("cidr", "inet"),
    ("inet", "cidr"),
    ("xml", "text"),
    ("json", "jsonb"),
    ("json", "text"),
    ("varchar(4)[]", "varchar(8)[]"),
    ("varchar(4)[]", "text[]"),
    ("integer[]", "bigint[]"),
    ("en", "text"),
]


def test_types_that_rewrite(connection: psycopg.Connection) -> None:
    """What is told to be binary coercible has the same file afterwards, and nothing else has."""
    wrong = []
    for before, after in TYPES:
        with connection.transaction(force_rollback=True):
            connection.execute(f"CREATE TABLE typed (c {before})")
            query = (
                "SELECT pg_relation_filenode('typed'), (SELECT format_type(atttypid, atttypmod)"
                " FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attname = 'c')"
            )
            old = connection.execute(query).fetchone()
            connection.execute(f"ALTER TABLE typed ALTER c TYPE {after} USING c::{after}")
            new = connection.execute(query).fetchone()
        assert old is not None
        assert new is not None
        if coercible(old[1], new[1]) != (old[0] == new[0]):
            wrong.append(f"{old[1]} to {new[1]}: {'not ' if old[0] == new[0] else ''}rewritten")
    assert wrong == []


DEFAULTS = [
    "5",
    "'nextval(1)'::text",
    "now()",
    "CURRENT_TIMESTAMP",
    "(now() AT TIME ZONE 'utc')",
    "'x'::varchar(3)",
    "round(1.5, 1)",
    "random()",
    "clock_timestamp()",
    "gen_random_uuid()",
    "nextval('s')",
    "steady()",
    "erratic()",
    "(extract(year from now()) + 1)",
    "ARRAY[1, 2]",
]


def test_defaults_that_rewrite(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """Only a default that may differ from row to row has a new column written into each of them."""
    url = make_database(
        any_server,
        "CREATE SEQUENCE s; CREATE TABLE t (id integer); INSERT INTO t VALUES (1);"
        "CREATE FUNCTION steady() RETURNS integer STABLE LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION erratic() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';",
    )
    routines = pipeline.read(Config(source=parse_source(url)), SILENT).structure.routines
    wrong = []
    with psycopg.connect(url, autocommit=True) as connection:
        for default in DEFAULTS:
            kind = connection.execute(f"SELECT pg_typeof({default})::text").fetchone()
            assert kind is not None
            with connection.transaction(force_rollback=True):
                state = "SELECT pg_relation_filenode('t')"
                old = connection.execute(state).fetchone()
                connection.execute(f"ALTER TABLE t ADD c {kind[0]} DEFAULT {default}")
                new = connection.execute(state).fetchone()
                connection.execute("SET LOCAL search_path = ''")
                printed = connection.execute(
                    "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'public.t'::regclass"
                ).fetchone()
            assert printed is not None
            if may_be_volatile(printed[0], routines) != (old != new):
                wrong.append(f"{printed[0]}: {'' if old != new else 'not '}rewritten")
    assert wrong == []
