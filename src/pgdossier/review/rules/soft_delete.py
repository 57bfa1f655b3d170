"""Tables that mark rows as deleted, against the convention.

## What it reports

Nothing, until the convention `soft_delete` takes a side. On the side `avoid`: tables with a column for soft
deletion (`deleted_at`, `is_deleted`, `archived` …, found by name and type). On the side `require`: tables
that others reference, that are no junctions or logs, and that have no such column.

## Why

Both views in one line: a mark makes deletion undoable and keeps history readable; but every query must
remember it, unique keys and foreign keys do not see it, tables fill with dead rows, and a law that demands
deletion is not satisfied by a mark.

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing. That unique keys know
nothing of a mark is told by the rule `soft_delete_unique_key` on every side.

## How to fix it

On the side `avoid`: move deleted rows to a table of their own, or keep a log of deletions. On the side
`require`: add the column, and partial indexes for the rows that are left.

## See also

- [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

SOFT_DELETE = Convention(
    "soft_delete",
    ("any", "avoid", "require"),
    "a mark makes deletion undoable (require); every query must remember it, and keys do not see it (avoid)",
)


def check(context: Context) -> Iterator[Found]:
    """Tables on the wrong side, when there is one."""
    side = context.side(SOFT_DELETE)
    marks = {
        table: column
        for one in context.analysis.auditing.coverage
        if one.label == "Soft deletion"
        for table, column in one.columns
    }
    left_out = {one.table for one in context.analysis.auditing.audit_tables}
    left_out |= {one.table for one in context.analysis.junctions}
    for relation in context.tables():
        mark = marks.get(relation.qualified)
        if side == "avoid" and mark is not None:
            yield Found(
                subject=subject.column(relation.qualified, mark),
                evidence=tr(
                    "{mark} marks rows of {relation} as deleted",
                    mark=name(mark),
                    relation=name(relation.qualified.dotted),
                ),
                fix=Fix(advice=tr("Delete the rows, and keep what must be kept in a table of its own.")),
            )
        elif side == "require" and mark is None and relation.qualified not in left_out:
            referencing = {one.child for one in context.children.get(relation.qualified, ())}
            if referencing - {relation.qualified} and "deleted_at" not in {
                one.name for one in relation.columns
            }:
                yield Found(
                    subject=subject.relation(relation.qualified),
                    evidence=tr(
                        "{relation}, which {count} tables reference, has no column for soft deletion",
                        relation=name(relation.qualified.dotted),
                        count=len(referencing),
                    ),
                    fix=Fix(
                        advice=tr("Add a column for soft deletion."),
                        steps=(fixes.alter_table(relation, "ADD COLUMN deleted_at timestamptz"),),
                    ),
                )


RULE = Rule(
    name="soft_delete",
    title=mark("Soft deletion against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
    convention=SOFT_DELETE,
)
