"""Rows of all families -> Snapshot. Pure: it can be fed by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple, TypeVar

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
    operation_rows,
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
from pgdossier.catalog.columns import ColumnRow, ColumnTypeRow, DefaultRow
from pgdossier.catalog.constraints import ConstraintRow, ExpressionRow, NotNullRow
from pgdossier.catalog.definitions import KeywordRow, Quoting
from pgdossier.catalog.deparsing import Trees
from pgdossier.catalog.dependencies import DependencyRow
from pgdossier.catalog.event_triggers import EventTriggerRow
from pgdossier.catalog.extended_statistics import ExtendedStatisticsRow
from pgdossier.catalog.extensions import DependentRow, Dependents, ExtensionRow
from pgdossier.catalog.indexes import CollationRow, DefinitionRow, IndexRow, OperatorClassRow, Shape
from pgdossier.catalog.languages import LanguageRow
from pgdossier.catalog.masking import masked_operation, masked_structure
from pgdossier.catalog.operation_rows import OperationRows
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
from pgdossier.catalog.triggers import TriggerRow
from pgdossier.catalog.types import TypeRow
from pgdossier.model.columns import Column
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Relation
from pgdossier.model.replication import Publication
from pgdossier.model.roles import named
from pgdossier.model.scope import Scope
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import Statistics
from pgdossier.model.types import Composite, Domain

T = TypeVar("T")


class Rows(msgspec.Struct):
    """What was read, family by family. A family that was refused is empty and noted in `gaps`."""

    server: ServerRow
    selection: Selection
    extensions: list[ExtensionRow] = []
    dependents: list[DependentRow] = []
    relations: list[RelationRow] = []
    columns: list[ColumnRow] = []
    column_types: list[ColumnTypeRow] = []
    defaults: list[DefaultRow] = []
    constraints: list[ConstraintRow] = []
    not_nulls: list[NotNullRow] = []
    indexes: list[IndexRow] = []
    keywords: list[KeywordRow] = []
    operator_classes: list[OperatorClassRow] = []
    collations: list[CollationRow] = []
    triggers: list[TriggerRow] = []
    policies: list[PolicyRow] = []
    sequences: list[SequenceRow] = []
    types: list[TypeRow] = []
    routines: list[RoutineRow] = []
    base_types: list[BaseTypeRow] = []
    user_collations: list[UserCollationRow] = []
    conversions: list[ConversionRow] = []
    operators: list[OperatorRow] = []
    operator_families: list[OperatorFamilyRow] = []
    user_operator_classes: list[UserOperatorClassRow] = []
    family_members: list[FamilyMemberRow] = []
    access_methods: list[AccessMethodRow] = []
    languages: list[LanguageRow] = []
    casts: list[CastRow] = []
    transforms: list[TransformRow] = []
    event_triggers: list[EventTriggerRow] = []
    text_search_parsers: list[text_search.ParserRow] = []
    text_search_templates: list[text_search.TemplateRow] = []
    text_search_dictionaries: list[text_search.DictionaryRow] = []
    text_search_configurations: list[text_search.ConfigurationRow] = []
    text_search_mappings: list[text_search.MappingRow] = []
    foreign_data_wrappers: list[foreign_data.WrapperRow] = []
    foreign_servers: list[foreign_data.ServerRow] = []
    user_mappings: list[foreign_data.UserMappingRow] = []
    publications: list[replication.PublicationRow] = []
    published_tables: list[replication.PublishedTableRow] = []
    subscriptions: list[replication.SubscriptionRow] = []
    rules: list[RuleRow] = []
    extended_statistics: list[ExtendedStatisticsRow] = []
    security_labels: list[SecurityLabelRow] = []
    privileges: list[PrivilegeRow] = []
    default_privileges: list[DefaultPrivilegeRow] = []
    changed_grants: list[ChangedGrantRow] = []
    dependencies: list[DependencyRow] = []
    roles: list[RoleRow] = []
    memberships: list[MembershipRow] = []
    session_settings: list[SessionSettingRow] = []
    operation: OperationRows = msgspec.field(default_factory=OperationRows)
    gaps: Gaps = msgspec.field(default_factory=Gaps)
    # What could not be read because of locks, by catalog and OID.
    unread: dict[tuple[str, int], ObjectName] = {}


def _grouped(rows: Iterable[T], field: str) -> dict[int, list[T]]:
    """The rows by the OID in one of their fields."""
    groups: dict[int, list[T]] = defaultdict(list)
    of = attrgetter(field)
    for row in rows:
        groups[of(row)].append(row)
    return groups


_NAME, _SCHEMA = attrgetter("name"), attrgetter("schema")


def _by_name(items: Iterable[T]) -> tuple[T, ...]:
    """Sorted by name, by code points."""
    found = list(items)
    if len(found) > 1:
        found.sort(key=_NAME)
    return tuple(found)


def _by_qualified_name(items: Iterable[T]) -> tuple[T, ...]:
    """Sorted by schema, then name, by code points."""
    # Texts are compared faster than pairs of them.
    return tuple(sorted(sorted(items, key=_NAME), key=_SCHEMA))


class _Relations:
    """Puts relations together from the rows that belong to each.

    Rows are let go as soon as nobody needs them: all of them beside all objects would be twice the memory.
    """

    def __init__(self, rows: Rows, kept: list[RelationRow], made: _MadeColumns) -> None:
        self._gaps = rows.gaps
        self._kept = kept
        self.columns = made.by_number
        self._constraints = _grouped(_without_pieces_of_foreign_keys(rows.constraints), "relation")
        self._index_rows = _grouped(rows.indexes, "relation")
        self._quoting = Quoting(rows.keywords)
        self._keys = constraints.Keys(self._quoting)
        self._foreign_keys = constraints.ForeignKeys(self.columns, self._quoting, rows.gaps)
        classes = indexes.OperatorClasses(rows.operator_classes, rows.column_types)
        self._indexes = indexes.Indexes(classes, made.collations, self._quoting, made.columns.signature)
        self._plain = relations.Relations(rows.gaps)
        # The indexes of each relation, with their definitions where these are put together here.
        self._composed: dict[int, list[tuple[IndexRow, Shape, str | None]]] = {}
        self._definitions: dict[int, str] = {}
        # The constraints and the indexes of which only the server can tell, and of which it is asked instead.
        self._conditions: dict[int, int] = {}
        self._alike: dict[int, int] = {}
        self._heads: dict[int, str] = {}
        self._expressions: dict[int, str] = {}
        self._told: dict[int, DefinitionRow] = {}
        # Those of which it did not tell.
        self.silent: set[int] = set()
        self.of_domains = [row for row in rows.constraints if row.domain]
        self.not_nulls_of_domains: Mapping[int, str] = {}
        rows.constraints = []
        self._granted: privileges.Privileges
        self._dependents: Dependents
        self._not_nulls: dict[int, list[NotNullRow]] = {}
        self._triggers: Mapping[int, list[TriggerRow]] = {}
        self._policies: Mapping[int, list[PolicyRow]] = {}
        self._rules: Mapping[int, list[RuleRow]] = {}

    def join(self, rows: Rows, granted: privileges.Privileges, dependents: Dependents) -> None:
        """Takes what relations have besides columns, keys, foreign keys, checks and indexes."""
        self._granted, self._dependents = granted, dependents
        self._not_nulls = _grouped(rows.not_nulls, "relation")
        self.not_nulls_of_domains = {row.domain: row.name for row in rows.not_nulls if row.domain}
        rows.not_nulls = []
        self._triggers = _grouped(triggers.of_users(rows.triggers), "relation")
        self._policies = _grouped(rows.policies, "relation")
        self._rules = _grouped(rows.rules, "relation")

    def compose(self) -> tuple[list[int], list[int]]:
        """Puts definitions of indexes together.

        Returns:
            The OIDs of constraints and of indexes to ask the server about: one of those that it prints alike.
        """
        trees = Trees()
        conditions: dict[Hashable, int] = {}
        alike: dict[Hashable, int] = {}
        for row in self.of_domains:
            if row.tree is not None:
                self._conditions[row.oid] = conditions.setdefault(row.tree, row.oid)
        for relation in self._kept:
            oid = relation.oid
            by_number = self.columns.get(oid, _NO_COLUMNS)
            for condition in self._constraints.get(oid, ()):
                if condition.tree is not None:
                    key = trees.key(condition.tree, oid, by_number)
                    self._conditions[condition.oid] = conditions.setdefault(key, condition.oid)
            name = self._quoting.qualified(relation.schema, relation.name)
            composed = self._composed[oid] = []
            for found in self._index_rows.get(oid, ()):
                shape = self._indexes.shape(found, by_number)
                definition = self._indexes.definition(found, shape, name)
                composed.append((found, shape, definition))
                if definition is None:
                    key = self._indexes.alike(found, by_number)
                    self._alike[found.oid] = found.oid if key is None else alike.setdefault(key, found.oid)
                    self._heads[found.oid] = self._indexes.head(found, name)
        self._index_rows = {}
        return sorted(set(self._conditions.values())), sorted(set(self._alike.values()))

    def told(
        self, expressions: Iterable[ExpressionRow], answers: Iterable[DefinitionRow]
    ) -> tuple[list[int], list[int]]:
        """Takes what the server told of these.

        Returns:
            The OIDs of constraints and of indexes that have to be asked about by themselves after all: of the
            one that was asked about it did not tell, for a lock say.
        """
        self._expressions.update(
            (row.oid, row.expression) for row in expressions if row.expression is not None
        )
        self._told.update((row.oid, row) for row in answers if row.definition is not None)
        lacking: tuple[list[int], list[int]] = ([], [])
        for oid, asked in self._conditions.items():
            if asked not in self._expressions:
                lacking[0].append(oid)
        for oid, asked in self._alike.items():
            text = (self._told[asked].definition if asked in self._told else None) or ""
            if text.startswith(self._heads[asked]):
                self._definitions[oid] = self._heads[oid] + text[len(self._heads[asked]) :]
            elif text and asked == oid:
                self._definitions[oid] = text
            else:
                lacking[1].append(oid)
        unlike = (
            [oid for oid in lacking[0] if self._conditions[oid] != oid],
            [oid for oid in lacking[1] if self._alike[oid] != oid],
        )
        self._conditions.update((oid, oid) for oid in unlike[0])
        self._alike.update((oid, oid) for oid in unlike[1])
        self.silent = {*lacking[0], *lacking[1]}
        return unlike

    def expression(self, row: ConstraintRow) -> str:
        """The condition of a CHECK that is not silent."""
        return self._expressions.get(self._conditions.get(row.oid, 0), "")

    def _known(self, family: str, numbers: Iterable[int], columns: Mapping[int, Column]) -> bool:
        """Whether all columns meant were read; 0 is an expression, a negative number a system column."""
        for number in numbers:
            if number not in columns and number > 0:
                self._gaps.add(family, "those of columns that could not be read are missing")
                return False
        return True

    def _indexes_of(self, oid: int, by_number: Mapping[int, Column]) -> list[Index]:
        return [
            self._dependents.given(
                self._indexes.index(
                    row,
                    shape,
                    self._definitions.get(row.oid, "") if definition is None else definition,
                    by_number,
                    None if definition is not None else self._told.get(self._alike.get(row.oid, 0)),
                ),
                "pg_class",
                row.oid,
            )
            for row, shape, definition in self._composed.pop(oid, ())
            if definition is not None
            or (
                row.oid not in self.silent
                and self._known("indexes", indexes.numbers(row.attributes), by_number)
            )
        ]

    def _columns_of(self, oid: int, by_number: Mapping[int, Column]) -> tuple[Column, ...]:
        if self._granted.on_columns(oid):
            return tuple(
                self._granted.given(by_number[number], "pg_class", oid, number)
                for number in sorted(by_number)
            )
        return tuple([by_number[number] for number in sorted(by_number)])

    def relation(self, row: RelationRow) -> Relation:
        """One relation with everything that belongs to it."""
        gaps, oid, silent = self._gaps, row.oid, self.silent
        by_number = self.columns.get(oid, _NO_COLUMNS)
        of_type: dict[str, list[ConstraintRow]] = {"p": [], "u": [], "f": [], "c": [], "x": [], "": []}
        for found in self._constraints.pop(oid, ()):
            if not found.columns or self._known("constraints", found.columns, by_number):
                of_type[constraints.TYPES.read(found.type, gaps)].append(found)
        foreign_keys = [self._foreign_keys.foreign_key(found, by_number) for found in of_type["f"]]
        made = msgspec.structs.replace(
            self._plain.relation(row, by_number),
            schema=row.schema,
            name=row.name,
            columns=self._columns_of(oid, by_number),
            comment=row.comment,
            primary_key=next((self._keys.key(found, by_number) for found in of_type["p"]), None),
            unique_keys=_by_name([self._keys.key(found, by_number) for found in of_type["u"]]),
            foreign_keys=_by_name([found for found in foreign_keys if found is not None]),
            checks=_by_name(
                [
                    constraints.check(found, self.expression(found), by_number)
                    for found in of_type["c"]
                    if found.oid not in silent
                ]
            ),
            exclusions=_by_name([constraints.exclusion(found, by_number) for found in of_type["x"]]),
            not_nulls=_by_name(
                [
                    constraints.not_null(found, by_number)
                    for found in self._not_nulls.pop(oid, ())
                    if found.number in by_number or self._known("constraints", (found.number,), by_number)
                ]
            ),
            indexes=_by_name(self._indexes_of(oid, by_number)),
            triggers=_by_name(
                [
                    self._dependents.given(triggers.trigger(found, by_number, gaps), "pg_trigger", found.oid)
                    for found in self._triggers.get(oid, ())
                ]
            ),
            policies=_by_name([policies.policy(found, gaps) for found in self._policies.get(oid, ())]),
            rules=_by_name([rules.rule(found, gaps) for found in self._rules.get(oid, ())]),
            grants=self._granted.on("pg_class", oid),
        )
        return self._dependents.given(made, "pg_class", oid)


_NO_COLUMNS: Mapping[int, Column] = {}


class _MadeColumns:
    """The columns of each relation, by number, and what they were made with. Their rows are let go."""

    def __init__(self, rows: Rows) -> None:
        self.collations = {row.oid: QualifiedName(row.schema, row.name) for row in rows.collations}
        self.columns = columns.Columns(rows.column_types, self.collations, rows.gaps)
        self.by_number = _columns_by_number(rows, self.columns)
        rows.columns, rows.defaults = [], []


def _columns_by_number(rows: Rows, made: columns.Columns) -> dict[int, dict[int, Column]]:
    """The columns of each relation; those whose type could not be read are a gap."""
    found: dict[int, dict[int, Column]] = {}
    views = {row.oid for row in rows.relations if row.kind == "v"}
    all_defaults = _defaults(rows.defaults)
    relation, own, defaults, stored = 0, {}, _NO_DEFAULTS, True
    for row in rows.columns:
        if row.relation != relation:  # those of one relation mostly follow each other
            relation = row.relation
            own = found.setdefault(relation, {})
            defaults = all_defaults.get(relation, _NO_DEFAULTS)
            stored = relation not in views
        column = made.column(row, defaults.get(row.number), stored=stored)
        if column is not None:
            own[row.number] = column
        elif not rows.gaps.of("columns"):
            rows.gaps.add("columns", "those of types that could not be read are missing")
    return found


_NO_DEFAULTS: Mapping[int, str] = {}


def _defaults(rows: Iterable[DefaultRow]) -> dict[int, dict[int, str]]:
    """The defaults of each relation's columns, by number."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        if row.expression is not None:
            for relation, number in zip(row.relations, row.numbers, strict=True):
                found[relation][number] = row.expression
    return found


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


class Assembly:
    """A snapshot in the making.

    It begins with relations and columns: those are made before all is there, as are definitions.

    Args:
        rows: What was read. The same rows in any order make the same snapshot.

    Raises:
        UsageError: An include pattern for relations meets none.
    """

    def __init__(self, rows: Rows) -> None:
        selection = rows.selection
        if not rows.gaps.of("relations"):
            selection.check([QualifiedName(row.schema, row.name) for row in rows.relations])
        self._rows = rows
        self._kept = [row for row in rows.relations if selection.keeps(row.schema, row.name)]
        self._columns = _MadeColumns(rows)
        self._relations: _Relations
        self._sizes: Statistics | None = None
        self._made: _Made | None = None

    def compose(self) -> tuple[list[int], list[int]]:
        """Puts definitions together, for which constraints and indexes have to be there.

        Returns:
            The OIDs of the constraints and of the indexes of which only the server can tell
            (`constraints.EXPRESSIONS`, `indexes.DEFINITIONS`).
        """
        self._relations = _Relations(self._rows, self._kept, self._columns)
        return self._relations.compose()

    def told(
        self, expressions: Iterable[ExpressionRow], answers: Iterable[DefinitionRow]
    ) -> tuple[list[int], list[int]]:
        """Takes what the server told of these.

        Returns:
            The constraints and indexes that have to be asked about by themselves after all; mostly none.
        """
        return self._relations.told(expressions, answers)

    def measure(self) -> None:
        """Works out sizes, for which nothing is needed of what the server is asked meanwhile."""
        self._sizes = _statistics(self._rows, self._kept)

    def put_together(self, last_rows: Callable[[], None] | None = None) -> _Made:
        """Puts the structure together, for which rows have to be there, and what the server `told`.

        Args:
            last_rows: Waits for those rows of which no relation is made.
        """
        rows = self._rows
        unread = rows.unread
        kept = [row for row in self._kept if ("pg_class", row.oid) not in unread]
        sizes = self._sizes
        if sizes is None or len(kept) < len(self._kept):
            sizes = _statistics(rows, kept)
        rows.indexes = []
        rows.routines = [row for row in rows.routines if ("pg_proc", row.oid) not in unread]
        granted, dependents = privileges.Privileges(rows.privileges), Dependents(rows.dependents)
        self._relations.join(rows, granted, dependents)
        relations_made = _by_qualified_name(map(self._relations.relation, kept))
        if last_rows is not None:
            last_rows()
        self._made = _made(rows, kept, self._relations, relations_made, sizes, granted, dependents)
        return self._made

    def snapshot(self) -> Snapshot:
        """The snapshot that the rows make, without secrets in texts; the running server is added to it."""
        rows = self._rows
        made = self._made or self.put_together()
        running = _running(rows, made)
        # Decoding is what finds gaps, so they are taken when all is decoded.
        gaps = {*rows.gaps.sorted(), *made.structure.gaps}
        return Snapshot(
            format=FORMAT,
            captured_on=rows.server.captured_on,
            structure=msgspec.structs.replace(
                made.structure, gaps=tuple(sorted(gaps, key=attrgetter("family", "reason")))
            ),
            statistics=made.sizes,
            operation=masked_operation(running),
        )


def _running(rows: Rows, made: _Made) -> Operation:
    """What the running server knows."""
    if not rows.operation.state:
        return operation_rows.nothing(rows.operation)
    from pgdossier.catalog import operation  # noqa: PLC0415 - the structure alone is read without it

    return operation.operation(
        rows.operation,
        kept=made.relations,
        kept_sequences=made.sequences,
        role_expiries=roles.expiries(made.roles, rows.roles),
    )


def snapshot(rows: Rows) -> Snapshot:
    """The snapshot that the rows make, without asking anybody.

    Raises:
        UsageError: An include pattern for relations meets none.
    """
    assembly = Assembly(rows)
    assembly.compose()
    return assembly.snapshot()


class _Made(NamedTuple):
    """What is put together before the last rows have come, and what these are held against.

    Attributes:
        structure: The structure without secrets; its gaps are those that tell of secrets.
        sizes: What is known of sizes.
        relations: The OIDs of the documented relations.
        sequences: The OIDs of the documented sequences.
        roles: The names of the roles that matter.
    """

    structure: Structure
    sizes: Statistics
    relations: set[int]
    sequences: set[int]
    roles: set[str]


def _made(
    rows: Rows,
    kept: list[RelationRow],
    together: _Relations,
    made: tuple[Relation, ...],
    sizes: Statistics,
    granted: privileges.Privileges,
    dependents: Dependents,
) -> _Made:
    selection, gaps = rows.selection, rows.gaps
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
    edges = dependencies.dependencies(rows.dependencies, names, together.columns)
    chosen = set(names.values())
    if selection.include:
        # Where only some relations of a schema were asked for, its types and routines are there for their
        # sake; objects without a schema belong to the whole database.
        asked_for = {names["pg_class", oid] for oid in [*kept_oids, *(row.oid for row in kept_sequences)]}
        asked_for |= {name for name in chosen if name.schema in selection.whole}
        asked_for |= _reached(edges, asked_for)
        chosen = asked_for | _applicable_casts(edges, asked_for)
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

    granted.note_system_columns(kept_oids, gaps)
    members = operators.Members(rows.family_members)
    mappings = _grouped(rows.text_search_mappings, "configuration")
    user_mappings = _grouped(rows.user_mappings, "server")
    structure = Structure(
        server=server.server(rows.server),
        database=granted.given(server.database(rows.server, gaps), "pg_database", 0),
        scope=_scope(rows, {row.oid for row in rows.relations} - kept_oids),
        schemas=_by_name(
            granted.given(schemas.schema(row), "pg_namespace", row.oid) for row in selection.schemas
        ),
        extensions=_by_name(extensions.extension(row) for row in rows.extensions),
        relations=made,
        sequences=_by_qualified_name(
            granted.given(
                sequences.sequence(row, together.columns.get(row.owner_relation or 0, {}), gaps),
                "pg_class",
                row.oid,
            )
            for row in kept_sequences
        ),
        enums=_by_qualified_name(
            granted.given(types.enum(row), "pg_type", row.oid) for row in type_rows["e"]
        ),
        domains=_by_qualified_name(_domains(type_rows["d"], together, granted, gaps)),
        composites=_by_qualified_name(_composites(type_rows["c"], together, granted)),
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
    sequence_oids = {row.oid for row in kept_sequences}
    return _Made(masked_structure(structure), sizes, kept_oids, sequence_oids, mattering)


def _scope(rows: Rows, left_out: set[int]) -> Scope:
    """What was asked for, what that left out, and what could not be read because of locks."""
    selection = rows.selection
    schema_names = {schema.name for schema in selection.schemas}

    def meant(name: ObjectName) -> bool:
        if name.kind is ObjectKind.RELATION:
            return name.schema in schema_names and selection.keeps(name.schema, name.name)
        return name.schema in selection.whole

    unread = {key: name for key, name in rows.unread.items() if meant(name)}
    for name in unread.values():
        rows.gaps.add(f"{name.kind}s", f"{name.schema}.{name.name} was not read: another session held a lock")
    found = selection.scope(sum(1 for oid in left_out if ("pg_class", oid) not in unread))
    return msgspec.structs.replace(found, unread=tuple(sorted(unread.values())))


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
    published = _grouped((row for row in rows.published_tables if row.relation in kept), "publication")
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
    rows: Iterable[TypeRow], together: _Relations, granted: privileges.Privileges, gaps: Gaps
) -> Iterable[Domain]:
    of_domain = _grouped(together.of_domains, "domain")
    for row in rows:
        checks = [
            constraints.domain_check(found, together.expression(found))
            for found in of_domain.get(row.oid, ())
            if constraints.TYPES.read(found.type, gaps) == "c" and found.oid not in together.silent
        ]
        not_null_name = together.not_nulls_of_domains.get(row.oid)
        yield granted.given(types.domain(row, checks, not_null_name), "pg_type", row.oid)


def _composites(
    rows: Iterable[TypeRow], together: _Relations, granted: privileges.Privileges
) -> Iterable[Composite]:
    for row in rows:
        attributes = [found for _, found in sorted(together.columns.get(row.relation, {}).items())]
        yield granted.given(types.composite(row, attributes), "pg_type", row.oid)


def _statistics(rows: Rows, kept: Iterable[RelationRow]) -> Statistics:
    """Sizes and estimates of the relations that are kept and of their indexes."""
    block_size = rows.server.block_size
    schema_of = {row.oid: row.schema for row in kept if row.kind in statistics.KINDS}
    pages: dict[int, int] = defaultdict(int)
    of_indexes = []
    for index in rows.indexes:
        schema = schema_of.get(index.relation)
        if schema is not None:
            pages[index.relation] += index.pages
            of_indexes.append(statistics.index_statistics(index, schema, block_size))
    return Statistics(
        relations=_by_qualified_name(
            statistics.relation_statistics(row, pages[row.oid], block_size)
            for row in kept
            if row.kind in statistics.KINDS
        ),
        indexes=_by_qualified_name(of_indexes),
    )
