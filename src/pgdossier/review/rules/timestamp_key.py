"""A key that trusts that no two things happen at once.

## What it reports

Primary keys and unique constraints that are one timestamp and nothing else, and keys of several columns with
a timestamp whose default is the current time. What a partitioned table must have in its keys, its partition
key, is left out where an identity, a sequence or a UUID tells the rows apart.

## Why

`now()` is the same for all rows of a transaction, and clocks stand still, jump back and are set. Then two
rows want the same key, and one of them is refused: rarely, under load, and never in a test. As the target of
a foreign key it is worse: programs often keep milliseconds of the microseconds and find nothing.

## When it is wrong

When the moment is part of what the row is: a row for each hour of a calendar or a sensor, a version valid
from a moment. Then it comes from the data, and has no default.

## How to fix it

Add an identity column as the key, and keep an index on the moment.

## See also

- [Current Date/Time](https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT)
- [Identity Columns](https://www.postgresql.org/docs/current/ddl-identity-columns.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.constraints import Key
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)"
    r"|\b(?:CURRENT_TIMESTAMP|LOCALTIMESTAMP)\b",
    re.IGNORECASE,
)


def check(context: Context) -> Iterator[Found]:
    """Keys that a clock may give twice."""
    for relation in context.tables():
        for key in (relation.primary_key, *relation.unique_keys):
            if key is not None and not key.inherited and not key.without_overlaps:
                evidence = _evidence(context, relation, key)
                if evidence is not None:
                    yield Found(
                        subject=subject.constraint(relation.qualified, key.name),
                        evidence=evidence,
                        fix=Fix(advice=tr("Add an identity column as the key, and index the moment.")),
                    )


def _evidence(context: Context, relation: Relation, key: Key) -> str | None:
    divided = relation.partitioning.columns if relation.partitioning else ()
    for part in key.columns:
        column = relation.column(part)
        base = context.base_type(column)
        if not base.startswith("timestamp") or base.endswith("[]"):
            continue
        default = context.default(column) or ""
        clock = tr(", whose default is {default}", default=name(default)) if _CLOCK.search(default) else ""
        if len(key.columns) == 1:
            return tr(
                "{part}, {base}{clock}, is the whole key", part=name(part), base=name(base), clock=clock
            )
        others = [one for one in key.columns if one != part]
        if clock and not (part in divided and _tells(relation, others)):
            return tr(
                "{part}{clock}, tells rows apart that have the same {others}",
                part=name(part),
                clock=clock,
                others=names(others),
            )
    return None


def _tells(relation: Relation, columns: list[str]) -> bool:
    """Whether one of the columns is made to be different in each row."""
    by_name = {column.name: column for column in relation.columns}
    made = ("nextval(", "uuid", "random")
    return any(
        by_name[one].identity is not None
        or any(word in (by_name[one].default or "") for word in made)
        or by_name[one].type == "uuid"
        for one in columns
    )


RULE = Rule(
    name="timestamp_key",
    title=mark("Keys that trust a clock"),
    severity=Severity.ADVICE,
    check=check,
)
