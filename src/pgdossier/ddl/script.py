"""The whole `schema.sql`: SQL that rebuilds the documented schema in an empty database."""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.ddl.comments import constraint_comments, index_comment
from pgdossier.ddl.constraints import (
    add_constraint,
    late_constraints,
    late_keys,
    own_foreign_keys,
    renamed_copies,
    validated_copies,
)
from pgdossier.ddl.expressions import note
from pgdossier.ddl.indexes import attach_index, create_index, index_marks, index_tablespace, is_left_out
from pgdossier.ddl.order import Plan, plan, relation_object
from pgdossier.ddl.policies import row_security
from pgdossier.ddl.schemas import create_extension, create_schema, extension_schemas
from pgdossier.ddl.steps import StepWriter, objects_of
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.triggers import copied_triggers, create_triggers
from pgdossier.ddl.views import refresh
from pgdossier.model.dependencies import ObjectName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Snapshot, Structure

_SETTINGS = """\
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;
SET default_tablespace = '';
SET default_table_access_method = heap;
SET row_security = off;
SELECT pg_catalog.set_config('search_path', '', false);
"""


def schema_script(snapshot: Snapshot) -> str:
    """The SQL that rebuilds the snapshot's schema in an empty database of the same major version.

    Owners and privileges are left out. The text is the same for the same structure, whenever it was read.
    """
    structure = snapshot.structure
    surroundings = Surroundings.of(structure)
    order = plan(structure)
    writer = StepWriter(order, objects_of(structure), surroundings)
    relations = structure.relations
    # Every group is a list of statements that are printed without blank lines between them.
    parts = [_header(structure), _SETTINGS]
    parts += _section("Schemas", [create_schema(schema) for schema in structure.schemas])
    parts += _section(
        "Extensions",
        [extension_schemas(structure), *(create_extension(extension) for extension in structure.extensions)],
    )
    parts += _section(
        "Types, functions, sequences, tables and views", [writer.statements(step) for step in order.steps]
    )
    parts += _section(
        "Further constraints",
        [
            *(late_constraints(each, surroundings, copies=True) for each in relations),
            *(validated_copies(each, surroundings) for each in relations),
        ],
    )
    parts += _section("Indexes", [_indexes(each) for each in relations])
    parts += _section("Indexes of partitions", [_attached(each, surroundings) for each in relations])
    parts += _section("Marked indexes", [index_marks(each) for each in relations])
    parts += _section(
        "Foreign keys",
        [*_copied_foreign_keys(relations, surroundings), *(_foreign_keys(each) for each in relations)],
    )
    parts += _section("Triggers", [create_triggers(each) for each in relations])
    parts += _section("Triggers of partitions", [copied_triggers(each, None) for each in relations])
    parts += _section("Row security", [row_security(each) for each in relations])
    parts += _section("Comments on constraints and indexes", [_comments(each) for each in relations])
    parts += _section(
        "Contents of materialized views", [[refresh(each)] for each in _filled(structure, order)]
    )
    return "\n".join(parts)


def _header(structure: Structure) -> str:
    database, server = structure.database, structure.server
    lines = [
        note(f"The schema of database {database.name} (PostgreSQL {server.version}), written by pgdossier."),
        note(f"It rebuilds the schema in an empty database of PostgreSQL {server.major}."),
        note("Owners and privileges are not in it."),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, groups: Iterable[list[str]]) -> list[str]:
    texts = ["\n".join(group) + "\n" for group in groups if group]
    return [f"\n{note(title)}\n", *texts] if texts else []


def _indexes(relation: Relation) -> list[str]:
    statements = []
    for index in relation.indexes:
        if index.constraint is None:
            statements += create_index(relation, index, only=True)
        if not is_left_out(relation, index):
            statements += index_tablespace(relation, index)
    return statements


def _attached(relation: Relation, surroundings: Surroundings) -> list[str]:
    """The indexes to attach by name; ATTACH PARTITION attaches the keys that both tables were made with."""
    late = {key.name for key in late_keys(relation, surroundings)}
    return [
        statement
        for index in relation.indexes
        if index.constraint is None or index.name in late
        for statement in attach_index(relation, index)
    ]


def _copied_foreign_keys(relations: tuple[Relation, ...], surroundings: Surroundings) -> list[list[str]]:
    """The copies whose names must be kept, those of partitions of partitions first."""
    deepest_first = sorted(relations, key=lambda relation: -_depth(relation, surroundings))
    return [
        [add_constraint(relation, key) for key in renamed_copies(relation, surroundings)]
        for relation in deepest_first
    ]


def _depth(relation: Relation, surroundings: Surroundings) -> int:
    """How many partitioned tables the relation is in."""
    parent = surroundings.relations.get(relation.partition.parent) if relation.partition else None
    return 1 + _depth(parent, surroundings) if parent else 0


def _foreign_keys(relation: Relation) -> list[str]:
    return [add_constraint(relation, key) for key in own_foreign_keys(relation)]


def _comments(relation: Relation) -> list[str]:
    statements = constraint_comments(relation, copies=True)
    for index in relation.indexes:
        if not is_left_out(relation, index):
            statements += index_comment(relation, index)
    return statements


def _filled(structure: Structure, order: Plan) -> list[Relation]:
    """The materialized views that have data, each after those that it reads.

    Those that read a foreign table, even through others, stay empty: a script that rebuilds a schema must
    not call other servers.
    """
    relations = {relation_object(relation.qualified): relation for relation in structure.relations}
    foreign = {name for name, found in relations.items() if found.kind is RelationKind.FOREIGN_TABLE}
    filled = []
    for step in order.steps:
        found = relations.get(step.object)
        is_filled = found and found.kind is RelationKind.MATERIALIZED_VIEW and found.populated
        if found and is_filled and not foreign & _reachable(order, step.object):
            filled.append(found)
    return filled


def _reachable(order: Plan, start: ObjectName) -> set[ObjectName]:
    reached: set[ObjectName] = set()
    waiting = [start]
    while waiting:
        for needed in order.needs[waiting.pop()] - reached:
            reached.add(needed)
            waiting.append(needed)
    return reached
