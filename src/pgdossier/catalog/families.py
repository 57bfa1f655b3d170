"""What is read of the structure, and on which connection."""

from __future__ import annotations

from typing import Any, NamedTuple

from pgdossier.catalog import (
    base_types,
    casts,
    collations,
    columns,
    constraints,
    definitions,
    dependencies,
    event_triggers,
    extended_statistics,
    extensions,
    foreign_data,
    indexes,
    languages,
    operators,
    policies,
    privileges,
    relations,
    replication,
    roles,
    routines,
    rules,
    security_labels,
    sequences,
    text_search,
    triggers,
    types,
)
from pgdossier.catalog.query import Query


class Family(NamedTuple):
    """What is read by one query.

    Attributes:
        field: The field of `Rows` that the answer goes to.
        query: The query.
        many: Whether there are about as many rows as tables, or more. Such families come last.
        releasing: Whether locks are given back after it.
    """

    field: str
    query: Query[Any]
    many: bool = False
    releasing: bool = False


def here() -> tuple[Family, ...]:
    """What the first connection asks: mostly what has few rows."""
    return (
        Family("extensions", extensions.QUERY),
        Family("dependents", extensions.DEPENDENTS),
        Family("operator_classes", indexes.OPERATOR_CLASSES),
        Family("collations", indexes.COLLATIONS),
        Family("keywords", definitions.KEYWORDS),
        Family("column_types", columns.TYPES),
        Family("defaults", columns.DEFAULTS),
        Family("policies", policies.QUERY),
        Family("types", types.QUERY),
        Family("routines", routines.QUERY),
        Family("base_types", base_types.QUERY),
        Family("user_collations", collations.COLLATIONS),
        Family("conversions", collations.CONVERSIONS),
        Family("operators", operators.OPERATORS),
        Family("operator_families", operators.FAMILIES),
        Family("user_operator_classes", operators.CLASSES),
        Family("family_members", operators.MEMBERS),
        Family("access_methods", operators.ACCESS_METHODS),
        Family("languages", languages.QUERY),
        Family("casts", casts.CASTS),
        Family("transforms", casts.TRANSFORMS),
        Family("event_triggers", event_triggers.QUERY),
        Family("text_search_parsers", text_search.PARSERS),
        Family("text_search_templates", text_search.TEMPLATES),
        Family("text_search_dictionaries", text_search.DICTIONARIES),
        Family("text_search_configurations", text_search.CONFIGURATIONS),
        Family("text_search_mappings", text_search.MAPPINGS),
        Family("foreign_data_wrappers", foreign_data.WRAPPERS),
        Family("foreign_servers", foreign_data.SERVERS),
        Family("user_mappings", foreign_data.USER_MAPPINGS),
        Family("publications", replication.PUBLICATIONS),
        Family("published_tables", replication.PUBLISHED_TABLES),
        Family("subscriptions", replication.SUBSCRIPTIONS),
        Family("rules", rules.QUERY),
        Family("extended_statistics", extended_statistics.QUERY),
        Family("security_labels", security_labels.QUERY),
        Family("privileges", privileges.QUERY),
        Family("default_privileges", privileges.DEFAULTS),
        Family("changed_grants", privileges.CHANGED),
        Family("roles", roles.ROLES),
        Family("memberships", roles.MEMBERSHIPS),
        Family("session_settings", roles.SESSION_SETTINGS, releasing=True),
        Family("columns", columns.QUERY, many=True),
        Family("relations", relations.QUERY, many=True, releasing=True),
    )


def beside() -> tuple[Family, ...]:
    """What a second connection asks, if there is one: about as much work for the server."""
    return (
        Family("constraints", constraints.QUERY, many=True),
        Family("indexes", indexes.QUERY, many=True),
        Family("not_nulls", constraints.NOT_NULLS, many=True),
        Family("dependencies", dependencies.QUERY, many=True),
        Family("sequences", sequences.QUERY, many=True),
        Family("triggers", triggers.QUERY, many=True, releasing=True),
    )
