"""A schema whose tables declare no foreign key at all.

## What it reports

Schemas with as many tables as the threshold `linked_tables` (4), or more, none of which references another
table or is referenced.

## Why

Without foreign keys nothing keeps rows from pointing to rows that are not there, and neither people nor
tools can see how the tables belong together. Columns named after another table's key show what was meant.

## When it is wrong

For schemas of unrelated facts (staging, metrics, one log per table), and where another system of record
keeps the references true.

## How to fix it

Declare the references, `NOT VALID` first and validated later, so that no statement waits for a scan. The
finding names the columns that look like references.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [ALTER TABLE: Notes on NOT VALID](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

TABLES = Threshold("linked_tables", 4, "tables from which on a schema should have a foreign key")
_STEPS_SHOWN = 10


def check(context: Context) -> Iterator[Found]:
    """Schemas without a foreign key, with the columns that look like one."""
    by_schema: dict[str, list[Relation]] = {}
    for relation in context.tables():
        by_schema.setdefault(relation.schema, []).append(relation)
    for schema, found in by_schema.items():
        linked = any(one.qualified in context.parents or one.qualified in context.children for one in found)
        if linked or len(found) < context.threshold(TABLES):
            continue
        leads = [one for one in context.analysis.implied if one.table.schema == schema]
        listed = names([f"{one.table.name}.{one.column}" for one in leads])
        steps = [
            step
            for one in leads[:_STEPS_SHOWN]
            for step in fixes.add_foreign_key(
                context.lookup.relations[one.table],
                fixes.made_name(one.table.name, one.column, "fkey"),
                (one.column,),
                one.parent,
                (one.parent_column,),
            )
        ]
        yield Found(
            subject=subject.schema(schema),
            evidence=trn(
                "none of the {tables} tables of {schema} declares a foreign key; {columns} is named"
                " after another table's key",
                "none of the {tables} tables of {schema} declares a foreign key; {columns} are named"
                " after another table's key",
                len(leads),
                tables=len(found),
                schema=name(schema),
                columns=listed,
            )
            if leads
            else tr(
                "none of the {count} tables of {schema} declares a foreign key",
                count=len(found),
                schema=name(schema),
            ),
            fix=Fix(advice=tr("Declare the references between the tables."), steps=tuple(steps)),
        )


RULE = Rule(
    name="no_foreign_keys",
    title=mark("Schemas without any foreign key"),
    severity=Severity.WARNING,
    check=check,
    tags=("seed",),
    thresholds=(TABLES,),
)
