"""Extensions (pg_extension) and how many objects belong to each (pg_depend, deptype e)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.model.extensions import Extension


class ExtensionRow(NamedTuple):
    """One installed extension."""

    name: str
    schema: str
    version: str
    objects: int
    requires: list[str] | None
    comment: str | None


QUERY = Query(
    family="extensions",
    row=ExtensionRow,
    sql="""
    SELECT e.extname AS name,
           n.nspname AS schema,
           e.extversion AS version,
           COALESCE(m.objects, 0) AS objects,
           r.requires AS requires,
           d.description AS comment
      FROM pg_catalog.pg_extension e
      JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
      LEFT JOIN (
            SELECT refobjid AS extension, pg_catalog.count(*) AS objects
              FROM pg_catalog.pg_depend
             WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'e'
             GROUP BY refobjid
           ) m ON m.extension = e.oid
      LEFT JOIN (
            SELECT rd.objid AS extension, pg_catalog.array_agg(re.extname ORDER BY re.extname) AS requires
              FROM pg_catalog.pg_depend rd
              JOIN pg_catalog.pg_extension re ON re.oid = rd.refobjid
             WHERE rd.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass
               AND rd.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
             GROUP BY rd.objid
           ) r ON r.extension = e.oid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = e.oid AND d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.objsubid = 0
    """,
)


def extension(row: ExtensionRow) -> Extension:
    """The extension of a row."""
    return Extension(
        name=row.name,
        schema=row.schema,
        version=row.version,
        objects=row.objects,
        requires=tuple(row.requires or ()),
        comment=row.comment,
    )
