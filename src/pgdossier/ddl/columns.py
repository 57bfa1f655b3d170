"""The lines of columns in CREATE TABLE."""

from __future__ import annotations

import msgspec

from pgdossier.ddl.expressions import foreign_options, parenthesised
from pgdossier.ddl.sequences import identity_options
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.constraints import NotNull
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation

_WIDEST = 40  # a name or type longer than this does not push the others to the right


class ColumnLine(msgspec.Struct, frozen=True):
    """One column, cut where the lines of a table are aligned."""

    name: str
    type: str
    clauses: str


def aligned(lines: list[ColumnLine]) -> list[str]:
    """The lines with names, types and clauses under each other."""
    name_width = _width([line.name for line in lines])
    type_width = _width([line.type for line in lines if line.clauses])
    return [
        f"{line.name.ljust(name_width)} {line.type.ljust(type_width)} {line.clauses}".rstrip()
        if line.clauses
        else f"{line.name.ljust(name_width)} {line.type}"
        for line in lines
    ]


def _width(texts: list[str]) -> int:
    return max([length for text in texts if (length := len(text)) <= _WIDEST], default=0)


def column_line(
    relation: Relation,
    column: Column,
    surroundings: Surroundings,
    *,
    default: bool = True,
    not_null: bool = True,
    typed: bool = True,
) -> ColumnLine:
    """A column with everything that is written beside it.

    Args:
        relation: The column's relation.
        column: The column.
        surroundings: Where its identity sequence is found.
        default: Whether a default is written (a generation expression always is).
        not_null: Whether NOT NULL is written.
        typed: False where the type comes from elsewhere (a row type, a parent): WITH OPTIONS then stands
            for it.
    """
    clauses = []
    options = foreign_options(column.foreign_options) if typed and column.foreign_options else ""
    if options:
        clauses.append(options)
    if typed and column.collation:
        clauses.append(f"COLLATE {column.collation.sql}")
    if not_null and not column.nullable:
        clauses += not_null_clause(relation, column, surroundings)
    if column.default is not None or column.identity is not None or column.generated is not None:
        clauses += value_clause(relation, column, surroundings, default=default)
    kind = column.type if typed else "WITH OPTIONS"
    return ColumnLine(quote_identifier(column.name), kind, " ".join(clauses))


def not_null_constraint(relation: Relation, column: Column) -> NotNull | None:
    """The named constraint behind a column's NOT NULL (PostgreSQL 18), None where there is no name."""
    name = column.name
    for found in relation.not_nulls:
        if found.column == name:
            return found
    return None


def not_null_clause(relation: Relation, column: Column, surroundings: Surroundings) -> list[str]:
    """NOT NULL, with its name where PostgreSQL would choose another; an unvalidated one is added apart."""
    if column.nullable:
        return []
    named = not_null_constraint(relation, column)
    if named is None:
        return ["NOT NULL"]
    if not named.validated:
        return []
    words = ["NOT NULL", "NO INHERIT"] if named.no_inherit else ["NOT NULL"]
    shared = surroundings.shared_names
    if named.name == f"{relation.name}_{column.name}_not_null" and not (
        shared and QualifiedName(relation.schema, named.name) in shared
    ):
        return words
    return [f"CONSTRAINT {quote_identifier(named.name)}", *words]


def value_clause(
    relation: Relation, column: Column, surroundings: Surroundings, *, default: bool = True
) -> list[str]:
    """Where a column's value comes from when none is given: generated, identity or default."""
    if column.generated is not None:
        kind = "VIRTUAL" if column.generated is Generated.VIRTUAL else "STORED"
        return [f"GENERATED ALWAYS AS {parenthesised(column.default or 'NULL')} {kind}"]
    if column.identity is not None:
        return _identity_clause(relation, column, surroundings)
    return [f"DEFAULT {column.default}"] if default and column.default is not None else []


def _identity_clause(relation: Relation, column: Column, surroundings: Surroundings) -> list[str]:
    sequence = surroundings.identity_sequence(relation, column.name)
    if sequence is None and relation.partition:
        return []  # since PostgreSQL 17 a partition has its parent's identity, and no sequence of its own
    kind = "BY DEFAULT" if column.identity is Identity.BY_DEFAULT else "ALWAYS"
    options = identity_options(sequence, relation.name, column.name) if sequence else []
    return [f"GENERATED {kind} AS IDENTITY" + (f" ({' '.join(options)})" if options else "")]
