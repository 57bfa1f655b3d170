"""Writes a generated database as SQL.

    python -m benchmarks.schema --tables 1000 > schema.sql

The script runs in many small transactions, so that a server with its default number of locks takes it, and
may be run in several databases of one server: the roles are made once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from benchmarks.design import SMALLEST, Database, Table, View, design

SIZES = {100: 1, 1_000: 2, 10_000: 3}
"""The sizes of the benchmark, with the seed of each."""

_ROLES = ("bench_reader", "bench_writer", "bench_auditor")

# So many objects are made per transaction; each takes some locks, of which a server has 6,400 by default.
_BATCH = 200


def schema_sql(tables: int, seed: int | None = None) -> str:
    """The SQL of a generated database: the same text for the same arguments on every version of Python.

    Args:
        tables: How many tables, partitions included.
        seed: Another seed, another database; by default that of the benchmark.

    Raises:
        ValueError: There are too few tables.
    """
    return script(design(tables, SIZES.get(tables, 0) if seed is None else seed))


def script(database: Database) -> str:
    """The SQL of a designed database, in transactions of some two hundred statements."""
    parts: list[str] = ["SET client_min_messages = warning;\n"]
    for statements in (_before(database), _tables(database), _after(database)):
        parts += _batches(statements)
    return "".join(parts)


def _batches(statements: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    for statement in statements:
        batch.append(statement)
        if len(batch) == _BATCH:
            yield "BEGIN;\n" + "".join(batch) + "COMMIT;\n"
            batch = []
    if batch:
        yield "BEGIN;\n" + "".join(batch) + "COMMIT;\n"


def _before(database: Database) -> Iterator[str]:
    for role in _ROLES:
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;\n"
        )
    for schema in database.schemas:
        yield f"CREATE SCHEMA {schema};\nCOMMENT ON SCHEMA {schema} IS 'Everything about {schema}.';\n"
        yield (
            f"CREATE DOMAIN {schema}.email_address AS text\n"
            "    CONSTRAINT email_address_check CHECK (VALUE ~ '^[^@]+@[^@]+$');\n"
            f"CREATE DOMAIN {schema}.money_amount AS numeric(14,2) DEFAULT 0"
            " CONSTRAINT money_amount_check CHECK (VALUE >= 0);\n"
            f"CREATE DOMAIN {schema}.percentage AS numeric(5,2)"
            " CONSTRAINT percentage_check CHECK (VALUE BETWEEN 0 AND 100);\n"
            f"CREATE TYPE {schema}.severity AS ENUM ('low', 'normal', 'high');\n"
            f"COMMENT ON DOMAIN {schema}.email_address IS 'Has an @ with something on both sides.';\n"
        )
        yield _FUNCTIONS.format(schema=schema)
    for name, values in database.enums:
        listed = ", ".join(f"'{value}'" for value in values)
        yield f"CREATE TYPE {name} AS ENUM ({listed});\n"


# Of the schema "s": two trigger functions, a function and a procedure.
_FUNCTIONS = """\
CREATE FUNCTION {schema}.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION {schema}.touch() IS 'Notes when a row was last changed.';
CREATE FUNCTION {schema}.audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO core.change_log (table_name, operation, row_before, row_after)
    VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END
$$;
CREATE FUNCTION {schema}.net(gross numeric, rate numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT round(gross / (1 + rate), 2) $$;
CREATE PROCEDURE {schema}.tidy(before timestamp with time zone) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM core.change_log WHERE changed_at < before AND table_name LIKE '{schema}.%';
END
$$;
"""


def _tables(database: Database) -> Iterator[str]:
    for table in database.tables:
        if table.sequence:
            yield f"CREATE SEQUENCE {table.schema}.{table.sequence};\n"
        yield _table(table)
        if table.sequence:
            yield f"ALTER SEQUENCE {table.schema}.{table.sequence} OWNED BY {table.qualified}.id;\n"
        for name, bounds in table.partitions:
            yield f"CREATE TABLE {table.schema}.{name} PARTITION OF {table.qualified} FOR VALUES {bounds};\n"
        for index in table.indexes:
            yield (
                f"CREATE INDEX {index.name} ON {table.qualified}"
                f" USING {index.method} ({_keys(index.keys)}){index.rest};\n"
            )


def _keys(keys: str) -> str:
    """The keys of an index: an expression that is no call of a function stands in parentheses."""
    return f"({keys})" if "::" in keys and not keys.startswith("lower(") else keys


def _table(table: Table) -> str:
    lines: list[str] = []
    for column in table.columns:
        parts = [column.name, column.type]
        if column.extra:
            parts.append(column.extra)
        if column.default is not None:
            parts.append(f"DEFAULT {column.default}")
        if column.not_null:
            parts.append("NOT NULL")
        lines.append(" ".join(parts))
    lines.append(f"PRIMARY KEY ({', '.join(table.key)})")
    lines += [f"CONSTRAINT {name} UNIQUE ({columns})" for name, columns in table.uniques]
    lines += [f"CONSTRAINT {name} CHECK ({condition})" for name, condition in table.checks]
    by = f" PARTITION BY {table.partition_by}" if table.partition_by else ""
    body = ",\n    ".join(lines)
    return f"CREATE TABLE {table.qualified} (\n    {body}\n){by};\n"


def _after(database: Database) -> Iterator[str]:
    for table in database.tables:
        for key in table.foreign_keys:
            yield (
                f"ALTER TABLE {table.qualified} ADD CONSTRAINT {key.name} FOREIGN KEY ({key.column})"
                f" REFERENCES {key.target.qualified} ({key.target.key[0]}){key.actions};\n"
            )
    for view in database.views:
        yield from _view(view)
    yield from database.functions
    for table in database.tables:
        yield from _behaviour(table)
        yield from _comments(table)
    for schema in database.schemas:
        yield (
            f"GRANT USAGE ON SCHEMA {schema} TO {', '.join(_ROLES)};\n"
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO bench_reader;\n"
        )
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO bench_writer;\n"
    yield "GRANT SELECT ON core.change_log TO bench_auditor;\n"


def _view(view: View) -> Iterator[str]:
    name = f"{view.schema}.{view.name}"
    yield f"CREATE {'MATERIALIZED ' if view.materialized else ''}VIEW {name} AS {view.query};\n"
    if view.materialized:
        yield f"CREATE UNIQUE INDEX ON {name} (id);\n"
    if view.comment:
        yield f"COMMENT ON {'MATERIALIZED ' if view.materialized else ''}VIEW {name} IS '{view.comment}';\n"


def _behaviour(table: Table) -> Iterator[str]:
    for name, function in table.triggers:
        event = "BEFORE UPDATE" if function == "touch" else "AFTER INSERT OR UPDATE OR DELETE"
        yield (
            f"CREATE TRIGGER {name} {event} ON {table.qualified}"
            f" FOR EACH ROW EXECUTE FUNCTION {table.schema}.{function}();\n"
        )
    for name, condition in table.policies:
        yield (
            f"ALTER TABLE {table.qualified} ENABLE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY {name} ON {table.qualified} TO bench_writer USING ({condition});\n"
        )


def _comments(table: Table) -> Iterator[str]:
    lines = []
    if table.comment:
        lines.append(f"COMMENT ON TABLE {table.qualified} IS '{table.comment}';\n")
    lines += [
        f"COMMENT ON COLUMN {table.qualified}.{column.name} IS '{column.comment}';\n"
        for column in table.columns
        if column.comment
    ]
    if lines:
        yield "".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.schema", description="A realistic schema as SQL."
    )
    parser.add_argument("--tables", type=int, default=1_000, help="how many tables (default: 1000)")
    parser.add_argument("--seed", type=int, default=None, help="another seed, another schema")
    arguments = parser.parse_args()
    if arguments.tables < SMALLEST:
        parser.error(f"--tables must be at least {SMALLEST}")
    sys.stdout.write(schema_sql(arguments.tables, arguments.seed))


if __name__ == "__main__":
    main()
