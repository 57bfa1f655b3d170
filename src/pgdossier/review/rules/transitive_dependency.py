"""A column that depends on another one that is no key.

## What it reports

Columns outside of keys that are called after another column outside of keys: `department_name` beside
`department_id` or `department_code`, when that one is no key and no foreign key of the table, and no CHECK
mentions both. Where it is a foreign key there is a table for such facts, and what is repeated of it is told
by the rule `repeated_parent_column`. It goes by names, so it is a lead.

## Why

The name of a department is repeated in the row of everybody who works there; renaming it means changing all
of them, and a department without people cannot be stored at all (third normal form).

## When it is wrong

When the two come from outside together, as a message does, or when the value of that moment is what must be
kept.

## How to fix it

Make a table of what the two columns are about, and reference it.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Descriptive columns that are called after a column which is no key."""
    descriptive = context.called(_is_descriptive)
    for relation in context.tables():
        if descriptive.isdisjoint(column.name for column in relation.columns):
            continue
        keys = context.key_columns(relation)
        taken = keys | context.foreign_key_columns(relation)
        own = meaning.named_after(relation.name)
        stems = {
            found: column.name
            for column in relation.columns
            if column.name not in taken and (found := meaning.stem(column.name)) and found not in own
        }
        for column in context.own_columns(relation):
            if column.name not in descriptive:
                continue
            other = stems.get("_".join(meaning.words(column.name)[:-1]))
            if (
                other is not None
                and column.name not in taken
                and column.generated is None
                and not any({column.name, other} <= set(check.columns) for check in relation.checks)
            ):
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} is called after {key}, which is no key of the table",
                        column=name(column.name),
                        key=name(other),
                    ),
                    fix=Fix(advice=tr("Make a table of what the two columns are about, and reference it.")),
                )


def _is_descriptive(column: str) -> bool:
    """Whether a column is called after something of which it says more: `customer_name`."""
    words = meaning.words(column)
    return len(words) > 1 and words[-1] in meaning.DESCRIPTIVE


RULE = Rule(
    name="transitive_dependency",
    title=mark("Columns that depend on a column that is no key"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
