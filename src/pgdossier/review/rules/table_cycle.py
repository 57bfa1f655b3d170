"""Tables that reference each other in a circle.

## What it reports

Each circle of two and more tables, with the foreign keys that rows can do without at first: nullable,
deferrable or not enforced ones. A circle that leaves no such way is told by the rule `closed_table_cycle`.
References of a table to itself are no circle.

## Why

Rows cannot be written in one pass: something has to be filled in later. The same goes for deletions,
restores of the data alone, test data and copies. And in a circle it is not plain which table owns which.

## When it is wrong

When the way back picks one of the children, as in "the default address of a customer": that is a common and
workable shape.

## How to fix it

Turn the reference back into a mark of the child (`is_default`, with a partial unique index), or move it to a
table of its own.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [SET CONSTRAINTS](https://www.postgresql.org/docs/current/sql-set-constraints.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.loading import Circle, Way
from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_WAYS = {
    Way.NULL_FIRST: mark("can be null"),
    Way.INITIALLY_DEFERRED: mark("checked at the end of the transaction"),
    Way.DEFERRABLE: mark("deferrable"),
    Way.NOT_ENFORCED: mark("not enforced"),
}


def check(context: Context) -> Iterator[Found]:
    """Circles with a way in, those that begin with the same table together."""
    by_first: dict[QualifiedName, list[Circle]] = {}
    for circle in context.analysis.circles:
        if circle.openings and all(map(context.reviewed, circle.tables)):
            by_first.setdefault(circle.tables[0], []).append(circle)
    for first, circles in by_first.items():
        yield Found(
            subject=subject.relation(first),
            evidence="; ".join(map(_said, circles)),
            fix=Fix(
                advice=tr(
                    "If one of the references only picks a child, turn it into a mark of that child, or"
                    " into a table of its own."
                )
            ),
        )


def path(tables: tuple[QualifiedName, ...]) -> str:
    """The way through a circle, back to where it begins."""
    return " → ".join(name(table.dotted) for table in (*tables, tables[0]))


def _said(circle: Circle) -> str:
    ways = ", ".join(
        tr(
            "{columns} of {child} ({way})",
            columns=name(", ".join(one.key.columns)),
            child=name(opening.child.dotted),
            way=tr(_WAYS[way]),
        )
        for opening in circle.openings
        for one, way in opening.ways
    )
    return tr("{path}, which opens at {ways}", path=path(circle.tables), ways=ways)


RULE = Rule(
    name="table_cycle",
    title=mark("Tables that reference each other in a circle"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: cycles in table relationships",),
)
