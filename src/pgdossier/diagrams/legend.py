"""The legend under a diagram: which signs it explains, and how it is drawn."""

from __future__ import annotations

from xml.sax.saxutils import escape

from pgdossier.diagrams import palette, strokes
from pgdossier.diagrams.chart import Chart, Role
from pgdossier.diagrams.lettering import fitted, width
from pgdossier.diagrams.looks import Looks

TEXTS = {
    "PK": "primary key",
    "FK": "foreign key",
    "UQ": "unique",
    "*": "not null",
    "→": "foreign key whose line is not drawn",
    "keys": "so many foreign keys, to the domain that is referenced",
    "both": "in both directions",
    "→ domain": "referenced by so many that no lines are drawn",
    "many": "any number",
    "one": "none or one",
    "exactly": "exactly one",
    "identifying": "in the child's primary key",
    "implied": "declared by no foreign key",
    "stub": "only referenced from here",
    "goes": "rows go too",
    "changes": "rows stay, columns change",
    "refuses": "such rows refuse the deletion",
    "login": "role that can log in",
    "group": "role that cannot log in",
    "member": "to the role whose privileges it has",
    "setting": "to the role whose privileges it has after SET ROLE",
    "flow": "the way that data, or a client, goes",
    "silent": "configured, but not seen at work",
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
    used = {mark for box in chart.boxes for row in box.rows for mark in row.marks}
    if any(row.required for box in chart.boxes for row in box.rows):
        used.add("*")
    if any(row.target or row.text.startswith("→ ") for box in chart.boxes for row in box.rows):
        used.add("→")
    used |= {"many" for link in chart.links if link.many}
    used |= {"one" for link in chart.links if not link.many or link.optional}
    used |= {"exactly" for link in chart.links if not link.optional}
    used |= {"identifying" for link in chart.links if link.identifying}
    used |= {"implied" for link in chart.links if link.implied and link.child_column is not None}
    used |= {"stub" for box in chart.boxes if box.role is Role.STUB}
    return tuple(sign for sign in TEXTS if sign in used)


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
    x, y = _MARGIN, top + _LINE
    parts = []
    for sign in signs:
        text = TEXTS[sign]
        wide = _DRAWN[sign][0] if sign in _DRAWN else width(sign, _SIZE, bold=True)
        whole = wide + 5 + width(text, _SIZE)
        if x > _MARGIN and x + whole > across - _MARGIN:
            x, y = _MARGIN, y + _LINE
        parts.append(_sign(sign, x, y, looks))
        parts.append(_words(text, x + wide + 5, y, looks, palette.DIM))
        x += whole + _GAP
    return f'<g class="legend">{"".join(parts)}</g>\n', y - top + _MARGIN


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
