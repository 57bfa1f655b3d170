"""Differences with words and risk: what is told, what is left out, and as which text."""

from __future__ import annotations

import json

import msgspec

from pgdossier.cli import diff as command
from pgdossier.history.comparison import comparable, encode, findings, summary
from pgdossier.model.constraints import NotNull
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation
from pgdossier.model.scope import Gap, Scope
from pgdossier.model.snapshot import Structure
from pgdossier.pipeline import DiffResult
from tests.support.builders import snapshot, table

BEFORE = table("t", "a integer", "b text")
AFTER = table("t", "a integer not null", "c|d text")


def of(*relations: Relation, **fields: object) -> Structure:
    return msgspec.structs.replace(snapshot(*relations).structure, **fields)


def told(before: Structure, after: Structure) -> list[str]:
    return [each.judged for each in findings(before, after)]


def result(before: Structure, after: Structure) -> DiffResult:
    return DiffResult(left="left", right="right", findings=findings(before, after))


def test_text() -> None:
    """A summary, then one line for each difference with its worst class, and for whom."""
    assert command.lines(result(of(BEFORE), of(AFTER))) == [
        "3 differences: 2 breaking, 1 widening",
        "- breaking for writers: column a of table public.t: became NOT NULL",
        "  lock: ACCESS EXCLUSIVE on public.t, reads the whole table;"
        " to block less: ADD CONSTRAINT … NOT NULL … NOT VALID,"
        " then VALIDATE CONSTRAINT, which takes SHARE UPDATE EXCLUSIVE only",
        "- breaking: column b of table public.t was removed",
        "  lock: ACCESS EXCLUSIVE on public.t",
        "- widening for readers: column c|d of table public.t was added",
        "  lock: ACCESS EXCLUSIVE on public.t",
    ]
    assert command.lines(result(of(BEFORE), of(BEFORE))) == ["no differences"]


def test_a_not_null_constraint_of_a_new_column_is_not_told_twice() -> None:
    """A new required column with a default breaks no writer; its constraint alone would say that it does."""
    rule = NotNull(name="t_n_not_null", column="n")
    before = table("t", "a integer")
    after = table("t", "a integer", "n integer not null default 0", not_nulls=(rule,))
    assert told(of(before), of(after)) == ["widening for readers: column n of table public.t was added"]


def test_markdown() -> None:
    """A table in which no name breaks a cell."""
    assert command.as_markdown(result(of(BEFORE), of(AFTER))) == (
        "### From `left` to `right`\n"
        "\n"
        "3 differences: 2 breaking, 1 widening\n"
        "\n"
        "| Difference | For readers | For writers | Lock |\n"
        "| --- | --- | --- | --- |\n"
        "| column a of table public.t: became NOT NULL | neutral | breaking |"
        " ACCESS EXCLUSIVE on public.t, reads the whole table;"
        " to block less: ADD CONSTRAINT … NOT NULL … NOT VALID,"
        " then VALIDATE CONSTRAINT, which takes SHARE UPDATE EXCLUSIVE only |\n"
        "| column b of table public.t was removed | breaking | breaking | ACCESS EXCLUSIVE on public.t |\n"
        "| column c&#124;d of table public.t was added | widening | neutral |"
        " ACCESS EXCLUSIVE on public.t |\n"
    )
    assert command.as_markdown(result(of(BEFORE), of(BEFORE))).endswith("\nno differences\n")


def test_json() -> None:
    """Programs get path, field, values, classes and words."""
    found = json.loads(encode(findings(of(BEFORE), of(AFTER)), "left", "right"))
    assert (found["left"], found["right"], found["same"]) == ("left", "right", False)
    assert found["differences"][0] == {
        "path": [{"kind": "table", "name": "public.t"}, {"kind": "column", "name": "a"}],
        "change": "changed",
        "field": "nullable",
        "before": True,
        "after": False,
        "readers": "neutral",
        "writers": "breaking",
        "risk": "breaking",
        "words": "column a of table public.t: became NOT NULL",
        "lock": {
            "statement": "ALTER TABLE … ALTER COLUMN … SET NOT NULL",
            "held": [{"relation": "public.t", "mode": "ACCESS EXCLUSIVE"}],
            "blocks": "reads and writes",
            "rewrite": False,
            "scan": True,
            "hint": "ADD CONSTRAINT … NOT NULL … NOT VALID,"
            " then VALIDATE CONSTRAINT,"
            " which takes SHARE UPDATE EXCLUSIVE only",
        },
    }
    removed = found["differences"][1]
    assert (removed["change"], removed["field"], removed["before"]["name"]) == ("removed", None, "b")
    assert json.loads(encode((), "left", "right")) == {
        "left": "left",
        "right": "right",
        "same": True,
        "differences": [],
    }


def test_a_rename_in_every_form() -> None:
    """Programs get where it was, the confidence and what it rests on; people get the same in words."""
    before = of(table("t", "a integer", "mail text", "b date"))
    after = of(table("t", "a integer", "email text", "b date"))
    found = json.loads(encode(findings(before, after), "left", "right"))["differences"]
    reason = "same position and type; similar name"
    words = f"column mail of table public.t renamed to email (assumed, 98 %: {reason})"
    assert [{field: each[field] for field in each if field != "lock"} for each in found] == [
        {
            "path": [{"kind": "table", "name": "public.t"}, {"kind": "column", "name": "email"}],
            "change": "renamed",
            "field": None,
            "former_path": [{"kind": "table", "name": "public.t"}, {"kind": "column", "name": "mail"}],
            "confidence": 98,
            "reason": reason,
            "before": "mail",
            "after": "email",
            "readers": "breaking",
            "writers": "breaking",
            "risk": "breaking",
            "words": words,
        }
    ]
    assert command.lines(result(before, after))[1:] == [
        f"- breaking: {words}",
        "  lock: ACCESS EXCLUSIVE on public.t",
    ]
    assert f"| {words} | breaking | breaking |" in command.as_markdown(result(before, after))


def test_one_difference_is_not_plural() -> None:
    """The summary counts as people do."""
    assert summary(findings(of(table("t", "a text")), of(table("t", "a text", comment="x")))) == (
        "1 difference: 1 neutral"
    )


def test_built_in_privileges_are_not_told() -> None:
    """The first grant writes out the owner's own privileges, which nobody granted."""
    own = Grant(grantee="owner", privilege="SELECT", grantor="owner")
    read = Grant(grantee="reader", privilege="SELECT", grantor="owner")
    granted = of(table("t", "a integer", grants=(own, read)))
    assert told(of(table("t", "a integer")), granted) == [
        "widening for readers: grant SELECT to reader by owner of table public.t was added"
    ]
    assert told(granted, of(table("t", "a integer"))) == [
        "breaking for readers: grant SELECT to reader by owner of table public.t was removed"
    ]


def test_a_switch_of_privileges_alone_is_told() -> None:
    """Structures that are not equal always have something to tell."""
    own = Grant(grantee="owner", privilege="SELECT", grantor="owner")
    assert told(of(table("t", "a integer")), of(table("t", "a integer", grants=(own,)))) == [
        "neutral: table public.t: privileges as built in → SELECT to owner"
    ]


def dependency() -> Dependency:
    one, other = (ObjectName(kind=ObjectKind.RELATION, schema="public", name=name) for name in ("v", "t"))
    return Dependency(dependent=one, part=Part.DEFINITION, referenced=other)


def test_dependencies_are_told_only_alone() -> None:
    """They follow from definitions; but a document that lacks one is stale all the same."""
    assert told(of(BEFORE), of(AFTER, dependencies=(dependency(),))) == told(of(BEFORE), of(AFTER))
    assert len(told(of(BEFORE), of(BEFORE, dependencies=(dependency(),)))) == 1


def test_databases_need_not_share_everything_to_be_the_same() -> None:
    """Server, names, encoding, what was left out and what could not be read are not compared."""
    left = of(BEFORE)
    right = of(
        BEFORE,
        server=msgspec.structs.replace(left.server, version="18.1", version_number=180001, time_zone="UTC"),
        database=msgspec.structs.replace(left.database, name="staging", owner="other", encoding="LATIN1"),
        scope=Scope(relations_left_out=3),
        gaps=(Gap(family="rules", reason="no right"),),
        dependencies=(dependency(),),
    )
    assert findings(left, right)
    one, other = (comparable(each, major=18, from_sql=False) for each in (left, right))
    assert one == other


def test_what_sql_does_not_make_is_compared_between_databases_only() -> None:
    """A comment on the database is no difference to a folder of migrations."""
    left = of()
    right = of(database=msgspec.structs.replace(left.database, comment="The shop."))
    assert comparable(left, major=18, from_sql=False) != comparable(right, major=18, from_sql=False)
    assert comparable(left, major=18, from_sql=True) == comparable(right, major=18, from_sql=True)


def test_an_older_server_has_no_named_not_null_constraints() -> None:
    """Beside PostgreSQL 17 the constraints that only 18 knows are left out."""
    named = table("t", "a integer not null", not_nulls=(NotNull(name="t_a_not_null", column="a"),))
    plain = table("t", "a integer not null")
    assert comparable(of(named), major=17, from_sql=False) == comparable(of(plain), major=17, from_sql=False)
    assert comparable(of(named), major=18, from_sql=False) != comparable(of(plain), major=18, from_sql=False)
