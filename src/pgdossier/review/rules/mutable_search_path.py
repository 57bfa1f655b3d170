"""A function whose names mean what the caller's search path says.

## What it reports

Functions and procedures without a `SET search_path` of their own, whose body is looked up when they run:
those with `SECURITY DEFINER`; on the side `every` of the convention `function_search_path` all others as
well. Bodies that were looked up when they were made (`BEGIN ATOMIC`, PostgreSQL 14), and functions in C or
internal ones, are left out.

## Why

A function finds tables, functions and operators by the search path of the session that calls it. One that
runs with its owner's rights can be made to call what the caller put into a schema of his own, with those
rights. Any function can read the wrong table, and can fail when it is called while a dump is restored.

## When it is wrong

When the body names everything with its schema, operators included, or when only trusted roles can create
objects in any schema and call the function. Both views on functions without SECURITY DEFINER in one line: a
fixed path makes them mean the same everywhere (every); it keeps PostgreSQL from inlining SQL functions into
queries (definer).

## How to fix it

Set the path on the function: its own schema and, last, `pg_temp`. Add the schemas that the body needs.

## See also

- [Writing SECURITY DEFINER Functions Safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
- [Schemas: The Search Path](https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Convention, Found, Rule, Severity

SEARCH_PATH = Convention(
    "function_search_path",
    ("definer", "every"),
    "a fixed path makes a function mean the same everywhere (every); it keeps SQL functions from being"
    " inlined, and"
    " matters most with SECURITY DEFINER (definer)",
)
_KINDS = (RoutineKind.FUNCTION, RoutineKind.PROCEDURE)
_ATOMIC = re.compile(r"^(?:BEGIN ATOMIC|\s*RETURN )", re.MULTILINE)


def check(context: Context) -> Iterator[Found]:
    """Routines without a search path of their own."""
    every = context.side(SEARCH_PATH) == "every"
    for routine in context.structure.routines:
        if (
            routine.kind not in _KINDS
            or routine.language in ("c", "internal")
            or any(setting.startswith("search_path") for setting in routine.configuration)
            or not (every or routine.security_definer)
            or _is_bound(routine)
        ):
            continue
        path = f"{quote_identifier(routine.schema)}, pg_temp"
        yield Found(
            subject=subject.routine(routine),
            evidence=tr(
                "it runs with the rights of {owner} and finds names by the caller's search path",
                owner=name(routine.owner),
            )
            if routine.security_definer
            else tr("it finds names by the caller's search path"),
            fix=Fix(
                advice=tr("Set the search path on the function."),
                steps=(Step(f"ALTER ROUTINE {routine.identity.sql} SET search_path = {path}", Lock.NONE),),
                remark=tr("Add the schemas that the body needs, before pg_temp."),
            ),
        )


def _is_bound(routine: Routine) -> bool:
    """Whether the body was looked up when the routine was made."""
    text = routine.definition or ""
    return routine.language == "sql" and "AS $" not in text and _ATOMIC.search(text) is not None


RULE = Rule(
    name="mutable_search_path",
    title=mark("Functions that depend on the caller's search path"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: function_search_path_mutable",),
    convention=SEARCH_PATH,
)
