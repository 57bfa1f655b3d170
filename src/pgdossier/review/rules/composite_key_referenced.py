"""A primary key of many columns that other tables repeat.

## What it reports

Tables whose primary key has as many columns as the threshold `referenced_key_columns` (3), or more, and is
referenced by foreign keys of other tables. A key of two columns is left out: a tenant and a number, a parent
and a position are ordinary.

## Why

Each referencing table repeats all columns of the key, in its rows, its index and its joins; a change of one
of them, which natural keys have, is passed on to all of these tables; and the next level down repeats them
again.

## When it is wrong

When the repeated columns are worth having: rows of all levels can then be filtered and partitioned by the
first of them without a join, and foreign keys make sure that the levels agree.

## How to fix it

Add a key of one generated column, keep the old one as a unique key, and let the other tables reference the
new one, one after the other.

## See also

- [Constraints: Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
- [Identity Columns](https://www.postgresql.org/docs/current/ddl-identity-columns.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

COLUMNS = Threshold(
    "referenced_key_columns", 3, "columns from which on a referenced primary key is called composite"
)


def check(context: Context) -> Iterator[Found]:
    """Tables with such a key."""
    for relation in context.tables():
        key = relation.primary_key
        if key is None or len(key.columns) < context.threshold(COLUMNS):
            continue
        users = sorted(
            {
                one.child.dotted
                for one in context.children.get(relation.qualified, ())
                if set(one.key.target_columns) == set(key.columns) and not one.self_reference
            }
        )
        if users:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=trn(
                    "its primary key has {columns} columns ({key_columns}), and {users} repeats them",
                    "its primary key has {columns} columns ({key_columns}), and {users} repeat them",
                    len(users),
                    columns=len(key.columns),
                    key_columns=names(key.columns),
                    users=names(users),
                ),
                fix=Fix(
                    advice=tr("Add a key of one generated column, and let the other tables reference that.")
                ),
            )


RULE = Rule(
    name="composite_key_referenced",
    title=mark("Primary keys of many columns that other tables repeat"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: no surrogate key",),
    thresholds=(COLUMNS,),
)
