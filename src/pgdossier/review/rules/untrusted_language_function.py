"""A function in a language that knows no limits.

## What it reports

Functions that no extension brought in C, in languages that are known to be untrusted (`plpython3u`,
`plperlu`, `pltclu`, …), and in languages of this database that are not trusted.

## Why

Such a function can do whatever the operating system lets the server do: read its files, open connections,
end the process. Only superusers can make one; whoever may execute it does what it does. Functions in C
depend on a library beside the database, which neither a dump nor a managed service carries.

## When it is wrong

When there is no other way, and those who may execute it are few.

## How to fix it

Write it in a trusted language, or move it out of the database. Revoke EXECUTE from PUBLIC meanwhile.

## See also

- [Procedural Languages](https://www.postgresql.org/docs/current/xplang.html)
- [CREATE LANGUAGE](https://www.postgresql.org/docs/current/sql-createlanguage.html)
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

_UNTRUSTED = frozenset(("c", "plpython3u", "plpythonu", "plpython2u", "plperlu", "pltclu", "plsh", "plr"))


def check(context: Context) -> Iterator[Found]:
    """Routines in untrusted languages."""
    own = {language.name for language in context.structure.languages if not language.trusted}
    for routine in context.structure.routines:
        if routine.language not in _UNTRUSTED | own:
            continue
        everyone = routine.grants is None or everybody_may(routine.grants, "EXECUTE")
        called = routine.result not in ("trigger", "event_trigger", "language_handler")
        who = tr(", and every role may execute it") if everyone and called else ""
        revoke = f"REVOKE EXECUTE ON ROUTINE {routine.identity.sql} FROM PUBLIC"
        yield Found(
            subject=subject.routine(routine),
            evidence=tr(
                "it is written in {language}, which is not trusted{who}",
                language=name(routine.language),
                who=who,
            ),
            fix=Fix(
                advice=tr("Write it in a trusted language, or let few roles execute it."),
                steps=(Step(revoke, Lock.NONE),) if who else (),
                complete=False,
            ),
        )


RULE = Rule(
    name="untrusted_language_function",
    title=mark("Functions in untrusted languages"),
    severity=Severity.WARNING,
    check=check,
)
