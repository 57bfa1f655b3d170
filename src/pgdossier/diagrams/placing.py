"""Boxes in the cells of a grid, so that few lines cross and none has to go around many boxes.

For maps, whose boxes are few and about the same size: the cells are chosen here, and Graphviz (neato with
fixed positions) only leads the lines around what is between. Left to itself, it gives every step of the
longest way a column of its own, and leads all lines of a column through the same gap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

PAGE = 1020.0
"""Points that the boxes may take: with lines around them, texts are legible where it is as wide as a page."""

_ACROSS = 66.0  # between columns
_DOWN = 52.0  # between rows
_WIDE, _HIGH = 12, 8  # what a step to the next cell counts, across and down
_CROSSING = 30
_THROUGH = 45  # a line that has to go around a box
_REACH = 0.36  # of a cell: a line that comes so near its middle meets the box in it
_ROUNDS = 30
_SMALL = 12

Cell = tuple[int, int]
"""Column and row, from 0."""


def centres(
    sizes: Sequence[tuple[float, float]], lines: Sequence[tuple[int, int]], most: int
) -> list[tuple[float, float]]:
    """Where the middle of each box stands, in points from the top left corner.

    What has no lines stands in rows below the rest. The same for the same arguments.

    Args:
        sizes: Width and height of every box; a box is its position among them.
        lines: From box to box.
        most: The most boxes side by side; there are fewer where the page is not wide enough.
    """
    pairs = sorted({(min(line), max(line)) for line in lines if line[0] != line[1]})
    linked = sorted({end for pair in pairs for end in pair})
    alone = [box for box in range(len(sizes)) if box not in set(linked)]
    columns = max(1, most)
    while True:
        cells = _cells(linked, alone, pairs, columns)
        wide, high = _extents(sizes, cells)
        if columns == 1 or sum(wide) + _ACROSS * (len(wide) - 1) <= PAGE:
            break
        columns -= 1
    across, down = _middles(wide, _ACROSS), _middles(high, _DOWN)
    return [(across[column], down[row]) for column, row in (cells[box] for box in range(len(sizes)))]


def _cells(
    linked: Sequence[int], alone: Sequence[int], pairs: Sequence[tuple[int, int]], most: int
) -> dict[int, Cell]:
    columns = min(most, math.ceil(math.sqrt(len(linked)))) if linked else 0
    found: dict[int, Cell] = {}
    rows = 0
    if linked:
        number = {box: place for place, box in enumerate(linked)}
        search = _Search(len(linked), [(number[one], number[other]) for one, other in pairs], columns)
        search.run()
        used = sorted({cell // columns for cell in search.cells})
        found = {
            box: (cell % columns, used.index(cell // columns))
            for box, cell in zip(linked, search.cells, strict=True)
        }
        rows = len(used)
    beside = max(columns, min(most, math.ceil(math.sqrt(len(alone)))))
    # Boxes without lines fill the cells of the last row first, then rows of their own.
    taken = set(found.values())
    free = [(column, rows - 1) for column in range(columns) if (column, rows - 1) not in taken]
    more = ((place % beside, rows + place // beside) for place in range(len(alone)))
    places = [*free, *more]
    return found | dict(zip(alone, places, strict=False))


def _extents(sizes: Sequence[tuple[float, float]], cells: dict[int, Cell]) -> tuple[list[float], list[float]]:
    """The width of each column and the height of each row."""
    wide = [0.0] * (max((column for column, _ in cells.values()), default=0) + 1)
    high = [0.0] * (max((row for _, row in cells.values()), default=0) + 1)
    for box, (column, row) in cells.items():
        wide[column] = max(wide[column], sizes[box][0])
        high[row] = max(high[row], sizes[box][1])
    return wide, high


def _middles(extents: Sequence[float], gap: float) -> list[float]:
    middles = []
    at = 0.0
    for extent in extents:
        middles.append(at + extent / 2)
        at += extent + gap
    return middles


class _Search:
    """The best of what moving one box, or exchanging two, can reach from a first guess."""

    def __init__(self, boxes: int, pairs: Sequence[tuple[int, int]], columns: int) -> None:
        # In a small map one row more than needed: room to move, left out in the end where it is empty.
        rows = math.ceil(boxes / columns) + (columns < boxes <= _SMALL)
        self._grid = _grid(columns, rows)
        self._near: list[list[int]] = [[] for _ in range(boxes)]
        for one, other in pairs:
            self._near[one].append(other)
            self._near[other].append(one)
        self._count = columns * rows
        self.cells = self._guess(boxes)
        self._box_at = {cell: box for box, cell in enumerate(self.cells)}
        self._occupied = sum(1 << cell for cell in self.cells)
        self._drawn = 0
        for one, other in pairs:
            self._drawn |= self._grid.bit[self.cells[one]][self.cells[other]]
        self._costs: dict[int, tuple[int, int]] = {}  # of boxes, until one moves

    def _guess(self, boxes: int) -> list[int]:
        """The best connected in the middle, then each nearest to those it has lines to."""
        order = sorted(range(boxes), key=lambda box: (-len(self._near[box]), box))
        length = self._grid.length
        middle = min(
            range(self._count), key=lambda cell: (sum(length[cell][one] for one in range(self._count)), cell)
        )
        placed: dict[int, int] = {}
        while len(placed) < boxes:
            box = min(
                (one for one in order if one not in placed),
                key=lambda one: (-sum(other in placed for other in self._near[one]), order.index(one)),
            )
            goals = [placed[other] for other in self._near[box] if other in placed] or [middle]
            taken = set(placed.values())
            placed[box] = min(
                (cell for cell in range(self._count) if cell not in taken),
                key=lambda cell: (sum(length[cell][goal] for goal in goals), cell),
            )
        return [placed[box] for box in range(boxes)]

    def run(self) -> None:
        """Until nothing gets better."""
        for _ in range(_ROUNDS):
            changed = False
            for box in range(len(self.cells)):
                for cell in range(self._count):
                    changed |= self._try(box, cell)
            if not changed:
                break

    def _try(self, box: int, cell: int) -> bool:
        """Put a box there, and what is there in its place, if that is better."""
        before = self.cells[box]
        if cell == before:
            return False
        other = self._box_at.get(cell)
        lines, own = self._known(box)
        if other is not None:
            more, others = self._known(other)
            lines, own = lines + more - self._lines(own & others), own | others
        cost = self._cost(lines, own, before, cell)
        if self._length(box, cell, other) >= cost:  # whatever crosses what would come to that
            return False
        drawn, occupied = self._drawn, self._occupied
        self.cells[box] = cell
        if other is None:
            self._occupied ^= (1 << before) | (1 << cell)
        else:
            self.cells[other] = before
        moved_own = self._own(box) if other is None else self._own(box) | self._own(other)
        self._drawn = (drawn & ~own) | moved_own
        if self._cost(self._lines(moved_own), moved_own, before, cell) < cost:
            self._box_at[cell] = box
            if other is None:
                del self._box_at[before]
            else:
                self._box_at[before] = other
            self._costs.clear()
            return True
        self._drawn, self._occupied = drawn, occupied
        self.cells[box] = before
        if other is not None:
            self.cells[other] = cell
        return False

    def _length(self, box: int, cell: int, other: int | None) -> int:
        """What the lengths of their lines cost when a box and what is in that cell have changed places."""
        cells, before = self.cells, self.cells[box]
        lengths = self._grid.length[cell]
        whole = sum([lengths[before if near == other else cells[near]] for near in self._near[box]])
        if other is not None:
            lengths = self._grid.length[before]
            whole += sum([lengths[cells[near]] for near in self._near[other] if near != box])
        return whole

    def _own(self, box: int) -> int:
        """The segments of the lines of a box as bits."""
        cells, bit = self.cells, self._grid.bit[self.cells[box]]
        found = 0
        for near in self._near[box]:
            found |= bit[cells[near]]
        return found

    def _known(self, box: int) -> tuple[int, int]:
        """What the lines of a box cost where it is, and their segments as bits."""
        found = self._costs.get(box)
        if found is None:
            own = self._own(box)
            found = self._costs[box] = self._lines(own), own
        return found

    def _lines(self, own: int) -> int:
        """What these lines cost."""
        grid, drawn, occupied = self._grid, self._drawn, self._occupied
        cost = 0
        while own:
            segment = own.bit_length() - 1
            own ^= 1 << segment
            cost += grid.cost[segment]
            if found := grid.through[segment] & occupied:
                cost += _THROUGH * found.bit_count()
            if found := grid.crossing[segment] & drawn:
                cost += _CROSSING * found.bit_count()
        return cost

    def _cost(self, lines: int, own: int, one_cell: int, other_cell: int) -> int:
        """What lines cost, `own` as bits, and those others that pass the two cells."""
        others = self._drawn & ~own
        for cell in (one_cell, other_cell):
            if self._occupied >> cell & 1:
                lines += _THROUGH * (self._grid.passing[cell] & others).bit_count()
        return lines


class _Grid:
    """What can be known of the segments between the cells of a grid before boxes stand there.

    Attributes:
        length: Between each two cells.
        bit: Of the segment between each two cells, its bit where segments are bits.
        cost: Of each segment, its length.
        through: Of each segment, the cells that it passes through, as bits.
        crossing: Of each segment, the segments that it crosses, as bits.
        passing: Of each cell, the segments that pass through it, as bits.
    """

    def __init__(self, columns: int, rows: int) -> None:
        points = [(cell % columns * _WIDE, cell // columns * _HIGH) for cell in range(columns * rows)]
        count = len(points)
        self.length = [[abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in points] for a in points]
        pairs = [(one, other) for other in range(count) for one in range(other)]
        self.bit = [[0] * count for _ in points]
        ending = [0] * count  # segments by the cell at either end, as bits
        for number, (one, other) in enumerate(pairs):
            self.bit[one][other] = self.bit[other][one] = 1 << number
            ending[one] |= 1 << number
            ending[other] |= 1 << number
        self.cost = [self.length[one][other] for one, other in pairs]
        self.through = [0] * len(pairs)
        self.passing = [0] * count
        parted = []
        for number, (one, other) in enumerate(pairs):
            left, right = 0, 0
            a, b = points[one], points[other]
            for cell, point in enumerate(points):
                if cell in (one, other):
                    continue
                turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
                if turn < 0:
                    left |= ending[cell]
                elif turn > 0:
                    right |= ending[cell]
                if _meets(a, b, point):
                    self.through[number] |= 1 << cell
                    self.passing[cell] |= 1 << number
            parted.append(left & right)
        # Two segments cross where each parts the ends of the other.
        self.crossing = [one & other for one, other in zip(parted, _transposed(parted), strict=True)]


def _transposed(rows: Sequence[int]) -> list[int]:
    """Bits by column instead of row, of as many columns as rows."""
    written = [f"{row:0{len(rows)}b}" for row in reversed(rows)]
    return [int("".join(column), 2) for column in zip(*written, strict=True)][::-1]


@lru_cache(maxsize=64)
def _grid(columns: int, rows: int) -> _Grid:
    return _Grid(columns, rows)


def _meets(a: Cell, b: Cell, middle: Cell) -> bool:
    """Whether the segment from a to b meets a box around that point."""
    wide, high = _REACH * _WIDE, _REACH * _HIGH
    left, right, top, bottom = middle[0] - wide, middle[0] + wide, middle[1] - high, middle[1] + high
    if max(a[0], b[0]) < left or min(a[0], b[0]) > right or max(a[1], b[1]) < top or min(a[1], b[1]) > bottom:
        return False
    sides = {
        (b[0] - a[0]) * (y - a[1]) > (b[1] - a[1]) * (x - a[0]) for x in (left, right) for y in (top, bottom)
    }
    return len(sides) == 2
