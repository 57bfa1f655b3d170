"""What is read of the structure, and on which connection."""

from __future__ import annotations

from collections.abc import Container, Iterable
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
        many: Whether there are about as many rows as tables, or more. Such families come after the others.
        turn: What is made of it: columns and definitions (0), relations (1), or the rest (2). It is asked in
            that order, and made while the server looks for what comes after it.
        releasing: Whether locks are given back after it.
        catalogs: There are no rows if none of these holds anything of users (`presence`); empty where that
            is not known.
    """

    field: str
    query: Query[Any]
    many: bool = False
    turn: int = 1
    releasing: bool = False
    catalogs: tuple[str, ...] = ()


def here(used: Container[str] | None = None) -> tuple[Family, ...]:
    """What the first connection asks: what columns are made of, and then mostly what has few rows.

    Args:
        used: The catalogs that hold something of users, as far as `presence` looks at them; None if that is
            not known.
    """
    return tuple(
        family
        for family in _here()
        if used is None or not family.catalogs or any(map(used.__contains__, family.catalogs))
    )


def _here() -> tuple[Family, ...]:
    return (
        Family("operator_classes", indexes.OPERATOR_CLASSES, turn=0),
        Family("collations", indexes.COLLATIONS, turn=0),
        Family("keywords", definitions.KEYWORDS, turn=0),
        Family("column_types", columns.TYPES, turn=0),
        Family("defaults", columns.DEFAULTS, turn=0),
        Family("columns", columns.QUERY, many=True, turn=0),
        Family("relations", relations.QUERY, many=True, turn=0, releasing=True),
        Family("extensions", extensions.QUERY),
        Family("dependents", extensions.DEPENDENTS),
        Family("policies", policies.QUERY),
        Family("routines", routines.QUERY),
        Family("base_types", base_types.QUERY),
        Family("user_collations", collations.COLLATIONS, catalogs=("pg_collation",)),
        Family("conversions", collations.CONVERSIONS, catalogs=("pg_conversion",)),
        Family("operators", operators.OPERATORS, catalogs=("pg_operator",)),
        Family("operator_families", operators.FAMILIES, catalogs=("pg_opfamily",)),
        Family("user_operator_classes", operators.CLASSES, catalogs=("pg_opclass",)),
        Family("family_members", operators.MEMBERS, catalogs=("pg_amop", "pg_amproc")),
        Family("access_methods", operators.ACCESS_METHODS, catalogs=("pg_am",)),
        Family("languages", languages.QUERY, catalogs=("pg_language",)),
        Family("casts", casts.CASTS, catalogs=("pg_cast",)),
        Family("transforms", casts.TRANSFORMS, catalogs=("pg_transform",)),
        Family("event_triggers", event_triggers.QUERY, catalogs=("pg_event_trigger",)),
        Family("text_search_parsers", text_search.PARSERS, catalogs=("pg_ts_parser",)),
        Family("text_search_templates", text_search.TEMPLATES, catalogs=("pg_ts_template",)),
        Family("text_search_dictionaries", text_search.DICTIONARIES, catalogs=("pg_ts_dict",)),
        Family("text_search_configurations", text_search.CONFIGURATIONS, catalogs=("pg_ts_config",)),
        Family("text_search_mappings", text_search.MAPPINGS, catalogs=("pg_ts_config",)),
        Family("foreign_data_wrappers", foreign_data.WRAPPERS, catalogs=("pg_foreign_data_wrapper",)),
        Family("foreign_servers", foreign_data.SERVERS, catalogs=("pg_foreign_server",)),
        Family("user_mappings", foreign_data.USER_MAPPINGS, catalogs=("pg_foreign_server",)),
        Family("publications", replication.PUBLICATIONS, catalogs=("pg_publication",)),
        Family("published_tables", replication.PUBLISHED_TABLES, catalogs=("pg_publication",)),
        Family("subscriptions", replication.SUBSCRIPTIONS),
        Family("rules", rules.QUERY),
        Family("extended_statistics", extended_statistics.QUERY, catalogs=("pg_statistic_ext",)),
        Family("security_labels", security_labels.QUERY),
        Family("default_privileges", privileges.DEFAULTS),
        Family("roles", roles.ROLES),
        Family("memberships", roles.MEMBERSHIPS),
        Family("session_settings", roles.SESSION_SETTINGS, releasing=True),
    )


def beside() -> tuple[Family, ...]:
    """What a second connection asks, if there is one: about as much work for the server."""
    return (
        Family("constraints", constraints.QUERY, many=True, turn=0),
        Family("indexes", indexes.QUERY, many=True, turn=0),
        Family("not_nulls", constraints.NOT_NULLS, many=True),
        Family("types", types.QUERY, many=True),
        Family("privileges", privileges.QUERY, many=True),
        Family("triggers", triggers.QUERY, many=True, releasing=True),
        # The server prints nothing for these: whether the schema changed is looked at before.
        Family("sequences", sequences.QUERY, many=True, turn=2),
        Family("dependencies", dependencies.QUERY, many=True, turn=2),
        Family("changed_grants", privileges.CHANGED, many=True, turn=2),
    )


def in_turn(asked: Iterable[Family], turn: int) -> list[Family]:
    """Those of which that is the turn."""
    return [family for family in asked if family.turn == turn]
