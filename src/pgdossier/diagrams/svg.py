"""What a document needs of a drawing and Graphviz does not give: made from its SVG, element by element.

The result has a title and a description, follows the reader's choice of light or dark, holds every text
to the width it was measured with, draws crow's feet as lines, links without nesting, carries no ids, no
scripts and nothing about the machine it was made on.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from pgdossier.diagrams import legend, palette
from pgdossier.diagrams.lettering import width
from pgdossier.errors import DiagramError

FONTS = 'Arial, Helvetica, "Liberation Sans", Arimo, sans-serif'
"""Fonts of the same widths on every system, then whatever there is (texts are fitted to their width)."""

_SIZE = "11"
_SCALE = 1.15  # a point of the layout in pixels, at the size a document shows when there is room
_LOOP = 14.0  # how far a line from a box to itself goes straight on before its bend is drawn in
_NARROWEST = 420.0  # a legend is not squeezed below this

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_NUMBER = re.compile(r"-?\d+\.\d+")
_POINT = re.compile(r"-?[\d.]+,-?[\d.]+")
_ENDS = re.compile(r"(\d+)(?::\w+)?->(\d+)(?::\w+)?")
_TRANSLATE = re.compile(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Graphviz' own SVG, parsed, and what can be counted in it."""

    graph: ET.Element
    width: float
    height: float
    boxes: int
    edges: int
    name: str = ""


class _Link(NamedTuple):
    href: str
    title: str


class _Piece(NamedTuple):
    link: _Link | None
    markup: str


def parse(raw: bytes) -> Drawing:
    """Graphviz' SVG, with its nodes and its drawn edges counted.

    Raises:
        DiagramError: The bytes are no SVG of Graphviz.
    """
    try:
        root = ET.fromstring(raw)  # noqa: S314 - the output of the engine we ran, no one else's
    except ET.ParseError as error:
        raise DiagramError(f"Graphviz wrote SVG that cannot be read: {error}") from None
    graph = root.find(f"{_SVG}g")
    box = root.get("viewBox", "").split()
    if graph is None or len(box) != 4:
        raise DiagramError("Graphviz wrote SVG without a drawing")
    groups = list(graph.iter(f"{_SVG}g"))
    return Drawing(
        graph=graph,
        width=float(box[2]),
        height=float(box[3]),
        boxes=sum(1 for group in groups if group.get("class") == "node"),
        edges=sum(
            1
            for group in groups
            if group.get("class") == "edge" and next(group.iter(f"{_SVG}path"), None) is not None
        ),
        name=graph.findtext(f"{_SVG}title", ""),
    )


def finish(drawing: Drawing, *, title: str, description: str, signs: tuple[str, ...] = ()) -> bytes:
    """The SVG of a document.

    Args:
        drawing: What Graphviz drew.
        title: For `<title>` and `aria-label`.
        description: For `<desc>`.
        signs: What the legend under the drawing explains; none, no legend.
    """
    across = max(drawing.width, _NARROWEST) if signs else drawing.width
    key, high = legend.draw(signs, across, drawing.height) if signs else ("", 0.0)
    down = drawing.height + high
    body = "\n".join(_groups(drawing.graph))
    shift = _TRANSLATE.search(drawing.graph.get("transform", ""))
    place = f' transform="translate({_short(shift[1])} {_short(shift[2])})"' if shift else ""
    content = f'<g class="graph"{place}>\n{body}\n</g>\n{key}'
    paper = f'<rect width="{across:g}" height="{down:g}" fill="{palette.PAPER}"/>\n'
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="erd"'
        f' width="{round(across * _SCALE)}" height="{round(down * _SCALE)}"'
        f' viewBox="0 0 {across:g} {down:g}" role="img" aria-label={quoteattr(title)}'
        f' font-family={quoteattr(FONTS)} font-size="{_SIZE}" fill="{palette.INK}" xml:space="preserve">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>\n"
    )
    return (svg + _style(svg + paper + content) + paper + content + "</svg>\n").encode()


def _style(markup: str) -> str:
    """The colours of the dark, for those that this drawing has."""
    rules = []
    for light, dark in palette.DARK.items():
        for paint in ("fill", "stroke"):
            chosen = f'[{paint}="{light}"]'
            if f'{paint}="{light}"' in markup:
                also = f".erd{chosen}," if paint == "fill" and light == palette.INK else ""
                rules.append(f"{also}.erd {chosen}{{{paint}:{dark}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>\n"


def _short(number: str) -> str:
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _numbers(text: str) -> str:
    return _NUMBER.sub(lambda match: _short(match.group()), text)


def _groups(graph: ET.Element) -> Iterator[str]:
    for group in graph:
        kind = group.get("class", "")
        if group.tag != f"{_SVG}g":
            continue  # the background, which we paint ourselves, and the graph's own title
        pieces = list(_edge(group)) if kind == "edge" else list(_pieces(group, None))
        markup = "".join(
            _linked(link, "".join(piece.markup for piece in run))
            for link, run in groupby(pieces, key=lambda piece: piece.link)
        )
        yield f'<g class="{escape(kind)}">{markup}</g>'


def _linked(link: _Link | None, markup: str) -> str:
    if link is None:
        return markup
    title = f"<title>{escape(link.title)}</title>" if link.title else ""
    if link.href:
        return f'<a href={quoteattr(link.href)} target="_top">{title}{markup}</a>'
    return f"<g>{title}{markup}</g>" if title else markup


def _follow(element: ET.Element, link: _Link | None) -> _Link | None:
    """The link that holds inside this element: links of SVG must not nest, the innermost one counts."""
    if element.tag != f"{_SVG}a":
        return link
    href = element.get(f"{_XLINK}href", "") or (link.href if link else "")
    title = element.get(f"{_XLINK}title", "") or (link.title if link else "")
    return _Link(href, title)


def _pieces(element: ET.Element, link: _Link | None) -> Iterator[_Piece]:
    """The shapes and texts of a node or a cluster, each with the link it belongs to."""
    for child in element:
        if child.tag in (f"{_SVG}g", f"{_SVG}a"):
            yield from _pieces(child, _follow(child, link))
        elif child.tag == f"{_SVG}text":
            yield _Piece(link, _text(child))
        elif child.tag != f"{_SVG}title":
            yield _Piece(link, _shape(child))


def _shape(element: ET.Element) -> str:
    name = element.tag.removeprefix(_SVG)
    attributes = "".join(
        f" {key}={quoteattr(_numbers(value))}"
        for key, value in element.attrib.items()
        if not (key == "stroke" and value == "none") and key != "id"
    )
    return f"<{name}{attributes}/>"


def _text(element: ET.Element) -> str:
    """One text, held to the width that its box was made for, whatever font the reader has."""
    # Graphviz writes runs of spaces with no-break spaces; here spaces are preserved anyway.
    content = (element.text or "").replace("\N{NO-BREAK SPACE}", " ")
    size = element.get("font-size", _SIZE)
    bold = element.get("font-weight") == "bold"
    attributes = [f'x="{_short(element.get("x", "0"))}"', f'y="{_short(element.get("y", "0"))}"']
    if element.get("text-anchor", "start") != "start":
        attributes.append(f'text-anchor="{element.get("text-anchor")}"')
    if bold:
        attributes.append('font-weight="bold"')
    if float(size) != float(_SIZE):
        attributes.append(f'font-size="{float(size):g}"')
    fill = element.get("fill")
    if fill and fill != palette.INK:
        attributes.append(f'fill="{fill}"')
    long = width(content, float(size), bold=bold)
    if long:
        attributes.append(f'textLength="{long:.1f}" lengthAdjust="spacingAndGlyphs"')
    return f"<text {' '.join(attributes)}>{escape(content)}</text>"


def _edge(group: ET.Element) -> Iterator[_Piece]:
    """A line with its ends, as one path of strokes, and its label."""
    link: _Link | None = None
    strokes: list[str] = []
    look = ""
    labels: list[str] = []
    ends = _ENDS.fullmatch(group.findtext(f"{_SVG}title", ""))
    loop = ends is not None and ends[1] == ends[2]
    for element in group.iter():
        link = _follow(element, link)
        name = element.tag.removeprefix(_SVG)
        if name == "path":
            line = element.get("d", "")
            strokes.insert(0, _tightened(line) if loop else line)
            look = "".join(
                f" {key}={quoteattr(element.attrib[key])}"
                for key in ("stroke", "stroke-width", "stroke-dasharray")
                if key in element.attrib
            )
        elif name == "ellipse":
            strokes.append(_circle(element))
        elif name in ("polygon", "polyline"):
            strokes.append(_stroke(element.get("points", "")))
        elif name == "text":
            labels.append(_text(element))
    yield _Piece(link, f'<path fill="none"{look} d="{_numbers("".join(strokes))}"/>' + "".join(labels))


def _tightened(line: str) -> str:
    """A loop that goes only a little to the right: Graphviz gives it half the way to the next rank."""
    points = [tuple(map(float, pair.split(","))) for pair in _POINT.findall(line)]
    if not points:
        return line
    near = min(points[0][0], points[-1][0]) + _LOOP
    return _POINT.sub(lambda pair: _pulled(pair.group(), near), line)


def _pulled(pair: str, near: float) -> str:
    x, y = map(float, pair.split(","))
    return f"{near + (x - near) * 0.3 if x > near else x:.1f},{y:.1f}"


def _circle(element: ET.Element) -> str:
    x, y, r = (float(element.get(key, "0")) for key in ("cx", "cy", "rx"))
    return f"M{x - r:.1f},{y:.1f}a{r:.1f},{r:.1f} 0 1 0 {2 * r:.1f},0a{r:.1f},{r:.1f} 0 1 0 {-2 * r:.1f},0"


def _stroke(points: str) -> str:
    """One part of an end as strokes: Graphviz fills outlines where a crow's foot has three lines.

    Its crow is a polygon of nine points (the tip, a toe, …, the heel as the fifth, …, the other toe, the
    tip again), its tee a thin rectangle; everything else is taken as it is.
    """
    corners = [tuple(map(float, pair.split(","))) for pair in points.split()]
    if len(corners) == 9:
        tip, toe, heel, other = corners[0], corners[1], corners[4], corners[7]
        return f"M{_at(toe)}L{_at(tip)}L{_at(other)}M{_at(tip)}L{_at(heel)}"
    if len(corners) == 5:
        a, b, c, d = corners[:4]
        return f"M{_at(_middle(a, d))}L{_at(_middle(b, c))}"
    return "M" + "L".join(map(_at, corners))


def _at(point: tuple[float, ...]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _middle(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float]:
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
