"""What differences mean for readers and writers, rule by rule."""

from __future__ import annotations

import msgspec
import pytest

from pgdossier.history.comparison import findings
from pgdossier.history.risk import widens
from pgdossier.model.columns import Generated, Identity
from pgdossier.model.names import RoutineName
from pgdossier.model.policies import Command, Policy
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Event, Level, Timing, Trigger
from pgdossier.model.types import Attribute, Composite, Domain, Enum
from tests.support.builders import check, column, fk, index, sequence, snapshot, table, view

N, W, B = "neutral", "widening", "breaking"


def of(*relations: Relation, **fields: object) -> Structure:
    return msgspec.structs.replace(snapshot(*relations).structure, **fields)


def judged(before: Structure, after: Structure) -> set[tuple[str, str]]:
    """The classes of all differences: readers, writers."""
    return {(each.risks.readers.word, each.risks.writers.word) for each in findings(before, after)}


def trigger(name: str = "trg", timing: Timing = Timing.BEFORE) -> Trigger:
    return Trigger(
        name=name,
        timing=timing,
        events=(Event.INSERT,),
        level=Level.ROW,
        function=RoutineName("public", "f"),
        definition=f"CREATE TRIGGER {name}",
    )


def policy(command: Command = Command.ALL, **fields: object) -> Policy:
    return msgspec.structs.replace(Policy(name="p", command=command), **fields)


def grant(privilege: str = "SELECT", to: str | None = "reader", **fields: object) -> Grant:
    return msgspec.structs.replace(Grant(grantee=to, privilege=privilege, grantor="owner"), **fields)


def enum(*labels: str) -> Enum:
    return Enum(schema="public", name="state", owner="owner", labels=labels)


def domain(**fields: object) -> Domain:
    made = Domain(schema="public", name="d", owner="owner", base_type="integer")
    return msgspec.structs.replace(made, **fields)


def routine(**fields: object) -> Routine:
    made = Routine(
        schema="public",
        name="f",
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="sql",
        result="integer",
        arguments="a integer DEFAULT 1",
        identity_arguments="a integer",
        definition="CREATE FUNCTION f",
    )
    return msgspec.structs.replace(made, **fields)


def composite(*names: str) -> Composite:
    attributes = tuple(Attribute(name=name, type="text") for name in names)
    return Composite(schema="public", name="pair", owner="owner", attributes=attributes)


A = table("t", "a integer")

# name of the rule, before, after, and the classes when going there and when going back
RULES: list[tuple[str, Structure, Structure, tuple[str, str], tuple[str, str]]] = [
    ("relation", of(), of(A), (W, W), (B, B)),
    ("nullable column", of(A), of(table("t", "a integer", "b text")), (W, N), (B, B)),
    ("required column", of(A), of(table("t", "a integer", "b text not null")), (W, B), (B, B)),
    (
        "column with default",
        of(A),
        of(table("t", "a integer", "b text not null default 'x'")),
        (W, N),
        (B, B),
    ),
    (
        "identity column",
        of(A),
        of(table("t", "a integer", column("b integer not null", identity=Identity.ALWAYS))),
        (W, N),
        (B, B),
    ),
    ("wider type", of(A), of(table("t", "a bigint")), (W, W), (N, B)),
    ("other type", of(A), of(table("t", "a text")), (B, B), (B, B)),
    ("NOT NULL", of(A), of(table("t", "a integer not null")), (N, B), (W, W)),
    ("default", of(A), of(table("t", "a integer default 1")), (N, W), (N, B)),
    ("generated", of(A), of(table("t", column("a integer", generated=Generated.STORED))), (N, B), (N, B)),
    (
        "identity by default",
        of(A),
        of(table("t", column("a integer", identity=Identity.BY_DEFAULT))),
        (N, W),
        (N, B),
    ),
    ("identity always", of(A), of(table("t", column("a integer", identity=Identity.ALWAYS))), (N, B), (N, B)),
    ("column order", of(table("t", "a text", "b text")), of(table("t", "b text", "a text")), (B, B), (B, B)),
    ("comment", of(A), of(table("t", "a integer", comment="why")), (N, N), (N, N)),
    ("owner", of(A), of(table("t", "a integer", owner="other")), (N, N), (N, N)),
    ("foreign key", of(A), of(table("t", "a integer", fks=["a -> u"])), (N, B), (W, W)),
    ("check", of(A), of(table("t", "a integer", checks=["a > 0"])), (N, B), (W, W)),
    (
        "check not enforced",
        of(A),
        of(table("t", "a integer", checks=[check("a > 0", enforced=False)])),
        (N, N),
        (W, W),
    ),
    (
        "enforcement",
        of(table("t", "a integer", checks=[check("a > 0", enforced=False)])),
        of(table("t", "a integer", checks=[check("a > 0")])),
        (N, B),
        (W, W),
    ),
    (
        "other check",
        of(table("t", "a integer", checks=["a > 0"])),
        of(table("t", "a integer", checks=["a > 1"])),
        (N, B),
        (N, B),
    ),
    (
        "other action",
        of(table("t", "a integer", fks=[fk("a -> u")])),
        of(table("t", "a integer", fks=[fk("a -> u on delete cascade")])),
        (N, B),
        (N, B),
    ),
    (
        "validation",
        of(table("t", "a integer", checks=[check("a > 0", validated=False)])),
        of(table("t", "a integer", checks=[check("a > 0")])),
        (N, N),
        (N, N),
    ),
    ("index", of(A), of(table("t", "a integer", indexes=[index("i", "a")])), (N, N), (N, N)),
    (
        "unique index",
        of(A),
        of(table("t", "a integer", indexes=[index("i", "a", unique=True)])),
        (N, B),
        (W, W),
    ),
    (
        "keys of an index",
        of(table("t", "a integer", indexes=[index("i", "a")])),
        of(table("t", "a integer", indexes=[index("i", "a desc")])),
        (N, N),
        (N, N),
    ),
    (
        "keys of a unique index",
        of(table("t", "a integer", indexes=[index("i", "a", unique=True)])),
        of(table("t", "a integer", indexes=[index("i", "abs(a)", unique=True)])),
        (N, B),
        (N, B),
    ),
    ("trigger", of(A), of(table("t", "a integer", triggers=(trigger(),))), (N, W), (N, W)),
    (
        "instead of",
        of(view("v", "a integer")),
        of(view("v", "a integer", triggers=(trigger(timing=Timing.INSTEAD_OF),))),
        (N, W),
        (N, B),
    ),
    ("row security", of(A), of(table("t", "a integer", row_security=True)), (B, B), (W, W)),
    ("policy", of(A), of(table("t", "a integer", policies=(policy(),))), (W, W), (B, B)),
    (
        "read policy",
        of(A),
        of(table("t", "a integer", policies=(policy(Command.SELECT),))),
        (W, N),
        (B, N),
    ),
    (
        "restrictive write policy",
        of(A),
        of(table("t", "a integer", policies=(policy(Command.INSERT, permissive=False),))),
        (N, B),
        (N, W),
    ),
    (
        "other policy",
        of(table("t", "a integer", policies=(policy(using="a > 0"),))),
        of(table("t", "a integer", policies=(policy(using="a > 1"),))),
        (B, B),
        (B, B),
    ),
    ("read grant", of(A), of(table("t", "a integer", grants=(grant(),))), (W, N), (B, N)),
    ("write grant", of(A), of(table("t", "a integer", grants=(grant("INSERT"),))), (N, W), (N, B)),
    (
        "grant option",
        of(table("t", "a integer", grants=(grant(),))),
        of(table("t", "a integer", grants=(grant(grantable=True),))),
        (W, W),
        (B, B),
    ),
    (
        "PUBLIC loses a function",
        of(routines=(routine(),)),
        of(routines=(routine(grants=()),)),
        (B, B),
        (N, N),
    ),
    ("enum value", of(enums=(enum("a", "b"),)), of(enums=(enum("a", "b", "c"),)), (W, W), (B, B)),
    ("enum order", of(enums=(enum("a", "b"),)), of(enums=(enum("b", "a"),)), (B, B), (B, B)),
    ("type", of(), of(enums=(enum("a"),)), (W, W), (B, B)),
    ("attribute", of(composites=(composite("a"),)), of(composites=(composite("a", "b"),)), (W, B), (B, B)),
    ("domain", of(domains=(domain(),)), of(domains=(domain(nullable=False),)), (N, B), (W, W)),
    ("base type", of(domains=(domain(),)), of(domains=(domain(base_type="bigint"),)), (W, W), (N, B)),
    ("routine", of(), of(routines=(routine(),)), (W, W), (B, B)),
    ("result", of(routines=(routine(),)), of(routines=(routine(result="text"),)), (B, B), (B, B)),
    ("body", of(routines=(routine(),)), of(routines=(routine(definition="CREATE x"),)), (N, N), (N, N)),
    (
        "default of an argument",
        of(routines=(routine(arguments="a integer"),)),
        of(routines=(routine(),)),
        (W, W),
        (B, B),
    ),
    (
        "definer",
        of(routines=(routine(),)),
        of(routines=(routine(security_definer=True),)),
        (W, W),
        (B, B),
    ),
    ("sequence", of(), of(sequences=(sequence("s"),)), (W, W), (B, B)),
    (
        "kind",
        of(A),
        of(table("t", "a integer", kind=RelationKind.VIEW)),
        (B, B),
        (B, B),
    ),
    ("partitioning", of(A), of(table("t", "a integer", kind=RelationKind.PARTITIONED_TABLE)), (N, N), (N, N)),
    ("partition", of(A), of(table("t", "a integer", partition_of="p")), (N, B), (B, B)),
]


@pytest.mark.parametrize(
    ("before", "after", "there", "back"), [rule[1:] for rule in RULES], ids=[r[0] for r in RULES]
)
def test_rules(before: Structure, after: Structure, there: tuple[str, str], back: tuple[str, str]) -> None:
    """Each rule in both directions: adding and taking away, before and after."""
    assert judged(before, after) == {there}
    assert judged(after, before) == {back}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("smallint", "integer"),
        ("integer", "bigint"),
        ("real", "double precision"),
        ("character varying(10)", "character varying(11)"),
        ("character varying(10)", "character varying"),
        ("character varying(10)", "text"),
        ("character varying(10)[]", "character varying(20)[]"),
        ("bit varying(3)", "bit varying(4)"),
        ("numeric(10,2)", "numeric(12,2)"),
        ("numeric(10,2)", "numeric(12,4)"),
        ("numeric(10)", "numeric"),
        ("timestamp(3) with time zone", "timestamp with time zone"),
        ("time(0) without time zone", "time(6) without time zone"),
    ],
)
def test_wider_types(narrow: str, wide: str) -> None:
    """A wider type takes every value of the narrower one, and not the other way round."""
    assert widens(narrow, wide)
    assert not widens(wide, narrow)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("integer", "text"),
        ("integer", "numeric"),
        ("integer", "integer[]"),
        ("numeric(10,2)", "numeric(10,4)"),
        ("timestamp with time zone", "timestamp without time zone"),
        ("character(3)", "character(5)"),
        ("character varying(10)", "bit varying(20)"),
        ("public.state", "text"),
    ],
)
def test_types_that_neither_widen_nor_narrow(one: str, other: str) -> None:
    """What loses values, or looks different, in either direction is no widening."""
    assert not widens(one, other)
    assert not widens(other, one)


def test_what_is_about_no_statement_is_neutral() -> None:
    """Facts of the database itself are told and judged neutral."""
    before = of()
    after = of(database=msgspec.structs.replace(before.database, comment="The shop."))
    assert judged(before, after) == {(N, N)}
