"""`pgdossier diff` and `pgdossier check` on real databases, as users run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.config import Config, parse_source
from pgdossier.errors import ConfigurationError, ServerError, UsageError
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

SHOP = """
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('open', 'paid');
    CREATE TABLE shop.customers (id integer PRIMARY KEY, email varchar(80) NOT NULL);
    CREATE TABLE shop.orders (
        id integer PRIMARY KEY,
        customer integer REFERENCES shop.customers,
        note varchar(40),
        state shop.state DEFAULT 'open',
        kind varchar(9) CHECK (kind IN ('a', 'b'))
    );
    CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE VIEW shop.notes AS SELECT note FROM shop.orders;
"""

# A change of the shop, and what is said of it.
CHANGES = {
    "column added": (
        "ALTER TABLE shop.orders ADD weight integer;",
        ["widening for readers: column weight of table shop.orders was added"],
    ),
    "column dropped": (
        "ALTER TABLE shop.orders DROP kind;",
        [
            "widening: check constraint orders_kind_check of table shop.orders was removed",
            "breaking: column kind of table shop.orders was removed",
        ],
    ),
    "column narrowed": (
        "ALTER TABLE shop.customers ALTER email TYPE varchar(60);",
        [
            "breaking for writers: column email of table shop.customers:"
            " type character varying(80) → character varying(60)"
        ],
    ),
    "column widened": (
        "ALTER TABLE shop.orders ALTER customer TYPE bigint;",
        ["widening: column customer of table shop.orders: type integer → bigint"],
    ),
    "enum value": (
        "ALTER TYPE shop.state ADD VALUE 'sent';",
        ["widening: enum type shop.state: labels open, paid → open, paid, sent"],
    ),
    "index": (
        "CREATE INDEX by_customer ON shop.orders (customer);",
        ["neutral: index by_customer of table shop.orders was added"],
    ),
    "trigger": (
        "CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();",
        ["widening for writers: trigger touch of table shop.orders was added"],
    ),
    "policy": (
        "ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON shop.orders USING (id > 0);",
        [
            "breaking: table shop.orders: row security no → yes",
            "widening: policy own of table shop.orders was added",
        ],
    ),
    "grant": (
        "GRANT SELECT ON shop.orders TO pg_monitor;",
        [
            "widening for readers: grant SELECT to pg_monitor by {owner} of table shop.orders was added",
        ],
    ),
    "revoke from everybody": (
        "REVOKE ALL ON FUNCTION shop.touch() FROM PUBLIC;",
        ["breaking: function shop.touch(): privileges as built in → EXECUTE to {owner}"],
    ),
    "nothing": ("INSERT INTO shop.customers VALUES (1, 'a'); ANALYZE;", []),
}


def config_for(url: str, output: Path | None = None) -> Config:
    """The configuration of a run on that database."""
    return Config(source=parse_source(url), output=output or Path())


def script(file: Path, sql: str) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sql, encoding="utf-8")
    return str(file)


def told(left: str, right: str, config: Config | None = None) -> list[str]:
    found = pipeline.diff(left, right, config or Config(), SILENT)
    return [each.judged for each in found.findings]


@pytest.fixture
def shop(server: PostgresServer, make_database: MakeDatabase) -> str:
    """A database with the shop."""
    return make_database(server, SHOP)


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_a_database(
    server: PostgresServer, make_database: MakeDatabase, shop: str, tmp_path: Path, name: str
) -> None:
    """Each change is told in words with its risk, by `diff` between two databases and by `check`."""
    change, expected = CHANGES[name]
    changed = make_database(server, SHOP)
    folder = tmp_path / "doc"
    config = config_for(changed, folder)
    pipeline.generate(config, SILENT)
    server.run_sql(_name(changed), change)
    owner = pipeline.read(config, SILENT).structure.database.owner
    expected = [each.format(owner=owner) for each in expected]
    assert told(shop, changed) == expected
    checked = pipeline.check(config, SILENT)
    assert [each.judged for each in checked.findings] == expected
    assert (checked.faults, checked.passed) == ((), not expected)


def _name(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]


def test_a_column_of_another_type_is_breaking(
    server: PostgresServer, make_database: MakeDatabase, shop: str
) -> None:
    """The way back of a widening is told as what it is, and the view goes with the column."""
    other = make_database(
        server, SHOP + "DROP VIEW shop.notes; ALTER TABLE shop.orders ALTER note TYPE integer USING 1;"
    )
    assert told(shop, other) == [
        "breaking: column note of table shop.orders: type character varying(40) → integer",
        "breaking: view shop.notes was removed",
    ]


def test_diff_from_the_command_line(
    server: PostgresServer, make_database: MakeDatabase, shop: str, tmp_path: Path
) -> None:
    """Exit code 0 and one line when there is nothing, 1 and the differences when there is something."""
    same = pgdossier("diff", shop, make_database(server, SHOP), home=tmp_path)
    assert (same.returncode, same.stdout, same.stderr) == (0, "no differences\n", "")
    other = make_database(server, SHOP + "DROP VIEW shop.notes;")
    done = pgdossier("diff", shop, other, "--format", "json", home=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert [each["words"] for each in found["differences"]] == ["view shop.notes was removed"]
    assert [each["risk"] for each in found["differences"]] == ["breaking"]


def test_snapshots_and_documents_are_sides(shop: str, server: PostgresServer, tmp_path: Path) -> None:
    """What was saved is compared with what is there now."""
    saved, folder = tmp_path / "shop.json", tmp_path / "doc"
    pipeline.snapshot(config_for(shop), saved, SILENT)
    pipeline.generate(config_for(shop, folder), SILENT)
    assert told(str(saved), str(folder)) == []
    server.run_sql(_name(shop), "DROP VIEW shop.notes;")
    for left in (saved, folder):
        assert told(str(left), shop) == ["breaking: view shop.notes was removed"]
        assert told(shop, str(left)) == ["widening: view shop.notes was added"]


def test_a_sql_file_makes_the_same_database(shop: str, tmp_path: Path) -> None:
    """Owners, built-in privileges and the spelling of expressions are no difference."""
    left = script(tmp_path / "shop.sql", SHOP)
    assert told(left, shop) == []
    changed = script(tmp_path / "changed.sql", SHOP.replace("varchar(40)", "varchar(50)"))
    wider = "column note of table shop.orders: type character varying(40) → character varying(50)"
    assert told(shop, changed)[0] == f"widening: {wider}"
    assert told(left, changed) == told(shop, changed)


def test_the_sql_of_a_document_makes_the_same_database(shop: str, tmp_path: Path) -> None:
    """The exported SQL is as good a side as the database."""
    exported = tmp_path / "exported.sql"
    pipeline.export_sql(config_for(shop), exported, SILENT)
    assert told(str(exported), shop) == []
    assert told(str(exported), str(exported)) == []


def test_migrations_are_run_in_the_order_of_their_names(
    server: PostgresServer, make_database: MakeDatabase, shop: str, tmp_path: Path
) -> None:
    """A folder of migrations is the database that they make; what takes them back is not run."""
    folder = tmp_path / "migrations"
    script(folder / "002_more.up.sql", "ALTER TABLE shop.orders ADD weight integer;")
    script(folder / "002_more.down.sql", "SELECT broken;")
    script(folder / "001_shop.up.sql", SHOP)
    server.run_sql(_name(shop), "ALTER TABLE shop.orders ADD weight integer;")
    assert told(str(folder), shop) == []
    server.run_sql(_name(shop), "ALTER TABLE shop.orders ADD by_hand integer;")
    assert told(str(folder), shop) == ["widening for readers: column by_hand of table shop.orders was added"]


def test_roles_that_scripts_name_are_there(tmp_path: Path) -> None:
    """Scripts may grant to roles that nobody made, and make roles themselves."""
    left = script(tmp_path / "left.sql", SHOP + 'CREATE ROLE own; GRANT SELECT ON shop.orders TO "A b", own;')
    right = script(tmp_path / "right.sql", SHOP + "ALTER TABLE shop.orders OWNER TO clerk;")
    assert told(left, right) == [
        "neutral: table shop.orders: owner postgres → clerk",
        "breaking for readers: grant SELECT to A b by postgres of table shop.orders was removed",
        "breaking for readers: grant SELECT to own by postgres of table shop.orders was removed",
    ]


def test_a_script_that_fails_names_file_and_line(shop: str, tmp_path: Path) -> None:
    """The line is the one of the file, whatever ran before it."""
    broken = script(tmp_path / "broken.sql", "SELECT 1;\nSELECT broken;\n")
    with pytest.raises(ServerError, match=r"broken\.sql: .* line 2: .*broken"):
        told(broken, shop)


def test_a_snapshot_decides_what_is_compared(shop: str, server: PostgresServer, tmp_path: Path) -> None:
    """The patterns of a snapshot hold for the other side; two snapshots must have the same."""
    server.run_sql(_name(shop), "CREATE TABLE public.other (a integer);")
    narrow, full = tmp_path / "narrow.json", tmp_path / "full.json"
    pipeline.snapshot(Config(source=parse_source(shop), schemas=("shop",)), narrow, SILENT)
    pipeline.snapshot(config_for(shop), full, SILENT)
    assert told(str(narrow), shop) == told(shop, str(narrow)) == []
    with pytest.raises(ConfigurationError, match="patterns"):
        told(str(narrow), str(full))
    with pytest.raises(ConfigurationError, match="patterns"):
        told(str(full), str(narrow))


def test_another_major_version_is_a_warning(shop: str, tmp_path: Path) -> None:
    """Where the two sides are of different majors, the user is told; the number itself is no difference."""
    saved = tmp_path / "shop.json"
    pipeline.snapshot(config_for(shop), saved, SILENT)
    known = json.loads(saved.read_text(encoding="utf-8"))
    known["structure"]["server"] |= {"version": "99.1", "version_number": 990001}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(known), encoding="utf-8")
    assert pipeline.diff(str(saved), str(saved), Config(), SILENT).warnings == ()
    found = pipeline.diff(str(saved), str(other), Config(), SILENT)
    assert found.findings == ()
    assert [warning.split(":")[0].split()[-1] for warning in found.warnings] == ["99"]


def test_check_from_the_command_line(shop: str, server: PostgresServer, tmp_path: Path) -> None:
    """Up to date, then stale, then up to date again after `generate`; nothing is written."""
    folder = tmp_path / "doc"
    assert pgdossier("generate", shop, "-o", folder, home=tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = pgdossier("check", shop, "-o", "doc", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert said[:1] == ["doc: up to date"]
    assert said[1].startswith("described: 0 % (schemas 0 of 2, tables 0 of 2, views 0 of 1,")
    assert said[2].startswith("notes written: 0 of ")
    server.run_sql(_name(shop), "ALTER TABLE shop.orders DROP customer;")
    done = pgdossier("check", shop, "-o", "doc", "--format", "github", home=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "::error file=doc/README.md,title=Stale document::"
        "breaking: column customer of table shop.orders was removed",
        "::error file=doc/README.md,title=Stale document::"
        "widening: foreign key orders_customer_fkey of table shop.orders was removed",
    ]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert pgdossier("generate", shop, "-o", folder, home=tmp_path).returncode == 0
    assert pgdossier("check", shop, "-o", "doc", home=tmp_path).returncode == 0


def test_check_finds_edited_and_missing_files(shop: str, tmp_path: Path) -> None:
    """Text in a block is fine; a generated page, a missing snapshot and a broken marker are not."""
    folder = tmp_path / "doc"
    config = config_for(shop, folder)
    pipeline.generate(config, SILENT)
    page = folder / "README.md"
    text = page.read_text(encoding="utf-8")
    opening = next(line for line in text.splitlines() if line.startswith("<!-- authored: "))
    page.write_text(text.replace(opening, f"{opening}\nOurs.", 1), encoding="utf-8")
    assert pipeline.check(config, SILENT).passed
    page.write_text(f"{text}\nNot ours.\n", encoding="utf-8")
    (folder / "schema.sql").unlink()
    faults = pipeline.check(config, SILENT).faults
    assert [fault.path for fault in faults] == ["README.md", "schema.sql"]
    page.write_text(text.replace(opening, opening.removesuffix(" -->"), 1), encoding="utf-8")
    number = text.splitlines().index(opening) + 1
    (folder / "snapshot.json").unlink()
    found = pipeline.check(config, SILENT)
    assert [fault.path for fault in found.faults] == ["README.md", "schema.sql", "snapshot.json"]
    assert (found.faults[0].message, found.faults[0].line) == ("broken marker of an authored block", number)
    assert (found.findings, found.passed) == ((), False)


def test_check_of_a_folder_without_a_document(shop: str, tmp_path: Path) -> None:
    """That is wrong usage, code 2, with the command that helps."""
    with pytest.raises(UsageError, match="holds no document"):
        pipeline.check(config_for(shop, tmp_path / "none"), SILENT)
    done = pgdossier("check", shop, "-o", "none", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "pgdossier: error: none holds no document\nhint: write one with `pgdossier generate SOURCE -o none`\n"
    )


def test_check_of_a_server_that_is_not_there(shop: str, tmp_path: Path) -> None:
    """A database that cannot be reached is no stale document: code 3."""
    pipeline.generate(config_for(shop, tmp_path / "doc"), SILENT)
    url = f"host={tmp_path / 'nowhere'} dbname=shop"
    assert pgdossier("check", url, "-o", "doc", home=tmp_path).returncode == 3


def test_completeness(server: PostgresServer, shop: str, tmp_path: Path) -> None:
    """Less than what is asked for is code 1 although the document is up to date."""
    config = config_for(shop, tmp_path / "doc")
    server.run_sql(_name(shop), "COMMENT ON SCHEMA shop IS 'The shop.';")
    pipeline.generate(config, SILENT)
    percent = pipeline.check(config, SILENT).percent
    assert 0 < percent < 100
    assert pipeline.check(config, SILENT, minimum=percent).passed
    found = pipeline.check(config, SILENT, minimum=percent + 1)
    assert (found.incomplete, found.findings, found.passed) == (True, (), False)


def test_check_follows_the_patterns_of_the_document(
    server: PostgresServer, shop: str, tmp_path: Path
) -> None:
    """What was left out of the document does not make it stale."""
    folder = tmp_path / "doc"
    pipeline.generate(Config(source=parse_source(shop), output=folder, schemas=("shop",)), SILENT)
    server.run_sql(_name(shop), "CREATE TABLE public.other (a integer);")
    assert pipeline.check(config_for(shop, folder), SILENT).passed
