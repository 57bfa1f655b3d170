"""What users write for tables and schemas, and what is said when there is none."""

from __future__ import annotations

import re

import pytest

from pgdossier.errors import UsageError
from pgdossier.model.lookup import Lookup
from pgdossier.pipeline import selecting
from tests.support.builders import snapshot, table, view

LOOKUP = Lookup.of(
    snapshot(
        table("sales.orders", "id int", pk="id"),
        table("sales.order_items", "id int", pk="id"),
        table("account.users", "id int", pk="id"),
        table("public.users", "id int", pk="id"),
        table("public.Big.Name", "id int", pk="id"),
        table("public.events", "at date", partition_by="range (at)"),
        table("public.events_1", "at date", partition_of="public.events"),
        view("sales.open", "id int"),
    )
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sales.orders", "sales.orders"),
        ("orders", "sales.orders"),
        ("ORDERS", "sales.orders"),
        ('"sales"."orders"', "sales.orders"),
        ("public.Big.Name", "public.Big.Name"),
        ("Big.Name", "public.Big.Name"),
        ('public."Big.Name"', "public.Big.Name"),
        ("events_1", "public.events"),
        ("sales.open", "sales.open"),
    ],
)
def test_a_name_means_one_relation(text: str, meant: str) -> None:
    """With schema or without, as it is spelled or as psql folds it; a partition stands for its table."""
    assert selecting.relation(text, LOOKUP, "--around").qualified.dotted == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("users", "users can be each of account.users, public.users"),
        ("sale.order", "there is no table sale.order"),
        ("or*", r"there is no table or\*"),
        ('"open', "there is no table"),
        ("", "there is no table"),
        ("a.b.c.d", "there is no table a.b.c.d"),
    ],
)
def test_a_name_that_means_none_or_several_is_refused(text: str, said: str) -> None:
    """The message names what was asked for, the hint what there is; no wildcard is taken as one."""
    with pytest.raises(UsageError, match=said) as caught:
        selecting.relation(text, LOOKUP, "--around")
    assert caught.value.hint


def test_the_hint_names_the_nearest() -> None:
    """A slip of the finger is answered with the table that was meant."""
    with pytest.raises(UsageError) as caught:
        selecting.relation("sales.ordres", LOOKUP, "--around")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("did you mean sales.orders")


@pytest.mark.parametrize(
    ("patterns", "meant"),
    [
        (["sales.*"], ["sales.open", "sales.order_items", "sales.orders"]),
        (["sales.order?,account.users"], ["account.users", "sales.orders"]),
        (["*.users", "users"], ["account.users", "public.users"]),
        (['public."Big.Name" , sales.orders'], ["public.Big.Name", "sales.orders"]),
        (["EVENTS*"], ["public.events"]),
    ],
)
def test_patterns_mean_relations(patterns: list[str], meant: list[str]) -> None:
    """As psql takes them, several with commas, each relation once, partitions as their table."""
    found = selecting.relations(patterns, LOOKUP, "--tables")
    assert [relation.qualified.dotted for relation in found] == meant


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("sales", r"all of a schema is written sales\.\*"),
        ("sales.ordres", "did you mean sales.orders"),
        ("sales.orders,nothing", "there are, for example"),
        (",", "schema.table"),
        ('"open', "schema.table"),
    ],
)
def test_a_pattern_that_means_nothing_is_refused(pattern: str, hint: str) -> None:
    """One pattern without a table is a mistake even beside others that have some."""
    with pytest.raises(UsageError) as caught:
        selecting.relations([pattern], LOOKUP, "--tables")
    assert caught.value.hint is not None
    assert re.search(hint, caught.value.hint)


def test_a_schema_is_found_by_its_name() -> None:
    """As it is spelled or folded; another is answered with the nearest."""
    known = ["sales", "Big One"]
    assert selecting.schema("SALES", known, "--schema") == "sales"
    assert selecting.schema('"Big One"', known, "--schema") == "Big One"
    with pytest.raises(UsageError, match="there is no schema sails") as caught:
        selecting.schema("sails", known, "--schema")
    assert caught.value.hint == "did you mean sales?"
