"""Which lock the migration of a difference takes, difference by difference."""

from __future__ import annotations

import msgspec
import pytest

from pgdossier.history.comparison import findings
from pgdossier.history.locks import Form, Mode, of_statement_kind
from pgdossier.model.columns import Generated, Identity
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.policies import Command, Policy
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Persistence, Relation
from pgdossier.model.routines import Routine, RoutineKind, Volatility
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger
from pgdossier.model.types import Domain, DomainCheck, Enum
from tests.support.builders import check, column, fk, index, sequence, snapshot, table, view

A = table("t", "a integer")


def of(*relations: Relation, **fields: object) -> Structure:
    return msgspec.structs.replace(snapshot(*relations).structure, **fields)


def locks(before: Structure, after: Structure, major: int = 18) -> list[str | None]:
    """The lock of each difference in words, in the order of the differences."""
    found = findings(before, after, major=major)
    return [None if each.lock is None else each.lock.words for each in found]


def trigger(**fields: object) -> Trigger:
    made = Trigger(
        name="trg",
        timing=Timing.BEFORE,
        events=(Event.INSERT,),
        level=Level.ROW,
        function=RoutineName("public", "f"),
        definition="CREATE TRIGGER trg",
    )
    return msgspec.structs.replace(made, **fields)


def routine(volatility: Volatility) -> Routine:
    return Routine(
        schema="public",
        name="f",
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="sql",
        volatility=volatility,
    )


EXCLUSIVE = "ACCESS EXCLUSIVE on public.t"
REWRITES = f"{EXCLUSIVE}, rewrites the table"
READS = f"{EXCLUSIVE}, reads the whole table"
U = table("u", "id integer")
REFERENCING = table("t", "a integer", fks=[fk("a -> u")])
DOMAIN = Domain(schema="public", name="d", owner="o", base_type="integer")
CHECKED = msgspec.structs.replace(
    DOMAIN, checks=(DomainCheck(name="c", expression="VALUE > 0", definition="CHECK (VALUE > 0)"),)
)
OF_DOMAIN = table("t", "a integer", column("d public.d", type_name=QualifiedName("public", "d")))

# what it is, before, after, and the locks of the differences
DIFFERENCES: list[tuple[str, Structure, Structure, list[str | None]]] = [
    ("column", of(A), of(table("t", "a integer", "b text")), [EXCLUSIVE]),
    ("stable default", of(A), of(table("t", "a integer", "b date default now()")), [EXCLUSIVE]),
    ("volatile default", of(A), of(table("t", "a integer", "b float default random()")), [REWRITES]),
    (
        "own function, volatile",
        of(A, routines=(routine(Volatility.VOLATILE),)),
        of(table("t", "a integer", "b text default public.f()"), routines=(routine(Volatility.VOLATILE),)),
        [REWRITES],
    ),
    (
        "own function, stable",
        of(A, routines=(routine(Volatility.STABLE),)),
        of(table("t", "a integer", "b text default public.f()"), routines=(routine(Volatility.STABLE),)),
        [EXCLUSIVE],
    ),
    (
        "identity column",
        of(A),
        of(table("t", "a integer", column("b integer not null", identity=Identity.ALWAYS))),
        [REWRITES],
    ),
    (
        "stored column",
        of(A),
        of(table("t", "a integer", column("b integer default (a + 1)", generated=Generated.STORED))),
        [REWRITES],
    ),
    (
        "virtual column",
        of(A),
        of(table("t", "a integer", column("b integer default (a + 1)", generated=Generated.VIRTUAL))),
        [EXCLUSIVE],
    ),
    (
        "column of a domain with a check",
        of(A, domains=(CHECKED,)),
        of(OF_DOMAIN, domains=(CHECKED,)),
        [REWRITES],
    ),
    ("column of a domain", of(A, domains=(DOMAIN,)), of(OF_DOMAIN, domains=(DOMAIN,)), [EXCLUSIVE]),
    ("no column", of(table("t", "a integer", "b text")), of(A), [EXCLUSIVE]),
    ("longer integer", of(A), of(table("t", "a bigint")), [REWRITES]),
    ("longer text", of(table("t", "a character varying(5)")), of(table("t", "a text")), [EXCLUSIVE]),
    ("not null", of(A), of(table("t", "a integer not null")), [READS]),
    ("null", of(table("t", "a integer not null")), of(A), [EXCLUSIVE]),
    ("default", of(A), of(table("t", "a integer default 1")), [EXCLUSIVE]),
    (
        "statistics target",
        of(A),
        of(table("t", column("a integer", statistics_target=100))),
        ["SHARE UPDATE EXCLUSIVE on public.t"],
    ),
    ("description", of(A), of(table("t", "a integer", comment="x")), ["SHARE UPDATE EXCLUSIVE on public.t"]),
    ("check", of(A), of(table("t", "a integer", checks=["a > 0"])), [READS]),
    (
        "check that is not valid",
        of(A),
        of(table("t", "a integer", checks=[check("a > 0", validated=False)])),
        [EXCLUSIVE],
    ),
    (
        "validation",
        of(table("t", "a integer", checks=[check("a > 0", validated=False)])),
        of(table("t", "a integer", checks=[check("a > 0")])),
        ["SHARE UPDATE EXCLUSIVE on public.t, reads the whole table"],
    ),
    (
        "foreign key",
        of(A, U),
        of(REFERENCING, U),
        ["SHARE ROW EXCLUSIVE on public.t and public.u, reads the whole table"],
    ),
    ("no foreign key", of(REFERENCING, U), of(A, U), ["ACCESS EXCLUSIVE on public.t and public.u"]),
    (
        "other action",
        of(REFERENCING, U),
        of(table("t", "a integer", fks=[fk("a -> u on delete cascade")]), U),
        ["ACCESS EXCLUSIVE on public.t and public.u, reads the whole table"],
    ),
    (
        "primary key",
        of(table("t", "a integer not null")),
        of(table("t", "a integer not null", pk="a")),
        [READS],
    ),
    (
        "index",
        of(A),
        of(table("t", "a integer", indexes=[index("i", "a")])),
        ["SHARE on public.t, reads the whole table"],
    ),
    ("no index", of(table("t", "a integer", indexes=[index("i", "a")])), of(A), [EXCLUSIVE]),
    (
        "other index",
        of(table("t", "a integer", indexes=[index("i", "a")])),
        of(table("t", "a integer", indexes=[index("i", "a desc")])),
        [READS],
    ),
    (
        "renamed index",
        of(table("t", "a integer", indexes=[index("i", "a")])),
        of(table("t", "a integer", indexes=[index("j", "a")])),
        ["SHARE UPDATE EXCLUSIVE on public.i"],
    ),
    (
        "trigger",
        of(A),
        of(table("t", "a integer", triggers=(trigger(),))),
        ["SHARE ROW EXCLUSIVE on public.t"],
    ),
    (
        "disabled trigger",
        of(table("t", "a integer", triggers=(trigger(),))),
        of(table("t", "a integer", triggers=(trigger(enabled=Enabled.DISABLED),))),
        ["SHARE ROW EXCLUSIVE on public.t"],
    ),
    (
        "policy",
        of(A),
        of(table("t", "a integer", policies=(Policy(name="p", command=Command.ALL),))),
        [EXCLUSIVE],
    ),
    (
        "grant",
        of(table("t", "a integer", grants=())),
        of(
            table(
                "t",
                "a integer",
                grants=(Grant(grantee="reader", privilege="SELECT", grantor="owner"),),
            )
        ),
        [None],
    ),
    ("unlogged", of(A), of(table("t", "a integer", persistence=Persistence.UNLOGGED)), [REWRITES]),
    (
        "storage parameter",
        of(A),
        of(table("t", "a integer", options=("fillfactor=70",))),
        ["SHARE UPDATE EXCLUSIVE on public.t"],
    ),
    ("new table", of(U), of(U, A), [None]),
    ("new table with a key", of(U), of(U, REFERENCING), ["SHARE ROW EXCLUSIVE on public.u"]),
    ("no table", of(U, REFERENCING), of(U), ["ACCESS EXCLUSIVE on public.t and public.u"]),
    (
        "new partition",
        of(table("p", "a integer", partition_by="range (a)")),
        of(table("p", "a integer", partition_by="range (a)"), table("t", "a integer", partition_of="p")),
        ["ACCESS EXCLUSIVE on public.p"],
    ),
    (
        "attached",
        of(table("p", "a integer", partition_by="range (a)"), A),
        of(table("p", "a integer", partition_by="range (a)"), table("t", "a integer", partition_of="p")),
        ["ACCESS EXCLUSIVE on public.t, SHARE UPDATE EXCLUSIVE on public.p, reads the whole table"],
    ),
    (
        "view",
        of(view("t", "a integer")),
        of(view("t", "a integer", definition=" SELECT 2")),
        [EXCLUSIVE],
    ),
    (
        "enum value",
        of(enums=(Enum(schema="public", name="e", owner="o", labels=("a",)),)),
        of(enums=(Enum(schema="public", name="e", owner="o", labels=("a", "b")),)),
        [None],
    ),
    (
        "check of a domain",
        of(OF_DOMAIN, domains=(DOMAIN,)),
        of(OF_DOMAIN, domains=(CHECKED,)),
        ["SHARE on public.t, reads the whole table"],
    ),
    (
        "sequence",
        of(sequences=(sequence("s"),)),
        of(sequences=(msgspec.structs.replace(sequence("s"), increment=2),)),
        ["SHARE ROW EXCLUSIVE on public.s"],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [each[1:] for each in DIFFERENCES], ids=[d[0] for d in DIFFERENCES]
)
def test_locks(before: Structure, after: Structure, expected: list[str | None]) -> None:
    """The relations, the mode on each, and whether rows are read or written."""
    assert locks(before, after) == expected


def test_a_renamed_table_is_locked_by_its_old_name() -> None:
    """What else changes in it comes after the rename."""
    columns = ("id integer", "email text", "vat_number text", "points integer", "joined date", "tier text")
    after = table("client", *columns[:-1], "tier text not null")
    assert locks(of(table("customer", *columns)), of(after)) == [
        "ACCESS EXCLUSIVE on public.customer",
        "ACCESS EXCLUSIVE on public.client, reads the whole table",
    ]


def test_indexes_of_partitioned_tables_are_not_built_concurrently() -> None:
    """The way around that is another one there."""
    before = table("p", "a integer", partition_by="range (a)")
    after = table("p", "a integer", partition_by="range (a)", indexes=[index("i", "a")])
    (found,) = findings(of(before), of(after))
    assert found.lock is not None
    assert found.lock.hint is not None
    assert "ON ONLY" in found.lock.hint


def test_facts_by_version() -> None:
    """What differs between the supported versions."""
    assert of_statement_kind(Form.GRANT, 17).mode is None
    assert of_statement_kind(Form.GRANT, 18).mode is Mode.ACCESS_SHARE
    assert of_statement_kind(Form.DETACH_PARTITION, 13).mode is Mode.SHARE_UPDATE_EXCLUSIVE
    assert of_statement_kind(Form.DETACH_PARTITION, 14).mode is Mode.ACCESS_EXCLUSIVE
    assert "CHECK" in str(of_statement_kind(Form.SET_NOT_NULL, 17).hint)
    assert "NOT NULL … NOT VALID" in str(of_statement_kind(Form.SET_NOT_NULL, 18).hint)


def test_who_has_to_wait() -> None:
    """Nobody, writers, or everybody."""
    assert [mode.blocks for mode in Mode] == [
        "",
        "",
        "",
        "",
        "writes",
        "writes",
        "writes",
        "reads and writes",
    ]
