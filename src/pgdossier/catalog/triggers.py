"""Triggers (pg_trigger)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import after_keyword
from pgdossier.catalog.query import Query
from pgdossier.model.columns import Column
from pgdossier.model.names import RoutineName
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger


class TriggerRow(NamedTuple):
    """One trigger; `parent` is the trigger of the partitioned table that it is a clone of, or 0."""

    oid: int
    relation: int
    name: str
    type: int
    internal: bool
    parent: int
    enabled: str
    function_schema: str
    function_name: str
    function_arguments: str
    definition: str | None
    update_columns: list[int]
    conditional: bool
    constraint: bool
    deferrable: bool
    initially_deferred: bool
    old_table: str | None
    new_table: str | None
    comment: str | None


# A partition's clone of a user's trigger is marked internal before PostgreSQL 15, like the triggers that
# enforce foreign keys: `of_users` tells them apart by what they are clones of.
QUERY = Query(
    family="triggers",
    row=TriggerRow,
    sql="""
    SELECT t.oid AS oid,
           t.tgrelid AS relation,
           t.tgname AS name,
           t.tgtype AS type,
           t.tgisinternal AS internal,
           t.tgparentid AS parent,
           t.tgenabled AS enabled,
           pn.nspname AS function_schema,
           p.proname AS function_name,
           pg_catalog.pg_get_function_identity_arguments(p.oid) AS function_arguments,
           pg_catalog.pg_get_triggerdef(t.oid) AS definition,
           t.tgattr::pg_catalog.int2[] AS update_columns,
           t.tgqual IS NOT NULL AS conditional,
           t.tgconstraint <> 0 AS constraint,
           t.tgdeferrable AS deferrable,
           t.tginitdeferred AS initially_deferred,
           t.tgoldtable AS old_table,
           t.tgnewtable AS new_table,
           d.description AS comment
      FROM pg_catalog.pg_trigger t
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
      JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objsubid = 0
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND (NOT t.tgisinternal OR t.tgparentid <> 0)
    """,
)

ENABLED = Codes(
    column="pg_trigger.tgenabled",
    family="triggers",
    meanings={"O": Enabled.ORIGIN, "D": Enabled.DISABLED, "R": Enabled.REPLICA, "A": Enabled.ALWAYS},
    unknown=Enabled.UNKNOWN,
)

# The bits of pg_trigger.tgtype.
_ROW, _BEFORE, _INSTEAD = 1, 2, 64
_EVENTS = ((4, Event.INSERT), (16, Event.UPDATE), (8, Event.DELETE), (32, Event.TRUNCATE))


def of_users(rows: Iterable[TriggerRow]) -> list[TriggerRow]:
    """The triggers that users made, and the clones that partitions have of them."""
    known = {row.oid: row for row in rows}
    kept = []
    for row in known.values():
        root, steps = row, 0
        while root.parent in known and steps < len(known):
            root, steps = known[root.parent], steps + 1
        if not root.internal:
            kept.append(row)
    return kept


def trigger(row: TriggerRow, columns: Mapping[int, Column], gaps: Gaps) -> Trigger:
    """The trigger of a row; `columns` are its relation's, by number."""
    definition = row.definition or ""
    if row.type & _INSTEAD:
        timing = Timing.INSTEAD_OF
    else:
        timing = Timing.BEFORE if row.type & _BEFORE else Timing.AFTER
    return Trigger(
        name=row.name,
        timing=timing,
        events=tuple(event for bit, event in _EVENTS if row.type & bit),
        level=Level.ROW if row.type & _ROW else Level.STATEMENT,
        function=RoutineName(row.function_schema, row.function_name, row.function_arguments),
        definition=definition,
        update_columns=tuple(columns[number].name for number in row.update_columns if number in columns),
        condition=after_keyword(definition, "WHEN") if row.conditional else None,
        constraint=row.constraint,
        deferrable=row.deferrable,
        initially_deferred=row.initially_deferred,
        old_table=row.old_table,
        new_table=row.new_table,
        enabled=ENABLED.read(row.enabled, gaps),
        inherited=row.parent != 0,
        comment=row.comment,
    )
