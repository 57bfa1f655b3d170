"""Foreign keys of a table to itself whose action on deletion does not follow the convention.

## What it reports

Nothing, until the convention `self_reference` takes a side. On the side `cascade`: foreign keys of a table
to itself that refuse the deletion of a row that others reference. On the side `refuse`: those that pass it
on by `ON DELETE CASCADE`.

## Why

Both views in one line: what hangs below a deleted row has lost its meaning, and taking a tree down from its
leaves is tedious (cascade); one deletion near the root must not take half the table along (refuse).

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing.

## How to fix it

Declare the foreign key again with the action that is meant, and see to it that an index begins with its
columns.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [WITH Queries](https://www.postgresql.org/docs/current/queries-with.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.self_references import Shape
from pgdossier.language import mark, tr
from pgdossier.model.constraints import Action
from pgdossier.review import foreign_keys, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

SELF_REFERENCE = Convention(
    "self_reference",
    ("any", "cascade", "refuse"),
    "what hangs below a deleted row has lost its meaning (cascade); one deletion must not take half the table"
    " along (refuse)",
)
_REFUSING = (Action.NO_ACTION, Action.RESTRICT)


def check(context: Context) -> Iterator[Found]:
    """References of a table to itself on the wrong side, when there is one."""
    side = context.side(SELF_REFERENCE)
    wrong = {"cascade": _REFUSING, "refuse": (Action.CASCADE,)}.get(side, ())
    for one in context.analysis.self_references:
        key, child = one.relationship.key, context.lookup.relations[one.relationship.child]
        if key not in child.foreign_keys or not context.reviewed(child.qualified):
            continue
        above = side != "cascade" or one.shape is Shape.TREE
        if key.on_delete in wrong and above and key.enforced and not key.period:
            yield Found(
                subject=subject.constraint(child.qualified, key.name),
                evidence=tr(
                    "{columns} references another row of {child} ({evidence}), {on_delete}",
                    columns=names(key.columns),
                    child=name(child.qualified.dotted),
                    evidence=one.evidence,
                    on_delete=name(f"ON DELETE {key.on_delete.upper()}"),
                ),
                fix=Fix(
                    advice=tr("Declare the action that is meant."),
                    steps=foreign_keys.declared_again(
                        child, key, on_delete=Action.CASCADE if side == "cascade" else Action.NO_ACTION
                    ),
                ),
            )


RULE = Rule(
    name="self_reference_without_cascade",
    title=mark("References of a table to itself against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: self-referencing foreign keys without cascade", "schemacrawler: self-reference"),
    convention=SELF_REFERENCE,
)
