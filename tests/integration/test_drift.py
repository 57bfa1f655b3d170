"""`pgdossier drift` with real tools: Alembic, SQLAlchemy models, Django, and folders of SQL."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pgdossier import pipeline
from pgdossier.building.expected import CommandFailed, Commands, Metadata, Migrations, Truth
from pgdossier.config import Config, parse_source
from pgdossier.errors import ServerError, UsageError
from pgdossier.history import drift as drifts
from pgdossier.pipeline import DriftResult
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

HERE = Path(__file__).parent / "drift"
PYTHON = shlex.quote(sys.executable)
ALEMBIC = Commands(
    commands=(f"{PYTHON} -m alembic upgrade head",),
    directory=HERE / "alembic",
    prefix="postgresql+psycopg://",
)
MODELS = Metadata(addresses=("shop_models:Base.metadata",), directory=HERE / "alembic")
DJANGO = Commands(commands=(f"{PYTHON} -W ignore manage.py migrate",), directory=HERE / "django")


def run_tool(truth: Commands, url: str) -> None:
    """Has the tool itself bring a database up to date."""
    for command in truth.commands:
        subprocess.run(
            shlex.split(command),
            cwd=truth.directory,
            env={**os.environ, "DATABASE_URL": url.replace("postgresql://", truth.prefix, 1)},
            check=True,
            capture_output=True,
        )


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def drift(truth: Truth, url: str, **options: object) -> DriftResult:
    config = Config(source=parse_source(url), schemas=options.pop("schemas", ()))  # type: ignore[arg-type] # the tests give the right types
    return pipeline.drift(truth, config, SILENT, **options)  # type: ignore[arg-type] # as above


def told(truth: Truth, url: str, **options: object) -> list[str]:
    return [drifts.judged(each) for each in drift(truth, url, **options).findings]


@pytest.fixture(scope="module")
def templates(server: PostgresServer) -> Iterator[dict[str, str]]:
    """Databases that the tools themselves made, to be copied."""
    made = {"alembic": ALEMBIC, "django": DJANGO}
    for name, truth in made.items():
        server.create_database(f"drift_{name}")
        run_tool(truth, server.url(f"drift_{name}"))
    yield {name: f"drift_{name}" for name in made}
    for name in made:
        server.drop_database(f"drift_{name}")


# What somebody did to the live database by hand, and what is said of it.
BY_HAND = {
    "ALTER TABLE users ADD nickname text;": [
        "widening for readers: column nickname of table public.users is not known to the application"
    ],
    "CREATE TABLE sales.backup (what text);": [
        "widening: table sales.backup is not known to the application"
    ],
    "DROP INDEX sales.ix_sales_orders_user_id;": [
        "neutral: index ix_sales_orders_user_id of table sales.orders is missing in the database"
    ],
    "ALTER TYPE sales.state ADD VALUE 'sent';": [
        "widening: enum type sales.state: labels open, paid → open, paid, sent"
    ],
    "ALTER TABLE users ALTER email TYPE varchar(60);": [
        "breaking for writers: column email of table public.users:"
        " type character varying(80) → character varying(60)"
    ],
    "ALTER TABLE sales.orders ALTER total DROP DEFAULT, ALTER total DROP NOT NULL;": [
        "breaking for writers: column total of table sales.orders: default '0'::numeric → none",
        "widening: column total of table sales.orders: NOT NULL was dropped",
    ],
    "ALTER TABLE sales.orders DROP CONSTRAINT orders_user_id_fkey, ADD CONSTRAINT orders_user_id_fkey"
    " FOREIGN KEY (user_id) REFERENCES users;": [
        "breaking for writers: foreign key orders_user_id_fkey of table sales.orders:"
        " on delete cascade → no action"
    ],
}


@pytest.mark.parametrize("truth", [ALEMBIC, MODELS], ids=["alembic", "models"])
def test_changes_by_hand(
    server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str], truth: Truth
) -> None:
    """What Alembic made is no drift, for models neither; each change by hand is told in words."""
    made = make_database(server, template=templates["alembic"])
    assert told(truth, made) == []
    server.run_sql(name_of(made), "".join(BY_HAND))
    assert sorted(told(truth, made, scratch=make_database(server))) == sorted(
        line for lines in BY_HAND.values() for line in lines
    )


def test_renames_by_hand(
    server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str]
) -> None:
    """A renamed column is told as that, with how sure it is; in models columns have no place to go by."""
    url = make_database(
        server, "ALTER TABLE users RENAME email TO mail_address;", template=templates["alembic"]
    )
    (line,) = told(ALEMBIC, url, scratch=make_database(server))
    assert line.startswith("breaking: column email of table public.users renamed to mail_address (assumed, ")
    assert told(MODELS, url, scratch=make_database(server)) == [
        "breaking for writers: column mail_address of table public.users is not known to the application",
        "breaking: column email of table public.users is missing in the database",
        "breaking for writers: unique constraint users_email_key of table public.users:"
        " columns email → mail_address",
    ]


def test_what_models_cannot_say(
    server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str]
) -> None:
    """It is no drift, but counted; so is what depends on how a migration was written."""
    url = make_database(
        server,
        """
        ALTER TABLE users RENAME CONSTRAINT users_email_key TO one_email;
        ALTER TABLE users RENAME CONSTRAINT users_manager_id_fkey TO managed;
        ALTER TABLE users RENAME CONSTRAINT users_pkey TO the_key;
        ALTER SEQUENCE users_id_seq RENAME TO numbers_of_users;
        ALTER TABLE users SET (fillfactor = 80), ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON users USING (true);
        CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
        GRANT SELECT ON users TO pg_monitor;
        COMMENT ON COLUMN users.id IS NULL;
        """,
        template=templates["alembic"],
    )
    found = drift(MODELS, url, scratch=make_database(server))
    assert found.findings == ()
    assert found.not_compared == (
        "table public.alembic_version, the bookkeeping of Alembic",
        "owners, privileges, and versions of extensions and collations",
        "what models cannot say: 1 function, 1 policy, 1 view, order of columns, storage parameters",
    )
    strict = told(MODELS, url, strict=True, scratch=make_database(server))
    assert "widening: function public.f() is not known to the application" in strict
    assert "widening: view sales.paid is not known to the application" in strict
    assert any("order of columns" in line for line in strict)


def test_names_that_models_choose(
    server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str]
) -> None:
    """The check constraint that the models name goes by another name: that is drift."""
    url = make_database(
        server,
        "ALTER TABLE sales.orders RENAME CONSTRAINT positive TO above_zero;",
        template=templates["alembic"],
    )
    (line,) = told(MODELS, url, scratch=make_database(server))
    assert "check constraint positive of table sales.orders renamed to above_zero" in line


def test_django(server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str]) -> None:
    """What `manage.py migrate` made is no drift, strictly neither; changes by hand are told."""
    url = make_database(server, template=templates["django"])
    found = drift(DJANGO, url, strict=True)
    assert found.findings == ()
    assert found.not_compared == ("table public.django_migrations, the bookkeeping of Django",)
    server.run_sql(
        name_of(url),
        """
        ALTER TABLE catalogue_product DROP CONSTRAINT price_not_negative;
        ALTER TABLE catalogue_product ADD stock integer NOT NULL DEFAULT 0;
        DROP INDEX order_made;
        DROP FUNCTION next_code();
        ALTER TABLE sales_order ALTER note TYPE varchar(40);
        """,
    )
    assert told(DJANGO, url, scratch=make_database(server)) == [
        "widening for readers: column stock of table public.catalogue_product"
        " is not known to the application",
        "breaking: function public.next_code() is missing in the database",
        "widening: check constraint price_not_negative of table public.catalogue_product"
        " is missing in the database",
        "neutral: index order_made of table public.sales_order is missing in the database",
        "breaking for writers: column note of table public.sales_order: type text → character varying(40)",
    ]


# --- folders of SQL ------------------------------------------------------------------------------

UP = "CREATE TABLE a (id integer PRIMARY KEY);"
THEN = "SET LOCAL search_path = public; ALTER TABLE a ADD b text;"
AGAIN = "CREATE OR REPLACE VIEW v AS SELECT b FROM a;"
DOWN = "DROP TABLE a CASCADE;"
MADE = UP + "ALTER TABLE a ADD b text;" + AGAIN

LAYOUTS = {
    "flyway": {
        "V2__b.sql": THEN,
        "V10__c.sql": "-- nothing",
        "V1__a.sql": UP,
        "U1__a.sql": DOWN,
        "R__v.sql": AGAIN,
    },
    "golang-migrate": {
        "1_a.up.sql": UP,
        "1_a.down.sql": DOWN,
        "2_b.up.sql": THEN,
        "2_b.down.sql": DOWN,
        "10_c.up.sql": AGAIN,
    },
    "goose": {
        "00001_a.sql": f"-- +goose Up\n{UP}\n-- +goose Down\n{DOWN}",
        "00002_b.sql": f"-- +goose Up\n-- +goose StatementBegin\n{THEN}{AGAIN}\n-- +goose StatementEnd\n"
        f"-- +goose Down\n{DOWN}",
        "00003_c.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM a;\n",
    },
    "dbmate": {
        "20240101_a.sql": f"-- migrate:up\n{UP}\n\n-- migrate:down\n{DOWN}",
        "20240102_b.sql": f"-- migrate:up\n{THEN}{AGAIN}\n-- migrate:down\n{DOWN}",
        "20240103_c.sql": "-- migrate:up transaction:false\nVACUUM a;\n-- migrate:down\n",
    },
    "sqitch": {
        "sqitch.plan": "%syntax-version=1.0.0\n%project=x\n\n"
        "zebra 2024-01-01T00:00:00Z A <a@b> # first\n@v1 2024-01-01T00:00:00Z A <a@b> # tag\n"
        "apple [zebra] 2024-01-02T00:00:00Z A <a@b>\nzebra [zebra@v1] 2024-01-02T00:00:00Z A <a@b>\n",
        "deploy/zebra@v1.sql": f"-- Deploy x:zebra\nBEGIN;\n{UP}\nCOMMIT;",
        "deploy/apple.sql": f"BEGIN;{THEN}COMMIT;",
        "deploy/zebra.sql": f"BEGIN;{AGAIN}COMMIT;",
        "revert/zebra.sql": DOWN,
        "verify/zebra.sql": "SELECT 1 / 0;",
    },
    "rails": {
        "db/structure.sql": f"SET client_min_messages = warning;\n{MADE}\n"
        "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY);\n"
        "SET search_path TO \"$user\", public;\nINSERT INTO schema_migrations VALUES ('1');",
        "db/migrate/1_a.rb": "class A < ActiveRecord::Migration[7.1]\nend",
    },
    "prisma": {
        "migrations/migration_lock.toml": 'provider = "postgresql"',
        "migrations/20240101_a/migration.sql": UP,
        "migrations/20240102_b/migration.sql": THEN + AGAIN,
        "schema.prisma": "",
    },
    "supabase": {
        "supabase/config.toml": "",
        "supabase/seed.sql": "INSERT INTO a VALUES (1);",
        "supabase/migrations/20240101_a.sql": UP,
        "supabase/migrations/20240102_b.sql": THEN + AGAIN,
    },
    "hasura": {
        "migrations/default/1700000000000_a/up.sql": UP,
        "migrations/default/1700000000000_a/down.sql": DOWN,
        "migrations/default/1700000000001_b/up.sql": THEN + AGAIN,
    },
    "diesel": {
        "migrations/2024-01-01-000000_a/up.sql": UP,
        "migrations/2024-01-01-000000_a/down.sql": DOWN,
        "migrations/2024-01-02-000000_b/up.sql": THEN + AGAIN,
        "migrations/2024-01-03-000000_c/up.sql": "VACUUM a;",
        "migrations/2024-01-03-000000_c/metadata.toml": "run_in_transaction = false",
    },
    "plain": {"2.sql": "ALTER TABLE a ADD b text;", "10.sql": AGAIN, "1.sql": UP, "1.undo.sql": DOWN},
}
UNDERSTOOD = {
    "flyway": "Flyway, 4 scripts, from V1__a.sql to R__v.sql; left out: U1__a.sql",
    "golang-migrate": "pairs of up and down, as golang-migrate has them, 3 scripts,"
    " from 1_a.up.sql to 10_c.up.sql; left out: 1_a.down.sql, 2_b.down.sql",
    "goose": "goose, 3 scripts, from 00001_a.sql to 00003_c.sql",
    "dbmate": "dbmate, 3 scripts, from 20240101_a.sql to 20240103_c.sql",
    "sqitch": "Sqitch, 3 scripts, from zebra@v1.sql to zebra.sql",
    "rails": "Rails' structure.sql, 1 script, structure.sql",
    "prisma": "a folder with migration.sql for each, as Prisma has them, 2 scripts,"
    " from 20240101_a/migration.sql to 20240102_b/migration.sql",
    "supabase": "Supabase, 2 scripts, from 20240101_a.sql to 20240102_b.sql",
    "hasura": "a folder with up.sql for each, as Hasura and Diesel have them, 2 scripts,"
    " from 1700000000000_a/up.sql to 1700000000001_b/up.sql; left out: 1700000000000_a/down.sql",
    "diesel": "a folder with up.sql for each, as Hasura and Diesel have them, 3 scripts,"
    " from 2024-01-01-000000_a/up.sql to 2024-01-03-000000_c/up.sql; left out: 2024-01-01-000000_a/down.sql",
    "plain": "plain SQL files by their numbers and names, 3 scripts, from 1.sql to 10.sql;"
    " left out: 1.undo.sql",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path, name: str) -> None:
    """Each layout is run as its tool runs it: its own order, only the way up, in transactions."""
    folder = write(tmp_path, LAYOUTS[name])
    if name == "supabase":
        folder = folder / "supabase"
    live = make_database(server, MADE)
    found = drift(Migrations(path=folder), live, scratch=make_database(server))
    assert [drifts.judged(each) for each in found.findings] == []
    assert found.understood is not None
    assert found.understood.partition(": ")[2] == UNDERSTOOD[name]
    server.run_sql(name_of(live), "DROP VIEW v; CREATE VIEW w AS SELECT id FROM a;")
    assert told(Migrations(path=folder), live, scratch=make_database(server)) == [
        "widening: view public.w is not known to the application",
        "breaking: view public.v is missing in the database",
    ]


def test_a_migration_that_fails(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """The message names file, line and what the server says; a missing extension comes with advice."""
    live = make_database(server, "")
    folder = write(tmp_path / "a", {"1.sql": "SELECT 1;\nSELECT nothing;"})
    with pytest.raises(ServerError) as caught:
        drift(Migrations(path=folder), live, scratch=make_database(server))
    assert caught.value.message == (
        f'{folder}/1.sql: The SQL script failed at line 2: column "nothing" does not exist'
    )
    folder = write(tmp_path / "b", {"1.sql": "CREATE EXTENSION not_there_at_all;"})
    with pytest.raises(ServerError) as caught:
        drift(Migrations(path=folder), live)
    assert caught.value.hint == (
        "the embedded server lacks the extension not_there_at_all: name an empty database of a server that"
        " has it with --scratch URL"
    )


def test_roles_owners_and_privileges(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Roles that migrations name are made; who owns and may do what counts with --strict only."""
    folder = write(tmp_path, {"1.sql": UP + "GRANT SELECT ON a TO nobody_has_this_role;"})
    live = make_database(server, UP + "GRANT SELECT ON a TO pg_monitor;")
    assert told(Migrations(path=folder), live) == []
    strict = told(Migrations(path=folder), live, strict=True)
    assert len(strict) == 2
    assert any("pg_monitor" in line and "not known to the application" in line for line in strict)
    assert any("nobody_has_this_role" in line and "is missing" in line for line in strict)


def test_partitions_come_with_time(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Partitions that one side alone has are counted, and compared with --strict only."""
    parted = "CREATE TABLE log (at date, what text) PARTITION BY RANGE (at);"
    part = "CREATE TABLE log_{0} PARTITION OF log FOR VALUES FROM ('{0}-01-01') TO ('{0}-12-31');"
    folder = write(tmp_path, {"1.sql": parted + part.format(2024)})
    live = make_database(server, parted + part.format(2025) + part.format(2026))
    found = drift(Migrations(path=folder), live, scratch=make_database(server))
    assert found.findings == ()
    assert "1 partition that only the application has" in found.not_compared
    assert "2 partitions that only the database has" in found.not_compared
    assert drift(Migrations(path=folder), live, scratch=make_database(server), strict=True).findings != ()


def test_what_the_application_does_not_own(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Patterns leave out schemas, tables with their sequences, and parts of tables; idle ones are told."""
    folder = write(tmp_path, {"1.sql": UP})
    live = make_database(
        server,
        UP + "CREATE SCHEMA audit; CREATE TABLE audit.log (id serial); CREATE TABLE tmp_1 (id serial);"
        "ALTER TABLE a ADD extra text; CREATE INDEX by_extra ON a (extra); CREATE TABLE kept ();",
    )
    found = drift(
        Migrations(path=folder),
        live,
        scratch=make_database(server),
        ignore=("audit", "public.tmp_*", "public.a.extra", "public.a.by_*", "never"),
    )
    assert [drifts.judged(each) for each in found.findings] == [
        "widening: table public.kept is not known to the application"
    ]
    assert found.warnings == ("--ignore never matches nothing",)


def test_patterns_of_the_document(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Only what the document documents is compared; a schema that one side lacks is drift, not a mistake."""
    folder = write(tmp_path, {"1.sql": UP + "CREATE SCHEMA s; CREATE TABLE s.t ();"})
    live = make_database(server, "CREATE SCHEMA x; CREATE TABLE x.t ();")
    assert told(Migrations(path=folder), live, scratch=make_database(server), schemas=("x",)) == [
        "widening: schema x is not known to the application",
        "widening: table x.t is not known to the application",
    ]
    assert told(Migrations(path=folder), live, scratch=make_database(server), schemas=("s",)) == [
        "breaking: schema s is missing in the database",
        "breaking: table s.t is missing in the database",
    ]
    with pytest.raises(UsageError) as caught:
        drift(Migrations(path=folder), live, scratch=make_database(server), schemas=("nowhere",))
    assert caught.value.message == "neither the database nor the application has anything for nowhere"


def test_other_majors(any_server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """A view that another major version prints otherwise is no drift; one that is another is."""
    folder = write(tmp_path, {"1.sql": MADE})
    live = make_database(any_server, MADE)
    found = drift(Migrations(path=folder), live)
    assert found.findings == ()
    major = any_server.version.partition(".")[0]
    assert all(f"is on {major}: differences may come from that" in line for line in found.warnings)
    any_server.run_sql(name_of(live), "CREATE OR REPLACE VIEW v AS SELECT upper(b) AS b FROM a;")
    (line,) = told(Migrations(path=folder), live)
    assert line.startswith("neutral: view public.v: definition differs, first in: ")


# --- commands and models that misbehave ----------------------------------------------------------


def python(code: str) -> tuple[str]:
    return (f"{PYTHON} -c {shlex.quote(code)}",)


def test_commands_that_fail(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """The exit code is told, what was said is shown without secrets, and time runs out."""
    live = make_database(server, UP)
    code = "import os, sys; print(os.environ['PGPASSWORD'], os.environ['DATABASE_URL']); sys.exit(7)"
    with pytest.raises(CommandFailed) as caught:
        drift(Commands(commands=python(code)), live)
    assert caught.value.message.endswith(" failed with exit code 7")
    (line,) = caught.value.output
    assert line.startswith("*** postgresql://")
    assert ":***@127.0.0.1:" in line
    slow = Commands(commands=python("import time; time.sleep(60)"), timeout=1)
    with pytest.raises(CommandFailed) as caught:
        drift(slow, live, scratch=make_database(server))
    assert caught.value.message.endswith(" took longer than 1 seconds and was ended")


def test_commands_that_work_elsewhere(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that makes nothing is no empty truth; it never sees the URL of another database."""
    live = make_database(server, UP)
    monkeypatch.setenv("OTHER_URL", live)
    monkeypatch.setenv("DATABASE_URL", live)
    idle = Commands(commands=python("import os; assert 'OTHER_URL' not in os.environ"))
    with pytest.raises(UsageError) as caught:
        drift(idle, live, scratch=make_database(server))
    assert caught.value.message.startswith("nothing was made in the database that DATABASE_URL names, by: ")
    code = (
        "import os, psycopg; assert 'DATABASE_URL' not in os.environ\n"
        f"with psycopg.connect(os.environ['MINE']) as c: c.execute({UP!r})"
    )
    mine = Commands(commands=python(code), variables=("MINE",))
    assert told(mine, live, scratch=make_database(server)) == []
    code = f"import psycopg\nwith psycopg.connect('') as c: c.execute({UP!r})"
    assert told(Commands(commands=python(code)), live, scratch=make_database(server)) == []


def test_models_that_need_more(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """What models cannot say can be prepared; without it the message says what is missing."""
    module = """
        import sqlalchemy as sa
        metadata = sa.MetaData()
        sa.Table("t", metadata, sa.Column("id", sa.Text, server_default=sa.text("new_id()")))
    """
    lines = "\n".join(line.strip() for line in module.splitlines())
    write(
        tmp_path,
        {
            "needy_models.py": lines,
            "before.sql": "CREATE FUNCTION new_id() RETURNS text LANGUAGE sql AS 'SELECT 1::text';",
        },
    )
    truth = Metadata(addresses=("needy_models:metadata",), directory=tmp_path)
    live = make_database(
        server,
        "CREATE FUNCTION new_id() RETURNS text LANGUAGE sql AS 'SELECT 1::text';"
        "CREATE TABLE t (id text DEFAULT new_id());",
    )
    with pytest.raises(ServerError) as caught:
        drift(truth, live, scratch=make_database(server))
    assert caught.value.message == "the models cannot be created: function new_id() does not exist"
    assert caught.value.hint is not None
    assert "--prepare" in caught.value.hint
    found = drift(truth, live, scratch=make_database(server), prepare=(tmp_path / "before.sql",))
    assert found.findings == ()


# --- the command line ----------------------------------------------------------------------------


def test_from_the_command_line(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """Exit code 0 without drift and 1 with it; text, JSON, Markdown and annotations say the same."""
    write(tmp_path, {"migrations/1.sql": UP})
    live = make_database(server, UP)
    arguments = ("drift", live, "--migrations", "migrations")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return pgdossier(*arguments, "--scratch", make_database(server), *more, home=tmp_path)

    same = run()
    assert (same.returncode, same.stderr) == (0, "")
    assert same.stdout.splitlines()[0] == "no drift: the database is what the application says"
    server.run_sql(name_of(live), 'ALTER TABLE a ADD "b|%" text;')
    text = run()
    assert text.returncode == 1
    assert text.stdout.splitlines() == [
        "drift, 1 difference: 1 widening",
        "The database has what the application does not know:",
        "- widening for readers: column b|% of table public.a is not known to the application",
        "understood migrations: plain SQL files by their numbers and names, 1 script, 1.sql",
        "not compared: owners, privileges, and versions of extensions and collations",
    ]
    document = json.loads(run("--format", "json").stdout)
    assert (document["same"], document["expected"]) == (False, "migrations")
    (difference,) = document["differences"]
    assert (difference["drift"], difference["risk"]) == ("unknown", "widening")
    assert (
        "| column b&#124;% of table public.a is not known to the application | widening |"
        in run("--format", "markdown").stdout
    )
    assert run("--format", "github").stdout == (
        "::error title=Drift::widening for readers: column b|%25 of table public.a is not known to the"
        " application\n"
    )


def test_a_failing_command_on_the_command_line(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """What it said stands above the error, on standard error; standard output stays empty."""
    command = python("print('token=abc'); raise SystemExit(3)")[0]
    found = pgdossier("drift", make_database(server, UP), "--command", command, home=tmp_path)
    assert (found.returncode, found.stdout) == (3, "")
    assert found.stderr.splitlines()[0] == "token=***"
    assert found.stderr.splitlines()[1].endswith("failed with exit code 3")


def test_models_from_the_command_line(
    server: PostgresServer, make_database: MakeDatabase, templates: dict[str, str], tmp_path: Path
) -> None:
    """A function gives models too; what it prints does not spoil the JSON."""
    found = pgdossier(
        "drift",
        make_database(server, template=templates["alembic"]),
        "--metadata",
        "shop_models:metadata",
        "--directory",
        HERE / "alembic",
        "--format",
        "json",
        home=tmp_path,
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["same"] is True
    assert "not for standard output" in found.stderr
