"""A table between those that reference it and those that it references, placed without any engine.

Where every line of a chart begins or ends at one table, the others stand in a column on either side of it, in
the order of the rows that their lines lead to: then no two lines cross but where a table has several. Each
stands as near as there is room to where its lines are level. What only names further tables stands below.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from pgdossier.diagrams import legend, looks, painting, palette, svg
from pgdossier.diagrams.chart import Box, Chart, Link, Role
from pgdossier.diagrams.linking import titled
from pgdossier.diagrams.looks import Look, Looks
from pgdossier.diagrams.painting import Painted
from pgdossier.diagrams.strokes import short

PAGE = 1100.0
"""Points that a drawing may be wide: what is wider is left to the engine, which can go down the page."""

_MARGIN = 9.0
_BETWEEN = 14.0  # from a box to the one below it
_ABOVE = 60.0  # how far a column may begin above the table in the middle
_GAP = (46.0, 56.0, 112.0)  # between columns: at least, usually at least, at most
_STEEP = 0.1  # of the height of the steepest line is added to a gap
_SIGN = 14.0  # what the sign at the end of a line takes at most
_BEND = 16.0  # how far a line from a table to itself goes out
_LOOP = 7.0  # how much further the next one does
_LIST = 640.0  # how wide a list of names may be, where the drawing is not wider
_DROP = 44.0  # from the table in the middle to such a list

# Signs for the ends of lines, in the order in which they stand where several meet in one row. How far they
# reach from the box, and their strokes from its edge: to the right (1) and to the left, down and up.
_EXACTLY, _ONE, _MANY = range(3)
_REACH = (13, 13, 14)
_BESIDE = {
    1: (
        "h13m-9-4v8m4-8v8",
        "h7m-3-4v8m3-4a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
        "m0-4l8 4l-8 4m0-4h8a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
    ),
    -1: (
        "h-13m9-4v8m-4-8v8",
        "h-7m3-4v8m-3-4a3 3 0 1 0-6 0a3 3 0 1 0 6 0",
        "m0-4l-8 4l8 4m0-4h-8a3 3 0 1 0-6 0a3 3 0 1 0 6 0",
    ),
}
_UPRIGHT = {
    1: (
        "v13m-4-9h8m-8 4h8",
        "v7m-4-3h8m-4 3a3 3 0 1 0 0 6a3 3 0 1 0 0-6",
        "m-4 0l4 8l4-8m-4 0v8a3 3 0 1 0 0 6a3 3 0 1 0 0-6",
    ),
    -1: (
        "v-13m-4 9h8m-8-4h8",
        "v-7m-4 3h8m-4-3a3 3 0 1 0 0-6a3 3 0 1 0 0 6",
        "m-4 0l4-8l4 8m-4 0v-8a3 3 0 1 0 0-6a3 3 0 1 0 0 6",
    ),
}
_SLOTS = {1: (0.0,), 2: (-4.5, 4.5), 3: (-6.2, 0.0, 6.2)}


class _End(msgspec.Struct):
    """One end of a line: the sign, and how far below the top of its box it is."""

    sign: int
    y: float


class _Line(msgspec.Struct):
    """A line from the table in the middle to a neighbour, or to itself."""

    link: Link
    middle: _End
    other: _End


class _Neighbour(msgspec.Struct):
    """A box beside the table in the middle.

    Attributes:
        box: What it shows.
        painted: What it looks like.
        lines: Its lines.
        y: How far its top is below that of the table in the middle.
    """

    box: Box
    painted: Painted
    lines: list[_Line]
    y: float = 0.0

    @property
    def goal(self) -> float:
        """Where its lines lead to in the middle."""
        if len(self.lines) == 1:
            return self.lines[0].middle.y
        return sum([line.middle.y for line in self.lines]) / len(self.lines)

    @property
    def wish(self) -> float:
        """Where its top would be if its lines were level."""
        if len(self.lines) == 1:
            return self.lines[0].middle.y - self.lines[0].other.y
        return sum([line.middle.y - line.other.y for line in self.lines]) / len(self.lines)


class _Plan(NamedTuple):
    """Where the columns stand.

    Attributes:
        x: The left side of the table in the middle.
        gaps: How far the columns on its left and on its right are from it.
        across: How wide the drawing is.
        lists: What names further tables.
    """

    x: float
    gaps: tuple[float, float]
    across: float
    lists: Sequence[Painted]


def draw(chart: Chart, title: str, description: str) -> bytes | None:
    """The finished SVG of a chart in which every line touches the table that it is about.

    Args:
        chart: What it shows.
        title: For `<title>`.
        description: For `<desc>`.

    Returns:
        The drawing; None where the chart is another one, or does not fit a page like this.
    """
    star = _Star.of(chart)
    return None if star is None else star.drawn(title, description, chart.links)


class _Star:
    def __init__(self, focus: Box) -> None:
        self._focus = focus
        self._painted = painting.paint(focus)
        self._left: list[_Neighbour] = []
        self._right: list[_Neighbour] = []
        self._loops: list[_Line] = []
        self._looped_left = False
        self._lists: list[tuple[Box, Link]] = []

    @classmethod
    def of(cls, chart: Chart) -> _Star | None:
        """The star of that chart; None when it is none."""
        focus = next((box for box in chart.boxes if box.role is Role.FOCUS), None)
        if focus is None or chart.groups or chart.columns:
            return None
        ends: dict[int, list[Link]] = {box.number: [] for box in chart.boxes}
        for link in chart.links:
            if focus.number not in (link.child, link.parent):
                return None
            ends[link.parent if link.child == focus.number else link.child].append(link)
        if not all(links for number, links in ends.items() if number != focus.number):
            return None
        star = cls(focus)
        for box in chart.boxes:
            if box is not focus:
                star._add(box, ends[box.number])
        star._lists.sort(key=lambda one: one[1].child == focus.number)
        star._loop(ends[focus.number])
        return star

    def _add(self, box: Box, links: Sequence[Link]) -> None:
        if box.role is Role.MORE:
            self._lists.append((box, links[0]))
            return
        painted = painting.paint(box)
        lines = []
        side = self._left
        for link in links:
            child, parent = _ends(link)
            if link.parent == box.number:
                side = self._right
                middle = _End(child, _meets(self._painted, link.child_column))
                other = _End(parent, _meets(painted, link.parent_column))
            else:
                middle = _End(parent, _meets(self._painted, link.parent_column))
                other = _End(child, _meets(painted, link.child_column))
            lines.append(_Line(link, middle, other))
        side.append(_Neighbour(box, painted, lines))

    def _loop(self, links: Iterable[Link]) -> None:
        for link in links:
            child, parent = _ends(link)
            self._loops.append(
                _Line(
                    link,
                    _End(child, _meets(self._painted, link.child_column)),
                    _End(parent, _meets(self._painted, link.parent_column)),
                )
            )

    def drawn(self, title: str, description: str, links: Iterable[Link]) -> bytes | None:
        """The finished drawing; None when it would be too wide."""
        self._arrange()
        plan = self._plan()
        if plan is None:
            return None
        neighbours = (*self._left, *self._right)
        top = min([0.0, *(one.y for one in neighbours)])
        sheet = _Sheet(_MARGIN - top)
        x, end = plan.x, plan.x + self._painted.width
        for one in self._left:
            sheet.box(one.painted, x - plan.gaps[0] - one.painted.width, one.y)
        sheet.box(self._painted, x, 0.0)
        for one in self._right:
            sheet.box(one.painted, end + plan.gaps[1], one.y)
        ends = ((self._left, x, x - plan.gaps[0]), (self._right, end, end + plan.gaps[1]))
        for side, near, far in ends:
            for one in side:
                for line in one.lines:
                    sheet.line(line, near, far, one.y)
        for line, bend in zip(self._loops, self._bends, strict=True):
            sheet.loop(line, x if self._looped_left else end, -bend if self._looped_left else bend)
        low = max([self._painted.height, *(one.y + one.painted.height for one in neighbours)])
        if plan.lists:
            low = self._draw_lists(sheet, plan, max(low + _BETWEEN, self._painted.height + _DROP))
        return svg.document(
            sheet.parts,
            sheet.looks,
            (math.ceil(plan.across), math.ceil(low - top + 2 * _MARGIN)),
            title=title,
            description=description,
            signs=legend.of([one.signs for one in sheet.boxes], links),
        )

    def _arrange(self) -> None:
        """Give every neighbour its height, and every end of a line its own."""
        self._loops.sort(key=lambda line: abs(line.middle.y - line.other.y))
        self._looped_left = self._loops_are_left()
        for side in (self._left, self._right):
            met = [line.middle for one in side for line in one.lines]
            if self._looped_left is (side is self._left):
                met += [end for line in self._loops for end in (line.middle, line.other)]
            _part(met)
            for one in side:
                _part([line.other for line in one.lines])
            side[:] = _ordered(side)
            _place(side, self._painted.height)

    @property
    def _bends(self) -> list[float]:
        """How far out each of the lines from the table to itself goes."""
        return [_BEND + _LOOP * at for at in range(len(self._loops))]

    def _plan(self) -> _Plan | None:
        """Where the columns stand; None when they do not fit a page."""
        out = _SIGN + 0.75 * self._bends[-1] if self._loops else 0.0
        outs = (out, 0.0) if self._looped_left else (0.0, out)
        sides = (self._left, self._right)
        wide = [max((one.painted.width for one in side), default=0.0) for side in sides]
        gaps = [_gap(side, more) for side, more in zip(sides, outs, strict=True)]
        whole = 2 * _MARGIN + self._painted.width + sum(wide)
        if whole + sum(gaps) > PAGE:
            gaps = [min(gap, _GAP[0] + max(0.0, more - _SIGN)) for gap, more in zip(gaps, outs, strict=True)]
        across = whole + sum(gaps)
        between = _BETWEEN * (len(self._lists) - 1)
        room = max(across - 2 * _MARGIN, _LIST) - between
        lists = [painting.paint(box, room / len(self._lists)) for box, _ in self._lists]
        below = sum(one.width for one in lists) + between + 2 * _MARGIN if lists else 0.0
        x = _MARGIN + wide[0] + gaps[0] + max(0.0, (below - across) / 2)
        across = max(across, below)
        return None if across > PAGE else _Plan(x, (gaps[0], gaps[1]), across, lists)

    def _draw_lists(self, sheet: _Sheet, plan: _Plan, top: float) -> float:
        """What names further tables, side by side below the rest; returns where it ends."""
        x, middle = plan.x, self._painted.width
        whole = sum(one.width for one in plan.lists) + _BETWEEN * (len(plan.lists) - 1)
        at = min(max(_MARGIN, x + (middle - whole) / 2), plan.across - _MARGIN - whole)
        for (_, link), painted in zip(self._lists, plan.lists, strict=True):
            sheet.box(painted, at, top)
            # Down from the table in the middle, as far inside both boxes as there is room.
            left, right = max(x, at), min(x + middle, at + painted.width)
            child, parent = _ends(link)
            signs = (child, parent) if link.child == self._focus.number else (parent, child)
            sheet.drop(link, (left + right) / 2, self._painted.height, top, signs)
            at += painted.width + _BETWEEN
        return top + max(one.height for one in plan.lists)

    def _loops_are_left(self) -> bool:
        """Whether lines from the table to itself go out on its left, where fewer others begin between."""
        crossed = [0, 0]
        for loop in self._loops:
            high, low = sorted((loop.middle.y, loop.other.y))
            for place, side in enumerate((self._left, self._right)):
                crossed[place] += sum(high < line.middle.y < low for one in side for line in one.lines)
        return crossed[0] < crossed[1]


def _ends(link: Link) -> tuple[int, int]:
    """The signs at the child and at the parent."""
    return _MANY if link.many else _ONE, _ONE if link.optional else _EXACTLY


def _meets(painted: Painted, column: str | None) -> float:
    """Where a line meets a box: at the column's row when it is shown, else at the header."""
    return painted.header if column is None else painted.rows.get(column, painted.header)


def _part(ends: Sequence[_End]) -> None:
    """Part the ends that meet in one row and have different signs, so that each can be read."""
    if len({end.sign for end in ends}) < 2:
        return
    signs: dict[float, set[int]] = {}
    for end in ends:
        signs.setdefault(end.y, set()).add(end.sign)
    for end in ends:
        found = signs[end.y]
        if len(found) > 1:
            end.y += _SLOTS[len(found)][sorted(found).index(end.sign)]


def _ordered(side: Sequence[_Neighbour]) -> list[_Neighbour]:
    """From top to bottom: by the rows that their lines lead to, then those of the same schema first."""
    if len(side) < 2:
        return list(side)
    found = sorted(side, key=lambda one: (one.goal, bool(one.box.prefix), one.box.number))
    if not any(len(one.lines) > 1 and len({line.middle.y for line in one.lines}) > 1 for one in found):
        return found
    for _ in found:
        before = [one.box.number for one in found]
        for at, (one, other) in enumerate(pairwise(tuple(found))):
            if found[at] is one and _crossings(other, one) < _crossings(one, other):
                found[at : at + 2] = other, one
        if [one.box.number for one in found] == before:
            break
    return found


def _crossings(upper: _Neighbour, lower: _Neighbour) -> int:
    """How many lines of one box cross those of another below it."""
    return sum(a.middle.y > b.middle.y for a in upper.lines for b in lower.lines)


def _place(side: Sequence[_Neighbour], middle: float) -> None:
    """Give each of a column its height: in that order, without meeting, nearest to where lines are level.

    The least squares of the distances to there, found by putting those together that would meet; but a column
    does not begin much above the table in the middle, of which that is the height, for that would take paper.
    """
    blocks: list[tuple[float, float, int]] = []
    used = 0.0
    offsets = []
    for one in side:
        offsets.append(used)
        weight = float(len(one.lines))
        block = (weight * (one.wish - used), weight, 1)
        used += one.painted.height + _BETWEEN
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    highest = -max(_ABOVE, (used - middle) / 2 + _ABOVE)
    starts = (total / weight for total, weight, count in blocks for _ in range(count))
    for one, start, offset in zip(side, starts, offsets, strict=True):
        one.y = max(highest, start) + offset


def _gap(side: Sequence[_Neighbour], out: float) -> float:
    """How far a column is from the table in the middle: more where lines are steep, and for a loop."""
    if not side:
        return out
    least, usual, most = _GAP
    steep = max(abs(one.y + line.other.y - line.middle.y) for one in side for line in one.lines)
    return min(most, max(usual, least + _STEEP * steep)) + (out - _SIGN if out else 0.0)


class _Sheet:
    """The boxes and lines of a drawing while it is made."""

    def __init__(self, down: float) -> None:
        self._down = down
        self.looks = Looks()
        self.parts: list[str] = []
        self.boxes: list[Painted] = []

    def box(self, painted: Painted, x: float, y: float) -> None:
        """A box with its top left corner there."""
        self.parts.append(painting.placed(painted, x, y + self._down) + "\n")
        self.looks.use(painted.looks)
        self.boxes.append(painted)

    def line(self, line: _Line, x: float, far: float, top: float) -> None:
        """A line from the table in the middle to a box at `far`, whose top is given."""
        way = 1 if far > x else -1
        y, end = line.middle.y + self._down, line.other.y + top + self._down
        one = short(x + _REACH[line.middle.sign] * way)
        other = short(far - _REACH[line.other.sign] * way)
        high, low = short(y), short(end)
        if abs(y - end) < 0.1:
            course = f"M{one} {high}H{other}"
        else:
            half = short((x + far + (_REACH[line.middle.sign] - _REACH[line.other.sign]) * way) / 2)
            course = f"M{one} {high}C{half} {high} {half} {low} {other} {low}"
        signs = f"M{short(x)} {high}{_BESIDE[way][line.middle.sign]}"
        self._add(line.link, course, f"{signs}M{short(far)} {low}{_BESIDE[-way][line.other.sign]}")

    def drop(self, link: Link, x: float, high: float, low: float, signs: tuple[int, int]) -> None:
        """A line from the lower edge of one box to the upper edge of another."""
        one, other = high + self._down, low + self._down
        at = short(x)
        course = f"M{at} {short(one + _REACH[signs[0]])}V{short(other - _REACH[signs[1]])}"
        upper = f"M{at} {short(one)}{_UPRIGHT[1][signs[0]]}"
        self._add(link, course, f"{upper}M{at} {short(other)}{_UPRIGHT[-1][signs[1]]}")

    def loop(self, line: _Line, x: float, bend: float) -> None:
        """A line from the table to itself, out to the side by that much."""
        way = 1 if bend > 0 else -1
        high, low = short(line.middle.y + self._down), short(line.other.y + self._down)
        one, other = (short(x + _REACH[end.sign] * way) for end in (line.middle, line.other))
        at, far = short(x), short(x + way * _SIGN + bend)
        course = f"M{one} {high}C{far} {high} {far} {low} {other} {low}"
        signs = f"M{at} {high}{_BESIDE[way][line.middle.sign]}M{at} {low}{_BESIDE[way][line.other.sign]}"
        self._add(line.link, course, signs)

    def _add(self, link: Link, course: str, signs: str) -> None:
        look, solid = _look(link.identifying, link.optional, link.implied)
        self.looks.use((look, solid))
        if look is solid:
            paths = f'<path{look.attribute} d="{course}{signs}"/>'
        else:
            paths = f'<path{look.attribute} d="{course}"/><path{solid.attribute} d="{signs}"/>'
        self.parts.append(f'<g class="edge">{titled(link.tooltip)}{paths}</g>\n')


@cache
def _look(identifying: bool, optional: bool, implied: bool) -> tuple[Look, Look]:
    """What a line looks like, and the signs at its ends: the more a row depends on another, the stronger."""
    stroke = palette.STRONG_LINE if identifying else palette.LINE
    width = "1.4" if identifying else "0.7" if optional else None
    solid = looks.shape(stroke=stroke, width=width)
    return (looks.shape(stroke=stroke, width=width, dashes="5,2") if implied else solid), solid
