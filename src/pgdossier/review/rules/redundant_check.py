"""A CHECK constraint that another constraint already implies.

## What it reports

CHECK constraints of a table that say what NOT NULL, the column's domain or other CHECK constraints of the
table say already: the same condition twice, `x >= 0` beside `x > 0`, a longer list of values beside a
shorter one, a condition that is one of those that another constraint joins by AND, `x IS NOT NULL` on a
column that is NOT NULL. And lists that name a value twice.

## Why

It is evaluated for every row that is written, and it misleads: who changes the one constraint finds that the
other one still holds.

## When it is wrong

When the two are to be changed at different times, or a `CHECK (x IS NOT NULL)` was made so that `SET NOT
NULL` need not read the table, and is still to be dropped.

## How to fix it

Drop it. That locks the table for a moment and reads nothing.

## See also

- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pgdossier.analysis import checks, expressions
from pgdossier.analysis.check_values import listed
from pgdossier.analysis.expressions import Node
from pgdossier.analysis.relationships import may_be_null
from pgdossier.language import mark, tr, trn
from pgdossier.model.constraints import Check
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, limits, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.limits import Limit
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.contradicting_checks import column_types, of_domain


class _Condition(msgspec.Struct, frozen=True):
    """One of the conditions that hold, and the constraint that says it."""

    constraint: str
    node: Node | None
    limit: Limit | None


def check(context: Context) -> Iterator[Found]:
    """CHECK constraints that follow from the others, one after the other, the last by name first."""
    for relation in context.tables():
        left = sorted((one for one in relation.checks if one.enforced), key=lambda one: one.name)
        if not left:
            continue
        types = column_types(context, relation)
        conditions = {one.name: _conditions(one, types) for one in left}
        domains = [
            _Condition(tr("the domain of {column}", column=column.name), None, limit)
            for column in relation.columns
            if column.type_name is not None
            for _, limit in of_domain(context, column, proved=True)
        ]
        for one in reversed(left.copy()):
            if one.inherited:
                continue
            others = [other for other in left if other is not one and _as_strong(other, one)]
            held = [*domains, *(condition for other in others for condition in conditions[other.name])]
            said = _implied(context, relation, one, others, conditions[one.name], held)
            if said is not None:
                left.remove(one)
            else:
                said = _repeated(one)
                if said is None:
                    continue
                yield Found(
                    subject=subject.constraint(relation.qualified, one.name),
                    evidence=said,
                    fix=Fix(advice=tr("Name each value once; perhaps another one was meant.")),
                )
                continue
            step = fixes.alter_table(relation, f"DROP CONSTRAINT {quote_identifier(one.name)}")
            yield Found(
                subject=subject.constraint(relation.qualified, one.name),
                evidence=said,
                fix=Fix(advice=tr("Drop the constraint."), steps=(step,)),
            )


def _as_strong(other: Check, one: Check) -> bool:
    """Whether the other constraint holds for all rows for which this one does."""
    return (other.validated or not one.validated) and (one.no_inherit or not other.no_inherit)


def _implied(
    context: Context,
    relation: Relation,
    one: Check,
    others: Sequence[Check],
    said: Sequence[_Condition],
    held: Sequence[_Condition],
) -> str | None:
    """Why the constraint follows from the others; None when it does not."""
    required = checks.not_null_columns(one.expression)
    if required and not any(
        may_be_null(context.lookup, relation, relation.column(column)) for column in required
    ):
        return trn(
            "{expression}, and {required} is NOT NULL anyway",
            "{expression}, and {required} are NOT NULL anyway",
            len(required),
            expression=name(one.expression),
            required=names(sorted(required)),
        )
    if not said:  # the expression is not understood
        same = next((other for other in others if other.expression == one.expression), None)
        return tr("{same} says the same", same=name(same.name)) if same is not None else None
    by: dict[str, None] = {}
    for part in said:
        which = _follows(part, held)
        if which is None:
            return None
        by.update(dict.fromkeys(which))
    exact = next((other for other in others if other.expression == one.expression), None)
    if exact is not None:
        return tr(
            "{exact} says the same: {expression}", exact=name(exact.name), expression=name(one.expression)
        )
    return tr("{expression} follows from {by}", expression=name(one.expression), by=names(by))


def _conditions(one: Check, types: Mapping[str, str]) -> list[_Condition]:
    return [_Condition(one.name, part, limit) for part, limit in limits.of_check(one.expression, types)]


def _follows(part: _Condition, held: Sequence[_Condition]) -> list[str] | None:
    """The constraints from which a condition follows, one if one is enough."""
    for condition in held:
        if condition.node == part.node:
            return [condition.constraint]
    wanted = part.limit
    if wanted is None:
        return None
    about = [one for one in held if one.limit is not None and one.limit.subject == wanted.subject]
    for one in about:
        if one.limit is not None and one.limit.within(wanted):
            return [one.constraint]
    together = limits.merged(one.limit for one in about if one.limit is not None)
    if together is not None and not together.empty and together.within(wanted):
        return [one.constraint for one in about]
    return None


def _repeated(one: Check) -> str | None:
    """The values that a list has twice."""
    node = expressions.parse(one.expression)
    for part in limits.conjuncts(node) if node is not None else ():
        found = listed(part)
        if found is not None:
            texts = [value.text for value in found[1]]
            twice = dict.fromkeys(text for text in texts if texts.count(text) > 1)
            if twice:
                return tr(
                    "its list of values of {column} has {twice} more than once",
                    column=name(found[0].text),
                    twice=names(twice),
                )
    return None


RULE = Rule(
    name="redundant_check",
    title=mark("CHECK constraints that others imply"),
    severity=Severity.ADVICE,
    check=check,
)
