"""Folders of migrations: what is refused, what is passed over, and which scripts are one transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier.building import layouts
from pgdossier.building.layouts import Layout
from pgdossier.errors import UsageError


def understand(folder: Path, *names: str, **texts: str) -> Layout:
    """Understands a folder with these files; `__` in a keyword is a dot, and its value the text."""
    for name in names:
        write(folder, name, "")
    for name, text in texts.items():
        write(folder, name.replace("__", "."), text)
    return layouts.understand(folder)


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def run(layout: Layout) -> list[str]:
    return [script.path.relative_to(layout.folder).as_posix() for script in layout.scripts]


def test_numbers_count_as_numbers(tmp_path: Path) -> None:
    """2 is before 10, whatever is around them; what takes back a file that is there is left out."""
    found = understand(tmp_path, "v10.sql", "v2.sql", "v2_rollback.sql", "slow_down.sql", ".x.sql", "a.txt")
    assert run(found) == ["slow_down.sql", "v2.sql", "v10.sql"]
    assert (found.left_out, found.warnings) == (("v2_rollback.sql",), ())


def test_flyway(tmp_path: Path) -> None:
    """A baseline stands for what it covers; folders inside count; what Flyway would not run is told."""
    found = understand(
        tmp_path, "V1__a.sql", "B2__b.sql", "old/V1.5__c.sql", "V2_1__d.sql", "V10__e.sql", "R__z.sql",
        "R__y.sql", "afterMigrate.sql", "V11__code.java", "notes.sql",
    )  # fmt: skip
    assert run(found) == ["B2__b.sql", "V2_1__d.sql", "V10__e.sql", "R__y.sql", "R__z.sql"]
    assert found.left_out == ("V1__a.sql", "old/V1.5__c.sql")
    assert found.warnings == (
        f"{tmp_path}: not run, since Flyway would not, or not as SQL:"
        " afterMigrate.sql, notes.sql, V11__code.java",
    )


def test_pairs_with_other_marks(tmp_path: Path) -> None:
    """`_up` is a pair only where its `_down` is: `speed_up` is a name like any other."""
    assert run(understand(tmp_path / "a", "1_a_up.sql", "1_a_down.sql")) == ["1_a_up.sql"]
    assert run(understand(tmp_path / "b", "1_a.sql", "2_speed_up.sql")) == ["1_a.sql", "2_speed_up.sql"]


@pytest.mark.parametrize(
    ("tool", "text", "kept"),
    [
        ("goose", "x;\n-- +goose Up\na;\n-- +goose Down\nb;", "\n-- +goose Up\na;\n"),
        ("goose", "-- +goose Down\nb;\n-- +goose Up\na;", "\n\n-- +goose Up\na;\n"),
        ("dbmate", "-- migrate:up\na;\n-- migrate:down\nb;", "-- migrate:up\na;\n"),
        ("sql-migrate", "-- +migrate Up\na;\n-- +migrate Down\nb;", "-- +migrate Up\na;\n"),
        ("node-pg-migrate", "-- Up Migration\na;\n-- Down Migration\nb;", "-- Up Migration\na;\n"),
        ("tern", "a;\n---- create above / drop below ----\nb;", "a;\n"),
    ],
)
def test_marks(tmp_path: Path, tool: str, text: str, kept: str) -> None:
    """Only the way up is kept, on the lines where it was."""
    found = understand(tmp_path, **{"1_a__sql": text})
    assert (found.tool, [script.text for script in found.scripts]) == (tool, [kept])
    assert all(script.transaction for script in found.scripts)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("CREATE TABLE a (); INSERT INTO a DEFAULT VALUES;", True),
        ("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN COMMIT; END$$;", True),
        ("-- commit;\nSELECT 'vacuum;'", True),
        ("BEGIN; CREATE TABLE a (); COMMIT;", False),
        ("CREATE INDEX CONCURRENTLY i ON a (b);", False),
        ("/* x */ vacuum a;", False),
        ("ALTER TYPE t ADD VALUE 'x';", False),
        ("\\i other.sql", False),
    ],
)
def test_transactions(text: str, one: bool) -> None:
    """A script with transactions of its own, or with what is refused inside of one, is run as it is."""
    assert layouts.can_be_one_transaction(text) is one


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "{} holds no *.sql files"),
        ({"1_a.rb": "", "2_b.py": ""}, "{} holds no *.sql files, only programs: 1_a.rb, 2_b.py"),
        (
            {"V1__a.sql": "", "V1.0__b.sql": ""},
            "two migrations have the version 1: V1.0__b.sql and V1__a.sql",
        ),
        (
            {"1_a.up.sql": "", "01_b.up.sql": ""},
            "two migrations have the version 1: 1_a.up.sql and 01_b.up.sql",
        ),
        (
            {"1.sql": "-- migrate:up", "2.sql": "-- +goose Up"},
            "{} holds migrations of goose and of dbmate",
        ),
        (
            {"1.sql": "-- +goose Up", "2.sql": "SELECT 1"},
            "{}/2.sql: nothing in it is marked as the way up, as goose wants it",
        ),
        ({"a.sql": "-- +goose Up"}, "{}: none of its files begins with a version, as goose wants it"),
        ({"sqitch.plan": "%project=x\n"}, "{}/sqitch.plan names no change"),
        ({"sqitch.plan": "a 2024"}, "{}/sqitch.plan: the change a has no script {}/deploy/a.sql"),
        ({"sqitch.plan": "%x\n- a 2024"}, "{}/sqitch.plan:2: neither a change to deploy nor a tag"),
        (
            {"x/1_a/up.sql": "", "y/1_a/up.sql": ""},
            "{} holds the migrations of several databases: x, y",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """One line says what is wrong with the folder."""
    for name, text in files.items():
        write(tmp_path, name, text)
    with pytest.raises(UsageError) as caught:
        layouts.understand(tmp_path)
    assert caught.value.message == message.replace("{}", str(tmp_path))


def test_not_utf_8(tmp_path: Path) -> None:
    """The file is named."""
    (tmp_path / "1.sql").write_bytes(b"\xff")
    with pytest.raises(UsageError) as caught:
        layouts.understand(tmp_path)
    assert caught.value.message == f"{tmp_path}/1.sql: not UTF-8"


def test_programs_among_the_scripts(tmp_path: Path) -> None:
    """A migration in Go is not run, and that is said."""
    found = understand(tmp_path, "00002_code.go", "embed.go", **{"00001_a__sql": "-- +goose Up\na;"})
    assert found.ignored == ("00002_code.go",)


def test_sqitch_with_a_top_folder(tmp_path: Path) -> None:
    """The configuration says where the plan is; the deploy folder may be named itself."""
    write(tmp_path, "sqitch.conf", '[core]\n\tengine = pg\n\ttop_dir = db\n[target "x"]\n\turi = db:pg:x\n')
    write(
        tmp_path, "db/sqitch.plan", "a 2024-01-01T00:00:00Z A <a@b>\nb/c [a] 2024-01-01T00:00:00Z A <a@b>\n"
    )
    found = understand(tmp_path, "db/deploy/a.sql", "db/deploy/b/c.sql", "db/deploy/forgotten.sql")
    assert (run(found), found.ignored) == (["a.sql", "b/c.sql"], ("forgotten.sql",))
    assert run(layouts.understand(tmp_path / "db" / "deploy")) == ["a.sql", "b/c.sql"]
