"""Everything that is said about one snapshot, each computed once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field

import msgspec

from pgdossier.analysis import (
    access_patterns,
    arcs,
    audit_trails,
    auditing,
    bonds,
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
from pgdossier.analysis.bonds import Bonds
from pgdossier.analysis.cascades import CascadeReach
from pgdossier.analysis.completeness import Completeness
from pgdossier.analysis.declared import Declaration, Declarations
from pgdossier.analysis.deferred import deferred
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


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """One snapshot and what follows from it; each attribute is described where its module computes it.

    `snapshot` is what was read, and nothing else: SQL and JSON are made from it. `described` and `lookup` are
    the same with the descriptions of the project where the database has no comment (`from_project` says which
    objects these are): what readers see is made from them. Tuples are sorted by name unless their function
    says another order.

    What follows is worked out when it is first asked for: a process that makes a part of the pages, or a
    command that asks for one thing, does not wait for the rest.
    """

    snapshot: Snapshot
    described: Snapshot
    from_project: Mapping[Key, str]
    lookup: Lookup
    declarations: Sequence[Declaration]
    minimum_confidence: int
    limits: Limits
    judgements: Sequence[Judgement]
    domains_declared: Sequence[domains.Declared]
    most_boxes: int
    spoken: Context = field(default_factory=copy_context, repr=False, compare=False)

    def prepare(self) -> None:
        """Work out what pages of single relations ask for, before processes share these."""
        for name in _SHARED:
            getattr(self, name)

    # --- relationships ----------------------------------------------------------------------------

    @deferred
    def relationships(self) -> tuple[Relationship, ...]:
        """The foreign keys."""
        return relationships.find(self.lookup)

    @deferred
    def graph(self) -> Graph:
        """The foreign keys by either end."""
        return Graph.of(self.relationships)

    @deferred
    def junctions(self) -> tuple[Junction, ...]:
        """Tables that join others many-to-many."""
        return relationships.junctions(self.lookup, self.relationships)

    @deferred
    def cycles(self) -> tuple[tuple[QualifiedName, ...], ...]:
        """Circles of tables that reference each other."""
        return graph.cycles(self.relationships)

    @deferred
    def self_references(self) -> tuple[SelfReference, ...]:
        """Tables that reference themselves."""
        return self_references.find(self.relationships)

    @deferred
    def isolated(self) -> tuple[QualifiedName, ...]:
        """Tables without foreign keys, out or in."""
        return graph.isolated(self.lookup, self.graph, self._bookkeeping)

    @deferred
    def most_referenced(self) -> tuple[Referenced, ...]:
        """The tables that most others reference."""
        return graph.most_referenced(self.graph)

    @deferred
    def insert_order(self) -> tuple[tuple[QualifiedName, ...], ...]:
        """The tables in an order in which they can be filled."""
        return graph.insert_order(self.lookup, self.relationships)

    @deferred
    def circles(self) -> tuple[Circle, ...]:
        """The ways out of cycles."""
        return loading.circles(self.cycles, self.graph)

    @deferred
    def cascades(self) -> tuple[CascadeReach, ...]:
        """What a deletion does."""
        return cascades.cascade_reaches(self.lookup, self.relationships)

    @deferred
    def polymorphic(self) -> tuple[Polymorphic, ...]:
        """Pairs of columns that reference one of several tables."""
        return polymorphic.find(self.lookup, self.relationships)

    @deferred
    def arcs(self) -> tuple[ExclusiveArc, ...]:
        """Foreign keys of which one is set."""
        return arcs.find(self.lookup, self.relationships)

    @deferred
    def inheriting(self) -> tuple[Inheriting, ...]:
        """Tables that inherit from others."""
        return inheritance.declared(self.lookup)

    @deferred
    def shared_keys(self) -> tuple[SharedKey, ...]:
        """Tables whose primary key is a foreign key."""
        return inheritance.shared_keys(self.lookup, self.relationships)

    @deferred
    def reference_tables(self) -> tuple[ReferenceTable, ...]:
        """Tables of the values that others refer to."""
        return reference_tables.find(self.lookup, self.entities)

    @deferred
    def declared(self) -> Declarations:
        """The relationships that the project declares."""
        return declarations_of_project.resolve(self.lookup, self.relationships, self.declarations)

    @deferred
    def implied(self) -> tuple[Implied, ...]:
        """The relationships that names and types imply."""
        return implied.find(
            self.lookup,
            self.relationships,
            taken=self._explained,
            bookkeeping=self._bookkeeping,
            minimum=self.minimum_confidence,
        )

    @deferred
    def bonds(self) -> Bonds:
        """What ties relations to others beside foreign keys, by relation."""
        return bonds.bind(self.polymorphic, self.arcs, self.shared_keys, self.declared.found, self.implied)

    @deferred
    def drawn(self) -> tuple[Relationship, ...]:
        """The relationships of a diagram: foreign keys, and what is declared or implied (`assumed`)."""
        return (
            *self.relationships,
            *(one.relationship for one in self.declared.found),
            *(one.relationship for one in self.implied),
        )

    @deferred
    def drawn_graph(self) -> Graph:
        """The relationships of a diagram by either end."""
        return Graph.of(self.drawn)

    @deferred
    def inverse(self) -> Inverse:
        """What uses an object, by the object."""
        return inverse.invert(self.snapshot.structure, self.lookup, self.junctions, self.cascades)

    # --- what tables are about ---------------------------------------------------------------------

    @deferred
    def entities(self) -> Entities:
        """What tables stand for."""
        return entities.picture(
            self.lookup,
            self.graph,
            self.junctions,
            self.auditing,
            {tool.table: tool.name for tool in self.migrations},
            {one.relationship.child: one.relationship.parent for one in self.shared_keys if one.subtype},
        )

    @deferred
    def domains(self) -> Domains:
        """The tables in groups that a reader can take in."""
        return domains.find(
            self.lookup, self.drawn, self.entities, declared=self.domains_declared, most=self.most_boxes
        )

    @deferred
    def ties(self) -> Mapping[str, Ties]:
        """What ties each domain to those beside it, by its name."""
        return domains.ties(self.domains, self.relationships)

    @deferred
    def auditing(self) -> Auditing:
        """Columns and tables that keep track of changes."""
        return auditing.measure(self.lookup, self._bookkeeping)

    @deferred
    def audit_trails(self) -> AuditTrails:
        """What trigger functions record."""
        return audit_trails.find(self.lookup, self.described.structure, self._bookkeeping)

    @deferred
    def migrations(self) -> tuple[MigrationTool, ...]:
        """Migration tools, by their tables."""
        return migrations.detect(self.lookup)

    @deferred
    def partitions(self) -> tuple[PartitionedTable, ...]:
        """Partitioned tables."""
        return partitions.inventory(self.lookup)

    @deferred
    def completeness(self) -> Completeness:
        """What of the structure is described."""
        return completeness.measure(self.described.structure, self.lookup)

    @deferred
    def naming(self) -> Naming:
        """Naming conventions that are in use."""
        return naming.measure(self.lookup, self._bookkeeping)

    # --- keys and indexes --------------------------------------------------------------------------

    @deferred
    def key_strategy(self) -> KeyStrategy:
        """How rows are identified."""
        return keys.strategy(self.lookup)

    @deferred
    def index_purposes(self) -> purposes.Purposes:
        """Why each index exists, by table and index name."""
        return purposes.Purposes(self.lookup, self.graph)

    @deferred
    def unindexed_foreign_keys(self) -> tuple[Relationship, ...]:
        """Foreign keys that no index serves."""
        return indexes.unindexed_foreign_keys(self.lookup, self.relationships)

    @deferred
    def duplicate_indexes(self) -> tuple[DuplicateIndexes, ...]:
        """Indexes that are the same."""
        return indexes.duplicates(self.lookup)

    @deferred
    def redundant_indexes(self) -> tuple[RedundantIndex, ...]:
        """Indexes that another makes superfluous."""
        return indexes.redundant(self.lookup)

    @deferred
    def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        """Indexes that queries cannot use."""
        return indexes.invalid(self.lookup)

    @deferred
    def findings(self) -> Mapping[QualifiedName, TableFindings]:
        """What is found about keys and indexes, by table."""
        return inverse.by_table(
            self.unindexed_foreign_keys, self.duplicate_indexes, self.redundant_indexes, self.invalid_indexes
        )

    # --- access ------------------------------------------------------------------------------------

    @deferred
    def access(self) -> Access:
        """The privileges in effect."""
        return Access.of(self.snapshot.structure)

    @deferred
    def sensitive(self) -> Sensitive:
        """Columns that likely hold sensitive data."""
        guessed = {
            (one.relationship.child, column)
            for one in self.implied
            for column in one.relationship.key.columns
        }
        return sensitive.find(
            self.lookup,
            self.described.structure,
            self.relationships,
            references=self._explained | guessed,
            copied=self.audit_trails.copied(),
            bookkeeping=self._bookkeeping,
            judgements=self.judgements,
        )

    # --- the server, and what it counts ------------------------------------------------------------

    @deferred
    def hosting(self) -> Hosting | None:
        """Who runs the server."""
        return hosting.judge(self.snapshot)

    @deferred
    def settings(self) -> DesignSettings:
        """Settings that matter for the design."""
        return design_settings.choose(self.snapshot.operation)

    @deferred
    def network(self) -> Network:
        """The servers around it."""
        return topology.survey(self.described)

    @deferred
    def sequence_ends(self) -> tuple[SequenceEnd, ...]:
        """How far sequences are from their ends."""
        return sequence_ends.ends(self.lookup, self.snapshot.structure, self.snapshot.operation)

    @deferred
    def monitoring(self) -> Monitoring:
        """Figures and thresholds."""
        return monitoring.assess(
            monitoring.Facts(
                lookup=self.lookup,
                operation=self.snapshot.operation,
                network=self.network,
                sizes=self.sizes,
                sequences=self.sequence_ends,
                invalid=self.invalid_indexes,
                limits=self.limits,
            )
        )

    @deferred
    def sizes(self) -> Mapping[QualifiedName, Size]:
        """The size of every relation of the snapshot, partitions included."""
        return sizes.measure(self.lookup)

    @deferred
    def index_sizes(self) -> Mapping[QualifiedName, int]:
        """The size of every index with statistics, in bytes."""
        return sizes.of_indexes(self.lookup)

    @deferred
    def total_size(self) -> Size:
        """The size of all relations together."""
        return sizes.total(self.lookup)

    @deferred
    def large_tables(self) -> tuple[LargeTable, ...]:
        """The largest tables, how they grow, and candidates for partitions."""
        return growth.large_tables(self.lookup, self.sizes, self.access_patterns)

    @deferred
    def queries(self) -> Queries:
        """The statements with what they touch."""
        return queries.trace(self.lookup, self.snapshot.operation.workload)

    @deferred
    def access_patterns(self) -> AccessPatterns:
        """How each table is used."""
        return access_patterns.observe(self.lookup, self.snapshot.operation)

    # --- for these ---------------------------------------------------------------------------------

    @deferred
    def _bookkeeping(self) -> frozenset[QualifiedName]:
        """The tables of migration tools."""
        return frozenset(tool.table for tool in self.migrations)

    @deferred
    def _explained(self) -> frozenset[tuple[QualifiedName, str]]:
        """Columns that are references of another kind: of a polymorphic pair, or declared by the project."""
        pairs = {(pair.table, pair.id_column) for pair in self.polymorphic}
        return frozenset(pairs).union(
            (one.relationship.child, column)
            for one in self.declared.found
            for column in one.relationship.key.columns
        )


# What costs time and is asked for by pages of single relations, which two processes make. The rest of what
# the design review and the front page ask for is worked out by the one that makes these.
_SHARED = (
    *("relationships", "graph", "cascades", "inverse", "arcs", "sizes", "index_sizes", "sensitive"),
    "access_patterns",
)


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
    return Analysis(
        snapshot=snapshot,
        described=shown,
        from_project=texts,
        lookup=Lookup.of(shown),
        declarations=declarations,
        minimum_confidence=minimum_confidence,
        limits=limits,
        judgements=judgements,
        domains_declared=domains_declared,
        most_boxes=most_boxes,
    )
