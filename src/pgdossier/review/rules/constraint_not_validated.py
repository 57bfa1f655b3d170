"""A constraint that was declared NOT VALID and never validated.

## What it reports

Foreign keys, CHECK and NOT NULL constraints of tables, and CHECK constraints of domains, that are marked as
not validated. Constraints that are not even enforced are told by the rule `constraint_not_enforced`.

## Why

Such a constraint is kept for every row that is written from then on; the rows that were there before may
break it. So nobody can rely on it: neither who reads the schema nor the planner. An update of an old row,
and the restoring of a dump, can fail years later.

## When it is wrong

While a migration is under way, or when old rows are known to break the rule and may stay.

## How to fix it

Look for rows that break it, mend them, then `VALIDATE CONSTRAINT`. That reads the table and blocks neither
reads nor writes.

## See also

- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [ALTER DOMAIN](https://www.postgresql.org/docs/current/sql-alterdomain.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity

_ADVICE = mark("Mend the rows that break it, then validate it.")
_REMARK = mark("It fails while rows break the constraint.")


def check(context: Context) -> Iterator[Found]:
    """Constraints that older rows may break."""
    for relation in context.tables():
        marked = [
            *(
                (one.name, tr("the foreign key to {target}", target=name(one.target.dotted)))
                for one in relation.foreign_keys
                if not one.inherited and one.enforced and not one.validated
            ),
            *(
                (one.name, tr("the condition {expression}", expression=name(one.expression)))
                for one in relation.checks
                if not one.inherited and one.enforced and not one.validated
            ),
            *(
                (one.name, tr("NOT NULL of {column}", column=name(one.column)))
                for one in relation.not_nulls
                if not one.inherited and not one.validated
            ),
        ]
        for constraint, promise in marked:
            step = fixes.alter_table(
                relation,
                f"VALIDATE CONSTRAINT {quote_identifier(constraint)}",
                Lock.SHARE_UPDATE_EXCLUSIVE,
                Work.SCAN,
            )
            yield Found(
                subject=subject.constraint(relation.qualified, constraint),
                evidence=tr(
                    "rows that are older than it may break {promise}: it is not validated", promise=promise
                ),
                fix=Fix(advice=tr(_ADVICE), steps=(step,), remark=tr(_REMARK)),
            )
    yield from _domains(context)


def _domains(context: Context) -> Iterator[Found]:
    used = {column.type_name for relation in context.structure.relations for column in relation.columns}
    for domain in context.structure.domains:
        open_ = [one for one in domain.checks if not one.validated]
        if not open_:
            continue
        lock, work = (Lock.SHARE, Work.SCAN) if domain.qualified in used else (Lock.NONE, Work.CATALOG)
        yield Found(
            subject=subject.type_(domain.qualified),
            evidence="; ".join(
                tr(
                    "values that are older than {constraint} may break {expression}: it is not validated",
                    constraint=name(one.name),
                    expression=name(one.expression),
                )
                for one in open_
            ),
            fix=Fix(
                advice=tr(_ADVICE),
                steps=tuple(
                    Step(
                        f"ALTER DOMAIN {domain.qualified.sql} VALIDATE CONSTRAINT"
                        f" {quote_identifier(one.name)}",
                        lock,
                        work,
                    )
                    for one in open_
                ),
                remark=tr(
                    "It fails while rows break the constraint; the locks are on the tables that use"
                    " the domain."
                ),
            ),
        )


RULE = Rule(
    name="constraint_not_validated",
    title=mark("Constraints that older rows may break"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: not valid constraints",),
)
