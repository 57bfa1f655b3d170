"""CREATE RULE and the states of rules."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.rules import Rule
from pgdossier.model.triggers import Enabled

_STATES = {
    Enabled.DISABLED: "DISABLE",
    Enabled.REPLICA: "ENABLE REPLICA",
    Enabled.ALWAYS: "ENABLE ALWAYS",
}


def create_rules(relation: Relation) -> list[str]:
    """The relation's rules with their states and comments."""
    return [statement for rule in relation.rules for statement in create_rule(relation, rule)]


def create_rule(relation: Relation, rule: Rule) -> list[str]:
    """One rule; those of views are always enabled, only tables can say otherwise."""
    table, name = relation.qualified.sql, quote_identifier(rule.name)
    statements = [f"{rule.definition};"]
    if rule.enabled in _STATES:
        statements.append(f"ALTER TABLE {table} {_STATES[rule.enabled]} RULE {name};")
    return [*statements, *comment_on(f"RULE {name} ON {table}", rule.comment)]
