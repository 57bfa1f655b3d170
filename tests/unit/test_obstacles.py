"""Statements around what cannot be printed, and who is in the way in words."""

from __future__ import annotations

from typing import Any

import pytest

from pgdossier.catalog import constraints, families, indexes
from pgdossier.catalog.obstacles import LockRow, Obstacles, holder
from pgdossier.model.dependencies import ObjectKind, ObjectName


def row(**facts: Any) -> LockRow:
    """A lock of process 7, as far as nothing else is said."""
    known: dict[str, Any] = dict.fromkeys(LockRow._fields)
    known |= {"oid": 1, "schema": "s", "name": "t", "kind": "r", "process": 7, "granted": True}
    return LockRow(**(known | {"replaying": False} | facts))


# --- statements ----------------------------------------------------------------------------------


def test_nothing_in_the_way_changes_nothing() -> None:
    """The statement is sent as it is."""
    sql = "SELECT pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c"
    assert Obstacles().around(sql) is sql


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ("pg_catalog.pg_get_viewdef(c.oid)", "c.oid"),
        ("pg_catalog.pg_get_indexdef(i.indexrelid, 0, false)", "i.indexrelid"),
        ("pg_catalog.pg_get_expr(d.adbin, d.adrelid)", "d.adrelid"),
        ("pg_catalog.pg_get_expr(d.adbin, d.adrelid, true)", "d.adrelid"),
        ("pg_catalog.pg_get_viewdef(COALESCE(a.oid, b.oid), true)", "COALESCE(a.oid, b.oid)"),
        ("pg_catalog.pg_get_constraintdef( c.oid )", "c.oid"),
        ("pg_catalog.pg_sequence_last_value(s.oid)", "s.oid"),
        ("pg_catalog.pg_get_viewdef((SELECT max(x.oid) FROM x))", "(SELECT max(x.oid) FROM x)"),
    ],
)
def test_what_cannot_be_printed_is_null(call: str, key: str) -> None:
    """A call is made unless its object is one of those; expressions belong to the relation they are about."""
    around = Obstacles(silent={30, 4294967295}).around(f"SELECT {call} AS text, 1 AS one")
    guarded = f"CASE WHEN ({key}) = ANY ('{{30,4294967295}}'::pg_catalog.oid[]) THEN NULL ELSE {call} END"
    assert around == f"SELECT {guarded} AS text, 1 AS one"


def test_nothing_above_an_oid_is_printed() -> None:
    """To look for what is damaged, all above an OID is left out too; OIDs are compared without a sign."""
    sql = "pg_catalog.pg_get_ruledef(r.oid)"
    assert Obstacles().around(sql, 3_000_000_000) == (
        "CASE WHEN (r.oid) = ANY ('{}'::pg_catalog.oid[]) OR (r.oid)::pg_catalog.int8 > 3000000000"
        f" THEN NULL ELSE {sql} END"
    )


def test_calls_within_calls_are_guarded_once() -> None:
    """What stands in the arguments of a call is not made either when that is not made."""
    inner = "pg_catalog.pg_get_expr(x.e, x.r)"
    sql = f"SELECT pg_catalog.pg_get_viewdef({inner}::pg_catalog.oid), {inner}"
    around = Obstacles(silent={1}).around(sql)
    assert around.count("CASE WHEN") == 2
    assert around.count(inner) == 3  # in the argument, in the condition on it, and by itself


@pytest.mark.parametrize(
    "sql",
    [
        "pg_catalog.pg_get_userbyid(c.relowner)",  # prints a name, and opens nothing
        "pg_catalog.pg_get_keywords()",
        "pg_catalog.pg_get_sequence_data(s.oid)",
        "pg_catalog.pg_get_expr(p.proargdefaults, 0)",  # of no relation
        "pg_catalog.pg_get_expr(p.proargdefaults, 0::pg_catalog.oid)",
        "pg_catalog.pg_get_viewdef()",
        "pg_catalog.pg_get_viewdef(c.oid",  # not closed: not ours to mend
    ],
)
def test_what_opens_no_relation_is_left_alone(sql: str) -> None:
    """Calls that wait for nobody stay as they are."""
    assert Obstacles(silent={1}).around(sql) == sql


ALL = (
    *(family.query for family in (*families.here(), *families.beside())),
    constraints.EXPRESSIONS,
    indexes.DEFINITIONS,
)


@pytest.mark.parametrize("major", range(13, 20))
def test_every_statement_can_be_asked_around(major: int) -> None:
    """What is put around its calls leaves all else of each statement as it is."""
    guarded = 0
    for query in ALL:
        sql = query.text(major)
        around = Obstacles(silent={1}).around(sql, 2)
        guarded += around != sql
        assert around.count("(") - around.count(")") == sql.count("(") - sql.count(")"), query.family
        conditions = around.count("CASE WHEN (") - sql.count("CASE WHEN (")
        assert conditions == around.count(" THEN NULL ELSE pg_catalog.pg_"), query.family
    assert guarded > 8


# --- who it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "process 7"),
        ({"application": "migrate"}, "process 7 (migrate)"),
        (
            {"application": "psql", "role": "anna", "since": "2026-01-02T03:04:05Z"},
            "process 7 (psql, role anna, since 2026-01-02T03:04:05Z)",
        ),
        (
            {"waits_for": [8, 9], "granted": False},
            "process 7, which itself waits for process 8, 9",
        ),
        ({"process": None}, "a prepared transaction"),
        ({"process": None, "prepared": "tx-1"}, "the prepared transaction tx-1"),
        ({"replaying": True, "application": "x"}, "the replay of a change that the primary made"),
        ({"statement": "<insufficient privilege>"}, "process 7"),
        ({"statement": "LOCK  TABLE\n s.t"}, "process 7: LOCK TABLE s.t"),
    ],
)
def test_who_holds_a_lock(facts: dict[str, Any], words: str) -> None:
    """As much as the server tells of whoever is in the way, and nothing that it does not."""
    assert holder(row(**facts)) == words


def test_constants_are_not_told() -> None:
    """The statement of somebody else may hold secrets: none is shown, and no more than some words."""
    told = holder(row(statement="UPDATE s.t SET token = 'hunter2' WHERE id IN (1, 2) -- s3cret"))
    assert "hunter2" not in told
    assert "s3cret" not in told
    assert told.startswith("process 7: UPDATE s.t SET token = ")
    unclosed = holder(row(statement="ALTER TABLE s.t ADD note text DEFAULT 'hunter2"))
    assert unclosed == "process 7: ALTER TABLE …"
    long = holder(row(statement=f"SELECT {', '.join(['a_column'] * 50)} FROM s.t"))
    assert long.endswith(" …")
    assert len(long) < 140


# --- what is not whole ---------------------------------------------------------------------------


def test_what_is_not_whole_is_named() -> None:
    """Relations and routines, by the catalog and the OID that dependencies know them by."""
    known = Obstacles(
        relations={16400: ("s", "t")}, routines={16401: ("s", "f", "integer")}, sequences={16402: "s.q"}
    )
    assert known.unread == {
        ("pg_class", 16400): ObjectName(ObjectKind.RELATION, "s", "t"),
        ("pg_proc", 16401): ObjectName(ObjectKind.ROUTINE, "s", "f", "integer"),
    }


def test_readings_do_not_share_obstacles() -> None:
    """What one reading met is not in the way of the next."""
    first = Obstacles()
    first.silent.add(1)
    first.held["s.t"] = "process 7"
    assert Obstacles() == Obstacles(silent=set())
    assert not Obstacles().silent
    assert not Obstacles().held
