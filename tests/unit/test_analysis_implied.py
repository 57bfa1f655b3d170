"""Relationships that nothing declares are found by strict rules, and nothing else is."""

from __future__ import annotations

from pgdossier.analysis import Analysis, analyse
from tests.support.builders import snapshot, table

USERS = table("users", "id bigint", pk="id")


def _implied(found: Analysis) -> list[tuple[str, str, str]]:
    return [(each.table.name, each.column, each.parent.dotted) for each in found.implied]


def _pairs(found: Analysis) -> list[tuple[str, str, str]]:
    return [(each.table.name, each.type_column, each.id_column) for each in found.polymorphic]


def test_a_column_named_and_typed_like_a_key_is_implied() -> None:
    """Singular or plural, with the key's own type."""
    orders = table("orders", "id bigint", "user_id bigint", "users_id bigint", pk="id")
    assert _implied(analyse(snapshot(USERS, orders))) == [
        ("orders", "user_id", "public.users"),
        ("orders", "users_id", "public.users"),
    ]


def test_another_type_a_declared_key_and_the_own_key_are_not_implied() -> None:
    """A text column, a column with a foreign key, and a primary key of that name are left alone."""
    text = table("texts", "id bigint", "user_id text", pk="id")
    declared = table("declared", "user_id bigint", fks=["user_id -> public.users(id)"])
    shared = table("profiles", "user_id bigint", pk="user_id")
    assert _implied(analyse(snapshot(USERS, text, declared, shared))) == []


def test_two_tables_of_that_name_imply_nothing_from_outside() -> None:
    """In the own schema one table fits; from a third schema nobody can tell which of two is meant."""
    first = table("a.users", "id bigint", pk="id")
    second = table("b.users", "id bigint", pk="id")
    inside = table("a.orders", "user_id bigint")
    outside = table("c.orders", "user_id bigint")
    assert _implied(analyse(snapshot(first, second, inside, outside))) == [("orders", "user_id", "a.users")]


def test_a_key_called_after_its_table_is_referenced_by_that_name() -> None:
    """`experiment_id` elsewhere means `experiments.experiment_id`."""
    experiments = table("experiments", "experiment_id integer", pk="experiment_id")
    runs = table("runs", "run_id integer", "experiment_id integer", pk="run_id")
    assert _implied(analyse(snapshot(experiments, runs))) == [("runs", "experiment_id", "public.experiments")]


def test_a_type_beside_an_id_is_polymorphic() -> None:
    """With the kinds that a check allows."""
    check = "((subject_type)::text = ANY (ARRAY['product'::text, 'review'::text]))"
    files = table("files", "id bigint", "subject_type text", "subject_id bigint", pk="id", checks=[check])
    found = analyse(snapshot(files))
    assert _pairs(found) == [("files", "subject_type", "subject_id")]
    assert found.polymorphic[0].values == ("product", "review")


def test_a_rows_own_identifier_is_not_polymorphic() -> None:
    """`run_type` beside the unique `run_id` says what the run is; and a number names no kind."""
    runs = table("runs", "run_type text", "run_id bigint", pk="run_id")
    numbers = table("numbers", "kind_type integer", "kind_id bigint")
    assert _pairs(analyse(snapshot(runs, numbers))) == []


def test_djangos_content_types_are_polymorphic() -> None:
    """A foreign key to django_content_type beside an object id."""
    types = table("django_content_type", "id integer", pk="id")
    tags = table(
        "tags",
        "owner_content_type_id integer",
        "owner_object_id uuid",
        fks=["owner_content_type_id -> public.django_content_type(id)"],
    )
    assert _pairs(analyse(snapshot(types, tags))) == [("tags", "owner_content_type_id", "owner_object_id")]
