"""How large relations are, partitions summed into their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pgdossier.analysis import tables
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind

_STORED = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW))


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """Rows and bytes, by the statistics of the last VACUUM or ANALYZE.

    `known` is False when a part (the relation, or one of its partitions) was never analysed: the numbers
    are then those of the other parts. `rows` is None when there is no estimate at all.
    """

    rows: int | None = None
    table_bytes: int = 0
    index_bytes: int = 0
    toast_bytes: int = 0
    total_bytes: int = 0
    known: bool = False


def _sum(parts: Iterable[Size]) -> Size:
    sizes = tuple(parts)
    rows = [size.rows for size in sizes if size.rows is not None]
    return Size(
        rows=sum(rows) if rows or not sizes else None,
        table_bytes=sum(size.table_bytes for size in sizes),
        index_bytes=sum(size.index_bytes for size in sizes),
        toast_bytes=sum(size.toast_bytes for size in sizes),
        total_bytes=sum(size.total_bytes for size in sizes),
        known=all(size.known for size in sizes),
    )


def _own(lookup: Lookup, name: QualifiedName) -> Size:
    found = lookup.statistics.get(name)
    if found is None:
        return Size()
    return Size(
        rows=found.rows,
        table_bytes=found.table_bytes,
        index_bytes=found.index_bytes,
        toast_bytes=found.toast_bytes,
        total_bytes=found.table_bytes + found.index_bytes + found.toast_bytes,
        known=found.rows is not None,
    )


def measure(lookup: Lookup) -> Mapping[QualifiedName, Size]:
    """The size of every relation; of a partitioned table the sum of its partitions. Views have none."""
    sizes: dict[QualifiedName, Size] = {}

    def size(relation: Relation) -> Size:
        name = relation.qualified
        if name not in sizes:
            if relation.kind is RelationKind.PARTITIONED_TABLE:
                sizes[name] = _sum(size(partition) for partition in lookup.partitions.get(name, ()))
            else:
                sizes[name] = _own(lookup, name)
        return sizes[name]

    return {name: size(relation) for name, relation in lookup.relations.items()}


def total(lookup: Lookup) -> Size:
    """The sum over all tables and materialized views of the snapshot, each partition counted once."""
    sizes = measure(lookup)
    return _sum(
        sizes[relation.qualified] for relation in tables.relations(lookup) if relation.kind in _STORED
    )


def of_indexes(lookup: Lookup) -> Mapping[QualifiedName, int]:
    """The bytes of every index that has statistics, by its name; of a partitioned one those of its parts."""
    sizes = {name: found.bytes for name, found in lookup.index_statistics.items()}
    parents = {
        QualifiedName(relation.schema, index.name): index.parent
        for relation in lookup.relations.values()
        for index in relation.indexes
        if index.parent is not None
    }
    for name, found in lookup.index_statistics.items():
        above = parents.get(name)
        while above is not None:
            sizes[above] = sizes.get(above, 0) + found.bytes
            above = parents.get(above)
    return sizes
