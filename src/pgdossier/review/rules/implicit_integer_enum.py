"""A number that stands for one of a few states, and nothing says which.

## What it reports

Integer columns whose last word is status, state, type, kind, mode, category, gender or visibility, that are
no foreign key or part of a key, and that no CHECK mentions. A domain with a CHECK counts as one.

## Why

What 3 means is known to the application alone, of all numbers that the column takes it uses a handful, and
nobody who reads the table, or mends data by hand, is told.

## When it is wrong

When the values are a code that is public (an HTTP status) or are explained in a comment and kept by the only
application that writes.

## How to fix it

Look which values are in use; reference a lookup table that names them, or add a CHECK with them.

## See also

- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
- [Enumerated Types](https://www.postgresql.org/docs/current/datatype-enum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Integer columns that are choices by name and open by structure."""
    for relation, column in choices(context):
        type_name = context.base_type(column)
        if meaning.is_integer(type_name):
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is {type_name}, references nothing, no CHECK limits it, and has a comment",
                    column=name(column.name),
                    type_name=name(type_name),
                )
                if column.comment
                else tr(
                    "{column} is {type_name}, references nothing, no CHECK limits it",
                    column=name(column.name),
                    type_name=name(type_name),
                ),
                fix=Fix(
                    advice=tr(
                        "Look which values are in use, then reference a lookup table or add a CHECK with"
                        " them."
                    ),
                ),
            )


def choices(context: Context) -> Iterator[tuple[Relation, Column]]:
    """The columns named like a choice that no key, foreign key, CHECK or enum limits."""
    pairs = {(pair.table, pair.type_column) for pair in context.analysis.polymorphic}
    for relation, column in context.named(meaning.is_choice):
        if (
            column.generated is None
            and (relation.qualified, column.name) not in pairs
            and not _domain_checks(context, column)
            and not _is_limited(context, relation, column.name)
        ):
            yield relation, column


def _is_limited(context: Context, relation: Relation, column: str) -> bool:
    """Whether a key, a foreign key or a CHECK is about the column, or it is part of an address."""
    return (
        any(column in one.columns for one in relation.checks)
        or column in context.foreign_key_columns(relation)
        or column in _single_keys(relation)
        or (
            meaning.words(column)[-1] == "state"
            and meaning.is_address(frozenset(one.name for one in relation.columns))
        )
    )


def _single_keys(relation: Relation) -> set[str]:
    """The columns that alone are a key: the table then is the list of their values."""
    keys = [key.columns for key in (relation.primary_key, *relation.unique_keys) if key is not None]
    return {columns[0] for columns in keys if len(columns) == 1}


def _domain_checks(context: Context, column: Column) -> bool:
    domain = context.lookup.types.get(column.type_name) if column.type_name else None
    return isinstance(domain, Domain) and bool(domain.checks)


RULE = Rule(
    name="implicit_integer_enum",
    title=mark("Numbers that stand for states nobody named"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
