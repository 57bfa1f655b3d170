"""Rows, violations and their words, as far as no server is needed."""

from __future__ import annotations

import ast
import re

import pytest

from pgdossier.cli.trials import trial_lines
from pgdossier.errors import SnapshotError
from pgdossier.history import trials as results
from pgdossier.history.trials import (
    ConstraintTrial,
    Event,
    Kind,
    Outcome,
    ReachTrial,
    RowTrial,
    Surprise,
    Surprising,
    Trials,
    Verdict,
)
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.constraints import Action, Check, ForeignKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.types import Attribute, Composite, Domain, DomainCheck, Enum, Range
from pgdossier.render import trials as said
from pgdossier.trials import candidates, patterns, pgtap_file, pytest_file, reactions
from pgdossier.trials.cases import Case, Row
from pgdossier.trials.conditions import check, of_relation, substituted
from pgdossier.trials.statements import DEFAULT, Insert
from pgdossier.trials.values import TypeRef, Types

SHOP = QualifiedName("shop", "orders")
NO_TYPES = Types({})


def table(*columns: Column, **more: object) -> Relation:
    """A table of these columns."""
    given = {"schema": "shop", "name": "orders", "kind": RelationKind.TABLE, "owner": "me"}
    return Relation(**(given | {"columns": columns} | more))  # type: ignore[arg-type] # by keyword


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}$",
        r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$",
        r"^(image|application)/[a-z0-9.+-]+$",
        r"^\+[1-9][0-9]{6,14}$",
        r"^[^@\s]+@[^@\s]+$",
        r"^(?:\d{3}-){2}\d{4}$",
        r"^a?b*c+$",
        r"^[]x-]{3}$",
    ],
)
def test_strings_match_their_pattern(pattern: str) -> None:
    """What is made for a pattern matches it, and other numbers give other strings where there are any."""
    made = [*patterns.matching(pattern, 1), *patterns.matching(pattern, 2)]
    assert made
    assert [one for one in made if not re.search(pattern, one)] == []
    assert len(set(made)) > 1 or pattern == "^[A-Z]{2}$"


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", r"[[:nothing:]]", "(", "a**", r"\ma"])
def test_what_is_not_understood_gives_nothing(pattern: str) -> None:
    """Look-ahead, back references and faults are left to the search."""
    assert patterns.matching(pattern) == ()


def test_posix_classes_are_known() -> None:
    """`[[:upper:]]` is PostgreSQL's, and not Python's."""
    assert patterns.matching("^[[:upper:]][[:digit:]]$") == ("A0",)


def test_every_number_gives_another_value() -> None:
    """Keys can be counted up in each of these types, within their length and precision."""
    for text in (
        "integer", "numeric(3,2)", "character varying(1)", "character(2)", "uuid", "date", "inet", "bytea",
        "timestamp(3) with time zone", "bit(4)", "daterange", "text[]", "interval", "macaddr", "jsonb",
        "pg_lsn", "int4multirange", "box", "vector(2)",
    ):  # fmt: skip
        values = {NO_TYPES.nth(TypeRef(text), n) for n in range(1, 9)}
        assert len(values) == 8, (text, values)
        assert None not in values
    assert NO_TYPES.nth(TypeRef("character varying(1)"), 3) == "c"
    assert NO_TYPES.nth(TypeRef("numeric(3,2)"), 5) == "5"
    assert NO_TYPES.nth(TypeRef("numeric(2,2)"), 5) == "0.05"
    assert NO_TYPES.nth(TypeRef("no_such_type"), 1) is None


def test_types_of_the_database_have_values() -> None:
    """Enums, domains, composites and ranges are made of what they are made of."""
    mood = Enum(schema="s", name="mood", owner="me", labels=("fine", "bad"))
    pair = Composite(
        schema="s",
        name="pair",
        owner="me",
        attributes=(Attribute(name="a", type="integer"), Attribute(name="b", type="text")),
    )
    code = Domain(schema="s", name="code", owner="me", base_type="character varying(3)")
    span = Range(schema="s", name="span", owner="me", subtype="integer", multirange="spans")
    types = Types({one.qualified: one for one in (mood, pair, code, span)})

    def nth(name: str, text: str = "") -> str | None:
        return types.nth(TypeRef(text or f"s.{name}", QualifiedName("s", name)), 2)

    assert nth("mood") == "bad"
    assert nth("mood", "s.mood[]") == '{"bad"}'
    assert nth("pair") == '("2","v2")'
    assert nth("code") == "v2"
    assert nth("span") == '["4","5")'
    assert nth("spans") == '{["4","5")}'


def test_candidates_come_from_what_conditions_say() -> None:
    """Listed values, edges with their neighbours, lengths and patterns are tried; NULL is not among them."""
    columns = (Column(name="status", type="text"), Column(name="price", type="numeric(9,2)"))
    relation = table(*columns)

    def of(name: str, expression: str) -> tuple[str, ...]:
        column = relation.column(name)
        return candidates.of_column(NO_TYPES, TypeRef(column.type), [check(relation, "c", expression)])

    assert {"open", "done"} <= set(of("status", "status = ANY (ARRAY['open'::text, 'done'::text])"))
    assert {"4", "5", "6"} <= set(of("price", "price > (5)::numeric"))
    assert {1, 7, 8} <= {len(one) for one in of("status", "char_length(status) <= 7")}
    assert "AAA" in of("status", "status ~ '^[A-Z]{3}$'::text")
    assert "xay" in of("status", "status ~~ '%x_y'::text")


def test_conditions_of_domains_are_about_the_column() -> None:
    """VALUE is replaced where it is a word, and nowhere else."""
    assert substituted("(VALUE)::text <> 'VALUE'::text", '"Code"') == "(\"Code\")::text <> 'VALUE'::text"
    form = DomainCheck(name="form", expression="VALUE > 0", definition="CHECK (VALUE > 0)")
    domain = Domain(schema="s", name="size", owner="me", base_type="integer", checks=(form,))
    relation = table(
        Column(name="n", type="s.size", type_name=domain.qualified),
        checks=(
            Check(name="on", expression="n < 9", definition="", columns=("n",)),
            Check(name="off", expression="n < 5", definition="", columns=("n",), enforced=False),
        ),
    )
    found = of_relation(relation, Types({domain.qualified: domain}))
    assert [(one.name, one.expression) for one in found] == [("on", "n < 9"), ("n form", "n > 0")]


def test_inserts_name_what_they_give() -> None:
    """Defaults and plain NULLs are left out, identity columns overridden when they are given."""
    relation = table(
        Column(name="id", type="integer", identity=Identity.ALWAYS, nullable=False),
        Column(name="note", type="text"),
        Column(name="size", type="integer", default="1"),
        Column(name="twice", type="integer", default="size * 2", generated=Generated.STORED),
    )
    assert Insert(relation, {"id": DEFAULT, "note": None}).sql == "INSERT INTO shop.orders DEFAULT VALUES"
    assert Insert(relation, {"id": "1", "note": "it's", "size": None}).sql == (
        "INSERT INTO shop.orders (id, note, size) OVERRIDING SYSTEM VALUE VALUES ('1', 'it''s', NULL)"
    )


def test_children_are_foretold_by_the_declaration() -> None:
    """CASCADE, SET NULL of some columns and SET DEFAULT each do their own; NO ACTION foretells a refusal."""
    key = ForeignKey(
        name="fk", columns=("a", "b"), target=SHOP, target_columns=("a", "b"), definition="",
        on_delete=Action.SET_NULL, on_delete_columns=("b",), on_update=Action.CASCADE,
    )  # fmt: skip
    before: list[reactions.Key] = [("1", "1"), ("1", "2"), (None, "1")]
    deleted = reactions.foretold(key, Event.DELETE, before, ("1", "2"), (), {})
    assert deleted == [(None, "1"), ("1", None), ("1", "1")]
    updated = reactions.foretold(key, Event.UPDATE, before, ("1", "2"), ("1", "9"), {})
    assert updated == [(None, "1"), ("1", "1"), ("1", "9")]
    refusing = ForeignKey(name="fk", columns=("a",), target=SHOP, target_columns=("a",), definition="")
    assert reactions.foretold(refusing, Event.DELETE, [("1",)], ("1",), (), {}) is None


CASES = (
    Case(
        subject=SHOP, title="check 'odd\" \\ name", needs=(SHOP,), before=("SELECT $sql$1$sql$",),
        last="INSERT INTO t VALUES ('it''s')", sqlstate="23514", constraint="c", column="",
    ),
    Case(subject=SHOP, title="check 'odd\" \\ name", last="DELETE FROM t", expected=(("SELECT 1", "1"),)),
)  # fmt: skip


def test_emitted_files_survive_any_name() -> None:
    """Quotes, backslashes and dollar quotes in names and values leave valid Python and SQL."""
    rows = (Row(table=SHOP, statements=("INSERT INTO t VALUES ('a\"b')",)),)
    text = pytest_file.written('odd"""\\', 18, rows, CASES)
    tree = ast.parse(text)
    names = [
        one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    ]
    assert len(names) == len(set(names)) == 2
    sql = pgtap_file.written("odd\nname", 18, rows, CASES)
    assert "SELECT plan(2);" in sql
    assert "$sql_$" in sql
    assert "'23514 c'" in sql


TRIALS = Trials(
    structure="x",
    tried_on="2026-01-02",
    major=18,
    rows=(RowTrial(table=SHOP, built=True),),
    constraints=(
        ConstraintTrial(
            kind=Kind.NOT_NULL, object=SHOP, name="a", columns=("a",), verdict=Verdict.REJECTS,
            sqlstate="23502", tried="a = NULL",
        ),
        ConstraintTrial(
            kind=Kind.NOT_NULL, object=SHOP, name="b", columns=("b",), verdict=Verdict.NOT_TRIED,
            reason="no <value>",
        ),
        ConstraintTrial(
            kind=Kind.CHECK, object=SHOP, name="c", columns=("a",), verdict=Verdict.ACCEPTS, tried="a = '|'"
        ),
    ),
    reaches=(ReachTrial(table=SHOP, outcome=Outcome.OTHERWISE, reason="rows stay"),),
    surprises=(
        Surprise(kind=Surprising.ACCEPTED, object=SHOP, name="c", what="c accepts a = '|'"),
        Surprise(kind=Surprising.NULL_PASSES, object=SHOP, name="d", what="d lets NULL pass"),
    ),
)  # fmt: skip


def test_marks_say_what_was_seen() -> None:
    """Each constraint's mark says what it did, with the SQLSTATE, or why it was not tried; escaped."""
    relation = table(Column(name="a", type="text", nullable=False), Column(name="b", type="text"))
    assert said.not_null_mark(TRIALS, relation) == ("1 reject NULL; `b` not probed: no \\<value\\>",)
    assert said.mark(TRIALS, relation, "c") == ("**accepts** `a = '|'`",)
    assert said.mark(None, relation, "c") == ()
    assert said.reach_mark(TRIALS, SHOP) == " – probed: otherwise: rows stay"
    assert said.reach_mark(None, SHOP) == ""
    assert [(kind, explained) for kind, explained, _ in said.surprises(TRIALS)] == [
        (Surprising.ACCEPTED, False),
        (Surprising.NULL_PASSES, True),
    ]


def test_the_command_tells_the_unexplained_first() -> None:
    """What the catalog does not explain is said one by one, the rest is counted."""
    lines = trial_lines(TRIALS)
    assert "- unexplained: shop.orders: c accepts a = '|'" in lines
    assert "- worth knowing, 1 ×: NULL passes the check" in lines
    assert "- not tried: not null b of shop.orders: no <value>" in lines


def test_results_come_back_from_their_file() -> None:
    """`trials.json` holds all of it; a damaged one is refused."""
    assert results.decode(results.encode(TRIALS)) == TRIALS
    with pytest.raises(SnapshotError, match="damaged"):
        results.decode(b"{}x")
