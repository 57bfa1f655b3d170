"""A name that looks like one of PostgreSQL's own.

## What it reports

Relations, types, functions and sequences whose names begin with `pg_`.

## Why

`pg_catalog` is searched before every schema of the search path: once a new version of PostgreSQL has an
object of that name, statements find that one. Readers and tools take it for a part of the system, and some
leave it out.

## When it is wrong

When the object stands in for one of the system's, as some tools of monitoring have it, and is always called
with its schema.

## How to fix it

Rename it.

## See also

- [Schemas: The System Catalog Schema](https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG)
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
    """Objects with such names."""
    structure = context.structure
    subjects = [(subject.relation(one.qualified), one.name) for one in context.relations()]
    subjects += [
        (subject.type_(one.qualified), one.name)
        for one in (*structure.enums, *structure.domains, *structure.composites, *structure.ranges)
    ]
    subjects += [(subject.routine(one), one.name) for one in structure.routines]
    subjects += [
        (subject.sequence(one.qualified), one.name) for one in structure.sequences if one.owned_by is None
    ]
    for of, found in subjects:
        if found.startswith("pg_"):
            yield Found(
                subject=of,
                evidence=tr(
                    "{relation} begins like PostgreSQL's own names, and {schema} is searched first",
                    relation=name(found),
                    schema=name("pg_catalog"),
                ),
                fix=Fix(advice=tr("Rename it.")),
            )


RULE = Rule(
    name="system_like_name",
    title=mark("Names like PostgreSQL's own"),
    severity=Severity.ADVICE,
    check=check,
)
