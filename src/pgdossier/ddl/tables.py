"""CREATE TABLE and CREATE FOREIGN TABLE, with what has to follow at once."""

from __future__ import annotations

import msgspec

from pgdossier.ddl.columns import ColumnLine, aligned, column_line
from pgdossier.ddl.constraints import constraint_line, is_unvalidated, late_keys
from pgdossier.ddl.expressions import foreign_options, storage_parameters, unread_options
from pgdossier.ddl.inheritance import (
    Form,
    adjust_inherited,
    attach,
    given_column,
    inherited_identities,
    inherited_not_nulls,
    owns_not_null,
)
from pgdossier.ddl.sequences import identity_persistence
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Persistence, Relation, RelationKind


class Postponed(msgspec.Struct, frozen=True):
    """What of a table is not made with it, because it needs something that needs the table."""

    defaults: frozenset[str] = frozenset()
    constraints: frozenset[str] = frozenset()
    attach: bool = False


NOTHING = Postponed()

_OWN_EXPRESSION_SINCE = 16


def create_table(
    relation: Relation,
    surroundings: Surroundings,
    *,
    form: Form,
    foreign_keys: bool,
    postponed: Postponed = NOTHING,
) -> list[str]:
    """A table and, where it needs them, the statements that complete its columns and attach it.

    Args:
        relation: The table, partitioned table or foreign table.
        surroundings: The other relations and the sequences.
        form: See `inheritance.table_form`.
        foreign_keys: Whether the foreign keys stand among the constraints.
        postponed: What to leave out because it is made later.
    """
    columns = _columns(relation, surroundings, form, postponed)
    lines = aligned(columns) + _constraints(
        relation, surroundings, form, postponed, foreign_keys=foreign_keys
    )
    head = _head(relation, form)
    if lines:
        head += " (\n    " + ",\n    ".join(lines) + "\n)"
    elif form in (Form.ALONE, Form.INHERITS):
        head += " ()"
    statements = [*_unread(relation), "\n".join([head, *_tail(relation, form)]) + ";"]
    if form in (Form.INHERITS, Form.PARTITION_OF):
        named = {line.name for line in columns}
        listed = frozenset(
            column.name for column in relation.columns if quote_identifier(column.name) in named
        )
        statements += adjust_inherited(relation, surroundings, listed, postponed.defaults)
        statements += inherited_identities(relation, surroundings, listed)
    if form is Form.ALONE and not postponed.attach:
        statements += attach(relation)
    statements += _options_of_given_columns(relation, surroundings, form)
    return statements + identity_persistence(
        relation, surroundings.identity_sequences(relation), surroundings.major
    )


def _options_of_given_columns(relation: Relation, surroundings: Surroundings, form: Form) -> list[str]:
    """The foreign options of columns that come from elsewhere: there is no place for them in CREATE."""
    if form is Form.ALONE:
        return []
    return [
        f"ALTER FOREIGN TABLE ONLY {relation.qualified.sql} ALTER COLUMN {quote_identifier(column.name)}"
        f" {foreign_options(column.foreign_options)};"
        for column in relation.columns
        if column.foreign_options
        and not _is_own(relation, surroundings, column, form)
        and foreign_options(column.foreign_options)
    ]


def _unread(relation: Relation) -> list[str]:
    """What the definition of a foreign table does not say, because it may be secret."""
    lines = unread_options("the table", relation.foreign_source.options) if relation.foreign_source else []
    for column in relation.columns:
        if column.foreign_options:
            lines += unread_options(f"column {quote_identifier(column.name)}", column.foreign_options)
    return lines


def _head(relation: Relation, form: Form) -> str:
    if relation.kind is RelationKind.FOREIGN_TABLE:
        keyword = "FOREIGN TABLE"
    elif relation.persistence is Persistence.UNLOGGED:
        keyword = "UNLOGGED TABLE"
    else:
        keyword = "TABLE"
    head = f"CREATE {keyword} {relation.qualified.sql}"
    if form is Form.OF_TYPE and relation.of_type:
        head += f" OF {relation.of_type.sql}"
    if form is Form.PARTITION_OF and relation.partition:
        head += f" PARTITION OF {relation.partition.parent.sql}"
    return head


def _tail(relation: Relation, form: Form) -> list[str]:
    """What follows the closing parenthesis, in the order that the grammar wants."""
    tail = []
    if form is Form.INHERITS:
        tail.append("INHERITS (" + ", ".join(parent.sql for parent in relation.inherits) + ")")
    if form is Form.PARTITION_OF and relation.partition:
        tail.append(relation.partition.bound)
    if relation.partitioning:
        tail.append(f"PARTITION BY {relation.partitioning.strategy.upper()} ({relation.partitioning.key})")
    if relation.foreign_source:
        server = f"SERVER {quote_identifier(relation.foreign_source.server)}"
        tail.append(f"{server} {foreign_options(relation.foreign_source.options)}".rstrip())
    if relation.access_method:
        tail.append(f"USING {quote_identifier(relation.access_method)}")
    if relation.options:
        tail.append(f"WITH ({storage_parameters(relation.options)})")
    if relation.tablespace:
        tail.append(f"TABLESPACE {quote_identifier(relation.tablespace)}")
    return tail


def _columns(
    relation: Relation, surroundings: Surroundings, form: Form, postponed: Postponed
) -> list[ColumnLine]:
    if form is Form.ALONE and not postponed.defaults:
        return [column_line(relation, column, surroundings) for column in relation.columns]
    lines = []
    for column in relation.columns:
        default = column.name not in postponed.defaults
        shown = column if column.generated is None or default else without_expression(column)
        if form is Form.ALONE:
            lines.append(column_line(relation, shown, surroundings, default=default))
        elif _is_own(relation, surroundings, column, form):
            not_null = owns_not_null(relation, column)
            own = _with_settled_default(relation, surroundings, shown)
            own = _without_inherited_expression(relation, surroundings, own)
            lines.append(column_line(relation, own, surroundings, default=default, not_null=not_null))
        elif form is not Form.INHERITS:
            line = _added_to_column(relation, surroundings, shown, form, default=default)
            if line.clauses:
                lines.append(line)
    return lines


def without_expression(column: Column) -> Column:
    """A generated column that must have an expression at once; `set_default` gives it its own."""
    return msgspec.structs.replace(column, default=f"NULL::{column.type}")


def _is_own(relation: Relation, surroundings: Surroundings, column: Column, form: Form) -> bool:
    """Whether a child names the column: it is its own, or it cannot be taken from the parents as it is."""
    if form is not Form.INHERITS:
        return False
    given = given_column(relation, surroundings, column.name)
    computed = column.generated is not None and given is not None and given.default != column.default
    return column.local or computed or (given is not None and given.conflicting)


def _added_to_column(
    relation: Relation, surroundings: Surroundings, column: Column, form: Form, *, default: bool
) -> ColumnLine:
    """What a partition or a typed table adds to a column that comes from elsewhere."""
    given = given_column(relation, surroundings, column.name)
    bare = relation.partition is not None and (given is None or given.default == column.default)
    return column_line(
        relation,
        # A partition's value is its parent's unless it says otherwise.
        _without_value(column) if bare and form is Form.PARTITION_OF else column,
        surroundings,
        default=default,
        not_null=owns_not_null(relation, column) and (given is None or given.nullable),
        typed=False,
    )


def _with_settled_default(relation: Relation, surroundings: Surroundings, column: Column) -> Column:
    """The column with an explicit "no default" where its parents' defaults would be in conflict."""
    if column.default is not None:
        return column
    given = given_column(relation, surroundings, column.name)
    settled = given is None or not given.conflicting
    return column if settled else msgspec.structs.replace(column, default="NULL")


def _without_inherited_expression(relation: Relation, surroundings: Surroundings, column: Column) -> Column:
    """The column without a generation expression that it must have from its parents.

    Before PostgreSQL 16 a child cannot have another one, nor say it again.
    """
    if surroundings.major >= _OWN_EXPRESSION_SINCE or column.generated is None:
        return column
    given = [
        each
        for parent in surroundings.parents(relation) or ()
        for each in parent.columns
        if each.name == column.name
    ]
    inherited = any(each.generated is not None for each in given)
    return msgspec.structs.replace(column, generated=None, default=None) if inherited else column


def _without_value(column: Column) -> Column:
    return Column(name=column.name, type=column.type, nullable=column.nullable)


def _constraints(
    relation: Relation, surroundings: Surroundings, form: Form, postponed: Postponed, *, foreign_keys: bool
) -> list[str]:
    """The lines of the table's constraints: NOT NULL of inherited columns, keys, checks, foreign keys."""
    with_copies = form is Form.ALONE  # a table that is attached must have what its parents have
    late = {key.name for key in late_keys(relation, surroundings)} | postponed.constraints
    primary = (relation.primary_key,) if relation.primary_key else ()
    lines = inherited_not_nulls(relation) if form is Form.INHERITS else []
    constraints = (*primary, *relation.unique_keys, *relation.checks, *relation.exclusions)
    for constraint in constraints:
        left_out = constraint.name in late or is_unvalidated(constraint)
        if not left_out and (with_copies or not constraint.inherited):
            lines.append(constraint_line(relation, constraint))
    if foreign_keys:
        lines += [
            constraint_line(relation, key)
            for key in relation.foreign_keys
            if not key.inherited and not is_unvalidated(key)
        ]
    return lines
