"""Columns in an order that wastes bytes of every row, against the convention.

## What it reports

Nothing, until the convention `column_order` takes the side `packed`: then tables that lose as many bytes of
each row to alignment as the threshold `padding_bytes` (8), or more. Only what is certain is counted: what
follows a column of varying length is counted from the next column that begins at a multiple of eight on.

## Why

Both views in one line: columns ordered by meaning are easy to read; ordered by alignment, eight bytes first,
then four, two, one, and what varies last, rows are smaller, so a large table may be by a tenth.

## When it is wrong

When the table is small, when rows are mostly long texts, or when many columns are null: these take no place
at all. The default side is `readable`, which reports nothing.

## How to fix it

The order of columns cannot be changed: it takes a new table, or a dump whose definitions are edited. Mind it
when tables are created or rewritten anyway.

## See also

- [Database Page Layout](https://www.postgresql.org/docs/current/storage-page-layout.html)
- [pg_type: typalign](https://www.postgresql.org/docs/current/catalog-pg-type.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column, Generated
from pgdossier.model.types import Enum
from pgdossier.review import subject, widths
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity, Threshold

ORDER = Convention(
    "column_order",
    ("readable", "packed"),
    "columns ordered by meaning are easy to read (readable); ordered by alignment they make smaller rows"
    " (packed)",
)
BYTES = Threshold("padding_bytes", 8, "bytes of each row lost to alignment from which on a table is reported")
_ENUM = (4, 4)  # length and alignment


def check(context: Context) -> Iterator[Found]:
    """Tables with padding, when they are to be packed."""
    if context.side(ORDER) != "packed":
        return
    for relation in context.tables():
        lost, after = _padding(context, relation.columns)
        if lost >= context.threshold(BYTES):
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "{lost} bytes of a row without nulls are padding, before {after}",
                    lost=lost,
                    after=names(after),
                ),
                fix=Fix(advice=tr("Order the columns by alignment when the table is created anew.")),
            )


def _padding(context: Context, columns: tuple[Column, ...]) -> tuple[int, list[str]]:
    """The bytes that are certainly lost, and the columns before which they are."""
    position: int | None = 0
    lost, before = 0, []
    for column in columns:
        if column.generated is Generated.VIRTUAL:
            continue
        shape = _shape(context, column)
        if shape is None:
            position = None
            continue
        length, alignment = shape
        if position is None:
            position = length if alignment == 8 else None
            continue
        padding = -position % alignment
        if padding:
            lost += padding
            before.append(column.name)
        position += padding + length
    return lost, before


def _shape(context: Context, column: Column) -> tuple[int, int] | None:
    """Length and alignment of a column; None when they vary or are not known."""
    base = context.base_type(column)
    if column.type_name is not None and not base.endswith("[]"):
        own = context.lookup.types.get(column.type_name)
        if isinstance(own, Enum):
            return _ENUM
    return widths.fixed(base)


RULE = Rule(
    name="column_order_padding",
    title=mark("Columns in an order that wastes space, against the convention"),
    severity=Severity.ADVICE,
    check=check,
    thresholds=(BYTES,),
    convention=ORDER,
)
