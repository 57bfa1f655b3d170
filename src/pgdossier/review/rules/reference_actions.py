"""Foreign keys whose actions do not follow the convention.

## What it reports

Nothing, until the convention `reference_actions` takes a side. On the side `explicit`: foreign keys that say
nothing about deletion. On the side `no_cascade`: foreign keys with `ON DELETE CASCADE`.

## Why

Both views in one line: who writes the action down has thought about it, and a reader sees that; against
that, refusing is PostgreSQL's default and a good one, and `CASCADE` deletes more than the statement shows.

PostgreSQL does not keep whether `NO ACTION` was written: on the side `explicit` it has to be `RESTRICT`.

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing.

## How to fix it

Declare the foreign key again with the action that is meant. In one statement this locks both tables against
reads and writes for a moment; the rows are read by a second one that blocks nobody.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.constraints import Action
from pgdossier.review import foreign_keys, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

ACTIONS = Convention(
    "reference_actions",
    ("any", "explicit", "no_cascade"),
    "an action that is written down was thought about (explicit); a deletion that takes rows of other tables"
    " along does more than its statement shows (no_cascade)",
)


def check(context: Context) -> Iterator[Found]:
    """Foreign keys on the wrong side, when there is one."""
    side = context.side(ACTIONS)
    wrong = {"explicit": Action.NO_ACTION, "no_cascade": Action.CASCADE}.get(side)
    for relation in context.tables():
        for key in relation.foreign_keys:
            if key.inherited or not key.enforced or key.on_delete is not wrong or key.period:
                continue
            yield Found(
                subject=subject.constraint(relation.qualified, key.name),
                evidence=tr(
                    "deleting a row of {target} deletes those that reference it",
                    target=name(key.target.dotted),
                )
                if wrong is Action.CASCADE
                else tr(
                    "what happens when a row of {target} is deleted is not written down: it is refused"
                    " ({action})",
                    target=name(key.target.dotted),
                    action=name("NO ACTION"),
                ),
                fix=Fix(
                    advice=tr("Declare the action that is meant."),
                    steps=foreign_keys.declared_again(relation, key, on_delete=Action.RESTRICT),
                    remark=tr("RESTRICT refuses at once, even where the constraint is deferrable."),
                ),
            )


RULE = Rule(
    name="reference_actions",
    title=mark("Actions of foreign keys against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemalint: reference-actions",),
    convention=ACTIONS,
)
