"""Everything that is said about one snapshot, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pgdossier.analysis import (
    auditing,
    completeness,
    graph,
    implied,
    indexes,
    inverse,
    keys,
    migrations,
    naming,
    partitions,
    purposes,
    relationships,
    sizes,
)
from pgdossier.analysis.auditing import Auditing
from pgdossier.analysis.completeness import Completeness
from pgdossier.analysis.graph import Graph, Referenced
from pgdossier.analysis.implied import Implied, Polymorphic
from pgdossier.analysis.indexes import DuplicateIndexes, InvalidIndex, RedundantIndex
from pgdossier.analysis.inverse import Inverse, TableFindings
from pgdossier.analysis.keys import KeyStrategy
from pgdossier.analysis.migrations import MigrationTool
from pgdossier.analysis.naming import Naming
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.analysis.relationships import Junction, Relationship
from pgdossier.analysis.sizes import Size
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One snapshot and what follows from it; each field is described where its module computes it.

    `index_purposes` is by table and index name. `sizes` has every relation of the snapshot, partitions
    included, `index_sizes` every index with statistics, in bytes. Tuples are sorted by name unless their
    function says another order.
    """

    snapshot: Snapshot
    lookup: Lookup
    relationships: tuple[Relationship, ...]
    graph: Graph
    junctions: tuple[Junction, ...]
    cycles: tuple[tuple[QualifiedName, ...], ...]
    self_references: tuple[Relationship, ...]
    isolated: tuple[QualifiedName, ...]
    most_referenced: tuple[Referenced, ...]
    insert_order: tuple[tuple[QualifiedName, ...], ...]
    index_purposes: Mapping[tuple[QualifiedName, str], str]
    unindexed_foreign_keys: tuple[Relationship, ...]
    duplicate_indexes: tuple[DuplicateIndexes, ...]
    redundant_indexes: tuple[RedundantIndex, ...]
    invalid_indexes: tuple[InvalidIndex, ...]
    key_strategy: KeyStrategy
    partitions: tuple[PartitionedTable, ...]
    sizes: Mapping[QualifiedName, Size]
    index_sizes: Mapping[QualifiedName, int]
    total_size: Size
    completeness: Completeness
    naming: Naming
    auditing: Auditing
    migrations: tuple[MigrationTool, ...]
    polymorphic: tuple[Polymorphic, ...]
    implied: tuple[Implied, ...]
    inverse: Inverse
    findings: Mapping[QualifiedName, TableFindings]


def analyse(snapshot: Snapshot) -> Analysis:
    """What can be said about that snapshot; the same snapshot gives an equal analysis."""
    lookup = Lookup.of(snapshot)
    found = relationships.find(lookup)
    edges = Graph.of(found)
    tools = migrations.detect(lookup)
    bookkeeping = frozenset(tool.table for tool in tools)
    joining = relationships.junctions(lookup, found)
    pairs = implied.polymorphic(lookup, found)
    unindexed = indexes.unindexed_foreign_keys(lookup, found)
    duplicates, redundant, invalid = (
        indexes.duplicates(lookup),
        indexes.redundant(lookup),
        indexes.invalid(lookup),
    )
    return Analysis(
        snapshot=snapshot,
        lookup=lookup,
        relationships=found,
        graph=edges,
        junctions=joining,
        cycles=graph.cycles(found),
        self_references=graph.self_references(found),
        isolated=graph.isolated(lookup, edges, bookkeeping),
        most_referenced=graph.most_referenced(edges),
        insert_order=graph.insert_order(lookup, found),
        index_purposes=purposes.purposes(lookup, edges),
        unindexed_foreign_keys=unindexed,
        duplicate_indexes=duplicates,
        redundant_indexes=redundant,
        invalid_indexes=invalid,
        key_strategy=keys.strategy(lookup),
        partitions=partitions.inventory(lookup),
        sizes=sizes.measure(lookup),
        index_sizes=sizes.of_indexes(lookup),
        total_size=sizes.total(lookup),
        completeness=completeness.measure(snapshot.structure, lookup),
        naming=naming.measure(lookup, bookkeeping),
        auditing=auditing.measure(lookup, bookkeeping),
        migrations=tools,
        polymorphic=pairs,
        implied=implied.implied(lookup, found, pairs),
        inverse=inverse.invert(snapshot.structure, lookup, joining),
        findings=inverse.by_table(unindexed, duplicates, redundant, invalid),
    )
