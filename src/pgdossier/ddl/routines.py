"""CREATE FUNCTION, CREATE PROCEDURE and CREATE AGGREGATE."""

from __future__ import annotations

from pgdossier.ddl.expressions import note
from pgdossier.model.names import RoutineName
from pgdossier.model.routines import Routine, RoutineKind

_KEYWORDS = {RoutineKind.PROCEDURE: "PROCEDURE", RoutineKind.AGGREGATE: "AGGREGATE"}


def routine_keyword(routine: Routine) -> str:
    """What the routine is called in COMMENT, ALTER and DROP."""
    return _KEYWORDS.get(routine.kind, "FUNCTION")


def routine_signature(routine: Routine) -> str:
    """The routine as SQL; an aggregate without arguments is written with a star."""
    if routine.kind is RoutineKind.AGGREGATE and not routine.identity_arguments:
        return RoutineName(routine.schema, routine.name, "*").sql
    return routine.identity.sql


def create_routine(routine: Routine) -> str:
    """A routine. The server writes CREATE OR REPLACE; in an empty database a clash should be an error."""
    if routine.aggregate is not None:
        clauses = ",\n    ".join(routine.aggregate.clauses)
        return f"CREATE AGGREGATE {routine_signature(routine)} (\n    {clauses}\n);"
    if routine.definition is None:
        return note(f"{routine.kind} {routine.identity.sql} cannot be written: its definition is not known")
    text = routine.definition.strip().removesuffix(";")
    return "CREATE " + text.removeprefix("CREATE OR REPLACE ").removeprefix("CREATE ") + ";"
