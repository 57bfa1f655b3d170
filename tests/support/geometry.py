"""What can be measured in a finished drawing: boxes, texts, lines, and how legible they are at page width.

Everything is in points of the drawing (its `viewBox`) unless it says otherwise.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

from pgdossier.diagrams.lettering import width

PAGE = 900
"""Pixels of the width at which a page shows a drawing."""

NATURAL = 1.15
"""Pixels of a point where there is room."""

_SVG = "{http://www.w3.org/2000/svg}"
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_RULE = re.compile(r"\.erd \.([\w-]+)\{([^}]*)\}")
_MOVED = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "a": 7}
_BENDS = 8  # straight pieces that stand for one curve
_END = 16.0  # how far from a box the drawn line may end, with its signs between

Point = tuple[float, float]


class Rectangle(NamedTuple):
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rectangle, slack: float = 0.35) -> bool:
        """Whether the other lies in this one."""
        return (
            other.left >= self.left - slack
            and other.right <= self.right + slack
            and other.top >= self.top - slack
            and other.bottom <= self.bottom + slack
        )

    def overlaps(self, other: Rectangle, slack: float = 0.35) -> bool:
        """Whether both share more than an edge."""
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )

    def grown(self, by: float) -> Rectangle:
        """The rectangle with so much more on every side."""
        return Rectangle(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def has(self, point: Point) -> bool:
        """Whether the point lies in it."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


@dataclass(frozen=True, slots=True)
class Text:
    """One text, the room that it is held to, and how it looks."""

    content: str
    place: Rectangle
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One box with its texts."""

    place: Rectangle
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line between boxes: its course, all strokes with the signs at its ends, and its labels."""

    course: tuple[Point, ...]
    strokes: tuple[tuple[Point, ...], ...]
    labels: tuple[Text, ...]

    @property
    def length(self) -> float:
        """How long its course is."""
        return sum(math.dist(a, b) for a, b in pairwise(self.course))


@dataclass(frozen=True)
class Picture:
    """A finished drawing, read."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    frames: tuple[Rectangle, ...]
    lines: tuple[Line, ...]
    others: tuple[Text, ...]
    bytes: int

    @property
    def scale(self) -> float:
        """Pixels of a point on a page that is `PAGE` wide."""
        return min(NATURAL, PAGE / self.width)

    @property
    def font(self) -> float:
        """Pixels of the text that most of the drawing is written in, on such a page."""
        letters: Counter[float] = Counter()
        for text in self.texts:
            letters[text.size] += len(text.content)
        return max(letters.items(), key=lambda item: (item[1], item[0]), default=(11.0, 0))[0] * self.scale

    @property
    def smallest_font(self) -> float:
        """Pixels of its smallest text, on such a page."""
        return min((text.size for text in self.texts), default=11.0) * self.scale

    @property
    def texts(self) -> Iterator[Text]:
        """All texts."""
        for box in self.boxes:
            yield from box.texts
        for line in self.lines:
            yield from line.labels
        yield from self.others

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height

    @property
    def ink(self) -> float:
        """The share of the paper that boxes take."""
        areas = (
            (box.place.right - box.place.left) * (box.place.bottom - box.place.top) for box in self.boxes
        )
        return sum(areas) / (self.width * self.height)

    @property
    def length(self) -> float:
        """The length of all lines together, in diagonals of the drawing."""
        return sum(line.length for line in self.lines) / math.hypot(self.width, self.height)

    @property
    def mean_length(self) -> float:
        """The length of a line on average, in diagonals of the drawing."""
        return self.length / len(self.lines) if self.lines else 0.0

    @cached_property
    def crossings(self) -> int:
        """How often two lines cross, where they are not just about to meet at the same end."""
        found: set[tuple[int, int, int, int]] = set()
        for one, other, point in _crossings([line.course for line in self.lines]):
            ends = [self.lines[one].course[0], self.lines[one].course[-1]]
            shared = [self.lines[other].course[0], self.lines[other].course[-1]]
            if any(math.dist(a, b) < _END and math.dist(point, a) < 2 * _END for a in ends for b in shared):
                continue
            found.add((one, other, round(point[0] / 3), round(point[1] / 3)))
        return len(found)

    @cached_property
    def crossed_boxes(self) -> int:
        """How often a line runs through a box at which it does not end."""
        count = 0
        for line in self.lines:
            extent = _extent(line.course)
            for box in self.boxes:
                inner = box.place.grown(-2.0)
                if not inner.overlaps(extent):
                    continue
                near = box.place.grown(_END)
                if near.has(line.course[0]) or near.has(line.course[-1]):
                    continue
                count += any(_meets(inner, a, b) for a, b in pairwise(line.course))
        return count

    def faults(self) -> list[str]:
        """What must not be: text outside its box or over text, boxes over boxes, anything off the paper."""
        return [*self._texts_astray(), *self._overlaps(), *self._off_the_paper()]

    def _texts_astray(self) -> Iterator[str]:
        for box in self.boxes:
            for text in box.texts:
                if not box.place.holds(text.place):
                    yield f"{text.content!r} leaves its box"
            for one, other in combinations(box.texts, 2):
                if one.place.overlaps(other.place):
                    yield f"{one.content!r} and {other.content!r} overlap"

    def _overlaps(self) -> Iterator[str]:
        ordered = sorted(self.boxes, key=lambda box: box.place.left)
        for position, box in enumerate(ordered):
            for other in ordered[position + 1 :]:
                if other.place.left >= box.place.right:
                    break
                if box.place.overlaps(other.place):
                    yield f"boxes overlap: {box.texts[:1]} {other.texts[:1]}"
        for label in self._labels:
            if any(label.place.overlaps(box.place) for box in self.boxes):
                yield f"{label.content!r} covers a box"

    def _off_the_paper(self) -> Iterator[str]:
        paper = Rectangle(0, 0, self.width, self.height)
        places = [*(box.place for box in self.boxes), *self.frames, *(label.place for label in self._labels)]
        for place in places:
            if not paper.holds(place):
                yield f"{place} is off the paper"
        for line in self.lines:
            if not all(paper.grown(1).has(point) for stroke in line.strokes for point in stroke):
                yield f"the line from {line.course[0]} leaves the paper"

    @property
    def _labels(self) -> list[Text]:
        """Texts that stand in no box."""
        return [*(label for line in self.lines for label in line.labels), *self.others]


def read(svg: bytes) -> Picture:
    """A finished drawing of this package, measured."""
    root = ET.fromstring(svg)  # noqa: S314 - what the code under test wrote a moment ago
    across, down = map(float, root.get("viewBox", "").split()[2:])
    looks = {
        name: dict(part.split(":", 1) for part in said.split(";"))
        for name, said in reversed(_RULE.findall(root.findtext(f"{_SVG}style") or ""))
        if said
    }
    boxes: list[Box] = []
    frames: list[Rectangle] = []
    lines: list[Line] = []
    others: list[Text] = []
    for group in root.iter(f"{_SVG}g"):
        shift = _shift(group)
        texts = tuple(_text(text, looks, shift) for text in group.iter(f"{_SVG}text"))
        kind = group.get("class")
        if kind == "node":
            points = [
                (point[0] + shift[0], point[1] + shift[1])
                for path in group.iter(f"{_SVG}path")
                for stroke in flattened(path.get("d", ""))
                for point in stroke
            ]
            boxes.append(Box(_extent(points), texts))
        elif kind == "edge":
            strokes = [
                stroke for path in group.iter(f"{_SVG}path") for stroke in flattened(path.get("d", ""))
            ]
            lines.append(Line(tuple(strokes[0]), tuple(map(tuple, strokes)), texts))
        elif kind == "cluster":
            for rect in group.iter(f"{_SVG}rect"):
                x, y, wide, high = (float(rect.get(key, "0")) for key in ("x", "y", "width", "height"))
                frames.append(Rectangle(x, y, x + wide, y + high))
            others += texts
        elif kind == "legend":
            others += texts
    return Picture(across, down, tuple(boxes), tuple(frames), tuple(lines), tuple(others), len(svg))


def _shift(group: ET.Element) -> Point:
    """How far a group is moved as a whole."""
    found = _MOVED.fullmatch(group.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def _text(text: ET.Element, looks: dict[str, dict[str, str]], shift: Point) -> Text:
    look = looks.get(text.get("class", ""), {})
    size = float(look.get("font-size", "11px").removesuffix("px"))
    bold = look.get("font-weight") == "bold"
    assert text.get("text-anchor") is None
    content = text.text or ""
    x, y = float(text.get("x", "")) + shift[0], float(text.get("y", "")) + shift[1]
    wide = float(text.get("textLength") or width(content, size, bold=bold))
    return Text(content, Rectangle(x, y - 0.72 * size, x + wide, y + 0.21 * size), size, bold)


def flattened(data: str) -> list[list[Point]]:
    """The strokes of path data, curves as straight pieces."""
    strokes: list[list[Point]] = []
    x = y = 0.0
    for letter, text in _STEP.findall(data):
        if letter == "z":
            strokes[-1].append(strokes[-1][0])
            x, y = strokes[-1][0]
            continue
        numbers = [float(number) for number in _NUMBER.findall(text)]
        step = letter.lower()
        for start in range(0, len(numbers), _TAKES[step]):
            values = numbers[start : start + _TAKES[step]]
            from_x, from_y = (x, y) if letter.islower() else (0.0, 0.0)
            if step == "m" and start == 0:
                x, y = from_x + values[0], from_y + values[1]
                strokes.append([(x, y)])
                continue
            if step == "c":
                control = [(from_x + values[place], from_y + values[place + 1]) for place in (0, 2, 4)]
                strokes[-1] += _bezier((x, y), *control)
                x, y = control[-1]
                continue
            if step == "a":
                radius = values[0]
                side = y - radius, y + radius
                x, y = from_x + values[5], from_y + values[6]
                middle = (strokes[-1][-1][0] + x) / 2
                strokes[-1] += [(middle, side[0]), (middle, side[1]), (x, y)]
                continue
            if step == "h":
                x = from_x + values[0]
            elif step == "v":
                y = from_y + values[0]
            else:
                x, y = from_x + values[0], from_y + values[1]
            strokes[-1].append((x, y))
    return strokes


def _bezier(a: Point, b: Point, c: Point, d: Point) -> Iterator[Point]:
    for step in range(1, _BENDS + 1):
        t = step / _BENDS
        u = 1 - t
        weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
        yield (
            sum(weight * point[0] for weight, point in zip(weights, (a, b, c, d), strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, (a, b, c, d), strict=True)),
        )


def _extent(points: Iterable[Point]) -> Rectangle:
    xs, ys = zip(*points, strict=True)
    return Rectangle(min(xs), min(ys), max(xs), max(ys))


def _crossings(courses: Sequence[Sequence[Point]]) -> Iterator[tuple[int, int, Point]]:
    """Where pieces of different lines cross; pieces are looked for in the squares that they touch."""
    cells: dict[tuple[int, int], list[tuple[int, Point, Point]]] = defaultdict(list)
    size = 40.0
    for number, course in enumerate(courses):
        for a, b in pairwise(course):
            for column in range(int(min(a[0], b[0]) // size), int(max(a[0], b[0]) // size) + 1):
                for row in range(int(min(a[1], b[1]) // size), int(max(a[1], b[1]) // size) + 1):
                    cells[column, row].append((number, a, b))
    seen = set()
    for pieces in cells.values():
        for (one, a, b), (other, c, d) in combinations(pieces, 2):
            if one == other:
                continue
            point = _crossing(a, b, c, d)
            if point is not None and (one, other, point) not in seen:
                seen.add((one, other, point))
                yield one, other, point


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where two pieces cross in their inside; None where they only touch or run along each other."""
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if abs(across) < 1e-9:
        return None
    t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / across
    u = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / across
    if 0 < t < 1 and 0 < u < 1:
        return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
    return None


def _meets(place: Rectangle, a: Point, b: Point) -> bool:
    """Whether a straight piece touches the inside of a rectangle."""
    if place.has(a) or place.has(b):
        return True
    corners = [
        (place.left, place.top),
        (place.right, place.top),
        (place.right, place.bottom),
        (place.left, place.bottom),
    ]
    return any(_crossing(a, b, c, d) for c, d in pairwise([*corners, corners[0]]))
