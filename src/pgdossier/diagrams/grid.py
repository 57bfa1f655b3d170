"""The picture of last resort: boxes in rows and lines in the space between, without any layout engine.

It is made from the Graphviz source that `dot`, `network` and `roles` write, so that it shows the same boxes,
rows, links and lines, as the same kind of SVG that Graphviz would have given. No line runs through a box or
along another line: each has tracks of its own between the rows and the columns of boxes.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from pgdossier.diagrams import palette
from pgdossier.diagrams.lettering import width
from pgdossier.diagrams.svg import Drawing
from pgdossier.errors import DiagramError

_PAGE = 1100.0
_MARGIN = 12.0
_PADDING = 4.0
_GAP = 6.0  # between two cells, and between two texts of a header
_LEADING = 1.5  # height of a row in sizes of its text
_SIZE = 11.0
_NOTE = 9.0
_END = 14.0  # what the signs at the end of a line take
_TRACK = 5.0  # from one line to the next

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_LABEL = re.compile(r"\blabel=<(<TABLE[ >].*</TABLE>)>")
_NODE = re.compile(r"\s*(\d+) \[")
_LINE = re.compile(r"\s*(\d+)(?::\w+)* -> (\d+)(?::\w+)*(?: \[(.*)\])?\s*")
_ATTRIBUTE = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"\]]+)')


class _Text(msgspec.Struct, frozen=True):
    content: str
    size: float
    bold: bool
    colour: str

    @property
    def width(self) -> float:
        return width(self.content, self.size, bold=self.bold)


class _Cell(msgspec.Struct, frozen=True):
    texts: tuple[_Text, ...]
    href: str
    title: str

    @property
    def width(self) -> float:
        return sum(text.width for text in self.texts) + _GAP * max(0, len(self.texts) - 1)


class _Row(msgspec.Struct, frozen=True):
    cells: tuple[_Cell, ...]
    fill: str

    @property
    def height(self) -> float:
        sizes = [text.size for cell in self.cells for text in cell.texts]
        return round(max(sizes, default=_SIZE) * _LEADING, 1)


class _Box(msgspec.Struct):
    number: int
    frame: str
    rows: tuple[_Row, ...]
    border: str
    dashed: bool
    href: str
    title: str
    x: float = 0.0
    y: float = 0.0

    @property
    def columns(self) -> list[float]:
        """The widths of the cells of rows that have several."""
        several = [row.cells for row in self.rows if len(row.cells) > 1]
        return [
            max(cells[place].width for cells in several if place < len(cells))
            for place in range(max(map(len, several), default=0))
        ]

    @property
    def width(self) -> float:
        columns = self.columns
        inner = [sum(columns) + _GAP * max(0, len(columns) - 1), width(self.frame, _NOTE)]
        inner += [row.cells[0].width for row in self.rows if len(row.cells) == 1]
        return round(max(inner) + 2 * _PADDING, 1)

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows) + 2


class _Line(msgspec.Struct, frozen=True):
    tail: int
    head: int
    attributes: dict[str, str]


class _Tracks(msgspec.Struct):
    """The lines that use one space between boxes, and where it begins."""

    used: int = 0
    start: float = 0.0

    def take(self) -> int:
        self.used += 1
        return self.used - 1

    def at(self, track: int) -> float:
        return self.start + _END + _TRACK * track

    @property
    def size(self) -> float:
        return 2 * _END + _TRACK * max(0, self.used - 1)


class _Found(msgspec.Struct):
    boxes: list[_Box] = msgspec.field(default_factory=list)
    lines: list[_Line] = msgspec.field(default_factory=list)


def lay_out(source: str) -> Drawing:
    """The boxes and lines of a Graphviz source of this package as a drawing.

    Args:
        source: What `dot.write`, `network.write` or `roles` wrote.

    Raises:
        DiagramError: The source is not like that.
    """
    try:
        found = _read(source)
    except ET.ParseError as error:
        raise DiagramError(f"a label cannot be read: {error}") from None
    boxes, lines = found.boxes, found.lines
    numbers = {box.number for box in boxes}
    if any(line.tail not in numbers or line.head not in numbers for line in lines):
        raise DiagramError("the source has lines to boxes that it has not")
    boxes.sort(key=lambda box: box.number)
    widest = max((box.width for box in boxes), default=0.0)
    across = max(1, min(math.ceil(math.sqrt(len(boxes))), int(_PAGE // (widest + 2 * _END))))
    place = {box.number: divmod(position, across) for position, box in enumerate(boxes)}
    rows = [_Tracks() for _ in range(math.ceil(len(boxes) / across))]  # the space above each row
    columns = [_Tracks() for _ in range(across + 1)]  # the space left of each column, and the last's right
    tracks = []
    for line in lines:
        out, over, back = (
            columns[place[line.tail][1] + 1],
            rows[place[line.head][0]],
            columns[place[line.head][1]],
        )
        tracks.append((out, out.take(), over, over.take(), back, back.take()))
    size = _put(boxes, rows, columns, across)

    graph = ET.Element(f"{_SVG}g", {"class": "graph"})
    for box in boxes:
        _draw_box(graph, box)
    at = {box.number: box for box in boxes}
    leaving, reaching = Counter(line.tail for line in lines), Counter(line.head for line in lines)
    doors = [(Counter[int](), leaving, 0.0), (Counter[int](), reaching, _TRACK / 2)]
    for line, (out, o, over, v, back, b) in zip(lines, tracks, strict=True):
        tail, head = at[line.tail], at[line.head]
        start = (tail.x + tail.width, _door(tail, *doors[0]))
        end = (head.x, _door(head, *doors[1]))
        corners = [start[1], over.at(v), end[1]]
        path = (
            f"M{start[0]:.1f},{start[1]:.1f}H{out.at(o):.1f}V{corners[1]:.1f}"
            f"H{back.at(b):.1f}V{end[1]:.1f}H{end[0]:.1f}"
        )
        _draw_line(graph, line, path, start, end)
    return Drawing(graph=graph, width=size[0], height=size[1], boxes=len(boxes), edges=len(lines))


def _door(box: _Box, used: Counter[int], all_of: Counter[int], shift: float) -> float:
    """Where the next of all its lines leaves or meets a box.

    Lines that leave and lines that arrive (`shift`) are never at one height, so that none seems to go on as
    another in the space that both share.
    """
    used[box.number] += 1
    y = box.y + box.height * used[box.number] / (all_of[box.number] + 1)
    return math.floor(min(max(y, box.y + _TRACK), box.y + box.height - 3) / _TRACK) * _TRACK + shift


def _put(
    boxes: Sequence[_Box], rows: Sequence[_Tracks], columns: Sequence[_Tracks], across: int
) -> tuple[float, float]:
    """Give every space and every box its place; returns the size of the whole."""
    x = _MARGIN
    for column, space in enumerate(columns):
        space.start = x
        x += space.size
        members = boxes[column::across] if column < across else ()
        for box in members:
            box.x = x
        x += max((box.width for box in members), default=0.0)
    y = _MARGIN
    for row, space in enumerate(rows):
        members = boxes[row * across : (row + 1) * across]
        space.start = y
        y += space.size + (_NOTE * _LEADING if any(box.frame for box in members) else 0)
        for box in members:
            box.y = y
        y += max(box.height for box in members)
    return round(x + _MARGIN, 1), round(y + _MARGIN, 1)


# --- reading ------------------------------------------------------------------------------------------


def _read(source: str) -> _Found:
    found = _Found()
    frames: list[str] = []
    for text in source.split("\n"):
        label = _LABEL.search(text)
        if text.strip().startswith("subgraph "):
            frames.append("")
        elif text.strip() == "}" and frames:
            frames.pop()
        elif _NODE.match(text) and label:
            number = int(text.split("[", 1)[0])
            found.boxes.append(_box(number, " · ".join(filter(None, frames)), ET.fromstring(label[1])))  # noqa: S314 - what this package wrote
        elif line := _LINE.fullmatch(text):
            attributes = {key: _unquoted(value) for key, value in _ATTRIBUTE.findall(line[3] or "")}
            if attributes.get("style") != "invis":
                found.lines.append(_Line(int(line[1]), int(line[2]), attributes))
        elif label and frames:
            frames[-1] = " ".join(piece.content for piece in _texts(ET.fromstring(label[1])))  # noqa: S314 - as above
    return found


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _plain(text: str) -> str:
    return text.replace("\\\\", "\\")


def _box(number: int, frame: str, table: ET.Element) -> _Box:
    rows = []
    for row in table.findall("TR"):
        cells = row.findall("TD")
        fill = next((cell.get("BGCOLOR", "") for cell in cells if cell.get("BGCOLOR")), "")
        rows.append(
            _Row(
                tuple(
                    _Cell(tuple(_texts(cell)), _plain(cell.get("HREF", "")), _plain(cell.get("TITLE", "")))
                    for cell in cells
                ),
                fill,
            )
        )
    return _Box(
        number=number,
        frame=frame,
        rows=tuple(rows),
        border=table.get("COLOR", palette.BORDER),
        dashed=table.get("STYLE") == "DASHED",
        href=_plain(table.get("HREF", "")),
        title=_plain(table.get("TITLE", "")),
    )


def _texts(
    element: ET.Element, size: float = _SIZE, colour: str = palette.INK, *, bold: bool = False
) -> Iterator[_Text]:
    """The texts of a cell with the look that the elements around them give."""
    if element.tag == "FONT":
        size, colour = float(element.get("POINT-SIZE", size)), element.get("COLOR", colour)
    bold = bold or element.tag == "B"
    if element.text:
        yield _Text(_plain(element.text), size, bold, colour)
    for child in element:
        yield from _texts(child, size, colour, bold=bold)


# --- drawing ------------------------------------------------------------------------------------------


def _linked(parent: ET.Element, href: str, title: str) -> ET.Element:
    if not href and not title:
        return parent
    attributes = {f"{_XLINK}href": href} if href else {}
    return ET.SubElement(parent, f"{_SVG}a", attributes | ({f"{_XLINK}title": title} if title else {}))


def _rectangle(parent: ET.Element, x: float, y: float, wide: float, high: float, **paint: str) -> None:
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y))
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
    ET.SubElement(
        parent,
        f"{_SVG}polygon",
        {key.replace("_", "-"): value for key, value in paint.items()} | {"points": points},
    )


def _write(parent: ET.Element, text: _Text, x: float, middle: float) -> None:
    attributes = {
        "x": f"{x:.1f}",
        "y": f"{middle + 0.36 * text.size:.1f}",
        "font-size": f"{text.size:g}",
        "fill": text.colour,
    }
    if text.bold:
        attributes["font-weight"] = "bold"
    ET.SubElement(parent, f"{_SVG}text", attributes).text = text.content


def _draw_box(graph: ET.Element, box: _Box) -> None:
    group = ET.SubElement(graph, f"{_SVG}g", {"class": "node"})
    around = _linked(group, box.href, box.title)
    if box.frame:
        _write(around, _Text(box.frame, _NOTE, False, palette.DIM), box.x, box.y - _NOTE * 0.75)
    _rectangle(around, box.x, box.y, box.width, box.height, fill=palette.BOX)
    y = box.y + 1
    for row in box.rows:
        if row.fill:
            _rectangle(around, box.x, y, box.width, row.height, fill=row.fill)
        x = box.x + _PADDING
        for place, cell in enumerate(row.cells):
            inside = _linked(around, cell.href, cell.title)
            at = x
            for text in cell.texts:
                _write(inside, text, at, y + row.height / 2)
                at += text.width + _GAP
            x += (box.columns[place] if len(row.cells) > 1 else cell.width) + _GAP
        y += row.height
    dashes = {"stroke_dasharray": "5,2"} if box.dashed else {}
    _rectangle(around, box.x, box.y, box.width, box.height, fill="none", stroke=box.border, **dashes)


def _draw_line(
    graph: ET.Element, line: _Line, path: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    group = ET.SubElement(graph, f"{_SVG}g", {"class": "edge"})
    look = {"stroke": line.attributes.get("color", palette.LINE)}
    if line.attributes.get("penwidth", "1") != "1":
        look["stroke-width"] = line.attributes["penwidth"]
    if line.attributes.get("style") == "dashed":
        look["stroke-dasharray"] = "4,3"
    around = _linked(group, "", line.attributes.get("edgetooltip", ""))
    ends = _sign(line.attributes.get("arrowtail", ""), start, 1)
    ends += _sign(line.attributes.get("arrowhead", "normal"), end, -1)
    ET.SubElement(around, f"{_SVG}path", look | {"d": path + ends})
    label = line.attributes.get("label", "")
    if label:
        _write(around, _Text(label, _NOTE, False, palette.DIM), start[0] + 3, start[1] - _NOTE / 2)


def _sign(name: str, at: tuple[float, float], way: int) -> str:
    """The end of a line as strokes, from the box outwards: crow's foot, bars, ring, arrow head."""
    x, y = at
    strokes = ""
    reach = 0.0
    for part in re.findall(r"crow|tee|odot|normal", name):
        here = x + way * reach
        if part == "crow":
            strokes += f"M{here:.1f},{y - 4:.1f}L{here + way * 7:.1f},{y:.1f}L{here:.1f},{y + 4:.1f}"
            reach += 7
        elif part == "tee":
            strokes += f"M{here + way * 2.5:.1f},{y - 4:.1f}V{y + 4:.1f}"
            reach += 4
        elif part == "odot":
            strokes += f"M{here:.1f},{y:.1f}a2.5,2.5 0 1 0 {way * 5:.1f},0a2.5,2.5 0 1 0 {-way * 5:.1f},0"
            reach += 5
        else:
            strokes += (
                f"M{here + way * 6:.1f},{y - 3:.1f}L{here:.1f},{y:.1f}L{here + way * 6:.1f},{y + 3:.1f}"
            )
            reach += 6
    return strokes
