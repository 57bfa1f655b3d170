"""Event triggers (pg_event_trigger)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.names import QualifiedName
from pgdossier.model.triggers import Enabled


class EventTriggerRow(NamedTuple):
    """One event trigger."""

    oid: int
    name: str
    owner: str
    event: str
    function: int
    function_schema: str
    function_name: str
    tags: list[str] | None
    enabled: str
    comment: str | None


# One whose function is in a schema that is not documented belongs there; extensions' functions count as
# the server's.
QUERY = Query(
    family="event triggers",
    row=EventTriggerRow,
    sql="""
    SELECT e.oid AS oid,
           e.evtname AS name,
           pg_catalog.pg_get_userbyid(e.evtowner) AS owner,
           e.evtevent AS event,
           p.oid AS function,
           n.nspname AS function_schema,
           p.proname AS function_name,
           e.evttags AS tags,
           e.evtenabled AS enabled,
           d.description AS comment
      FROM pg_catalog.pg_event_trigger e
      JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = e.oid AND d.classoid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass
       AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_depend m
        ON m.objid = p.oid AND m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND m.deptype = 'e'
     WHERE (n.oid = ANY (%(namespaces)s) OR m.objid IS NOT NULL)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = e.oid AND x.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
)

ENABLED = Codes(
    column="pg_event_trigger.evtenabled",
    family="event triggers",
    meanings={"O": Enabled.ORIGIN, "D": Enabled.DISABLED, "R": Enabled.REPLICA, "A": Enabled.ALWAYS},
    unknown=Enabled.UNKNOWN,
)


def event_trigger(row: EventTriggerRow, gaps: Gaps) -> EventTrigger:
    """The event trigger of a row."""
    return EventTrigger(
        name=row.name,
        owner=row.owner,
        event=row.event,
        function=QualifiedName(row.function_schema, row.function_name),
        tags=tuple(row.tags or ()),
        enabled=ENABLED.read(row.enabled, gaps),
        comment=row.comment,
    )
