"""An index that takes far more space than its entries need.

## What it reports

B-tree indexes without a condition whose keys all have a fixed size (integers, dates, timestamps, uuid …), of
ordinary tables, that are more than twice as large (`bloat_percent`) as they would be if they were built
again, when at least `bloat_megabytes` could be saved. Other indexes are not estimated.

## Why

Pages that deletions and updates have left half empty are read, cached and copied all the same. VACUUM gives
back to the index only pages that are empty altogether.

## When it is wrong

When the index will fill again soon. An index whose values come in any order (uuid) is about a third larger
than a new one: that is how it stays, and less than what is reported.

## How to fix it

`REINDEX INDEX CONCURRENTLY` builds it anew beside the traffic; it needs the space of a second index.

## See also

- [Routine Reindexing](https://www.postgresql.org/docs/current/routine-reindex.html)
- [REINDEX](https://www.postgresql.org/docs/current/sql-reindex.html)
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import subject, widths
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.table_bloat import MEGABYTES, PERCENT

_ENTRY = 8  # the header of an index entry
_POINTER = 4
_PAGE = 24 + 16  # the header of a page and what a B-tree keeps at its end


def check(context: Context) -> Iterator[Found]:
    """Indexes with much empty space."""
    usage = context.usage
    if usage is None:
        return
    server = usage.operation.server
    block = 8192 if server is None else server.block_size
    least = max(1, context.threshold(MEGABYTES) * 2**20)
    for relation in context.relations():
        rows = context.rows(relation.qualified)
        if rows is None or relation.partitioning is not None:
            continue
        for index in relation.indexes:
            found = context.lookup.index_statistics.get(QualifiedName(relation.schema, index.name))
            if found is None or found.bytes < least or not index.valid:
                continue
            width = _width(context, relation, index)
            if width is None:
                continue
            needed = _needed(rows, width, block, index)
            empty = found.bytes - needed
            percent = empty * 100 // found.bytes
            if percent <= context.threshold(PERCENT) or empty < least:
                continue
            step = f"REINDEX INDEX CONCURRENTLY {QualifiedName(relation.schema, index.name).sql}"
            yield Found(
                subject=subject.index(relation.qualified, index.name),
                evidence=tr(
                    "{index} takes {bytes} bytes, and would take about {needed} for {rows} rows if"
                    " it were built again: {percent} % less",
                    index=name(index.name),
                    bytes=number(found.bytes),
                    needed=number(needed),
                    rows=number(rows),
                    percent=percent,
                ),
                fix=Fix(
                    advice=tr("Build it again."),
                    steps=(Step(step, Lock.SHARE_UPDATE_EXCLUSIVE, Work.BUILD, alone=True),),
                ),
                statistics=tr("{read}; sizes are from the last VACUUM or ANALYZE", read=usage.read),
            )


def _width(context: Context, relation: Relation, index: Index) -> int | None:
    """The size of an entry's values; None when it is not always the same."""
    if (
        index.method != "btree"
        or index.predicate is not None
        or any(key.column is None for key in index.keys)
    ):
        return None
    size = 0
    for column_name in (*(key.column for key in index.keys if key.column), *index.include):
        column = relation.column(column_name)
        fixed = widths.fixed(context.base_type(column))
        if fixed is None:
            return None
        size = math.ceil(size / fixed[1]) * fixed[1] + fixed[0]
    return size


def _needed(rows: int, width: int, block: int, index: Index) -> int:
    """The bytes of a new index: leaf pages filled as far as it says, the pages above them, and the first."""
    fill = next((int(one[11:]) for one in index.options if one.startswith("fillfactor=")), 90)
    entry = _ENTRY + math.ceil(width / 8) * 8 + _POINTER
    leaves = math.ceil(rows / max(1, (block - _PAGE) * fill // 100 // entry))
    return math.ceil(leaves * 1.02 + 2) * block


RULE = Rule(
    name="index_bloat",
    title=mark("Indexes that take far more space than they need"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: index bloat",),
    thresholds=(PERCENT, MEGABYTES),
)
