"""Rows of privileges, rules, extended statistics, labels and column settings -> the model."""

from __future__ import annotations

from typing import Any

from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.extended_statistics import ExtendedStatisticsRow
from pgdossier.catalog.extensions import DependentRow, ExtensionRow
from pgdossier.catalog.indexes import IndexRow
from pgdossier.catalog.privileges import (
    ChangedGrantRow,
    DefaultPrivilegeRow,
    PrivilegeRow,
    Privileges,
    default_privileges,
)
from pgdossier.catalog.rules import RuleRow
from pgdossier.catalog.security_labels import SecurityLabelRow
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant
from pgdossier.model.triggers import Enabled
from tests.unit.test_catalog_assemble import column, gaps, routine, row, rows, structure, table


def privilege(
    class_: str, oid: int, text: str | None, grantee: str | None = None, number: int = 0
) -> tuple[PrivilegeRow, PrivilegeRow]:
    """An object with its list, and one privilege of that list."""
    name = f"{class_} {oid} {number}"
    return (
        row(PrivilegeRow, class_=class_, oid=oid, column=number, list=name),
        PrivilegeRow("", 0, 0, name, grantee, text, "o" if text else None, False if text else None),
    )


def test_grants_are_sorted() -> None:
    """PUBLIC comes first, whatever roles are called; then grantees, privileges, grantors by name."""
    found = Privileges(
        [
            *privilege("pg_class", 7, "UPDATE", "b"),
            *privilege("pg_class", 7, "SELECT", "b"),
            PrivilegeRow("", 0, 0, "pg_class 7 0", "b", "SELECT", "a", True),
            *privilege("pg_class", 7, "SELECT", ""),
            *privilege("pg_class", 7, "SELECT", None),
        ]
    ).on("pg_class", 7)
    assert found == (
        Grant(grantee=None, privilege="SELECT", grantor="o"),
        Grant(grantee="", privilege="SELECT", grantor="o"),
        Grant(grantee="b", privilege="SELECT", grantor="a", grantable=True),
        Grant(grantee="b", privilege="SELECT", grantor="o"),
        Grant(grantee="b", privilege="UPDATE", grantor="o"),
    )


def test_no_list_is_not_an_empty_list() -> None:
    """Without an access control list the defaults hold; with an empty one nobody may do anything."""
    found = Privileges([*privilege("pg_class", 7, None)])
    assert found.on("pg_class", 7) == ()
    assert found.on("pg_class", 8) is None
    assert found.on("pg_proc", 7) is None


def test_grants_reach_their_objects() -> None:
    """Grants go by catalog, OID and column to the database, schemas, relations, columns and routines."""
    found = structure(
        rows(
            relations=[table(7, "t")],
            columns=[column(7, 1, "a"), column(7, 2, "b")],
            routines=[routine(7, "f")],
            privileges=[
                *privilege("pg_database", 0, "CONNECT"),
                *privilege("pg_namespace", 1, "USAGE"),
                *privilege("pg_class", 7, "SELECT"),
                *privilege("pg_class", 7, "UPDATE", number=2),
                *privilege("pg_proc", 7, "EXECUTE"),
            ],
        )
    )
    (relation,) = found.relations
    granted = [
        found.database.grants,
        found.schemas[1].grants,
        relation.grants,
        relation.columns[1].grants,
        found.routines[0].grants,
    ]
    assert [[grant.privilege for grant in each or ()] for each in granted] == [
        ["CONNECT"],
        ["USAGE"],
        ["SELECT"],
        ["UPDATE"],
        ["EXECUTE"],
    ]
    assert found.schemas[0].grants is None
    assert relation.columns[0].grants is None
    assert found.gaps == ()


def test_grants_on_system_columns_are_a_gap() -> None:
    """A grant on ctid cannot be in the model, and is not silently dropped."""
    found = structure(
        rows(relations=[table(7, "t")], privileges=[*privilege("pg_class", 7, "SELECT", number=-1)])
    )
    assert [gap.family for gap in found.gaps] == ["privileges"]


def default(
    objects: str, schema: str | None, text: str | None, *, baseline: bool = False
) -> DefaultPrivilegeRow:
    return DefaultPrivilegeRow("r", schema, objects, baseline, None, text, "r" if text else None, None)


def test_default_privileges() -> None:
    """Entries are put together from their rows; one that takes everything away is one too."""
    found = Gaps()
    given = default_privileges(
        [
            default("f", None, "EXECUTE", baseline=True),
            default("f", None, None),
            default("r", "s", "SELECT"),
            default("?", None, "EXECUTE"),
        ],
        found,
    )
    assert given == (
        DefaultPrivileges(role="r", objects="FUNCTIONS", baseline=(Grant(privilege="EXECUTE", grantor="r"),)),
        DefaultPrivileges(
            role="r", schema="s", objects="TABLES", grants=(Grant(privilege="SELECT", grantor="r"),)
        ),
    )
    assert [gap.family for gap in found.sorted()] == ["default privileges"]


def test_default_privileges_of_all_schemas_need_all_schemas() -> None:
    """Where only some schemas were asked for, entries for all schemas are left out, as pg_dump does."""
    entries = [default("r", None, "SELECT"), default("r", "public", "SELECT")]
    assert len(structure(rows(default_privileges=entries)).default_privileges) == 2
    (only,) = structure(rows(include=("public",), default_privileges=entries)).default_privileges
    assert only.schema == "public"


def test_rules() -> None:
    """Rules belong to their relation; codes that are not known become a gap."""
    usual = {"relation": 7, "event": "3", "instead": True, "enabled": "R", "definition": "CREATE RULE …;"}
    found = structure(
        rows(
            relations=[table(7, "t")],
            rules=[
                row(RuleRow, name="b", **usual),
                row(RuleRow, name="a", **usual | {"event": "9", "enabled": "?"}),
            ],
        )
    )
    unknown, known = found.relations[0].rules
    assert (known.event, known.instead, known.enabled) == ("insert", True, Enabled.REPLICA)
    assert known.definition == "CREATE RULE …"
    assert (unknown.event, unknown.enabled) == ("unknown", Enabled.UNKNOWN)
    assert gaps(found) == [
        ("rules", "pg_rewrite.ev_enabled holds '?'"),
        ("rules", "pg_rewrite.ev_type holds '9'"),
    ]


def test_extended_statistics() -> None:
    """The kind that comes with expressions is no kind that can be asked for; unknown kinds are a gap."""
    statistics = row(
        ExtendedStatisticsRow,
        schema="other",
        name="x",
        relation=7,
        relation_schema="public",
        relation_name="t",
        kinds=["d", "e", "m", "?"],
    )
    elsewhere = statistics._replace(relation=8)
    found = structure(rows(relations=[table(7, "t")], extended_statistics=[statistics, elsewhere]))
    (only,) = found.extended_statistics
    assert only.kinds == ("ndistinct", "mcv")
    assert gaps(found) == [("extended statistics", "pg_statistic_ext.stxkind holds '?'")]


def test_settings_of_columns() -> None:
    """Storage and compression are given in words; codes that are not known are none, and a gap."""
    usual = {"storage": "m", "compression": "l", "statistics_target": 0, "options": ["n_distinct=5"]}
    found = structure(
        rows(
            relations=[table(7, "t")],
            columns=[
                column(7, 1, "a", **usual),
                column(7, 2, "b"),
                column(7, 3, "c", storage="?", compression="?"),
            ],
        )
    )
    a, b, c = found.relations[0].columns
    assert (a.storage, a.compression, a.statistics_target, a.options) == ("MAIN", "lz4", 0, ("n_distinct=5",))
    assert (b.storage, b.compression, b.statistics_target, b.options) == (None, None, None, ())
    assert (c.storage, c.compression) == (None, None)
    assert len(found.gaps) == 2


def test_statistics_targets_of_indexes() -> None:
    """Targets of an index's expressions are paired with their positions."""
    index = row(IndexRow, relation=7, name="i", statistics_positions=[1, 3], statistics_targets=[0, 50])
    found = structure(rows(relations=[table(7, "t")], indexes=[index]))
    assert found.relations[0].indexes[0].statistics_targets == ((1, 0), (3, 50))


def test_extensions_name_what_they_require() -> None:
    """What an extension needs is in the model."""
    found = structure(rows(extensions=[row(ExtensionRow, name="a", requires=["b", "c"])]))
    assert found.extensions[0].requires == ("b", "c")


def label(class_: str, oid: int, type_: str, identity: str) -> SecurityLabelRow:
    return SecurityLabelRow(class_=class_, oid=oid, provider="p", label="l", type=type_, identity=identity)


def test_security_labels() -> None:
    """Labels of what is in the snapshot are kept, in the words of SECURITY LABEL."""
    given = [
        label("pg_class", 7, "table", "public.t"),
        label("pg_class", 7, "view column", "public.t.a"),
        label("pg_class", 8, "table", "public.left_out"),
        label("pg_namespace", 1, "schema", "public"),
        label("pg_namespace", 99, "schema", "left_out"),
        label("pg_proc", 9, "aggregate", "public.f()"),
        label("pg_proc", 9, "function", "public.g()"),
        label("pg_type", 11, "type", "public.left_out"),
        label("pg_event_trigger", 12, "event trigger", "e"),
    ]
    found = structure(rows(relations=[table(7, "t")], routines=[routine(9, "f")], security_labels=given))
    assert [one.object for one in found.security_labels] == [
        "AGGREGATE public.f(*)",
        "COLUMN public.t.a",
        "EVENT TRIGGER e",
        "FUNCTION public.g()",
        "SCHEMA public",
        "TABLE public.t",
    ]


def changed(name: str, **values: Any) -> ChangedGrantRow:
    usual = {"kind": "FUNCTION", "schema": "pg_catalog", "arguments": "", "owner": "o", "initial": False}
    return row(ChangedGrantRow, name=name, **(usual | values))


def test_changed_grants() -> None:
    """Now and at first are put together by object and column; the object's name is SQL."""
    given = [
        changed("f", arguments="integer, text", privilege="EXECUTE", grantor="o", grantable=True),
        changed("f", arguments="integer, text", initial=True),
        changed(
            'T "', kind="TABLE", arguments=None, column="c", privilege="SELECT", grantor="o", initial=True
        ),
        changed('T "', kind="TABLE", arguments=None, column="c"),
        changed("L", kind="LANGUAGE", schema=None, arguments=None),
        changed("g"),
    ]
    assert structure(rows(changed_grants=given)).changed_grants == (
        ChangedGrants(
            object="FUNCTION pg_catalog.f(integer, text)",
            owner="o",
            grants=(Grant(privilege="EXECUTE", grantor="o", grantable=True),),
        ),
        ChangedGrants(object="FUNCTION pg_catalog.g()", owner="o"),
        ChangedGrants(object='LANGUAGE "L"', owner="o"),
        ChangedGrants(
            object='TABLE pg_catalog."T """',
            column="c",
            owner="o",
            initial=(Grant(privilege="SELECT", grantor="o"),),
        ),
    )


def test_changed_grants_belong_to_the_whole_database() -> None:
    """They are left out where only some schemas were asked for, or theirs was excluded."""
    given = [changed("f"), changed("g", schema="other")]
    assert structure(rows(include=("public",), changed_grants=given)).changed_grants == ()
    (only,) = structure(rows(exclude=("other",), changed_grants=given)).changed_grants
    assert only.object == "FUNCTION pg_catalog.f()"


def test_dependencies_on_extensions() -> None:
    """They go by catalog and OID, and are sorted by the extensions' names."""
    given = [
        DependentRow("pg_proc", 7, "b"),
        DependentRow("pg_proc", 7, "a"),
        DependentRow("pg_class", 7, "c"),
    ]
    found = structure(rows(relations=[table(7, "t")], routines=[routine(7, "f")], dependents=given))
    assert found.routines[0].depends_on_extensions == ("a", "b")
    assert found.relations[0].depends_on_extensions == ("c",)
