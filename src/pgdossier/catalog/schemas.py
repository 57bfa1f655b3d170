"""Schemas (pg_namespace), those of the system included: the scope decides which are documented."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.model.schemas import Schema


class SchemaRow(NamedTuple):
    """One namespace; `extension` names the extension that it is a member of."""

    oid: int
    name: str
    owner: str
    comment: str | None
    extension: str | None


QUERY = Query(
    family="schemas",
    row=SchemaRow,
    sql="""
    SELECT n.oid AS oid,
           n.nspname AS name,
           pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
           d.description AS comment,
           e.extname AS extension
      FROM pg_catalog.pg_namespace n
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_depend m
        ON m.objid = n.oid AND m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
       AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND m.deptype = 'e'
      LEFT JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid
    """,
)


def schema(row: SchemaRow) -> Schema:
    """The schema of a row."""
    return Schema(name=row.name, owner=row.owner, comment=row.comment)
