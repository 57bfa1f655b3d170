"""A column that sorts and compares otherwise than its namesakes.

## What it reports

Text columns whose collation differs from that of the columns with the same name in other tables, when there
are at least three others and at least three quarters of all have the same. Foreign keys whose collation
differs from their key are another rule's matter.

## Why

Values that are equal in one table may not be in the other, lists come in another order, and an index of one
collation does not serve a comparison by the other. Joining two columns with different collations, neither of
them the default, fails until the query says which one to use.

## When it is wrong

When the column was given its collation for a reason: one that compares without regard to case, one that
sorts numbers in text as numbers, or `C` for codes and for speed.

## How to fix it

Give the column the collation of the others, or the others that of this one. An index on the column is built
again.

## See also

- [Collation Support](https://www.postgresql.org/docs/current/collation.html)
- [Indexes and Collations](https://www.postgresql.org/docs/current/indexes-collations.html)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_OTHERS = 3


def check(context: Context) -> Iterator[Found]:
    """Columns that are alone, or nearly so, with their collation."""
    for named in context.by_name.values():
        told = any(column.collation is not None or column.type_name is not None for _, column in named)
        if not told or len(named) <= _OTHERS or len({_collation(context, one) for _, one in named}) == 1:
            continue
        columns = [
            (relation, column)
            for relation, column in named
            if meaning.is_text(context.base_type(column)) and context.base_type(column) != "name"
        ]
        if not columns:
            continue
        counts = Counter(_collation(context, column) for _, column in columns)
        usual, number = counts.most_common(1)[0]
        if len(columns) <= _OTHERS or number * 4 < len(columns) * 3:
            continue
        for relation, column in columns:
            found = _collation(context, column)
            if found != usual and column.name not in context.foreign_key_columns(relation):
                yield _found(relation, column, found, usual, number)


def _collation(context: Context, column: Column) -> QualifiedName | None:
    """The collation of the column, or of its domain; None: the default of the database."""
    own = context.lookup.types.get(column.type_name) if column.type_name else None
    return column.collation or (own.collation if isinstance(own, Domain) else None)


def _words(collation: QualifiedName | None) -> str:
    return tr("the default collation") if collation is None else name(collation.dotted)


def _found(
    relation: Relation, column: Column, found: QualifiedName | None, usual: QualifiedName | None, number: int
) -> Found:
    return Found(
        subject=subject.column(relation.qualified, column.name),
        evidence=tr(
            "{column} has {words}; {number} columns of that name in other tables have {usual}",
            column=name(column.name),
            words=_words(found),
            number=number,
            usual=_words(usual),
        ),
        fix=Fix(advice=tr("Give all of them the same collation, unless the difference is meant.")),
    )


RULE = Rule(
    name="collation_differs",
    title=mark("Columns that sort otherwise than their namesakes"),
    severity=Severity.ADVICE,
    check=check,
)
