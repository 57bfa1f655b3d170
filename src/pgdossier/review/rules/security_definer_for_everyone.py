"""A function with its owner's rights that every role may execute.

## What it reports

Functions and procedures with `SECURITY DEFINER` that PUBLIC may execute, in schemas that PUBLIC may use.
EXECUTE is granted to PUBLIC by default. Trigger functions are left out: nobody can call them.

## Why

Whoever calls it does what its owner may do. When the owner is a superuser or owns the tables, every role,
also one that was made for something else entirely, has that much of his rights.

## When it is wrong

When the function is the interface that everybody is meant to use, checks its arguments, and says so in a
comment.

## How to fix it

Revoke EXECUTE from PUBLIC, and grant it to the roles that need it. Alter the default privileges if that is
meant for functions to come.

## See also

- [Writing SECURITY DEFINER Functions Safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.sensitive_column_exposed import everybody_may


def check(context: Context) -> Iterator[Found]:
    """Routines with their owner's rights that everybody may execute."""
    for routine in context.structure.routines:
        if not routine.security_definer or routine.result in ("trigger", "event_trigger"):
            continue
        if not everybody_may(context.schema_grants(routine.schema), "USAGE"):
            continue
        if routine.grants is None or everybody_may(routine.grants, "EXECUTE"):
            yield Found(
                subject=subject.routine(routine),
                evidence=tr(
                    "it runs with the rights of {owner}, and every role may execute it by default",
                    owner=name(routine.owner),
                )
                if routine.grants is None
                else tr(
                    "it runs with the rights of {owner}, and every role may execute it by a grant to PUBLIC",
                    owner=name(routine.owner),
                ),
                fix=Fix(
                    advice=tr("Revoke EXECUTE from PUBLIC, and grant it to the roles that need it."),
                    steps=(Step(f"REVOKE EXECUTE ON ROUTINE {routine.identity.sql} FROM PUBLIC", Lock.NONE),),
                ),
            )


RULE = Rule(
    name="security_definer_for_everyone",
    title=mark("Functions with their owner's rights that every role may execute"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: security definer function executable",),
)
