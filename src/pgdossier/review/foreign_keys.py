"""Suggested SQL that drops foreign keys, or declares them again in another way.

What is dropped takes ACCESS EXCLUSIVE on both tables (ALTER TABLE, "DROP CONSTRAINT"); that is why a key is
added again as NOT VALID in the same statement, and the rows are read by a second one that blocks nobody.
"""

from __future__ import annotations

from pgdossier.model.constraints import Action, ForeignKey, Match
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import fixes
from pgdossier.review.fixes import Lock, Step, Work


def dropped(relation: Relation, key: ForeignKey) -> Step:
    """DROP CONSTRAINT."""
    return fixes.alter_table(relation, f"DROP CONSTRAINT {quote_identifier(key.name)}")


def declared_again(
    relation: Relation,
    key: ForeignKey,
    *,
    on_delete: Action | None = None,
    on_update: Action | None = None,
    match: Match | None = None,
) -> tuple[Step, ...]:
    """The foreign key dropped and added under its name with other actions or another MATCH.

    Foreign keys of a partitioned table can only be NOT VALID from PostgreSQL 18 on: there it is one step.
    """
    quoted = quote_identifier(key.name)
    clauses = _clauses(key, on_delete or key.on_delete, on_update or key.on_update, match or key.match)
    action = f"DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {clauses}"
    if not key.enforced:
        return (fixes.alter_table(relation, f"{action} NOT ENFORCED"),)
    if relation.kind is RelationKind.PARTITIONED_TABLE:
        return (fixes.alter_table(relation, action, work=Work.SCAN),)
    again = fixes.alter_table(relation, f"{action} NOT VALID")
    if not key.validated:
        return (again,)
    validate = f"VALIDATE CONSTRAINT {quoted}"
    return (again, fixes.alter_table(relation, validate, Lock.SHARE_UPDATE_EXCLUSIVE, Work.SCAN))


def _clauses(key: ForeignKey, on_delete: Action, on_update: Action, match: Match) -> str:
    own, target = _columns(key.columns, key.period), _columns(key.target_columns, key.period)
    clauses = f"FOREIGN KEY ({own}) REFERENCES {key.target.sql} ({target})"
    if match is Match.FULL:
        clauses += " MATCH FULL"
    if on_update is not Action.NO_ACTION:
        clauses += f" ON UPDATE {on_update.upper()}"
    if on_delete is not Action.NO_ACTION:
        clauses += f" ON DELETE {on_delete.upper()}"
        if key.on_delete_columns and on_delete is key.on_delete:
            clauses += f" ({fixes.identifiers(key.on_delete_columns)})"
    if key.deferrable:
        clauses += " DEFERRABLE"
    if key.initially_deferred:
        clauses += " INITIALLY DEFERRED"
    return clauses


def _columns(columns: tuple[str, ...], period: bool) -> str:
    if not period:
        return fixes.identifiers(columns)
    return f"{fixes.identifiers(columns[:-1])}, PERIOD {quote_identifier(columns[-1])}"
