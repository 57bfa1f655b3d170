"""Which kinds of objects there are at all.

Most databases have no operators, casts, text search configurations or foreign servers of their own. Whether
there are any is one cheap question; to plan and run the query of each of these families is two dozen.
"""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query

# A database is made without any row in these.
_WITHOUT_ROWS = (
    "pg_event_trigger",
    "pg_foreign_data_wrapper",
    "pg_foreign_server",
    "pg_publication",
    "pg_statistic_ext",
    "pg_transform",
)
# What comes with the server is in pg_catalog. OIDs do not tell: what a single-user server made before the
# first ordinary start has one below 16384 too.
_IN_SCHEMAS = {
    "pg_collation": "collnamespace",
    "pg_conversion": "connamespace",
    "pg_opclass": "opcnamespace",
    "pg_operator": "oprnamespace",
    "pg_opfamily": "opfnamespace",
    "pg_ts_config": "cfgnamespace",
    "pg_ts_dict": "dictnamespace",
    "pg_ts_parser": "prsnamespace",
    "pg_ts_template": "tmplnamespace",
}
# The queries of these leave out lower OIDs as well (`database_wide`, `operators.MEMBERS`).
_BY_OID = ("pg_am", "pg_amop", "pg_amproc", "pg_cast", "pg_language")


class PresenceRow(NamedTuple):
    """A catalog that holds something of users or extensions."""

    catalog: str


def _looking(catalog: str, condition: str) -> str:
    return f"('{catalog}', EXISTS (SELECT FROM pg_catalog.{catalog} x{condition}))"


_CATALOGS = (
    *(_looking(catalog, "") for catalog in _WITHOUT_ROWS),
    *(
        _looking(catalog, f" WHERE x.{schema} <> 'pg_catalog'::pg_catalog.regnamespace")
        for catalog, schema in _IN_SCHEMAS.items()
    ),
    *(_looking(catalog, " WHERE x.oid >= 16384") for catalog in _BY_OID),
)

QUERY = Query(
    family="catalogs",
    row=PresenceRow,
    sql=f"""
    SELECT c.catalog AS catalog
      FROM (VALUES {", ".join(_CATALOGS)}) AS c (catalog, used)
     WHERE c.used
    """,
)
