"""What the snapshot says from one end, by the other: who inherits, who reads, who uses a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.cascades import CascadeReach
from pgdossier.analysis.indexes import DuplicateIndexes, InvalidIndex, RedundantIndex
from pgdossier.analysis.relationships import Junction, Relationship
from pgdossier.model.dependencies import ObjectKind, Part
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Structure

K = TypeVar("K")
V = TypeVar("V")


class Inverse(msgspec.Struct, frozen=True, kw_only=True):
    """Mappings from a name to what points to it; a name that nothing points to is missing.

    `heirs` are the tables that inherit from one (partitions apart); `reads` what the query of a view reads,
    `read_by` the views that read a relation (partitions as their tables in both); `type_users` the columns
    of a type, as (relation, column), partitions apart; `statistics` the extended statistics of a relation;
    `junctions` the junction tables that reference a relation; `sequence_users` the columns whose defaults
    call a sequence, partitions apart; `reaches` what the deletion of a row of a table reaches.
    """

    heirs: Mapping[QualifiedName, tuple[QualifiedName, ...]]
    reads: Mapping[QualifiedName, tuple[QualifiedName, ...]]
    read_by: Mapping[QualifiedName, tuple[QualifiedName, ...]]
    type_users: Mapping[QualifiedName, tuple[tuple[QualifiedName, str], ...]]
    statistics: Mapping[QualifiedName, tuple[ExtendedStatistics, ...]]
    junctions: Mapping[QualifiedName, tuple[Junction, ...]]
    sequence_users: Mapping[QualifiedName, tuple[tuple[QualifiedName, str], ...]]
    reaches: Mapping[QualifiedName, CascadeReach]


class TableFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What keys and indexes of one table give cause to look at."""

    unindexed: tuple[Relationship, ...] = ()
    duplicates: tuple[DuplicateIndexes, ...] = ()
    redundant: tuple[RedundantIndex, ...] = ()
    invalid: tuple[InvalidIndex, ...] = ()


def invert(
    structure: Structure, lookup: Lookup, junctions: Iterable[Junction], cascades: Iterable[CascadeReach]
) -> Inverse:
    """The mappings of one structure; names are sorted."""
    reads = sorted(
        {
            (
                tables.root(lookup, QualifiedName(found.dependent.schema, found.dependent.name)),
                tables.root(lookup, QualifiedName(found.referenced.schema, found.referenced.name)),
            )
            for found in structure.dependencies
            if found.part is Part.DEFINITION
            and found.dependent.kind is ObjectKind.RELATION
            and found.referenced.kind is ObjectKind.RELATION
            and _is_query(lookup, QualifiedName(found.dependent.schema, found.dependent.name))
        }
    )
    return Inverse(
        heirs=grouped(
            (parent, relation.qualified) for relation in structure.relations for parent in relation.inherits
        ),
        reads=grouped(reads),
        read_by=grouped(sorted((read, reader) for reader, read in reads)),
        type_users=grouped(
            (column.type_name, (relation.qualified, column.name))
            for relation in tables.relations(lookup)
            for column in relation.columns
            if column.type_name is not None
        ),
        statistics=grouped((found.relation, found) for found in structure.extended_statistics),
        junctions=grouped(
            (parent, junction)
            for junction in junctions
            for parent in sorted({end.parent for end in junction.ends})
        ),
        sequence_users=grouped(
            sorted(
                (QualifiedName(found.referenced.schema, found.referenced.name), (user, found.part_name))
                for found in structure.dependencies
                if found.part is Part.DEFAULT and found.referenced.kind is ObjectKind.SEQUENCE
                for user in [QualifiedName(found.dependent.schema, found.dependent.name)]
                if user in lookup.relations and not tables.is_folded(lookup, lookup.relations[user])
            )
        ),
        reaches={reach.table: reach for reach in cascades},
    )


def _is_query(lookup: Lookup, name: QualifiedName) -> bool:
    relation = lookup.relations.get(name)
    return relation is not None and relation.definition is not None


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """The second of each pair by the first, in the order of the pairs."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def by_table(
    unindexed: Iterable[Relationship],
    duplicates: Iterable[DuplicateIndexes],
    redundant: Iterable[RedundantIndex],
    invalid: Iterable[InvalidIndex],
) -> Mapping[QualifiedName, TableFindings]:
    """The findings of each table that has any."""
    keys = grouped((found.child, found) for found in unindexed)
    equal = grouped((found.table, found) for found in duplicates)
    covered = grouped((found.table, found) for found in redundant)
    broken = grouped((found.table, found) for found in invalid)
    return {
        table: TableFindings(
            unindexed=keys.get(table, ()),
            duplicates=equal.get(table, ()),
            redundant=covered.get(table, ()),
            invalid=broken.get(table, ()),
        )
        for table in sorted({*keys, *equal, *covered, *broken})
    }
