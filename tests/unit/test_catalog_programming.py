"""Rows of base types, operators, casts and the like -> the model; codes that nobody knows yet become gaps."""

from __future__ import annotations

from typing import Any

import pytest

from pgdossier.catalog import (
    base_types,
    casts,
    collations,
    database_wide,
    event_triggers,
    languages,
    operators,
)
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.dependencies import DependencyRow
from pgdossier.catalog.event_triggers import EventTriggerRow
from pgdossier.catalog.operators import FamilyMemberRow, Members
from pgdossier.model.casts import CastContext
from pgdossier.model.dependencies import ObjectKind
from pgdossier.model.names import QualifiedName
from pgdossier.model.operators import FamilyMember
from pgdossier.model.triggers import Enabled
from tests.unit.test_catalog_assemble import row, rows, structure


def base_row(**values: Any) -> base_types.BaseTypeRow:
    usual: dict[str, Any] = {
        "schema": "s",
        "name": "t",
        "defined": True,
        "length": 4,
        "input": "s.i",
        "output": "s.o",
        "alignment": "i",
        "storage": "p",
        "category": "U",
        "delimiter": ",",
    }
    none = ("receive", "send", "modifier_input", "modifier_output", "analyze", "subscript")
    return row(base_types.BaseTypeRow, **(dict.fromkeys(none, "-") | usual | values))


def test_base_type_says_only_what_is_unusual() -> None:
    """A plain base type has its functions, length, alignment and storage."""
    found = base_types.base_type(base_row(), Gaps())
    assert found.clauses == (
        "INPUT = s.i",
        "OUTPUT = s.o",
        "INTERNALLENGTH = 4",
        "ALIGNMENT = int4",
        "STORAGE = plain",
    )


def test_base_type_with_everything() -> None:
    """Every property of a type becomes a clause, constants quoted."""
    found = base_types.base_type(
        base_row(
            length=-1,
            receive="s.r",
            send="s.s",
            modifier_input="s.mi",
            modifier_output="s.mo",
            analyze="s.a",
            subscript="s.u",
            by_value=True,
            category="'",
            preferred=True,
            default="it's",
            element="integer",
            delimiter=";",
            collatable=True,
        ),
        Gaps(),
    )
    assert found.clauses[2:9] == (
        "RECEIVE = s.r",
        "SEND = s.s",
        "TYPMOD_IN = s.mi",
        "TYPMOD_OUT = s.mo",
        "ANALYZE = s.a",
        "SUBSCRIPT = s.u",
        "INTERNALLENGTH = VARIABLE",
    )
    assert found.clauses[9:] == (
        "PASSEDBYVALUE",
        "ALIGNMENT = int4",
        "STORAGE = plain",
        "CATEGORY = ''''",
        "PREFERRED = true",
        "DEFAULT = 'it''s'",
        "ELEMENT = integer",
        "DELIMITER = ';'",
        "COLLATABLE = true",
    )


def test_shell_type_has_no_clauses() -> None:
    """A type that was only named is one without clauses; its letters are not looked at."""
    gaps = Gaps()
    assert base_types.base_type(base_row(defined=False, alignment="?"), gaps).clauses == ()
    assert gaps.sorted() == ()


def test_default_expression_is_not_quoted() -> None:
    """A default that the server keeps as an expression is written as one."""
    found = base_types.base_type(base_row(default="1", default_expression="(1 + 1)"), Gaps())
    assert "DEFAULT = (1 + 1)" in found.clauses


def test_unknown_codes_become_gaps() -> None:
    """Letters of a newer server leave a gap that names the catalog column, and never an error."""
    gaps = Gaps()
    base = base_types.base_type(base_row(alignment="?", storage="?"), gaps)
    assert base.clauses == ("INPUT = s.i", "OUTPUT = s.o", "INTERNALLENGTH = 4")
    assert collations.collation(row(collations.UserCollationRow, provider="?"), gaps).provider == ""
    cast = casts.cast(row(casts.CastRow, method="?", context="?"), gaps)
    assert (cast.method, cast.context) == ("", CastContext.UNKNOWN)
    assert operators.access_method(row(operators.AccessMethodRow, type="?"), gaps).kind == ""
    trigger = event_triggers.event_trigger(row(EventTriggerRow, enabled="?"), gaps)
    assert trigger.enabled is Enabled.UNKNOWN
    assert {gap.reason.split()[0] for gap in gaps.sorted()} == {
        "pg_type.typalign",
        "pg_type.typstorage",
        "pg_collation.collprovider",
        "pg_cast.castmethod",
        "pg_cast.castcontext",
        "pg_am.amtype",
        "pg_event_trigger.evtenabled",
    }


def test_operator_names_its_relatives_with_their_schemas() -> None:
    """Commutator and negator are qualified, missing functions are left out."""
    found = operators.operator(
        row(
            operators.OperatorRow,
            schema="s",
            name="<",
            left="integer",
            right="integer",
            function="int4lt",
            commutator_schema="My",
            commutator_name=">",
            restrict="-",
            join="scalarltjoinsel",
        )
    )
    assert found.commutator == 'OPERATOR("My".>)'
    assert (found.negator, found.restrict, found.join) == (None, None, "scalarltjoinsel")
    assert found.arguments == "(integer, integer)"


@pytest.mark.parametrize(
    ("left", "right", "expected"), [(None, "integer", "(NONE, integer)"), ("text", None, "(text, NONE)")]
)
def test_operator_with_one_operand(left: str | None, right: str | None, expected: str) -> None:
    """Prefix and postfix operators say NONE for the operand that they do not have."""
    found = operators.operator(row(operators.OperatorRow, left=left, right=right))
    assert found.arguments == expected


def member(number: int, item: str, **values: Any) -> FamilyMemberRow:
    return row(FamilyMemberRow, family=1, number=number, item=item, **values)


def test_members_belong_to_their_class_or_are_loose() -> None:
    """What pg_depend ties to a class is the class's; the rest is loose; all in the order of their numbers."""
    members = Members(
        [
            member(5, ">(a,b)"),
            member(1, "<(a,b)", order_schema="s", order_name="o"),
            member(1, "cmp(a,b)", function=True, left="a", right="b"),
            member(3, "=(a,a)", class_=9),
        ]
    )
    assert [found.item for found in members.loose(1, functions=False)] == ["<(a,b)", ">(a,b)"]
    assert members.loose(1, functions=False)[0].order_by == QualifiedName("s", "o")
    assert members.loose(1, functions=True) == (FamilyMember(number=1, item="cmp(a,b)", types=("a", "b")),)
    assert [found.item for found in members.of_class(9, functions=False)] == ["=(a,a)"]
    assert members.of_class(9, functions=True) == ()
    assert members.loose(9, functions=False) == ()


def test_language_without_optional_functions() -> None:
    """A language needs only its handler."""
    found = languages.language(
        row(languages.LanguageRow, name="l", handler="s.h", inline="-", validator="s.v")
    )
    assert (found.handler, found.inline, found.validator) == ("s.h", None, "s.v")


def test_scope_of_objects_without_schema_names_the_catalog() -> None:
    """The condition holds no piece of its template, and the catalog in all three places."""
    text = database_wide.in_scope("pg_cast", "o")
    assert "{" not in text
    assert text.count("'pg_catalog.pg_cast'::pg_catalog.regclass") == 2
    assert text.startswith("o.oid >= 16384")


def test_casts_come_with_the_types_that_were_asked_for() -> None:
    """Without patterns every cast is there; with one, those all of whose types and functions are."""
    families: dict[str, Any] = {
        "casts": [
            row(casts.CastRow, oid=1, source="public.t", target="integer", method="i", context="e"),
            row(casts.CastRow, oid=2, source="bigint", target="integer", method="i", context="e"),
        ],
        "base_types": [base_row(oid=7, schema="public")],
        "dependencies": [
            row(
                DependencyRow,
                part="definition",
                class_="pg_cast",
                oid=1,
                referenced_class="pg_type",
                referenced_oid=7,
            )
        ],
    }
    assert [cast.source for cast in structure(rows(**families)).casts] == ["bigint", "public.t"]
    found = structure(rows(include=("public",), **families))
    assert [cast.source for cast in found.casts] == ["public.t"]
    assert found.dependencies[0].dependent.kind is ObjectKind.CAST
