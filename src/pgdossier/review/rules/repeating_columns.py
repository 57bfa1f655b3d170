"""Columns that differ by a number: a list, spread over one row.

## What it reports

Two or more columns of one table and type whose names differ in a number alone, and whose numbers follow on
each other from 0 or 1: `phone1`, `phone2`; `item_1_id`, `item_2_id`. Lines of an address are left out while
there are no more than the threshold `address_lines` (4) of them.

## Why

The number of columns decides how many there can be; every search has to look into each of them, and nothing
keeps the second from being filled while the first is empty (first normal form).

## When it is wrong

When the number is a part of the meaning, not a position: coordinates, quarters of a year, levels that are
always all there.

## How to fix it

Move them to a table of their own with one row each, referencing this one; where only the values matter, an
array does as well.

## See also

- [Arrays](https://www.postgresql.org/docs/current/arrays.html)
- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

LINES = Threshold("address_lines", 4, "numbered lines that an address may have")
_NUMBERED = re.compile(r"(.*[^\d])(\d{1,2})(\D*)\Z")
_LINES = frozenset(("address", "addr", "line", "street", "adr"))


def check(context: Context) -> Iterator[Found]:
    """The groups, each at its first column."""
    numbered = context.called(lambda column: _NUMBERED.match(column) is not None)
    for relation in context.tables():
        if numbered.isdisjoint(column.name for column in relation.columns):
            continue
        for (before, after, type_name), columns in _groups(context, relation).items():
            numbers = sorted(columns)
            follow = (
                len(numbers) > 1 and numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1
            )
            stem = "".join(meaning.words(before + after))
            lines = bool(_LINES & set(meaning.words(before))) and len(numbers) <= context.threshold(LINES)
            if follow and len(stem) > 1 and not lines:
                listed = [columns[number] for number in numbers]
                yield Found(
                    subject=subject.column(relation.qualified, listed[0]),
                    evidence=tr(
                        "{count} columns of type {type_name} differ in a number alone: {columns}",
                        count=len(listed),
                        type_name=name(type_name),
                        columns=names(listed),
                    ),
                    fix=Fix(
                        advice=tr(
                            "Move them to a table of their own with one row for each, or make them an array."
                        )
                    ),
                )


def _groups(context: Context, relation: Relation) -> dict[tuple[str, str, str], dict[int, str]]:
    """Columns by what stands before and after their number, and by type."""
    groups: dict[tuple[str, str, str], dict[int, str]] = {}
    for column in context.own_columns(relation):
        if match := _NUMBERED.match(column.name):
            shape = (match[1], match[3], context.base_type(column))
            groups.setdefault(shape, {})[int(match[2])] = column.name
    return groups


RULE = Rule(
    name="repeating_columns",
    title=mark("Lists spread over numbered columns"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed", "schemacrawler: incrementing columns"),
    thresholds=(LINES,),
)
