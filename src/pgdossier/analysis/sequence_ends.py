"""How near each sequence is to its end: its own, or that of the column that takes its numbers."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pgdossier.analysis import tables
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName, quote_literal
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure

BITS = {"smallint": 15, "integer": 31, "bigint": 63}
"""How many bits of a type are its numbers."""

User = tuple[Relation, Column]
"""A column that takes its values from a sequence, and its table."""


class SequenceEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence from which numbers were drawn.

    Attributes:
        sequence: The sequence.
        last: The last number drawn.
        end: The last number that there can be.
        users: The columns that take their values from it.
        narrow: Of these the one whose type ends no later than the sequence, if any does.
        percent: How much of the way is gone, in whole per cent.
        left: How many numbers are left.
    """

    sequence: Sequence
    last: int
    end: int
    users: tuple[User, ...]
    narrow: User | None
    percent: int
    left: int


def ends(lookup: Lookup, structure: Structure, operation: Operation) -> tuple[SequenceEnd, ...]:
    """The sequences that were used, by name; those that begin again at their end are left out."""
    last = {QualifiedName(one.schema, one.name): one.last_value for one in operation.sequences if one.used}
    users = _users(lookup, structure)
    found = []
    for sequence in structure.sequences:
        value = last.get(sequence.qualified)
        if value is None:
            continue
        using = users.get(sequence.qualified, ())
        end, narrow = _end(lookup, sequence, using)
        up = sequence.increment > 0
        if sequence.cycle and end == (sequence.maximum if up else sequence.minimum):
            continue
        start = sequence.minimum if up else sequence.maximum
        found.append(
            SequenceEnd(
                sequence=sequence,
                last=value,
                end=end,
                users=using,
                narrow=narrow,
                percent=(value - start) * 100 // (end - start) if end != start else 100,
                left=max(0, (end - value) // sequence.increment),
            )
        )
    return tuple(found)


def _users(lookup: Lookup, structure: Structure) -> Mapping[QualifiedName, tuple[User, ...]]:
    """The columns that take their values from each sequence: by their default, or as identity columns."""
    named = {
        f"nextval({quote_literal(one.qualified.sql)}::regclass)": one.qualified for one in structure.sequences
    }
    owned: dict[QualifiedName, dict[str, QualifiedName]] = {}
    for one in structure.sequences:
        if one.owned_by is not None and one.owned_by.identity:
            owned.setdefault(one.owned_by.relation, {})[one.owned_by.column] = one.qualified
    found: dict[QualifiedName, list[User]] = {}
    for relation in tables.tables(lookup):
        own = owned.get(relation.qualified, {})
        for column in relation.columns:
            sequence = own.get(column.name)
            if sequence is None:
                default = tables.base_default(lookup, column)
                sequence = named.get(default) if default is not None else None
            if sequence is not None:
                found.setdefault(sequence, []).append((relation, column))
    return {name: tuple(using) for name, using in found.items()}


def _end(lookup: Lookup, sequence: Sequence, using: tuple[User, ...]) -> tuple[int, User | None]:
    """The last number there can be, and the column that says so when the sequence goes on further."""
    up = sequence.increment > 0
    end, narrow = (sequence.maximum if up else sequence.minimum), None
    for relation, column in using:
        bits = BITS.get(tables.base_type(lookup, column))
        if bits is None:
            continue
        largest = 2**bits - 1 if up else -(2**bits)
        if (largest <= end) if up else (largest >= end):
            end, narrow = largest, (relation, column)
    return end, narrow
