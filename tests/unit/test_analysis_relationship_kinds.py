"""Arcs, subtypes, lookup tables, declarations and confidences on hand-made snapshots."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.analysis import Analysis, analyse, english, expressions, presence, relationships
from pgdossier.analysis.declared import Declaration, end
from pgdossier.model.constraints import NotNull
from pgdossier.model.lookup import Lookup
from tests.support.builders import check, column, fk, index, key, name, snapshot, table

USERS = table("users", "id bigint", pk="id")
GROUPS = table("groups", "id bigint", pk="id")
TO_BOTH = ["user_id -> users", "group_id -> groups"]
ENDS = ("id bigint", "user_id bigint", "group_id bigint")


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("users", "user"),
        ("OrderItems", "order_item"),
        ("categories", "category"),
        ("movies", "movie"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("people", "person"),
        ("child_nodes", "child_node"),
        ("knives", "knife"),
        ("statuses", "status"),
        ("houses", "house"),
    ],
)
def test_plurals(plural: str, singular: str) -> None:
    """A table and its singular are the same noun, whatever the spelling of words."""
    assert singular in english.forms(plural)
    assert english.same_noun(plural, singular)


@pytest.mark.parametrize("word", ["status", "address", "bus", "analysis"])
def test_words_that_only_end_like_plurals(word: str) -> None:
    """A singular that ends in s loses nothing."""
    assert english.singulars(word) == ()


@given(st.text(max_size=30))
def test_any_name_has_words(text: str) -> None:
    """Every name can be taken apart; its snake form is its own snake form."""
    assert english.snake(english.snake(text)) == english.snake(text)
    assert all(form == form.lower() or not form.isascii() for form in english.forms(text))


COLUMNS = ("a", "b", "c")
ATOMS = st.sampled_from(
    [f"({name} IS {no}NULL)" for name in COLUMNS for no in ("", "NOT ")]
    + ["(num_nonnulls(a, b, c) = 1)", "(num_nulls(a, b) >= 1)", "(f(a) > 2)", "(a = 3)"]
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"(NOT {part})"),
    ),
    max_leaves=6,
)


def _patterns(*conditions: str) -> set[frozenset[str]]:
    nodes = [node for text in conditions for node in [expressions.parse(text)] if node is not None]
    assert len(nodes) == len(conditions)
    return {given for _, given in presence.patterns(nodes, COLUMNS, [{}], {})}


@given(CONDITIONS, CONDITIONS)
def test_a_further_check_never_lets_more_in(one: str, other: str) -> None:
    """What two conditions let in together each lets in alone; together they say what their AND says."""
    both = _patterns(one, other)
    assert both <= _patterns(one) & _patterns(other)
    assert both <= _patterns(f"({one} AND {other})")


@given(CONDITIONS)
def test_a_condition_and_its_opposite_leave_nothing_out(condition: str) -> None:
    """Every combination is possible under a condition or under its negation."""
    assert len(_patterns(condition) | _patterns(f"(NOT {condition})")) == 2 ** len(COLUMNS)


def _arcs(*conditions: Any, columns: tuple[str, ...] = ENDS) -> list[tuple[list[str], bool]]:
    notes = table("notes", *columns, pk="id", fks=TO_BOTH, checks=conditions)
    found = analyse(snapshot(USERS, GROUPS, notes)).arcs
    return [([end.parent.name for end in arc.ends], arc.required) for arc in found]


@pytest.mark.parametrize(
    ("condition", "required"),
    [
        ("(num_nonnulls(user_id, group_id) = 1)", True),
        ("(num_nulls(user_id, group_id) = 1)", True),
        ("((user_id IS NULL) <> (group_id IS NULL))", True),
        ("((user_id IS NULL) = (group_id IS NOT NULL))", True),
        ("((user_id IS NULL) OR (group_id IS NULL))", False),
        ("(NOT ((user_id IS NOT NULL) AND (group_id IS NOT NULL)))", False),
        ("(((user_id IS NOT NULL))::integer + ((group_id IS NOT NULL))::integer = 1)", True),
        ("(num_nonnulls(user_id, group_id) < 2)", False),
    ],
)
def test_arcs_in_every_spelling(condition: str, required: bool) -> None:
    """However exclusion is written, the arc is found, and whether one parent is needed."""
    assert _arcs(condition) == [(["groups", "users"], required)] or _arcs(condition) == [
        (["users", "groups"], required)
    ]


def test_two_checks_together_make_an_arc() -> None:
    """At least one, and not both, said in two constraints."""
    least = check("((user_id IS NOT NULL) OR (group_id IS NOT NULL))", "least")
    most = check("((user_id IS NULL) OR (group_id IS NULL))", "most")
    assert _arcs(least, most) == [(["users", "groups"], True)]
    assert _arcs(least) == []


def test_what_proves_no_arc() -> None:
    """Checks that are not validated or not enforced, and mandatory columns."""
    said = "(num_nonnulls(user_id, group_id) = 1)"
    assert _arcs(check(said, validated=False)) == []
    assert _arcs(check(said, enforced=False)) == []
    mandatory = ("id bigint", "user_id bigint not null", "group_id bigint")
    assert _arcs("((user_id IS NULL) OR (group_id IS NULL))", columns=mandatory) == []


def test_a_foreign_key_that_may_be_broken_is_not_proved() -> None:
    """NOT VALID and NOT ENFORCED keys are relationships, and not proved."""
    for enforced in (True, False):
        broken = fk("user_id -> users", validated=False, enforced=enforced)
        child = table("c", "user_id bigint not null", fks=[broken])
        (found,) = relationships.find(Lookup.of(snapshot(USERS, child)))
        assert not found.proved


def test_a_not_null_that_older_rows_may_break_proves_nothing() -> None:
    """PostgreSQL 18: NOT NULL NOT VALID leaves the parent optional."""
    rule = NotNull(name="n", column="user_id", validated=False)
    child = table("c", "user_id bigint not null", fks=["user_id -> users"], not_nulls=(rule,))
    (found,) = relationships.find(Lookup.of(snapshot(USERS, child)))
    assert found.optional


def test_a_key_whose_index_is_not_attached_everywhere_proves_nothing() -> None:
    """A unique constraint of a partitioned table with an invalid index leaves many children."""
    unique = key("u", "user_id")
    broken = index("u", "user_id", unique=True, valid=False, constraint="u")
    child = table("c", "user_id bigint", fks=["user_id -> users"], partition_by="list (user_id)")
    child = type(child)(
        **{field: getattr(child, field) for field in child.__struct_fields__}
        | {"unique_keys": (unique,), "indexes": (broken,)}
    )
    (found,) = relationships.find(Lookup.of(snapshot(USERS, child)))
    assert found.many


def _confidences(*relations: Any) -> dict[str, int]:
    found = analyse(snapshot(*relations), minimum_confidence=1).implied
    return {f"{one.table.name}.{one.column}": one.confidence for one in found}


def test_confidence_is_the_sum_of_its_evidence() -> None:
    """Name and type, then an index, a comment, foreign keys of the same name; never more than 95."""
    plain = table("a", "user_id bigint")
    narrow = table("b", "user_id integer")
    indexed = table("c", "user_id bigint", indexes=[index("i", "user_id")])
    said = table("d", column("user_id bigint", comment="One of the users."))
    assert _confidences(USERS, plain, narrow) == {"a.user_id": 75, "b.user_id": 65}
    assert _confidences(USERS, indexed) == {"c.user_id": 85}
    assert _confidences(USERS, said) == {"d.user_id": 85}
    declared = table("e", "user_id bigint", fks=["user_id -> users"])
    assert _confidences(USERS, indexed, declared) == {"c.user_id": 95}
    assert analyse(snapshot(USERS, plain), minimum_confidence=76).implied == ()


def test_names_that_are_no_reference() -> None:
    """Somebody else's identifier, another type, a table that is not there."""
    assert (
        _confidences(
            USERS,
            table("a", "external_user_id bigint", "user_id uuid", "customer_id bigint", "user_name text"),
        )
        == {}
    )


def test_camel_case_and_roles() -> None:
    """Words count, not their spelling; a role in front costs confidence."""
    found = _confidences(
        table("Users", '"Id" bigint', pk="Id"), table("a", "userId bigint", "ownerUserId bigint")
    )
    assert found == {"a.userId": 75, "a.ownerUserId": 65}


def _declared(*declarations: Declaration) -> Analysis:
    orders = table(
        "sales.orders", "id bigint", "user_id bigint", "code text", pk="id", fks=["user_id -> users"]
    )
    return analyse(snapshot(USERS, GROUPS, orders), declarations=declarations)


def test_declarations_that_fit() -> None:
    """The cardinality is the project's word, optional follows from the columns, other types are told."""
    one = Declaration(child="orders(code)", parent="public.users(id)", cardinality="one-to-one", note="why")
    (found,) = _declared(one).declared.found
    assert (found.relationship.child, found.relationship.parent) == (name("sales.orders"), name("users"))
    assert (found.relationship.many, found.relationship.optional) == (False, True)
    assert found.relationship.assumed
    assert (found.note, found.remarks) == ("why", ("code is of type text, id of type bigint",))


@pytest.mark.parametrize(
    ("child", "parent", "why"),
    [
        ("nowhere(x)", "users(id)", "names nowhere, which is not documented here"),
        ("orders(x)", "users(id)", "names the column x, which sales.orders does not have"),
        ("orders(code, id)", "users(id)", "names a different number of columns on either side"),
        ("sales.orders(user_id)", "users(id)", "is the foreign key user_id_fkey, and need not be declared"),
        ("users(id)", "users(id)", "ties columns to themselves"),
        ("orders", "users(id)", "cannot be read: orders is not written schema.table(column)"),
    ],
)
def test_declarations_that_do_not_fit(child: str, parent: str, why: str) -> None:
    """Each is left out with its reason."""
    found = _declared(Declaration(child=child, parent=parent)).declared
    assert found.found == ()
    assert [f"the declared relationship from {child} to {parent} {why}; it was left out"] == list(
        found.problems
    )


def test_quoted_ends() -> None:
    """Names of every kind can be written."""
    assert end('"My.schema" . "a ""b"""("x, y", z)') == ("My.schema", 'a "b"', ("x, y", "z"))
    assert end("a.b.c(d)") is None


def test_lookup_tables() -> None:
    """They are the enums of the picture of entities, each with what names its values, unique or not."""
    kinds = table("kinds", "id integer", "name text not null", pk="id", unique=["name"])
    wide = table("wide_types", *(f"c{n} text" for n in range(7)), "name text", pk="c0", unique=["name"])
    countries = table("countries", "id integer", "country text", pk="id")
    things = table(
        "things",
        "kind_id integer",
        "wide text",
        "state integer",
        fks=["kind_id -> kinds", "wide -> wide_types(c0)", "state -> countries"],
    )
    analysis = analyse(snapshot(kinds, wide, countries, things))
    found = analysis.reference_tables
    assert [(one.table.name, one.label, one.unique) for one in found] == [
        ("countries", "country", False),
        ("kinds", "name", True),
    ]
    assert [one.table for one in found] == [one.table for one in analysis.entities.of_kind("enum")]
