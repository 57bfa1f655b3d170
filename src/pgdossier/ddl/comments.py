"""COMMENT ON statements."""

from __future__ import annotations

from pgdossier.ddl.routines import routine_keyword, routine_signature
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.sequences import Sequence
from pgdossier.model.types import Base, Composite, Domain, DomainCheck, Enum, Range

_KEYWORDS = {
    RelationKind.VIEW: "VIEW",
    RelationKind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    RelationKind.FOREIGN_TABLE: "FOREIGN TABLE",
}


def comment_on(what: str, comment: str | None) -> list[str]:
    """`COMMENT ON what IS 'comment';` (`what` is SQL already), or nothing when there is no comment."""
    return [] if comment is None else [f"COMMENT ON {what} IS {quote_literal(comment)};"]


def relation_comments(relation: Relation) -> list[str]:
    """The comments on a relation and its columns."""
    name = relation.qualified.sql
    keyword = _KEYWORDS.get(relation.kind, "TABLE")
    statements = comment_on(f"{keyword} {name}", relation.comment)
    for column in relation.columns:
        if column.comment is not None:
            statements += comment_on(f"COLUMN {name}.{quote_identifier(column.name)}", column.comment)
    return statements


def constraint_comments(relation: Relation, *, copies: bool) -> list[str]:
    """The comments on a table's constraints.

    Args:
        relation: The table.
        copies: Whether those on constraints are wanted that the table has from a parent.
    """
    primary = (relation.primary_key,) if relation.primary_key else ()
    constraints = (
        *primary,
        *relation.unique_keys,
        *relation.checks,
        *relation.exclusions,
        *relation.not_nulls,
        *relation.foreign_keys,
    )
    statements: list[str] = []
    for constraint in constraints:
        if constraint.comment is not None and (copies or not constraint.inherited):
            what = f"CONSTRAINT {quote_identifier(constraint.name)} ON {relation.qualified.sql}"
            statements += comment_on(what, constraint.comment)
    return statements


def index_comment(relation: Relation, index: Index) -> list[str]:
    """The comment on an index of that relation."""
    if index.comment is None:
        return []
    return comment_on(f"INDEX {QualifiedName(relation.schema, index.name).sql}", index.comment)


def type_comments(found: Enum | Domain | Composite | Range | Base) -> list[str]:
    """The comments on a type and on its attributes; those on a domain's checks are apart."""
    name = found.qualified.sql
    statements = comment_on(f"{'DOMAIN' if isinstance(found, Domain) else 'TYPE'} {name}", found.comment)
    if isinstance(found, Composite):
        for attribute in found.attributes:
            statements += comment_on(f"COLUMN {name}.{quote_identifier(attribute.name)}", attribute.comment)
    return statements


def domain_check_comment(domain: Domain, check: DomainCheck) -> list[str]:
    """The comment on a check of a domain."""
    what = f"CONSTRAINT {quote_identifier(check.name)} ON DOMAIN {domain.qualified.sql}"
    return comment_on(what, check.comment)


def routine_comment(routine: Routine) -> list[str]:
    """The comment on a routine."""
    return comment_on(f"{routine_keyword(routine)} {routine_signature(routine)}", routine.comment)


def sequence_comment(sequence: Sequence) -> list[str]:
    """The comment on a sequence."""
    return comment_on(f"SEQUENCE {sequence.qualified.sql}", sequence.comment)
