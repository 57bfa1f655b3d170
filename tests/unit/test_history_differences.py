from __future__ import annotations

import msgspec
import pytest

from pgdossier.history.differences import _NAMES, Change, Difference, Element, differences
from pgdossier.history.wording import in_words
from pgdossier.model.base import Model
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Enum
from tests.support.builders import check, index, snapshot, table, view


def of(*relations: Relation, **fields: object) -> Structure:
    """A structure of these relations and families."""
    return msgspec.structs.replace(snapshot(*relations).structure, **fields)


def words(before: Structure, after: Structure) -> list[str]:
    """What changed, in words."""
    return list(in_words(differences(before, after)))


def test_equal_structures_have_no_differences() -> None:
    """What was read twice has not changed."""
    orders = table(
        "sales.orders", "id bigint", "total numeric default 0", pk="id", checks=[check("total > 0")]
    )
    assert differences(of(orders), of(orders)) == ()


def test_a_difference_is_typed() -> None:
    """Path, field and both values are there for programs, as values of the model."""
    found = differences(of(table("t", "a integer")), of(table("t", "a bigint not null")))
    path = (Element("table", "public.t"), Element("column", "a"))
    assert found == (
        Difference(path=path, change=Change.CHANGED, field="nullable", before=True, after=False),
        Difference(path=path, change=Change.CHANGED, field="type", before="integer", after="bigint"),
    )


def test_relations_and_their_parts_are_matched_by_name() -> None:
    """Tables, columns, constraints and indexes come and go one by one."""
    before = of(
        table("t", "a integer", "b integer", pk="a", checks=[check("a > 0", "positive")]),
        table("gone", "a integer"),
    )
    after = of(
        table("t", "a integer", "c integer", indexes=[index("t_c", "c")], fks=["c -> t(a)"]),
        view("fresh", "a integer"),
    )
    assert words(before, after) == [
        "table public.gone was removed",
        "check constraint positive of table public.t was removed",
        "column a of table public.t: NOT NULL was dropped",
        "column b of table public.t was removed",
        "column c of table public.t was added",
        "foreign key c_fkey of table public.t was added",
        "index t_c of table public.t was added",
        "primary key t_pkey of table public.t was removed",
        "view public.fresh was added",
    ]


def test_the_order_of_columns_is_a_difference() -> None:
    """The same columns in another order are not the same table."""
    before, after = of(table("t", "a integer", "b integer")), of(table("t", "b integer", "a integer"))
    assert words(before, after) == ["table public.t: order of columns a, b → b, a"]


def test_a_key_says_what_changed_and_not_its_definition_again() -> None:
    """The definition in SQL is left out where its details say the same."""
    before = of(table("t", "a integer", "b integer", unique=["a"]))
    found = msgspec.structs.replace(
        before.relations[0].unique_keys[0], columns=("a", "b"), definition="UNIQUE (a, b)"
    )
    changed = msgspec.structs.replace(before.relations[0], unique_keys=(found,))
    assert words(before, of(changed)) == ["unique constraint t_a_key of table public.t: columns a → a, b"]


def test_long_definitions_show_where_they_differ() -> None:
    """Of two long queries only the first lines that differ are shown."""
    query = " SELECT a,\n    {}\n   FROM t;"
    before = of(view("v", "a integer", definition=query.format("b")))
    after = of(view("v", "a integer", definition=query.format("b + 1")))
    assert words(before, after) == ["view public.v: definition differs, first in: b → b + 1"]


def test_enum_labels_are_compared_in_order() -> None:
    """A new label shows with its place."""
    before = of(enums=(Enum(schema="public", name="mood", owner="o", labels=("sad", "happy")),))
    after = of(enums=(Enum(schema="public", name="mood", owner="o", labels=("sad", "ok", "happy")),))
    assert words(before, after) == ["enum type public.mood: labels sad, happy → sad, ok, happy"]


def test_grants_are_told_apart_by_who_and_what() -> None:
    """A privilege that was granted, and one that can now be granted on."""
    read = Grant(grantee="reader", privilege="SELECT", grantor="owner")
    write = Grant(grantee=None, privilege="INSERT", grantor="owner")
    before = of(table("t", "a integer", grants=(read,)))
    after = of(table("t", "a integer", grants=(write, msgspec.structs.replace(read, grantable=True))))
    assert words(before, after) == [
        "grant INSERT to PUBLIC by owner of table public.t was added",
        "grant SELECT to reader by owner of table public.t: grantable no → yes",
    ]


def test_grants_that_were_never_given_are_not_the_same_as_none_left() -> None:
    """None means the built-in defaults, an empty list that everything was revoked."""
    found = differences(of(table("t", "a integer")), of(table("t", "a integer", grants=())))
    assert [(each.field, each.before, each.after) for each in found] == [("grants", None, ())]


def test_the_database_itself_is_compared_by_its_fields() -> None:
    """Another owner of the database is no other database."""
    before = of()
    after = msgspec.structs.replace(before, database=msgspec.structs.replace(before.database, owner="bob"))
    assert [line.split(": ")[0] for line in words(before, after)] == ["database"]


def test_a_new_dependency_is_said_with_its_reason() -> None:
    """What needs what is part of the structure."""
    needs = Dependency(
        dependent=ObjectName(ObjectKind.RELATION, "public", "v"),
        part=Part.DEFINITION,
        referenced=ObjectName(ObjectKind.ROUTINE, "public", "f", "integer"),
    )
    assert words(of(), of(dependencies=(needs,))) == [
        "dependency of relation public.v (definition) on routine public.f (integer) was added"
    ]


def _models(of_class: type[Model]) -> list[type[Model]]:
    return [of_class, *(found for child in of_class.__subclasses__() for found in _models(child))]


@pytest.mark.parametrize("family", [field.name for field in msgspec.structs.fields(Structure)])
def test_every_family_can_be_compared(family: str) -> None:
    """Each family of the model has a name to match by, so that a new family is not forgotten here."""
    hint = next(field.type for field in msgspec.structs.fields(Structure) if field.name == family)
    members = [each for each in _models(Model) if f"{each.__module__}.{each.__name__}" in str(hint)]
    for member in members:
        assert "name" in member.__struct_fields__ or _is_matched(member), member


def _is_matched(member: type[Model]) -> bool:
    return member in _NAMES or member.__name__ in ("Server", "Scope")
