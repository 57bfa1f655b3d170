"""The legend under a diagram: which signs it explains, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from xml.sax.saxutils import escape

from pgdossier.diagrams import palette, strokes
from pgdossier.diagrams.chart import Box, Chart, Link, Role
from pgdossier.diagrams.lettering import fitted, width
from pgdossier.diagrams.looks import Look, Looks
from pgdossier.language import mark, tr

TEXTS = {
    "PK": mark("primary key"),
    "FK": mark("foreign key"),
    "UQ": mark("unique"),
    "*": mark("not null"),
    "→": mark("foreign key whose line is not drawn"),
    "keys": mark("so many foreign keys, to the domain that is referenced"),
    "both": mark("in both directions"),
    "→ domain": mark("referenced by so many that no lines are drawn"),
    "many": mark("any number"),
    "one": mark("none or one"),
    "exactly": mark("exactly one"),
    "identifying": mark("in the child's primary key"),
    "implied": mark("declared by no foreign key"),
    "stub": mark("only referenced from here"),
    "goes": mark("rows go too"),
    "changes": mark("rows stay, columns change"),
    "refuses": mark("such rows refuse the deletion"),
    "login": mark("role that can log in"),
    "group": mark("role that cannot log in"),
    "member": mark("to the role whose privileges it has"),
    "setting": mark("to the role whose privileges it has after SET ROLE"),
    "flow": mark("the way that data, or a client, goes"),
    "silent": mark("configured, but not seen at work"),
}
"""Every sign a legend can explain, in the order in which it does."""

_SIZE = 10.0
_LINE = 18.0
_MARGIN = 10.0
_GAP = 18.0

# Signs that are drawn: how wide they are, and their strokes from the left end on the text's middle line.
_DRAWN = {
    "many": (28.0, "M0,0H20M20,0L28,-4M20,0L28,4M20,0H28M12.6,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0"),
    "one": (28.0, "M0,0H28M24,-4V4M15,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0"),
    "exactly": (28.0, "M0,0H28M20,-4V4M24,-4V4"),
    "identifying": (28.0, "M0,0H28"),
    "implied": (28.0, "M0,0H28"),
    "stub": (20.0, "M0,-5H20V5H0Z"),
    "goes": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "changes": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "refuses": (28.0, "M0,0H25M25,-5V5"),
    "keys": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "both": (28.0, "M7,0H21M21,-3.5L28,0L21,3.5ZM7,-3.5L0,0L7,3.5Z"),
    "login": (20.0, "M0,-5H20V5H0Z"),
    "group": (20.0, "M0,0L4,-5H16L20,0L16,5H4Z"),
    "member": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "setting": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "flow": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
    "silent": (28.0, "M0,0H21M21,-3.5L28,0L21,3.5Z"),
}
_DASHED = frozenset(("implied", "stub", "changes", "setting", "silent"))


def entries(chart: Chart) -> tuple[str, ...]:
    """The signs that occur in that chart, in the order of `TEXTS`."""
    return of([of_box(box) for box in chart.boxes], chart.links)


def of_box(box: Box) -> frozenset[str]:
    """The signs that occur in a box."""
    rows = box.rows
    used = {mark for marks in {row.marks for row in rows} for mark in marks}
    if True in [row.required for row in rows]:
        used.add("*")
    if any(row.target or row.text.startswith("→ ") for row in rows):
        used.add("→")
    if box.role is Role.STUB:
        used.add("stub")
    return frozenset(used)


def of(boxes: Iterable[frozenset[str]], links: Iterable[Link]) -> tuple[str, ...]:
    """The signs of boxes and those of links, in the order of `TEXTS`."""
    used = set().union(*boxes)
    for link in links:
        used.add("many" if link.many else "one")
        used.add("one" if link.optional else "exactly")
        if link.identifying:
            used.add("identifying")
        if link.implied and link.child_column is not None:
            used.add("implied")
    return _ordered(frozenset(used))


@lru_cache(maxsize=1000)
def _ordered(signs: frozenset[str]) -> tuple[str, ...]:
    return tuple(sign for sign in TEXTS if sign in signs)


def draw(signs: tuple[str, ...], across: float, top: float, looks: Looks) -> tuple[str, float]:
    """The legend as SVG.

    Args:
        signs: What it explains, keys of `TEXTS`.
        across: The width it may take.
        top: Where it begins.
        looks: The looks of the drawing.

    Returns:
        The markup, and the height it takes.
    """
    x, lines = _MARGIN, 1
    begun = []
    texts = tuple(tr(TEXTS[sign]) for sign in signs)
    for at, whole in enumerate(_widths(signs, texts)):
        if x > _MARGIN and x + whole > across - _MARGIN:
            begun.append(at)
            x, lines = _MARGIN, lines + 1
        x += whole + _GAP
    markup, used = _drawn(signs, texts, tuple(begun))
    looks.use(used)
    place = strokes.short(top)
    return f'<g class="legend" transform="translate(0 {place})">{markup}</g>\n', lines * _LINE + _MARGIN


def _wide(sign: str) -> float:
    """How wide a sign is."""
    return _DRAWN[sign][0] if sign in _DRAWN else width(sign, _SIZE, bold=True)


@lru_cache(maxsize=1000)
def _widths(signs: tuple[str, ...], texts: tuple[str, ...]) -> tuple[float, ...]:
    """How wide each sign is with its text."""
    return tuple(_wide(sign) + 5 + width(text, _SIZE) for sign, text in zip(signs, texts, strict=True))


@lru_cache(maxsize=1000)
def _drawn(
    signs: tuple[str, ...], texts: tuple[str, ...], begun: tuple[int, ...]
) -> tuple[str, frozenset[Look]]:
    """Signs with their texts, and the looks that they use; many diagrams have the same.

    `begun` are those signs, by position, with which a line begins after the first.
    """
    looks = Looks()
    parts = []
    x, y = _MARGIN, _LINE
    for at, (sign, text, whole) in enumerate(zip(signs, texts, _widths(signs, texts), strict=True)):
        if at in begun:
            x, y = _MARGIN, y + _LINE
        parts.append(_sign(sign, x, y, looks))
        parts.append(_words(text, x + _wide(sign) + 5, y, looks, palette.DIM))
        x += whole + _GAP
    return "".join(parts), looks.used


def _sign(sign: str, x: float, y: float, looks: Looks) -> str:
    if sign not in _DRAWN:
        return _words(sign, x, y, looks, palette.KEY if sign.isalpha() else palette.DIM, bold=True)
    look = looks.shape(
        stroke={
            "identifying": palette.STRONG_LINE,
            "stub": palette.BORDER,
            "login": palette.BORDER,
            "group": palette.BORDER,
            "refuses": palette.KEY,
        }.get(sign, palette.LINE),
        width={"identifying": "1.4", "refuses": "1.4", "one": "0.7"}.get(sign),
        dashes="5,2" if sign in _DASHED else None,
    )
    return f'<path{look} transform="translate({x:.1f} {y - 3.5:.1f})" d="{_DRAWN[sign][1]}"/>'


def _words(text: str, x: float, y: float, looks: Looks, colour: str, *, bold: bool = False) -> str:
    look = looks.text(size=_SIZE, bold=bold, fill=colour)
    place = f'x="{strokes.short(x)}" y="{strokes.short(y)}"'
    return f"<text{look} {place}{fitted(text, width(text, _SIZE, bold=bold))}>{escape(text)}</text>"
