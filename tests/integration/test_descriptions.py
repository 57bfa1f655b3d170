"""Descriptions beside the database: shown without being taken for facts, and moved in by `comments`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.authored import descriptions
from pgdossier.catalog import read
from pgdossier.cli.comments import comments as command
from pgdossier.config import load
from pgdossier.model.describable import Describable, describables
from pgdossier.model.snapshot import Structure
from pgdossier.progress import SILENT
from tests.conftest import MakeDatabase
from tests.integration.test_torture import FAMILIES
from tests.integration.test_torture import load as load_families
from tests.support import hostile
from tests.support.command import pgdossier
from tests.support.roundtrip import drop_subscriptions
from tests.support.servers import PostgresServer

SHOP = """
    CREATE SCHEMA sales;
    CREATE TYPE sales.state AS ENUM ('open', 'paid');
    CREATE DOMAIN sales.amount AS numeric CONSTRAINT not_negative CHECK (VALUE >= 0);
    CREATE TABLE sales.customers (id integer PRIMARY KEY, email text NOT NULL);
    CREATE TABLE sales.orders (
        id integer PRIMARY KEY,
        customer integer CONSTRAINT placed_by REFERENCES sales.customers,
        state sales.state DEFAULT 'open',
        total sales.amount
    );
    CREATE INDEX by_customer ON sales.orders (customer);
    CREATE FUNCTION sales.total(customer integer) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';
    COMMENT ON COLUMN sales.orders.state IS 'Where the order is.';
"""
ORDERS = '''
table = "sales.orders"
description = """
An order, from basket to delivery.

It is never deleted.
"""

[columns]
id = "Printed on the invoice."
customer = "Who pays | it's *them*."
state = "Another text than the comment."

[constraints]
placed_by = "Guests have an account, too."

[indexes]
by_customer = "For the list of one customer's orders."
'''
SETTINGS = """
activity = false

[diagrams]
enabled = false

[descriptions]
database = "Everything that the shop sells."

[descriptions.schemas]
sales = "What customers order."

[descriptions.types]
"sales.state" = "Where an order is."
"sales.amount" = "Money, in euros."

[descriptions.routines]
"sales.total" = "What a customer has spent."
"""
# Families that need extensions which the embedded server does not have.
WITH_EXTENSIONS = frozenset(("leftovers", "relation_extras"))


def quoted(text: str) -> str:
    """A basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def section_of(found: Describable) -> str:
    return next(section for section, kind in descriptions.SECTIONS.items() if kind == found.key.kind)


def describe_all(structure: Structure, folder: Path) -> dict[tuple[str, tuple[str, ...]], str]:
    """Describe everything, each object by the name that SQL has for it, and say what the texts are."""
    folder.mkdir(parents=True)
    lines: dict[str, list[str]] = {}
    texts = {}
    for number, found in enumerate(describables(structure)):
        text = f'{number}: it\'s a \\ "{found.key.kind}"\nof $$ :name /* -- é 😀 */'
        texts[found.key] = text
        if found.key.kind != "database":
            name = quoted(descriptions.written(found.key))
            lines.setdefault(section_of(found), []).append(f"{name} = {quoted(text)}")
        else:
            (folder / "database.toml").write_text(f"database = {quoted(text)}\n", encoding="utf-8")
    for section, pairs in lines.items():
        body = "\n".join((f"[{section}]", *pairs, ""))
        (folder / f"{section}.toml").write_text(body, encoding="utf-8")
    return {(key.kind, key.names): text for key, text in texts.items()}


def database_of(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]


def move_everything(server: PostgresServer, url: str, folder: Path) -> set[str]:
    """Describe every object of a database, run what `comments` says, and compare; the kinds there were."""
    expected = describe_all(read(url).structure, folder / "descriptions")
    (folder / "pgdossier.toml").touch()
    config = load({"source": url}, file=folder / "pgdossier.toml", environ={})
    made = pipeline.comments(config, None, SILENT)
    assert made.problems == ()
    server.run_sql(database_of(url), made.sql)
    now = {
        (found.key.kind, found.key.names): found.found.comment for found in describables(read(url).structure)
    }
    assert now == expected
    assert pipeline.comments(config, None, SILENT).sql == ""
    return {kind for kind, _ in expected}


def test_every_kind_of_object_gets_its_comment(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Whatever has a description in a file has it as its comment once the statements have been run."""
    url = load_families(server, [each for each in FAMILIES if each not in WITH_EXTENSIONS], make_database)
    server.run_sql(
        database_of(url),
        "CREATE SUBSCRIPTION \"news; now\" CONNECTION 'dbname=nowhere' PUBLICATION p"
        " WITH (connect = false, slot_name = NONE, enabled = false);",
    )
    try:
        kinds = move_everything(server, url, tmp_path)
    finally:
        drop_subscriptions(url)
    assert {"database", *descriptions.SECTIONS.values()} - kinds <= {"extension"}


def test_no_name_is_taken_for_something_else(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Names and texts with quotes, dots, backslashes, markers and line breaks arrive as they are."""
    move_everything(server, make_database(server, hostile.script()), tmp_path)


@pytest.fixture
def project(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> tuple[str, Path]:
    """A shop, and a project folder with its descriptions."""
    url = make_database(server, SHOP)
    (tmp_path / "descriptions").mkdir()
    (tmp_path / "descriptions" / "sales.orders.toml").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "pgdossier.toml").write_text(SETTINGS, encoding="utf-8")
    return url, tmp_path


def pages(folder: Path) -> str:
    return (folder / "docs" / "database" / "README.md").read_text(encoding="utf-8")


def without_marks(page: str) -> str:
    """A page without what says where its texts come from, without SQL, and without its revisions."""
    page = re.sub(r'<a id="section-13"></a>.*', "", page, flags=re.DOTALL)
    page = re.sub(r"\| \*\*Document version\*\* \| [0-9.]+ \|", "", page)
    page = page.replace("<sub>description from the project</sub>", "<sub>comment</sub>")
    page = re.sub(r"<sub>comment on the [a-z ]+</sub>", "<sub>comment</sub>", page)
    page = re.sub(r"<sub>Described by the project,[^\n]*</sub>\n\n", "", page)
    page = page.replace("Described by comments or by the project:", "Described by comments:")
    page = re.sub(r"What this document says of [^\n]*\n\n", "", page)
    return re.sub(r"```sql\n.*?```", "", page, flags=re.DOTALL)


def test_the_document_shows_descriptions_and_does_not_call_them_comments(
    project: tuple[str, Path], server: PostgresServer
) -> None:
    """Texts stand where comments do, marked; SQL and snapshot do not know them; comments win."""
    url, folder = project
    done = pgdossier("generate", url, home=folder)
    assert done.returncode == 0, done.stderr
    where = "descriptions/sales.orders.toml:12"
    assert done.stderr.splitlines()[0] == (
        f"warning: {where}: the comment of the database on column sales.orders.state says something else and"
        " is shown"
    )
    page = pages(folder)
    assert "An order, from basket to delivery." in page
    assert "It is never deleted. <sub>description from the project</sub>" in page
    assert "Who pays &#124; it's \\*them\\*." in page or "Who pays \\| it's \\*them\\*." in page
    assert "Where the order is." in page
    assert "Another text" not in page
    assert (
        "<sub>Described by the project, not by comments in the database: columns `id` and `customer`;"
        " constraint `placed_by`; index `by_customer`.</sub>"
    ) in page
    assert "Money, in euros." in page
    assert "What a customer has spent." in page
    document = folder / "docs" / "database"
    for name in ("schema.sql", "snapshot.json"):
        text = (document / name).read_text(encoding="utf-8")
        assert "Where the order is." in text
        assert "never deleted" not in text
    assert "never deleted" not in "".join(re.findall(r"```sql\n.*?```", page, flags=re.DOTALL))
    assert pgdossier("check", url, home=folder).returncode == 0
    before = {path: path.read_bytes() for path in document.rglob("*") if path.is_file()}
    assert pgdossier("generate", url, home=folder).returncode == 0
    assert {path: path.read_bytes() for path in document.rglob("*") if path.is_file()} == before


def test_moving_the_texts_changes_nothing_but_where_they_come_from(
    project: tuple[str, Path], server: PostgresServer
) -> None:
    """After the statements were run there is nothing to move, and the document reads the same."""
    url, folder = project
    assert pgdossier("generate", url, home=folder).returncode == 0
    before = pages(folder)
    done = pgdossier("comments", url, "--keep", home=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "orders.state IS" not in done.stdout
    assert len(re.findall("^COMMENT ON ", done.stdout, flags=re.MULTILINE)) == 10
    server.run_sql(database_of(url), done.stdout)
    again = pgdossier("comments", url, "--keep", home=folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert pgdossier("generate", url, home=folder).returncode == 0
    after = pages(folder)
    assert after != before
    assert without_marks(after) == without_marks(before)
    assert not (folder / "docs" / "database" / "descriptions.json").exists()

    replaced = pgdossier("comments", url, home=folder).stdout
    assert "-- Replaces:\n--     Where the order is.\nCOMMENT ON COLUMN sales.orders.state IS" in replaced


def test_check_notices_edited_descriptions(project: tuple[str, Path], server: PostgresServer) -> None:
    """An edit of a description makes the document stale, in words; one of an unknown object is listed."""
    url, folder = project
    assert pgdossier("generate", url, home=folder).returncode == 0
    file = folder / "descriptions" / "sales.orders.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("Printed on", "Not printed on").replace("by_customer =", "by_custmer =")
    file.write_text(text.replace("[columns]", '[columns]\ntotal = "With taxes."'), encoding="utf-8")
    done = pgdossier("check", url, home=folder)
    assert done.returncode == 1
    said = done.stdout.splitlines()
    assert "- the description of column sales.orders.id changed" in said
    assert "- the description of column sales.orders.total was added" in said
    assert "- the description of index sales.orders.by_customer was removed" in said
    assert (
        "- warning: descriptions/sales.orders.toml:19: there is no index by_custmer of sales.orders in the"
        " document; did you mean by_customer?"
    ) in said
    assert pgdossier("generate", url, home=folder).returncode == 0
    settled = pgdossier("check", url, home=folder)
    assert settled.returncode == 0
    assert "did you mean by_customer?" in settled.stdout
    file.unlink()
    (folder / "pgdossier.toml").write_text("", encoding="utf-8")
    emptied = pgdossier("check", url, home=folder)
    assert emptied.returncode == 1
    assert "- the description of relation sales.orders was removed" in emptied.stdout.splitlines()
    assert pgdossier("generate", url, home=folder).returncode == 0
    assert pgdossier("check", url, home=folder).returncode == 0


def test_notes_of_the_document_become_comments(project: tuple[str, Path], server: PostgresServer) -> None:
    """With --notes a table's note is moved where there is neither a comment nor a description."""
    url, folder = project
    assert pgdossier("generate", url, home=folder).returncode == 0
    document = folder / "docs" / "database"
    text = pages(folder)
    for table in ("customers", "orders"):
        start = text.index("\n", text.index(f"<!-- authored: table:sales.{table} -->")) + 1
        text = f"{text[:start]}People's words on {table}.\n{text[text.index('<!-- /authored', start) :]}"
    (document / "README.md").write_text(text, encoding="utf-8")
    made = pgdossier("comments", url, "--notes", document, home=folder)
    assert made.returncode == 0
    assert "COMMENT ON TABLE sales.customers IS 'People''s words on customers.';" in made.stdout
    assert "words on orders" not in made.stdout
    assert "words on customers" not in pgdossier("comments", url, home=folder).stdout


def test_the_command_writes_a_file(project: tuple[str, Path]) -> None:
    """With -o the statements go to a file, and standard output stays empty."""
    url, folder = project
    done = pgdossier("comments", url, "-o", "move.sql", home=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "move.sql written" in done.stderr
    assert (folder / "move.sql").read_text(encoding="utf-8").count("\nCOMMENT ON ") == 11
    assert command.name == "comments"
