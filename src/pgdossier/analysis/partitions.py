"""Partitioned tables: what their partitions take, where nothing takes, and where they end (§11.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from pgdossier.analysis import bounds, sizes, tables
from pgdossier.analysis.bounds import (
    Bound,
    DefaultBound,
    Edge,
    HashBound,
    Infinity,
    ListBound,
    Ordered,
    RangeBound,
)
from pgdossier.analysis.sizes import Size
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import PartitionStrategy, Relation, RelationKind

# Above this modulus the missing remainders are not listed one by one.
_LISTED_MODULUS = 1024


class PartitionOf(msgspec.Struct, frozen=True, kw_only=True):
    """One partition: its `bound` as SQL and, when understood, as values. `divided`: it has partitions."""

    name: QualifiedName
    bound: str
    values: Bound | None
    divided: bool
    foreign: bool
    size: Size


class RangeGap(msgspec.Struct, frozen=True, kw_only=True):
    """Values that no partition takes: from `lower` (inclusive) to `upper` (exclusive).

    `after` and `before` are the partitions on either side.
    """

    lower: str
    upper: str
    after: QualifiedName
    before: QualifiedName


class PartitionedTable(msgspec.Struct, frozen=True, kw_only=True):
    """One partitioned table and its direct partitions, in the order of their bounds, the default last.

    `root` is the topmost table (the table itself unless it is a partition). `gaps` are only computed for
    range keys of one number, date or timestamp column. `upper_end` is the first value after the last range
    partition, None when the ranges are `unbounded` above, when there are none, or when the order of the
    key is not known. `hash_complete` says whether every row finds a hash partition (None for other
    strategies and for bounds not understood), `missing_remainders` which of the largest modulus do not
    (only listed for a modulus up to 1024).
    """

    table: QualifiedName
    root: QualifiedName
    strategy: PartitionStrategy
    key: str
    partitions: tuple[PartitionOf, ...]
    default: QualifiedName | None
    gaps: tuple[RangeGap, ...]
    upper_end: str | None
    unbounded: bool
    hash_complete: bool | None
    missing_remainders: tuple[int, ...]
    size: Size


def inventory(lookup: Lookup) -> tuple[PartitionedTable, ...]:
    """Every partitioned table, partitions that are divided again included, sorted by root, then name."""
    measured = sizes.measure(lookup)
    found = [
        _describe(lookup, relation, measured[relation.qualified], measured)
        for relation in lookup.relations.values()
        if relation.partitioning is not None
    ]
    return tuple(sorted(found, key=lambda table: (table.root, table.table != table.root, table.table)))


def _describe(
    lookup: Lookup, relation: Relation, size: Size, measured: Mapping[QualifiedName, Size]
) -> PartitionedTable:
    partitioning = relation.partitioning
    assert partitioning is not None  # noqa: S101 - the caller has chosen by it
    parts = [
        PartitionOf(
            name=part.qualified,
            bound=part.partition.bound,
            values=bounds.parse(part.partition.bound),
            divided=part.partitioning is not None,
            foreign=part.kind is RelationKind.FOREIGN_TABLE,
            size=measured[part.qualified],
        )
        for part in lookup.partitions.get(relation.qualified, ())
        if part.partition is not None
    ]
    orders = _orders(lookup, relation)
    ordered = orders is not None and _order_is_known(parts, orders)
    parts.sort(key=lambda part: (*_position(part, orders if ordered else None), part.name))
    ranges = [(part.name, part.values) for part in parts if isinstance(part.values, RangeBound)]
    upper = ranges[-1][1].upper if ranges and ordered else None
    unbounded = any(Infinity.MAXVALUE in values.upper[:1] for _, values in ranges)
    complete, missing = _remainders([part.values for part in parts], partitioning.strategy)
    return PartitionedTable(
        table=relation.qualified,
        root=tables.root(lookup, relation.qualified),
        strategy=partitioning.strategy,
        key=partitioning.key,
        partitions=tuple(parts),
        default=next((part.name for part in parts if isinstance(part.values, DefaultBound)), None),
        gaps=_gaps(ranges, orders[0]) if ordered and orders is not None and len(orders) == 1 else (),
        upper_end=None if upper is None or unbounded else bounds.written(upper),
        unbounded=unbounded,
        hash_complete=complete,
        missing_remainders=missing,
        size=size,
    )


_Order = Callable[[Edge], Ordered | None]


def _orders(lookup: Lookup, relation: Relation) -> tuple[_Order, ...] | None:
    """How each column of the partition key compares; None when one of them is not known."""
    partitioning = relation.partitioning
    if partitioning is None or partitioning.strategy is PartitionStrategy.HASH:
        return None
    types = {column.name: tables.base_type(lookup, column) for column in relation.columns}
    found = [bounds.ordering(types.get(column, "")) for column in partitioning.columns]
    orders = tuple(order for order in found if order is not None)
    return orders if orders and len(orders) == len(found) else None


def _order_is_known(parts: Sequence[PartitionOf], orders: Sequence[_Order]) -> bool:
    """Whether every range bound has a value per key column and each of them could be read."""
    for part in parts:
        if isinstance(part.values, RangeBound):
            if len(part.values.lower) != len(orders):
                return False  # the key has an expression besides its columns
            for edges in (part.values.lower, part.values.upper):
                if any(order(edge) is None for order, edge in zip(orders, edges, strict=True)):
                    return False
        elif isinstance(part.values, ListBound):
            values = [value for value in part.values.values if value is not None]
            if len(orders) != 1 or any(orders[0](value) is None for value in values):
                return False
    return True


def _position(part: PartitionOf, orders: Sequence[_Order] | None) -> tuple[int, tuple[object, ...]]:
    """Where a partition stands among its siblings: by its bound, the default last, then the unreadable."""
    match part.values:
        case RangeBound(lower=lower):
            if orders is None:
                return (0, tuple(_as_text(edge) for edge in lower))
            return (0, tuple(order(edge) for order, edge in zip(orders, lower, strict=True)))
        case ListBound(values=values):
            given = [value for value in values if value is not None]
            if orders is None:
                return (0, tuple(_as_text(value) for value in sorted(given)[:1]) or ((1, ""),))
            return (0, tuple(sorted(filter(None, map(orders[0], given)))[:1]) or ((3, Decimal(0)),))
        case HashBound(modulus=modulus, remainder=remainder):
            return (0, (modulus, remainder))
        case DefaultBound():
            return (1, ())
        case _:
            return (2, ())


def _as_text(edge: Edge) -> tuple[int, str]:
    """Text in code point order, MINVALUE before and MAXVALUE after it."""
    if isinstance(edge, Infinity):
        return (-1 if edge is Infinity.MINVALUE else 1, "")
    return (0, edge)


def _gaps(ranges: Sequence[tuple[QualifiedName, RangeBound]], order: _Order) -> tuple[RangeGap, ...]:
    found = []
    for (after, low), (before, high) in pairwise(ranges):
        end, start = order(low.upper[0]), order(high.lower[0])
        if end is not None and start is not None and end < start:
            found.append(
                RangeGap(
                    lower=bounds.written(low.upper),
                    upper=bounds.written(high.lower),
                    after=after,
                    before=before,
                )
            )
    return tuple(found)


def _remainders(
    values: Sequence[Bound | None], strategy: PartitionStrategy
) -> tuple[bool | None, tuple[int, ...]]:
    """Whether hash partitions take every row, and which remainders of the largest modulus they leave.

    Each modulus is a factor of the next larger one (the server sees to that), so the largest is a common
    multiple, and as bounds never overlap the shares 1/modulus add up to 1 exactly when all is taken.
    """
    if strategy is not PartitionStrategy.HASH or any(value is None for value in values):
        return None, ()
    hashes = [value for value in values if isinstance(value, HashBound)]
    if sum((Fraction(1, one.modulus) for one in hashes), Fraction(0)) == 1:
        return True, ()
    largest = max((one.modulus for one in hashes), default=0)
    if largest > _LISTED_MODULUS:
        return False, ()
    taken = {number for one in hashes for number in range(one.remainder, largest, one.modulus)}
    return False, tuple(number for number in range(largest) if number not in taken)
