"""The analysis of real databases, beside queries of the catalogs' own and lists judged by hand."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from pgdossier.analysis import Analysis, analyse
from pgdossier.analysis.checks import in_words
from pgdossier.analysis.keys import KeyKind
from pgdossier.catalog import read
from tests.conftest import CorpusDatabase, MakeDatabase
from tests.support.builders import name
from tests.support.servers import PostgresServer

# Foreign keys of ordinary tables, with whether a full unique index lies within their columns and whether
# some index begins with them: the definitions of `many` and of an indexed foreign key, said in SQL.
FOREIGN_KEYS = """
    SELECT n.nspname, t.relname, c.conname,
           NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i
                       WHERE i.indrelid = c.conrelid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                         AND 0 <> ALL (i.indkey::int2[])
                         AND (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ c.conkey) AS many,
           EXISTS (SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
                   JOIN pg_catalog.pg_am AS a ON a.oid = x.relam
                   WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
                     AND a.amname IN ('btree', 'hash')
                     AND (i.indkey::int2[])[0:pg_catalog.cardinality(c.conkey) - 1] @> c.conkey) AS indexed
    FROM pg_catalog.pg_constraint AS c
    JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE c.contype = 'f' AND t.relkind = 'r' AND NOT t.relispartition
"""


@pytest.fixture(scope="module")
def corpus_analysis(server: PostgresServer, corpus_database: CorpusDatabase) -> Callable[[str], Analysis]:
    """The analysis of one database of the corpus, computed once."""
    found: dict[str, Analysis] = {}

    def analysed(corpus: str) -> Analysis:
        if corpus not in found:
            found[corpus] = analyse(read(corpus_database(server, corpus)))
        return found[corpus]

    return analysed


def test_foreign_keys_agree_with_the_catalogs(
    server: PostgresServer,
    corpus_database: CorpusDatabase,
    corpus_analysis: Callable[[str], Analysis],
    corpus_name: str,
) -> None:
    """Every foreign key is one-to-one, and without an index, exactly where a query of our own says so."""
    analysis = corpus_analysis(corpus_name)
    with psycopg.connect(corpus_database(server, corpus_name)) as connection:
        rows = connection.execute(FOREIGN_KEYS).fetchall()
    bare = {(one.child, one.key.name) for one in analysis.unindexed_foreign_keys}
    found = {
        (one.child.schema, one.child.name, one.key.name, one.many, (one.child, one.key.name) not in bare)
        for one in analysis.relationships
        if analysis.lookup.relations[one.child].partitioning is None
    }
    assert found == set(rows)
    assert rows


def test_every_index_has_a_purpose(corpus_analysis: Callable[[str], Analysis], corpus_name: str) -> None:
    """No index of the corpus is left without a purpose, and none of a partition is given one."""
    analysis = corpus_analysis(corpus_name)
    described = [
        (relation.qualified, index.name)
        for relation in analysis.lookup.relations.values()
        if relation.partition is None
        for index in relation.indexes
    ]
    assert sorted(analysis.index_purposes) == sorted(described)
    assert all(analysis.index_purposes.values())


def test_checks_in_words(corpus_analysis: Callable[[str], Analysis], corpus_name: str) -> None:
    """Of the corpus' checks only one, with an array operator, is of no known pattern."""
    silent = [
        check.name
        for relation in corpus_analysis(corpus_name).lookup.relations.values()
        for check in relation.checks
        if in_words(check.expression) is None
    ]
    assert silent == (["ck_principals_disallow_group_editor_permissions"] if corpus_name == "indico" else [])


@pytest.mark.parametrize(
    ("corpus", "junctions"),
    [
        ("chinook", {"playlist_track": ["playlist", "track"]}),
        ("pagila", {"film_actor": ["actor", "film"], "film_category": ["film", "category"]}),
        (
            "airflow",
            {
                "ab_permission_view": ["ab_permission", "ab_view_menu"],
                "ab_permission_view_role": ["ab_permission_view", "ab_role"],
                "ab_user_role": ["ab_user", "ab_role"],
                "dag_schedule_dataset_alias_reference": ["dataset_alias", "dag"],
                "dag_schedule_dataset_reference": ["dataset", "dag"],
                "dagrun_dataset_event": ["dag_run", "dataset_event"],
                "dataset_alias_dataset": ["dataset_alias", "dataset"],
                "dataset_alias_dataset_event": ["dataset_alias", "dataset_event"],
                "dataset_dag_run_queue": ["dataset", "dag"],
            },
        ),
        ("mlflow", {"guardrail_configs": ["endpoints", "guardrails"]}),
    ],
)
def test_junctions(
    corpus_analysis: Callable[[str], Analysis], corpus: str, junctions: dict[str, list[str]]
) -> None:
    """The many-to-many tables are those that a reader of the schema names."""
    found = corpus_analysis(corpus).junctions
    assert {one.table.name: [end.parent.name for end in one.ends] for one in found} == junctions


def test_insert_order_can_be_kept(corpus_analysis: Callable[[str], Analysis], corpus_name: str) -> None:
    """No real schema has a cycle of mandatory foreign keys: their parents all stand in earlier levels."""
    analysis = corpus_analysis(corpus_name)
    level = {one: depth for depth, names in enumerate(analysis.insert_order) for one in names}
    assert len(level) == sum(map(len, analysis.insert_order))
    for found in analysis.relationships:
        if not found.self_reference:
            assert level[found.child] != level[found.parent]
            mandatory = not found.optional and not found.key.deferrable
            assert level[found.child] > level[found.parent] or not mandatory


def test_pagila(corpus_analysis: Callable[[str], Analysis]) -> None:
    """Pagila: foreign keys of the payment partitions once, sequences nobody owns, monthly partitions."""
    analysis = corpus_analysis("pagila")
    payment = [one for one in analysis.relationships if one.child == name("payment")]
    assert [(one.parent.name, one.key.columns) for one in payment] == [
        ("customer", ("customer_id",)),
        ("rental", ("rental_id",)),
        ("staff", ("staff_id",)),
    ]
    assert analysis.key_strategy.count(KeyKind.SERIAL) == 12
    assert analysis.key_strategy.rows[0].label == "serial (integer, sequence not owned by the column)"
    (partitioned,) = analysis.partitions
    assert len(partitioned.partitions) == 7
    assert partitioned.gaps == ()
    assert (partitioned.upper_end or "").startswith("2022-08-01")
    payments = {one.indexes for one in analysis.duplicate_indexes if one.table == name("payment_p2022_01")}
    assert ("idx_fk_payment_p2022_01_customer_id", "payment_p2022_01_customer_id_idx") in payments
    assert analysis.index_purposes[name("film"), "film_fulltext_idx"] == "full-text search in fulltext"


@pytest.mark.parametrize(
    ("corpus", "tools"),
    [
        ("airflow", ["Alembic"]),
        ("chinook", []),
        ("indico", ["Alembic"]),
        ("mlflow", ["Alembic"]),
        ("nautobot", ["Django"]),
        ("pagila", []),
    ],
)
def test_migration_tools(corpus_analysis: Callable[[str], Analysis], corpus: str, tools: list[str]) -> None:
    """The tool that keeps each schema is known."""
    assert [one.name for one in corpus_analysis(corpus).migrations] == tools


SHAPES = """
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN share AS numeric CHECK (VALUE BETWEEN 0 AND 1);
    CREATE TABLE t (
        id bigint PRIMARY KEY,
        status varchar(20) CONSTRAINT c01 CHECK (status IN ('active', 'closed')),
        note text CONSTRAINT c02 CHECK (note IN ('a', 'it''s', 'x, y')),
        feeling mood CONSTRAINT c03 CHECK (feeling IN ('sad', 'ok')),
        level smallint CONSTRAINT c04 CHECK (level IN (-1, 0, 1)),
        price numeric(10, 2) CONSTRAINT c05 CHECK (price >= 0),
        rating integer CONSTRAINT c06 CHECK (rating BETWEEN 1 AND 5),
        email varchar(100) CONSTRAINT c07 CHECK (email ~* '^[^@]+@[^@]+$'),
        code char(4) CONSTRAINT c08 CHECK (code = upper(code)),
        title varchar CONSTRAINT c09 CHECK (length(title) <= 50 AND trim(title) <> ''),
        starts_at timestamptz,
        ends_at timestamptz,
        a integer,
        b integer,
        "Odd name" text CONSTRAINT c10 CHECK ("Odd name" NOT LIKE '%x'),
        CONSTRAINT c11 CHECK (ends_at > starts_at),
        CONSTRAINT c12 CHECK (num_nonnulls(a, b) = 1),
        CONSTRAINT c13 CHECK ((a IS NULL) <> (b IS NULL)),
        CONSTRAINT c14 CHECK (a IS NULL OR a > 0),
        CONSTRAINT c15 CHECK (status <> 'closed' OR ends_at IS NOT NULL),
        CONSTRAINT c16 CHECK (starts_at >= '2020-01-01 00:00:00+00'),
        CONSTRAINT c17 CHECK (status NOT IN ('x', 'y')),
        CONSTRAINT c18 CHECK (status = ANY ('{active,closed}'::text[])),
        CONSTRAINT c19 CHECK (extract(year FROM starts_at) > 2000),
        CONSTRAINT c20 CHECK (CASE WHEN a > 0 THEN b > 0 ELSE true END)
    );
"""
WORDS = {
    "c01": "status is one of active, closed",
    "c02": "note is one of a, 'it's', 'x, y'",
    "c03": "feeling is one of sad, ok",
    "c04": "level is one of -1, 0, 1",
    "c05": "price is at least 0",
    "c06": "rating is between 1 and 5",
    "c07": "email matches ^[^@]+@[^@]+$ ignoring case",
    "c08": "code is in upper case",
    "c09": "title is at most 50 characters long and trimmed title is not empty",
    "c10": "Odd name is not like %x",
    "c11": "ends_at is greater than starts_at",
    "c12": "exactly one of a, b is given",
    "c13": "exactly one of a, b is given",
    "c14": "a is greater than 0, if given",
    "c15": "if status is closed: ends_at is not null",
    "c17": "status is none of x, y",
    "c18": "status is one of active, closed",
    "c20": None,
}


def test_what_the_server_makes_of_checks(make_database: MakeDatabase, any_server: PostgresServer) -> None:
    """Conditions as people write them have their words after the server has rewritten them."""
    snapshot = read(make_database(any_server, SHAPES))
    (table,) = snapshot.structure.relations
    words = {check.name: in_words(check.expression) for check in table.checks}
    assert (words.pop("c16") or "").startswith("starts_at is not before 2020-01-01")
    year = words.pop("c19")
    assert year in (
        "year of starts_at is greater than 2000",
        "date_part('year', starts_at) is greater than 2000",
    )
    assert words == WORDS
    (domain,) = snapshot.structure.domains
    assert in_words(domain.checks[0].expression) == "value is between 0 and 1"


PARTITIONS = """
    CREATE TABLE ranges (n integer, at date) PARTITION BY RANGE (n);
    CREATE TABLE r1 PARTITION OF ranges FOR VALUES FROM (MINVALUE) TO (-5);
    CREATE TABLE r2 PARTITION OF ranges FOR VALUES FROM (10) TO (20) PARTITION BY LIST (at);
    CREATE TABLE r2a PARTITION OF r2 FOR VALUES IN ('2025-01-01', NULL);
    CREATE TABLE lists (t text) PARTITION BY LIST (t);
    CREATE TABLE l1 PARTITION OF lists FOR VALUES IN ('it''s, (a)', E'x\\ny', NULL);
    CREATE TABLE l2 PARTITION OF lists DEFAULT;
    CREATE TABLE hashes (n integer) PARTITION BY HASH (n);
    CREATE TABLE h1 PARTITION OF hashes FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE h2 PARTITION OF hashes FOR VALUES WITH (MODULUS 4, REMAINDER 1);
"""


def test_what_the_server_makes_of_bounds(make_database: MakeDatabase, any_server: PostgresServer) -> None:
    """Bounds of all strategies are understood as the server prints them."""
    found = {one.table.name: one for one in analyse(read(make_database(any_server, PARTITIONS))).partitions}
    assert all(part.values is not None for one in found.values() for part in one.partitions)
    (gap,) = found["ranges"].gaps
    assert (gap.lower, gap.upper, found["ranges"].upper_end) == ("-5", "10", "20")
    assert found["r2"].root == name("ranges")
    assert found["lists"].default == name("l2")
    assert (found["hashes"].hash_complete, found["hashes"].missing_remainders) == (False, (3,))
