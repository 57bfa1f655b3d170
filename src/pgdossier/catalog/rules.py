"""Rewrite rules (pg_rewrite), those that make a view a view left out."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.rules import Rule
from pgdossier.model.triggers import Enabled


class RuleRow(NamedTuple):
    """One rule of a relation."""

    relation: int
    name: str
    event: str
    instead: bool
    enabled: str
    definition: str
    comment: str | None


QUERY = Query(
    family="rules",
    row=RuleRow,
    sql="""
    SELECT r.ev_class AS relation,
           r.rulename AS name,
           r.ev_type AS event,
           r.is_instead AS instead,
           r.ev_enabled AS enabled,
           pg_catalog.pg_get_ruledef(r.oid) AS definition,
           d.description AS comment
      FROM pg_catalog.pg_rewrite r
      JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objsubid = 0
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND r.rulename <> '_RETURN'
    """,
)

EVENTS = Codes(
    column="pg_rewrite.ev_type",
    family="rules",
    meanings={"1": "select", "2": "update", "3": "insert", "4": "delete"},
    unknown="unknown",
)
ENABLED = Codes(
    column="pg_rewrite.ev_enabled",
    family="rules",
    meanings={"O": Enabled.ORIGIN, "D": Enabled.DISABLED, "R": Enabled.REPLICA, "A": Enabled.ALWAYS},
    unknown=Enabled.UNKNOWN,
)


def rule(row: RuleRow, gaps: Gaps) -> Rule:
    """The rule of a row."""
    return Rule(
        name=row.name,
        event=EVENTS.read(row.event, gaps),
        instead=row.instead,
        definition=row.definition.strip().removesuffix(";"),
        enabled=ENABLED.read(row.enabled, gaps),
        comment=row.comment,
    )
