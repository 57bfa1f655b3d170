"""What records changes, by what trigger functions do and what tables are made of."""

from __future__ import annotations

import pytest

from pgdossier.analysis import analyse
from pgdossier.analysis.audit_trails import AuditTrails
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.relations import Relation
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger
from tests.support.builders import name, snapshot, table

EVERY = (Event.INSERT, Event.UPDATE, Event.DELETE)


def _function(body: str, called: str = "note", result: str = "trigger", **fields: object) -> Routine:
    return Routine(
        schema="public",
        name=called,
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="plpgsql",
        result=result,
        definition=f"CREATE OR REPLACE FUNCTION public.{called}() RETURNS {result} LANGUAGE plpgsql\n"
        f"AS $function$\n{body}\n$function$\n",
        **fields,  # type: ignore[arg-type]  # fields of Routine
    )


def _trigger(called: str = "note", events: tuple[Event, ...] = EVERY, **fields: object) -> Trigger:
    return Trigger(
        name=f"trg_{called}",
        timing=Timing.AFTER,
        events=events,
        level=Level.ROW,
        function=RoutineName("public", called, ""),
        **({"definition": "CREATE TRIGGER …"} | fields),  # type: ignore[arg-type]  # fields of Trigger
    )


def _found(*relations: Relation, **fields: object) -> AuditTrails:
    return analyse(snapshot(*relations, **fields)).audit_trails  # type: ignore[arg-type]  # fields of Structure


LOG = table("changes", "id int", "row jsonb")


@pytest.mark.parametrize(
    ("body", "keeps"),
    [
        (
            "BEGIN INSERT INTO public.changes (row) VALUES (to_jsonb(OLD)); RETURN NULL; END",
            ("the row before",),
        ),
        (
            "BEGIN INSERT INTO Changes SELECT 1, row_to_json(NEW) WHERE TG_OP = 'INSERT'; RETURN NEW; END",
            ("what was done", "the row after"),
        ),
        (
            "BEGIN IF TG_OP = 'DELETE' THEN INSERT INTO \"changes\" SELECT OLD.*; END IF; RETURN NULL; END",
            ("what was done", "the row before"),
        ),
        (
            "BEGIN INSERT INTO changes (row) VALUES (hstore(OLD)::jsonb);"
            " INSERT INTO changes VALUES (1, to_jsonb(session_user)); RETURN NULL; END",
            ("the row before", "the role"),
        ),
    ],
)
def test_functions_that_write_changes_down(body: str, keeps: tuple[str, ...]) -> None:
    """A trigger function is an audit trail when it inserts what happened, or the row, into another table."""
    watched = table("users", "id int", triggers=(_trigger(),))
    (trail,) = _found(watched, LOG, routines=(_function(body),)).trails
    assert (trail.target, trail.keeps) == (name("changes"), keeps)
    assert [(one.table, one.events, one.enabled) for one in trail.recorded] == [(name("users"), EVERY, True)]


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN NEW.updated_at := now(); RETURN NEW; END",
        "BEGIN INSERT INTO totals VALUES (NEW.id); RETURN NEW; END",
        "BEGIN -- INSERT INTO changes VALUES (to_jsonb(OLD))\n RETURN NEW; END",
        "BEGIN /* INSERT INTO changes SELECT OLD.* */ RETURN NEW; END",
        "BEGIN RAISE NOTICE 'INSERT INTO changes %', TG_OP; RETURN NEW; END",
        "BEGIN INSERT INTO elsewhere VALUES (to_jsonb(OLD)); RETURN NEW; END",
    ],
)
def test_functions_that_do_not(body: str) -> None:
    """Stamps, totals, comments, messages and tables that are not there are no audit trail."""
    watched = table("users", "id int", triggers=(_trigger(),))
    assert _found(watched, LOG, table("totals", "id int"), routines=(_function(body),)).trails == ()


def test_names_are_resolved_by_the_functions_own_search_path() -> None:
    """Of two tables of a name the function means the one of its search_path; without one neither is told."""
    watched = table("users", "id int", triggers=(_trigger(),))
    body = "BEGIN INSERT INTO changes VALUES (to_jsonb(OLD)); RETURN NULL; END"
    other = table("audit.changes", "row jsonb")
    path = _function(body, configuration=("search_path=pg_catalog, audit",))
    assert [trail.target for trail in _found(watched, LOG, other, routines=(path,)).trails] == [
        other.qualified
    ]
    assert _found(watched, LOG, other, routines=(_function(body),)).trails == ()


def test_triggers_that_are_off_are_told_apart() -> None:
    """A disabled trigger records nothing."""
    body = "BEGIN INSERT INTO changes VALUES (to_jsonb(OLD)); RETURN NULL; END"
    watched = table("users", "id int", triggers=(_trigger(enabled=Enabled.DISABLED),))
    (trail,) = _found(watched, LOG, routines=(_function(body),)).trails
    assert [one.enabled for one in trail.recorded] == [False]


def test_guards() -> None:
    """A function that only raises an error makes rows unchangeable; one with a condition does not."""
    refusing = _function("BEGIN RAISE EXCEPTION '% is refused', TG_OP; END", "refuse")
    asking = _function("BEGIN IF OLD.closed THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END", "ask")
    warning = _function("BEGIN RAISE WARNING 'no'; END", "warn")
    events = (Event.UPDATE, Event.DELETE)
    made = [
        table(called, "id int", triggers=(_trigger(called, events),)) for called in ("refuse", "ask", "warn")
    ]
    found = _found(*made, routines=(refusing, asking, warning))
    assert [(one.table, one.events) for one in found.guards] == [(name("refuse"), events)]


@pytest.mark.parametrize(
    ("table_name", "of"),
    [
        ("users_history", "users"),
        ("user_hist", "users"),
        ("historicaluser", "users"),
        ("users_aud", "users"),
        ("users_audit_log", None),
        ("groups_history", None),
    ],
)
def test_history_tables(table_name: str, of: str | None) -> None:
    """A history has the name and most columns of another table."""
    columns = ("id int", "email text", "name text", "city text")
    history = table(table_name, *columns, "history_date timestamp with time zone")
    found = _found(table("users", *columns), table("groups", "id int", "title text", "rank int"), history)
    assert [one.of.name for one in found.histories] == ([of] if of else [])
    assert [one.own for one in found.histories] == ([("history_date",)] if of else [])


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("valid_from date", "valid_to date"), ("valid_from", "valid_to")),
        (
            ("valid_from timestamp with time zone", "valid_until timestamp with time zone"),
            ("valid_from", "valid_until"),
        ),
        (("sys_period tstzrange",), ("sys_period",)),
        (
            ("effective_start_date date", "effective_end_date date"),
            ("effective_start_date", "effective_end_date"),
        ),
        (("valid_from date",), None),
        (("valid_from text", "valid_to text"), None),
        (("price_range numrange",), None),
    ],
)
def test_validity(columns: tuple[str, ...], found: tuple[str, ...] | None) -> None:
    """Rows that hold for a time have a period, or both ends of one."""
    validities = _found(table("t", *columns)).validities
    assert [one.columns for one in validities] == ([found] if found else [])


def test_event_triggers() -> None:
    """An event trigger is told with what its function does."""
    function = _function(
        "BEGIN INSERT INTO changes SELECT 1 FROM pg_event_trigger_ddl_commands(); END", "ddl", "event_trigger"
    )
    trigger = EventTrigger(
        name="e", owner="o", event="ddl_command_end", function=QualifiedName("public", "ddl")
    )
    (found,) = _found(LOG, routines=(function,), event_triggers=(trigger,)).command_triggers
    assert (found.target, found.refuses, found.enabled) == (name("changes"), False, True)
