"""Row security: its switches and CREATE POLICY."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note, parenthesised
from pgdossier.model.names import quote_identifier
from pgdossier.model.policies import Command, Policy
from pgdossier.model.relations import Relation


def row_security(relation: Relation) -> list[str]:
    """Whether row security is on for the table, and its policies."""
    statements = []
    if relation.row_security:
        statements.append(f"ALTER TABLE {relation.qualified.sql} ENABLE ROW LEVEL SECURITY;")
    if relation.force_row_security:
        statements.append(f"ALTER TABLE {relation.qualified.sql} FORCE ROW LEVEL SECURITY;")
    for policy in relation.policies:
        statements += create_policy(relation, policy)
    return statements


def create_policy(relation: Relation, policy: Policy) -> list[str]:
    """A policy with its comment. What PostgreSQL assumes is left out: permissive, all commands, everyone."""
    if policy.command is Command.UNKNOWN:
        return [note(f"policy {policy.name} is for a command that this version does not know: left out")]
    head = f"CREATE POLICY {quote_identifier(policy.name)} ON {relation.qualified.sql}"
    if not policy.permissive:
        head += " AS RESTRICTIVE"
    if policy.command is not Command.ALL:
        head += f" FOR {policy.command.upper()}"
    if policy.roles:
        head += " TO " + ", ".join(quote_identifier(role) for role in policy.roles)
    parts = [head]
    if policy.using is not None:
        parts.append(f"USING {parenthesised(policy.using)}")
    if policy.check is not None:
        parts.append(f"WITH CHECK {parenthesised(policy.check)}")
    what = f"POLICY {quote_identifier(policy.name)} ON {relation.qualified.sql}"
    return ["\n    ".join(parts) + ";", *comment_on(what, policy.comment)]
