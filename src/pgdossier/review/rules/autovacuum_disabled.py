"""A table that autovacuum is told to leave alone.

## What it reports

Tables, and partitions with their table, for which autovacuum is switched off by the storage parameter
`autovacuum_enabled`. That it is off for the whole server is not told here.

## Why

Nothing then removes dead rows or keeps the planner's statistics up to date, unless somebody does it by hand.
The parameter was mostly set for one load and then forgotten. Against transaction wraparound autovacuum comes
all the same, and then has everything to do at once.

## When it is wrong

When a job vacuums the table at a better time, or the table is only ever filled, read and truncated.

## How to fix it

Reset the parameter. If autovacuum does too much, let it go slower or come later, for this table alone.

## See also

- [Automatic Vacuuming](https://www.postgresql.org/docs/current/runtime-config-vacuum.html)
- [CREATE TABLE: Storage Parameters](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import tables
from pgdossier.analysis.vacuuming import SWITCHED_OFF
from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables for which it is switched off."""
    for relation in context.relations():
        own = (relation, *tables.descendants(context.lookup, relation.qualified))
        off = [part for part in own if _is_off(part)]
        if not off:
            continue
        steps = tuple(
            fixes.alter_table(part, "RESET (autovacuum_enabled)", Lock.SHARE_UPDATE_EXCLUSIVE) for part in off
        )
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr("{setting} is off", setting=name("autovacuum_enabled"))
            if off == [relation]
            else tr(
                "{setting} is off for {tables}",
                setting=name("autovacuum_enabled"),
                tables=names(part.name for part in off),
            ),
            fix=Fix(advice=tr("Reset the parameter."), steps=steps),
        )


def _is_off(relation: Relation) -> bool:
    return any(
        option.partition("=")[0] == "autovacuum_enabled" and option.partition("=")[2].lower() in SWITCHED_OFF
        for option in relation.options
    )


RULE = Rule(
    name="autovacuum_disabled",
    title=mark("Tables without autovacuum"),
    severity=Severity.WARNING,
    check=check,
)
