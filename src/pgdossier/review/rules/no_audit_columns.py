"""A table that does not say when its rows were made or changed.

## What it reports

Where at least 75 % of the tables have a column for when a row was created or changed (found by name and
type: `created_at`, `last_modified` …): each table that has neither. Where fewer do: one finding for the
database, with the numbers. Junction tables without a payload, tables called logs, and tables that any row of
theirs dates (they have some column of type date or timestamp) are left out.

## Why

"Since when is this wrong?" is the first question after every mistake, and the data has no answer.
Incremental exports and caches need to know what changed as well.

## When it is wrong

For lists that come with the application, for facts that never change and whose date is elsewhere, and where
audit tables, triggers or event sourcing answer the question.

## How to fix it

Add `created_at timestamptz NOT NULL DEFAULT now()`; existing rows get the time of the statement, so allow
null first if that would be a lie. A trigger or the application keeps `updated_at`.

## See also

- [Date/Time Functions](https://www.postgresql.org/docs/current/functions-datetime.html)
- [Trigger Functions](https://www.postgresql.org/docs/current/plpgsql-trigger.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_LABELS = ("When a row was created", "When a row was last changed")
_LEAST = 4
_HABIT = 75  # percent, as for the naming conventions of §12.F


def check(context: Context) -> Iterator[Found]:
    """The exceptions where there is a habit, else the lack of one."""
    coverage = [one for one in context.analysis.auditing.coverage if one.label in _LABELS]
    tracked = {table for one in coverage for table in one.tables}
    left_out = {one.table for one in context.analysis.junctions if not one.payload}
    left_out |= {one.table for one in context.analysis.auditing.audit_tables}
    for base, dated in context.by_type.items():
        if meaning.is_moment(base):
            left_out.update(relation.qualified for relation, _ in dated)
    candidates = [relation for relation in context.tables() if relation.qualified not in left_out]
    without = [relation for relation in candidates if relation.qualified not in tracked]
    counted = {relation.qualified for relation in candidates} | tracked
    share = len(counted & tracked) * 100 // len(counted) if counted else 0
    if not without or len(counted) < _LEAST:
        return
    if share < _HABIT:
        yield Found(
            subject=subject.DATABASE,
            evidence=tr(
                "{count} of {counted} tables have no column for when a row was created or changed,"
                " and no other date",
                count=len(without),
                counted=len(counted),
            ),
            fix=Fix(advice=tr("Decide which tables need created_at and updated_at, and add them there.")),
        )
        return
    usual = next((one.column_names[0] for one in coverage if one.column_names), "created_at")
    for relation in without:
        taken = {column.name for column in relation.columns}
        steps = () if usual in taken else (fixes.alter_table(relation, f"ADD COLUMN {_column(usual)}"),)
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "no column for when a row was created or changed; {share} % of the {count} tables"
                " have one, mostly {usual}",
                share=share,
                count=len(counted),
                usual=name(usual),
            ),
            fix=Fix(
                advice=tr("Add the columns that the other tables have."),
                steps=steps,
                remark=tr("Existing rows get the time of the statement, for all of them the same."),
            ),
        )


def _column(usual: str) -> str:
    return f"{fixes.identifiers([usual])} timestamptz NOT NULL DEFAULT now()"


RULE = Rule(
    name="no_audit_columns",
    title=mark("Tables that do not say when a row was made or changed"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed", "tbls: required columns"),
)
