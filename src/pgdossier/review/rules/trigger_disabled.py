"""A trigger that never fires.

## What it reports

Triggers of tables and views, and event triggers, that are disabled. The clones that partitions have of a
trigger of their table are told with that one. PostgreSQL's own triggers behind foreign keys, which a
superuser can disable as well, are not in the documents that this is made of.

## Why

A trigger keeps a promise: a total, a log, a rule that no constraint can say. A disabled one looks the same
in a list of triggers and keeps nothing. It is often one that a load or a repair has left behind.

## When it is wrong

When it was switched off on purpose and for now; but then nothing in the database says so.

## How to fix it

Enable it, and mend what was written in the meantime; or drop it.

## See also

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [ALTER EVENT TRIGGER](https://www.postgresql.org/docs/current/sql-altereventtrigger.html)
- [Overview of Trigger Behavior](https://www.postgresql.org/docs/current/trigger-definition.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.triggers import Enabled
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.subject import Kind, Subject

_ADVICE = mark("Enable it and mend what was written in the meantime, or drop it.")


def check(context: Context) -> Iterator[Found]:
    """Disabled triggers."""
    for relation in context.relations():
        for trigger in relation.triggers:
            if trigger.enabled is not Enabled.DISABLED or trigger.inherited:
                continue
            events = " or ".join(event.upper() for event in trigger.events)
            when = f"{trigger.timing.upper()} {events}"
            step = fixes.alter_table(
                relation, f"ENABLE TRIGGER {quote_identifier(trigger.name)}", Lock.SHARE_ROW_EXCLUSIVE
            )
            yield Found(
                subject=subject.trigger(relation.qualified, trigger.name),
                evidence=tr(
                    "it is disabled: {when} of {relation} does not call {function}",
                    when=name(when),
                    relation=name(relation.qualified.dotted),
                    function=name(f"{trigger.function.schema}.{trigger.function.name}"),
                ),
                fix=Fix(advice=tr(_ADVICE), steps=(step,)),
            )
    for event in context.structure.event_triggers:
        if event.enabled is Enabled.DISABLED:
            sql = f"ALTER EVENT TRIGGER {quote_identifier(event.name)} ENABLE"
            yield Found(
                subject=Subject(Kind.OTHER, (event.name,)),
                evidence=tr(
                    "the event trigger is disabled: {event} does not call {function}",
                    event=name(event.event),
                    function=name(event.function.dotted),
                ),
                fix=Fix(advice=tr(_ADVICE), steps=(Step(sql, Lock.NONE),)),
            )


RULE = Rule(
    name="trigger_disabled",
    title=mark("Triggers that are disabled"),
    severity=Severity.WARNING,
    check=check,
)
