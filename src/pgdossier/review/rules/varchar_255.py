"""Columns of varchar(255), against the convention.

## What it reports

Nothing, until the convention `varchar_255` takes the side `question`: then tables with columns of type
`character varying(255)`, all such columns in one finding.

## Why

Both views in one line: 255 is a bound against the worst that every reader knows; it was a limit of other
database systems, means nothing in PostgreSQL, saves nothing, and reads like a decision that nobody made.

## When it is wrong

When the bound is that of another system which gets the values, or when the house wants some bound
everywhere. The default side is `any`, which reports nothing.

## How to fix it

Find out how long values may be: put that into the type or a CHECK; where nothing is known, use `text`. Going
from `varchar(255)` to a longer one or to `text` changes the catalog only.

## See also

- [Character Types](https://www.postgresql.org/docs/current/datatype-character.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.review import retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Work
from pgdossier.review.rule import Convention, Found, Rule, Severity

SIDE = Convention(
    "varchar_255",
    ("any", "question"),
    "varchar(255) bounds the worst (any); it is a limit of other systems that nobody thought about"
    " (question)",
)


def check(context: Context) -> Iterator[Found]:
    """Tables with such columns, when they are to be questioned."""
    if context.side(SIDE) != "question":
        return
    for relation, found in context.own_typed(lambda base: base == "character varying(255)"):
        listed = names([column.name for column in found])
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=trn(
                "{columns} is varchar(255)", "{columns} are varchar(255)", len(found), columns=listed
            ),
            fix=retyping.fix(
                context,
                relation,
                tr("Bound them by what is known of the values, else make them text."),
                [(column, "text", "") for column in found],
                work=Work.CATALOG,
            ),
        )


RULE = Rule(
    name="varchar_255",
    title=mark("Columns of varchar(255) against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("postgresql: don't do this",),
    convention=SIDE,
)
