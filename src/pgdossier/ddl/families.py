"""The statements of tables that are made together, because some columns are added when all of them are there.

CREATE TABLE makes each table with what it has at first (`late_columns`); ALTER TABLE ... ADD COLUMN of a
parent gives a column to its children too; what needs a column that was added, or must not be there when a
table is attached, comes at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from pgdossier.ddl.columns import column_line, not_null_constraint, value_clause
from pgdossier.ddl.comments import relation_comments, sequence_comment
from pgdossier.ddl.constraints import add_constraint, add_not_null, is_unvalidated, keys, late_keys
from pgdossier.ddl.expressions import foreign_options
from pgdossier.ddl.inheritance import Form, alter_column, attach, set_default
from pgdossier.ddl.late_columns import Act, Added, Made, foreign_to_attached
from pgdossier.ddl.sequences import create_sequence, own_sequence
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.ddl.tables import Postponed, create_table, without_expression
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, Key
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


def create_family(
    acts: tuple[Act, ...], surroundings: Surroundings, postponed: Mapping[QualifiedName, Postponed]
) -> list[str]:
    """The tables of one family with their sequences and comments.

    Args:
        acts: See `late_columns.Family.acts`.
        surroundings: Where the tables and everything else are found.
        postponed: What of each table is made later still.
    """
    return _FamilyWriter(acts, surroundings, postponed).statements()


class _FamilyWriter:
    """The state of one `create_family`: the tables as far as they are made."""

    def __init__(
        self, acts: tuple[Act, ...], surroundings: Surroundings, postponed: Mapping[QualifiedName, Postponed]
    ) -> None:
        self.acts = acts
        self.surroundings = surroundings
        self.postponed = postponed
        self.births = {act.relation: act for act in acts if isinstance(act, Made)}
        self.relations = [surroundings.relations[name] for name in self.births]
        self.so_far = dict(surroundings.relations)  # what each table is at this point of the script
        self.surroundings_so_far = replace(surroundings, relations=self.so_far)
        attached = [
            foreign_to_attached(relation, surroundings.parents(relation) or [])
            for relation in self.relations
            if self.births[relation.qualified].inheriting < len(relation.inherits)
        ]
        added = {act.column for act in acts if isinstance(act, Added)}
        self.late_checks = frozenset[str]().union(*(found.checks for found in attached))
        # As a constraint with a name, NOT NULL is a table's own, a parent's, or both, like a check.
        named = {each.column for relation in self.relations for each in relation.not_nulls}
        self.late_not_nulls = (added & named).union(*(found.not_nulls for found in attached))

    def statements(self) -> list[str]:
        """All of them."""
        sequences = [
            sequence
            for relation in self.relations
            for sequence in self.surroundings.serial_sequences(relation)
        ]
        statements = [create_sequence(sequence) for sequence in sequences]
        for act in self.acts:
            statements += self._create(act) if isinstance(act, Made) else self._add(act)
        # A child's own first: what a parent then adds is merged with it.
        for relation in reversed(self.relations):
            statements += self._not_nulls(relation)
        for relation in reversed(self.relations):
            statements += self._settings(relation) + self._constraints(relation)
        for sequence in sequences:
            statements += own_sequence(sequence) + sequence_comment(sequence)
        return statements + [line for relation in self.relations for line in relation_comments(relation)]

    # Tables and columns

    def _create(self, act: Made) -> list[str]:
        relation = self.surroundings.relations[act.relation]
        young = self._at_first(relation)
        self.so_far[act.relation] = young
        rest = replace(relation, inherits=relation.inherits[act.inheriting :])
        statements = create_table(
            replace(young, inherits=relation.inherits[: act.inheriting]),
            self.surroundings_so_far,
            form=Form.INHERITS if act.inheriting else Form.ALONE,
            foreign_keys=False,
            postponed=self.postponed[act.relation],
        )
        return statements + attach(rest)

    def _at_first(self, relation: Relation) -> Relation:
        """The table with what it has when it is made."""
        columns = relation.columns[: self.births[relation.qualified].columns]
        early = {column.name for column in columns} - self.late_not_nulls
        return replace(
            relation,
            columns=tuple(self._without_not_null(column) for column in columns),
            primary_key=relation.primary_key
            if relation.primary_key and not self._is_late(relation, relation.primary_key)
            else None,
            unique_keys=tuple(key for key in relation.unique_keys if not self._is_late(relation, key)),
            exclusions=tuple(key for key in relation.exclusions if not self._is_late(relation, key)),
            checks=tuple(check for check in relation.checks if not self._is_late(relation, check)),
            not_nulls=tuple(named for named in relation.not_nulls if named.column in early),
        )

    def _without_not_null(self, column: Column) -> Column:
        if column.name not in self.late_not_nulls:
            return column
        return replace(column, nullable=True, identity=None)

    def _add(self, act: Added) -> list[str]:
        relation = self.surroundings.relations[act.relation]
        column = self._first_form(relation, act.column)
        line = column_line(relation, column, self.surroundings)
        definition = " ".join(part for part in (line.name, line.type, line.clauses) if part)
        statements = [f"ALTER TABLE {relation.qualified.sql} ADD COLUMN {definition};"]
        for name in act.receivers:
            statements += self._adjust(self.surroundings.relations[name], column)
        for name in (act.relation, *act.receivers):
            found = self.surroundings.relations[name].column(act.column)
            so_far = self.so_far[name]
            self.so_far[name] = replace(so_far, columns=(*so_far.columns, self._without_not_null(found)))
        return statements

    def _first_form(self, relation: Relation, name: str) -> Column:
        """The column as ADD COLUMN makes it, in that table and in its children."""
        column = self._without_not_null(relation.column(name))
        # No identity can be added to a table with children, and the options are each table's own.
        column = replace(column, identity=None, foreign_options=())
        if name not in self.postponed[relation.qualified].defaults:
            return column
        return without_expression(column) if column.generated else replace(column, default=None)

    def _adjust(self, relation: Relation, given: Column) -> list[str]:
        """What makes a column that a table got with a parent's what it is."""
        column = self._without_not_null(relation.column(given.name))
        statements = []
        if column.default != given.default and column.name not in self.postponed[relation.qualified].defaults:
            dropped = column.default is None
            statements.append(
                alter_column(relation, column, "DROP DEFAULT") if dropped else set_default(relation, column)
            )
        if column.nullable != given.nullable:
            statements.append(
                alter_column(relation, column, f"{'DROP' if column.nullable else 'SET'} NOT NULL")
            )
        return statements

    # What comes when all columns are there

    def _not_nulls(self, relation: Relation) -> list[str]:
        statements = []
        for column in relation.columns:
            if column.name in self.late_not_nulls and not column.nullable:
                named = not_null_constraint(relation, column)
                if named is None:
                    statements.append(alter_column(relation, column, "SET NOT NULL"))
                elif named.validated and not named.inherited:
                    statements.append(add_not_null(relation, named))
        return statements

    def _settings(self, relation: Relation) -> list[str]:
        """Identity and foreign options of columns that were added."""
        first = self.births[relation.qualified].columns
        statements = []
        for position, column in enumerate(relation.columns):
            if column.identity and (position >= first or column.name in self.late_not_nulls):
                identity = " ".join(value_clause(relation, column, self.surroundings))
                statements.append(alter_column(relation, column, f"ADD {identity}"))
        return statements + [
            alter_column(relation, column, foreign_options(column.foreign_options))
            for column in relation.columns[first:]
            if foreign_options(column.foreign_options)
        ]

    def _constraints(self, relation: Relation) -> list[str]:
        left_out = {key.name for key in late_keys(relation, self.surroundings)}
        left_out |= self.postponed[relation.qualified].constraints
        constraints: tuple[Check | Key | Exclusion, ...] = (*relation.checks, *keys(relation))
        return [
            add_constraint(relation, each)
            for each in constraints
            if self._is_late(relation, each)
            and each.name not in left_out
            and not each.inherited
            and not is_unvalidated(each)
        ]

    def _is_late(self, relation: Relation, constraint: Check | Key | Exclusion) -> bool:
        """Whether a constraint is made when all columns are there."""
        added = {column.name for column in relation.columns[self.births[relation.qualified].columns :]}
        match constraint:
            case Check():
                return constraint.name in self.late_checks or not added.isdisjoint(constraint.columns)
            case Key():
                needed = {*constraint.columns, *constraint.include}
                late = added | (self.late_not_nulls if constraint == relation.primary_key else set())
                return not late.isdisjoint(needed)
            case Exclusion():
                return bool(added)  # its expressions may need any column
