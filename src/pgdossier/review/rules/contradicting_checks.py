"""CHECK constraints that no value, or not the column's own default, can pass.

## What it reports

Columns for which the CHECK constraints of the table and of the column's domain together leave no value: an
empty range (`x > 10` and `x < 5`), value lists that have nothing in common, a list outside of a range. And
columns whose default no such list or range lets through. Only comparisons with constants are looked at.

## Why

A CHECK is satisfied by null: so a column without any possible value stays null for ever, and a table with
such a column that is NOT NULL takes no row. A default that is refused makes every insert fail that leaves
the column out.

## When it is wrong

When the default is a marker that a BEFORE trigger replaces, or that shall make inserts fail on purpose.

## How to fix it

Find out which of the constraints is meant, and change or drop the others; or change the default.

## See also

- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
- [Default Values](https://www.postgresql.org/docs/current/ddl-default.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import expressions
from pgdossier.analysis.expressions import Name
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import fixes, limits, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.limits import Limit
from pgdossier.review.rule import Found, Rule, Severity

_Named = tuple[str, Limit]


def check(context: Context) -> Iterator[Found]:
    """Columns without a possible value, and columns with an impossible default."""
    for relation in context.tables():
        own = _of_table(context, relation)
        for column in context.own_columns(relation):
            if column.name not in own and column.type_name is None:
                continue
            found = own.get(column.name, []) + of_domain(context, column)
            if not found or column.generated is not None:
                continue
            yield from _impossible(context, relation, column, found)


def _of_table(context: Context, relation: Relation) -> dict[str, list[_Named]]:
    """The limits that the table's own constraints set, by the first column that each is about."""
    if not relation.checks:
        return {}
    types = column_types(context, relation)
    found: dict[str, list[_Named]] = {}
    for one in relation.checks:
        for _, limit in limits.of_check(one.expression, types) if one.enforced else ():
            if limit is not None:
                found.setdefault(next(limits.columns(limit.subject)), []).append((one.name, limit))
    return found


def column_types(context: Context, relation: Relation) -> dict[str, str]:
    """The types of the columns, of domains those that they are made of."""
    return {
        column.name: column.type if column.type_name is None else context.base_type(column)
        for column in relation.columns
    }


def of_domain(context: Context, column: Column, *, proved: bool = False) -> list[_Named]:
    """The limits that the column's domain sets, on the column itself; of `proved` ones those validated."""
    if column.type_name is None:
        return []
    domain = context.lookup.types.get(column.type_name)
    found: list[_Named] = []
    if not isinstance(domain, Domain):
        return found
    types = {"value": context.base_type(column)}
    while isinstance(domain, Domain) and not column.type.endswith("[]"):
        for one in domain.checks:
            for _, limit in () if proved and not one.validated else limits.of_check(one.expression, types):
                if limit is not None and isinstance(limit.subject, Name):
                    mine = Limit(Name(column.name), limit.lower, limit.upper, limit.values)
                    found.append((f"{domain.name}.{one.name}", mine))
        domain = context.lookup.types.get(domain.base_type_name) if domain.base_type_name else None
    return found


def _impossible(context: Context, relation: Relation, column: Column, found: list[_Named]) -> Iterator[Found]:
    for about in dict.fromkeys(limit.subject for _, limit in found):
        together = [(constraint, limit) for constraint, limit in found if limit.subject == about]
        left = limits.merged(limit for _, limit in together)
        if left is not None and left.empty and _plain(context, column):
            null = context.nullable(column)
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "no value passes {constraints}, so {column} can only be null",
                    constraints=_listed(together),
                    column=name(column.name),
                )
                if null
                else tr(
                    "no value passes {constraints}, so the table takes no row", constraints=_listed(together)
                ),
                fix=Fix(advice=tr("Find out which of the constraints is meant, and drop the others.")),
            )
            return
        default = context.default(column)
        node = None if default is None else expressions.parse(default)
        value = None if node is None else limits.constant(node)
        if left is None or value is None or not isinstance(about, Name) or default is None:
            continue
        if not _comparable(context, column, left, value) or left.lets(value):
            continue
        own = column.default is not None
        step = fixes.alter_table(relation, f"ALTER COLUMN {quote_identifier(column.name)} DROP DEFAULT")
        yield Found(
            subject=subject.column(relation.qualified, column.name),
            evidence=tr(
                "the default {default} does not pass {constraints}",
                default=name(default),
                constraints=_listed(together),
            ),
            fix=Fix(
                advice=tr("Give it a default that is let through, or none."),
                steps=(step,) if own else (),
            ),
        )
        return


def _comparable(context: Context, column: Column, left: Limit, value: limits.Value) -> bool:
    """Whether equal values of the column's type look alike, so that a default can be looked up."""
    if not _plain(context, column) or context.base_type(column).startswith("character("):
        return False
    kinds = {isinstance(one, str) for one in left.values or ()}
    return not kinds or kinds == {isinstance(value, str)}


def _listed(found: list[_Named]) -> str:
    return names(dict.fromkeys(constraint for constraint, _ in found))


def _plain(context: Context, column: Column) -> bool:
    """Whether two texts of the column's type are equal only when they are the same."""
    return "citext" not in context.base_type(column) and column.collation is None


RULE = Rule(
    name="contradicting_checks",
    title=mark("CHECK constraints that nothing, or not the default, can pass"),
    severity=Severity.ERROR,
    check=check,
)
