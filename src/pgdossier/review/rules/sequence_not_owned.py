"""A column that draws its default from a sequence that does not belong to it.

## What it reports

Columns whose default is `nextval` of a sequence that no column owns, or that another column owns. Sequences
that several columns draw from are left out: they are shared on purpose.

## Why

A sequence that belongs to its column goes with it: it is dropped with the column or the table, renamed and
dumped with it, and reset by `TRUNCATE … RESTART IDENTITY`. One that does not belong to it is left behind,
and `pg_get_serial_sequence`, which tools use to find it, gives nothing.

## When it is wrong

When the numbers shall outlive the table, or when the application draws from the same sequence for other
purposes.

## How to fix it

Make the column its owner. That needs both in the same schema, and of the same owner.

## See also

- [ALTER SEQUENCE](https://www.postgresql.org/docs/current/sql-altersequence.html)
- [Serial Types](https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pgdossier.analysis.keys import drawn_from
from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Columns with a sequence that is nobody's, or another's."""
    drawing = [
        (relation, column, drawn)
        for relation, column, default in context.defaults
        if (drawn := drawn_from(default)) is not None
    ]
    users = Counter(drawn for _, _, drawn in drawing)
    for relation, column, drawn in drawing:
        sequence = context.lookup.sequences.get(drawn)
        if sequence is None or users[drawn] > 1 or not context.is_table(relation):
            continue
        owner = sequence.owned_by
        if owner is not None and (owner.relation, owner.column) == (relation.qualified, column.name):
            continue
        yield Found(
            subject=subject.column(relation.qualified, column.name),
            evidence=tr(
                "its default draws from {sequence}, which belongs to no column",
                sequence=name(drawn.dotted),
            )
            if owner is None
            else tr(
                "its default draws from {sequence}, which belongs to {column}",
                sequence=name(drawn.dotted),
                column=name(f"{owner.relation.dotted}.{owner.column}"),
            ),
            fix=_fix(relation, column.name, sequence),
        )


def _fix(relation: Relation, column: str, sequence: Sequence) -> Fix:
    possible = (
        sequence.schema == relation.schema and sequence.owner == relation.owner and sequence.owned_by is None
    )
    owned = f"{relation.qualified.sql}.{quote_identifier(column)}"
    step = Step(f"ALTER SEQUENCE {sequence.qualified.sql} OWNED BY {owned}", Lock.SHARE_ROW_EXCLUSIVE)
    return Fix(
        advice=tr("Make the column the owner of the sequence."),
        steps=(step,) if possible else (),
        remark=tr("From then on the sequence goes with the column."),
    )


RULE = Rule(
    name="sequence_not_owned",
    title=mark("Sequences that do not belong to their column"),
    severity=Severity.ADVICE,
    check=check,
)
