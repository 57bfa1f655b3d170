"""Everything that is said about one snapshot, computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from pgdossier.analysis import (
    access_patterns,
    arcs,
    audit_trails,
    auditing,
    cascades,
    completeness,
    design_settings,
    domains,
    entities,
    graph,
    growth,
    hosting,
    implied,
    indexes,
    inheritance,
    inverse,
    keys,
    loading,
    migrations,
    monitoring,
    naming,
    partitions,
    polymorphic,
    purposes,
    queries,
    reference_tables,
    relationships,
    self_references,
    sensitive,
    sequence_ends,
    sizes,
    topology,
)
from pgdossier.analysis import declared as declarations_of_project
from pgdossier.analysis.access import Access
from pgdossier.analysis.access_patterns import AccessPatterns
from pgdossier.analysis.arcs import ExclusiveArc
from pgdossier.analysis.audit_trails import AuditTrails
from pgdossier.analysis.auditing import Auditing
from pgdossier.analysis.cascades import CascadeReach
from pgdossier.analysis.completeness import Completeness
from pgdossier.analysis.declared import Declaration, Declarations
from pgdossier.analysis.deferred import Deferred
from pgdossier.analysis.design_settings import DesignSettings
from pgdossier.analysis.domains import MOST_BOXES, Domains, Ties
from pgdossier.analysis.entities import Entities
from pgdossier.analysis.graph import Graph, Referenced
from pgdossier.analysis.growth import LargeTable
from pgdossier.analysis.hosting import Hosting
from pgdossier.analysis.implied import MINIMUM_CONFIDENCE, Implied
from pgdossier.analysis.indexes import DuplicateIndexes, InvalidIndex, RedundantIndex
from pgdossier.analysis.inheritance import Inheriting, SharedKey
from pgdossier.analysis.inverse import Inverse, TableFindings
from pgdossier.analysis.keys import KeyStrategy
from pgdossier.analysis.loading import Circle
from pgdossier.analysis.migrations import MigrationTool
from pgdossier.analysis.monitoring import Limits, Monitoring
from pgdossier.analysis.naming import Naming
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.analysis.polymorphic import Polymorphic
from pgdossier.analysis.queries import Queries
from pgdossier.analysis.reference_tables import ReferenceTable
from pgdossier.analysis.relationships import Junction, Relationship
from pgdossier.analysis.self_references import SelfReference
from pgdossier.analysis.sensitive import Judgement, Sensitive
from pgdossier.analysis.sequence_ends import SequenceEnd
from pgdossier.analysis.sizes import Size
from pgdossier.analysis.topology import Network
from pgdossier.model.describable import Key, described
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One snapshot and what follows from it; each field is described where its module computes it.

    `index_purposes` is by table and index name. `sizes` has every relation of the snapshot, partitions
    included, `index_sizes` every index with statistics, in bytes. Tuples are sorted by name unless their
    function says another order. `drawn` are the relationships of a diagram: the foreign keys, and those that
    the project declares or names and types imply (`assumed`); `drawn_graph` has the same by either end.

    `snapshot` is what was read, and nothing else: SQL and JSON are made from it. `described` and `lookup` are
    the same with the descriptions of the project where the database has no comment (`from_project` says which
    objects these are): what readers see is made from them.
    """

    snapshot: Snapshot
    described: Snapshot
    from_project: Mapping[Key, str]
    lookup: Lookup
    relationships: tuple[Relationship, ...]
    graph: Graph
    junctions: tuple[Junction, ...]
    cycles: tuple[tuple[QualifiedName, ...], ...]
    self_references: tuple[SelfReference, ...]
    isolated: tuple[QualifiedName, ...]
    most_referenced: tuple[Referenced, ...]
    insert_order: tuple[tuple[QualifiedName, ...], ...]
    circles: tuple[Circle, ...]
    cascades: tuple[CascadeReach, ...]
    entities: Entities
    index_purposes: Mapping[tuple[QualifiedName, str], str]
    unindexed_foreign_keys: tuple[Relationship, ...]
    duplicate_indexes: tuple[DuplicateIndexes, ...]
    redundant_indexes: tuple[RedundantIndex, ...]
    invalid_indexes: tuple[InvalidIndex, ...]
    key_strategy: KeyStrategy
    partitions: tuple[PartitionedTable, ...]
    hosting: Hosting | None
    settings: DesignSettings
    network: Network
    sequence_ends: tuple[SequenceEnd, ...]
    monitoring: Monitoring
    large_tables: tuple[LargeTable, ...]
    sizes: Mapping[QualifiedName, Size]
    index_sizes: Mapping[QualifiedName, int]
    total_size: Size
    completeness: Completeness
    naming: Naming
    auditing: Auditing
    migrations: tuple[MigrationTool, ...]
    polymorphic: tuple[Polymorphic, ...]
    arcs: tuple[ExclusiveArc, ...]
    inheriting: tuple[Inheriting, ...]
    shared_keys: tuple[SharedKey, ...]
    reference_tables: tuple[ReferenceTable, ...]
    declared: Declarations
    implied: tuple[Implied, ...]
    drawn: tuple[Relationship, ...]
    drawn_graph: Graph
    queries: Queries
    access_patterns: AccessPatterns
    inverse: Inverse
    findings: Mapping[QualifiedName, TableFindings]
    access: Access
    audit_trails: AuditTrails
    sensitive: Sensitive
    _domains: Deferred[Domains] = field(repr=False, compare=False)
    _ties: Deferred[Mapping[str, Ties]] = field(repr=False, compare=False)

    @property
    def domains(self) -> Domains:
        """The tables in groups that a reader can take in; worked out when they are first asked for."""
        return self._domains.get()

    @property
    def ties(self) -> Mapping[str, Ties]:
        """What ties each domain to those beside it, by its name; worked out as `domains` are."""
        return self._ties.get()


def analyse(
    snapshot: Snapshot,
    descriptions: Mapping[Key, str] | None = None,
    *,
    declarations: Sequence[Declaration] = (),
    minimum_confidence: int = MINIMUM_CONFIDENCE,
    limits: Limits = monitoring.DEFAULT,
    judgements: Sequence[Judgement] = (),
    domains_declared: Sequence[domains.Declared] = (),
    most_boxes: int = MOST_BOXES,
) -> Analysis:
    """What can be said about that snapshot; the same arguments give an equal analysis.

    Args:
        snapshot: What was read.
        descriptions: What the project says of objects without a comment.
        declarations: Relationships that the project declares itself.
        minimum_confidence: The least confidence, in percent, of an implied foreign key.
        limits: The thresholds of what is watched.
        judgements: What the project says of sensitive columns.
        domains_declared: The project's own groups of tables.
        most_boxes: How many boxes a diagram may have.
    """
    texts = descriptions or {}
    shown = msgspec.structs.replace(snapshot, structure=described(snapshot.structure, texts))
    lookup = Lookup.of(shown)
    found = relationships.find(lookup)
    edges = Graph.of(found)
    tools = migrations.detect(lookup)
    bookkeeping = frozenset(tool.table for tool in tools)
    joining = relationships.junctions(lookup, found)
    circles = graph.cycles(found)
    audited = auditing.measure(lookup, bookkeeping)
    sharing = inheritance.shared_keys(lookup, found)
    pairs = polymorphic.find(lookup, found)
    by_project = declarations_of_project.resolve(lookup, found, declarations)
    taken = {(pair.table, pair.id_column) for pair in pairs}
    taken |= {
        (one.relationship.child, column)
        for one in by_project.found
        for column in one.relationship.key.columns
    }
    guessed = implied.find(lookup, found, taken=taken, bookkeeping=bookkeeping, minimum=minimum_confidence)
    assumed = [
        *(one.relationship for one in by_project.found),
        *(one.relationship for one in guessed),
    ]
    reaches = cascades.cascade_reaches(lookup, found)
    trails = audit_trails.find(lookup, shown.structure, bookkeeping)
    unindexed = indexes.unindexed_foreign_keys(lookup, found)
    duplicates, redundant, invalid = (
        indexes.duplicates(lookup),
        indexes.redundant(lookup),
        indexes.invalid(lookup),
    )
    surroundings = topology.survey(shown)
    measured = sizes.measure(lookup)
    patterns = access_patterns.observe(lookup, snapshot.operation)
    sequences = sequence_ends.ends(lookup, snapshot.structure, snapshot.operation)
    pictured = entities.picture(
        lookup,
        edges,
        joining,
        audited,
        {tool.table: tool.name for tool in tools},
        {one.relationship.child: one.relationship.parent for one in sharing if one.subtype},
    )
    divided = Deferred(
        lambda: domains.find(lookup, (*found, *assumed), pictured, declared=domains_declared, most=most_boxes)
    )
    return Analysis(
        snapshot=snapshot,
        described=shown,
        from_project=texts,
        lookup=lookup,
        relationships=found,
        graph=edges,
        junctions=joining,
        cycles=circles,
        self_references=self_references.find(found),
        isolated=graph.isolated(lookup, edges, bookkeeping),
        most_referenced=graph.most_referenced(edges),
        insert_order=graph.insert_order(lookup, found),
        circles=loading.circles(circles, edges),
        cascades=reaches,
        entities=pictured,
        index_purposes=purposes.purposes(lookup, edges),
        unindexed_foreign_keys=unindexed,
        duplicate_indexes=duplicates,
        redundant_indexes=redundant,
        invalid_indexes=invalid,
        key_strategy=keys.strategy(lookup),
        partitions=partitions.inventory(lookup),
        hosting=hosting.judge(snapshot),
        settings=design_settings.choose(snapshot.operation),
        network=surroundings,
        sequence_ends=sequences,
        monitoring=monitoring.assess(
            monitoring.Facts(
                lookup=lookup,
                operation=snapshot.operation,
                network=surroundings,
                sizes=measured,
                sequences=sequences,
                invalid=invalid,
                limits=limits,
            )
        ),
        large_tables=growth.large_tables(lookup, measured, patterns),
        sizes=measured,
        index_sizes=sizes.of_indexes(lookup),
        total_size=sizes.total(lookup),
        completeness=completeness.measure(shown.structure, lookup),
        naming=naming.measure(lookup, bookkeeping),
        auditing=audited,
        migrations=tools,
        polymorphic=pairs,
        arcs=arcs.find(lookup, found),
        inheriting=inheritance.declared(lookup),
        shared_keys=sharing,
        reference_tables=reference_tables.find(lookup, pictured),
        declared=by_project,
        implied=guessed,
        drawn=(*found, *assumed),
        drawn_graph=Graph.of((*found, *assumed)),
        queries=queries.trace(lookup, snapshot.operation.workload),
        access_patterns=patterns,
        inverse=inverse.invert(snapshot.structure, lookup, joining, reaches),
        findings=inverse.by_table(unindexed, duplicates, redundant, invalid),
        access=Access.of(snapshot.structure),
        audit_trails=trails,
        sensitive=sensitive.find(
            lookup,
            shown.structure,
            found,
            references=taken
            | {
                (one.relationship.child, column) for one in guessed for column in one.relationship.key.columns
            },
            copied=trails.copied(),
            bookkeeping=bookkeeping,
            judgements=judgements,
        ),
        _domains=divided,
        _ties=Deferred(lambda: domains.ties(divided.get(), found)),
    )
