"""The SQL definition of one relation, as the document shows it."""

from __future__ import annotations

from pgdossier.ddl.column_settings import column_settings
from pgdossier.ddl.comments import constraint_comments, index_comment, relation_comments, sequence_comment
from pgdossier.ddl.constraints import add_constraint, is_unvalidated, late_constraints, own_foreign_keys
from pgdossier.ddl.dependents import relation_dependencies
from pgdossier.ddl.expressions import note
from pgdossier.ddl.extended_statistics import create_statistics
from pgdossier.ddl.indexes import (
    create_index,
    index_marks,
    index_statistics,
    index_tablespace,
    is_left_out,
)
from pgdossier.ddl.inheritance import Form, table_form
from pgdossier.ddl.policies import row_security
from pgdossier.ddl.rules import create_rules
from pgdossier.ddl.sequences import create_sequence, own_sequence
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.tables import create_table
from pgdossier.ddl.triggers import copied_triggers, create_triggers
from pgdossier.ddl.views import create_materialized_view, create_view
from pgdossier.model.relations import Relation, RelationKind


def relation_definition(relation: Relation, surroundings: Surroundings) -> str:
    """The SQL that makes that relation, to be read and to be run once what it needs is there.

    Everything that belongs to the relation is in it: the sequences that its columns own, constraints,
    indexes, extended statistics, rules, triggers, policies, comments; not its owner and who has privileges. A
    partition is written as PARTITION OF, without what it then gets from the partitioned table.
    `script.schema_script` rebuilds a whole database more exactly than these in a row.

    Args:
        relation: The relation.
        surroundings: Made once for the structure that it is of (`Surroundings.of`).
    """
    match relation.kind:
        case RelationKind.VIEW:
            groups = [create_view(relation)]
        case RelationKind.MATERIALIZED_VIEW:
            groups = [[create_materialized_view(relation, with_data=relation.populated)]]
        case RelationKind.UNKNOWN:
            return note(f"{relation.qualified.dotted} is of a kind that this version does not know") + "\n"
        case _:
            groups = _table(relation, surroundings)
    groups += [
        column_settings(relation),
        _indexes(relation),
        _statistics(relation, surroundings),
        create_rules(relation),
        create_triggers(relation) + copied_triggers(relation, _parent(relation, surroundings)),
        row_security(relation),
        relation_dependencies(relation, copies=False),
        relation_comments(relation) + constraint_comments(relation, copies=False),
    ]
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _table(relation: Relation, surroundings: Surroundings) -> list[list[str]]:
    """The table with its sequences and everything that could not stand inside it."""
    sequences = surroundings.serial_sequences(relation)
    form = table_form(relation, surroundings, apart=False)
    unvalidated = [key for key in own_foreign_keys(relation) if is_unvalidated(key)]
    return [
        [create_sequence(sequence) for sequence in sequences],
        create_table(relation, surroundings, form=form, foreign_keys=True),
        late_constraints(relation, surroundings, copies=form is Form.ALONE)
        + [add_constraint(relation, key) for key in unvalidated],
        [line for sequence in sequences for line in own_sequence(sequence) + sequence_comment(sequence)],
    ]


def _indexes(relation: Relation) -> list[str]:
    """The indexes that come neither with a constraint nor with the partitioned table's index."""
    statements = []
    for index in relation.indexes:
        if index.parent is not None:
            continue
        if index.constraint is None:
            statements += create_index(relation, index, only=False)
        if not is_left_out(relation, index):
            statements += index_tablespace(relation, index)
            statements += index_statistics(relation, index)
            statements += index_comment(relation, index)
    return statements + index_marks(relation, copies=False)


def _statistics(relation: Relation, surroundings: Surroundings) -> list[str]:
    found = surroundings.extended_statistics.get(relation.qualified, ())
    return [statement for each in found for statement in create_statistics(each)]


def _parent(relation: Relation, surroundings: Surroundings) -> Relation | None:
    return surroundings.relations.get(relation.partition.parent) if relation.partition else None
