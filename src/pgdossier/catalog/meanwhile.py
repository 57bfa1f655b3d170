"""Whether the schema was changed while it was read.

Rows of the catalogs come from the snapshot of the transaction, but what the server prints (expressions,
views, indexes) is as of the moment of printing. So after all is read, the rows are looked through once more
for those that a transaction has replaced or removed since: their `xmax` tells (the documentation's "System
Columns"). Temporary tables come and go, and do not count.
"""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query

_OF_RELATIONS = (
    ("pg_attribute", "attrelid"),
    ("pg_attrdef", "adrelid"),
    ("pg_constraint", "conrelid"),
    ("pg_index", "indrelid"),
    ("pg_rewrite", "ev_class"),
    ("pg_trigger", "tgrelid"),
    ("pg_policy", "polrelid"),
    ("pg_statistic_ext", "stxrelid"),
)
_OTHERS = ("pg_proc", "pg_type", "pg_namespace", "pg_operator", "pg_opclass", "pg_collation")


class ChangedRow(NamedTuple):
    """A relation of which something was changed; what belongs to none has its catalog in place of a name."""

    name: str


def _of_relation(catalog: str, relation: str) -> str:
    return f"""
        SELECT x.xmax AS ended, x.{relation} AS relation, '{catalog}' AS catalog
          FROM pg_catalog.{catalog} x
         WHERE x.xmax <> '0'::pg_catalog.xid"""


def _other(catalog: str) -> str:
    temporary = " AND x.typrelid = 0" if catalog == "pg_type" else ""
    return f"""
        SELECT x.xmax AS ended, 0::pg_catalog.oid AS relation, '{catalog}' AS catalog
          FROM pg_catalog.{catalog} x
         WHERE x.xmax <> '0'::pg_catalog.xid{temporary}"""


_ENDED = "\n         UNION ALL".join(
    (
        _of_relation("pg_class", "oid"),
        *(_of_relation(catalog, column) for catalog, column in _OF_RELATIONS),
        *(_other(catalog) for catalog in _OTHERS),
    )
)

# An xmax has 32 bits: the nearest transaction to the snapshot is meant.
QUERY = Query(
    family="changes",
    row=ChangedRow,
    sql=f"""
    SELECT DISTINCT COALESCE(n.nspname::pg_catalog.text || '.' || c.relname::pg_catalog.text, e.catalog)
           AS name
      FROM (
            SELECT b.relation, b.catalog,
                   h.next + pg_catalog.mod(
                       b.ended::pg_catalog.text::pg_catalog.numeric - pg_catalog.mod(h.next, 4294967296)
                       + 6442450944, 4294967296) - 2147483648 AS transaction
              FROM ({_ENDED}
                   ) b
             CROSS JOIN (
                    SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())
                           ::pg_catalog.text::pg_catalog.numeric AS next
                   ) h
           ) e
      LEFT JOIN pg_catalog.pg_class c ON c.oid = e.relation
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE (c.relpersistence IS NULL OR c.relpersistence <> 't')
       AND e.transaction > 2
       AND pg_catalog.pg_xact_status(e.transaction::pg_catalog.text::pg_catalog.xid8) = 'committed'
    """,
)
