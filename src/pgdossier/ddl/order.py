"""In which order the objects of a schema can be created, and which of them need a second step.

The order follows pg_depend, as the snapshot holds it, and what the model itself says (parents, types of
columns). Where objects need each other, one of them is made in two steps:

- a default or a check is added when the table or the domain is there (the expression of a computed column
  only since PostgreSQL 17);
- a partition is attached later than it is made;
- tables of which a parent gets columns when its children are there already are made in one go;
- a view is first made as a placeholder with the same columns, then replaced by the real one;
- a routine whose body was parsed is first made with an empty body, then replaced by the real one;
- the loose members of an operator family are added later;
- a base type or range is declared (as a shell) before the functions that it is made of.

Indexes, foreign keys, rules, triggers, policies and extended statistics are no part of this: they are made
when everything else is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

import msgspec

from pgdossier.ddl.constraints import keys
from pgdossier.ddl.expressions import mentions
from pgdossier.ddl.graph import cycles, sorted_by_need
from pgdossier.ddl.late_columns import Act, Made, families
from pgdossier.ddl.programming import programming_objects
from pgdossier.ddl.routines import has_parsed_body
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.text_search import TextSearchObject
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer
from pgdossier.model.names import QualifiedName, quote_literal
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure

_SET_EXPRESSION_SINCE = 17


class Rank(IntEnum):
    """What comes first where dependencies leave a choice."""

    LANGUAGE = 0
    ACCESS_METHOD = 1
    COLLATION = 2
    TYPE = 3
    TRANSFORM = 4
    CAST = 5
    SEQUENCE = 6
    ROUTINE = 7
    OPERATOR = 8
    OPERATOR_FAMILY = 9
    OPERATOR_CLASS = 10
    CONVERSION = 11
    PARSED_ROUTINE = 12
    TEXT_SEARCH = 13
    FOREIGN_DATA = 14
    TABLE = 15
    VIEW = 16
    SECOND_STEP = 17


class Reason(NamedTuple):
    """Because of which part one object needs another; also the second step that makes this part."""

    part: Part
    name: str = ""


ATTACH = Reason(Part.DEFINITION, "attach")
REPLACE = Reason(Part.DEFINITION, "replace")
MEMBERS = Reason(Part.DEFINITION, "members")
DECLARE = Reason(Part.DEFINITION, "declare")


class Step(NamedTuple):
    """One step: the object itself, or (with a reason) the part of it that was postponed."""

    object: ObjectName
    reason: Reason | None = None


class Plan(msgspec.Struct, frozen=True):
    """The steps in order, and for every object the parts that its first step leaves out.

    `needs` holds all the dependencies that were found, before any was postponed. `families` holds what is to
    be done for tables that are made together: the steps of these follow each other, and everything is
    done in the first of them, which is the key.
    """

    steps: tuple[Step, ...]
    postponed: Mapping[ObjectName, frozenset[Reason]]
    needs: Mapping[ObjectName, frozenset[ObjectName]]
    families: Mapping[ObjectName, tuple[Act, ...]]


def plan(structure: Structure, surroundings: Surroundings | None = None) -> Plan:
    """The order for everything in that structure. Sequences that a table's columns own go with the table.

    Args:
        structure: What is to be made.
        surroundings: Those of the structure, where they are made already.
    """
    return _Planner(structure, surroundings or Surroundings.of(structure)).plan()


def relation_object(name: QualifiedName) -> ObjectName:
    """The relation of that name as an object."""
    return ObjectName(ObjectKind.RELATION, name.schema, name.name)


def text_search_objects(structure: Structure) -> dict[ObjectName, TextSearchObject]:
    """Everything of text search by its name in a plan."""
    families: tuple[tuple[ObjectKind, tuple[TextSearchObject, ...]], ...] = (
        (ObjectKind.TEXT_SEARCH_PARSER, structure.text_search_parsers),
        (ObjectKind.TEXT_SEARCH_TEMPLATE, structure.text_search_templates),
        (ObjectKind.TEXT_SEARCH_DICTIONARY, structure.text_search_dictionaries),
        (ObjectKind.TEXT_SEARCH_CONFIGURATION, structure.text_search_configurations),
    )
    return {
        ObjectName(kind, found.schema, found.name): found for kind, family in families for found in family
    }


def foreign_data_objects(structure: Structure) -> dict[ObjectName, ForeignDataWrapper | ForeignServer]:
    """Foreign-data wrappers and foreign servers by their names in a plan."""
    objects: dict[ObjectName, ForeignDataWrapper | ForeignServer] = {}
    for wrapper in structure.foreign_data_wrappers:
        objects[ObjectName(ObjectKind.FOREIGN_DATA_WRAPPER, "", wrapper.name)] = wrapper
    for server in structure.foreign_servers:
        objects[ObjectName(ObjectKind.FOREIGN_SERVER, "", server.name)] = server
    return objects


def _dictionary_object(name: QualifiedName) -> ObjectName:
    return ObjectName(ObjectKind.TEXT_SEARCH_DICTIONARY, name.schema, name.name)


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

    def __init__(self, structure: Structure, surroundings: Surroundings) -> None:
        self.structure = structure
        self.surroundings = surroundings
        self.folded = folded_sequences(structure)
        self.ranks = self._ranks()
        self.aliases = self._aliases()
        self.edges: dict[ObjectName, dict[ObjectName, set[Reason]]] = {node: {} for node in self.ranks}
        self.postponed: dict[ObjectName, set[Reason]] = {}
        self.second_steps: dict[Step, set[ObjectName]] = {}
        self.declarations: dict[ObjectName, set[ObjectName]] = {}
        self.families: dict[ObjectName, tuple[Act, ...]] = {}  # by the table that is made first
        self.first_of: dict[ObjectName, ObjectName] = {}  # that table, for every table of a family

    def plan(self) -> Plan:
        """The plan."""
        self._add_edges()
        needs = {node: frozenset(needed) for node, needed in self.edges.items()}
        self._break_cycles()
        self._find_families()
        if self.families:
            self._break_cycles()
        if self.structure.casts:
            self._put_casts_first()
        return Plan(
            steps=tuple(self._steps()),
            postponed={node: frozenset(reasons) for node, reasons in self.postponed.items()},
            needs=needs,
            families=self.families,
        )

    def _steps(self) -> Iterator[Step]:
        """The steps in their order, those of a family in the order of its tables."""
        steps: dict[Step, set[Step]] = {}
        for node, others in self.edges.items():
            step = Step(self._first(node))
            steps.setdefault(step, set()).update({Step(self._first(needed)) for needed in others} - {step})
        for step, needs in self.second_steps.items():
            steps[step] = {Step(self._first(needed)) for needed in (step.object, *needs)}
        for node, users in self.declarations.items():
            declaration = Step(node, DECLARE)
            steps[declaration] = set()
            for user in (node, *users):
                steps[Step(user)].add(declaration)
        for step in sorted_by_need(steps, self._sort_key):
            if step.reason is None and step.object in self.families:
                yield from (Step(member) for member in self._members(step.object))
            else:
                yield step

    # Nodes

    def _ranks(self) -> dict[ObjectName, Rank]:
        structure = self.structure
        ranks: dict[ObjectName, Rank] = {}
        for found in (
            *structure.bases,
            *structure.enums,
            *structure.domains,
            *structure.composites,
            *structure.ranges,
        ):
            ranks[ObjectName(ObjectKind.TYPE, found.schema, found.name)] = Rank.TYPE
        for sequence in structure.sequences:
            if sequence.qualified not in self.folded:
                ranks[ObjectName(ObjectKind.SEQUENCE, sequence.schema, sequence.name)] = Rank.SEQUENCE
        for routine in structure.routines:
            name = ObjectName(ObjectKind.ROUTINE, routine.schema, routine.name, routine.identity_arguments)
            ranks[name] = Rank.PARSED_ROUTINE if has_parsed_body(routine) else Rank.ROUTINE
        ranks |= {name: Rank[name.kind.name] for name in programming_objects(structure)}
        ranks |= dict.fromkeys(text_search_objects(structure), Rank.TEXT_SEARCH)
        ranks |= dict.fromkeys(foreign_data_objects(structure), Rank.FOREIGN_DATA)
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
            if name := found.multirange_name:
                node = ObjectName(ObjectKind.TYPE, found.schema, found.name)
                aliases[ObjectName(ObjectKind.TYPE, name.schema, name.name)] = node
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

    def _separable(self, node: ObjectName) -> set[Reason]:
        """The parts of an object that can be made in a step of their own."""
        name = QualifiedName(node.schema, node.name)
        match node.kind:
            case ObjectKind.RELATION:
                return _separable_parts(self.surroundings.relations[name])
            case ObjectKind.TYPE:
                checks = [domain.checks for domain in self.structure.domains if domain.qualified == name]
                named = {Reason(Part.CONSTRAINT, check.name) for found in checks for check in found}
                return {Reason(Part.DEFAULT), *named} if checks else set()
            case ObjectKind.OPERATOR_FAMILY:
                return {MEMBERS}
            case _:
                return set()

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
            types = [
                (Reason(Part.COLUMN, column.name), column.type_name)
                for column in relation.columns
                if column.type_name is not None
            ]
            self._add_types(node, [*types, (Reason(Part.DEFINITION), relation.of_type)])
            if relation.foreign_source:
                foreign = ObjectName(ObjectKind.FOREIGN_SERVER, "", relation.foreign_source.server)
                self._add(node, foreign, Reason(Part.DEFINITION))
        self._add_text_search()
        for server in self.structure.foreign_servers:
            node = ObjectName(ObjectKind.FOREIGN_SERVER, "", server.name)
            wrapper = ObjectName(ObjectKind.FOREIGN_DATA_WRAPPER, "", server.wrapper)
            self._add(node, wrapper, Reason(Part.DEFINITION))
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

    def _add_text_search(self) -> None:
        structure, reason = self.structure, Reason(Part.DEFINITION)
        for configuration in structure.text_search_configurations:
            kind = ObjectKind.TEXT_SEARCH_CONFIGURATION
            node = ObjectName(kind, configuration.schema, configuration.name)
            parser = configuration.parser
            self._add(node, ObjectName(ObjectKind.TEXT_SEARCH_PARSER, parser.schema, parser.name), reason)
            for mapping in configuration.mappings:
                for used in mapping.dictionaries:
                    self._add(node, _dictionary_object(used), reason)
        for dictionary in structure.text_search_dictionaries:
            node = _dictionary_object(QualifiedName(dictionary.schema, dictionary.name))
            template = dictionary.template
            self._add(
                node, ObjectName(ObjectKind.TEXT_SEARCH_TEMPLATE, template.schema, template.name), reason
            )
            # A thesaurus names the dictionary that it asks in its options, of which pg_depend knows nothing.
            for other in structure.text_search_dictionaries:
                name = QualifiedName(other.schema, other.name)
                if quote_literal(name.sql) in (dictionary.options or ""):
                    self._add(node, _dictionary_object(name), reason)

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
        if part in (Part.TRIGGER, Part.POLICY, Part.RULE, Part.STATISTICS):
            return None
        if dependent.kind is ObjectKind.TYPE and part is Part.DEFAULT:
            return Reason(Part.DEFAULT)
        if dependent.kind is not ObjectKind.RELATION:
            return Reason(part, name)
        relation = self.surroundings.relations[QualifiedName(dependent.schema, dependent.name)]
        if part in (Part.CONSTRAINT, Part.INDEX):
            return Reason(Part.CONSTRAINT, name) if name in _constraints_with_needs(relation) else None
        parent = relation_object(relation.partition.parent) if relation.partition else None
        if part is Part.DEFINITION and parent and self._node(dependency.referenced) == parent:
            return None  # already there, as the reason to attach
        return Reason(part, name)

    # Families

    def _find_families(self) -> None:
        """Find the tables that must be made together; their columns tell, pg_depend does not."""
        for family in families(self.surroundings):
            members = {relation_object(name): name for name in family.relations}
            before = {
                name: frozenset(members[needed] for needed in self.edges[node].keys() & members.keys())
                for node, name in members.items()
            }
            acts = family.acts(before)
            if acts is not None:
                first = relation_object(acts[0].relation)
                self.families[first] = acts
                self.first_of |= dict.fromkeys(members, first)
                self._postpone_early_expressions(acts)

    def _postpone_early_expressions(self, acts: tuple[Act, ...]) -> None:
        """Postpone the expressions of columns that are computed from columns that are added after them."""
        for act in acts:
            if not isinstance(act, Made) or self.structure.server.major < _SET_EXPRESSION_SINCE:
                continue
            columns = self.surroundings.relations[act.relation].columns
            for position, column in enumerate(columns):
                later = columns[max(act.columns, position + 1) :]
                if column.generated and any(mentions(column.default or "", each.name) for each in later):
                    reason = Reason(Part.DEFAULT, column.name)
                    self._postpone(Step(relation_object(act.relation), reason), {reason})

    def _first(self, node: ObjectName) -> ObjectName:
        """The first table of the object's family; the object itself when it is in none."""
        return self.first_of.get(node, node)

    def _members(self, first: ObjectName) -> list[ObjectName]:
        """The tables of the family in the order in which they are made; the object itself without family."""
        acts = self.families.get(first)
        if acts is None:
            return [first]
        return [relation_object(act.relation) for act in acts if isinstance(act, Made)]

    def _part_family(self, cycle: set[ObjectName]) -> bool:
        """Give up making one family of the cycle together; whether there was one.

        Its tables are then made apart: their columns are all there, but inherited ones are their own too.
        """
        first = min(cycle & self.families.keys(), default=None)
        if first is None:
            return False
        for member in self._members(first):
            del self.first_of[member]
        del self.families[first]
        return True

    # Cycles

    def _break_cycles(self) -> None:
        """Postpone what must be until no object needs itself."""
        while found := self._cycles():
            # The mildest means first, for all cycles; then look again what is left.
            if not self._declare_types(found) and not self._postpone_parts(found):
                for cycle in found:
                    if not (
                        self._postpone_view(cycle)
                        or self._postpone_body(cycle)
                        or self._postpone_expression(cycle)
                        or self._part_family(cycle)
                    ):
                        self._give_up(cycle)

    def _cycles(self) -> list[set[ObjectName]]:
        """The cycles, a family taken for one object."""
        together: dict[ObjectName, set[ObjectName]] = {self._first(node): set() for node in self.edges}
        for node, others in self.edges.items():
            first = self._first(node)
            together[first] |= {self._first(needed) for needed in others} - {first}
        return [{member for first in cycle for member in self._members(first)} for cycle in cycles(together)]

    def _postpone_parts(self, found: list[set[ObjectName]]) -> bool:
        """Postpone every default, check and attachment that is part of a cycle; whether there was any."""
        changed = False
        for cycle in found:
            for node in sorted(cycle):
                separable = self._separable(node)
                for needed in sorted(cycle & self.edges[node].keys()):
                    # What was postponed for one of them may have been all that another was needed for.
                    for reason in sorted(separable.intersection(self.edges[node].get(needed, ()))):
                        self._postpone(Step(node, reason), {reason})
                        changed = True
        return changed

    def _postpone(self, step: Step, reasons: set[Reason]) -> None:
        """Move everything that the step needs for those reasons from the first step to that one."""
        self.postponed.setdefault(step.object, set()).add(step.reason or REPLACE)
        for heir in self._heirs(step):
            self._postpone(heir, reasons)
        needs = self.second_steps.setdefault(step, set())
        edges = self.edges[step.object]
        for needed in list(edges):
            if edges[needed] & reasons:
                needs.add(needed)
                edges[needed] -= reasons
            if not edges[needed]:
                del edges[needed]

    def _heirs(self, step: Step) -> list[Step]:
        """Defaults of children that go with that of their parent, because they may come from there."""
        if step.reason is None or step.reason.part is not Part.DEFAULT or not step.reason.name:
            return []
        parent = QualifiedName(step.object.schema, step.object.name)
        heirs = [
            Step(relation_object(relation.qualified), step.reason)
            for relation in self.structure.relations
            if parent in relation.inherits
            and any(
                column.name == step.reason.name and column.default is not None for column in relation.columns
            )
        ]
        return [heir for heir in heirs if heir not in self.second_steps]

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

    def _declare_types(self, found: list[set[ObjectName]]) -> bool:
        """Let the functions that a base type or range is made of need only its name; whether any did."""
        changed = False
        declarable = (*self.structure.bases, *self.structure.ranges)
        types = {ObjectName(ObjectKind.TYPE, each.schema, each.name) for each in declarable}
        for cycle in found:
            for node in cycle & types:
                for needed in cycle & self.edges[node].keys():
                    if needed.kind is ObjectKind.ROUTINE and node in self.edges[needed]:
                        del self.edges[needed][node]
                        self.declarations.setdefault(node, set()).add(needed)
                        changed = True
        return changed

    def _postpone_body(self, cycle: set[ObjectName]) -> bool:
        """Make one routine of the cycle without its body at first; whether there was one."""
        body = Reason(Part.BODY)
        for node in sorted(cycle):
            parsed = self.ranks[node] is Rank.PARSED_ROUTINE
            if parsed and any(body in self.edges[node][needed] for needed in cycle & self.edges[node].keys()):
                self._postpone(Step(node, REPLACE), {body})
                return True
        return False

    def _postpone_expression(self, cycle: set[ObjectName]) -> bool:
        """Let one column of the cycle be computed from nothing at first; whether there was one."""
        if self.structure.server.major < _SET_EXPRESSION_SINCE:
            return False
        for node in sorted(node for node in cycle if node.kind is ObjectKind.RELATION):
            relation = self.surroundings.relations[QualifiedName(node.schema, node.name)]
            computed = {Reason(Part.DEFAULT, each.name) for each in relation.columns if each.generated}
            for needed in sorted(cycle & self.edges[node].keys()):
                for reason in sorted(self.edges[node][needed] & computed):
                    self._postpone(Step(node, reason), {reason})
                    return True
        return False

    def _put_casts_first(self) -> None:
        """Let things wait for the casts that they may use, of which pg_depend does not tell.

        Whatever calls the function of a cast may do so by the cast. And a cast may have a function whose
        types are those of the cast only by other casts, without a function.
        """
        for cast in self.structure.casts:
            node = ObjectName(ObjectKind.CAST, "", cast.source, cast.target)
            for other in self.structure.casts:
                related = other.source == cast.source or other.target == cast.target
                if cast.function and other.method == "binary" and related:
                    self._wait(node, ObjectName(ObjectKind.CAST, "", other.source, other.target))
        casts: dict[ObjectName, list[ObjectName]] = {}
        for node in sorted(self.ranks):
            if node.kind is ObjectKind.CAST:
                for needed in self.edges[node]:
                    if needed.kind is ObjectKind.ROUTINE:
                        casts.setdefault(needed, []).append(node)
        for node in sorted(self.ranks):
            if node.kind is not ObjectKind.CAST:
                for function in sorted(self.edges[node].keys() & casts.keys()):
                    for cast_node in casts[function]:
                        self._wait(node, cast_node)

    def _wait(self, node: ObjectName, other: ObjectName) -> None:
        """Let one object come after the other, unless that must come first."""
        if not self._needs(other, node):
            self.edges[node].setdefault(other, set()).add(Reason(Part.DEFINITION))

    def _needs(self, start: ObjectName, sought: ObjectName) -> bool:
        """Whether one object needs another, directly or not."""
        waiting = self._members(self._first(start))
        reached = {*waiting}
        while waiting:
            for needed in self.edges[waiting.pop()]:
                family = {*self._members(self._first(needed))} - reached
                reached |= family
                waiting += family
        return sought in reached

    def _give_up(self, cycle: set[ObjectName]) -> None:
        """Cut the cycle at one object, so that there is an order at all; the server will complain there."""
        node = min(cycle, key=lambda node: (self.ranks[node], node))
        for needed in cycle:
            self.edges[node].pop(needed, None)

    def _sort_key(self, step: Step) -> tuple[int, str, str, str, str, str, str]:
        node, reason = step
        rank = self.ranks[node]
        if reason not in (None, REPLACE, DECLARE):
            rank = Rank.SECOND_STEP
        part, name = reason or ("", "")
        return (rank, node.schema, node.name, node.arguments, node.kind, part, name)


def _constraints_with_needs(relation: Relation) -> set[str]:
    """The constraints inside CREATE TABLE that can need other objects; keys and exclusions by their index."""
    return {found.name for found in (*relation.checks, *keys(relation))}


def _separable_parts(relation: Relation) -> set[Reason]:
    parts = {ATTACH} if relation.partition else set()
    if not _is_view(relation):
        parts |= {
            Reason(Part.DEFAULT, column.name) for column in relation.columns if column.generated is None
        }
        parts |= {Reason(Part.CONSTRAINT, name) for name in _constraints_with_needs(relation)}
    return parts


def _is_view(relation: Relation) -> bool:
    return relation.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
