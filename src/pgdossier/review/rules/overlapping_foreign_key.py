"""A foreign key that another one of the same table already implies.

## What it reports

Foreign keys whose pairs of columns are a part of the pairs of another foreign key to the same table, such as
`user_id` beside `(tenant_id, user_id)`. The longer key must be enforced and validated, and each row that has
the columns of the shorter one must have the others as well, by NOT NULL or by a CHECK: else the shorter key
checks rows that the longer one passes over.

## Why

The shorter key promises nothing that the longer one does not; it costs a look-up for each row. Where their
actions differ, it is by no means plain what happens when a referenced row is deleted.

## When it is wrong

When a tool needs a foreign key of one column to see the relationship. Keys that merely share a column, such
as `(tenant_id, author_id)` and `(tenant_id, editor_id)`, are never reported.

## How to fix it

Drop the shorter key, unless its action is the one that is meant: then move that to the longer one.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.relations import Relation
from pgdossier.review import foreign_keys, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.nullable_foreign_key_part import possible


def check(context: Context) -> Iterator[Found]:
    """Foreign keys that follow from a longer one."""
    for relation in context.tables():
        own = [key for key in relation.foreign_keys if not key.inherited and not key.period]
        for key in own:
            longer = next((one for one in own if _implies(context, relation, one, key)), None)
            if longer is None:
                continue
            differs = (longer.on_delete, longer.on_update) != (key.on_delete, key.on_update)
            values = {
                "longer": name(longer.name),
                "target": name(key.target.dotted),
                "references": names(longer.columns),
                "columns": names(key.columns),
            }
            if differs:
                evidence = trn(
                    "{longer} references {target} by {references}, {actions} where this one says"
                    " {own_actions}: {columns} is part of that",
                    "{longer} references {target} by {references}, {actions} where this one says"
                    " {own_actions}: {columns} are part of that",
                    len(key.columns),
                    **values,
                    actions=name(
                        f"ON DELETE {longer.on_delete.upper()} ON UPDATE {longer.on_update.upper()}"
                    ),
                    own_actions=name(f"ON DELETE {key.on_delete.upper()} ON UPDATE {key.on_update.upper()}"),
                )
            else:
                evidence = trn(
                    "{longer} references {target} by {references}: {columns} is part of that",
                    "{longer} references {target} by {references}: {columns} are part of that",
                    len(key.columns),
                    **values,
                )
            yield Found(
                subject=subject.constraint(relation.qualified, key.name),
                evidence=evidence,
                fix=Fix(
                    advice=tr(
                        "Drop the shorter foreign key, after its action was moved to the longer one if that"
                        " is the one that is meant."
                    )
                    if differs
                    else tr("Drop the shorter foreign key."),
                    steps=(foreign_keys.dropped(relation, key),),
                ),
            )


def _implies(context: Context, relation: Relation, longer: ForeignKey, key: ForeignKey) -> bool:
    """Whether no row that the longer key accepts can break the other."""
    if len(longer.columns) <= len(key.columns) or longer.target != key.target:
        return False
    pairs, all_pairs = (frozenset(zip(one.columns, one.target_columns, strict=True)) for one in (key, longer))
    extra = {own for own, _ in all_pairs - pairs}
    return (
        pairs < all_pairs
        and longer.enforced
        and longer.validated
        and _always_given(context, relation, key, extra)
    )


def _always_given(context: Context, relation: Relation, key: ForeignKey, extra: set[str]) -> bool:
    """Whether every row that has the columns of the shorter key has those as well, by NOT NULL or CHECKs."""
    wanted = [
        column for column in (*key.columns, *sorted(extra)) if context.nullable(relation.column(column))
    ]
    own = set(key.columns) & set(wanted)
    return all(set(wanted) <= given for given in possible(context, relation, wanted) if own <= given)


RULE = Rule(
    name="overlapping_foreign_key",
    title=mark("Foreign keys that another one implies"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: intersected foreign keys",),
)
