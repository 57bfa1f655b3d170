"""A reference whose table another column names.

## What it reports

Pairs of columns of which one names the kind of the referenced row and the other the row: `commentable_type`
beside `commentable_id`, and the same with Django's `content_type_id` beside `object_id`. Tables that keep a
log or a history are left out: what they tell of may be gone.

## Why

No foreign key can declare such a reference: rows can name what does not exist, a deletion leaves orphans,
and every join needs the kind as a constant. Renaming a class of the application breaks the data.

## When it is wrong

When a framework makes it so and nothing else is to be had; or when the referenced things live in another
system. Then accept the finding for the whole family of tables.

## How to fix it

One nullable foreign key for each kind with a CHECK that exactly one is given; or a table of its own for each
pair; or one table that all kinds share their key with, which can then be referenced.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [Comparison Functions: num_nonnulls](https://www.postgresql.org/docs/current/functions-comparison.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Polymorphic pairs; those with one type column are told together."""
    logs = {one.table for one in context.analysis.auditing.audit_tables}
    groups: dict[tuple[QualifiedName, str], list[str]] = {}
    for pair in context.analysis.polymorphic:
        if context.reviewed(pair.table) and pair.table not in logs:
            groups.setdefault((pair.table, pair.type_column), []).append(pair.id_column)
    for pair in context.analysis.polymorphic:
        rows = groups.pop((pair.table, pair.type_column), None)
        if rows is None:
            continue
        if pair.values:
            evidence = tr(
                "it names the kind of the row that {rows} stands for: {kinds}",
                rows=names(rows),
                kinds=names(pair.values),
            )
        elif pair.kinds is not None:
            evidence = tr(
                "it names the kind of the row that {rows} stands for: one of {kinds}",
                rows=names(rows),
                kinds=name(pair.kinds.dotted),
            )
        else:
            evidence = tr(
                "it names the kind of the row that {rows} stands for, and nothing says which kinds there are",
                rows=names(rows),
            )
        yield Found(
            subject=subject.column(pair.table, pair.type_column),
            evidence=evidence,
            fix=Fix(
                advice=tr(
                    "Have one nullable foreign key for each kind with a CHECK that exactly one is given,"
                    " or a table of its own for each kind."
                ),
            ),
        )


RULE = Rule(
    name="polymorphic_reference",
    title=mark("Polymorphic references"),
    severity=Severity.ADVICE,
    check=check,
)
