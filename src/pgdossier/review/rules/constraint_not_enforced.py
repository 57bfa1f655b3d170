"""A constraint that PostgreSQL does not check.

## What it reports

Foreign keys and CHECK constraints declared `NOT ENFORCED`, which PostgreSQL knows since version 18.

## Why

The constraint is documentation: rows may break it at any time, no deletion is passed on to referencing rows,
and whoever reads the schema quickly takes the promise for a fact.

## When it is wrong

When something else keeps the promise, and a check on every write would cost too much; or while a load runs.

## How to fix it

Make it enforced, which reads the table. For a foreign key `ALTER CONSTRAINT … ENFORCED` does that; a CHECK
must be dropped and added again.

## See also

- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.constraints import Check
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Step, Work
from pgdossier.review.rule import Found, Rule, Severity

_ADVICE = mark("Mend the rows that break it, then enforce it.")


def check(context: Context) -> Iterator[Found]:
    """Constraints that are not enforced."""
    for relation in context.tables():
        for key in relation.foreign_keys:
            if not key.inherited and not key.enforced:
                step = fixes.alter_table(
                    relation, f"ALTER CONSTRAINT {quote_identifier(key.name)} ENFORCED", work=Work.SCAN
                )
                yield Found(
                    subject=subject.constraint(relation.qualified, key.name),
                    evidence=tr(
                        "that {columns} references {target} is declared and not enforced",
                        columns=names(key.columns),
                        target=name(key.target.dotted),
                    ),
                    fix=Fix(advice=tr(_ADVICE), steps=(step,)),
                )
        for one in relation.checks:
            if not one.inherited and not one.enforced:
                yield Found(
                    subject=subject.constraint(relation.qualified, one.name),
                    evidence=tr("{expression} is declared and not enforced", expression=name(one.expression)),
                    fix=Fix(advice=tr(_ADVICE), steps=_added_again(relation, one)),
                )


def _added_again(relation: Relation, one: Check) -> tuple[Step, ...]:
    drop = fixes.alter_table(relation, f"DROP CONSTRAINT {quote_identifier(one.name)}")
    add = fixes.add_check(relation, one.expression, one.name)
    return (drop, *add)


RULE = Rule(
    name="constraint_not_enforced",
    title=mark("Constraints that are not enforced"),
    severity=Severity.WARNING,
    check=check,
)
