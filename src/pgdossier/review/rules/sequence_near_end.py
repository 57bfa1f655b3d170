"""A sequence that has used up most of its numbers, or of those that its column can hold.

## What it reports

Sequences that have come further than `sequence_percent` per cent of the way to their end. The end is the
lower one of the sequence's own `MAXVALUE` and the largest number of each column that takes its values from
it: an `integer` column is full at 2,147,483,647, whatever the sequence says. Descending sequences are
measured towards their lower end. Sequences that start again (`CYCLE`) within what the column holds are left
out.

## Why

At the end every insert fails, at once and for everybody. Making the column wider rewrites the table under a
lock that blocks everything, and every column that references it has to follow: that wants to be planned
while there is time.

## When it is wrong

When nothing is inserted any more, or when the last value was set by hand and the rows are far behind: the
value is the sequence's, no row was looked at.

## How to fix it

Make the sequence and its column `bigint`, and the columns that reference it first. For large tables: a
second column that a trigger fills, a backfill in portions, and a swap.

## See also

- [Numeric Types: Serial Types](https://www.postgresql.org/docs/current/datatype-numeric.html)
- [ALTER SEQUENCE](https://www.postgresql.org/docs/current/sql-altersequence.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import monitoring
from pgdossier.analysis.sequence_ends import BITS, User
from pgdossier.language import mark, number, tr
from pgdossier.model.sequences import Sequence
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity, Threshold

PERCENT = Threshold(
    "sequence_percent",
    round(monitoring.DEFAULT.sequences.warning),
    "per cent of its numbers that a sequence may have used up",
)


def check(context: Context) -> Iterator[Found]:
    """Sequences that were used and are far along."""
    taken_at = context.analysis.snapshot.operation.taken_at
    if taken_at is None:
        return
    for one in context.analysis.sequence_ends:
        sequence, using, narrow = one.sequence, one.users, one.narrow
        owner = sequence.owned_by.relation if sequence.owned_by is not None else None
        tables = [table for table in (owner, *(relation.qualified for relation, _ in using)) if table]
        if one.percent < context.threshold(PERCENT) or not all(map(context.reviewed, tables)):
            continue
        yield Found(
            subject=subject.column(using[0][0].qualified, using[0][1].name)
            if using
            else subject.sequence(sequence.qualified),
            evidence=tr(
                "{sequence} is at {last}, {percent} % of the way to {end}, all that {narrow}"
                " ({type}) can hold: {left} values are left",
                sequence=name(sequence.qualified.dotted),
                last=number(one.last),
                percent=one.percent,
                end=number(one.end),
                narrow=name(narrow[1].name),
                type=name(narrow[1].type),
                left=number(one.left),
            )
            if narrow
            else tr(
                "{sequence} is at {last}, {percent} % of the way to {end}, its end: {left} values are left",
                sequence=name(sequence.qualified.dotted),
                last=number(one.last),
                percent=one.percent,
                end=number(one.end),
                left=number(one.left),
            ),
            fix=_fix(context, sequence, using, narrow),
            statistics=tr("the sequence's last value on {taken_at}", taken_at=taken_at[:10]),
        )


def _fix(context: Context, sequence: Sequence, using: tuple[User, ...], narrow: User | None) -> Fix:
    wider = Step(f"ALTER SEQUENCE {sequence.qualified.sql} AS bigint", Lock.SHARE_ROW_EXCLUSIVE)
    if narrow is None:
        if sequence.type == "bigint" and abs(sequence.maximum) < 2**63 - 1 and sequence.increment > 0:
            step = Step(f"ALTER SEQUENCE {sequence.qualified.sql} NO MAXVALUE", Lock.SHARE_ROW_EXCLUSIVE)
            return Fix(advice=tr("Raise its maximum."), steps=(step,), complete=not using)
        return Fix(advice=tr("Make room: a wider type, or numbers that are used again."))
    relation, column = narrow
    if column.type not in ("smallint", "integer"):
        return Fix(advice=tr("Make room: a wider type, or numbers that are used again."))
    referencing = [
        one for one in context.children.get(relation.qualified, ()) if column.name in one.key.target_columns
    ]
    return Fix(
        advice=tr("Make the sequence and the column bigint. Change the columns that reference it first.")
        if referencing
        else tr("Make the sequence and the column bigint."),
        steps=(fixes.change_type(relation, column.name, "bigint"), wider),
        complete=not referencing
        and len(using) == 1
        and sequence.increment > 0
        and sequence.maximum in (2**bits - 1 for bits in BITS.values())
        and not context.analysis.inverse.read_by.get(relation.qualified),
        remark=tr(
            "The lock is held while the table is written anew: for a large table fill a second"
            " column and swap."
        ),
    )


RULE = Rule(
    name="sequence_near_end",
    title=mark("Sequences near their end"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: sequence overflow",),
    thresholds=(PERCENT,),
)
