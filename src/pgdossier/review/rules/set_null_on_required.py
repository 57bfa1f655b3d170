"""A foreign key that shall set columns to null which cannot be null.

## What it reports

Foreign keys with `ON DELETE` or `ON UPDATE` `SET NULL` where one of the columns to be set is NOT NULL, by
itself, as part of the primary key, by its domain, or by a CHECK. The same for `SET DEFAULT` where such a
column has no default.

## Why

The action that was declared never happens: deleting a referenced row fails with a violation of NOT NULL, an
error that names another table than the one in the statement. Whoever reads the schema believes that the row
can be deleted.

## When it is wrong

When a trigger gives the column another value before the constraint is looked at. PostgreSQL itself accepts
such a declaration without a word.

## How to fix it

Decide what is meant. If the reference may go missing, drop NOT NULL. If it may not, declare what happens
anyway: `ON DELETE RESTRICT`, or `CASCADE` if the row shall go as well.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import checks
from pgdossier.language import mark, tr, trn
from pgdossier.model.constraints import Action, ForeignKey
from pgdossier.model.relations import Relation
from pgdossier.review import foreign_keys, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_NULL_DEFAULT = "NULL"


def check(context: Context) -> Iterator[Found]:
    """Foreign keys whose action cannot happen."""
    for relation in context.tables():
        keys = [key for key in relation.foreign_keys if key.enforced and not key.inherited and _sets(key)]
        required = _required(context, relation) if keys else frozenset()
        for key in keys:
            said = {}
            for event, action, columns in (
                ("DELETE", key.on_delete, key.on_delete_columns or key.columns),
                ("UPDATE", key.on_update, key.columns),
            ):
                kept = [column for column in columns if _fails(context, relation, action, column, required)]
                if kept:
                    said[event] = (
                        trn(
                            "{event} cannot happen: {kept} is never null and has no default",
                            "{event} cannot happen: {kept} are never null and has no default",
                            len(kept),
                            event=name(f"ON {event} {action.upper()}"),
                            kept=names(kept),
                        )
                        if action is Action.SET_DEFAULT
                        else trn(
                            "{event} cannot happen: {kept} is never null",
                            "{event} cannot happen: {kept} are never null",
                            len(kept),
                            event=name(f"ON {event} {action.upper()}"),
                            kept=names(kept),
                        )
                    )
            if said:
                yield Found(
                    subject=subject.constraint(relation.qualified, key.name),
                    evidence="; ".join(said.values()),
                    fix=_fix(relation, key, set(said)),
                )


def _sets(key: ForeignKey) -> bool:
    """Whether an action gives the columns another value."""
    return not {Action.SET_NULL, Action.SET_DEFAULT}.isdisjoint((key.on_delete, key.on_update))


def _required(context: Context, relation: Relation) -> frozenset[str]:
    """The columns that are never null, by NOT NULL or by a CHECK."""
    found = {column.name for column in relation.columns if not context.nullable(column)}
    for one in relation.checks:
        if one.enforced:
            found |= checks.not_null_columns(one.expression) or frozenset()
    return frozenset(found)


def _fails(
    context: Context, relation: Relation, action: Action, column: str, required: frozenset[str]
) -> bool:
    if column not in required:
        return False
    if action is Action.SET_DEFAULT:
        default = context.default(relation.column(column))
        return default is None or default.partition("::")[0].upper() == _NULL_DEFAULT
    return action is Action.SET_NULL


def _fix(relation: Relation, key: ForeignKey, events: set[str]) -> Fix:
    return Fix(
        advice=tr("Declare what happens anyway, or drop NOT NULL if the reference may go missing."),
        steps=foreign_keys.declared_again(
            relation,
            key,
            on_delete=Action.RESTRICT if "DELETE" in events else None,
            on_update=Action.RESTRICT if "UPDATE" in events else None,
        ),
        remark=tr("RESTRICT changes nothing but the error; CASCADE would delete or change the rows."),
    )


RULE = Rule(
    name="set_null_on_required",
    title=mark("Foreign keys that set to null what is never null"),
    severity=Severity.ERROR,
    check=check,
)
