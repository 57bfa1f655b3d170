"""Moments stored without a time zone.

## What it reports

Tables with columns of type `timestamp` (without time zone), all such columns in one finding. Columns whose
names say that a local time is meant (`local`, `wall`, `naive`) are left out.

## Why

Such a value says what a clock showed, not where: it is no moment. What it means depends on who wrote it; it
is ambiguous for an hour each autumn; comparing it with `now()` converts by the time zone of the session.
`timestamp with time zone` takes the same eight bytes, stores the moment, and shows it in the zone of whoever
looks.

## When it is wrong

When local time is meant: the opening hours of a shop, an appointment that must stay at nine whatever the
politicians do to summer time. Some applications store UTC throughout and convert themselves; then all
writers must keep to it, and so must people at a psql prompt.

## How to fix it

Change the type and say which zone the values are in; the suggestion says UTC. All columns of a table are
changed in one statement, which rewrites the table once.

## See also

- [Date/Time Types](https://www.postgresql.org/docs/current/datatype-datetime.html)
- [AT TIME ZONE](https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-ZONECONVERT)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgdossier.language import mark, tr, trn
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, Work
from pgdossier.review.rule import Found, Rule, Severity

_LOCAL = frozenset(("local", "wall", "naive"))


def check(context: Context) -> Iterator[Found]:
    """Tables with moments that are none."""
    for relation, moments in context.own_typed(_has_no_zone):
        found = [column for column in moments if _LOCAL.isdisjoint(meaning.words(column.name))]
        if found:
            listed = names([column.name for column in found])
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=trn(
                    "{columns} is timestamp without time zone",
                    "{columns} are timestamp without time zone",
                    len(found),
                    columns=listed,
                ),
                fix=_fix(context, relation, found),
            )


def _has_no_zone(base: str) -> bool:
    return base.startswith("timestamp") and base.endswith("without time zone")


def _fix(context: Context, relation: Relation, columns: Sequence[Column]) -> Fix:
    divided = set(relation.partitioning.columns) if relation.partitioning else set()
    used = set(_generated_from(relation))
    names_changed = {column.name for column in columns}
    # What an expression, a view or a partition key says of the column may not hold for the other type.
    obstacles = (
        divided & names_changed
        or any(column.type_name or column.generated for column in columns)
        or context.analysis.inverse.read_by.get(relation.qualified)
        or context.analysis.inverse.heirs.get(relation.qualified)
        or used & names_changed
        or any(key.column is None for index in relation.indexes for key in index.keys)
    )
    changes = ", ".join(
        f"ALTER COLUMN {quote_identifier(column.name)} TYPE {_new_type(column.type)}"
        f" USING {quote_identifier(column.name)} AT TIME ZONE 'UTC'"
        for column in columns
    )
    return Fix(
        advice=tr("Change the type to timestamp with time zone, and say which zone the values are in."),
        steps=(fixes.alter_table(relation, changes, work=Work.REWRITE),),
        complete=not obstacles,
        remark=tr("Views, expressions and keys that use these columns have to be made again.")
        if obstacles
        else tr("UTC is a guess: look at what wrote the values."),
    )


def _generated_from(relation: Relation) -> Iterator[str]:
    """The columns that generated columns may be computed from: all that their text mentions."""
    texts = [column.default or "" for column in relation.columns if column.generated]
    for column in relation.columns:
        if any(column.name in text for text in texts):
            yield column.name


def _new_type(type_name: str) -> str:
    return type_name.replace("without time zone", "with time zone")


RULE = Rule(
    name="timestamp_without_time_zone",
    title=mark("Moments without a time zone"),
    severity=Severity.WARNING,
    check=check,
    tags=("seed", "pg-index-health", "postgresql: don't do this"),
)
