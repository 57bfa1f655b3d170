"""Values from a fixed list, kept otherwise than by the convention.

## What it reports

Nothing, until the convention `value_lists` takes a side. On the side `enum`: text columns whose values a
CHECK lists. On the side `check`: columns of an enum type. On the side `table`: both. Columns with a foreign
key are left out on every side.

## Why

The views in one line: an enum is small, ordered and the same in every table, but values cannot be removed
from it; a CHECK is changed by one statement, but is repeated with every column; a table can carry labels,
translations and dates and is changed by data alone, but costs a join.

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing. That a column has
none of the three is told by the rule `value_list_without_check`.

## How to fix it

Change the type of the column, or add the table and a foreign key.

## See also

- [Enumerated Types](https://www.postgresql.org/docs/current/datatype-enum.html)
- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import checks
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain, Enum
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

LISTS = Convention(
    "value_lists",
    ("any", "enum", "check", "table"),
    "an enum is small and the same everywhere, but loses no value (enum); a CHECK changes in one statement,"
    " but"
    " is repeated (check); a table carries labels and changes by data, but costs a join (table)",
)
_ADVICE = {
    "enum": mark("Make the values an enum type, and change the column to it."),
    "check": mark("Change the column to text, and list the values in a CHECK."),
    "table": mark("Make the values the rows of a table, and reference it."),
}


def check(context: Context) -> Iterator[Found]:
    """Columns on the wrong side, when there is one."""
    side = context.side(LISTS)
    if side == "any":
        return
    for relation in context.tables():
        referencing = context.foreign_key_columns(relation)
        listed = _listed(relation)
        for column in context.own_columns(relation):
            if column.name in referencing:
                continue
            found = context.lookup.types.get(column.type_name) if column.type_name else None
            values = listed.get(column.name) or _of_domain(found)
            if isinstance(found, Enum) and side in ("check", "table"):
                evidence = tr(
                    "{column} is of the enum {relation}",
                    column=name(column.name),
                    relation=name(found.qualified.dotted),
                )
                evidence += f": {names(found.labels)}"
            elif values and side in ("enum", "table") and _is_text(context, column):
                evidence = tr(
                    "a CHECK lists the values of {column}: {values}",
                    column=name(column.name),
                    values=names(values),
                )
            else:
                continue
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=evidence,
                fix=Fix(advice=_ADVICE[side]),
            )


def _is_text(context: Context, column: Column) -> bool:
    return meaning.is_text(context.base_type(column))


def _listed(relation: Relation) -> dict[str, tuple[str, ...]]:
    """The columns whose values the table's checks list, with these."""
    return dict(found for check in relation.checks if (found := checks.value_list(check.expression)))


def _of_domain(found: object) -> tuple[str, ...]:
    if not isinstance(found, Domain):
        return ()
    lists = (checks.value_list(check.expression) for check in found.checks)
    return next((values[1] for values in lists if values is not None), ())


RULE = Rule(
    name="enum_type",
    title=mark("Lists of values against the convention"),
    severity=Severity.ADVICE,
    check=check,
    convention=LISTS,
)
