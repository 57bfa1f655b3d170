"""Patterns of schemas and relations."""

from __future__ import annotations

import pytest

from pgdossier.catalog.schemas import SchemaRow
from pgdossier.catalog.scope import Pattern, ScopePatterns, Selection, resolve
from pgdossier.errors import UsageError
from pgdossier.model.names import QualifiedName


def schemas(*names: str, extension: str | None = None) -> list[SchemaRow]:
    return [
        SchemaRow(oid=number, name=name, owner="o", comment=None, extension=extension)
        for number, name in enumerate(names, 1)
    ]


ALL = schemas(
    "public", "sales", "Sales", "audit", "pg_catalog", "information_schema", "pg_temp_3", "pg_toast"
)


def selection(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Selection:
    return resolve(ScopePatterns(include=include, exclude=exclude), ALL)


@pytest.mark.parametrize(
    ("pattern", "schema", "relation", "matches"),
    [
        ("sales", "sales", "orders", True),
        ("sales.*", "sales", "orders", True),
        ("sales", "sales_old", "orders", False),
        ("sales*", "sales_old", "orders", True),
        ("SALES", "sales", "orders", True),
        ('"Sales"', "Sales", "orders", True),
        ('"Sales"', "sales", "orders", False),
        ("public.user*", "public", "users", True),
        ("public.user*", "public", "orders", False),
        ("public.user?", "public", "users", True),
        ("public.user?", "public", "user", False),
        ("*.audit_*", "sales", "audit_log", True),
        ("*.audit_*", "sales", "log", False),
        ("*", "anything", "at all", True),
        ('"odd.name".*', "odd.name", "t", True),
        ('public."a*b"', "public", "a*b", True),
        ('public."a*b"', "public", "axb", False),
        ('public."say ""hi"""', "public", 'say "hi"', True),
        ("public.a+b", "public", "a+b", True),
        ("public.a+b", "public", "aab", False),
        ("public.über*", "public", "übersicht", True),
        ('public."two\nlines"', "public", "two\nlines", True),
    ],
)
def test_pattern(pattern: str, schema: str, relation: str, matches: bool) -> None:
    """A pattern means what it means to psql."""
    assert Pattern.parse(pattern).matches(schema, relation) is matches


@pytest.mark.parametrize("pattern", ["", "  ", "a.b.c", ".", "a.", ".b", 'open "quote', '"'])
def test_malformed_pattern(pattern: str) -> None:
    """A pattern that cannot be meant is refused with an example of a good one."""
    with pytest.raises(UsageError) as caught:
        Pattern.parse(pattern)
    assert caught.value.hint


def test_without_patterns_everything_of_users_is_in() -> None:
    """The system's and temporary schemas are out and not even listed."""
    found = selection()
    assert [schema.name for schema in found.schemas] == ["Sales", "audit", "public", "sales"]
    assert found.left_out == ()
    assert found.keeps("public", "anything")
    assert found.whole == {"Sales", "audit", "public", "sales"}


def test_include_and_exclude() -> None:
    """Exclude wins over include, and every schema that is left out has its reason."""
    found = selection(include=("sales", "audit", "public.user*"), exclude=("audit.*", "*.tmp_*"))
    assert [schema.name for schema in found.schemas] == ["public", "sales"]
    assert [(left.name, left.reason) for left in found.left_out] == [
        ("Sales", "no pattern asks for it"),
        ("audit", "the pattern audit.* excludes it"),
    ]
    assert found.keeps("sales", "orders")
    assert not found.keeps("sales", "tmp_orders")
    assert found.keeps("public", "users")
    assert not found.keeps("public", "orders")
    assert found.whole == {"sales"}
    assert found.scope(7).relations_left_out == 7


def test_an_exclude_pattern_may_meet_nothing() -> None:
    """One configuration serves many databases: what is not there need not be excluded."""
    assert len(selection(exclude=("nothing.*", "public.no_such")).schemas) == 4


def test_schemas_of_extensions_are_out_unless_asked_for() -> None:
    """A schema that an extension brought is documented only when a pattern names it."""
    rows = [*schemas("public"), *schemas("topology", extension="postgis_topology")]
    found = resolve(ScopePatterns(), rows)
    assert [(left.name, left.reason) for left in found.left_out] == [
        ("topology", "it belongs to the extension postgis_topology")
    ]
    asked = resolve(ScopePatterns(include=("topology",)), rows)
    assert [schema.name for schema in asked.schemas] == ["topology"]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("sale", "did you mean sales or Sales?"),
        ("public_.*", "did you mean public?"),
        ("pg_catalog", "the system's own schemas are not documented"),
        ("information_schema.tables", "the system's own schemas are not documented"),
        ("xyz", "there are Sales, audit, public, sales; a pattern without a dot names schemas"),
    ],
)
def test_unknown_schema(pattern: str, hint: str) -> None:
    """A pattern that meets no schema is a usage error whose hint has the nearest names."""
    with pytest.raises(UsageError) as caught:
        selection(include=(pattern,))
    assert caught.value.message == f"no schema matches the pattern {pattern}"
    assert (caught.value.hint or "").startswith(hint)


def test_unknown_relation() -> None:
    """A pattern that meets no relation names the nearest ones of the schemas that it means."""
    names = [QualifiedName("public", "users"), QualifiedName("sales", "usurs")]
    with pytest.raises(UsageError) as caught:
        selection(include=("public.usrs",)).check(names)
    assert caught.value.message == "no relation matches the pattern public.usrs"
    assert caught.value.hint == "did you mean public.users?"
    selection(include=("public.us*", "sales")).check(names)
