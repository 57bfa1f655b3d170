"""CREATE FUNCTION, CREATE PROCEDURE and CREATE AGGREGATE."""

from __future__ import annotations

import re

from pgdossier.ddl.expressions import note, outermost
from pgdossier.model.names import RoutineName, quote_literal
from pgdossier.model.routines import Routine, RoutineKind

# Where the body of an SQL-standard routine begins; every clause before it begins with a space.
_BODY = re.compile(r"^(?:BEGIN ATOMIC|RETURN )", re.MULTILINE)

_ORDERED = " ORDER BY "

_KEYWORDS = {RoutineKind.PROCEDURE: "PROCEDURE", RoutineKind.AGGREGATE: "AGGREGATE"}


def routine_keyword(routine: Routine) -> str:
    """What the routine is called in COMMENT, ALTER and DROP."""
    return _KEYWORDS.get(routine.kind, "FUNCTION")


def routine_signature(routine: Routine) -> str:
    """The routine as SQL; an aggregate without arguments is written with a star."""
    if routine.kind is RoutineKind.AGGREGATE and not routine.identity_arguments:
        return RoutineName(routine.schema, routine.name, "*").sql
    return routine.identity.sql


def plain_signature(routine: Routine) -> str:
    """The routine as SQL where an aggregate stands for a function: in GRANT and ALTER FUNCTION."""
    return RoutineName(routine.schema, routine.name, _plain_arguments(routine)).sql


def _plain_arguments(routine: Routine) -> str:
    """The arguments without the ORDER BY of an ordered-set aggregate, which a function cannot have."""
    arguments = routine.identity_arguments
    if routine.kind is not RoutineKind.AGGREGATE:
        return arguments
    place = outermost(f" {arguments}").find(_ORDERED)
    if place < 0:
        return arguments
    direct = arguments[: max(place - 1, 0)]
    aggregated = arguments[place + len(_ORDERED) - 1 :]
    if aggregated.startswith("VARIADIC ") and direct.endswith(aggregated):
        return direct  # one argument of the function, printed on both sides
    return f"{direct}, {aggregated}" if direct else aggregated


def create_routine(routine: Routine) -> str:
    """A routine."""
    if routine.aggregate is not None:
        clauses = ",\n    ".join(routine.aggregate.clauses)
        return f"CREATE AGGREGATE {routine_signature(routine)} (\n    {clauses}\n);"
    if routine.definition is None:
        return note(f"{routine.kind} {routine.identity.sql} cannot be written: its definition is not known")
    return _as_new(routine.definition.strip().removesuffix(";")) + ";"


def has_parsed_body(routine: Routine) -> bool:
    """Whether the body was parsed when the routine was made (PostgreSQL 14), and needs what it names."""
    return _body(routine) is not None


def placeholder_routine(routine: Routine) -> str:
    """The routine with a body that needs nothing: for objects that need it before its own body can be."""
    head = (routine.definition or "")[: _body(routine)].rstrip()
    result = routine.result or "void"
    # A scalar's type must fit: the planner may look inside the routine for an expression that calls it.
    several = result.startswith(("SETOF ", "TABLE(")) or result in ("record", "void")
    body = "SELECT NULL" if several else f"SELECT NULL::{result}"
    return f"{_as_new(head)}\nAS {quote_literal(body)};"


def replace_routine(routine: Routine) -> str:
    """The routine in the place of its placeholder."""
    return (routine.definition or "").strip().removesuffix(";") + ";"


def _body(routine: Routine) -> int | None:
    """Where the parsed body begins in the definition, None without one."""
    if routine.language != "sql" or routine.definition is None or routine.definition.rstrip().endswith("$"):
        return None  # a body that is a string is the last thing in the definition
    found = _BODY.search(outermost(routine.definition))
    return found.start() if found else None


def _as_new(definition: str) -> str:
    """The server writes CREATE OR REPLACE; in an empty database a clash should be an error."""
    return "CREATE " + definition.removeprefix("CREATE OR REPLACE ").removeprefix("CREATE ")
