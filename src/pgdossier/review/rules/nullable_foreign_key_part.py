"""A foreign key of several columns that lets half a reference in unchecked.

## What it reports

Foreign keys of two and more columns with `MATCH SIMPLE` (the default) where a row can have some of the
columns and lack others: two or more of them can be null and no CHECK says that they are null together; or
one can be null, and one of the others is in no further foreign key that would check it.

## Why

With `MATCH SIMPLE` one null is enough for the whole key to be satisfied. The columns that are not null are
then not looked at: they may name what does not exist, and the parts of a reference may contradict each
other.

## When it is wrong

When half a reference has a meaning of its own: a country that is known beside a region that is not. An
optional reference beside a mandatory `tenant_id` that its own foreign key checks is not reported.

## How to fix it

Set the columns NOT NULL if the reference is mandatory. If it is optional, let all of them be null together:
by a CHECK, or by `MATCH FULL`.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pgdossier.analysis import expressions, presence
from pgdossier.language import mark, tr
from pgdossier.model.constraints import ForeignKey, Match
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Foreign keys of several columns of which a row can have some that nothing checks."""
    for relation in context.tables():
        for key in relation.foreign_keys:
            if key.inherited or key.period or key.match is not Match.SIMPLE or len(key.columns) == 1:
                continue
            free = [column for column in key.columns if context.nullable(relation.column(column))]
            halves = sorted(_halves(context, relation, key, free), key=lambda half: (len(half), half))
            if halves:
                yield _found(relation, key, free, halves[0])


def _halves(
    context: Context, relation: Relation, key: ForeignKey, free: list[str]
) -> Iterator[tuple[str, ...]]:
    """The columns that some row can have of a half reference, and that no other foreign key checks."""
    for given in possible(context, relation, free):
        present = (set(key.columns) - set(free)) | given
        if len(given) == len(free):
            continue
        unchecked = tuple(
            column
            for column in key.columns
            if column in present and not _checked(context, relation, key, column, given)
        )
        if unchecked:
            yield unchecked


def possible(context: Context, relation: Relation, free: Sequence[str]) -> Iterator[frozenset[str]]:
    """Which of these columns a row can have at the same time, as the CHECK constraints let it in."""
    conditions = [
        node
        for one in relation.checks
        if one.validated and one.enforced
        for node in [expressions.parse(one.expression)]
        if node is not None and not set(free).isdisjoint(presence.tested(node))
    ]
    tested = {column for node in conditions for column in presence.tested(node)}
    others = [
        column.name
        for column in relation.columns
        if column.name in tested and column.name not in free and context.nullable(column)
    ]
    if 2 ** (len(free) + len(others)) > presence.MOST_COMBINATIONS:
        conditions, others = [], []
    known: presence.Row = {
        column.name: presence.GIVEN for column in relation.columns if not context.nullable(column)
    }
    for _, given in presence.patterns(conditions, [*free, *others], [{}], known):
        yield given & frozenset(free)


def _checked(
    context: Context, relation: Relation, key: ForeignKey, column: str, given: frozenset[str]
) -> bool:
    """Whether another foreign key has the column, all of whose columns are not null in such a row."""
    return any(
        column in one.columns
        and one.enforced
        and all(other in given or not context.nullable(relation.column(other)) for other in one.columns)
        for one in relation.foreign_keys
        if one is not key
    )


def _found(relation: Relation, key: ForeignKey, free: list[str], half: tuple[str, ...]) -> Found:
    missing = [column for column in free if column not in half]
    fix = Fix(
        advice=tr(
            "Set the column NOT NULL if the reference is mandatory, or give the other columns a"
            " foreign key of their own."
        ),
    )
    if len(free) > 1:
        if len(free) == 2:
            condition = " = ".join(f"({quote_identifier(column)} IS NULL)" for column in free)
        else:
            listed = fixes.identifiers(free)
            condition = f"num_nulls({listed}) = 0 OR num_nulls({listed}) = {len(free)}"
        fix = Fix(
            advice=tr("Let these columns only be null together, or set them NOT NULL."),
            steps=fixes.add_check(
                relation, condition, fixes.made_name(relation.name, *free, "together", "check")
            ),
            complete=len(free) == len(key.columns),
            remark=tr("The second step fails while rows have some of the columns: look at these first."),
        )
    return Found(
        subject=subject.constraint(relation.qualified, key.name),
        evidence=tr(
            "a row can have {half} without {missing}; {target} is then not looked at, and no"
            " other foreign key checks {half}",
            half=names(half),
            missing=names(missing),
            target=name(key.target.dotted),
        ),
        fix=fix,
    )


RULE = Rule(
    name="nullable_foreign_key_part",
    title=mark("Foreign keys of which a row can have a part"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: foreign keys with nullable columns",),
)
