"""Differences with words and risk: what is told, what is left out, and as which text."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from pgdossier.cli import diff as command
from pgdossier.history.comparison import comparable, encode, findings, summary
from pgdossier.model.constraints import NotNull
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.scope import Gap, Scope
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure
from pgdossier.pipeline import DiffResult
from tests.support.builders import column, index, key, sequence, snapshot, table

BEFORE = table("t", "a integer", "b text")
AFTER = table("t", "a integer not null", "c|d text")
Owned = TypeVar("Owned", Relation, Sequence)


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


def test_a_constraint_and_its_index_are_one_difference() -> None:
    """Its index has the same name and says nothing more; the index of nobody's is told."""
    plain = table("t", "a integer", "b text")
    keyed = table("t", "a integer", "b text", unique=[key("u", "a")])
    assert told(of(plain), of(keyed)) == [
        "breaking for writers: unique constraint u of table public.t was added"
    ]
    wider = table("t", "a integer", "b text", unique=[key("u", ("a", "b"))])
    assert all(": unique constraint u of" in line for line in told(of(keyed), of(wider)))
    indexed = table("t", "a integer", "b text", indexes=[index("u", "a", unique=True)])
    assert told(of(plain), of(indexed)) == ["breaking for writers: index u of table public.t was added"]


def test_a_partition_that_is_detached_or_attached_is_told_in_words() -> None:
    """Where its columns come from now is not told for each of them."""
    parent = table("p", "a integer", kind=RelationKind.PARTITIONED_TABLE)
    inherited, bound = column("a integer", local=False), "FOR VALUES IN (1)"
    inside, alone = table("t", inherited, partition_of="p", bound=bound), table("t", "a integer")
    assert told(of(parent, inside), of(parent, alone)) == [
        "breaking: table public.t: is no partition of public.p any more"
    ]
    assert told(of(parent, alone), of(parent, inside)) == [
        "breaking for writers: table public.t: became a partition of public.p FOR VALUES IN (1)"
    ]


def test_a_description_that_came_or_went_is_told_as_that() -> None:
    """`none` is no description; of a long one the first line is told."""
    plain, described = table("t", "a integer"), table("t", "a integer", comment="One.\n\nMore of it.")
    assert told(of(plain), of(described)) == ["neutral: table public.t: description added: One. …"]
    assert told(of(described), of(plain)) == ["neutral: table public.t: description removed: One. …"]


def granted(owner: str, *grants: tuple[str, str]) -> Relation:
    """A table on which these may do that."""
    given = tuple(Grant(privilege=privilege, grantee=grantee, grantor=owner) for privilege, grantee in grants)
    return owned(table("t", "a integer", grants=given), owner)


def owned(element: Owned, owner: str) -> Owned:
    return msgspec.structs.replace(element, owner=owner)


def test_another_owner_takes_nobody_else_what_was_granted() -> None:
    """Grants go on in the name of the new owner, who needs none, and the table's sequences go along."""
    before = of(
        granted("a", ("SELECT", "a"), ("SELECT", "b"), ("SELECT", "c")),
        sequences=(owned(sequence("s", "t.a"), "a"),),
    )
    after = of(granted("b", ("SELECT", "b"), ("SELECT", "c")), sequences=(owned(sequence("s", "t.a"), "b"),))
    assert told(before, after) == ["neutral: table public.t: owner a → b"]
    fewer = of(granted("b", ("SELECT", "b")), sequences=after.sequences)
    assert "breaking for readers: grant SELECT to c by a of table public.t was removed" in told(before, fewer)


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
