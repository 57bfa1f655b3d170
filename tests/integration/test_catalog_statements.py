"""How the catalogs are asked: a fixed number of statements, no query per row, the same answer every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.catalog import families
from pgdossier.catalog.query import Query
from pgdossier.catalog.session import Session
from pgdossier.model import snapshot_json
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from tests.conftest import CorpusDatabase, MakeDatabase, SharedDatabase
from tests.integration.nasty import nasty_sql
from tests.support.corpus import CORPUS_NAMES
from tests.support.servers import PostgresServer


def schema_of(tables: int) -> str:
    """Tables that reference each other, with indexes, checks, triggers, types and comments."""
    script = ["CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"]
    for number in range(tables):
        script.append(f"CREATE TYPE e{number} AS ENUM ('a', 'b');")
        script.append(
            f"CREATE TABLE t{number} (id serial PRIMARY KEY, kind e{number} DEFAULT 'a',"
            f" name text CHECK (name <> ''), parent integer REFERENCES t{max(0, number - 1)}) ;"
            f"CREATE INDEX ON t{number} (lower(name)); COMMENT ON TABLE t{number} IS 'x';"
            f"CREATE TRIGGER g BEFORE INSERT ON t{number} EXECUTE FUNCTION f();"
            f"CREATE VIEW v{number} AS SELECT * FROM t{number};"
            f"CREATE POLICY p ON t{number} USING (id > 0);"
        )
    return "\n".join(script)


class Counter:
    """Counts what `progress` is told and what is sent to the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.total = 0
        self.steps = 0
        self.statements = 0
        execute, stream = psycopg.Cursor.execute, psycopg.Cursor.stream

        def counted(cursor: psycopg.Cursor[Any], *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
            self.statements += 1
            return execute(cursor, *args, **kwargs)

        def streamed(cursor: psycopg.Cursor[Any], *args: Any, **kwargs: Any) -> Iterator[Any]:
            self.statements += 1
            return stream(cursor, *args, **kwargs)

        monkeypatch.setattr(psycopg.Cursor, "execute", counted)
        monkeypatch.setattr(psycopg.Cursor, "stream", streamed)

    def phase(self, name: str, total: int, /) -> None:
        assert name == "reading families"
        self.total = total

    def advance(self) -> None:
        self.steps += 1


def test_number_of_statements_does_not_grow(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 tables and 60 tables cost the same few statements, and progress is told of every family."""
    counts = []
    for tables in (5, 60):
        url = make_database(server, schema_of(tables))
        with monkeypatch.context() as patch:
            counter = Counter(patch)
            snapshot = catalog.read(url, progress=counter)
        assert len(snapshot.structure.relations) == 2 * tables
        assert counter.steps == counter.total
        counts.append(counter.statements)
    assert counts[0] == counts[1]
    assert counts[0] <= 88


@pytest.mark.parametrize("older", [False, True])
def test_sequences_do_not_cost_statements(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, *, older: bool
) -> None:
    """1,700 sequences cost as many statements as 2; where they are read as relations, at most 21 more."""
    counts = []
    for last in (2, 1700):
        url = make_database(
            server,
            "DO $$BEGIN FOR i IN 1.."
            f"{last} LOOP EXECUTE format('CREATE SEQUENCE s%s', i); END LOOP; END$$;"
            f"SELECT nextval('s{last}'), nextval('s{last}')",
        )
        with monkeypatch.context() as patch:
            if older:
                patch.setattr("pgdossier.catalog.sequence_values._WITH_DATA", 10**6)
            counter = Counter(patch)
            snapshot = catalog.read(url)
        found = {use.name: use.last_value for use in snapshot.operation.sequences}
        assert len(found) == last
        assert {name: value for name, value in found.items() if value is not None} == {f"s{last}": 2}
        counts.append(counter.statements)
    assert counts[1] - counts[0] == (3 * 7 if older else 0)


def read_with_queries(url: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Query[Any], dict[str, Any]]]:
    """The queries of one read with their parameters."""
    seen: list[tuple[Query[Any], dict[str, Any]]] = []
    rows, try_rows, all_rows = Session.rows, Session.try_rows, Session.all_rows
    many_rows, begin_at_once = Session.many_rows, Session.begin_at_once

    def noted(session: Session, query: Query[Any], **parameters: Any) -> list[Any]:
        seen.append((query, parameters))
        return rows(session, query, **parameters)

    def noted_too(session: Session, query: Query[Any], **parameters: Any) -> list[Any]:
        seen.append((query, parameters))
        return try_rows(session, query, **parameters)

    def noted_many(session: Session, query: Query[Any], **parameters: Any) -> list[Any]:
        seen.append((query, parameters))
        return many_rows(session, query, **parameters)

    def noted_all(
        session: Session, queries: list[Query[Any]], alone: Any, **parameters: Any
    ) -> Iterator[list[Any]]:
        seen.extend((query, parameters) for query in queries)
        return all_rows(session, queries, alone, **parameters)

    def noted_first(session: Session, settings: Any, *, asked: Sequence[Query[Any]], **others: Any) -> bool:
        seen.extend((query, {}) for query in asked)
        return begin_at_once(session, settings, asked=asked, **others)

    every = families.here()
    with monkeypatch.context() as patch:
        patch.setattr(families, "here", lambda _used: every)
        patch.setattr(Session, "begin_at_once", noted_first)
        patch.setattr(Session, "rows", noted)
        patch.setattr(Session, "try_rows", noted_too)
        patch.setattr(Session, "all_rows", noted_all)
        patch.setattr(Session, "many_rows", noted_many)
        catalog.read(url)
    return seen


def test_plans(
    server: PostgresServer, corpus_database: CorpusDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No query asks a catalog again for every row: no subplan, no sequential scan inside a nested loop."""
    url = corpus_database(server, "nautobot")
    queries = read_with_queries(url, monkeypatch)
    assert len(queries) > 70
    assert {"server", "schemas", "columns", "damage"} <= {query.family for query, _ in queries}
    with psycopg.connect(url, options="-c search_path=") as connection:
        major = connection.info.server_version // 10000
        for query, parameters in queries:
            plan = connection.execute(
                b"EXPLAIN (FORMAT JSON) " + query.text(major).encode(), parameters
            ).fetchone()
            assert plan is not None
            assert not repeated_scans(plan[0][0]["Plan"], repeated=False), query.family


def repeated_scans(plan: dict[str, Any], *, repeated: bool) -> list[str]:
    """The scans of a plan that run once for each row of something else."""
    found = []
    if plan.get("Parent Relationship") == "SubPlan":
        found.append(f"{plan.get('Subplan Name')}")
    if repeated and plan["Node Type"] == "Seq Scan":
        found.append(plan["Relation Name"])
    for child in plan.get("Plans", ()):
        inner = plan["Node Type"] == "Nested Loop" and child.get("Parent Relationship") == "Inner"
        inner = inner and plan["Plans"][0]["Plan Rows"] > 1
        cached = child["Node Type"] in ("Materialize", "Memoize")
        found += repeated_scans(child, repeated=(repeated or inner) and not cached)
    return found


def test_same_answer_from_every_connection_and_role(
    server: PostgresServer, shared_database: SharedDatabase
) -> None:
    """Two reads, and the read of a role whose every setting is odd, give the same bytes."""
    url = shared_database(server, "nasty", nasty_sql(server.major))
    database = urlsplit(url).path[1:]
    first = catalog.read(url, operation=False)
    assert snapshot_json.encode(catalog.read(url, operation=False)) == snapshot_json.encode(first)
    server.run_sql(
        "postgres",
        """
        CREATE ROLE catalog_odd LOGIN;
        ALTER ROLE catalog_odd SET search_path = audit, public, pg_catalog;
        ALTER ROLE catalog_odd SET datestyle = 'German';
        ALTER ROLE catalog_odd SET intervalstyle = 'iso_8601';
        ALTER ROLE catalog_odd SET quote_all_identifiers = on;
        ALTER ROLE catalog_odd SET extra_float_digits = -15;
        ALTER ROLE catalog_odd SET bytea_output = 'escape';
        ALTER ROLE catalog_odd SET client_encoding = 'LATIN1';
        ALTER ROLE catalog_odd SET default_transaction_isolation = 'serializable';
        """,
    )
    try:
        odd = catalog.read(server.url(database, "catalog_odd"), operation=False)
    finally:
        server.run_sql("postgres", "DROP ROLE catalog_odd;")
    assert snapshot_json.encode(odd) == snapshot_json.encode(first)


def test_scope(server: PostgresServer, shared_database: SharedDatabase) -> None:
    """Patterns choose schemas and relations; the scope says what was left out and why."""
    url = shared_database(server, "nasty", nasty_sql(server.major))

    whole = catalog.read(url, include=("audit",), exclude=("*.log_*",)).structure
    assert {found.schema for found in whole.relations} == {"audit"}
    assert "log" in {found.name for found in whole.relations}
    assert "log_old" not in {found.name for found in whole.relations}
    assert whole.scope.include == ("audit",)
    assert whole.scope.exclude == ("*.log_*",)
    assert [(left.name, left.reason) for left in whole.scope.schemas_left_out] == [
        ("Odd Schema", "no pattern asks for it"),
        ("public", "no pattern asks for it"),
    ]
    assert whole.scope.relations_left_out == 5
    assert {found.name for found in whole.routines} == {"clean", "note"}
    # A foreign key to a table outside is told with its target and columns.
    (key,) = next(found for found in whole.relations if found.name == "by_index").foreign_keys
    assert (key.target.dotted, key.target_columns) == ("public.parents", ("stamp",))

    some = catalog.read(url, include=("public.cheap", '"Odd Schema"."Child|Table"')).structure
    assert [found.name for found in some.relations] == ["Child|Table", "cheap"]
    # Of types, routines and sequences only those come along that these relations need.
    assert [found.name for found in some.enums] == ["mood"]
    assert [found.name for found in some.sequences] == ["Child|Table_Id_seq"]
    assert some.domains == ()

    excluded = catalog.read(url, exclude=("audit", '"Odd*"')).structure
    assert [left.name for left in excluded.scope.schemas_left_out] == ["audit"]
    assert excluded.scope.schemas_left_out[0].reason == "the pattern audit excludes it"


def test_objects_of_extensions_are_left_out_and_counted(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """What an extension brought is not documented; its types are named where the user's columns have them."""
    url = make_database(
        server,
        """
        CREATE SCHEMA tools; CREATE SCHEMA members;
        CREATE EXTENSION citext SCHEMA public; CREATE EXTENSION hstore SCHEMA tools;
        CREATE EXTENSION pg_stat_statements SCHEMA public;
        ALTER EXTENSION hstore ADD SCHEMA members;
        CREATE TABLE public.t (a citext, b tools.hstore, c citext[]);
        CREATE INDEX ON public.t USING gin (b);
        CREATE INDEX ON public.t (a);
        CREATE INDEX ON public.t USING btree (b tools.btree_hstore_ops);
        CREATE FUNCTION public.mine(citext) RETURNS citext LANGUAGE sql AS 'SELECT $1';
        """,
    )
    structure = catalog.read(url).structure
    assert [found.name for found in structure.relations] == ["t"]
    assert [found.name for found in structure.routines] == ["mine"]
    counts = {found.name: found.objects for found in structure.extensions}
    assert set(counts) == {"citext", "hstore", "pg_stat_statements", "plpgsql"}
    assert all(count > 3 for count in counts.values())
    table = structure.relations[0]
    assert [column.type_name.dotted for column in table.columns if column.type_name] == [
        "public.citext",
        "tools.hstore",
        "public.citext",
    ]
    assert [key.operator_class for index in table.indexes for key in index.keys] == [None, None, None]
    assert [(left.name, left.reason) for left in structure.scope.schemas_left_out] == [
        ("members", "it belongs to the extension hstore")
    ]
    asked = catalog.read(url, include=("members",)).structure
    assert [schema.name for schema in asked.schemas] == ["members"]


def test_sizes(server: PostgresServer, make_database: MakeDatabase) -> None:
    """After ANALYZE, rows and bytes agree with what the server measures; before, they are not known."""
    url = make_database(
        server,
        """
        CREATE TABLE public.filled (id integer PRIMARY KEY, body text);
        ALTER TABLE public.filled ALTER body SET STORAGE EXTERNAL;
        INSERT INTO public.filled SELECT g, repeat('x', 3000) FROM generate_series(1, 500) g;
        CREATE TABLE public.untouched (id integer);
        VACUUM ANALYZE public.filled;
        """,
    )
    with psycopg.connect(url) as connection:
        measured = connection.execute(
            "SELECT pg_relation_size('filled'), pg_indexes_size('filled'),"
            " pg_relation_size(reltoastrelid),"
            " pg_relation_size(reltoastrelid) + pg_indexes_size(reltoastrelid)"
            " FROM pg_class WHERE oid = 'filled'::regclass"
        ).fetchone()
    statistics = catalog.read(url).statistics
    filled, untouched = statistics.relations
    assert filled.rows == 500
    assert measured is not None
    assert (filled.table_bytes, filled.index_bytes) == measured[:2]
    # VACUUM does not note the pages of a TOAST table's index when it finds nothing to clean there.
    assert measured[2] <= filled.toast_bytes <= measured[3]
    assert (untouched.rows, untouched.table_bytes) == (None, 0)
    assert [(index.name, index.bytes) for index in statistics.indexes] == [
        ("filled_pkey", filled.index_bytes)
    ]


# What pg_dump wrote for the corpus, and how many of them the snapshot has.
STATEMENTS: dict[str, Callable[[Snapshot], int]] = {
    r"^CREATE (UNLOGGED )?TABLE ": lambda snapshot: count(
        snapshot, lambda found: [found.name] if "table" in found.kind else []
    ),
    r"^CREATE VIEW ": lambda snapshot: count(
        snapshot, lambda found: [found.name] if found.kind == "view" else []
    ),
    r"^CREATE MATERIALIZED VIEW ": lambda snapshot: count(
        snapshot, lambda found: [found.name] if found.kind == "materialized view" else []
    ),
    r"^CREATE (UNIQUE )?INDEX ": lambda snapshot: count(
        snapshot, lambda found: [index for index in found.indexes if not index.constraint]
    ),
    r"^    ADD CONSTRAINT .* PRIMARY KEY ": lambda snapshot: count(
        snapshot, lambda found: [found.primary_key] if found.primary_key else []
    ),
    r"^    ADD CONSTRAINT .* UNIQUE ": lambda snapshot: count(snapshot, lambda found: found.unique_keys),
    r"^    ADD CONSTRAINT .* FOREIGN KEY ": lambda snapshot: count(
        snapshot, lambda found: [key for key in found.foreign_keys if not key.inherited]
    ),
    r"^    ADD CONSTRAINT .* EXCLUDE ": lambda snapshot: count(snapshot, lambda found: found.exclusions),
    r"^CREATE (CONSTRAINT )?TRIGGER ": lambda snapshot: count(
        snapshot, lambda found: [each for each in found.triggers if not each.inherited]
    ),
    r"^CREATE POLICY ": lambda snapshot: count(snapshot, lambda found: found.policies),
    r"^(CREATE FUNCTION|CREATE PROCEDURE|CREATE AGGREGATE) ": lambda snapshot: len(
        snapshot.structure.routines
    ),
    r"^CREATE TYPE .* AS ENUM ": lambda snapshot: len(snapshot.structure.enums),
    r"^CREATE DOMAIN ": lambda snapshot: len(snapshot.structure.domains),
    r"^(CREATE SEQUENCE |    SEQUENCE NAME )": lambda snapshot: len(snapshot.structure.sequences),
    r"^ALTER TABLE ONLY .* ATTACH PARTITION ": lambda snapshot: count(
        snapshot, lambda found: [found.partition] if found.partition else []
    ),
}


def count(snapshot: Snapshot, parts: Any) -> int:
    def of(relation: Relation) -> int:
        return len(parts(relation))

    return sum(map(of, snapshot.structure.relations))


@pytest.mark.parametrize("name", CORPUS_NAMES)
def test_counts_of_the_dump(
    server: PostgresServer, corpus_directory: Path, corpus_database: CorpusDatabase, name: str
) -> None:
    """The snapshot holds as many of each kind of object as the dump has statements that make them."""
    text = (corpus_directory / f"{name}.sql").read_text(encoding="utf-8")
    snapshot = catalog.read(corpus_database(server, name))
    found = {pattern: number(snapshot) for pattern, number in STATEMENTS.items()}
    assert found == {pattern: len(re.findall(pattern, text, re.MULTILINE)) for pattern in STATEMENTS}
