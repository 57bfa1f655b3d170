"""What a document needs of a drawing and Graphviz does not give: made from its SVG, element by element.

The result has a title and a description, follows the reader's choice of light or dark, holds every text
to the width it was measured with, draws crow's feet as lines, links without nesting, says looks once in a
style sheet, carries no scripts and nothing about the machine it was made on.
"""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import msgspec

from pgdossier.diagrams import legend, painting, palette, strokes
from pgdossier.diagrams.lettering import fitted, width
from pgdossier.diagrams.linking import Piece, linked, titled
from pgdossier.diagrams.looks import SIZE, Looks
from pgdossier.diagrams.painting import Painted
from pgdossier.errors import DiagramError

FONTS = 'Arial, Helvetica, "Liberation Sans", Arimo, sans-serif'
"""Fonts of the same widths on every system, then whatever there is (texts are fitted to their width)."""

_FONTS = quoteattr(FONTS)

WIDEST = 900
"""Pixels that a drawing is wide at most: what a page has room for. A larger one is shown smaller."""

_SCALE = 1.15  # a point of the layout in pixels, at the size a document shows when there is room
_LOOP = 14.0  # how far a line from a box to itself goes straight on before its bend is drawn in
_BEND = 20.0  # how far its bend goes further at most: less than there is to the next box
_NARROWEST = 420.0  # a legend is not squeezed below this
_CORNER = "9"  # radius of the corners of frames

_SVG = "{http://www.w3.org/2000/svg}"
_POLYGON = f"{_SVG}polygon"
_STROKES = (_POLYGON, f"{_SVG}polyline")
_XLINK = "{http://www.w3.org/1999/xlink}"
_POINT = re.compile(r"-?[\d.]+,-?[\d.]+")
_ENDS = re.compile(r"(\d+)(?::\w+)?->(\d+)(?::\w+)?")
_TRANSLATE = re.compile(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)")


class Drawing(msgspec.Struct, frozen=True):
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


def finish(
    drawing: Drawing,
    *,
    title: str,
    description: str,
    signs: tuple[str, ...] = (),
    painted: Mapping[int, Painted] | None = None,
) -> bytes:
    """The SVG of a document.

    Args:
        drawing: What Graphviz drew.
        title: For `<title>`, which also is its label.
        description: For `<desc>`.
        signs: What the legend under the drawing explains; none, no legend.
        painted: What the boxes look like, by number, where Graphviz drew their outlines only.
    """
    looks = Looks()
    body = [f"{group}\n" for group in _Finishing(drawing.graph, looks, painted).groups()]
    size = drawing.width, drawing.height
    return document(body, looks, size, title=title, description=description, signs=signs)


def document(
    body: Iterable[str],
    looks: Looks,
    size: tuple[float, float],
    *,
    title: str,
    description: str,
    signs: tuple[str, ...] = (),
) -> bytes:
    """The SVG of a document, of boxes and lines that are ready.

    Args:
        body: Groups of elements.
        looks: What they look like.
        size: How wide and how high they are together.
        title: For `<title>`, which also is its label.
        description: For `<desc>`.
        signs: What the legend under the drawing explains; none, no legend.
    """
    wide, deep = size
    across = max(wide, _NARROWEST) if signs else wide
    key, high = legend.draw(signs, across, deep, looks) if signs else ("", 0.0)
    down = deep + high
    paper = f'<path{looks.shape(fill=palette.PAPER)} d="M0 0h{across:g}v{down:g}h-{across:g}z"/>\n'
    scale = min(_SCALE, WIDEST / across)
    # Names of its own: several drawings can stand in one page.
    own = hashlib.sha256(f"{title}\n{description}".encode()).hexdigest()[:8]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="erd"'
        f' width="{round(across * scale)}" height="{round(down * scale)}"'
        f' viewBox="0 0 {across:g} {down:g}" role="img" aria-labelledby="t{own} d{own}"'
        f' font-family={_FONTS} font-size="{SIZE:g}" fill="{palette.INK}" xml:space="preserve">'
        f'<title id="t{own}">{escape(title)}</title><desc id="d{own}">{escape(description)}</desc>\n'
    )
    parts = (svg, looks.sheet(), paper, '<g class="graph">\n', *body, "</g>\n", key, "</svg>\n")
    return "".join(parts).encode()


def _piece(link: _Link | None, markup: str) -> Piece:
    return (link.href, link.title, markup) if link else ("", "", markup)


def _follow(element: ET.Element, link: _Link | None) -> _Link | None:
    """The link that holds inside this element: links of SVG must not nest, the innermost one counts."""
    if element.tag != f"{_SVG}a":
        return link
    href = element.get(f"{_XLINK}href", "") or (link.href if link else "")
    title = element.get(f"{_XLINK}title", "") or (link.title if link else "")
    return _Link(href, title.strip(" "))


class _Finishing:
    """Turns the groups of Graphviz' SVG into ours, with everything moved to where it stands on the paper."""

    def __init__(self, graph: ET.Element, looks: Looks, painted: Mapping[int, Painted] | None) -> None:
        self._graph = graph
        self._painted = painted
        self._looks = looks
        found = _TRANSLATE.search(graph.get("transform", ""))
        self._shift = (float(found[1]), float(found[2])) if found else (0.0, 0.0)

    def groups(self) -> Iterator[str]:
        """Every box, frame and line; not the background, which we paint ourselves, nor the graph's title."""
        for group in self._graph:
            if group.tag != f"{_SVG}g":
                continue
            kind = group.get("class", "")
            if kind == "edge":
                link, markup = self._edge(group)
                title = titled(link.title) if link else ""
                yield f'<g class="edge">{title}{markup}</g>'
            elif kind == "node" and self._painted is not None:
                yield self._placed(group, self._painted[int(group.findtext(f"{_SVG}title", ""))])
            else:
                pieces = list(self._pieces(group, None, framed=kind == "cluster"))
                yield f'<g class="{escape(kind)}">{linked(pieces)}</g>'

    def _placed(self, group: ET.Element, painted: Painted) -> str:
        """A painted box where its outline is."""
        points = " ".join([outline.get("points", "") for outline in group.iter(_POLYGON)])
        numbers = list(map(float, points.replace(",", " ").split()))
        self._looks.use(painted.looks)
        return painting.placed(
            painted, min(numbers[0::2]) + self._shift[0], min(numbers[1::2]) + self._shift[1]
        )

    def _pieces(self, element: ET.Element, link: _Link | None, *, framed: bool = False) -> Iterator[Piece]:
        """The shapes and texts of a node or a cluster, each with the link it belongs to."""
        borders = {
            child.get("points", ""): child
            for child in element
            if child.get("fill") == "none" and child.get("points")
        }
        drawn = set()
        for child in element:
            points = child.get("points", "")
            if child.tag in (f"{_SVG}g", f"{_SVG}a"):
                yield from self._pieces(child, _follow(child, link))
            elif child.tag == f"{_SVG}text":
                yield _piece(link, self._text(child))
            elif child.tag == f"{_SVG}title" or points in drawn:
                continue
            elif points in borders and child.get("stroke") in (None, "none"):
                # Graphviz paints a box and draws its border; one shape can be both.
                drawn.add(points)
                yield _piece(link, self._shape(child, border=borders[points]))
            else:
                yield _piece(link, self._shape(child, framed=framed))

    def _shape(self, element: ET.Element, *, framed: bool = False, border: ET.Element | None = None) -> str:
        name = element.tag.removeprefix(_SVG)
        edge = element if border is None else border
        fill, stroke = element.get("fill"), edge.get("stroke")
        if name == "polygon":
            points = [_pair(pair) for pair in element.get("points", "").split()]
            data = strokes.outline(points, self._shift)
            if "z" not in data:  # a rule between rows
                fill, stroke = None, stroke or fill
        elif name == "path":
            data = element.get("d", "")
            if framed:
                return self._frame(element, data)
            data = strokes.path(data, self._shift)
        elif name == "ellipse":
            x, y, r = (float(element.get(key, "0")) for key in ("cx", "cy", "rx"))
            data = strokes.path(strokes.ring(x, y, r), self._shift)
        else:
            data = strokes.path("M" + "L".join(element.get("points", "").split()), self._shift)
        look = self._looks.shape(
            fill=fill, stroke=stroke, width=edge.get("stroke-width"), dashes=edge.get("stroke-dasharray")
        )
        return f'<path{look} d="{data}"/>'

    def _frame(self, element: ET.Element, data: str) -> str:
        """A frame with round corners, which Graphviz draws as two dozen curves."""
        left, top, right, bottom = strokes.bounds(data)
        look = self._looks.shape(
            fill=element.get("fill"), stroke=element.get("stroke"), width=element.get("stroke-width")
        )
        x, y = strokes.short(left + self._shift[0]), strokes.short(top + self._shift[1])
        size = f'width="{strokes.short(right - left)}" height="{strokes.short(bottom - top)}"'
        return f'<rect{look} x="{x}" y="{y}" {size} rx="{_CORNER}"/>'

    def _text(self, element: ET.Element) -> str:
        """One text, held to the width that its box was made for, whatever font the reader has."""
        # Graphviz writes runs of spaces with no-break spaces; here spaces are preserved anyway.
        content = (element.text or "").replace("\N{NO-BREAK SPACE}", " ")
        size = float(element.get("font-size", SIZE))
        bold = element.get("font-weight") == "bold"
        long = width(content, size, bold=bold)
        anchor = element.get("text-anchor", "start")
        x = float(element.get("x", "0")) + self._shift[0] - long * _BEFORE[anchor]
        y = float(element.get("y", "0")) + self._shift[1]
        look = self._looks.text(size=size, bold=bold, fill=element.get("fill"))
        return (
            f'<text{look} x="{strokes.short(x)}" y="{strokes.short(y)}"{fitted(content, long)}>'
            f"{escape(content)}</text>"
        )

    def _edge(self, group: ET.Element) -> tuple[_Link | None, str]:
        """A line with its ends, as one path of strokes, and its label."""
        link: _Link | None = None
        line = ""
        look = ""
        signs: list[strokes.Step] = []
        labels: list[str] = []
        ends = _ENDS.fullmatch(group.findtext(f"{_SVG}title", ""))
        loop = ends is not None and ends[1] == ends[2]
        for element in group.iter():
            name = element.tag
            if name in _STROKES:
                signs += self._stroke(element.get("points", ""))
            elif name == f"{_SVG}a":
                link = _follow(element, link)
            elif name == f"{_SVG}path":
                line = element.get("d", "")
                line = _tightened(line) if loop else line
                look = self._looks.shape(
                    stroke=element.get("stroke"),
                    width=element.get("stroke-width"),
                    dashes=element.get("stroke-dasharray"),
                )
            elif name == f"{_SVG}ellipse":
                x, y, r = (float(element.get(key, "0")) for key in ("cx", "cy", "rx"))
                signs += strokes.circle(self._place(x - r, y), r)
            elif name == f"{_SVG}text":
                labels.append(self._text(element))
        data = strokes.path(line, self._shift, signs)
        return link, f'<path{look} d="{data}"/>{"".join(labels)}'

    def _stroke(self, points: str) -> list[strokes.Step]:
        """One part of an end as strokes: Graphviz fills outlines where a crow's foot has three lines.

        Its crow is a polygon of nine points (the tip, a toe, …, the heel as the fifth, …, the other toe, the
        tip again), its tee a thin rectangle; everything else is taken as it is.
        """
        corners = points.split()
        if len(corners) == 9:
            tip, toe, heel, other = [self._place(*_pair(corners[at])) for at in (0, 1, 4, 7)]
            return [("M", toe), ("L", tip), ("L", other), ("M", tip), ("L", heel)]
        if len(corners) == 5:
            a, b, c, d = map(_pair, corners[:4])
            return [("M", self._place(*_middle(a, d))), ("L", self._place(*_middle(b, c)))]
        places = [self._place(*_pair(corner)) for corner in corners]
        return [("L" if at else "M", place) for at, place in enumerate(places)]

    def _place(self, x: float, y: float) -> tuple[int, int]:
        """Where a point of an end is on the paper, in tenths."""
        return round((round(x, 1) + self._shift[0]) * 10), round((round(y, 1) + self._shift[1]) * 10)


_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}  # how much of a text lies before its x


def _pair(pair: str) -> tuple[float, float]:
    x, y = map(float, pair.split(","))
    return x, y


def _tightened(line: str) -> str:
    """A loop that goes only a little to the right: Graphviz gives it half the way to the next rank."""
    points = [_pair(pair) for pair in _POINT.findall(line)]
    if not points:
        return line
    near = min(points[0][0], points[-1][0]) + _LOOP
    far = max(x for x, _ in points) - near
    part = min(0.3, _BEND / far) if far > 0 else 1.0

    def pulled(found: re.Match[str]) -> str:
        x, y = _pair(found.group())
        return f"{near + (x - near) * part if x > near else x:.1f},{y:.1f}"

    return _POINT.sub(pulled, line)


def _middle(one: strokes.Point, other: strokes.Point) -> strokes.Point:
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
