"""A chart as Graphviz source: HTML-like labels with ports, crow's feet, nodes named by number."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

import graphviz

from pgdossier.diagrams import painting, palette
from pgdossier.diagrams.chart import Box, Chart, Detail, Group, Link, Role, Row
from pgdossier.diagrams.lettering import width
from pgdossier.diagrams.painting import LONG_LIST, ROW, Painted

FONT = "Arial"
SIZE = 11.0
SMALL = 9.0
HEADER = 12.0
PLACED = "\tlayout=neato splines=true\n"
"""A line before the nodes of a graph whose boxes have their positions: Graphviz leads the lines only."""

_PADDING = 3
_NOTE = 9.0
_NOTE_GAP = 10
_ROW = 960  # points that they may take together
_BETWEEN = 44
_ROW_OF_LONERS = (4, 6)  # boxes without lines that stand side by side, at least and at most


def write(chart: Chart, painted: Mapping[int, Painted] | None = None) -> str:
    """The Graphviz source of that chart.

    Every name is text inside a label or a tooltip, never an identifier, so that no name can change what
    the source means. Referencing columns leave their box on its right, referenced ones are met on their
    left: ports that face the flow keep Graphviz from losing edges.

    Args:
        chart: What it shows.
        painted: Its boxes as they are painted: then the source has their outlines only, which Graphviz lays
            out in a fraction of the time.
    """
    graph = graphviz.Digraph(
        "erd",
        graph_attr={
            "rankdir": "LR",
            "bgcolor": palette.PAPER,
            "fontname": FONT,
            "fontsize": f"{SIZE:g}",
            "nodesep": "0.1" if chart.detail is Detail.NAMES else "0.2",
            "ranksep": "0.45" if chart.detail is Detail.NAMES else "0.6",
            "pad": "0.12",
        },
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": f"{SIZE:g}", "fontcolor": palette.INK},
        edge_attr={"dir": "both", "color": palette.LINE, "arrowsize": "0.8"},
    )
    boxes = {box.number: box for box in chart.boxes}
    if painted is None:
        labels = {number: label(box) for number, box in boxes.items()}
    else:
        met = _met(chart.links)
        labels = {number: outline(painted[number], met.get(number, ())) for number in boxes}
    order = _order(chart)
    grouped = {number for group in chart.groups for number in group.boxes}
    for position, group in enumerate(chart.groups, start=1):
        _write_group(graph, f"{position}", group, labels, order)
    for number in order:
        if number not in grouped:
            graph.node(str(number), label=labels[number])
    against = _to_the_left(chart) if chart.columns else _against_the_flow(chart)
    if chart.columns:
        graph.edge_attr["constraint"] = "false"
    for position, link in enumerate(chart.links):
        _write_link(graph, link, boxes, backward=position in against, outlined=painted is not None)
    if chart.columns:
        line_up_columns(graph, chart.columns)
    else:
        _line_up(graph, chart)
    source: str = graph.source
    return source


def _write_group(
    graph: graphviz.Digraph, position: str, group: Group, labels: Mapping[int, str], order: list[int]
) -> None:
    """A frame with its boxes, and the frames within it."""
    with graph.subgraph(name=f"cluster_{position}") as cluster:
        cluster.attr(**frame(group))
        for place, inner in enumerate(group.inner, start=1):
            _write_group(cluster, f"{position}_{place}", inner, labels, order)
        apart = {number for inner in group.inner for number in inner.boxes}
        for number in sorted(group.boxes, key=order.index):
            if number not in apart:
                cluster.node(str(number), label=labels[number])


def _order(chart: Chart) -> list[int]:
    """The boxes from the bottom of the drawing to its top: with `rankdir=LR` the first node comes lowest.

    So what stands for tables that are not drawn, and boxes without lines, end up below the others.
    """
    linked = {number for link in chart.links for number in (link.child, link.parent)}
    places = sorted((box.role is not Role.MORE, box.number in linked, box.number) for box in chart.boxes)
    return [number for _, _, number in places]


def _line_up(graph: graphviz.Digraph, chart: Chart) -> None:
    """Boxes without lines in rows, by invisible lines from each to the next; else they are one long strip."""
    linked = {number for link in chart.links for number in (link.child, link.parent)}
    grouped = {number for group in chart.groups for number in group.boxes}
    loose = tuple(box.number for box in chart.boxes if box.number not in grouped)
    depth = _depth(chart.links)
    widths = {box.number: box_width(box) for box in chart.boxes if box.number not in linked}
    for members in (*(group.boxes for group in chart.groups), loose):
        alone = [number for number in members if number not in linked]
        across = _side_by_side([widths[number] for number in alone], depth)
        # The rows, too, are met from the bottom.
        for start in reversed(range(0, len(alone), across)):
            for left, right in pairwise(alone[start : start + across]):
                graph.edge(str(left), str(right), style="invis")


def line_up_columns(graph: graphviz.Digraph, columns: Sequence[Sequence[int]]) -> None:
    """Boxes in columns that are given; the other edges of the graph must not be constraints."""
    for column in columns:
        with graph.subgraph() as together:
            together.attr(rank="same")
            for number in column:
                together.node(str(number))
    for left, right in pairwise(filter(None, columns)):
        graph.edge(str(left[0]), str(right[0]), style="invis", weight="0", constraint="true")


def _to_the_left(chart: Chart) -> set[int]:
    """The links (by position) whose parent is in a column on the left of their child's."""
    place = {number: at for at, column in enumerate(chart.columns) for number in column}
    return {at for at, link in enumerate(chart.links) if place[link.parent] < place[link.child]}


def _side_by_side(widths: Sequence[int], most: int) -> int:
    """How many boxes of these widths stand in a row, at most so many, without making the drawing too wide."""
    for across in range(most, 1, -1):
        columns = [max(widths[place::across]) for place in range(min(across, len(widths)))]
        if sum(columns) + _BETWEEN * (len(columns) - 1) <= _ROW:
            return across
    return 1


def box_width(box: Box) -> int:
    """How wide a box is about."""
    cells = [_cells(row, box.role) for row in box.rows]
    columns = [
        max((row[place].width(_PADDING) for row in cells if row[place].text), default=0) for place in range(4)
    ]
    return max(_header(box)[1], sum(columns))


def _depth(links: Sequence[Link]) -> int:
    """How many boxes the longest chain of lines has side by side, within the bounds for lone boxes."""
    least, most = _ROW_OF_LONERS
    level = dict.fromkeys((link.child for link in links), 1)
    for _ in range(most):
        for link in links:
            if link.child != link.parent:
                level[link.child] = max(level[link.child], min(most, level.get(link.parent, 1) + 1))
    return max(least, *level.values()) if level else least


def frame(group: Group) -> dict[str, str]:
    """The attributes of a frame."""
    name = _Cell(group.name, _NOTE if group.aggregate else HEADER, bold=not group.aggregate)
    if group.aggregate:
        return {
            "label": f'<<TABLE BORDER="0" CELLBORDER="0"><TR>{_cell(name, name.width(0))}</TR></TABLE>>',
            "labeljust": "l",
            "style": "rounded",
            "color": palette.BORDER,
            "penwidth": "0.7",
            "margin": "6",
        }
    return {
        "label": f'<<TABLE BORDER="0" CELLBORDER="0"><TR>{_cell(name, name.width(0))}</TR></TABLE>>',
        "labeljust": "l",
        "style": "rounded,filled",
        "fillcolor": palette.GROUP if group.tint is None else palette.of_domain(group.tint).ground,
        "color": palette.GROUP_BORDER if group.tint is None else palette.of_domain(group.tint).border,
        "margin": "10",
    }


def _against_the_flow(chart: Chart) -> set[int]:
    """The links (by position) that close a circle, found depth first.

    They are written from parent to child, so that they, too, leave a box on its right and reach one on its
    left; otherwise Graphviz turns some link around by itself and leads it around both boxes. The search
    starts where it should look natural: at the focus, else at boxes that nothing references.
    """
    out: dict[int, list[tuple[int, int]]] = {}
    for position, link in enumerate(chart.links):
        if link.child != link.parent:
            out.setdefault(link.child, []).append((position, link.parent))
    referenced = {link.parent for link in chart.links}
    starts = sorted(
        chart.boxes, key=lambda box: (box.role is not Role.FOCUS, box.number in referenced, box.number)
    )
    against: set[int] = set()
    seen: set[int] = set()
    for start in starts:
        if start.number in seen:
            continue
        seen.add(start.number)
        path = {start.number}
        stack = [(start.number, iter(out.get(start.number, ())))]
        while stack:
            number, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                path.discard(number)
                stack.pop()
            elif step[1] in path:
                against.add(step[0])
            elif step[1] not in seen:
                seen.add(step[1])
                path.add(step[1])
                stack.append((step[1], iter(out.get(step[1], ()))))
    return against


def _write_link(
    graph: graphviz.Digraph, link: Link, boxes: Mapping[int, Box], *, backward: bool, outlined: bool
) -> None:
    child, parent = boxes[link.child], boxes[link.parent]
    many = "crowodot" if link.many else "teeodot"
    one = "teeodot" if link.optional else "teetee"
    # The more a row depends on the one it references, the stronger the line.
    attributes = {"penwidth": "1.4" if link.identifying else "0.7" if link.optional else "1"}
    if link.identifying:
        attributes["color"] = palette.STRONG_LINE
    if link.implied:
        attributes["style"] = "dashed"
    if link.tooltip:
        attributes["edgetooltip"] = quoted(link.tooltip)
    if backward:
        tail = _port(parent, link.parent_column, "e", outlined=outlined)
        head = _port(child, link.child_column, "w", outlined=outlined)
        graph.edge(tail, head, arrowtail=one, arrowhead=many, **attributes)
    else:
        # A self reference leaves and returns on the same side: a small loop instead of one around the box.
        side = "e" if child is parent else "w"
        tail = _port(child, link.child_column, "e", outlined=outlined)
        head = _port(parent, link.parent_column, side, outlined=outlined)
        graph.edge(tail, head, arrowtail=many, arrowhead=one, **attributes)


def _port(box: Box, column: str | None, side: str, *, outlined: bool) -> str:
    """Where a line meets the box: at the column's row when it is shown, else at the header."""
    for position, row in enumerate(box.rows):
        if row.column is not None and row.column == column:
            single = outlined or _is_single(box)
            return f"{box.number}:{'w' if single else side}{position}:{side}"
    return f"{box.number}:h:{side}"


def _is_single(box: Box) -> bool:
    """Whether a row has one cell, which lines meet from both sides."""
    cells = [_cells(row, box.role) for row in box.rows]
    return sum(any(row[place].text for row in cells) for place in range(4)) == 1


def _met(links: Sequence[Link]) -> Mapping[int, set[str | None]]:
    """The columns at which lines meet each box."""
    found: dict[int, set[str | None]] = {}
    for link in links:
        found.setdefault(link.child, set()).add(link.child_column)
        found.setdefault(link.parent, set()).add(link.parent_column)
    return found


def outline(painted: Painted, met: Collection[str | None]) -> str:
    """A label of the size of a painted box, with the rows at which lines meet it and nothing else.

    Lines meet its rows, counted from 0, at the ports `w0`, `w1`, …, and its header at `h`, if there are lines
    to what has no row of its own. The engine takes a label apart for each end of a line, so it has as few
    cells as can be, and does not say what holds anyway.
    """
    high = painted.height - 2
    places = [("h", 0, round(2 * (painted.header - 1)))] if set(met).difference(painted.rows) else []
    places += [
        (f"w{position}", round(middle - 1 - ROW / 2), ROW)
        for position, (column, middle) in enumerate(painted.rows.items())
        if column in met
    ]
    cells = []
    reached = 0
    for port, top, deep in places:
        if top > reached:
            cells.append(f'HEIGHT="{top - reached}"')
        cells.append(f'PORT="{port}" HEIGHT="{deep}"')
        reached = top + deep
    if high > reached:
        cells.append(f'HEIGHT="{high - reached}"')
    rows = "></TD></TR><TR><TD ".join(cells)
    wide = f'WIDTH="{painted.width - 2}"'
    return f'<<TABLE CELLBORDER="0" CELLSPACING="0"><TR><TD {wide} {rows}></TD></TR></TABLE>>'


def quoted(text: str) -> str:
    r"""Text for an attribute: Graphviz expands \N and friends unless the backslash is doubled."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _markup(text: str) -> str:
    """Text inside an HTML-like label, or inside one of its attributes."""
    return escape(text.replace("\\", "\\\\"))


def label(box: Box) -> str:
    """The HTML-like label of one box: a header, then a row for each column."""
    background, _, _ = painting.colours(box)
    dashed = ' STYLE="DASHED"' if box.role in (Role.STUB, Role.MORE) else ""
    border = painting.border(box)
    header, least = _header(box)
    table = [_cells(row, box.role) for row in box.rows]
    # Every row has the same cells; those that no row needs are left out.
    used = [place for place in range(4) if any(cells[place].text for cells in table)] or [1]
    across = 2 if _is_long_list(box.rows) else len(used)
    span = f' COLSPAN="{across}"' if table and across > 1 else ""
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{_PADDING}" COLOR="{border}"'
        f' BGCOLOR="{palette.BOX}"{dashed}{_link(box.href, box.tooltip or _name(box))}>'
        f'<TR><TD PORT="h" BGCOLOR="{background}" ALIGN="LEFT"{span}>{header}</TD></TR>'
        f"{_rows(box.rows, table, used, least)}</TABLE>>"
    )


class _Cell(NamedTuple):
    text: str
    size: float = SIZE
    bold: bool = False
    colour: str = palette.DIM

    def width(self, padding: int) -> int:
        """How wide the cell is with that padding on both sides."""
        return math.ceil(width(self.text, self.size, bold=self.bold)) + 2 * padding


def _header(box: Box) -> tuple[str, int]:
    """Schema, name and note, and the width they need."""
    _, ink, dim = painting.colours(box)
    size = SIZE if box.role in (Role.STUB, Role.MORE) else HEADER
    parts = [_Cell(box.prefix + ".", size, False, dim)] if box.prefix else []
    parts.append(_Cell(box.name, size, True, ink))
    if box.note:
        parts.append(_Cell("", size))
        parts.append(_Cell(box.note, _NOTE, False, dim))
    widths = [part.width(0) if part.text else _NOTE_GAP for part in parts]
    cells = [_cell(part, least) for part, least in zip(parts, widths, strict=True)]
    if box.prefix and box.prefix.isascii():
        # One cell keeps both on one base line; where Graphviz cannot measure the prefix they must be two.
        cells[:2] = [f'<TD ALIGN="LEFT" WIDTH="{sum(widths[:2])}">{_text(parts[0])}{_text(parts[1])}</TD>']
    inner = (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE>'
    )
    return inner, sum(widths) + 2 * _PADDING


def _name(box: Box) -> str:
    return f"{box.prefix}.{box.name}" if box.prefix else box.name


def _cells(row: Row, role: Role) -> tuple[_Cell, _Cell, _Cell, _Cell]:
    """Marks, name, type (or where a line would lead), not null."""
    ink = palette.DIM if row.column is None and role is not Role.MORE else palette.INK
    kind = " ".join(filter(None, (row.type, row.target and f"→ {row.target}")))
    return (
        _Cell(" ".join(row.marks), SMALL, True, palette.KEY),
        _Cell(row.text, SIZE, False, ink),
        _Cell(kind),
        _Cell("*" if row.required else "", SIZE, True),
    )


def _rows(rows: Sequence[Row], table: Sequence[Sequence[_Cell]], used: Sequence[int], least: int) -> str:
    if not rows:
        return ""
    if _is_long_list(rows):
        return _in_two(rows, table)
    widths = {place: max(cells[place].width(_PADDING) for cells in table) for place in used}
    # A header wider than the rows would be shared out among all columns: let the last text column have it.
    wide = 2 if 2 in used else 1
    widths[wide] += max(0, least - sum(widths.values()))
    written = ["<HR/>"]
    for position, (row, cells) in enumerate(zip(rows, table, strict=True)):
        # A row without a tooltip must not show that of its box, which Graphviz would give it.
        link = _link(row.href, row.tooltip or " ")
        written.append("<TR>")
        for place in used:
            port = ""
            if row.column is not None and place == used[0]:
                port = f' PORT="w{position}"'
            elif row.column is not None and place == used[-1]:
                port = f' PORT="e{position}"'
            cell = cells[place]
            least_width = widths[place] if position == 0 or not cell.text.isascii() else 0
            written.append(_cell(cell, least_width, port + (link if cell.text else "")))
        written.append("</TR>")
    return "".join(written)


def _is_long_list(rows: Sequence[Row]) -> bool:
    return len(rows) > LONG_LIST and all(row.column is None for row in rows)


def _in_two(rows: Sequence[Row], table: Sequence[Sequence[_Cell]]) -> str:
    """A long list of names in two columns."""
    half = (len(rows) + 1) // 2
    cells = [
        _cell(
            cells[1], 0 if cells[1].text.isascii() else cells[1].width(_PADDING), _link(row.href, row.tooltip)
        )
        for row, cells in zip(rows, table, strict=True)
    ]
    cells.append("<TD></TD>")
    pairs = ((cells[place], cells[place + half]) for place in range(half))
    return "<HR/>" + "".join(f"<TR>{left}{right}</TR>" for left, right in pairs)


def _cell(cell: _Cell, least: int = 0, attributes: str = "") -> str:
    """One cell, at least that wide: Graphviz has no measure of its own for most of Unicode."""
    minimum = f' WIDTH="{least}"' if least else ""
    low = ' VALIGN="BOTTOM"' if cell.size == SMALL and cell.bold else ""  # on the line of the name beside it
    return f'<TD ALIGN="LEFT"{low}{minimum}{attributes}>{_text(cell)}</TD>'


def _text(cell: _Cell) -> str:
    if not cell.text:
        return ""
    content = f"<B>{_markup(cell.text)}</B>" if cell.bold else _markup(cell.text)
    size = f' POINT-SIZE="{cell.size:g}"' if cell.size != SIZE else ""
    colour = f' COLOR="{cell.colour}"' if cell.colour != palette.INK else ""
    return f"<FONT{size}{colour}>{content}</FONT>" if size or colour else content


def _link(href: str | None, tooltip: str) -> str:
    address = painting.address(href)
    return (f' HREF="{_markup(address)}"' if address else "") + (
        f' TITLE="{_markup(tooltip)}"' if tooltip else ""
    )
