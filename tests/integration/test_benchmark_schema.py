"""The generated schema of the benchmark, loaded into a server."""

from __future__ import annotations

from pathlib import Path

import psycopg

from benchmarks.coverage import documented, wanted
from benchmarks.design import design
from benchmarks.schema import schema_sql
from pgdossier.catalog import read
from pgdossier.ddl.script import schema_script
from tests.conftest import MakeDatabase
from tests.support.roundtrip import assert_round_trip
from tests.support.servers import PostgresServer

# What the catalogs say, by the names that `Database.counts` uses; %(s)s stands for the OIDs of the schemas.
_COUNTS = {
    "schemas": "SELECT cardinality(%(s)s::oid[])",
    "tables": "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = ANY (%(s)s)",
    "columns": "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE relkind IN ('r', 'p') AND relnamespace = ANY (%(s)s) AND attnum > 0 AND NOT attisdropped",
    "foreign keys": "SELECT count(*) FROM pg_constraint c WHERE contype = 'f' AND connamespace = ANY (%(s)s)"
    # Where the referenced table has partitions there is a hidden copy for each; here none has.
    " AND confrelid NOT IN (SELECT inhrelid FROM pg_inherits)",
    "indexes": "SELECT count(*) FROM pg_class WHERE relkind IN ('i', 'I') AND relnamespace = ANY (%(s)s)",
    "checks": "SELECT count(*) FROM pg_constraint"
    " WHERE contype = 'c' AND conrelid <> 0 AND connamespace = ANY (%(s)s)",
    "triggers": "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = ANY (%(s)s)",
    "policies": "SELECT count(*) FROM pg_policy",
    "views": "SELECT count(*) FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = ANY (%(s)s)",
    "enums": "SELECT count(*) FROM pg_type"
    " WHERE typtype = 'e' AND typname <> 'severity' AND typnamespace = ANY (%(s)s)",
}


def test_every_server_counts_what_was_designed(
    any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Every version loads it, and has every kind of object as often as the design says."""
    url = make_database(any_server, schema_sql(60))
    counts = design(60, 0).counts()
    with psycopg.connect(url) as connection:
        ((schemas,),) = connection.execute(
            "SELECT array_agg(oid) FROM pg_namespace WHERE nspname = ANY (%s)", (design(60, 0).schemas,)
        ).fetchall()
        found = {
            kind: connection.execute(query, {"s": schemas}).fetchall()[0][0]
            for kind, query in _COUNTS.items()
        }
    assert found == counts


def test_the_generated_schema_round_trips(server: PostgresServer, make_database: MakeDatabase) -> None:
    """It is rebuilt from schema.sql as it was."""
    assert_round_trip(server, make_database(server, schema_sql(60)), make_database)


def test_coverage_finds_what_is_there(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """All objects are found in SQL that has them all, none in an empty file."""
    database = design(60, 0)
    full, empty = tmp_path / "full.sql", tmp_path / "empty.sql"
    full.write_text(schema_script(read(make_database(server, schema_sql(60)))), encoding="utf-8")
    empty.touch()
    everything = {kind: sum(names.values()) for kind, names in wanted(database).items()}
    assert documented(database, [full]) == everything | {"pictures": 0}
    assert set(documented(database, [empty]).values()) == {0}
