"""The statements of each step of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pgdossier.ddl.comments import (
    domain_check_comment,
    relation_comments,
    routine_comment,
    sequence_comment,
    type_comments,
)
from pgdossier.ddl.constraints import add_constraint, keys
from pgdossier.ddl.expressions import note
from pgdossier.ddl.families import create_family
from pgdossier.ddl.foreign_data import create_foreign_data
from pgdossier.ddl.inheritance import attach, set_default, table_form
from pgdossier.ddl.late_columns import Act, Made
from pgdossier.ddl.operators import add_family_members
from pgdossier.ddl.order import (
    ATTACH,
    MEMBERS,
    REPLACE,
    Plan,
    Reason,
    Step,
    foreign_data_objects,
    relation_object,
    text_search_objects,
)
from pgdossier.ddl.programming import Programmed, create_programmed, programming_objects
from pgdossier.ddl.routines import create_routine, placeholder_routine, replace_routine
from pgdossier.ddl.sequences import create_sequence, own_sequence
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.tables import Postponed, create_table
from pgdossier.ddl.text_search import TextSearchObject, create_text_search
from pgdossier.ddl.types import (
    add_domain_check,
    create_domain,
    create_shell_type,
    create_type,
    set_domain_default,
)
from pgdossier.ddl.views import create_materialized_view, create_view, placeholder_view
from pgdossier.model.constraints import Check, Exclusion, Key
from pgdossier.model.dependencies import ObjectKind, ObjectName, Part
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer
from pgdossier.model.lookup import UserType
from pgdossier.model.names import QualifiedName
from pgdossier.model.operators import OperatorFamily
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure
from pgdossier.model.text_search import (
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
)
from pgdossier.model.types import Base, Composite, Domain, Enum, Range

Created = (
    Relation
    | Sequence
    | Routine
    | UserType
    | Base
    | Programmed
    | TextSearchObject
    | ForeignDataWrapper
    | ForeignServer
)


def objects_of(structure: Structure) -> dict[ObjectName, Created]:
    """Everything that a plan has steps for, by its name in the plan."""
    objects: dict[ObjectName, Created] = {}
    for relation in structure.relations:
        objects[relation_object(relation.qualified)] = relation
    for sequence in structure.sequences:
        objects[ObjectName(ObjectKind.SEQUENCE, sequence.schema, sequence.name)] = sequence
    for routine in structure.routines:
        name = ObjectName(ObjectKind.ROUTINE, routine.schema, routine.name, routine.identity_arguments)
        objects[name] = routine
    types: tuple[UserType | Base, ...] = (
        *structure.bases,
        *structure.enums,
        *structure.domains,
        *structure.composites,
        *structure.ranges,
    )
    for found in types:
        objects[ObjectName(ObjectKind.TYPE, found.schema, found.name)] = found
    objects |= text_search_objects(structure)
    objects |= foreign_data_objects(structure)
    objects |= programming_objects(structure)
    return objects


@dataclass(frozen=True)
class StepWriter:
    """Turns the steps of one plan into statements."""

    plan: Plan
    objects: Mapping[ObjectName, Created]
    surroundings: Surroundings

    @cached_property
    def made_with_others(self) -> frozenset[QualifiedName]:
        """The tables of families."""
        return frozenset(act.relation for acts in self.plan.families.values() for act in acts)

    def statements(self, step: Step) -> list[str]:
        """The statements of that step, with the comments on what it makes."""
        found = self.objects[step.object]
        if step.reason is not None:
            return self._second(found, step.reason)
        postponed = self.plan.postponed.get(step.object, frozenset())
        match found:
            case Sequence():
                return [create_sequence(found), *sequence_comment(found)]
            case Routine():
                return _routine(found, postponed)
            case Domain():
                return _domain(found, postponed)
            case Enum() | Composite() | Range() | Base():
                return [create_type(found), *type_comments(found)]
            case Relation():
                return self._relation(found, postponed)
            case _:
                return _other(found, postponed)

    def _relation(self, relation: Relation, postponed: frozenset[Reason]) -> list[str]:
        match relation.kind:
            case RelationKind.VIEW if REPLACE in postponed:
                return [placeholder_view(relation)]
            case RelationKind.VIEW:
                return create_view(relation) + relation_comments(relation)
            case RelationKind.MATERIALIZED_VIEW:
                return [create_materialized_view(relation, with_data=False), *relation_comments(relation)]
            case RelationKind.UNKNOWN:
                return [note(f"{relation.qualified.dotted} is of a kind that this version does not know")]
            case _:
                return self._table(relation, postponed)

    def _table(self, relation: Relation, postponed: frozenset[Reason]) -> list[str]:
        """A table between the sequences of its columns and what makes them belong to these."""
        name = relation_object(relation.qualified)
        if name in self.plan.families:
            return self._family(self.plan.families[name])
        if relation.qualified in self.made_with_others:
            return []
        sequences = self.surroundings.serial_sequences(relation)
        statements = [create_sequence(sequence) for sequence in sequences]
        statements += create_table(
            relation,
            self.surroundings,
            form=table_form(relation, self.surroundings, apart=True),
            foreign_keys=False,
            postponed=_postponed(postponed),
        )
        for sequence in sequences:
            statements += own_sequence(sequence) + sequence_comment(sequence)
        return statements + relation_comments(relation)

    def _family(self, acts: tuple[Act, ...]) -> list[str]:
        names = [act.relation for act in acts if isinstance(act, Made)]
        postponed = {name: self.plan.postponed.get(relation_object(name), frozenset()) for name in names}
        return create_family(
            acts, self.surroundings, {name: _postponed(reasons) for name, reasons in postponed.items()}
        )

    def _second(self, found: Created, reason: Reason) -> list[str]:
        """The part of an object that was postponed."""
        match found:
            case Domain() if reason.part is Part.DEFAULT:
                return [set_domain_default(found)]
            case Domain():
                checks = [check for check in found.checks if check.name == reason.name]
                return [
                    line
                    for check in checks
                    for line in (add_domain_check(found, check), *domain_check_comment(found, check))
                ]
            case Relation():
                return self._second_of_relation(found, reason)
            case Range() | Base():
                return [create_shell_type(found)]
            case Routine():
                return [replace_routine(found), *routine_comment(found)]
            case OperatorFamily():
                return add_family_members(found)
            case _:
                return []

    @staticmethod
    def _second_of_relation(found: Relation, reason: Reason) -> list[str]:
        if reason == REPLACE:
            return create_view(found, replace=True) + relation_comments(found)
        if reason == ATTACH:
            return attach(found)
        if reason.part is Part.DEFAULT:
            return [set_default(found, found.column(reason.name))]
        constraints: tuple[Check | Key | Exclusion, ...] = (*found.checks, *keys(found))
        return [
            add_constraint(found, each)
            for each in constraints
            # A child's copy comes with its parent's constraint.
            if each.name == reason.name and not (found.inherits and each.inherited)
        ]


def _postponed(reasons: frozenset[Reason]) -> Postponed:
    """What of a table is made later, as CREATE TABLE wants to know it."""
    return Postponed(
        defaults=frozenset(name for part, name in reasons if part is Part.DEFAULT),
        constraints=frozenset(name for part, name in reasons if part is Part.CONSTRAINT),
        attach=ATTACH in reasons,
    )


def _domain(domain: Domain, postponed: frozenset[Reason]) -> list[str]:
    later = frozenset(name for part, name in postponed if part is Part.CONSTRAINT)
    statements = create_domain(
        domain, without_default=Reason(Part.DEFAULT) in postponed, without_checks=later
    )
    statements += type_comments(domain)
    for check in domain.checks:
        if check.name not in later:
            statements += domain_check_comment(domain, check)
    return statements


def _routine(routine: Routine, postponed: frozenset[Reason]) -> list[str]:
    if REPLACE in postponed:
        return [placeholder_routine(routine)]
    return [create_routine(routine), *routine_comment(routine)]


def _other(
    found: TextSearchObject | ForeignDataWrapper | ForeignServer | Programmed, postponed: frozenset[Reason]
) -> list[str]:
    match found:
        case ForeignDataWrapper() | ForeignServer():
            return create_foreign_data(found)
        case TextSearchParser() | TextSearchTemplate() | TextSearchDictionary() | TextSearchConfiguration():
            return create_text_search(found)
        case _:
            return create_programmed(found, members=MEMBERS not in postponed)
