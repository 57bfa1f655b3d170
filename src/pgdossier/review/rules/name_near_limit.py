"""A name that is nearly as long as a name can be.

## What it reports

Relations, columns, types and functions whose names have `long_name_bytes` bytes or more; PostgreSQL keeps
63. One finding for each relation, with its columns. Names of constraints, indexes and triggers are left out:
tools make most of them, and cut them in ways of their own. Sequences of columns are left out as well.

## Why

A longer name is cut without an error, only with a notice: two names that differ at the end become one, and a
migration that looks for the whole name does not find it. Names that are made from it (of indexes,
constraints, sequences) are cut too, and say less.

## When it is wrong

When the name was counted and fits.

## How to fix it

Find a shorter one.

## See also

- [Lexical Structure: Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
- [PostgreSQL Limits](https://www.postgresql.org/docs/current/limits.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold
from pgdossier.review.subject import Subject

_LONGEST = 63
_WIDEST = 4  # bytes of a character in UTF-8
LONG = Threshold("long_name_bytes", 60, "bytes from which on a name is close to the 63 that are kept")


def check(context: Context) -> Iterator[Found]:
    """Long names."""
    least = context.threshold(LONG)

    def long(found: str) -> bool:
        return len(found) * _WIDEST >= least and len(found.encode()) >= least

    columns = context.called(long)
    for relation in context.relations():
        found = [relation.name] if long(relation.name) else []
        if columns:
            found += [column.name for column in context.own_columns(relation) if column.name in columns]
        if found:
            yield _found(subject.relation(relation.qualified), found)
    structure = context.structure
    for type_ in (*structure.enums, *structure.domains, *structure.composites, *structure.ranges):
        if long(type_.name):
            yield _found(subject.type_(type_.qualified), [type_.name])
    for routine in structure.routines:
        if long(routine.name):
            yield _found(subject.routine(routine), [routine.name])
    for sequence in structure.sequences:
        if sequence.owned_by is None and long(sequence.name):
            yield _found(subject.sequence(sequence.qualified), [sequence.name])


def _found(of: Subject, found: list[str]) -> Found:
    sizes = sorted({len(one.encode()) for one in found}, reverse=True)
    return Found(
        subject=of,
        evidence=tr(
            "{names}: {sizes} of {longest} bytes, and may have been cut",
            names=names(found),
            sizes=", ".join(map(str, sizes)),
            longest=_LONGEST,
        )
        if sizes[0] == _LONGEST
        else tr(
            "{names}: {sizes} of {longest} bytes",
            names=names(found),
            sizes=", ".join(map(str, sizes)),
            longest=_LONGEST,
        ),
        fix=Fix(advice=tr("Find a shorter name.")),
    )


RULE = Rule(
    name="name_near_limit",
    title=mark("Names close to the limit of 63 bytes"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: name near 63 bytes",),
    thresholds=(LONG,),
)
