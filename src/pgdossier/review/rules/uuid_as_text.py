"""A UUID that is stored as text.

## What it reports

Columns of a type of characters whose last word is `uuid` or `guid`, in tables. Columns with a foreign key
are left out: they follow the key that they reference. Columns that are only called `id` are left out as
well, for their length does not tell a UUID from a hash or from a number with a prefix.

## Why

As text a UUID takes 37 bytes, as `uuid` 16, and every index and every referencing column repeats it. Text
lets in what is no UUID, and holds the same one in several spellings (upper case, without hyphens) that are
not equal.

## When it is wrong

When the values come from elsewhere and must be kept as they were written, or have a prefix.

## How to fix it

Change the type to `uuid`, together with the columns that reference it. The table is written anew.

## See also

- [UUID Type](https://www.postgresql.org/docs/current/datatype-uuid.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pgdossier.language import mark, tr
from pgdossier.review import meaning, retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.rule import Found, Rule, Severity

_NAMES = frozenset(("uuid", "guid"))


def check(context: Context) -> Iterator[Found]:
    """Text columns that are called UUIDs."""
    for relation, column in context.named(lambda name: not _NAMES.isdisjoint(meaning.words(name)[-1:])):
        type_name = context.base_type(column)
        if column.name in context.foreign_key_columns(relation) or not meaning.is_text(type_name):
            continue
        following = [
            one.child.dotted
            for one in context.children.get(relation.qualified, ())
            if column.name in one.key.target_columns
        ]
        fix = retyping.fix(
            context,
            relation,
            tr("Change the type to uuid."),
            [(column, "uuid", "::uuid")],
            remark=tr("It fails on a value that is no UUID: look for these first."),
        )
        if column.default is not None:  # a default of text has no cast to uuid of its own
            fix = msgspec.structs.replace(
                fix, complete=False, remark=tr("Drop the default before, set it after.")
            )
        yield Found(
            subject=subject.column(relation.qualified, column.name),
            evidence=tr(
                "{column} is {type_name}; {followers} would have to follow",
                column=name(column.name),
                type_name=name(type_name),
                followers=names(dict.fromkeys(following)),
            )
            if following
            else tr("{column} is {type_name}", column=name(column.name), type_name=name(type_name)),
            fix=fix,
        )


RULE = Rule(
    name="uuid_as_text",
    title=mark("UUIDs stored as text"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: primary keys with varchar",),
)
