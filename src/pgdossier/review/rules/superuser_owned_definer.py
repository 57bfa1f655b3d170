"""A function that does what it does as a superuser.

## What it reports

Functions and procedures with `SECURITY DEFINER` whose owner is a superuser. Event trigger functions are left
out: event triggers belong to superusers.

## Why

Whatever the function can be brought to do, by its arguments, by the objects that its names find or by a
mistake in it, is done without any check of privileges: reading every table, writing files of the server.

## When it is wrong

When it has to do what no privilege allows, and was written with that in mind. In a copy that was restored by
a superuser without owners (`--no-owner`) everything seems to be a superuser's.

## How to fix it

Make a role that has just the privileges that the function needs, and give it the function.

## See also

- [Writing SECURITY DEFINER Functions Safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
- [Function Security](https://www.postgresql.org/docs/current/perm-functions.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Routines that run as a superuser."""
    superusers = {role.name for role in context.structure.roles if role.superuser}
    for routine in context.structure.routines:
        if routine.security_definer and routine.owner in superusers and routine.result != "event_trigger":
            yield Found(
                subject=subject.routine(routine),
                evidence=tr("it runs with the rights of {owner}, a superuser", owner=name(routine.owner)),
                fix=Fix(advice=tr("Give it to a role that has just the privileges that it needs.")),
            )


RULE = Rule(
    name="superuser_owned_definer",
    title=mark("Functions that run as a superuser"),
    severity=Severity.WARNING,
    check=check,
)
