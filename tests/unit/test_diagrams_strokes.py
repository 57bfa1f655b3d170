"""Outlines in few characters: the same course, moved, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.diagrams import strokes
from tests.support import geometry

_NUMBERS = st.integers(-30_000, 30_000).map(lambda number: number / 10)
_POINTS = st.tuples(_NUMBERS, _NUMBERS)


def _written(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (-0.04, "0"), (0.5, ".5"), (-0.5, "-.5"), (12.0, "12"), (-3.26, "-3.3")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    """One decimal at most, no zero that can be left out."""
    assert strokes.short(value) == text


def test_a_rectangle_is_written_along_its_sides() -> None:
    """Level and upright sides take one number each; the last side closes the shape."""
    corners = [(1.0, 2.0), (1.0, 12.5), (31.0, 12.5), (31.0, 2.0), (1.0, 2.0)]
    assert strokes.outline(corners, (10, 20)) == "M11 22v10.5h30v-10.5z"


def test_an_outline_without_height_is_a_line() -> None:
    """The rule between two rows, which Graphviz draws as a polygon of no height."""
    assert strokes.outline([(5, 1), (5, 1), (9, 1), (9, 1)]) == "M5 1h4"


@given(_POINTS, st.lists(st.tuples(_POINTS, _POINTS, _POINTS), min_size=1, max_size=6), _POINTS)
def test_curves_keep_their_course(
    start: tuple[float, float],
    curves: list[tuple[tuple[float, float], ...]],
    shift: tuple[float, float],
) -> None:
    """Written relative to each other and moved, curves run where they ran; errors do not add up."""
    data = f"M{_written([start])}C{_written([point for curve in curves for point in curve])}"
    (before,) = geometry.flattened(data)
    (after,) = geometry.flattened(strokes.path(data, shift))
    for (x, y), (moved_x, moved_y) in zip(before, after, strict=True):
        assert moved_x == pytest.approx(x + shift[0], abs=0.11)
        assert moved_y == pytest.approx(y + shift[1], abs=0.11)


def test_right_angles_and_rings_keep_their_place() -> None:
    """What the plain grid writes: level and upright steps, then a ring at the end."""
    data = "M10.0,20.0H30.0V5.0H40.0" + strokes.ring(50, 60, 2.5)
    line, ring = geometry.flattened(strokes.path(data, (1, 2)))
    assert line == [(11, 22), (31, 22), (31, 7), (41, 7)]
    assert {x for x, _ in ring} == {48.5, 51.0, 53.5}
    assert max(y for _, y in ring) == 64.5
