"""In which order the objects of a schema can be created, and which of them need a second step.

The order follows pg_depend, as the snapshot holds it, and what the model itself says (parents, types of
columns). Where objects need each other, one of them is made in two steps:

- a default or a check is added when the table or the domain is there;
- a partition is attached later than it is made;
- a view is first made as a placeholder with the same columns, then replaced by the real one.

Indexes, foreign keys, triggers and policies are no part of this: they are made when everything else is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from pgdossier.ddl.graph import cycles, sorted_by_need
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure


class Rank(IntEnum):
    """What comes first where dependencies leave a choice."""

    TYPE = 0
    SEQUENCE = 1
    ROUTINE = 2
    TABLE = 3
    VIEW = 4
    SECOND_STEP = 5


class Reason(NamedTuple):
    """Because of which part one object needs another; also the second step that makes this part."""

    part: Part
    name: str = ""


ATTACH = Reason(Part.DEFINITION, "attach")
REPLACE = Reason(Part.DEFINITION, "replace")


class Step(NamedTuple):
    """One step: the object itself, or (with a reason) the part of it that was postponed."""

    object: ObjectName
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in order, and for every object the parts that its first step leaves out.

    `needs` holds all the dependencies that were found, before any was postponed.
    """

    steps: tuple[Step, ...]
    postponed: Mapping[ObjectName, frozenset[Reason]]
    needs: Mapping[ObjectName, frozenset[ObjectName]]


def plan(structure: Structure) -> Plan:
    """The order for everything in that structure. Sequences that a table's columns own go with the table."""
    return _Planner(structure).plan()


def relation_object(name: QualifiedName) -> ObjectName:
    """The relation of that name as an object."""
    return ObjectName(ObjectKind.RELATION, name.schema, name.name)


def folded_sequences(structure: Structure) -> frozenset[QualifiedName]:
    """The sequences that are made together with the table whose column owns them."""
    relations = {relation.qualified for relation in structure.relations}
    return frozenset(
        sequence.qualified
        for sequence in structure.sequences
        if sequence.owned_by and sequence.owned_by.relation in relations
    )


class _Planner:
    """The state of one `plan`: nodes, edges with their reasons, and what was postponed so far."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.surroundings = Surroundings.of(structure)
        self.folded = folded_sequences(structure)
        self.ranks = self._ranks()
        self.aliases = self._aliases()
        self.separable = self._separable()
        self.edges: dict[ObjectName, dict[ObjectName, set[Reason]]] = {node: {} for node in self.ranks}
        self.postponed: dict[ObjectName, set[Reason]] = {}
        self.second_steps: dict[Step, set[ObjectName]] = {}

    def plan(self) -> Plan:
        """The plan."""
        self._add_edges()
        needs = {node: frozenset(needed) for node, needed in self.edges.items()}
        while found := cycles(self.edges):
            # The mildest means first, for all cycles; then look again what is left.
            if not self._postpone_parts(found):
                for cycle in found:
                    if not self._postpone_view(cycle):
                        self._give_up(cycle)
        steps: dict[Step, set[Step]] = {
            Step(node): {Step(needed) for needed in others} for node, others in self.edges.items()
        }
        for step, others in self.second_steps.items():
            steps[step] = {Step(step.object), *(Step(needed) for needed in others)}
        return Plan(
            steps=tuple(sorted_by_need(steps, self._sort_key)),
            postponed={node: frozenset(reasons) for node, reasons in self.postponed.items()},
            needs=needs,
        )

    # Nodes

    def _ranks(self) -> dict[ObjectName, Rank]:
        structure = self.structure
        ranks: dict[ObjectName, Rank] = {}
        for found in (*structure.enums, *structure.domains, *structure.composites, *structure.ranges):
            ranks[ObjectName(ObjectKind.TYPE, found.schema, found.name)] = Rank.TYPE
        for sequence in structure.sequences:
            if sequence.qualified not in self.folded:
                ranks[ObjectName(ObjectKind.SEQUENCE, sequence.schema, sequence.name)] = Rank.SEQUENCE
        for routine in structure.routines:
            name = ObjectName(ObjectKind.ROUTINE, routine.schema, routine.name, routine.identity_arguments)
            ranks[name] = Rank.ROUTINE
        for relation in structure.relations:
            ranks[relation_object(relation.qualified)] = Rank.VIEW if _is_view(relation) else Rank.TABLE
        return ranks

    def _aliases(self) -> dict[ObjectName, ObjectName]:
        """Other names for nodes: row types, multirange types, sequences that go with their table."""
        aliases = {}
        for relation in self.structure.relations:
            node = relation_object(relation.qualified)
            aliases[ObjectName(ObjectKind.TYPE, relation.schema, relation.name)] = node
        for found in self.structure.ranges:
            if found.multirange:
                node = ObjectName(ObjectKind.TYPE, found.schema, found.name)
                aliases[ObjectName(ObjectKind.TYPE, found.schema, found.multirange)] = node
        for sequence in self.structure.sequences:
            if sequence.qualified in self.folded and sequence.owned_by:
                node = relation_object(sequence.owned_by.relation)
                aliases[ObjectName(ObjectKind.SEQUENCE, sequence.schema, sequence.name)] = node
        return aliases

    def _node(self, name: ObjectName) -> ObjectName | None:
        if name in self.ranks:
            return name
        found = self.aliases.get(name)
        return found if found in self.ranks else None

    def _separable(self) -> set[Step]:
        """The parts that can be made in a step of their own."""
        separable = set()
        for domain in self.structure.domains:
            node = ObjectName(ObjectKind.TYPE, domain.schema, domain.name)
            separable.add(Step(node, Reason(Part.DEFAULT)))
            separable |= {Step(node, Reason(Part.CONSTRAINT, check.name)) for check in domain.checks}
        for relation in self.structure.relations:
            node = relation_object(relation.qualified)
            if not _is_view(relation):
                for column in relation.columns:
                    if column.generated is None:
                        separable.add(Step(node, Reason(Part.DEFAULT, column.name)))
                for name in _constraints_with_expressions(relation):
                    separable.add(Step(node, Reason(Part.CONSTRAINT, name)))
            if relation.partition:
                separable.add(Step(node, ATTACH))
        return separable

    # Edges

    def _add_edges(self) -> None:
        for dependency in self.structure.dependencies:
            self._add_dependency(dependency)
        for relation in self.structure.relations:
            node = relation_object(relation.qualified)
            for parent in relation.inherits:
                self._add(node, relation_object(parent), Reason(Part.DEFINITION))
            if relation.partition:
                self._add(node, relation_object(relation.partition.parent), ATTACH)
            types = [(Reason(Part.COLUMN, column.name), column.type_name) for column in relation.columns]
            self._add_types(node, [*types, (Reason(Part.DEFINITION), relation.of_type)])
        for domain in self.structure.domains:
            node = ObjectName(ObjectKind.TYPE, domain.schema, domain.name)
            self._add_types(node, [(Reason(Part.DEFINITION), domain.base_type_name)])
        for composite in self.structure.composites:
            node = ObjectName(ObjectKind.TYPE, composite.schema, composite.name)
            reason = Reason(Part.DEFINITION)
            self._add_types(node, [(reason, attribute.type_name) for attribute in composite.attributes])
        for found in self.structure.ranges:
            node = ObjectName(ObjectKind.TYPE, found.schema, found.name)
            self._add_types(node, [(Reason(Part.DEFINITION), found.subtype_name)])

    def _add_types(self, node: ObjectName, types: Iterable[tuple[Reason, QualifiedName | None]]) -> None:
        for reason, name in types:
            if name:
                self._add(node, ObjectName(ObjectKind.TYPE, name.schema, name.name), reason)

    def _add(self, dependent: ObjectName, referenced: ObjectName, reason: Reason) -> None:
        needed = self._node(referenced)
        if needed is not None and needed != dependent:
            self.edges[dependent].setdefault(needed, set()).add(reason)

    def _add_dependency(self, dependency: Dependency) -> None:
        dependent = self._node(dependency.dependent)
        if dependent is None or dependency.dependent.kind is ObjectKind.SEQUENCE:
            return  # what a sequence needs is only the column that owns it, said when both are there
        reason = self._reason(dependent, dependency)
        if reason is not None:
            self._add(dependent, dependency.referenced, reason)

    def _reason(self, dependent: ObjectName, dependency: Dependency) -> Reason | None:
        """Why a first step needs the other object, None when it does not."""
        part, name = dependency.part, dependency.part_name
        if part in (Part.TRIGGER, Part.POLICY):
            return None
        if dependent.kind is ObjectKind.TYPE and part is Part.DEFAULT:
            return Reason(Part.DEFAULT)
        if dependent.kind is not ObjectKind.RELATION:
            return Reason(part, name)
        relation = self.surroundings.relations[QualifiedName(dependent.schema, dependent.name)]
        if part in (Part.CONSTRAINT, Part.INDEX):
            return Reason(Part.CONSTRAINT, name) if name in _constraints_with_expressions(relation) else None
        parent = relation_object(relation.partition.parent) if relation.partition else None
        if part is Part.DEFINITION and parent and self._node(dependency.referenced) == parent:
            return None  # already there, as the reason to attach
        return Reason(part, name)

    # Cycles

    def _postpone_parts(self, found: list[set[ObjectName]]) -> bool:
        """Postpone every default, check and attachment that is part of a cycle; whether there was any."""
        changed = False
        for cycle in found:
            for node in sorted(cycle):
                for needed in sorted(cycle & self.edges[node].keys()):
                    for reason in sorted(self.edges[node][needed]):
                        step = Step(node, reason)
                        if step in self.separable:
                            self._postpone(step, {reason})
                            changed = True
        return changed

    def _postpone(self, step: Step, reasons: set[Reason]) -> None:
        """Move everything that the step needs for those reasons from the first step to that one."""
        self.postponed.setdefault(step.object, set()).add(step.reason or REPLACE)
        needs = self.second_steps.setdefault(step, set())
        edges = self.edges[step.object]
        for needed in list(edges):
            if edges[needed] & reasons:
                needs.add(needed)
                edges[needed] -= reasons
            if not edges[needed]:
                del edges[needed]

    def _postpone_view(self, cycle: set[ObjectName]) -> bool:
        """Make one view of the cycle in two steps; whether there was one."""
        for node in sorted(cycle):
            if node.kind is ObjectKind.RELATION and Step(node, REPLACE) not in self.second_steps:
                relation = self.surroundings.relations[QualifiedName(node.schema, node.name)]
                if relation.kind is RelationKind.VIEW:
                    reasons = {reason for others in self.edges[node].values() for reason in others}
                    query = {reason for reason in reasons if reason.part is not Part.COLUMN}
                    self._postpone(Step(node, REPLACE), query)
                    return True
        return False

    def _give_up(self, cycle: set[ObjectName]) -> None:
        """Cut the cycle at one object, so that there is an order at all; the server will complain there."""
        node = min(cycle, key=lambda node: (self.ranks[node], node))
        for needed in cycle:
            self.edges[node].pop(needed, None)

    def _sort_key(self, step: Step) -> tuple[int, str, str, str, str, str, str]:
        node, reason = step
        rank = self.ranks[node]
        if reason is not None and reason != REPLACE:
            rank = Rank.SECOND_STEP
        part, name = reason or ("", "")
        return (rank, node.schema, node.name, node.arguments, node.kind, part, name)


def _constraints_with_expressions(relation: Relation) -> set[str]:
    """The constraints inside CREATE TABLE that can need other objects; an exclusion does by its index."""
    return {check.name for check in relation.checks} | {found.name for found in relation.exclusions}


def _is_view(relation: Relation) -> bool:
    return relation.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
