"""Row estimates and page counts (pg_class), as the last VACUUM or ANALYZE left them."""

from __future__ import annotations

from pgdossier.catalog.indexes import IndexRow
from pgdossier.catalog.relations import RelationRow
from pgdossier.model.statistics import IndexStatistics, RelationStatistics

# What has rows: views have none.
KINDS = frozenset("rpmf")


def index_statistics(row: IndexRow, schema: str, block_size: int) -> IndexStatistics:
    """The size of an index; `schema` is its relation's, which is its own."""
    return IndexStatistics(schema=schema, name=row.name, bytes=row.pages * block_size)


def relation_statistics(row: RelationRow, index_pages: int, block_size: int) -> RelationStatistics:
    """The sizes of a relation and of its indexes."""
    return RelationStatistics(
        schema=row.schema,
        name=row.name,
        rows=None if row.rows is None else round(row.rows),
        table_bytes=row.pages * block_size,
        toast_bytes=row.toast_pages * block_size,
        index_bytes=index_pages * block_size,
    )
