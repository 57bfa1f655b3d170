"""Cascade reach beside what a server really does, and beside a query of the catalogs' own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg import sql

from pgdossier.analysis import Analysis, analyse
from pgdossier.analysis.cascades import Refusal
from pgdossier.catalog import read
from tests.conftest import CorpusDatabase, MakeDatabase
from tests.support.servers import PostgresServer

EXPECTED = Path(__file__).parent / "expected"

# Every column is an integer, so that a row of ones can reference rows of ones in every table at once.
# A table has rows 0 (for SET DEFAULT), 1 (what is deleted, and all that hangs on it) and 2 (which stays).
SHAPES = """
    CREATE TABLE root (id integer PRIMARY KEY);
    -- chains, and a table that is reached in two ways
    CREATE TABLE child (id integer PRIMARY KEY, root_id integer REFERENCES root ON DELETE CASCADE);
    CREATE TABLE grandchild (
        id integer PRIMARY KEY,
        child_id integer REFERENCES child ON DELETE CASCADE,
        root_id integer REFERENCES root ON DELETE CASCADE
    );
    CREATE TABLE great (id integer PRIMARY KEY, up integer REFERENCES grandchild ON DELETE CASCADE);
    -- refusals, at once and at the commit, directly and further down
    CREATE TABLE refuses (id integer PRIMARY KEY, root_id integer REFERENCES root);
    CREATE TABLE restricts (id integer PRIMARY KEY, root_id integer REFERENCES root ON DELETE RESTRICT);
    CREATE TABLE at_commit (
        id integer PRIMARY KEY,
        root_id integer REFERENCES root DEFERRABLE INITIALLY DEFERRED
    );
    CREATE TABLE never_waits (
        id integer PRIMARY KEY,
        root_id integer REFERENCES root ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
    );
    CREATE TABLE may_wait (id integer PRIMARY KEY, root_id integer REFERENCES root DEFERRABLE);
    CREATE TABLE deep (id integer PRIMARY KEY, up integer REFERENCES great ON DELETE RESTRICT);
    CREATE TABLE old (id integer PRIMARY KEY, up integer);
    ALTER TABLE old ADD CONSTRAINT old_fkey FOREIGN KEY (up) REFERENCES child NOT VALID;
    -- SET NULL and SET DEFAULT, also where they cannot be
    CREATE TABLE forgets (id integer PRIMARY KEY, root_id integer REFERENCES root ON DELETE SET NULL);
    CREATE TABLE cannot_forget (
        id integer PRIMARY KEY,
        root_id integer NOT NULL REFERENCES root ON DELETE SET NULL
    );
    CREATE TABLE falls_back (
        id integer PRIMARY KEY,
        root_id integer NOT NULL DEFAULT 0 REFERENCES root ON DELETE SET DEFAULT
    );
    CREATE TABLE no_default (id integer PRIMARY KEY, root_id integer REFERENCES root ON DELETE SET DEFAULT);
    CREATE TABLE nothing_to_fall_back_on (
        id integer PRIMARY KEY,
        root_id integer NOT NULL REFERENCES root ON DELETE SET DEFAULT
    );
    CREATE DOMAIN required AS integer NOT NULL;
    CREATE TABLE by_domain (id integer PRIMARY KEY, root_id required REFERENCES root ON DELETE SET NULL);
    -- what is set to null is itself referenced
    CREATE TABLE keyed (
        id integer PRIMARY KEY,
        code integer UNIQUE REFERENCES root ON DELETE SET NULL
    );
    CREATE TABLE follows (id integer PRIMARY KEY, code integer REFERENCES keyed (code) ON UPDATE CASCADE);
    CREATE TABLE cannot_follow (
        id integer PRIMARY KEY,
        code integer NOT NULL REFERENCES keyed (code) ON UPDATE CASCADE
    );
    CREATE TABLE clears (id integer PRIMARY KEY, code integer REFERENCES keyed (code) ON UPDATE SET NULL);
    CREATE TABLE resists (id integer PRIMARY KEY, code integer REFERENCES keyed (code));
    CREATE TABLE falls (
        id integer PRIMARY KEY,
        code integer DEFAULT 0 REFERENCES keyed (code) ON UPDATE SET DEFAULT
    );
    -- self references and circles
    CREATE TABLE tree (id integer PRIMARY KEY, parent_id integer REFERENCES tree ON DELETE CASCADE);
    CREATE TABLE list (id integer PRIMARY KEY, next_id integer REFERENCES list);
    CREATE TABLE hen (id integer PRIMARY KEY, egg_id integer);
    CREATE TABLE egg (id integer PRIMARY KEY, hen_id integer REFERENCES hen ON DELETE CASCADE);
    ALTER TABLE hen ADD FOREIGN KEY (egg_id) REFERENCES egg ON DELETE CASCADE;
    -- rows that go in one way and refuse in another
    CREATE TABLE top (id integer PRIMARY KEY);
    CREATE TABLE wing (id integer PRIMARY KEY, top_id integer REFERENCES top ON DELETE CASCADE);
    CREATE TABLE room (
        id integer PRIMARY KEY,
        top_id integer REFERENCES top ON DELETE CASCADE,
        wing_id integer REFERENCES wing ON DELETE RESTRICT
    );
    CREATE TABLE door (
        id integer PRIMARY KEY,
        room_id integer REFERENCES room ON DELETE CASCADE,
        top_id integer REFERENCES top
    );
    CREATE TABLE lock (
        id integer PRIMARY KEY,
        door_id integer REFERENCES door ON DELETE CASCADE,
        top_id integer REFERENCES top DEFERRABLE INITIALLY DEFERRED
    );
    -- partitions and heirs
    CREATE TABLE log (id integer, root_id integer REFERENCES root ON DELETE CASCADE, PRIMARY KEY (id))
        PARTITION BY RANGE (id);
    CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (2);
    CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM (2) TO (9);
    CREATE TABLE remark (id integer PRIMARY KEY, log_id integer REFERENCES log ON DELETE CASCADE);
    CREATE TABLE tag (id integer PRIMARY KEY, log_id integer REFERENCES log_1);
    CREATE TABLE base (id integer PRIMARY KEY, root_id integer REFERENCES root ON DELETE CASCADE);
    CREATE TABLE heir (PRIMARY KEY (id)) INHERITS (base);
    CREATE TABLE of_base (id integer PRIMARY KEY, base_id integer REFERENCES base ON DELETE CASCADE);
    CREATE TABLE of_heir (id integer PRIMARY KEY, heir_id integer REFERENCES heir ON DELETE CASCADE);
"""
# Other rows that hang on row 1 of their own table.
MORE_ROWS = """
    INSERT INTO tree VALUES (3, 1);
    INSERT INTO list VALUES (3, 1);
    INSERT INTO hen VALUES (3, 1);
    INSERT INTO egg VALUES (3, 1);
"""
OF_15 = """
    CREATE TABLE partly (
        tenant integer,
        id integer,
        PRIMARY KEY (tenant, id)
    );
    CREATE TABLE forgets_one (
        id integer PRIMARY KEY,
        tenant integer NOT NULL,
        partly_id integer,
        FOREIGN KEY (tenant, partly_id) REFERENCES partly ON DELETE SET NULL (partly_id)
    );
"""
OF_18 = "CREATE TABLE unbound (id integer PRIMARY KEY, root_id integer REFERENCES root NOT ENFORCED);"


def _fill(connection: psycopg.Connection) -> None:
    """Rows 0, 1 and 2 in every table, each with its number in all columns; foreign keys stay switched off."""
    connection.execute("SET session_replication_role = replica")
    for table, columns in connection.execute("""
        SELECT c.oid::regclass::text, count(*)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
          AND a.attnum > 0 GROUP BY c.oid
    """).fetchall():
        for value in (0, 1, 2):
            values = sql.SQL(", ").join([sql.Literal(value)] * columns)
            connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(table), values))


@pytest.fixture
def shapes(make_database: MakeDatabase, any_server: PostgresServer) -> tuple[str, Analysis]:
    """A database of all shapes with rows, and its analysis."""
    url = make_database(any_server, SHAPES)
    with psycopg.connect(url) as connection:
        if any_server.major >= 15:
            connection.execute(OF_15)
        if any_server.major >= 18:
            connection.execute(OF_18)
        _fill(connection)
        connection.execute(MORE_ROWS)
    return url, analyse(read(url))


def _deletion(
    connection: psycopg.Connection, table: str
) -> tuple[set[tuple[str, str, bool]], set[str], set[str]]:
    """What a deletion of row 1 comes to: refusals, tables with fewer rows, changed columns.

    A foreign key that refuses is noted and dropped, until nothing refuses any more. Lost and changed is what
    the last attempt does, the one that the server accepts. A refusal is a foreign key, the SQLSTATE, and
    whether it comes at the commit.
    """
    refused: set[tuple[str, str, bool]] = set()
    before = _all_rows(connection)
    while True:
        at_commit = False
        try:
            with connection.transaction():
                # The rows of heirs are not the table's own; those of partitions are.
                only = sql.SQL("" if table == "log" else "ONLY ")
                connection.execute(
                    sql.SQL("DELETE FROM {}{} WHERE id = 1").format(only, sql.Identifier(table))
                )
                at_commit = True
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.IntegrityError as error:
            constraint = error.diag.constraint_name or _foreign_key_on(connection, error)
            # RESTRICT is a state of its own since PostgreSQL 18.
            state = "23503" if error.sqlstate == "23001" else str(error.sqlstate)
            refused.add((constraint, state, at_commit))
            _drop(connection, constraint)
        else:
            break
    after = _all_rows(connection)
    lost = {name for name, rows in before.items() if after[name].keys() != rows.keys()}
    changed = {
        f"{name}.{column}"
        for name, rows in before.items()
        for identity, row in rows.items()
        for column, value in row.items()
        if identity in after[name] and after[name][identity][column] != value
    }
    return refused, lost, changed


def _all_rows(connection: psycopg.Connection) -> dict[str, dict[int, dict[str, int | None]]]:
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    found: dict[str, dict[int, dict[str, int | None]]] = {}
    for (name,) in names:
        only = sql.SQL("") if name == "log" else sql.SQL("ONLY ")
        rows = connection.execute(
            sql.SQL("SELECT id, to_jsonb(t) FROM {}{} AS t").format(only, sql.Identifier(name))
        )
        found[name] = dict(rows.fetchall())
    return found


def _foreign_key_on(connection: psycopg.Connection, error: psycopg.errors.IntegrityError) -> str:
    """The foreign key on the column of a not-null violation."""
    (found,) = connection.execute(
        "SELECT c.conname FROM pg_constraint AS c JOIN pg_attribute AS a"
        " ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND (a.attname = %s OR %s::text IS NULL)",
        (error.diag.table_name or "by_domain", error.diag.column_name, error.diag.column_name),
    ).fetchall()
    name: str = found[0]
    return name


def _drop(connection: psycopg.Connection, constraint: str) -> None:
    ((table,),) = connection.execute(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s AND conparentid = 0",
        (constraint,),
    ).fetchall()
    connection.execute(
        sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(constraint))
    )


def test_a_server_does_what_is_said(shapes: tuple[str, Analysis]) -> None:
    """Deleting a row of every table loses, changes and refuses what its reach says, and nothing else."""
    url, analysis = shapes
    reaches = {reach.table.name: reach for reach in analysis.cascades}
    assert len(reaches) > 15
    for relation in analysis.snapshot.structure.relations:
        if relation.partition is not None:
            continue
        reach = reaches.get(relation.name)
        with psycopg.connect(url) as connection:
            refused, lost, changed = _deletion(connection, relation.name)
            connection.rollback()
        said = {
            (
                block.relationship.key.name,
                "23502" if block.refusal is Refusal.NOT_NULL else "23503",
                block.deferred,
            ): block.may_go
            for block in (reach.blocked_by if reach else ())
        }
        assert {one for one, may_go in said.items() if not may_go} <= refused <= set(said), relation.name
        assert lost - {relation.name} == {
            one.table.name for one in (reach.deletes if reach else ()) if one.table != relation.qualified
        }, relation.name
        assert changed == {
            f"{one.relationship.child.name}.{column}"
            for one in (reach.changes if reach else ())
            for column in one.columns
        }, relation.name


# The reach of every referenced table, said in SQL alone: partitions stand for their table.
REACH = """
    WITH RECURSIVE fk AS (
        SELECT DISTINCT coalesce(pg_partition_root(c.conrelid), c.conrelid)::oid AS child,
               coalesce(pg_partition_root(c.confrelid), c.confrelid)::oid AS parent, c.confdeltype AS action,
               (SELECT string_agg(a.attname, '+' ORDER BY k.position)
                FROM unnest(c.conkey) WITH ORDINALITY AS k (number, position)
                JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns
        FROM pg_constraint AS c WHERE c.contype = 'f' AND c.conparentid = 0
    ), walk AS (
        SELECT DISTINCT parent AS start, parent AS at, 0 AS steps FROM fk
        UNION SELECT walk.start, fk.child, walk.steps + 1 FROM walk JOIN fk ON fk.parent = walk.at
        WHERE fk.action = 'c' AND walk.steps < (SELECT count(*) FROM fk)
    )
    SELECT start::regclass::text,
           ARRAY(SELECT found.at::regclass::text || '/' || min(found.steps) FROM walk AS found
                 WHERE found.start = walk.start AND found.steps > 0 GROUP BY found.at),
           ARRAY(SELECT fk.child::regclass::text || '.' || fk.columns FROM fk
                 WHERE fk.action IN ('a', 'r') AND fk.parent IN
                     (SELECT found.at FROM walk AS found WHERE found.start = walk.start)),
           ARRAY(SELECT fk.child::regclass::text || '.' || fk.columns FROM fk
                 WHERE fk.action IN ('n', 'd') AND fk.parent IN
                     (SELECT found.at FROM walk AS found WHERE found.start = walk.start))
    FROM walk GROUP BY start
"""


def _line(start: str, deletes: Iterable[str], blocks: Iterable[str], changes: Iterable[str]) -> str:
    parts = [
        f"{effect} {' '.join(sorted(found))}"
        for effect, found in (("deletes", deletes), ("blocked by", blocks), ("sets", changes))
        if found
    ]
    return f"{start}: {'; '.join(parts)}"


@pytest.mark.parametrize("corpus", ["pagila", "chinook", "airflow", "nautobot"])
def test_reach_in_real_schemas(server: PostgresServer, corpus_database: CorpusDatabase, corpus: str) -> None:
    """The reach of every table is the one that a query of our own finds, and the one that was checked in."""
    url = corpus_database(server, corpus)
    said = sorted(
        _line(
            reach.table.name,
            {f"{one.table.name}/{one.steps}" for one in reach.deletes},
            {
                f"{one.relationship.child.name}.{'+'.join(one.relationship.key.columns)}"
                for one in reach.blocked_by
            },
            {f"{one.relationship.child.name}.{'+'.join(one.columns)}" for one in reach.changes},
        )
        for reach in analyse(read(url)).cascades
    )
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = public")
        queried = sorted(_line(*row) for row in connection.execute(REACH).fetchall())
    assert said == queried
    assert said == (EXPECTED / f"cascades_{corpus}.txt").read_text(encoding="utf-8").splitlines()


def test_circles_and_self_references(shapes: tuple[str, Analysis]) -> None:
    """Other rows of a table's own are among what goes, by a circle, or by a self-reference at one step."""
    url, analysis = shapes
    own = {
        (reach.table.name, one.steps)
        for reach in analysis.cascades
        for one in reach.deletes
        if one.table == reach.table
    }
    assert own == {("tree", 1), ("hen", 2), ("egg", 2)}
    with psycopg.connect(url) as connection:
        for table in ("tree", "hen"):
            connection.execute(sql.SQL("DELETE FROM {} WHERE id = 1").format(sql.Identifier(table)))
            left = connection.execute(sql.SQL("SELECT id FROM {}").format(sql.Identifier(table))).fetchall()
            assert sorted(left) == [(0,), (2,)]
        connection.rollback()


_ACTIONS = ("NO ACTION", "RESTRICT", "CASCADE", "CASCADE", "SET NULL", "SET DEFAULT")


def _random_schema(random: Random, *, keyed: bool) -> Iterator[str]:
    """Tables with foreign keys to each other at random; `keyed` lets them reference referencing columns."""
    tables = [f"t{number}" for number in range(7)]
    for table in tables:
        yield f"CREATE TABLE {table} (id integer PRIMARY KEY)"
    columns = [(table, "id") for table in tables]
    for table in tables:
        for number in range(random.randint(0, 3)):
            target, referenced = random.choice(columns)
            column = f"{table}_{number}"
            unique = "UNIQUE" if keyed and random.random() < 0.5 else ""
            # A default that others follow would break what is unique, which no reach speaks of.
            default = "" if keyed else random.choice(("", " DEFAULT 0"))
            rest = random.choice(("", "", "NOT NULL")) + default
            late = random.choice(("", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"))
            yield f"ALTER TABLE {table} ADD COLUMN {column} integer {unique} {rest}"
            yield (
                f"ALTER TABLE {table} ADD CONSTRAINT fk_{column} FOREIGN KEY ({column})"
                f" REFERENCES {target} ({referenced}) ON DELETE {random.choice(_ACTIONS)}"
                f" ON UPDATE {random.choice(_ACTIONS)}{late}"
            )
            if unique:
                columns.append((table, column))


@pytest.mark.parametrize("keyed", [False, True], ids=["by id", "by any column"])
def test_a_server_does_what_is_said_of_random_schemas(
    server: PostgresServer, make_database: MakeDatabase, keyed: bool
) -> None:
    """No deletion does what its reach does not say; where only ids are referenced, it does all of it."""
    url = make_database(server)
    for seed in range(12):
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            for statement in _random_schema(Random(seed), keyed=keyed):  # noqa: S311 - schemas, not secrets
                connection.execute(statement.encode())
            _fill(connection)
        for reach in analyse(read(url)).cascades:
            with psycopg.connect(url) as connection:
                refused, lost, changed = _deletion(connection, reach.table.name)
                connection.rollback()
            deletes = {one.table.name for one in reach.deletes} | {reach.table.name}
            blocks = {
                (
                    one.relationship.key.name,
                    "23502" if one.refusal is Refusal.NOT_NULL else "23503",
                    one.deferred,
                )
                for one in reach.blocked_by
            }
            changes = {f"{one.relationship.child.name}.{one.columns[0]}" for one in reach.changes}
            where = (seed, reach.table.name)
            assert lost <= deletes, where
            assert changed <= changes, where
            assert refused <= blocks, where
            if not keyed:
                # Nothing is refused or changed by the row that is deleted itself.
                kept = {
                    one.relationship.key.name
                    for one in reach.blocked_by
                    if not one.may_go and one.relationship.child not in (reach.table, one.relationship.parent)
                }
                assert lost == deletes, where
                assert kept <= {name for name, _, _ in refused}, where
                assert changed == {one for one in changes if one.partition(".")[0] not in deletes}, where


def test_one_statement_fills_a_mandatory_circle(
    any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """A cycle without an opening gets its first rows from a single statement, and from no two."""
    url = make_database(
        any_server,
        """
        CREATE TABLE a (id integer PRIMARY KEY, b_id integer NOT NULL);
        CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
        """,
    )
    (circle,) = analyse(read(url)).circles
    assert circle.openings == ()
    with psycopg.connect(url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("INSERT INTO a VALUES (1, 1)")
        connection.execute("WITH one AS (INSERT INTO a VALUES (1, 1)) INSERT INTO b VALUES (1, 1)")
