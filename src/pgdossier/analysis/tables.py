"""Which relations count as tables, and what their columns really are."""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.types import Domain

_TABLES = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED_TABLE))


def is_folded(lookup: Lookup, relation: Relation) -> bool:
    """Whether the relation is a partition of a table in the snapshot, and so described with that table."""
    return relation.partition is not None and relation.partition.parent in lookup.relations


def root(lookup: Lookup, name: QualifiedName) -> QualifiedName:
    """The table that a partition (of a partition …) is described with; any other name stands for itself."""
    relation = lookup.relations.get(name)
    if relation is None or relation.partition is None:
        return name
    while relation.partition is not None:
        parent = lookup.relations.get(relation.partition.parent)
        if parent is None:
            break
        relation = parent
    return relation.qualified


def descendants(lookup: Lookup, name: QualifiedName) -> Iterator[Relation]:
    """The partitions of a table, and their partitions, each parent before its own."""
    for partition in lookup.partitions.get(name, ()):
        yield partition
        yield from descendants(lookup, partition.qualified)


def relations(lookup: Lookup) -> Iterator[Relation]:
    """Every relation that is not folded into another, in the snapshot's order."""
    return (relation for relation in lookup.relations.values() if not is_folded(lookup, relation))


def tables(lookup: Lookup) -> Iterator[Relation]:
    """The tables and partitioned tables that are not folded into another (no views, no foreign tables)."""
    return (relation for relation in relations(lookup) if relation.kind in _TABLES)


def _domain(lookup: Lookup, column: Column) -> Domain | None:
    if column.type_name is None or column.type.endswith("[]"):
        return None
    found = lookup.types.get(column.type_name)
    return found if isinstance(found, Domain) else None


def nullable(lookup: Lookup, column: Column) -> bool:
    """Whether the column can hold NULL, with the NOT NULL of its domain (and the domain's domain) counted."""
    domain = _domain(lookup, column) if column.type_name is not None else None
    while domain is not None:
        if not domain.nullable:
            return False
        base = lookup.types.get(domain.base_type_name) if domain.base_type_name else None
        domain = base if isinstance(base, Domain) else None
    return column.nullable


def base_type(lookup: Lookup, column: Column) -> str:
    """The type of the column as `format_type` prints it, of a domain the type it is made of."""
    domain = _domain(lookup, column) if column.type_name is not None else None
    name = column.type
    while domain is not None:
        name = domain.base_type
        base = lookup.types.get(domain.base_type_name) if domain.base_type_name else None
        domain = base if isinstance(base, Domain) else None
    return name


def base_default(lookup: Lookup, column: Column) -> str | None:
    """The column's default, or else the one its domain gives (generated columns have none)."""
    if column.generated is not None:
        return None
    domain = _domain(lookup, column) if column.type_name is not None else None
    while column.default is None and domain is not None:
        if domain.default is not None:
            return domain.default
        base = lookup.types.get(domain.base_type_name) if domain.base_type_name else None
        domain = base if isinstance(base, Domain) else None
    return column.default
