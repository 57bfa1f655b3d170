"""A finished SVG as PNG or PDF, for slides, tickets and paper.

Typst draws both (the extra `pdf`): its wheel needs no other program, and brings a font for machines without
any. Texts keep the widths that their boxes were made for, whatever the font. Links and tooltips stay behind:
they live in the SVG.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pgdossier.errors import DiagramError

SCALE = 2.0
"""Pixels of a PNG for one of the SVG, as dense screens have."""

MOST_PIXELS = 60_000_000
"""Pixels of a PNG beyond which it is made coarser, so that a very large one needs no gigabytes."""

_MOST_POINTS = 14_000.0  # the side of a page of PDF, of which readers take 14,400 points
_POINTS = 0.75  # of a pixel
_SIZE = re.compile(rb'<svg [^>]*?\bwidth="(\d+)" height="(\d+)"')

_PAGE = """#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("diagram.svg", width: {width:.3f}pt, alt: sys.inputs.title)
"""


def require() -> Any:
    """The library that draws.

    Raises:
        DiagramError: It is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an extra, and only these two formats need it
    except ImportError:
        raise DiagramError(
            "PNG and PDF need typst, which is not installed",
            hint="pip install 'pgdossier[pdf]', or write SVG, which needs nothing more",
        ) from None
    return typst


def png(svg: bytes, title: str) -> bytes:
    """The drawing as PNG, twice as many pixels in each direction as the SVG says, on white.

    Args:
        svg: A drawing of this package.
        title: What it shows.

    Raises:
        DiagramError: Typst is not installed, or cannot draw it.
    """
    width, height = _size(svg)
    scale = min(SCALE, math.sqrt(MOST_PIXELS / (width * height)))
    return _made(svg, title, width * _POINTS, "png", 96.0 * scale)


def pdf(svg: bytes, title: str) -> bytes:
    """The drawing as PDF: one page of its size, texts as texts, no date. Arguments and errors as `png`."""
    width, height = _size(svg)
    shrunk = min(1.0, _MOST_POINTS / (max(width, height) * _POINTS))
    return _made(svg, title, width * _POINTS * shrunk, "pdf", None)


def _size(svg: bytes) -> tuple[int, int]:
    found = _SIZE.search(svg)
    if found is None:
        raise DiagramError("the drawing has no size")
    return max(1, int(found[1])), max(1, int(found[2]))


def _made(svg: bytes, title: str, width: float, form: str, density: float | None) -> bytes:
    typst = require()
    files = {"main.typ": _PAGE.format(width=width).encode(), "diagram.svg": svg}
    try:
        made = typst.compile(files, format=form, ppi=density, sys_inputs={"title": title})
    except RuntimeError as error:  # its own errors are of this kind
        first = next(iter(str(error).splitlines()), "no reason given")
        raise DiagramError(f"typst could not draw the {form.upper()}: {first}") from None
    if not isinstance(made, bytes):
        raise DiagramError(f"typst drew {len(made)} pages instead of one")
    return made
