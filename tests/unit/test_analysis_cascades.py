"""Cascade reach on hand-made snapshots, and how it is said."""

from __future__ import annotations

from typing import Any

from pgdossier.analysis import analyse
from pgdossier.analysis.cascades import CascadeReach, Refusal
from pgdossier.model.constraints import Action
from pgdossier.model.relations import Relation
from pgdossier.render import cascades
from pgdossier.render.links import Links
from pgdossier.render.page import Drawings, Page
from tests.support.builders import fk, name, snapshot, table

USERS = table("users", "id bigint", pk="id")


def _child(child: str, *keys: str, columns: str = "a bigint", **fields: Any) -> Relation:
    return table(child, "id bigint", columns, pk="id", fks=[fk(one, **fields) for one in keys])


def _reach(start: str, *relations: Relation) -> CascadeReach:
    (found,) = (one for one in analyse(snapshot(*relations)).cascades if one.table == name(start))
    return found


def _said(start: str, *relations: Relation) -> str:
    analysis = analyse(snapshot(*relations))
    page = Page(
        path="README.md",
        links=Links(split=False, relations=frozenset()),
        analysis=analysis,
        drawings=Drawings(),
        qualify=False,
        routines=frozenset(),
        prompts={},
    )
    return cascades.sentence(_reach(start, *relations), page)


def test_the_example_of_the_documentation() -> None:
    """Everything that one deletion does stands in one line: what goes, what is cleared, what refuses."""
    said = _said(
        "users",
        USERS,
        _child("sessions", "a -> users on delete cascade"),
        _child("events", "a -> sessions on delete cascade"),
        _child("audits", "a -> sessions"),
        _child("orders", "a -> users on delete restrict"),
        _child("notes", "a -> users on delete set null"),
        _child("carts", "a -> users on delete set default", columns="a bigint default 1"),
    )
    assert said == (
        "deletes up to: `sessions` → `events`; sets to null: `notes` `a`; sets to the default: `carts` `a`;"
        " is blocked by: `orders` `a` (RESTRICT); deleting its `sessions` is blocked by:"
        " `audits` `a` (NO ACTION)"
    )


def test_several_ways_are_told() -> None:
    """A table that goes in two ways stands once, with the other way beside it."""
    both = table(
        "b", "id bigint", "x bigint", "y bigint", pk="id",
        fks=["x -> users on delete cascade", "y -> a on delete cascade"],
    )  # fmt: skip
    found = _reach("users", USERS, _child("a", "a -> users on delete cascade"), both)
    assert [(one.table.name, one.steps, len(one.through)) for one in found.deletes] == [
        ("a", 1, 1),
        ("b", 1, 2),
    ]
    assert "`b` (also with `a`)" in _said("users", USERS, _child("a", "a -> users on delete cascade"), both)


def test_set_null_that_cannot_be() -> None:
    """SET NULL of a NOT NULL column is a refusal; SET DEFAULT without a default is SET NULL."""
    child = _child("a", "a -> users on delete set null", columns="a bigint not null")
    (block,) = _reach("users", USERS, child).blocked_by
    assert block.refusal is Refusal.NOT_NULL
    (change,) = _reach("users", USERS, _child("a", "a -> users on delete set default")).changes
    assert not change.to_default


def test_refusals_at_the_commit_and_of_rows_that_go_anyway() -> None:
    """Only a deferred NO ACTION waits for the commit; a child that also loses rows is marked."""
    late: dict[str, Any] = {"deferrable": True, "initially_deferred": True}
    (block,) = _reach("users", USERS, _child("a", "a -> users", **late)).blocked_by
    assert (block.deferred, block.may_go) == (True, False)
    (block,) = _reach("users", USERS, _child("a", "a -> users on delete restrict", **late)).blocked_by
    assert not block.deferred
    both = ("a -> users on delete cascade", "id -> users")
    (block,) = _reach("users", USERS, _child("a", *both)).blocked_by
    assert block.may_go


def test_a_changed_key_is_followed() -> None:
    """What SET NULL writes may itself be referenced: ON UPDATE decides about those rows."""
    keyed = table("k", "id bigint", "a bigint", pk="id", unique=["a"], fks=["a -> users on delete set null"])
    follows = _child("f", "a -> k(a)", on_update=Action.CASCADE)
    resists = _child("r", "a -> k(a)")
    found = _reach("users", USERS, keyed, follows, resists)
    assert [one.relationship.child.name for one in found.changes] == ["k", "f"]
    assert [(one.relationship.child.name, one.by_update) for one in found.blocked_by] == [("r", True)]


def test_what_is_not_enforced_does_nothing() -> None:
    """A foreign key that is not enforced neither cascades nor refuses, and has no reach."""
    assert analyse(snapshot(USERS, _child("a", "a -> users", enforced=False))).cascades == ()


def test_heirs_are_mentioned() -> None:
    """Rows of heirs go by their own foreign keys; the reach says whose these are."""
    heir = table("staff", "id bigint", pk="id", inherits=(name("users"),))
    found = _reach("users", USERS, heir, _child("a", "a -> users on delete cascade"))
    assert found.heirs == (name("staff"),)
