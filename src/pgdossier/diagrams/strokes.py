"""Outlines of a drawing in as few characters as SVG needs for them: relative, in tenths of a point.

The grammar is that of path data in SVG 1.1 (https://www.w3.org/TR/SVG11/paths.html#PathData).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import cycle

_STEP = re.compile(r"([MLHVCa])([^MLHVCaz]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "a": 7}

Point = tuple[float, float]
Step = tuple[str, Sequence[int]]
"""A letter of path data (`M`, `L`, `C`, `a`) with its numbers in tenths; points are absolute."""


@lru_cache(maxsize=20_000)
def short(value: float) -> str:
    """A number to one decimal, without what SVG can do without: "1.5", "-.5", "0"."""
    return _tenths(round(value * 10))


@lru_cache(maxsize=20_000)
def _tenths(value: int) -> str:
    whole, part = divmod(abs(value), 10)
    text = f"{whole or ''}.{part}" if part else str(whole)
    return f"-{text}" if value < 0 else text


def path(data: str, shift: Point = (0.0, 0.0), ends: Iterable[Step] = ()) -> str:
    """Path data with absolute steps (and arcs as `ring` has them), moved by `shift`, as short as it gets.

    Args:
        data: The path data.
        shift: How far it is moved, right and down.
        ends: Steps that follow it, where they are to be.
    """
    return _written([*_steps(data, shift), *ends])


def outline(corners: Sequence[Point], shift: Point = (0.0, 0.0)) -> str:
    """A closed shape by its corners, moved by `shift`; one without any height or width is a single line."""
    points = [_place(x + shift[0], y + shift[1]) for x, y in corners]
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    flat = min(len({x for x, _ in points}), len({y for _, y in points})) == 1
    if flat:
        return _written([("M", min(points)), ("L", max(points))])
    steps: list[Step] = [("M", points[0]), *(("L", point) for point in points[1:])]
    return _written(steps) + "z"


def circle(left: Sequence[int], radius: float) -> list[Step]:
    """A circle as steps, from the point on its left, which is in tenths."""
    r, across = round(round(radius, 1) * 10), round(round(2 * radius, 1) * 10)
    return [("M", left), ("a", (r, r, 0, 10, 0, across, 0)), ("a", (r, r, 0, 10, 0, -across, 0))]


def ring(x: float, y: float, radius: float) -> str:
    """A circle as path data that `path` reads."""
    r = f"{radius:.1f}"
    return f"M{x - radius:.1f},{y:.1f}a{r},{r} 0 1 0 {2 * radius:.1f},0a{r},{r} 0 1 0 {-2 * radius:.1f},0"


def bounds(data: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all points of path data with absolute steps, control points included."""
    xs: list[float] = []
    ys: list[float] = []
    for step, values in _steps(data, (0.0, 0.0)):
        if step != "a":
            xs += [value / 10 for value in values[0::2]]
            ys += [value / 10 for value in values[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def _place(x: float, y: float) -> tuple[int, int]:
    return round(x * 10), round(y * 10)


def _steps(data: str, shift: Point) -> Iterator[Step]:
    """Every step with its numbers in tenths: absolute points, H and V as L, arcs as they are."""
    x = y = 0.0
    right, down = shift
    for step, text in _STEP.findall(data):
        numbers = list(map(float, _NUMBER.findall(text)))
        size = _TAKES[step]
        if step == "C":
            placed = [round((value + by) * 10) for value, by in zip(numbers, cycle(shift), strict=False)]
            for start in range(0, len(placed), size):
                yield "C", placed[start : start + size]
            x, y = numbers[-2:]
            continue
        for start in range(0, len(numbers), size):
            values = numbers[start : start + size]
            if step == "a":
                yield "a", [round(value * 10) for value in values]
                x, y = x + values[5], y + values[6]
                continue
            if step == "H":
                values = [values[0], y]
            elif step == "V":
                values = [x, values[0]]
            x, y = values[-2:]
            yield ("M" if step == "M" else "L"), _place(x + right, y + down)


def _written(steps: Sequence[Step]) -> str:
    written = []
    last = ""
    x = y = 0
    for step, values in steps:
        if step == "M":
            x, y = values
            letter = "M"
            text = _joined(letter, (x, y))
        elif step == "C":
            a, b, c, d, e, f = values
            letter = "c"
            text = _joined("" if letter == last else letter, (a - x, b - y, c - x, d - y, e - x, f - y))
            x, y = e, f
        elif step == "a":
            # Radii, rotation and both flags; only the flags and the rotation are no lengths.
            letter = "a"
            text = _again("" if letter == last else letter, tuple(values))
            x, y = x + values[5], y + values[6]
        else:
            across, down = values[0] - x, values[1] - y
            x, y = values
            if not across and not down:
                continue
            letter = "h" if not down else "v" if not across else "l"
            numbers = (across, down) if letter == "l" else (across or down,)
            text = _again("" if letter == last else letter, numbers)
        written.append(text)
        last = letter
    return "".join(written)


def _joined(letter: str, numbers: tuple[int, ...]) -> str:
    text = " ".join(map(_tenths, numbers)).replace(" -", "-")
    return text if not letter and text.startswith("-") else f"{letter or ' '}{text}"


_again = lru_cache(maxsize=20_000)(_joined)  # the signs at the ends of lines are the same everywhere
