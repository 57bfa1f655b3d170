"""Boxes in columns, so that most lines lead from a column to the next one on its right.

Left to itself, Graphviz gives every step of the longest way a column of its own, and stacks what has no lines
in one: too wide or too high for a page. Here the number of columns is given, and each holds about as many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ACROSS = 4
"""Columns of tables that fit a page."""

PAGE = 1080.0
"""Points that a drawing may be wide: its texts are legible where it is as wide as a page."""

_GAP = 55.0  # between columns
_ROUNDS = 20
_WAYS = {1: 0, 2: 2, -1: 2, 3: 4, -2: 4, 0: 5}  # what a line costs that goes so many columns to the right
_FAR = 6


def across(boxes: int, most: int) -> int:
    """How many columns so many boxes take, so that the drawing is about as high as wide."""
    return max(1, min(most, math.ceil(math.sqrt(boxes))))


def levels(boxes: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    """The column of each box, from 0, if every line led to a column on its right; at most `ACROSS`."""
    level = [0] * boxes
    for _ in range(ACROSS):
        for one, other in lines:
            if one != other:
                level[other] = max(level[other], min(ACROSS, level[one] + 1))
    return level


def fits(widths: Sequence[float], places: Sequence[int]) -> bool:
    """Whether boxes of these widths fit a page in these columns."""
    widest: dict[int, float] = {}
    for wide, column in zip(widths, places, strict=True):
        widest[column] = max(wide, widest.get(column, 0.0))
    return sum(widest.values()) + _GAP * (len(widest) - 1) <= PAGE


def arrange(boxes: int, lines: Sequence[tuple[int, int]], columns: int) -> list[int]:
    """The column of each box, from 0 on the left; what has no lines fills up what is short.

    The best of what moving one box or exchanging two can reach; the same for the same arguments.

    Args:
        boxes: How many there are; a box is its number from 0.
        lines: From box to box; those from a box to itself do not matter.
        columns: How many columns there are.
    """
    search = _Search(boxes, [line for line in lines if line[0] != line[1]], columns)
    for _ in range(_ROUNDS):
        moved = search.move()
        if not search.exchange() and not moved:
            break
    return search.filled()


class _Search:
    def __init__(self, boxes: int, lines: Sequence[tuple[int, int]], columns: int) -> None:
        self._near: list[list[tuple[int, int]]] = [[] for _ in range(boxes)]
        for one, other in lines:
            self._near[one].append((other, 1))
            self._near[other].append((one, -1))
        self._columns = range(columns)
        self._most = math.ceil(boxes / columns)
        # A first guess: what references more than it is referenced stands on the left.
        linked = [box for box in range(boxes) if self._near[box]]
        lead = sorted(linked, key=lambda box: (-sum(way for _, way in self._near[box]), box))
        self._place = {box: number * columns // len(lead) for number, box in enumerate(lead)}
        self._linked = linked
        self._sizes = [sum(column == one for one in self._place.values()) for column in self._columns]

    def _cost(self, box: int, column: int) -> int:
        return sum(_WAYS.get(way * (self._place[other] - column), _FAR) for other, way in self._near[box])

    def move(self) -> bool:
        """Move each box to the best column that has room; whether that changed anything."""
        changed = False
        for box in self._linked:
            for column in self._columns:
                here = self._place[box]
                if self._sizes[column] < self._most and self._cost(box, column) < self._cost(box, here):
                    self._sizes[here] -= 1
                    self._sizes[column] += 1
                    self._place[box] = column
                    changed = True
        return changed

    def exchange(self) -> bool:
        """Exchange each two boxes that are both better off together; whether there were such."""
        changed = False
        for number, box in enumerate(self._linked):
            for other in self._linked[number + 1 :]:
                before = self._both(box, other)
                if not before or self._place[box] == self._place[other]:
                    continue  # nothing to be gained
                self._swap(box, other)
                if self._both(box, other) < before:
                    changed = True
                else:
                    self._swap(box, other)
        return changed

    def _both(self, box: int, other: int) -> int:
        return self._cost(box, self._place[box]) + self._cost(other, self._place[other])

    def _swap(self, box: int, other: int) -> None:
        self._place[box], self._place[other] = self._place[other], self._place[box]

    def filled(self) -> list[int]:
        """The columns of all boxes."""
        for box in range(len(self._near)):
            if box not in self._place:
                column = min(self._columns, key=lambda one: (self._sizes[one], one))
                self._sizes[column] += 1
                self._place[box] = column
        return [self._place[box] for box in range(len(self._near))]
