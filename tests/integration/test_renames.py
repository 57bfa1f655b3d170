"""Renames of a real database, told as a person would; and the document at a revision of git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.config import Config, parse_source
from pgdossier.history import comparison
from pgdossier.model.snapshot import Structure
from pgdossier.progress import SILENT
from tests.conftest import CorpusDatabase, MakeDatabase, SharedDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

SHOP = """
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('open', 'paid', 'sent');
    CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN new.created_at := now(); RETURN new; END';
    CREATE TABLE shop.customer (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        mail varchar(80) NOT NULL UNIQUE,
        notes text,
        loyalty_points integer DEFAULT 0 CHECK (loyalty_points >= 0),
        vat_number text,
        created_at timestamptz DEFAULT now()
    );
    CREATE INDEX customer_vat ON shop.customer (vat_number);
    CREATE INDEX customer_lower ON shop.customer (lower(mail)) WHERE vat_number IS NOT NULL;
    CREATE TABLE shop.orders (
        id serial PRIMARY KEY,
        customer_id integer REFERENCES shop.customer,
        state shop.state DEFAULT 'open' CHECK (state <> 'sent' OR total > 0),
        total numeric(10,2),
        placed_on date
    );
    CREATE TRIGGER touch BEFORE UPDATE OF notes ON shop.customer FOR EACH ROW
        WHEN (old.notes IS DISTINCT FROM new.notes) EXECUTE FUNCTION shop.touch();
    CREATE VIEW shop.open_orders AS
        SELECT o.id, c.mail, o.total FROM shop.orders o JOIN shop.customer c ON c.id = o.customer_id
        WHERE o.state = 'open';
    CREATE VIEW shop.mails AS SELECT mail, notes FROM shop.customer WHERE customer.id > 0;
    ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON shop.customer USING (mail = current_user);
    CREATE TABLE shop.events (at date NOT NULL, kind text, payload text) PARTITION BY RANGE (at);
    CREATE TABLE shop.events_2024 PARTITION OF shop.events
        FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE INDEX events_kind ON shop.events (kind);
    COMMENT ON TABLE shop.orders IS 'What was ordered.';
"""

# What is done to the shop, and what is said of it, without what it was taken for.
CASES: dict[str, tuple[str, list[str]]] = {
    "table": (
        "ALTER TABLE shop.customer RENAME TO client;",
        ["breaking: table shop.customer renamed to shop.client"],
    ),
    "column": (
        "ALTER TABLE shop.customer RENAME mail TO email;",
        ["breaking: column mail of table shop.customer renamed to email"],
    ),
    "table and column": (
        "ALTER TABLE shop.customer RENAME mail TO email; ALTER TABLE shop.customer RENAME TO client;",
        [
            "breaking: table shop.customer renamed to shop.client",
            "breaking: column mail of table shop.client renamed to email",
        ],
    ),
    "schema": ("ALTER SCHEMA shop RENAME TO store;", ["breaking: schema shop renamed to store"]),
    "schema, table and column": (
        "ALTER TABLE shop.customer RENAME mail TO email; ALTER TABLE shop.customer RENAME TO client;"
        "ALTER SCHEMA shop RENAME TO store;",
        [
            "breaking: schema shop renamed to store",
            "breaking: table shop.customer renamed to store.client",
            "breaking: column mail of table store.client renamed to email",
        ],
    ),
    "label": (
        "ALTER TYPE shop.state RENAME VALUE 'open' TO 'opened';",
        ["breaking: label open of enum type shop.state renamed to opened"],
    ),
    "label, and another one": (
        "ALTER TYPE shop.state RENAME VALUE 'paid' TO 'settled'; ALTER TYPE shop.state ADD VALUE 'lost';",
        [
            "widening: enum type shop.state: labels open, settled, sent → open, settled, sent, lost",
            "breaking: label paid of enum type shop.state renamed to settled",
        ],
    ),
    "type": (
        "ALTER TYPE shop.state RENAME TO order_state;",
        ["breaking: enum type shop.state renamed to shop.order_state"],
    ),
    "index": (
        "ALTER INDEX shop.customer_vat RENAME TO by_vat;",
        ["neutral: index customer_vat of table shop.customer renamed to by_vat"],
    ),
    "foreign key": (
        "ALTER TABLE shop.orders RENAME CONSTRAINT orders_customer_id_fkey TO to_customer;",
        ["neutral: foreign key orders_customer_id_fkey of table shop.orders renamed to to_customer"],
    ),
    "primary key": (
        "ALTER TABLE shop.customer RENAME CONSTRAINT customer_pkey TO pk_customer;",
        ["neutral: primary key customer_pkey of table shop.customer renamed to pk_customer"],
    ),
    "trigger": (
        "ALTER TRIGGER touch ON shop.customer RENAME TO touched;",
        ["neutral: trigger touch of table shop.customer renamed to touched"],
    ),
    "policy": (
        "ALTER POLICY own ON shop.customer RENAME TO own_only;",
        ["neutral: policy own of table shop.customer renamed to own_only"],
    ),
    "function": (
        "ALTER FUNCTION shop.touch() RENAME TO touched;",
        ["breaking: function shop.touch() renamed to shop.touched()"],
    ),
    "view": (
        "ALTER VIEW shop.open_orders RENAME TO pending;",
        ["breaking: view shop.open_orders renamed to shop.pending"],
    ),
    "column of a view": (
        "ALTER VIEW shop.open_orders RENAME mail TO email;",
        ["breaking: column mail of view shop.open_orders renamed to email"],
    ),
    "sequence": (
        "ALTER SEQUENCE shop.orders_id_seq RENAME TO order_numbers;",
        ["breaking: sequence shop.orders_id_seq renamed to shop.order_numbers"],
    ),
    "another type as well": (
        "ALTER TABLE shop.customer ALTER loyalty_points TYPE bigint;"
        "ALTER TABLE shop.customer RENAME loyalty_points TO points;",
        [
            "breaking: column loyalty_points of table shop.customer renamed to points",
            "widening: column points of table shop.customer: type integer → bigint",
        ],
    ),
    "dropped and added again": (
        "ALTER TABLE shop.customer DROP loyalty_points;"
        "ALTER TABLE shop.customer ADD points integer DEFAULT 0;",
        [
            "widening: check constraint customer_loyalty_points_check of table shop.customer was removed",
            "breaking: column loyalty_points of table shop.customer was removed",
            "widening for readers: column points of table shop.customer was added",
        ],
    ),
    "names swapped": (
        "ALTER TABLE shop.events RENAME kind TO x; ALTER TABLE shop.events RENAME payload TO kind;"
        "ALTER TABLE shop.events RENAME x TO payload;",
        [
            "breaking: partitioned table shop.events: order of columns at, kind, payload → at, payload, kind",
            "neutral: index events_kind of partitioned table shop.events: keys kind → payload",
            "breaking: table shop.events_2024: order of columns at, kind, payload → at, payload, kind",
            "neutral: index events_2024_kind_idx of table shop.events_2024: keys kind → payload",
        ],
    ),
    "two candidates": (
        "CREATE TABLE shop.a (LIKE shop.orders INCLUDING ALL);"
        "CREATE TABLE shop.b (LIKE shop.orders INCLUDING ALL);"
        "DROP TABLE shop.orders CASCADE;",
        [
            "breaking: sequence shop.orders_id_seq was removed",
            "widening: table shop.a was added",
            "widening: table shop.b was added",
            "breaking: table shop.orders was removed",
            "breaking: view shop.open_orders was removed",
        ],
    ),
    "moved": (
        "CREATE SCHEMA crm; ALTER TABLE shop.orders SET SCHEMA crm;",
        ["widening: schema crm was added", "breaking: table shop.orders moved to schema crm"],
    ),
    "partitioned": (
        "ALTER TABLE shop.events RENAME kind TO category;"
        "ALTER TABLE shop.events_2024 RENAME TO events_y2024;",
        [
            "breaking: column kind of partitioned table shop.events renamed to category",
            "breaking: table shop.events_2024 renamed to shop.events_y2024",
        ],
    ),
}


def structure(url: str) -> Structure:
    return pipeline.read(Config(source=parse_source(url)), SILENT).structure


def told(before: Structure, after: Structure) -> list[str]:
    """What `diff` tells of two databases, without the confidence of renames and its reasons."""
    both = (
        comparison.comparable(each, major=before.server.major, from_sql=False) for each in (before, after)
    )
    return [each.judged.partition(" (assumed")[0] for each in comparison.findings(*both)]


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(
    server: PostgresServer, shared_database: SharedDatabase, make_database: MakeDatabase, name: str
) -> None:
    """The rename and what else changed; nothing that only mentions the new name. And so on the way back."""
    sql, expected = CASES[name]
    before = structure(shared_database(server, "renames", SHOP))
    after = structure(make_database(server, SHOP + sql))
    assert told(before, after) == expected
    renames = [each for each in expected if " renamed to " in each or " moved to " in each]
    back = [each for each in told(after, before) if " renamed to " in each or " moved to " in each]
    assert len(back) == len(renames)


@pytest.mark.parametrize("name", ["schema, table and column", "label", "partitioned", "moved", "function"])
def test_every_version_tells_the_same(
    any_server: PostgresServer, shared_database: SharedDatabase, make_database: MakeDatabase, name: str
) -> None:
    """How the server prints definitions after a rename differs in nothing that shows."""
    sql, expected = CASES[name]
    before = structure(shared_database(any_server, "renames", SHOP))
    assert told(before, structure(make_database(any_server, SHOP + sql))) == expected


CORPUS = {
    "airflow": (
        "ALTER TABLE dag_run RENAME TO pipeline_run; ALTER TABLE task_instance RENAME pool TO resource_pool;"
        "ALTER TABLE connection RENAME host TO hostname; ALTER TABLE log RENAME dttm TO logged_at;"
        "ALTER TABLE log RENAME TO audit_log; ALTER TABLE job DROP unixname;"
        "ALTER TABLE job ADD os_user varchar(500);",
        [
            "breaking: table public.log renamed to public.audit_log",
            "breaking: column dttm of table public.audit_log renamed to logged_at",
            "breaking: column host of table public.connection renamed to hostname",
            "widening for readers: column os_user of table public.job was added",
            "breaking: column unixname of table public.job was removed",
            "breaking: table public.dag_run renamed to public.pipeline_run",
            "breaking: column pool of table public.task_instance renamed to resource_pool",
        ],
    ),
    "nautobot": (
        "ALTER TABLE dcim_device RENAME TO dcim_machine; ALTER TABLE circuits_provider RENAME TO"
        " circuits_carrier; ALTER TABLE dcim_interface RENAME mgmt_only TO management_only;"
        "ALTER TABLE dcim_consoleport RENAME TO dcim_cp; ALTER TABLE dcim_powerport RENAME TO dcim_pp;"
        "ALTER TABLE dcim_rack RENAME u_height TO height_units;",
        [
            "breaking: table public.circuits_provider renamed to public.circuits_carrier",
            "breaking: table public.dcim_consoleport renamed to public.dcim_cp",
            "breaking: column mgmt_only of table public.dcim_interface renamed to management_only",
            "breaking: table public.dcim_device renamed to public.dcim_machine",
            "breaking: table public.dcim_powerport renamed to public.dcim_pp",
            "breaking: column u_height of table public.dcim_rack renamed to height_units",
        ],
    ),
}


@pytest.mark.parametrize("name", CORPUS)
def test_large_databases(
    server: PostgresServer, corpus_database: CorpusDatabase, make_database: MakeDatabase, name: str
) -> None:
    """Among hundreds of tables just those that were renamed, and none of all that mentions them."""
    url = corpus_database(server, name)
    sql, expected = CORPUS[name]
    template = url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    assert told(structure(url), structure(make_database(server, sql, template=template))) == expected


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_document_at_a_revision(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """The document as it was committed, compared with the database and with itself; exit code 1 and 0."""
    url = make_database(server, SHOP)
    done = pgdossier("snapshot", url, "-o", "snapshot.json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "docs" / "database"
    folder.mkdir(parents=True)
    (tmp_path / "snapshot.json").rename(folder / "snapshot.json")
    git = shutil.which("git")
    assert git is not None
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*author, "commit", "-q", "-m", "document"]):
        subprocess.run([git, *command], cwd=tmp_path, check=True, capture_output=True)
    shutil.rmtree(folder)
    side = "docs/database@main"
    same = pgdossier("diff", side, url, home=tmp_path)
    assert (same.returncode, same.stdout, same.stderr) == (0, "no differences\n", "")
    server.run_sql(
        url.split("?", maxsplit=1)[0].rsplit("/", 1)[1], "ALTER TABLE shop.customer RENAME mail TO email;"
    )
    found = pgdossier("diff", side, url, "--format", "json", home=tmp_path)
    assert found.returncode == 1
    (difference,) = json.loads(found.stdout)["differences"]
    assert (difference["change"], difference["before"], difference["after"]) == ("renamed", "mail", "email")
    assert difference["lock"]["held"] == [{"relation": "shop.customer", "mode": "ACCESS EXCLUSIVE"}]
    unknown = pgdossier("diff", "docs/database@main~9", url, home=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith(
        "pgdossier: error: docs/database@main~9: git knows no revision main~9\nhint: fetch it first"
    )
