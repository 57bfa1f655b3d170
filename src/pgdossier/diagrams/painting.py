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

from msgspec import structs

from pgdossier.diagrams import legend, looks, palette
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
        signs: The signs in it that a legend explains.
    """

    width: int
    height: int
    header: float
    rows: Mapping[str, float]
    markup: str
    looks: frozenset[Look]
    signs: frozenset[str]


class _Text(NamedTuple):
    """A text without its beginning, which says where it stands and what it looks like.

    Attributes:
        rest: What follows the place of its base line.
        width: How wide it is.
    """

    rest: str
    width: int


class _Hand:
    """Writes texts that look alike.

    Attributes:
        look: What they look like.
        text: Makes one of what it says; the same names stand in many diagrams.
    """

    def __init__(self, size: float, bold: bool, colour: str) -> None:
        self.look = looks.text(size=size, bold=bold, fill=colour)

        @lru_cache(maxsize=20_000)
        def text(content: str) -> _Text:
            long = width(content, size, bold=bold)
            return _Text(f'"{fitted(content, long)}>{escape(content)}</text>', math.ceil(long))

        self.text = text

    def start(self, x: int) -> str:
        """The beginning of a text that stands there; the place of its base line follows, then its rest."""
        return f'<text{self.look.attribute} x="{x}" y="'


_hand = lru_cache(maxsize=1000)(_Hand)
_KEY = _hand(SMALL, True, palette.KEY)
_NAME = _hand(SIZE, False, palette.INK)
_REMARK = _hand(SIZE, False, palette.DIM)
_REQUIRED = _hand(SIZE, True, palette.DIM)
_STAR = _REQUIRED.text("*")


def colours(box: Box) -> tuple[str, str, str]:
    """Behind the header, of its name, and of what else stands in it."""
    return _colours(box.role, box.tint)


def _colours(role: Role, tint: int | None) -> tuple[str, str, str]:
    if tint is not None and role in (Role.TABLE, Role.VIEW):
        return palette.of_domain(tint).header, palette.INK, palette.INK
    return HEADERS[role]


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
    if box.role is Role.FOCUS:  # is so in one diagram only
        return _paint(box, room)
    return _painted(structs.replace(box, number=0), room)


def _paint(box: Box, room: float | None) -> Painted:
    header = _header(box.role, box.tint, box.prefix, box.name, box.note)
    high, top = header.height, 1 + header.height
    href = address(box.href)
    count = 1
    if box.role is Role.MORE and box.rows:
        count = 1 + (len(box.rows) > LONG_LIST) if room is None else _columns(box, room)
        across, within, pieces = _in_columns(box, count, header.width, top, href)
    else:
        across, within, pieces = _rows(box, header.width, top, href)
    below = math.ceil(len(box.rows) / count)
    wide, deep = across + 2, top + 1 + ROW * below
    around, fill, rule = shapes = _shapes(box.role, box.tint)
    line = f'<path{rule.attribute} d="M0 {top}h{wide}"/>' if box.rows else ""
    first = (
        f'<path{around.attribute} d="M0 0h{wide}v{deep}h-{wide}z"/>'
        f'<path{fill.attribute} d="M1 1h{across}v{high}h-{across}z"/>{line}{header.markup}'
    )
    name = f"{box.prefix}.{box.name}" if box.prefix else box.name
    middle = top + ROW / 2
    middles = {row.column: middle + ROW * at for at, row in enumerate(box.rows) if row.column is not None}
    markup = linked([(href, box.tooltip or name, first), *pieces])
    used = header.looks.union(within, shapes if box.rows else shapes[:2])
    return Painted(wide, deep, 1 + high / 2, middles, markup, used, legend.of_box(box))


_painted = lru_cache(maxsize=1000)(_paint)  # what many reference looks the same beside each of them


@lru_cache(maxsize=1000)
def _shapes(role: Role, tint: int | None) -> tuple[Look, Look, Look]:
    """What the outline of a box, the ground of its header and the rule below that look like."""
    box = Box(number=0, name="", role=role, tint=tint)
    dashes = "5,2" if role in (Role.STUB, Role.MORE) else None
    edge = border(box)
    ground, _, _ = colours(box)
    return (
        looks.shape(fill=palette.BOX, stroke=edge, dashes=dashes),
        looks.shape(fill=ground),
        looks.shape(stroke=edge),
    )


def painted(boxes: Iterable[Box]) -> dict[int, Painted]:
    """Boxes by number as they are painted."""
    return {box.number: paint(box) for box in boxes}


def placed(painted: Painted, x: float, y: float) -> str:
    """The box with its top left corner there."""
    return f'<g class="node" transform="translate({short(x)} {short(y)})">{painted.markup}</g>'


def _down(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@lru_cache(maxsize=1000)
def _bases(top: int, count: int) -> tuple[str, ...]:
    """How far down the texts of so many rows are, the first of which begins there."""
    return tuple(_down(top + ROW * at + _BASE) for at in range(count))


@lru_cache(maxsize=1000)
def _marked(marks: tuple[str, ...]) -> _Text:
    return _KEY.text(" ".join(marks))


class _Header(NamedTuple):
    """Schema, name and note.

    Attributes:
        markup: What they look like.
        width: How wide they are, with the room on either side.
        height: How high their ground is.
        looks: The looks that the markup uses.
    """

    markup: str
    width: int
    height: int
    looks: frozenset[Look]


@lru_cache(maxsize=2_000)  # neighbours are shown one after the other
def _header(role: Role, tint: int | None, prefix: str, name: str, note: str) -> _Header:
    """The header of boxes that are called the same."""
    _, ink, dim = _colours(role, tint)
    size = SIZE if role in (Role.STUB, Role.MORE) else HEADER
    high = ROW if size == SIZE else ROW + 1
    base = _down(1 + high / 2 + 0.36 * size)
    parts = [(_hand(size, False, dim), f"{prefix}.", 0)] if prefix else []
    parts.append((_hand(size, True, ink), name, 0))
    if note:
        parts.append((_hand(SMALL, False, dim), note, _NOTE_GAP))
    x = 1 + _PADDING
    markup = ""
    for hand, said, before in parts:
        text = hand.text(said)
        x += before
        markup += f"{hand.start(x)}{base}{text.rest}"
        x += text.width
    return _Header(markup, x - 1 + _PADDING, high, frozenset([hand.look for hand, _, _ in parts]))


def _kind(row: Row) -> str:
    """The type of a column, or where a line would lead."""
    if not row.target:
        return row.type
    return f"{row.type} → {row.target}" if row.type else f"→ {row.target}"


def _rows(box: Box, least: int, top: int, href: str) -> tuple[int, list[Look], list[Piece]]:
    """The width of all rows (at least `least`), the looks of their texts, and what each row looks like."""
    rows = box.rows
    # Marks; a name, or what is remarked in its place; type (or where a line would lead); not null.
    table: list[tuple[int, _Hand, list[_Text | None]]] = [
        (0, _KEY, [_marked(row.marks) if row.marks else None for row in rows]),
        (1, _NAME, [_NAME.text(row.text) if row.text and row.column is not None else None for row in rows]),
        (1, _REMARK, [_REMARK.text(row.text) if row.text and row.column is None else None for row in rows]),
        (2, _REMARK, [_REMARK.text(_kind(row)) if row.type or row.target else None for row in rows]),
        (3, _REQUIRED, [_STAR if row.required else None for row in rows]),
    ]
    table = [column for column in table if any(column[2])]
    if not table:
        return least, [], []
    widths = [0, 0, 0, 0]
    for place, _, texts in table:
        widths[place] = max(widths[place], max([text.width for text in texts if text]) + 2 * _PADDING)
    # A header wider than the rows: the last column of text gets what is left.
    widths[2 if widths[2] else 1] += max(0, least - sum(widths))
    bases = _bases(top, len(rows))
    columns = []
    for place, hand, texts in table:
        start = hand.start(1 + _PADDING + sum(widths[:place]))
        columns.append(
            [f"{start}{base}{text.rest}" if text else "" for text, base in zip(texts, bases, strict=True)]
        )
    pieces = [
        (address(row.href) if row.href else href, row.tooltip, "".join(cells))
        for row, cells in zip(rows, zip(*columns, strict=True), strict=True)
    ]
    return sum(widths), [hand.look for _, hand, _ in table], pieces


def _in_columns(box: Box, count: int, least: int, top: int, href: str) -> tuple[int, list[Look], list[Piece]]:
    """A list of names in so many columns: their width, at least `least`, looks and what each looks like."""
    texts = [_NAME.text(row.text) if row.text else None for row in box.rows]
    deep = math.ceil(len(texts) / count)
    bases = _bases(top, deep)
    x = 1 + _PADDING
    pieces = []
    for start in range(0, len(texts), deep):
        column = texts[start : start + deep]
        before = _NAME.start(x)
        for row, text, base in zip(box.rows[start:], column, bases, strict=False):
            if text:
                pieces.append((address(row.href) or href, row.tooltip, f"{before}{base}{text.rest}"))
        x += max((text.width for text in column if text), default=0) + 2 * _PADDING
    return max(least, x - 1 - _PADDING), [_NAME.look], pieces


def _columns(box: Box, room: float) -> int:
    """How many columns of names fit into so much room, about equally long."""
    widest = max((_NAME.text(row.text).width for row in box.rows if row.text), default=0)
    count = max(1, min(len(box.rows), int(room // (widest + 2 * _PADDING))))
    return math.ceil(len(box.rows) / math.ceil(len(box.rows) / count))
