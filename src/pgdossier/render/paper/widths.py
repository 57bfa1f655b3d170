"""Where words may break, and how wide the columns of a table are, so that nothing is ever cut.

Widths are estimated from the letters, on the wide side: code has letters of one width, text has not more
than that. A column is never narrower than the longest piece in it that cannot be broken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache

import msgspec

from pgdossier.render.paper.parts import Runs, Table

# Names break where their words end.
_AFTER = re.compile(r"(?<=[._(),:;/\-|=\[\]{}<>\\&+@#%])(?=[^\s._(),:;/\-|=\[\]{}<>\\&+@#%])")
_CODE = 0.602 * 0.86  # the width of a letter of code, of the size of the text around it
_TEXT, _STRONG = 0.50, 0.53  # likewise of text: the mean of a line
_WIDEST = 0.62  # and of a short word, in which no mean is to be had
_PAD = 8.0  # points beside the content of a cell


class Breaking(msgspec.Struct, frozen=True):
    """Words longer than `whole` may break where their parts end, and parts longer than `piece` anywhere."""

    whole: int
    piece: int


USUAL = Breaking(20, 24)


class Layout(msgspec.Struct, frozen=True):
    """How a table is set: the size of its text, the widths of its columns in points, how words break."""

    size: float
    columns: tuple[float, ...]
    breaking: Breaking


# From what reads best to what fits always.
_TRIALS = (
    *((size, USUAL) for size in (8.5, 8.0, 7.5, 7.0)),
    *((size, Breaking(12, 16)) for size in (8.0, 7.0)),
    (7.0, Breaking(8, 10)),
    (6.5, Breaking(4, 6)),
    (6.0, Breaking(2, 3)),
    (6.0, Breaking(1, 1)),
)


@lru_cache(maxsize=100_000)
def pieces(text: str, breaking: Breaking = USUAL) -> tuple[str, ...]:
    """The text in pieces between which a line may end; spaces stay inside of pieces."""
    if max(map(_length, text.split()), default=0) <= min(breaking.whole, breaking.piece):
        return (text,)
    found: list[str] = []
    for token in re.split(r"(\s+)", text):
        if _length(token) <= breaking.whole or token.isspace():
            _append(found, token, joined=True)
            continue
        for number, part in enumerate(_AFTER.split(token)):
            for at, chunk in enumerate(_chunks(part, breaking.piece)):
                _append(found, chunk, joined=number == at == 0)
    return tuple(found)


def _append(found: list[str], text: str, *, joined: bool) -> None:
    if joined and found:
        found[-1] += text
    elif text:
        found.append(text)


def _chunks(part: str, most: int) -> list[str]:
    """Parts of at most that length; what belongs to the letter before it stays there."""
    found = [""]
    length = 0
    for char in part:
        own = _length(char)
        if own and length + own > most and found[-1]:
            found.append("")
            length = 0
        found[-1] += char
        length += own
    return found


def _length(text: str) -> int:
    """The letters of a text; those of East Asia count twice, and what is put onto a letter not at all."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def layout(table: Table, available: float) -> Layout:
    """How a table is set in that many points of width."""
    for size, breaking in _TRIALS:
        least = [_least(table, index, breaking) * size + _PAD for index in range(len(table.head))]
        if sum(least) <= available:
            lines = [_lines(table, index) for index in range(len(table.head))]
            return Layout(size, _shared(least, lines, size, available), breaking)
    share = available / max(1, len(table.head))
    size, breaking = _TRIALS[-1]
    return Layout(size, (share,) * len(table.head), breaking)


def _cells(table: Table, index: int) -> list[tuple[Runs, bool]]:
    return [(table.head[index], True), *((row[index], False) for row in table.rows)]


def _least(table: Table, index: int, breaking: Breaking) -> float:
    """The width of the longest piece of a column that cannot be broken, for text of one point."""
    most = 0.0
    for runs, strong in _cells(table, index):
        for run in runs:
            wide = _CODE if run.code else _WIDEST
            words = [word for piece in pieces(run.text, breaking) for word in piece.split()]
            most = max(most, max(map(_length, words), default=0) * wide * (1.05 if strong else 1.0))
    return most + 0.2


def _lines(table: Table, index: int) -> list[float]:
    """The width of the longest line of each cell of a column, likewise."""
    found = []
    for runs, strong in _cells(table, index):
        most = line = 0.0
        for run in runs:
            if run.text == "\n":
                most, line = max(most, line), 0.0
            else:
                mean = _CODE if run.code else _STRONG if strong or run.strong else _TEXT
                line += _length(run.text) * mean
        found.append(max(most, line))
    return found


def _shared(least: list[float], lines: list[list[float]], size: float, available: float) -> tuple[float, ...]:
    """Widths in proportion to what is in the columns, none below what it needs or above what it could use.

    Rows become lowest when widths are in proportion to the root mean square of the lengths of the lines.
    """
    most = [max(need, max(own) * size + _PAD + 2.0) for need, own in zip(least, lines, strict=True)]
    if sum(most) <= available:
        widths = most
    else:
        weights = [math.sqrt(sum(line * line for line in own)) or 1.0 for own in lines]
        widths = [0.0] * len(least)
        free = set(range(len(least)))
        left = available
        while free:
            scale = left / sum(weights[index] for index in free)
            tight = {index for index in free if weights[index] * scale < least[index]}
            # Needs come before wishes: what a column may not take helps the others.
            loose = {index for index in free - tight if weights[index] * scale > most[index]}
            fixed = tight or loose or set(free)
            for index in fixed:
                width = least[index] if tight else most[index] if loose else weights[index] * scale
                widths[index] = width
                left -= width
            free -= fixed
    spare = available - sum(widths)
    widest = max(range(len(widths)), key=lambda index: (most[index], index), default=0)
    if widths and spare > 0:
        widths[widest] += spare
    return tuple(int(width * 100) / 100 for width in widths)
