"""Sequences (pg_sequence) and the columns that own them (pg_depend)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.sequences import Sequence, SequenceOwner


class SequenceRow(NamedTuple):
    """One sequence; the `owner_…` columns are None when no column owns it."""

    oid: int
    schema: str
    name: str
    owner: str
    type: str
    start: int
    minimum: int
    maximum: int
    increment: int
    cache: int
    cycle: bool
    persistence: str
    owner_relation: int | None
    owner_schema: str | None
    owner_name: str | None
    owner_number: int | None
    identity: bool | None
    comment: str | None


QUERY = Query(
    family="sequences",
    row=SequenceRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           pg_catalog.pg_get_userbyid(c.relowner) AS owner,
           pg_catalog.format_type(s.seqtypid, NULL) AS type,
           s.seqstart AS start,
           s.seqmin AS minimum,
           s.seqmax AS maximum,
           s.seqincrement AS increment,
           s.seqcache AS cache,
           s.seqcycle AS cycle,
           c.relpersistence AS persistence,
           o.oid AS owner_relation,
           onsp.nspname AS owner_schema,
           o.relname AS owner_name,
           dep.refobjsubid AS owner_number,
           dep.deptype = 'i' AS identity,
           d.description AS comment
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_depend dep
        ON dep.objid = c.oid AND dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND dep.objsubid = 0 AND dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND dep.refobjsubid > 0 AND dep.deptype IN ('a', 'i')
      LEFT JOIN pg_catalog.pg_class o ON o.oid = dep.refobjid AND o.relkind NOT IN ('i', 'I', 't')
      LEFT JOIN pg_catalog.pg_namespace onsp ON onsp.oid = o.relnamespace
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind = 'S'
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = c.oid AND m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND m.deptype = 'e'
               AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
    """,
)


def sequence(row: SequenceRow, columns: Mapping[int, Column], gaps: Gaps) -> Sequence:
    """The sequence of a row; `columns` are those of the relation that owns it, by number."""
    owned_by = None
    if row.owner_schema is not None and row.owner_name is not None and row.owner_number is not None:
        column = columns.get(row.owner_number)
        if column is None:
            gaps.add("sequences", "the columns that own them could not be read")
        else:
            owned_by = SequenceOwner(
                relation=QualifiedName(row.owner_schema, row.owner_name),
                column=column.name,
                identity=bool(row.identity),
            )
    return Sequence(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        type=row.type,
        start=row.start,
        minimum=row.minimum,
        maximum=row.maximum,
        increment=row.increment,
        cache=row.cache,
        cycle=row.cycle,
        unlogged=row.persistence == "u",
        owned_by=owned_by,
        comment=row.comment,
    )
