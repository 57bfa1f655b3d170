"""A box of a chart as SVG, without any engine: how large it is, where lines meet it, how it looks.

It looks like the boxes that the engine draws from `dot.label`: a header, then a row for each column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from pgdossier.diagrams import looks, palette
from pgdossier.diagrams.chart import Box, Role, Row
from pgdossier.diagrams.lettering import fitted, width
from pgdossier.diagrams.linking import Piece, linked
from pgdossier.diagrams.looks import SIZE, Look
from pgdossier.diagrams.strokes import short

SMALL = 9.0
HEADER = 12.0

LONG_LIST = 12
"""Names in one column, above which they stand in two."""

ROW = 19
"""The height of a row; a whole number, for the engine takes no other."""

_PADDING = 3
_NOTE_GAP = 10
_BASE = 13.4  # of a text of `SIZE`, below the top of its row

HEADERS = {
    Role.TABLE: (palette.TABLE, palette.INK, palette.DIM),
    Role.VIEW: (palette.VIEW, palette.INK, palette.DIM),
    Role.FOCUS: (palette.FOCUS, palette.FOCUS_INK, palette.FOCUS_DIM),
    Role.STUB: (palette.STUB, palette.DIM, palette.DIM),
    Role.MORE: (palette.STUB, palette.DIM, palette.DIM),
}
"""By role: behind the header, of its name, of what else stands in it."""

_NOT_IN_ADDRESSES = re.compile(r'[\x00-\x20"&<>\\^`{|}\x7f]')


class Painted(NamedTuple):
    """A box, its top left corner at the origin.

    Attributes:
        width: How wide it is, its border included.
        height: How high.
        header: The middle of its header, down from its top: where lines to the table as such end.
        rows: The middle of each column's row.
        markup: What it looks like.
        looks: The looks that the markup uses.
    """

    width: int
    height: int
    header: float
    rows: Mapping[str, float]
    markup: str
    looks: frozenset[Look]


class _Text(NamedTuple):
    """A text with everything that does not depend on where it stands."""

    look: Look
    start: str
    rest: str
    width: int


@lru_cache(maxsize=50_000)
def _text(content: str, size: float, bold: bool, colour: str) -> _Text:
    look = looks.text(size=size, bold=bold, fill=colour)
    long = width(content, size, bold=bold)
    return _Text(
        look,
        f"<text{look.attribute} x=",
        f"{fitted(content, long)}>{escape(content)}</text>",
        math.ceil(long),
    )


def colours(box: Box) -> tuple[str, str, str]:
    """Behind the header, of its name, and of what else stands in it."""
    if box.tint is not None and box.role in (Role.TABLE, Role.VIEW):
        return palette.of_domain(box.tint).header, palette.INK, palette.INK
    return HEADERS[box.role]


def border(box: Box) -> str:
    """The colour of a box' border."""
    if box.role is Role.FOCUS:
        return palette.FOCUS
    return palette.BORDER if box.tint is None else palette.of_domain(box.tint).border


@lru_cache(maxsize=10_000)
def address(href: str | None) -> str:
    """An address in a drawing: it is relative and comes encoded; what could mean anything is made sure of."""
    return _NOT_IN_ADDRESSES.sub(lambda match: f"%{ord(match.group()):02X}", href or "")


def paint(box: Box, room: float | None = None) -> Painted:
    """What a box looks like.

    Args:
        box: The box.
        room: How wide a list of names may be, which then has as many columns as fit; by default a long one
            has two.
    """
    header, least, size = _header(box)
    high = ROW if size == SIZE else ROW + 1
    top = 1 + high
    used = {text.look for text, _ in header}
    href = address(box.href)
    count = 1
    if box.role is Role.MORE and box.rows:
        count = 1 + (len(box.rows) > LONG_LIST) if room is None else _columns(box, room)
        across, rows = _in_columns(box, count, least, top, href, used)
    else:
        across, rows = _rows(box, least, top, href, used)
    below = math.ceil(len(box.rows) / count)
    wide, deep = across + 2, top + 1 + ROW * below
    ground, _, _ = colours(box)
    dashes = "5,2" if box.role in (Role.STUB, Role.MORE) else None
    edge = border(box)
    around, rule, fill = (
        looks.shape(fill=palette.BOX, stroke=edge, dashes=dashes),
        looks.shape(stroke=edge),
        looks.shape(fill=ground),
    )
    used |= {around, fill}
    base = _down(1 + high / 2 + 0.36 * size)
    first = [
        f'<path{around.attribute} d="M0 0h{wide}v{deep}h-{wide}z"/>',
        f'<path{fill.attribute} d="M1 1h{across}v{high}h-{across}z"/>',
    ]
    if box.rows:
        used.add(rule)
        first.append(f'<path{rule.attribute} d="M0 {top}h{wide}"/>')
    first += [f'{text.start}"{x}" y="{base}"{text.rest}' for text, x in header]
    name = f"{box.prefix}.{box.name}" if box.prefix else box.name
    pieces = [Piece(href, box.tooltip or name, "".join(first)), *rows]
    middles = {
        row.column: top + ROW * (at + 0.5) for at, row in enumerate(box.rows) if row.column is not None
    }
    return Painted(wide, deep, 1 + high / 2, middles, linked(pieces), frozenset(used))


def painted(boxes: Iterable[Box]) -> dict[int, Painted]:
    """Boxes by number as they are painted."""
    return {box.number: paint(box) for box in boxes}


def placed(painted: Painted, x: float, y: float) -> str:
    """The box with its top left corner there."""
    return f'<g class="node" transform="translate({short(x)} {short(y)})">{painted.markup}</g>'


def _down(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _header(box: Box) -> tuple[list[tuple[_Text, int]], int, float]:
    """Schema, name and note, each with its place, the width that they need, and the size of the name."""
    _, ink, dim = colours(box)
    size = SIZE if box.role in (Role.STUB, Role.MORE) else HEADER
    x = 1 + _PADDING
    parts = []
    if box.prefix:
        prefix = _text(box.prefix + ".", size, False, dim)
        parts.append((prefix, x))
        x += prefix.width
    name = _text(box.name, size, True, ink)
    parts.append((name, x))
    x += name.width
    if box.note:
        note = _text(box.note, SMALL, False, dim)
        parts.append((note, x + _NOTE_GAP))
        x += _NOTE_GAP + note.width
    return parts, x - 1 + _PADDING, size


def _cells(row: Row, role: Role) -> tuple[_Text | None, _Text | None, _Text | None, _Text | None]:
    """Marks, name, type (or where a line would lead), not null."""
    ink = palette.DIM if row.column is None and role is not Role.MORE else palette.INK
    kind = row.type
    if row.target:
        kind = f"{kind} → {row.target}" if kind else f"→ {row.target}"
    return (
        _text(" ".join(row.marks), SMALL, True, palette.KEY) if row.marks else None,
        _text(row.text, SIZE, False, ink) if row.text else None,
        _text(kind, SIZE, False, palette.DIM) if kind else None,
        _text("*", SIZE, True, palette.DIM) if row.required else None,
    )


def _rows(box: Box, least: int, top: int, href: str, used: set[Look]) -> tuple[int, list[Piece]]:
    """The width of all rows (at least `least`), and what each looks like."""
    table = [_cells(row, box.role) for row in box.rows]
    widths = [
        max((text.width + 2 * _PADDING for text in texts if text), default=0)
        for texts in zip(*table, strict=True)
    ]
    if not any(widths):
        return least, []
    # A header wider than the rows: the last column of text gets what is left.
    widths[2 if widths[2] else 1] += max(0, least - sum(widths))
    places = [1 + _PADDING + sum(widths[:at]) for at in range(4)]
    pieces = []
    for at, (row, cells) in enumerate(zip(box.rows, table, strict=True)):
        base = _down(top + ROW * at + _BASE)
        markup = ""
        for text, x in zip(cells, places, strict=True):
            if text:
                used.add(text.look)
                markup += f'{text.start}"{x}" y="{base}"{text.rest}'
        pieces.append(Piece(address(row.href) or href, row.tooltip, markup))
    return sum(widths), pieces


def _in_columns(
    box: Box, count: int, least: int, top: int, href: str, used: set[Look]
) -> tuple[int, list[Piece]]:
    """A list of names in so many columns; their width, at least `least`, and what each looks like."""
    texts = [_cells(row, box.role)[1] for row in box.rows]
    deep = math.ceil(len(texts) / count)
    x = 1 + _PADDING
    pieces = []
    for start in range(0, len(texts), deep):
        column = texts[start : start + deep]
        for at, text in enumerate(column):
            if text:
                used.add(text.look)
                row = box.rows[start + at]
                markup = f'{text.start}"{x}" y="{_down(top + ROW * at + _BASE)}"{text.rest}'
                pieces.append(Piece(address(row.href) or href, row.tooltip, markup))
        x += max((text.width for text in column if text), default=0) + 2 * _PADDING
    return max(least, x - 1 - _PADDING), pieces


def _columns(box: Box, room: float) -> int:
    """How many columns of names fit into so much room, about equally long."""
    widest = max((text.width for row in box.rows if (text := _cells(row, box.role)[1])), default=0)
    count = max(1, min(len(box.rows), int(room // (widest + 2 * _PADDING))))
    return math.ceil(len(box.rows) / math.ceil(len(box.rows) / count))
