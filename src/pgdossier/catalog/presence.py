"""Which kinds of objects there are at all.

Most databases have no operators, casts, text search configurations or foreign servers of their own. Whether
there are any is one cheap question; to plan and run the query of each of these families is two dozen.
"""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query

# Most databases have nothing of their own in these. What has an OID below 16384 came with the server.
_CATALOGS = (
    "pg_am",
    "pg_amop",
    "pg_amproc",
    "pg_cast",
    "pg_collation",
    "pg_conversion",
    "pg_event_trigger",
    "pg_foreign_data_wrapper",
    "pg_foreign_server",
    "pg_language",
    "pg_opclass",
    "pg_operator",
    "pg_opfamily",
    "pg_publication",
    "pg_statistic_ext",
    "pg_transform",
    "pg_ts_config",
    "pg_ts_dict",
    "pg_ts_parser",
    "pg_ts_template",
)


class PresenceRow(NamedTuple):
    """A catalog that holds something of users or extensions."""

    catalog: str


def _looking(catalog: str) -> str:
    return f"('{catalog}', EXISTS (SELECT FROM pg_catalog.{catalog} x WHERE x.oid >= 16384))"


QUERY = Query(
    family="catalogs",
    row=PresenceRow,
    sql=f"""
    SELECT c.catalog AS catalog
      FROM (VALUES {", ".join(map(_looking, _CATALOGS))}) AS c (catalog, used)
     WHERE c.used
    """,
)
