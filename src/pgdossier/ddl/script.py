"""The whole `schema.sql`: SQL that rebuilds the documented schema in an empty database."""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.ddl.column_settings import column_settings
from pgdossier.ddl.comments import constraint_comments, index_comment
from pgdossier.ddl.constraints import (
    add_constraint,
    late_constraints,
    late_keys,
    own_foreign_keys,
    renamed_copies,
    validated_copies,
)
from pgdossier.ddl.dependents import relation_dependencies, routine_dependencies
from pgdossier.ddl.drops import drops
from pgdossier.ddl.event_triggers import create_event_trigger
from pgdossier.ddl.expressions import note
from pgdossier.ddl.extended_statistics import create_statistics
from pgdossier.ddl.indexes import (
    attach_index,
    create_index,
    index_marks,
    index_statistics,
    index_tablespace,
    is_left_out,
)
from pgdossier.ddl.order import Plan, plan, relation_object
from pgdossier.ddl.owners import owners as all_owners
from pgdossier.ddl.policies import row_security
from pgdossier.ddl.privileges import default_privileges
from pgdossier.ddl.privileges import privileges as all_privileges
from pgdossier.ddl.replication import create_publication, subscription_note
from pgdossier.ddl.rules import create_rules
from pgdossier.ddl.schemas import create_extension, create_schema, extension_schemas, extensions_in_order
from pgdossier.ddl.security_labels import security_labels
from pgdossier.ddl.steps import StepWriter, objects_of
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.triggers import copied_triggers, create_triggers
from pgdossier.ddl.views import refresh
from pgdossier.model.dependencies import ObjectName
from pgdossier.model.masking import MASK, REDACTED, is_masked, is_redacted
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Snapshot, Structure

_SETTINGS = """\
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;
SET default_tablespace = '';
SET default_table_access_method = heap;
SET row_security = on;
SELECT pg_catalog.set_config('search_path', '', false);
"""


def schema_script(
    snapshot: Snapshot, *, owners: bool = True, privileges: bool = True, clean: bool = False
) -> str:
    """The SQL that rebuilds the snapshot's schema in an empty database of the same major version.

    The text is the same for the same structure, whenever it was read.

    Args:
        snapshot: What was read of the database.
        owners: Whether everything is given its owner; else it belongs to whoever runs the script.
        privileges: Whether grants and default privileges are in it. The roles of both must exist.
        clean: Whether it first drops whatever of it is there already.
    """
    structure = snapshot.structure
    surroundings = Surroundings.of(structure)
    order = plan(structure, surroundings)
    objects = objects_of(structure)
    writer = StepWriter(order, objects, surroundings)
    relations = structure.relations
    # Every group is a list of statements that are printed without blank lines between them.
    parts = [_header(structure, owners=owners, privileges=privileges), _SETTINGS]
    if clean:
        parts += _section("What is there already", drops(structure, order, objects))
    parts += _section("Schemas", [create_schema(schema) for schema in structure.schemas])
    parts += _section(
        "Extensions",
        [extension_schemas(structure), *(create_extension(each) for each in extensions_in_order(structure))],
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
    parts += _section("Settings of columns", [column_settings(each) for each in relations])
    parts += _section("Indexes", [_indexes(each) for each in relations])
    parts += _section("Indexes of partitions", [_attached(each, surroundings) for each in relations])
    parts += _section("Marked indexes", [index_marks(each) for each in relations])
    parts += _section(
        "Foreign keys",
        [*_copied_foreign_keys(relations, surroundings), *(_foreign_keys(each) for each in relations)],
    )
    parts += _section(
        "Extended statistics", [create_statistics(each) for each in structure.extended_statistics]
    )
    parts += _section("Rules", [create_rules(each) for each in relations])
    parts += _section("Triggers", [create_triggers(each) for each in relations])
    parts += _section("Triggers of partitions", [copied_triggers(each, None) for each in relations])
    parts += _section("Row security", [row_security(each) for each in relations])
    parts += _section(
        "What is dropped with an extension",
        [
            *(routine_dependencies(each) for each in structure.routines),
            *(relation_dependencies(each, copies=True) for each in relations),
        ],
    )
    parts += _section("Comments on constraints and indexes", [_comments(each) for each in relations])
    parts += _section("Publications", [create_publication(each) for each in structure.publications])
    parts += _section("Subscriptions", [subscription_note(each) for each in structure.subscriptions])
    if owners:
        parts += _section("Owners", all_owners(structure))
    if privileges:
        parts += _section("Privileges", all_privileges(structure))
        parts += _section("Default privileges", [default_privileges(structure)])
    parts += _section("Security labels", [security_labels(structure, of_event_triggers=False)])
    # As their owners, with what these may do.
    parts += _section(
        "Contents of materialized views", [[refresh(each)] for each in _filled(structure, order)]
    )
    # Once they are there, they fire for every command that follows.
    parts += _section(
        "Event triggers", [create_event_trigger(each, owner=owners) for each in structure.event_triggers]
    )
    parts += _section(
        "Security labels of event triggers", [security_labels(structure, of_event_triggers=True)]
    )
    return "\n".join(parts)


def _header(structure: Structure, *, owners: bool, privileges: bool) -> str:
    database, server = structure.database, structure.server
    lines = [
        note(f"The schema of database {database.name} (PostgreSQL {server.version}), written by pgdossier."),
        note(f"It rebuilds the schema in an empty database of PostgreSQL {server.major}."),
        *_left_out(owners=owners, privileges=privileges),
    ]
    return "\n".join(lines) + "\n"


def _left_out(*, owners: bool, privileges: bool) -> list[str]:
    if owners and privileges:
        return [note("The roles that it names must exist.")]
    if owners or privileges:
        return [note(f"{'Privileges' if owners else 'Owners'} are not in it.")]
    return [note("Owners and privileges are not in it.")]


def _section(title: str, groups: Iterable[list[str]]) -> list[str]:
    texts = [_lines(group) for group in groups if group]
    return [f"\n{note(title)}\n", *texts] if texts else []


def _lines(statements: list[str]) -> str:
    text = "\n".join(statements)
    if is_redacted(text) or is_masked(text):
        text = "\n".join(map(_marked, statements))
    return text + "\n"


def _marked(statement: str) -> str:
    """The statement, with a line before it where it is not what the database has."""
    if is_redacted(statement):
        redacted = note(f"Something in what follows was redacted: {REDACTED} stands in its place.")
        statement = f"{redacted}\n{statement}"
    if not is_masked(statement):
        return statement
    return f"{note(f'A secret in what follows was masked: {MASK} stands in its place.')}\n{statement}"


def _indexes(relation: Relation) -> list[str]:
    statements = []
    for index in relation.indexes:
        if index.constraint is None:
            statements += create_index(relation, index, only=True)
        if not is_left_out(relation, index):
            statements += index_tablespace(relation, index)
            statements += index_statistics(relation, index)
    return statements


def _attached(relation: Relation, surroundings: Surroundings) -> list[str]:
    """The indexes to attach by name; ATTACH PARTITION attaches the keys that both tables were made with."""
    by_name = {key.name for key in late_keys(relation, surroundings)}
    parent = surroundings.relations.get(relation.partition.parent) if relation.partition else None
    if parent:  # a key can be part of an index that is none
        plain = {index.name for index in parent.indexes if index.constraint is None}
        by_name |= {index.name for index in relation.indexes if index.parent and index.parent.name in plain}
    return [
        statement
        for index in relation.indexes
        if index.constraint is None or index.name in by_name
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
