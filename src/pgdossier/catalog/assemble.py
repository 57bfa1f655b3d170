"""Rows of all families -> Snapshot. Pure: it can be fed by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from pgdossier.catalog import (
    base_types,
    casts,
    collations,
    columns,
    constraints,
    dependencies,
    event_triggers,
    extended_statistics,
    extensions,
    foreign_data,
    indexes,
    languages,
    operation,
    operators,
    policies,
    privileges,
    relations,
    replication,
    roles,
    routines,
    rules,
    schemas,
    security_labels,
    sequences,
    server,
    statistics,
    text_search,
    triggers,
    types,
)
from pgdossier.catalog.base_types import BaseTypeRow
from pgdossier.catalog.casts import CastRow, TransformRow
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.collations import ConversionRow, UserCollationRow
from pgdossier.catalog.columns import ColumnRow
from pgdossier.catalog.constraints import ConstraintRow
from pgdossier.catalog.dependencies import DependencyRow
from pgdossier.catalog.event_triggers import EventTriggerRow
from pgdossier.catalog.extended_statistics import ExtendedStatisticsRow
from pgdossier.catalog.extensions import DependentRow, Dependents, ExtensionRow
from pgdossier.catalog.indexes import CollationRow, IndexRow, OperatorClassRow
from pgdossier.catalog.languages import LanguageRow
from pgdossier.catalog.operation import OperationRows
from pgdossier.catalog.operators import (
    AccessMethodRow,
    FamilyMemberRow,
    OperatorFamilyRow,
    OperatorRow,
    UserOperatorClassRow,
)
from pgdossier.catalog.policies import PolicyRow
from pgdossier.catalog.privileges import ChangedGrantRow, DefaultPrivilegeRow, PrivilegeRow
from pgdossier.catalog.relations import RelationRow
from pgdossier.catalog.roles import MembershipRow, RoleRow, SessionSettingRow
from pgdossier.catalog.routines import RoutineRow
from pgdossier.catalog.rules import RuleRow
from pgdossier.catalog.scope import Selection
from pgdossier.catalog.security_labels import SecurityLabelRow
from pgdossier.catalog.sequences import SequenceRow
from pgdossier.catalog.server import ServerRow
from pgdossier.catalog.statistics import StatisticsRow
from pgdossier.catalog.triggers import TriggerRow
from pgdossier.catalog.types import TypeRow
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.replication import Publication
from pgdossier.model.roles import named
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import Statistics
from pgdossier.model.types import Composite, Domain

T = TypeVar("T")


@dataclass(slots=True)
class Rows:
    """What was read, family by family. A family that was refused is empty and noted in `gaps`."""

    server: ServerRow
    selection: Selection
    extensions: list[ExtensionRow] = field(default_factory=list)
    dependents: list[DependentRow] = field(default_factory=list)
    relations: list[RelationRow] = field(default_factory=list)
    columns: list[ColumnRow] = field(default_factory=list)
    constraints: list[ConstraintRow] = field(default_factory=list)
    indexes: list[IndexRow] = field(default_factory=list)
    operator_classes: list[OperatorClassRow] = field(default_factory=list)
    collations: list[CollationRow] = field(default_factory=list)
    triggers: list[TriggerRow] = field(default_factory=list)
    policies: list[PolicyRow] = field(default_factory=list)
    sequences: list[SequenceRow] = field(default_factory=list)
    types: list[TypeRow] = field(default_factory=list)
    routines: list[RoutineRow] = field(default_factory=list)
    base_types: list[BaseTypeRow] = field(default_factory=list)
    user_collations: list[UserCollationRow] = field(default_factory=list)
    conversions: list[ConversionRow] = field(default_factory=list)
    operators: list[OperatorRow] = field(default_factory=list)
    operator_families: list[OperatorFamilyRow] = field(default_factory=list)
    user_operator_classes: list[UserOperatorClassRow] = field(default_factory=list)
    family_members: list[FamilyMemberRow] = field(default_factory=list)
    access_methods: list[AccessMethodRow] = field(default_factory=list)
    languages: list[LanguageRow] = field(default_factory=list)
    casts: list[CastRow] = field(default_factory=list)
    transforms: list[TransformRow] = field(default_factory=list)
    event_triggers: list[EventTriggerRow] = field(default_factory=list)
    text_search_parsers: list[text_search.ParserRow] = field(default_factory=list)
    text_search_templates: list[text_search.TemplateRow] = field(default_factory=list)
    text_search_dictionaries: list[text_search.DictionaryRow] = field(default_factory=list)
    text_search_configurations: list[text_search.ConfigurationRow] = field(default_factory=list)
    text_search_mappings: list[text_search.MappingRow] = field(default_factory=list)
    foreign_data_wrappers: list[foreign_data.WrapperRow] = field(default_factory=list)
    foreign_servers: list[foreign_data.ServerRow] = field(default_factory=list)
    user_mappings: list[foreign_data.UserMappingRow] = field(default_factory=list)
    publications: list[replication.PublicationRow] = field(default_factory=list)
    published_tables: list[replication.PublishedTableRow] = field(default_factory=list)
    subscriptions: list[replication.SubscriptionRow] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    extended_statistics: list[ExtendedStatisticsRow] = field(default_factory=list)
    security_labels: list[SecurityLabelRow] = field(default_factory=list)
    privileges: list[PrivilegeRow] = field(default_factory=list)
    default_privileges: list[DefaultPrivilegeRow] = field(default_factory=list)
    changed_grants: list[ChangedGrantRow] = field(default_factory=list)
    dependencies: list[DependencyRow] = field(default_factory=list)
    statistics: list[StatisticsRow] = field(default_factory=list)
    roles: list[RoleRow] = field(default_factory=list)
    memberships: list[MembershipRow] = field(default_factory=list)
    session_settings: list[SessionSettingRow] = field(default_factory=list)
    operation: OperationRows = field(default_factory=OperationRows)
    gaps: Gaps = field(default_factory=Gaps)


def _grouped(rows: Iterable[T], key: Callable[[T], int]) -> Mapping[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _by_name(items: Iterable[T]) -> tuple[T, ...]:
    """Sorted by name, by code points."""
    return tuple(sorted(items, key=lambda item: item.name))  # type: ignore[attr-defined]  # all have one


def _by_qualified_name(items: Iterable[T]) -> tuple[T, ...]:
    """Sorted by schema, then name, by code points."""
    key: Callable[[Any], tuple[str, str]] = lambda item: (item.schema, item.name)  # noqa: E731 - typed for mypy
    return tuple(sorted(items, key=key))


class _Relations:
    """Puts relations together from the rows that belong to each."""

    def __init__(self, rows: Rows, granted: privileges.Privileges, dependents: Dependents) -> None:
        self._gaps = rows.gaps
        self._granted = granted
        self._dependents = dependents
        self._columns = _grouped(rows.columns, lambda row: row.relation)
        for found in self._columns.values():
            found.sort(key=lambda row: row.number)
        self._constraints = _grouped(
            _without_pieces_of_foreign_keys(rows.constraints), lambda row: row.relation
        )
        self._indexes = _grouped(rows.indexes, lambda row: row.relation)
        self._triggers = _grouped(triggers.of_users(rows.triggers), lambda row: row.relation)
        self._policies = _grouped(rows.policies, lambda row: row.relation)
        self._rules = _grouped(rows.rules, lambda row: row.relation)
        self._classes = indexes.OperatorClasses(rows.operator_classes)
        self._collations = {row.oid: QualifiedName(row.schema, row.name) for row in rows.collations}

    def _known(self, family: str, numbers: Iterable[int] | None, columns: Mapping[int, str]) -> bool:
        """Whether all columns meant were read; 0 is an expression, a negative number a system column."""
        if all(number in columns for number in numbers or () if number > 0):
            return True
        self._gaps.add(family, "those of columns that could not be read are missing")
        return False

    def relation(self, row: RelationRow) -> Relation:
        """One relation with everything that belongs to it."""
        gaps = self._gaps
        column_rows = self._columns.get(row.oid, [])
        by_number = {found.number: found for found in column_rows}
        names = {found.number: found.name for found in column_rows}
        of_type: Mapping[str, list[ConstraintRow]] = defaultdict(list)
        for found in self._constraints.get(row.oid, ()):
            if self._known("constraints", found.columns, names):
                of_type[constraints.TYPES.read(found.type, gaps)].append(found)
        part = relations.partition(row)
        return Relation(
            schema=row.schema,
            name=row.name,
            kind=relations.KINDS.read(row.kind, gaps),
            owner=row.owner,
            columns=tuple(
                self._granted.given(columns.column(found, gaps), "pg_class", row.oid, found.number)
                for found in column_rows
            ),
            comment=row.comment,
            primary_key=next((constraints.key(found, names) for found in of_type["p"]), None),
            unique_keys=_by_name(constraints.key(found, names) for found in of_type["u"]),
            foreign_keys=_by_name(constraints.foreign_key(found, names, gaps) for found in of_type["f"]),
            checks=_by_name(constraints.check(found, names) for found in of_type["c"]),
            exclusions=_by_name(constraints.exclusion(found, names) for found in of_type["x"]),
            not_nulls=_by_name(constraints.not_null(found, names) for found in of_type["n"]),
            indexes=_by_name(
                self._dependents.given(
                    indexes.index(found, by_number, self._classes, self._collations), "pg_class", found.oid
                )
                for found in self._indexes.get(row.oid, ())
                if self._known("indexes", found.attributes, names)
            ),
            triggers=_by_name(
                self._dependents.given(triggers.trigger(found, names, gaps), "pg_trigger", found.oid)
                for found in self._triggers.get(row.oid, ())
            ),
            policies=_by_name(policies.policy(found, gaps) for found in self._policies.get(row.oid, ())),
            rules=_by_name(rules.rule(found, gaps) for found in self._rules.get(row.oid, ())),
            row_security=row.row_security,
            force_row_security=row.force_row_security,
            inherits=() if part else relations.parents(row),
            partitioning=relations.partitioning(row, names, gaps),
            partition=part,
            definition=row.definition.removesuffix(";") if row.definition is not None else None,
            populated=row.populated,
            foreign_source=relations.foreign_source(row),
            of_type=columns.qualified(row.type_schema, row.type_name),
            persistence=relations.PERSISTENCES.read(row.persistence, gaps),
            replica_identity=relations.replica_identity(row, gaps),
            access_method=row.access_method if row.access_method != "heap" else None,
            tablespace=row.tablespace,
            options=relations.options(row),
            depends_on_extensions=self._dependents.of("pg_class", row.oid),
            grants=self._granted.on("pg_class", row.oid),
        )


def _without_pieces_of_foreign_keys(
    rows: list[ConstraintRow],
) -> list[ConstraintRow]:
    """Drops the copies of a foreign key that only stand for one partition of the table it references.

    They hang on the same table as the foreign key that they are copies of; a partition's copy of its
    parent's foreign key hangs on another one and stays.
    """
    relation_of = {row.oid: row.relation for row in rows}
    return [row for row in rows if not (row.parent and relation_of.get(row.parent) == row.relation)]


def _reached(edges: Iterable[Dependency], start: set[ObjectName]) -> set[ObjectName]:
    """The objects that those of `start` need, directly or not, through types, routines and sequences."""
    needs = defaultdict(list)
    for edge in edges:
        needs[edge.dependent].append(edge.referenced)
    found: set[ObjectName] = set()
    todo = list(start)
    while todo:
        for needed in needs[todo.pop()]:
            if needed not in found and needed.kind is not ObjectKind.RELATION:
                found.add(needed)
                todo.append(needed)
    return found


def snapshot(rows: Rows) -> Snapshot:
    """The snapshot that the rows make; the same rows in any order make the same snapshot.

    Raises:
        UsageError: An include pattern for relations meets none.
    """
    selection, gaps = rows.selection, rows.gaps
    if not gaps.of("relations"):
        selection.check([QualifiedName(row.schema, row.name) for row in rows.relations])
    kept = [row for row in rows.relations if selection.keeps(row.schema, row.name)]
    kept_oids = {row.oid for row in kept}
    all_oids = {row.oid for row in rows.relations}

    def keeps_sequence(row: SequenceRow) -> bool:
        if row.owner_relation in all_oids:
            return row.owner_relation in kept_oids
        return selection.keeps(row.schema, row.name)

    kept_sequences = [row for row in rows.sequences if keeps_sequence(row)]
    names = _object_names(kept, kept_sequences, rows.types, rows.routines)
    names |= _names_of_programming(rows)
    names |= _names_of_services(rows)
    edges = dependencies.dependencies(rows.dependencies, names)
    # Where only some relations of a schema were asked for, its types and routines are there for their sake.
    chosen = {names["pg_class", oid] for oid in [*kept_oids, *(row.oid for row in kept_sequences)]}
    chosen |= {name for name in names.values() if name.schema in selection.whole}
    if not selection.include:  # objects without a schema belong to the whole database
        chosen |= {name for name in names.values() if not name.schema}
    chosen |= _reached(edges, chosen)
    chosen |= _applicable_casts(edges, chosen)
    edges = tuple(edge for edge in edges if edge.dependent in chosen and edge.referenced in chosen)

    type_rows: Mapping[str, list[TypeRow]] = defaultdict(list)
    for row in rows.types:
        if names["pg_type", row.oid] in chosen:
            type_rows[types.KINDS.read(row.kind, gaps)].append(row)

    def is_chosen(catalog: str, oid: int) -> bool:
        return names[catalog, oid] in chosen

    schema_oids = {row.oid for row in selection.schemas}

    def is_labelled(catalog: str, oid: int) -> bool:
        if catalog == "pg_namespace":
            return oid in schema_oids
        if (catalog, oid) in names:
            return is_chosen(catalog, oid)
        has_schema = catalog in ("pg_class", "pg_type", "pg_proc")
        return not has_schema and not selection.include  # an event trigger, a publication, a subscription

    granted = privileges.Privileges(rows.privileges)
    granted.note_system_columns(kept_oids, gaps)
    dependents = Dependents(rows.dependents)
    relation = _Relations(rows, granted, dependents).relation
    members = operators.Members(rows.family_members)
    mappings = _grouped(rows.text_search_mappings, lambda row: row.configuration)
    user_mappings = _grouped(rows.user_mappings, lambda row: row.server)
    structure = Structure(
        server=server.server(rows.server),
        database=granted.given(server.database(rows.server, gaps), "pg_database", 0),
        scope=selection.scope(len(rows.relations) - len(kept)),
        schemas=_by_name(
            granted.given(schemas.schema(row), "pg_namespace", row.oid) for row in selection.schemas
        ),
        extensions=_by_name(extensions.extension(row) for row in rows.extensions),
        relations=_by_qualified_name(relation(row) for row in kept),
        sequences=_by_qualified_name(
            granted.given(sequences.sequence(row), "pg_class", row.oid) for row in kept_sequences
        ),
        enums=_by_qualified_name(
            granted.given(types.enum(row), "pg_type", row.oid) for row in type_rows["e"]
        ),
        domains=_by_qualified_name(_domains(type_rows["d"], rows.constraints, granted, gaps)),
        composites=_by_qualified_name(_composites(type_rows["c"], rows.columns, granted)),
        ranges=_by_qualified_name(
            granted.given(types.range_type(row), "pg_type", row.oid) for row in type_rows["r"]
        ),
        routines=tuple(
            sorted(
                (
                    dependents.given(
                        granted.given(routines.routine(row, gaps), "pg_proc", row.oid), "pg_proc", row.oid
                    )
                    for row in rows.routines
                    if is_chosen("pg_proc", row.oid)
                ),
                key=lambda routine: (routine.schema, routine.name, routine.identity_arguments),
            )
        ),
        bases=_by_qualified_name(
            granted.given(base_types.base_type(row, gaps), "pg_type", row.oid)
            for row in rows.base_types
            if is_chosen("pg_type", row.oid)
        ),
        operators=tuple(
            sorted(
                (operators.operator(row) for row in rows.operators if is_chosen("pg_operator", row.oid)),
                key=lambda operator: (operator.schema, operator.name, operator.arguments),
            )
        ),
        operator_families=tuple(
            sorted(
                (
                    operators.operator_family(row, members)
                    for row in rows.operator_families
                    if is_chosen("pg_opfamily", row.oid)
                ),
                key=lambda family: (family.schema, family.name, family.method),
            )
        ),
        operator_classes=tuple(
            sorted(
                (
                    operators.operator_class(row, members)
                    for row in rows.user_operator_classes
                    if is_chosen("pg_opclass", row.oid)
                ),
                key=lambda found: (found.schema, found.name, found.method),
            )
        ),
        access_methods=_by_name(
            operators.access_method(row, gaps) for row in rows.access_methods if is_chosen("pg_am", row.oid)
        ),
        collations=_by_qualified_name(
            collations.collation(row, gaps)
            for row in rows.user_collations
            if is_chosen("pg_collation", row.oid)
        ),
        conversions=_by_qualified_name(
            collations.conversion(row) for row in rows.conversions if is_chosen("pg_conversion", row.oid)
        ),
        casts=tuple(
            sorted(
                (casts.cast(row, gaps) for row in rows.casts if is_chosen("pg_cast", row.oid)),
                key=lambda cast: (cast.source, cast.target),
            )
        ),
        transforms=tuple(
            sorted(
                (casts.transform(row) for row in rows.transforms if is_chosen("pg_transform", row.oid)),
                key=lambda transform: (transform.type, transform.language),
            )
        ),
        languages=_by_name(
            granted.given(languages.language(row), "pg_language", row.oid)
            for row in rows.languages
            if is_chosen("pg_language", row.oid)
        ),
        event_triggers=_by_name(
            event_triggers.event_trigger(row, gaps)
            for row in rows.event_triggers
            if names.get(("pg_proc", row.function)) in chosen or not selection.include
        ),
        text_search_parsers=_by_qualified_name(
            text_search.parser(row) for row in rows.text_search_parsers if is_chosen("pg_ts_parser", row.oid)
        ),
        text_search_templates=_by_qualified_name(
            text_search.template(row)
            for row in rows.text_search_templates
            if is_chosen("pg_ts_template", row.oid)
        ),
        text_search_dictionaries=_by_qualified_name(
            text_search.dictionary(row)
            for row in rows.text_search_dictionaries
            if is_chosen("pg_ts_dict", row.oid)
        ),
        text_search_configurations=_by_qualified_name(
            text_search.configuration(row, mappings[row.oid], gaps)
            for row in rows.text_search_configurations
            if is_chosen("pg_ts_config", row.oid)
        ),
        foreign_data_wrappers=_by_name(
            granted.given(foreign_data.wrapper(row), "pg_foreign_data_wrapper", row.oid)
            for row in rows.foreign_data_wrappers
            if is_chosen("pg_foreign_data_wrapper", row.oid)
        ),
        foreign_servers=_by_name(
            granted.given(
                foreign_data.foreign_server(row, user_mappings[row.oid], gaps), "pg_foreign_server", row.oid
            )
            for row in rows.foreign_servers
            if is_chosen("pg_foreign_server", row.oid)
        ),
        publications=_by_name(_publications(rows, kept_oids)),
        subscriptions=_by_name(
            replication.subscription(row, gaps) for row in rows.subscriptions if not selection.include
        ),
        extended_statistics=_by_qualified_name(
            extended_statistics.extended_statistics(row, gaps)
            for row in rows.extended_statistics
            if row.relation in kept_oids
        ),
        default_privileges=privileges.default_privileges(
            (row for row in rows.default_privileges if row.schema is not None or not selection.include), gaps
        ),
        changed_grants=privileges.changed_grants(
            row
            for row in rows.changed_grants
            if not selection.include and (row.schema is None or selection.keeps(row.schema, row.name))
        ),
        security_labels=security_labels.security_labels(rows.security_labels, is_labelled),
        dependencies=edges,
    )
    mattering = roles.relevant(named(structure), rows.roles, rows.memberships)
    structure = msgspec.structs.replace(
        structure,
        database=msgspec.structs.replace(
            structure.database, settings=roles.database_settings(rows.session_settings)
        ),
        roles=roles.roles(mattering, rows.roles, rows.memberships, rows.session_settings),
    )
    running = operation.operation(
        rows.operation,
        kept=kept_oids,
        kept_sequences={row.oid for row in kept_sequences},
        role_expiries=roles.expiries(mattering, rows.roles),
    )
    return Snapshot(
        format=FORMAT,
        captured_on=rows.server.captured_on,
        # Decoding is what finds gaps, so they are taken when all is decoded.
        structure=msgspec.structs.replace(structure, gaps=gaps.sorted()),
        statistics=_statistics(rows, kept_oids),
        operation=running,
    )


def _object_names(
    kept: Iterable[RelationRow],
    kept_sequences: Iterable[SequenceRow],
    type_rows: Iterable[TypeRow],
    routine_rows: Iterable[RoutineRow],
) -> dict[tuple[str, int], ObjectName]:
    """What each OID of each catalog stands for in the snapshot."""
    names: dict[tuple[str, int], ObjectName] = {}
    for relation in kept:
        names["pg_class", relation.oid] = ObjectName(ObjectKind.RELATION, relation.schema, relation.name)
    for sequence in kept_sequences:
        names["pg_class", sequence.oid] = ObjectName(ObjectKind.SEQUENCE, sequence.schema, sequence.name)
    for found in type_rows:
        name = ObjectName(ObjectKind.TYPE, found.schema, found.name)
        names["pg_type", found.oid] = name
        if found.relation:
            names["pg_class", found.relation] = name
        if found.multirange_oid:
            names["pg_type", found.multirange_oid] = name
    for routine in routine_rows:
        names["pg_proc", routine.oid] = ObjectName(
            ObjectKind.ROUTINE, routine.schema, routine.name, routine.identity_arguments
        )
    return names


def _names_of_programming(rows: Rows) -> dict[tuple[str, int], ObjectName]:
    """The same for what users teach the server: types, operators, languages and the like."""
    names: dict[tuple[str, int], ObjectName] = {}
    for base in rows.base_types:
        names["pg_type", base.oid] = ObjectName(ObjectKind.TYPE, base.schema, base.name)
    for operator in rows.operators:
        names["pg_operator", operator.oid] = ObjectName(
            ObjectKind.OPERATOR, operator.schema, operator.name, operators.operator(operator).arguments
        )
    for family in rows.operator_families:
        names["pg_opfamily", family.oid] = ObjectName(
            ObjectKind.OPERATOR_FAMILY, family.schema, family.name, family.method
        )
    for found in rows.user_operator_classes:
        names["pg_opclass", found.oid] = ObjectName(
            ObjectKind.OPERATOR_CLASS, found.schema, found.name, found.method
        )
    for method in rows.access_methods:
        names["pg_am", method.oid] = ObjectName(ObjectKind.ACCESS_METHOD, "", method.name)
    for collation in rows.user_collations:
        names["pg_collation", collation.oid] = ObjectName(
            ObjectKind.COLLATION, collation.schema, collation.name
        )
    for conversion in rows.conversions:
        names["pg_conversion", conversion.oid] = ObjectName(
            ObjectKind.CONVERSION, conversion.schema, conversion.name
        )
    for cast in rows.casts:
        names["pg_cast", cast.oid] = ObjectName(ObjectKind.CAST, "", cast.source, cast.target)
    for language in rows.languages:
        names["pg_language", language.oid] = ObjectName(ObjectKind.LANGUAGE, "", language.name)
    for transform in rows.transforms:
        names["pg_transform", transform.oid] = ObjectName(
            ObjectKind.TRANSFORM, "", transform.type, transform.language
        )
    return names


def _names_of_services(rows: Rows) -> dict[tuple[str, int], ObjectName]:
    """The same for text search and foreign data."""
    names: dict[tuple[str, int], ObjectName] = {}
    for parser in rows.text_search_parsers:
        names["pg_ts_parser", parser.oid] = ObjectName(
            ObjectKind.TEXT_SEARCH_PARSER, parser.schema, parser.name
        )
    for template in rows.text_search_templates:
        names["pg_ts_template", template.oid] = ObjectName(
            ObjectKind.TEXT_SEARCH_TEMPLATE, template.schema, template.name
        )
    for dictionary in rows.text_search_dictionaries:
        names["pg_ts_dict", dictionary.oid] = ObjectName(
            ObjectKind.TEXT_SEARCH_DICTIONARY, dictionary.schema, dictionary.name
        )
    for configuration in rows.text_search_configurations:
        names["pg_ts_config", configuration.oid] = ObjectName(
            ObjectKind.TEXT_SEARCH_CONFIGURATION, configuration.schema, configuration.name
        )
    for wrapper in rows.foreign_data_wrappers:
        names["pg_foreign_data_wrapper", wrapper.oid] = ObjectName(
            ObjectKind.FOREIGN_DATA_WRAPPER, "", wrapper.name
        )
    for foreign_server in rows.foreign_servers:
        names["pg_foreign_server", foreign_server.oid] = ObjectName(
            ObjectKind.FOREIGN_SERVER, "", foreign_server.name
        )
    return names


def _publications(rows: Rows, kept: set[int]) -> Iterable[Publication]:
    """The publications with what of theirs is documented; where relations were asked for, theirs only."""
    published = _grouped(
        (row for row in rows.published_tables if row.relation in kept), lambda row: row.publication
    )
    documented = {schema.name for schema in rows.selection.schemas}
    for row in rows.publications:
        tables = published.get(row.oid, [])
        schema_names = [name for name in row.schemas or () if name in documented]
        if row.all_tables or tables or schema_names or not rows.selection.include:
            yield replication.publication(row, tables, schema_names, rows.gaps)


def _applicable_casts(edges: Iterable[Dependency], chosen: set[ObjectName]) -> set[ObjectName]:
    """The casts and transforms all of whose types and functions are chosen: nothing ever depends on them."""
    needs = defaultdict(set)
    for edge in edges:
        if edge.dependent.kind in (ObjectKind.CAST, ObjectKind.TRANSFORM):
            needs[edge.dependent].add(edge.referenced)
    return {dependent for dependent, needed in needs.items() if needed <= chosen}


def _domains(
    rows: Iterable[TypeRow],
    constraint_rows: Iterable[ConstraintRow],
    granted: privileges.Privileges,
    gaps: Gaps,
) -> Iterable[Domain]:
    of_domain = _grouped((row for row in constraint_rows if row.domain), lambda row: row.domain)
    for row in rows:
        checks, not_null_name = [], None
        for found in of_domain.get(row.oid, ()):
            kind = constraints.TYPES.read(found.type, gaps)
            if kind == "c":
                checks.append(constraints.domain_check(found))
            elif kind == "n":
                not_null_name = found.name
        yield granted.given(types.domain(row, checks, not_null_name), "pg_type", row.oid)


def _composites(
    rows: Iterable[TypeRow], column_rows: Iterable[ColumnRow], granted: privileges.Privileges
) -> Iterable[Composite]:
    wanted = {row.relation for row in rows}
    attributes = _grouped((row for row in column_rows if row.relation in wanted), lambda row: row.relation)
    for row in rows:
        found = sorted(attributes.get(row.relation, ()), key=lambda attribute: attribute.number)
        yield granted.given(types.composite(row, found), "pg_type", row.oid)


def _statistics(rows: Rows, kept: set[int]) -> Statistics:
    """Sizes and estimates of the relations that are kept and of their indexes."""
    by_oid = {row.oid: row for row in rows.statistics}
    block_size = rows.server.block_size
    of_relation: dict[int, list[StatisticsRow]] = defaultdict(list)
    for index in rows.indexes:
        if index.relation in kept and index.oid in by_oid:
            of_relation[index.relation].append(by_oid[index.oid])
    return Statistics(
        relations=_by_qualified_name(
            statistics.relation_statistics(by_oid[oid], of_relation[oid], block_size)
            for oid in kept
            if oid in by_oid
        ),
        indexes=_by_qualified_name(
            statistics.index_statistics(row, block_size) for found in of_relation.values() for row in found
        ),
    )
