"""A column that every row is meant to fill, and that may be null.

## What it reports

Columns that allow null although they have a default that is a value, and columns that say when a row was
created (found by name and type) that allow null. Foreign keys, primary keys and columns of generated
expressions are left out.

## Why

The default shows that a row should have a value; an explicit null still gets in, and then comparisons, NOT
IN and sums behave in ways that nobody thought of. The planner knows more about a column that is never null,
too.

## When it is wrong

When null has a meaning beside the default: "not asked yet" where the default is "no".

## How to fix it

Fill the rows that are null, then set NOT NULL. That reads the table under a lock that blocks reads and
writes; on a large table add a CHECK as `NOT VALID` first and validate it, then PostgreSQL skips the scan.

## See also

- [Constraints: Not-Null Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.analysis.inverse import grouped
from pgdossier.language import mark, tr
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_NULL = re.compile(r"NULL(?:::.*)?\Z", re.IGNORECASE)


def check(context: Context) -> Iterator[Found]:
    """Nullable columns with a default, and nullable moments of creation."""
    created = grouped(
        pair
        for one in context.analysis.auditing.coverage
        if one.label == "When a row was created"
        for pair in one.columns
    )
    for relation in context.tables():
        moments = created.get(relation.qualified, ())
        referencing = context.foreign_key_columns(relation)
        for column in context.own_columns(relation):
            if not column.nullable or column.generated or column.name in referencing:
                continue
            if column.default is None and column.type_name is None and column.name not in moments:
                continue
            if not context.nullable(column):
                continue
            default = context.default(column)
            if default is not None and not _NULL.match(default):
                why = tr("its default is {default}", default=name(default))
            elif column.name in moments:
                why = tr("it says when a row was created")
            else:
                continue
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr("it may be null, and {why}", why=why),
                fix=Fix(
                    advice=tr("Fill the rows that are null, then set NOT NULL."),
                    steps=(fixes.set_not_null(relation, column.name),),
                    remark=tr("It fails while rows are null: count them first."),
                ),
            )


RULE = Rule(
    name="missing_not_null",
    title=mark("Columns that every row is meant to fill, and that may be null"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
