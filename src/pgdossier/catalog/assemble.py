"""Rows of all families -> Snapshot. Pure: it can be fed by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from pgdossier.catalog import (
    columns,
    constraints,
    dependencies,
    extensions,
    indexes,
    policies,
    relations,
    routines,
    schemas,
    sequences,
    server,
    statistics,
    triggers,
    types,
)
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.columns import ColumnRow
from pgdossier.catalog.constraints import ConstraintRow
from pgdossier.catalog.dependencies import DependencyRow
from pgdossier.catalog.extensions import ExtensionRow
from pgdossier.catalog.indexes import CollationRow, IndexRow, OperatorClassRow
from pgdossier.catalog.policies import PolicyRow
from pgdossier.catalog.relations import RelationRow
from pgdossier.catalog.routines import RoutineRow
from pgdossier.catalog.scope import Selection
from pgdossier.catalog.sequences import SequenceRow
from pgdossier.catalog.server import ServerRow
from pgdossier.catalog.statistics import StatisticsRow
from pgdossier.catalog.triggers import TriggerRow
from pgdossier.catalog.types import TypeRow
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
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
    dependencies: list[DependencyRow] = field(default_factory=list)
    statistics: list[StatisticsRow] = field(default_factory=list)
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

    def __init__(self, rows: Rows) -> None:
        self._gaps = rows.gaps
        self._columns = _grouped(rows.columns, lambda row: row.relation)
        for found in self._columns.values():
            found.sort(key=lambda row: row.number)
        self._constraints = _grouped(
            _without_pieces_of_foreign_keys(rows.constraints), lambda row: row.relation
        )
        self._indexes = _grouped(rows.indexes, lambda row: row.relation)
        self._triggers = _grouped(triggers.of_users(rows.triggers), lambda row: row.relation)
        self._policies = _grouped(rows.policies, lambda row: row.relation)
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
            columns=tuple(columns.column(found, gaps) for found in column_rows),
            comment=row.comment,
            primary_key=next((constraints.key(found, names) for found in of_type["p"]), None),
            unique_keys=_by_name(constraints.key(found, names) for found in of_type["u"]),
            foreign_keys=_by_name(constraints.foreign_key(found, names, gaps) for found in of_type["f"]),
            checks=_by_name(constraints.check(found, names) for found in of_type["c"]),
            exclusions=_by_name(constraints.exclusion(found, names) for found in of_type["x"]),
            not_nulls=_by_name(constraints.not_null(found, names) for found in of_type["n"]),
            indexes=_by_name(
                indexes.index(found, by_number, self._classes, self._collations)
                for found in self._indexes.get(row.oid, ())
                if self._known("indexes", found.attributes, names)
            ),
            triggers=_by_name(
                triggers.trigger(found, names, gaps) for found in self._triggers.get(row.oid, ())
            ),
            policies=_by_name(policies.policy(found, gaps) for found in self._policies.get(row.oid, ())),
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
    edges = dependencies.dependencies(rows.dependencies, names)
    # Where only some relations of a schema were asked for, its types and routines are there for their sake.
    chosen = {names["pg_class", oid] for oid in [*kept_oids, *(row.oid for row in kept_sequences)]}
    chosen |= {name for name in names.values() if name.schema in selection.whole}
    chosen |= _reached(edges, chosen)
    edges = tuple(edge for edge in edges if edge.dependent in chosen and edge.referenced in chosen)

    type_rows: Mapping[str, list[TypeRow]] = defaultdict(list)
    for row in rows.types:
        if names["pg_type", row.oid] in chosen:
            type_rows[types.KINDS.read(row.kind, gaps)].append(row)

    relation = _Relations(rows).relation
    structure = Structure(
        server=server.server(rows.server),
        database=server.database(rows.server, gaps),
        scope=selection.scope(len(rows.relations) - len(kept)),
        schemas=_by_name(schemas.schema(row) for row in selection.schemas),
        extensions=_by_name(extensions.extension(row) for row in rows.extensions),
        relations=_by_qualified_name(relation(row) for row in kept),
        sequences=_by_qualified_name(sequences.sequence(row) for row in kept_sequences),
        enums=_by_qualified_name(types.enum(row) for row in type_rows["e"]),
        domains=_by_qualified_name(_domains(type_rows["d"], rows.constraints, gaps)),
        composites=_by_qualified_name(_composites(type_rows["c"], rows.columns)),
        ranges=_by_qualified_name(types.range_type(row) for row in type_rows["r"]),
        routines=tuple(
            sorted(
                (routines.routine(row, gaps) for row in rows.routines if names["pg_proc", row.oid] in chosen),
                key=lambda routine: (routine.schema, routine.name, routine.identity_arguments),
            )
        ),
        dependencies=edges,
    )
    return Snapshot(
        format=FORMAT,
        captured_on=rows.server.captured_on,
        # Decoding is what finds gaps, so they are taken when all is decoded.
        structure=msgspec.structs.replace(structure, gaps=gaps.sorted()),
        statistics=_statistics(rows, kept_oids),
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


def _domains(
    rows: Iterable[TypeRow], constraint_rows: Iterable[ConstraintRow], gaps: Gaps
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
        yield types.domain(row, checks, not_null_name)


def _composites(rows: Iterable[TypeRow], column_rows: Iterable[ColumnRow]) -> Iterable[Composite]:
    wanted = {row.relation for row in rows}
    attributes = _grouped((row for row in column_rows if row.relation in wanted), lambda row: row.relation)
    for row in rows:
        yield types.composite(row, sorted(attributes.get(row.relation, ()), key=lambda found: found.number))


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
