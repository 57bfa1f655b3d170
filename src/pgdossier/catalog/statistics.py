"""Row estimates and page counts (pg_class), as the last VACUUM or ANALYZE left them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.query import Query, Since
from pgdossier.model.statistics import IndexStatistics, RelationStatistics


class StatisticsRow(NamedTuple):
    """One relation or index; `rows` is None when it was never analysed."""

    oid: int
    schema: str
    name: str
    rows: float | None
    pages: int
    toast_pages: int


# Before PostgreSQL 14 a relation that was never analysed has 0 rows on 0 pages, from 14 on it has -1 rows.
QUERY = Query(
    family="statistics",
    row=StatisticsRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           CASE WHEN {analysed} THEN c.reltuples END AS rows,
           c.relpages AS pages,
           COALESCE(t.relpages, 0) + COALESCE(ti.relpages, 0) AS toast_pages
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
      LEFT JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisvalid
      LEFT JOIN pg_catalog.pg_class ti ON ti.oid = i.indexrelid
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I')
    """,
    fragments={"analysed": (Since(13, "c.reltuples > 0 OR c.relpages > 0"), Since(14, "c.reltuples >= 0"))},
)


def index_statistics(row: StatisticsRow, block_size: int) -> IndexStatistics:
    """The size of an index."""
    return IndexStatistics(schema=row.schema, name=row.name, bytes=row.pages * block_size)


def relation_statistics(
    row: StatisticsRow, indexes: Iterable[StatisticsRow], block_size: int
) -> RelationStatistics:
    """The sizes of a relation and of its indexes."""
    return RelationStatistics(
        schema=row.schema,
        name=row.name,
        rows=None if row.rows is None else round(row.rows),
        table_bytes=row.pages * block_size,
        toast_bytes=row.toast_pages * block_size,
        index_bytes=sum(index.pages for index in indexes) * block_size,
    )
