"""Relationships of a schema with every shape and of real ones, beside lists judged by hand and queries."""

from __future__ import annotations

import itertools
from pathlib import Path

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.analysis import Analysis, analyse
from pgdossier.analysis.arcs import ExclusiveArc
from pgdossier.catalog.probing import Question, sql
from pgdossier.model.names import quote_identifier
from pgdossier.model.statistics import Probe
from pgdossier.pipeline import probing
from tests.conftest import CorpusDatabase, MakeDatabase, SharedDatabase
from tests.support.builders import name
from tests.support.command import pgdossier
from tests.support.relationship_lines import lines
from tests.support.servers import PostgresServer

HERE = Path(__file__).parent
SHAPES = (HERE / "relationships.sql").read_text(encoding="utf-8")
JUDGED = ("airflow", "chinook", "nautobot", "pagila")

# The ends of every foreign key that no partition has: whether a parent can have many children (no full unique
# index lies within the columns, nor one that leaves out nothing but rows without a parent), whether a child
# can be without one, whether the key identifies the child.
ENDS = """
    SELECT n.nspname, t.relname, c.conname,
           NOT EXISTS (
               SELECT FROM pg_catalog.pg_index AS i
               WHERE i.indrelid = c.conrelid AND i.indisunique AND i.indisvalid AND i.indexprs IS NULL
                 AND (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ c.conkey
                 AND (i.indpred IS NULL OR pg_catalog.pg_get_expr(i.indpred, i.indrelid) IN (
                     SELECT pg_catalog.format('(%I IS NOT NULL)', p.attname)
                     FROM pg_catalog.pg_attribute AS p
                     WHERE p.attrelid = c.conrelid AND p.attnum = ANY (c.conkey)))
           ) AS many,
           CASE c.confmatchtype
               WHEN 'f' THEN pg_catalog.bool_and(NOT (a.attnotnull OR y.typnotnull))
               ELSE pg_catalog.bool_or(NOT (a.attnotnull OR y.typnotnull))
           END AS optional,
           EXISTS (
               SELECT FROM pg_catalog.pg_constraint AS k
               WHERE k.conrelid = c.conrelid AND k.contype = 'p' AND c.conkey <@ k.conkey
           ) AS identifying
    FROM pg_catalog.pg_constraint AS c
    JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
    WHERE c.contype = 'f' AND NOT t.relispartition
    GROUP BY n.nspname, t.relname, c.oid, c.conname, c.conrelid, c.conkey, c.confmatchtype
"""


def _expected(of: str) -> list[str]:
    return (HERE / "expected" / f"relationships_{of}.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def shapes(server: PostgresServer, shared_database: SharedDatabase) -> str:
    """The database with every shape, only to read."""
    return shared_database(server, "relationship_shapes", SHAPES)


def test_every_shape_is_called_what_it_is(make_database: MakeDatabase, any_server: PostgresServer) -> None:
    """On every version, all that is said of the hand-made schema is what was judged right, line by line."""
    assert lines(analyse(catalog.read(make_database(any_server, SHAPES)))) == _expected("shapes")


@pytest.mark.parametrize("corpus", JUDGED)
def test_real_schemas(server: PostgresServer, corpus_database: CorpusDatabase, corpus: str) -> None:
    """What is said of four real schemas is the list that was judged."""
    assert lines(analyse(catalog.read(corpus_database(server, corpus)))) == _expected(corpus)


def _ends(url: str, analysis: Analysis) -> None:
    with psycopg.connect(url) as connection:
        rows = connection.execute(ENDS).fetchall()
    declared = [
        (one.child.schema, one.child.name, one.key.name, one.many, one.optional, one.identifying)
        for one in analysis.relationships
        if one.key in analysis.lookup.relations[one.child].foreign_keys
    ]
    assert sorted(declared) == sorted(rows)
    assert rows


def test_ends_agree_with_the_catalogs(
    server: PostgresServer, corpus_database: CorpusDatabase, corpus_name: str
) -> None:
    """Both ends of every foreign key of the corpus are what a query of our own says."""
    url = corpus_database(server, corpus_name)
    _ends(url, analyse(catalog.read(url)))


def test_ends_of_all_shapes_agree_with_the_catalogs(shapes: str) -> None:
    """Composite, partial, MATCH FULL, domains, partitions: the query says the same."""
    _ends(shapes, analyse(catalog.read(shapes)))


def _accepted(
    connection: psycopg.Connection[tuple[object, ...]], arc: ExclusiveArc, kind: str | None
) -> set[int]:
    """How many of an arc's columns the rows have that the server lets in, trying every combination."""
    columns = [column for end in arc.ends for column in end.key.columns] + list(arc.others)
    table = arc.table.sql
    counts: set[int] = set()
    for given in itertools.product((False, True), repeat=len(columns)):
        values = {column: "'1'" if one else "NULL" for column, one in zip(columns, given, strict=True)}
        values["id"] = "1"
        if kind is not None and arc.discriminator is not None:
            values[arc.discriminator] = f"'{kind}'"
        names, texts = ", ".join(map(quote_identifier, values)), ", ".join(values.values())
        try:
            with connection.transaction():
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({texts})".encode())
                raise psycopg.Rollback
        except psycopg.errors.CheckViolation:
            continue
        counts.add(sum(given))
    return counts


def test_the_server_keeps_exclusive_arcs(make_database: MakeDatabase, server: PostgresServer) -> None:
    """It refuses rows with two parents of an arc, and those with none exactly where one is needed."""
    url = make_database(server, SHAPES)
    found = {arc.table.name: arc for arc in analyse(catalog.read(url)).arcs}
    assert set(found) == {"note_a", "note_b", "note_c", "note_d", "note_e"}
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # foreign keys are not the point here
        for arc in found.values():
            kinds = ["flight", "crew", "nothing"] if arc.table.name == "note_e" else [None]
            counts = set().union(*(_accepted(connection, arc, kind) for kind in kinds))
            assert counts == ({1} if arc.required else {0, 1}), arc.table.name


# --- probing -----------------------------------------------------------------------------------------

DATA = """
    CREATE TABLE customer (id bigint PRIMARY KEY);
    INSERT INTO customer SELECT generate_series(1, 80);
    CREATE TABLE invoice (id bigint PRIMARY KEY, customer_id bigint, customer_ids bigint[]);
    CREATE INDEX ON invoice (customer_id);
    INSERT INTO invoice
        SELECT n, CASE WHEN n <= 100 THEN n END, ARRAY[n, 1] FROM generate_series(1, 120) AS n;
    CREATE TABLE "We ird""; --" ("I d" integer PRIMARY KEY, customer_id integer NOT NULL);
    CREATE INDEX ON "We ird""; --" (customer_id);
    INSERT INTO "We ird""; --" VALUES (1, 5), (2, 500);
    CREATE TABLE secret (customer_id bigint NOT NULL);
    CREATE TABLE guarded (customer_id bigint NOT NULL);
    ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
    CREATE TABLE empty (customer_id bigint NOT NULL);
    CREATE TABLE parts (at date NOT NULL, customer_id bigint NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    INSERT INTO parts VALUES ('2025-05-05', 1), ('2026-05-05', 2), ('2026-05-06', 999);
"""
READER = """
    CREATE ROLE probe_reader LOGIN;
    GRANT USAGE ON SCHEMA public TO probe_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO probe_reader;
    REVOKE SELECT ON secret FROM probe_reader;
"""


def _probes(url: str) -> dict[tuple[str, str], Probe]:
    questions = probing.questions(analyse(catalog.read(url)))
    answers = catalog.probe(url, questions, probed_on="2026-01-31")
    return {(one.child.name, one.columns[0]): one for one in answers}


def test_values_are_counted_in_the_parent(make_database: MakeDatabase, any_server: PostgresServer) -> None:
    """Found, missing and null values, lists, partitions, odd names and empty tables are told apart."""
    found = _probes(make_database(any_server, DATA))
    counts = {key: (one.rows, one.values, one.found) for key, one in found.items()}
    assert counts == {
        ("invoice", "customer_id"): (120, 100, 80),
        ("invoice", "customer_ids"): (120, 240, 200),
        ('We ird"; --', "customer_id"): (2, 2, 1),
        ("secret", "customer_id"): (0, 0, 0),
        ("guarded", "customer_id"): (0, 0, 0),
        ("empty", "customer_id"): (0, 0, 0),
        ("parts", "customer_id"): (3, 3, 2),
    }
    assert all(one.whole and one.problem is None for one in found.values())


def test_what_may_not_be_read_is_said(make_database: MakeDatabase, server: PostgresServer) -> None:
    """Without the privilege, and under row security, there is a reason in place of a number."""
    url = make_database(server, DATA + READER)
    database = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    try:
        found = _probes(server.url(str(database), user="probe_reader"))
        assert found["secret", "customer_id"].problem == "permission denied for table secret"
        assert "row-level security" in str(found["guarded", "customer_id"].problem)
        assert found["parts", "customer_id"].found == 2
    finally:
        server.run_sql(str(database), "DROP OWNED BY probe_reader; DROP ROLE probe_reader;")


def test_a_large_table_is_sampled(make_database: MakeDatabase, server: PostgresServer) -> None:
    """With an estimate above the bound pages are taken by chance, and never more rows than the bound."""
    rows = "INSERT INTO invoice SELECT n, n % 160 FROM generate_series(1000, 60000) AS n; ANALYZE;"
    url = make_database(server, DATA + rows)
    analysis = analyse(catalog.read(url))
    (question,) = [
        one
        for one in probing.questions(analysis)
        if one.columns == ("customer_id",) and one.child == name("invoice")
    ]
    assert "TABLESAMPLE SYSTEM" in sql(question, 10_000)
    (answer,) = catalog.probe(url, [question], probed_on="2026-01-31")
    assert 5_000 < answer.rows <= 10_000
    assert not answer.whole
    assert 0.4 < answer.found / answer.values < 0.6


def test_a_question_that_fails_costs_only_itself(make_database: MakeDatabase, server: PostgresServer) -> None:
    """A table that is gone meanwhile is a reason, and the next question is answered."""
    url = make_database(server, DATA)
    gone = Question(child=name("gone"), columns=("x",), parent=name("customer"), parent_columns=("id",))
    good = Question(
        child=name("parts"), columns=("customer_id",), parent=name("customer"), parent_columns=("id",)
    )
    first, second = catalog.probe(url, [gone, good], probed_on="2026-01-31")
    assert first.problem == "the server refused with SQLSTATE 42P01"
    assert (second.problem, second.found) == (None, 2)


def test_probed_data_in_the_document(
    make_database: MakeDatabase, server: PostgresServer, tmp_path: Path
) -> None:
    """The document has the share with its date; a refresh without the flag, and with it, changes no byte."""
    url = make_database(server, DATA)
    (tmp_path / "pgdossier.toml").write_text(
        '[[relationships]]\nfrom = "empty(customer_id)"\nto = "public.customer(id)"\n'
        'note = "by the *import*"\n'
        '[[relationships]]\nfrom = "nowhere(x)"\nto = "customer(id)"\n'
    )

    def generate(*more: str) -> str:
        done = pgdossier("generate", url, "-o", "doc", *more, home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "names nowhere, which is not documented here; it was left out" in done.stderr
        return (tmp_path / "doc" / "README.md").read_text(encoding="utf-8")

    assert "found in the parent" not in generate()
    probed = generate("--probe-data")
    assert "80 % of 100 values found in the parent, in all 120 rows (20" in probed
    assert "Declared by the project" in probed
    assert "– by the \\*import\\* – in the data: no value to look for in all 0 rows" in probed
    assert generate() == probed
    assert generate("--probe-data") == probed
    saved = pgdossier("generate", "doc/snapshot.json", "-o", "other", "--probe-data", home=tmp_path)
    assert saved.returncode == 2
    assert "a snapshot holds no data" in saved.stderr
