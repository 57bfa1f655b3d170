"""A circle of mandatory references that no row can get into first.

## What it reports

Circles of two and more tables in which each foreign key is mandatory, checked at once and not deferrable.

## Why

The first row of each table needs a row of the next one: none can be inserted. Only one statement that writes
to all of the tables (`WITH … INSERT`) gets in, because foreign keys are checked at its end. Loading data and
restoring data alone fail.

## When it is wrong

Hardly ever. When the foreign keys were added after the rows and nothing is to be inserted any more.

## How to fix it

Make one of the foreign keys deferrable and initially deferred, so that it is checked when the transaction
ends; or let one of the columns be null.

## See also

- [SET CONSTRAINTS](https://www.postgresql.org/docs/current/sql-set-constraints.html)
- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [WITH Queries: Data-Modifying Statements](https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pgdossier.analysis import graph
from pgdossier.analysis.inverse import grouped
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.table_cycle import path


def check(context: Context) -> Iterator[Found]:
    """Circles of what must be there first, those that begin with the same table together."""
    needed = [
        one
        for one in context.analysis.relationships
        if not one.optional and not one.key.deferrable and one.key.enforced
    ]
    by_first: dict[QualifiedName, list[tuple[QualifiedName, ...]]] = {}
    for circle in graph.cycles(needed):
        if all(map(context.reviewed, circle)):
            by_first.setdefault(circle[0], []).append(circle)
    between = grouped(((one.child, one.parent), one) for one in needed) if by_first else {}
    for first, circles in by_first.items():
        yield Found(
            subject=subject.relation(first),
            evidence="; ".join(
                tr("{path}, all of them mandatory and not deferrable", path=path(circle))
                for circle in circles
            ),
            fix=_fix(context, circles, between),
        )


def _fix(
    context: Context,
    circles: list[tuple[QualifiedName, ...]],
    between: Mapping[tuple[QualifiedName, QualifiedName], Sequence[Relationship]],
) -> Fix:
    """One deferrable step for each circle: the one with the fewest foreign keys."""
    steps = []
    complete = True
    for circle in circles:
        options = [between[pair] for pair in pairwise((*circle, circle[0]))]
        for one in min(options, key=len):
            child = context.lookup.relations[one.child]
            complete = complete and one.key in child.foreign_keys
            action = f"ALTER CONSTRAINT {quote_identifier(one.key.name)} DEFERRABLE INITIALLY DEFERRED"
            steps.append(fixes.alter_table(child, action))
    return Fix(
        advice=tr("Make one foreign key of the circle deferrable, or let its column be null."),
        steps=tuple(dict.fromkeys(steps)),
        complete=complete and len(circles) == 1,
    )


RULE = Rule(
    name="closed_table_cycle",
    title=mark("Circles that no row can get into first"),
    severity=Severity.WARNING,
    check=check,
    tags=("schemacrawler: cycles in table relationships",),
)
