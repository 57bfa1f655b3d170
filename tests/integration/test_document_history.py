"""A document over months, on a real server and in git: revisions, moved notes, clean refreshes."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from pgdossier.authored import blocks
from pgdossier.cli.main import execute
from tests.conftest import MakeDatabase
from tests.support.command import clean_environment, pgdossier
from tests.support.documents import problems
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("history")

SCHEMA = """
CREATE SCHEMA sales;
CREATE TYPE sales.status AS ENUM ('pending', 'paid');
CREATE TABLE sales.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(80) NOT NULL UNIQUE,
    visits integer NOT NULL DEFAULT 0
);
CREATE TABLE sales.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES sales.users,
    status sales.status NOT NULL DEFAULT 'pending',
    total numeric(10, 2) NOT NULL,
    note text
);
CREATE TABLE sales.coupons (code text PRIMARY KEY, percent integer NOT NULL);
CREATE VIEW sales.spent AS SELECT user_id, sum(total) AS total FROM sales.orders GROUP BY user_id;
COMMENT ON TABLE sales.orders IS 'What was bought.';
"""
DAY = 86_400
EPOCH = 1_767_225_600  # 2026-01-01


class Team:
    """Somebody whose repository holds the document of a database, which is refreshed every month."""

    def __init__(self, url: str, home: Path, *options: str) -> None:
        self.run: Callable[..., subprocess.CompletedProcess[str]] = pgdossier
        self.url = url
        self.home = home
        self.options = options
        self.folder = home / "docs" / "database"
        self.month = 0
        self.git("init", "--quiet")
        self.git("config", "user.name", "Ada Reader")
        self.git("config", "user.email", "ada@example.com")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the git that developers have
            cwd=self.home,
            env=clean_environment(self.home),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout

    def sql(self, statements: LiteralString) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statements)

    def refresh(self, *options: str) -> str:
        """Refresh the document a month later; gives what was said."""
        self.month += 1
        done = self.run(
            "generate",
            self.url,
            *self.options,
            *options,
            home=self.home,
            environment={"SOURCE_DATE_EPOCH": str(EPOCH + self.month * 30 * DAY)},
        )
        assert done.returncode == 0, done.stderr
        assert problems(self.folder) == []
        return done.stderr

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Refresh")

    def changed(self) -> list[str]:
        """The files of the document that git sees as changed, added or gone."""
        lines = self.git("status", "--porcelain", "--untracked-files=all", "--no-renames").splitlines()
        return sorted(line[3:].removeprefix("docs/database/") for line in lines)

    def page(self, path: str = "README.md") -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, key: str, text: str) -> None:
        """Put a text into a block."""
        page = self.page(path)
        old = blocks.block(key, blocks.parse(page, path)[key])
        (self.folder / path).write_bytes(page.replace(old, blocks.block(key, text)).encode())

    def rows(self) -> str:
        """The table of §13, the newest revision first."""
        section = self.page().partition("## 13. Revision History\n\n")[2]
        return section.partition("\n\n")[0] + "\n"


def in_process(*arguments: str, home: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `pgdossier` of tests.support.command does, without the second that a new process takes."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "DATABASE_URL"):
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(home)
        code = execute(list(arguments))
    return subprocess.CompletedProcess(arguments, code, "", said.getvalue())


@pytest.fixture
def quick_team(team: Team) -> Team:
    """The same team in this process: for long stories."""
    team.run = in_process
    return team


@pytest.fixture
def team(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> Team:
    """A team with the document of a small shop, one page for each relation."""
    return Team(make_database(server, SCHEMA), tmp_path, "--layout", "split")


def test_a_refresh_of_an_unchanged_database_leaves_git_clean(team: Team) -> None:
    """Nothing changed, or only rows did: git sees no difference, whatever the day is."""
    team.refresh()
    team.write("tables/sales.orders.md", "table:sales.orders", "Never deleted.\n")
    team.refresh()
    team.commit()
    team.refresh()
    assert team.changed() == []
    team.sql(
        "INSERT INTO sales.users (email) SELECT n || '@example.com' FROM generate_series(1, 500) n; ANALYZE;"
    )
    assert "; 0 files written" in team.refresh()
    assert team.changed() == []


def test_one_more_column_changes_the_pages_that_mention_its_table(team: Team) -> None:
    """Page and diagram of the table, and what is about the whole: nothing else."""
    team.refresh()
    team.commit()
    team.sql("ALTER TABLE sales.orders ADD COLUMN discount numeric(4, 2)")
    team.refresh()
    assert team.changed() == [
        ".pgdossier.json",
        "README.md",
        "diagrams/overview.svg",
        "diagrams/sales.orders.svg",
        "history.json",
        "schema.sql",
        "snapshot.json",
        "tables/sales.orders.md",
    ]


STEPS: tuple[LiteralString, ...] = (
    "ALTER TABLE sales.orders ADD COLUMN discount numeric(4, 2); CREATE INDEX ON sales.orders (user_id)",
    "ALTER TABLE sales.users ALTER visits TYPE bigint; ALTER TABLE sales.users RENAME email TO mail",
    "ALTER TABLE sales.orders RENAME TO purchases",
    "DROP TABLE sales.coupons; CREATE TABLE sales.vouchers (id uuid PRIMARY KEY, worth money, till date)",
    "CREATE TABLE sales.coupons (code text PRIMARY KEY, percent integer NOT NULL);"
    " CREATE TABLE sales.rebates (id serial PRIMARY KEY)",
    "ALTER TABLE sales.users ALTER mail TYPE varchar(40); ALTER TYPE sales.status ADD VALUE 'shipped'",
    "COMMENT ON COLUMN sales.purchases.total IS 'Gross.'",
    "ALTER TABLE sales.purchases ALTER note SET NOT NULL, DROP CONSTRAINT orders_user_id_fkey,"
    " ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES sales.users ON DELETE CASCADE;"
    " GRANT SELECT ON sales.purchases TO PUBLIC",
    "ALTER SCHEMA sales RENAME TO shop",
    "DROP VIEW shop.spent; DROP TABLE shop.purchases",
)
ROWS = """\
| Version | Date | Author | Changes |
| --- | --- | --- | --- |
| 8.0 | 2026-11-27 | Ada Reader | **Breaking.** table `shop.purchases` was removed (**breaking**)<br>view `shop.spent` was removed (**breaking**) |
| 7.0 | 2026-10-28 | Ada Reader | **Breaking.** schema `shop` was renamed from sales (assumed, …); its notes moved along (**breaking**) |
| 6.0 | 2026-09-28 | Ada Reader | **Breaking.** table `sales.purchases`: column note: became NOT NULL (**breaking**); foreign key orders_user_id_fkey: on delete no action → cascade (**breaking**); grant SELECT to PUBLIC by OWNER was added |
| 5.1 | 2026-08-29 | Ada Reader | table `sales.purchases`: column total: description added: Gross. |
| 5.0 | 2026-07-30 | Ada Reader | **Breaking.** table `sales.users`: column mail: type character varying(80) → character varying(40) (**breaking**)<br>enum type `sales.status`: labels pending, paid → pending, paid, shipped |
| 4.1 | 2026-06-30 | Ada Reader | tables `sales.coupons` and `sales.rebates` were added |
| 4.0 | 2026-05-31 | Ada Reader | **Breaking.** table `sales.coupons` was removed (**breaking**)<br>table `sales.vouchers` was added |
| 3.0 | 2026-05-01 | Ada Reader | **Breaking.** table `sales.purchases` was renamed from sales.orders (assumed, …); its notes moved along (**breaking**) |
| 2.0 | 2026-04-01 | Ada Reader | **Breaking.** table `sales.users`: column email renamed to mail (assumed, …) (**breaking**); column visits: type integer → bigint |
| 1.1 | 2026-03-02 | Ada Reader | table `sales.orders`: column discount was added; index orders_user_id_idx was added |
| 1.0 | 2026-01-31 | Ada Reader | Structure as read on this date: 2 schemas, 3 tables, 1 view and no routines |
"""  # noqa: E501 - rows of a table are one line each


def test_a_year_of_changes_gives_the_rows_that_a_person_would_write(quick_team: Team) -> None:
    """Additions, renames, type changes, drops, re-adds: version, date, author and words, one row each."""
    team = quick_team
    team.refresh()
    team.write("tables/sales.orders.md", "table:sales.orders", "Never deleted.\n")
    said = []
    for step in STEPS:
        team.sql(step)
        said += [line for line in team.refresh().splitlines() if line.startswith("warning: ")]
    with psycopg.connect(team.url) as connection:
        owner = connection.info.user
    assert shortened(team.rows()) == ROWS.replace("OWNER", owner)
    assert [shortened(line) for line in said] == [
        "warning: assumed that table sales.orders is now sales.purchases (…): its notes moved along",
        "warning: assumed that schema sales is now shop (…): its notes moved along",
        "warning: shop.purchases is not in the document any more: its notes are among the unplaced notes",
    ]
    assert "**Notes on `shop.purchases`**" in team.page()


def test_a_note_follows_its_table_through_its_life(quick_team: Team) -> None:
    """Marked when the table changes, freed by an edit, moved, parked, put back: the words stay the same."""
    team = quick_team
    text = "Never deleted.\n\n```sql\n<!-- /authored -->\n```\n"
    block = "<!-- authored: table:sales.{} -->\n" + text + "<!-- /authored -->\n"
    team.refresh()
    team.write("tables/sales.orders.md", "table:sales.orders", text)
    team.sql("ALTER TABLE sales.orders ADD COLUMN discount numeric")
    team.refresh()
    mark = "*Written before [revision 1.1](../README.md#section-13) (column discount was added).*\n\n"
    assert mark + block.format("orders") in raw(team, "tables/sales.orders.md")
    assert "0 files written" in team.refresh()

    text = text.replace("Never", "Hardly ever")
    block = block.replace("Never", "Hardly ever")
    team.write("tables/sales.orders.md", "table:sales.orders", text)
    team.refresh()
    assert "Written before" not in raw(team, "tables/sales.orders.md")

    team.sql("ALTER TABLE sales.orders RENAME TO purchases")
    team.refresh()
    assert not (team.folder / "tables" / "sales.orders.md").exists()
    mark = "(table was renamed from sales.orders).*\n\n"
    assert mark + block.format("purchases") in raw(team, "tables/sales.purchases.md")

    team.sql(
        "DROP VIEW sales.spent; ALTER TABLE sales.purchases SET SCHEMA public; DROP TABLE public.purchases"
    )
    team.refresh()
    parked = "**Notes on `sales.purchases`**\n\n" + block.format("purchases")
    assert raw(team, "README.md").endswith(parked)
    assert "0 files written" in team.refresh()

    team.sql("CREATE TABLE sales.purchases (anything integer)")
    team.refresh()
    assert "Unplaced notes" not in team.page()
    assert block.format("purchases") in raw(team, "tables/sales.purchases.md")
    assert "(table was added).*" in raw(team, "tables/sales.purchases.md")


def shortened(text: str) -> str:
    """The text without how sure an assumption is, and why, which other tests are about."""
    return re.sub(r"\((assumed, )?\d+ %: [^()]*\)", r"(\1…)", text)


def raw(team: Team, path: str) -> str:
    """A page with its line ends as they are."""
    return (team.folder / path).read_bytes().decode()
