"""Descriptions beside the database: what may be written, what is refused, and whom they are about."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from pgdossier.analysis import analyse
from pgdossier.authored import descriptions
from pgdossier.authored.descriptions import Descriptions, Entry
from pgdossier.config import load
from pgdossier.ddl.comment_script import comment_script
from pgdossier.ddl.comment_targets import comment_target
from pgdossier.errors import ConfigurationError
from pgdossier.model.describable import Key, describables, described
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.pipeline import describing
from tests.support.builders import column, index, snapshot, table


def structure(**fields: object) -> Structure:
    """A small structure: two tables, one of them with a dot in its name, and two functions of one name."""
    made: Snapshot = snapshot(
        table(
            "sales.orders",
            column("id bigint", comment="The number."),
            "placed date",
            pk="id",
            indexes=[index("by_date", "placed")],
        ),
        table("sales.Order.Items", "id bigint", '"Unit Price" numeric', pk="id"),
    )
    routines = tuple(
        Routine(
            schema="sales",
            name="total",
            kind=RoutineKind.FUNCTION,
            owner="o",
            language="sql",
            identity_arguments=arguments,
        )
        for arguments in ("integer", "text")
    )
    schemas = (
        Schema(name="sales", owner="o"),
        Schema(name="public", owner="o", comment="standard public schema"),
    )
    return msgspec.structs.replace(
        made.structure,
        **({"routines": routines, "schemas": tuple(sorted(schemas, key=lambda s: s.name))} | fields),
    )


def parse(text: str) -> tuple[Entry, ...]:
    return descriptions.parse(tomllib.loads(text), lambda path: f"f.toml:{'.'.join(path)}")


def resolve(text: str, of: Structure | None = None) -> Descriptions:
    return descriptions.resolve(parse(text), of or structure())


def key(kind: str, *names: str) -> Key:
    return Key(kind, names)


def test_a_file_about_one_table() -> None:
    """Names in it are those below the table; texts lose the white space around them."""
    found = resolve(
        """
        table = "sales.orders"
        description = '''

        A basket that was paid.
        '''
        [columns]
        placed = "When."
        [constraints]
        orders_pkey = "Never changes."
        [indexes]
        by_date = "For reports."
        """
    )
    assert found.problems == ()
    assert found.shown == {
        key("relation", "sales", "orders"): "A basket that was paid.",
        key("column", "sales", "orders", "placed"): "When.",
        key("constraint", "sales", "orders", "orders_pkey"): "Never changes.",
        key("index", "sales", "orders", "by_date"): "For reports.",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[tables]\n"sales.orders" = "x"', key("relation", "sales", "orders")),
        ('[tables]\nsales.orders = "x"', key("relation", "sales", "orders")),
        ('[tables.sales]\norders = "x"', key("relation", "sales", "orders")),
        ('[views]\n\'sales."Order.Items"\' = "x"', key("relation", "sales", "Order.Items")),
        ('[tables]\n"sales.Order.Items" = "x"', key("relation", "sales", "Order.Items")),
        (
            '[columns]\n"sales.Order.Items.Unit Price" = "x"',
            key("column", "sales", "Order.Items", "Unit Price"),
        ),
        ('[indexes]\n"sales.by_date" = "x"', key("index", "sales", "orders", "by_date")),
        ('[indexes]\n"sales.orders.by_date" = "x"', key("index", "sales", "orders", "by_date")),
        ('[routines]\n"sales.total(text)" = "x"', key("routine", "sales", "total", "text")),
        ('schema = "sales"\ndescription = "x"', key("schema", "sales")),
        ('schema = "sales"\n[columns]\norders.placed = "x"', key("column", "sales", "orders", "placed")),
        ('schema = "sales"\n[indexes]\nby_date = "x"', key("index", "sales", "orders", "by_date")),
        ('database = "x"', key("database")),
        ('[schemas]\npublic = "x"', key("schema", "public")),
    ],
)
def test_names(text: str, expected: Key) -> None:
    """An object is called as people see it or as SQL writes it; the dots of TOML are those of a name."""
    found = resolve(text)
    assert (found.problems, found.shown) == ((), {expected: "x"})


def test_a_file_about_a_table_that_is_not_there_is_one_problem() -> None:
    """Not one for each of its columns; and what has only the schema in common is not what was meant."""
    found = resolve('table = "sales.refund"\ndescription = "x"\n[columns]\nid = "x"\nplaced = "x"')
    assert [problem.message for problem in found.problems] == [
        "there is no relation sales.refund in the document"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[tables]\n"sales.order" = "x"',
            "there is no relation sales.order in the document; did you mean sales.orders?",
        ),
        ('[tables]\n"zzz" = "x"', "there is no relation zzz in the document"),
        (
            'table = "sales.ordrs"\n[columns]\nid = "x"',
            "there is no relation sales.ordrs in the document; did you mean",
        ),
        (
            'table = "sales.orders"\n[columns]\nplacd = "x"',
            "there is no column placd of sales.orders in the document; did you mean placed?",
        ),
        (
            '[routines]\n"sales.total" = "x"',
            "routine sales.total may be one of several: sales.total(integer), sales.total(text); write",
        ),
    ],
)
def test_objects_that_are_not_there_are_problems(text: str, message: str) -> None:
    """They are told with where they stand and what was meant, and nothing is shown for them."""
    found = resolve(text)
    assert found.shown == {}
    assert [problem.kind for problem in found.problems] == ["unknown"]
    assert found.problems[0].message.startswith(message)
    assert str(found.problems[0]).startswith("f.toml:")


def test_a_schema_that_is_left_out_is_no_problem() -> None:
    """Who documents a part of the database need not describe a part."""
    scope = structure().scope
    from_scope = msgspec.structs.replace(
        scope, schemas_left_out=msgspec.convert([{"name": "hr", "reason": "x"}], tuple_of_left_out())
    )
    found = resolve('[tables]\n"hr.people" = "x"', structure(scope=from_scope))
    assert found.problems == ()


def tuple_of_left_out() -> object:
    from pgdossier.model.scope import SchemaLeftOut  # noqa: PLC0415 - only here

    return tuple[SchemaLeftOut, ...]


def test_the_comment_wins() -> None:
    """A comment is shown, and told when the description says something else; a stock comment is none."""
    other = resolve('[columns]\n"sales.orders.id" = "Another."')
    assert (other.shown, [each.kind for each in other.problems]) == ({}, ["overruled"])
    same = resolve('[columns]\n"sales.orders.id" = " The number. "')
    assert (same.shown, same.problems) == ({}, ())


def test_empty_descriptions_wait_to_be_written() -> None:
    """A text of nothing but white space describes nothing."""
    assert parse('table = "t"\ndescription = " "\n[columns]\na = ""') == ()


def test_two_texts_for_one_object_are_an_error() -> None:
    """Nobody can say which of two is meant; the same text twice is none."""
    with pytest.raises(ConfigurationError, match=r"described differently in f\.toml:tables"):
        resolve('[tables]\n"sales.orders" = "x"\n[views]\n"sales.orders" = "y"')
    assert len(resolve('[tables]\n"sales.orders" = "x"\n[views]\n"sales.orders" = "x"').shown) == 1


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[colums]\na = "x"', "f.toml:colums: unknown key colums", "did you mean columns?"),
        ('table = "t"\n[schemas]\na = "x"', "f.toml:schemas: unknown key schemas", "in a file about a table"),
        ('description = "x"', "f.toml:description: unknown key description", "say first what"),
        ('table = "t"\nview = "v"', "f.toml:view: a file is about one thing", "one file for each"),
        ('table = ""', "f.toml:table: table is empty", "docs/descriptions.md"),
        ('columns = "x"', "f.toml:columns: columns must be a table of texts", "docs/descriptions.md"),
        ("[columns]\na = 1", "f.toml:columns.a: a description must be a text in quotes", "docs/"),
        ('[columns]\na = ["x"]', "f.toml:columns.a: a description must be a text in quotes", "docs/"),
        ('[columns]\na = "\\u0000"', "f.toml:columns.a: no text of PostgreSQL can hold a zero byte", ""),
    ],
)
def test_reading_is_strict(text: str, message: str, hint: str) -> None:
    """What is not a description stops the run, with file, key and what would be right."""
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert caught.value.message.startswith(message)
    assert hint in (caught.value.hint or "")


def test_every_table_of_a_file_has_a_kind_that_exists() -> None:
    """No description is looked for among objects of a kind that there is not."""
    known = {"column", "constraint", "index", "trigger", "policy", "rule", "attribute"}
    from pgdossier.model import describable  # noqa: PLC0415 - its families are nobody else's

    known |= {kind for _, kind, _ in describable._FAMILIES}
    assert set(descriptions.SECTIONS.values()) == known


def test_described_changes_nothing_else() -> None:
    """Texts stand where comments do; everything else, and the structure that was read, stay."""
    before = structure()
    texts = {
        key("relation", "sales", "orders"): "A",
        key("constraint", "sales", "orders", "orders_pkey"): "B",
    }
    after = described(before, texts)
    assert {found.key: found.comment for found in describables(after) if found.key in texts} == texts
    assert before == structure()
    assert described(before, {}) is before
    assert [found.key for found in describables(after)] == [found.key for found in describables(before)]


def test_sql_and_json_know_no_descriptions() -> None:
    """The analysis keeps what was read apart from what is shown."""
    made: Snapshot = snapshot(table("public.t", "id bigint"))
    analysis = analyse(made, {key("relation", "public", "t"): "About t."})
    assert analysis.snapshot is made
    assert [relation.comment for relation in analysis.lookup.relations.values()] == ["About t."]
    assert analysis.completeness.percent > analyse(made).completeness.percent


def test_the_script_leaves_out_what_is_there() -> None:
    """A statement stands for each text that is not the comment; --keep leaves comments alone."""
    texts = {
        key("column", "sales", "orders", "id"): "Not\nthe number.",
        key("relation", "sales", "Order.Items"): "It's \\ here",
    }
    script = comment_script(texts, structure())
    assert script.endswith(
        "\nCOMMENT ON TABLE sales.\"Order.Items\" IS E'It''s \\\\ here';\n"
        "-- Replaces:\n--     The number.\n"
        "COMMENT ON COLUMN sales.orders.id IS 'Not\nthe number.';\n"
    )
    assert "orders.id" not in comment_script(texts, structure(), keep=True)
    assert comment_script({key("column", "sales", "orders", "id"): "The number."}, structure()) == ""


def test_a_comment_that_is_replaced_cannot_become_sql() -> None:
    """Every line of the old comment is a comment of SQL, whatever its line breaks are."""
    hostile = column("id bigint", comment="a\r; DROP TABLE x;\n; DROP TABLE y;\r\nz")
    made: Snapshot = snapshot(table("public.t", hostile))
    script = comment_script({key("column", "public", "t", "id"): "b"}, made.structure)
    statement = [line for line in script.splitlines() if line and not line.startswith("--")]
    assert statement == ["COMMENT ON COLUMN public.t.id IS 'b';"]
    assert "\r" not in script


def test_every_object_has_a_target() -> None:
    """Whatever can be described can be named in COMMENT ON."""
    targets = [comment_target(found) for found in describables(structure())]
    assert "INDEX sales.by_date" in targets
    assert "CONSTRAINT orders_pkey ON sales.orders" in targets
    assert len(set(targets)) == len(targets)


# --- files


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an empty configuration."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pgdossier.toml").touch()
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def entries() -> list[tuple[str, str, str]]:
    found = describing.entries(load(discover=Path(), environ={}))
    return [(entry.name, entry.text, entry.where()) for entry in found]


def test_files_are_read_by_name_after_the_configuration(project: Path) -> None:
    """Folders inside are read, hidden files and other files are not; each entry knows its line."""
    write(project / "pgdossier.toml", '[descriptions.tables]\n"a.b" = "x"\n')
    write(project / "descriptions" / "z.toml", '[tables]\n"z.z" = "z"\n')
    write(project / "descriptions" / "hr" / "a.toml", '\n[columns]\n"h.r.id" = """\nlong\n"""\n')
    write(project / "descriptions" / ".hidden.toml", "not TOML")
    write(project / "descriptions" / "README.md", "not TOML")
    assert entries() == [
        ("a.b", "x", "pgdossier.toml:2"),
        ("h.r.id", "long", "descriptions/hr/a.toml:3"),
        ("z.z", "z", "descriptions/z.toml:2"),
    ]


def test_without_a_configuration_no_folder_is_read(project: Path) -> None:
    """A folder of that name in somebody else's project means nothing."""
    (project / "pgdossier.toml").unlink()
    write(project / "descriptions" / "z.toml", "not TOML")
    assert entries() == []


def test_another_folder_can_be_named(project: Path) -> None:
    """It starts at the configuration file, and must be there."""
    write(project / "pgdossier.toml", '[descriptions]\nfolder = "words"\n')
    with pytest.raises(
        ConfigurationError, match=r"pgdossier.toml:2: the folder of descriptions does not exist"
    ):
        entries()
    write(project / "words" / "z.toml", '[tables]\n"z.z" = "z"\n')
    assert [name for name, _, _ in entries()] == ["z.z"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("table = ", "descriptions/a.toml:1: not valid TOML"),
        ('[columns]\na = "x"\nb = 2\n', "descriptions/a.toml:3: a description must be a text"),
        ('table = "a.b"\n\n[colums]\na = "x"', "descriptions/a.toml:3: unknown key colums"),
    ],
)
def test_a_malformed_file_stops_with_its_line(project: Path, text: str, message: str) -> None:
    """The message names file and line."""
    write(project / "descriptions" / "a.toml", text)
    with pytest.raises(ConfigurationError) as caught:
        entries()
    assert caught.value.message.startswith(message)


def test_a_malformed_table_of_the_configuration_stops_with_its_line(project: Path) -> None:
    """What stands in the configuration is read as strictly, in a pyproject.toml too."""
    write(project / "pgdossier.toml", '[descriptions.tables]\n"a.b" = 1\n')
    with pytest.raises(ConfigurationError, match=r"^pgdossier.toml:2: a description must be"):
        entries()
    (project / "pgdossier.toml").unlink()
    write(project / "pyproject.toml", '[tool.pgdossier.descriptions.columns]\n"a.b.c" = []\n')
    with pytest.raises(ConfigurationError, match=r"^pyproject.toml:2: a description must be"):
        entries()


def test_changes_of_descriptions_in_words() -> None:
    """What was added, changed or removed is told; what follows from the structure is not."""
    shown = {
        key("relation", "sales", "orders"): "old",
        key("column", "sales", "orders", "id"): "was described before it had a comment",
        key("column", "sales", "orders", "gone"): "of a column that is no more",
        key("schema", "sales"): "same",
    }
    now = resolve(
        'schema = "sales"\ndescription = "same"\n[tables]\norders = "new"\n[columns]\norders.placed = "x"'
    )
    before = describing.encode(shown)
    assert describing.changes(before, structure(), now, structure()) == (
        "the description of column sales.orders.placed was added",
        "the description of relation sales.orders changed",
    )
    assert describing.changes(None, structure(), descriptions.NONE, structure()) == ()
    assert describing.changes(b"{", structure(), now, structure()) == ("descriptions.json is damaged",)
