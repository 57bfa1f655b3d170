"""A column that depends on a part of the primary key alone.

## What it reports

Tables with a primary key of several columns, and columns outside of all keys that are called after one
column of it: `product_name` beside a key of `order_id` and `product_id`. What the referenced table has under
that name is told by the rule `repeated_parent_column`. It goes by names, so it is a lead.

## Why

A fact about one part of the key is repeated in every row with that part; changing it means changing all of
them, and forgetting one makes them disagree (second normal form).

## When it is wrong

When the column is about the pair after all: a `user_role` beside `user_id` and `group_id`, or the value of
that moment.

## How to fix it

Move the column to the table whose key it depends on.

## See also

- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.repeated_parent_column import repeated


def check(context: Context) -> Iterator[Found]:
    """Descriptive columns that are called after one column of a composite key."""
    for relation in context.tables():
        key = relation.primary_key
        if key is None or len(key.columns) < 2:
            continue
        stems = {meaning.stem(column): column for column in key.columns}
        taken = context.key_columns(relation) | context.foreign_key_columns(relation)
        for column in context.own_columns(relation):
            *before, last = meaning.words(column.name) or ("",)
            part = stems.get("_".join(before)) if before else None
            if (
                part is not None
                and last in meaning.DESCRIPTIVE
                and column.name not in taken
                and column.generated is None
                and repeated(context, relation, column, context.name_counts[column.name]) is None
            ):
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} is called after {part}, one of the {count} columns of the primary key"
                        " ({columns})",
                        column=name(column.name),
                        part=name(part),
                        count=len(key.columns),
                        columns=names(key.columns),
                    ),
                    fix=Fix(advice=tr("Move it to the table whose key it depends on.")),
                )


RULE = Rule(
    name="partial_dependency",
    title=mark("Columns that depend on a part of the key"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
