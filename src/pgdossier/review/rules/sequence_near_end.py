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

from collections.abc import Iterator, Mapping

from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName, quote_literal
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity, Threshold

PERCENT = Threshold("sequence_percent", 75, "per cent of its numbers that a sequence may have used up")
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_User = tuple[Relation, Column]


def check(context: Context) -> Iterator[Found]:
    """Sequences that were used and are far along."""
    operation = context.analysis.snapshot.operation
    if operation.taken_at is None:
        return
    last = {QualifiedName(one.schema, one.name): one.last_value for one in operation.sequences if one.used}
    users = _users(context)
    for sequence in context.structure.sequences:
        value = last.get(sequence.qualified)
        using = users.get(sequence.qualified, [])
        if value is None or (
            sequence.owned_by is not None and not context.reviewed(sequence.owned_by.relation)
        ):
            continue
        end, narrow = _end(context, sequence, using)
        bound = sequence.maximum if sequence.increment > 0 else sequence.minimum
        if sequence.cycle and end == bound:
            continue
        start = sequence.minimum if sequence.increment > 0 else sequence.maximum
        percent = (value - start) * 100 // (end - start) if end != start else 100
        if percent < context.threshold(PERCENT):
            continue
        what = f"all that {name(narrow[1].name)} ({name(narrow[1].type)}) can hold" if narrow else "its end"
        rest = max(0, (end - value) // sequence.increment)
        yield Found(
            subject=subject.column(using[0][0].qualified, using[0][1].name)
            if using
            else subject.sequence(sequence.qualified),
            evidence=f"{name(sequence.qualified.dotted)} is at {value:,}, {percent} % of the way to {end:,},"
            f" {what}: {rest:,} values are left",
            fix=_fix(context, sequence, using, narrow),
            statistics=f"the sequence's last value on {operation.taken_at[:10]}",
        )


def _users(context: Context) -> Mapping[QualifiedName, list[_User]]:
    """The columns that take their values from each sequence: by their default, or as identity columns."""
    named = {
        f"nextval({quote_literal(one.qualified.sql)}::regclass)": one.qualified
        for one in context.structure.sequences
    }
    owned = {
        (one.owned_by.relation, one.owned_by.column): one.qualified
        for one in context.structure.sequences
        if one.owned_by is not None and one.owned_by.identity
    }
    found: dict[QualifiedName, list[_User]] = {}
    for relation in context.tables():
        for column in relation.columns:
            sequence = owned.get((relation.qualified, column.name)) or named.get(
                context.default(column) or ""
            )
            if sequence is not None:
                found.setdefault(sequence, []).append((relation, column))
    return found


def _end(context: Context, sequence: Sequence, using: list[_User]) -> tuple[int, _User | None]:
    """The last number there can be, and the column that says so when the sequence goes on further."""
    up = sequence.increment > 0
    end, narrow = (sequence.maximum if up else sequence.minimum), None
    for relation, column in using:
        bits = _BITS.get(context.base_type(column))
        if bits is None:
            continue
        largest = 2**bits - 1 if up else -(2**bits)
        if (largest <= end) if up else (largest >= end):
            end, narrow = largest, (relation, column)
    return end, narrow


def _fix(context: Context, sequence: Sequence, using: list[_User], narrow: _User | None) -> Fix:
    wider = Step(f"ALTER SEQUENCE {sequence.qualified.sql} AS bigint", Lock.SHARE_ROW_EXCLUSIVE)
    if narrow is None:
        if sequence.type == "bigint" and abs(sequence.maximum) < 2**63 - 1 and sequence.increment > 0:
            step = Step(f"ALTER SEQUENCE {sequence.qualified.sql} NO MAXVALUE", Lock.SHARE_ROW_EXCLUSIVE)
            return Fix(advice="Raise its maximum.", steps=(step,), complete=not using)
        return Fix(advice="Make room: a wider type, or numbers that are used again.")
    relation, column = narrow
    if column.type not in ("smallint", "integer"):
        return Fix(advice="Make room: a wider type, or numbers that are used again.")
    referencing = [
        one for one in context.children.get(relation.qualified, ()) if column.name in one.key.target_columns
    ]
    follow = " Change the columns that reference it first." if referencing else ""
    return Fix(
        advice=f"Make the sequence and the column bigint.{follow}",
        steps=(fixes.change_type(relation, column.name, "bigint"), wider),
        complete=not referencing
        and len(using) == 1
        and sequence.increment > 0
        and sequence.maximum in (2**bits - 1 for bits in _BITS.values())
        and not context.analysis.inverse.read_by.get(relation.qualified),
        remark="The lock is held while the table is written anew: for a large table fill a second column and"
        " swap.",
    )


RULE = Rule(
    name="sequence_near_end",
    title="Sequences near their end",
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: sequence overflow",),
    thresholds=(PERCENT,),
)
