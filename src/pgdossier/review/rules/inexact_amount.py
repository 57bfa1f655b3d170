"""An amount of money in a type that rounds, or that depends on a setting.

## What it reports

Columns of type `money`; and columns of type `real` or `double precision` whose name says that they hold an
amount (price, amount, fee, salary, tax, balance …). A `cost` may be a measure, of time or of a query, or an
estimate: such columns are reported where another column of the table is about money or its currency.

## Why

Floating point cannot hold 0.10 exactly: sums drift, and equal amounts compare as different. `money` has no
currency, takes its number of decimals and its symbol from the setting `lc_monetary`, and shows other amounts
after a dump is restored under another setting.

## When it is wrong

For estimates and measurements that are called a cost, and for prices that are inputs of statistics and are
never added up.

## How to fix it

Change the type to `numeric`, with as many decimals as the currency needs, and keep the currency beside it;
or store the number of the smallest unit as `bigint`. The change rewrites the table.

## See also

- [Numeric Types](https://www.postgresql.org/docs/current/datatype-numeric.html)
- [Monetary Types](https://www.postgresql.org/docs/current/datatype-money.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_FLOATS = ("real", mark("double precision"))
_MEASURES = frozenset(("cost", "costs"))


def check(context: Context) -> Iterator[Found]:
    """Columns of type money, and amounts in floating point."""
    for relation, columns in context.own_typed(lambda base: base == "money" or base in _FLOATS):
        for column in columns:
            type_name = context.base_type(column)
            if type_name == "money":
                why = tr("whose decimals and symbol come from the setting lc_monetary")
            elif type_name in _FLOATS and _is_amount(relation, column):
                why = tr("which rounds")
            else:
                continue
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is {type_name}, {why}",
                    column=name(column.name),
                    type_name=name(type_name),
                    why=why,
                ),
                fix=_fix(context, relation, column),
            )


def _is_amount(relation: Relation, column: Column) -> bool:
    """Whether the column holds money: by its name, and for a cost by what stands beside it."""
    if not meaning.is_amount(column.name):
        return False
    return not _only_cost(column) or any(
        "currency" in meaning.words(one.name) or (meaning.is_amount(one.name) and not _only_cost(one))
        for one in relation.columns
    )


def _only_cost(column: Column) -> bool:
    found = set(meaning.words(column.name))
    return bool(found & _MEASURES) and not any(meaning.is_amount(word) for word in found - _MEASURES)


def _fix(context: Context, relation: Relation, column: Column) -> Fix:
    divided = relation.partitioning is not None and column.name in relation.partitioning.columns
    read = context.analysis.inverse.read_by.get(relation.qualified)
    quoted = quote_identifier(column.name)
    plain = column.type_name is None and column.generated is None and not divided and not read
    plain = plain and not any(column.name in check.columns for check in relation.checks)
    return Fix(
        advice=tr("Change the type to numeric, with the decimals that the currency needs."),
        steps=(fixes.change_type(relation, column.name, "numeric", f"{quoted}::numeric"),),
        complete=plain and column.default is None,
        remark=tr(
            "Floating point values were rounded when they were written: compare sums before and after."
        ),
    )


RULE = Rule(
    name="inexact_amount",
    title=mark("Amounts of money in types that do not keep them"),
    severity=Severity.WARNING,
    check=check,
    tags=("seed", "pg-index-health: money type", "postgresql: don't do this"),
)
