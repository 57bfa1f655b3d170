"""What the rows of a table would need on tightly filled pages, by the planner's statistics (pg_stats)."""

from __future__ import annotations

import math
from typing import NamedTuple

from pgdossier.catalog.query import Query

_PAGE_HEADER = 24
_LINE_POINTER = 4
_ROW_HEADER = 23
_ALIGNMENT = 8


class BloatRow(NamedTuple):
    """One analysed table; `width` is that of an average row, `complete` when all columns are known.

    `readable` and `hindered` are about the role that reads: it may SELECT, and row security filters for it.
    """

    oid: int
    readable: bool
    hindered: bool
    complete: bool
    rows: float
    columns: int
    width: float | None
    nulls: bool | None
    fillfactor: int


# pg_stats shows a column to who may read it and whom no policy hinders. Only widths and shares of nulls are
# read, no values.
QUERY = Query(
    family="bloat",
    row=BloatRow,
    sql="""
    SELECT c.oid AS oid,
           pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable,
           pg_catalog.row_security_active(c.oid) AS hindered,
           COALESCE(s.columns, 0) = a.columns AS complete,
           c.reltuples::pg_catalog.float8 AS rows,
           a.columns::pg_catalog.int4 AS columns,
           s.width AS width,
           s.nulls AS nulls,
           COALESCE(pg_catalog.substring(pg_catalog.array_to_string(c.reloptions, ','),
                                         'fillfactor=([0-9]+)')::pg_catalog.int4, 100) AS fillfactor
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN (
            SELECT t.attrelid, pg_catalog.count(*) AS columns
              FROM pg_catalog.pg_attribute t
              JOIN pg_catalog.pg_class r ON r.oid = t.attrelid
             WHERE t.attnum > 0 AND NOT t.attisdropped
               AND r.relnamespace = ANY (%(namespaces)s) AND r.relkind IN ('r', 'm') AND r.reltuples > 0
             GROUP BY t.attrelid
           ) a ON a.attrelid = c.oid
      LEFT JOIN (
            SELECT p.schemaname, p.tablename, pg_catalog.count(*) AS columns,
                   pg_catalog.sum((1 - p.null_frac) * p.avg_width)::pg_catalog.float8 AS width,
                   pg_catalog.bool_or(p.null_frac > 0) AS nulls
              FROM pg_catalog.pg_stats p
             WHERE NOT p.inherited
             GROUP BY p.schemaname, p.tablename
           ) s ON s.schemaname = n.nspname AND s.tablename = c.relname
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind IN ('r', 'm')
       AND c.reltuples > 0
    """,
)


def minimum_bytes(row: BloatRow, block_size: int) -> int | None:
    """What the table's rows would need, rounded up to whole pages; None when not all of it is known.

    Alignment between columns is not known to the statistics: the estimate is a lower bound for most tables.
    """
    if not row.complete or row.width is None:
        return None
    header = _aligned(_ROW_HEADER + (math.ceil(row.columns / 8) if row.nulls else 0))
    size = header + _aligned(row.width) + _LINE_POINTER
    room = (block_size - _PAGE_HEADER) * row.fillfactor / 100
    per_page = max(1, math.floor(room / size))
    return math.ceil(row.rows / per_page) * block_size


def _aligned(size: float) -> int:
    return math.ceil(size / _ALIGNMENT) * _ALIGNMENT
