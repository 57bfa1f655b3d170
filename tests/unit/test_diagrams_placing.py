"""Boxes of a map: in cells of their own, near what they have lines to, within the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.diagrams import placing

_LINES = st.integers(1, 24).flatmap(
    lambda boxes: st.tuples(
        st.lists(st.tuples(st.floats(40, 300), st.floats(20, 160)), min_size=boxes, max_size=boxes),
        st.lists(st.tuples(st.integers(0, boxes - 1), st.integers(0, boxes - 1)), max_size=30),
        st.integers(1, 5),
    )
)


@given(_LINES)
def test_no_two_boxes_meet_and_all_fit_the_page(
    given_map: tuple[list[tuple[float, float]], list[tuple[int, int]], int],
) -> None:
    """Whatever the lines are: there is room between any two boxes, and the map is no wider than a page."""
    sizes, lines, most = given_map
    middles = placing.centres(sizes, lines, most)
    places = [
        (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        for (x, y), (wide, high) in zip(middles, sizes, strict=True)
    ]
    for number, one in enumerate(places):
        for other in places[:number]:
            across = max(one[0] - other[2], other[0] - one[2])
            down = max(one[1] - other[3], other[1] - one[3])
            assert max(across, down) > 40
    assert max(place[2] for place in places) - min(place[0] for place in places) <= placing.PAGE
    assert min(min(place[:2]) for place in places) >= 0


def test_a_circle_is_drawn_without_crossings_and_loners_stand_below() -> None:
    """Six boxes in a circle have their lines along the grid; what has no lines comes after them."""
    middles = placing.centres([(100, 50)] * 8, [(n, (n + 1) % 6) for n in range(6)], 3)
    steps = {
        (abs(middles[n][0] - middles[(n + 1) % 6][0]) > 1, abs(middles[n][1] - middles[(n + 1) % 6][1]) > 1)
        for n in range(6)
    }
    assert (True, True) not in steps
    assert min(y for _, y in middles[6:]) >= max(y for _, y in middles[:6])


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_the_lines_changes_nothing(turned: bool) -> None:
    """Lines are the same from either end, in whatever order they come."""
    lines = [(n, (n * 5 + 3) % 20) for n in range(20)]
    other = [(b, a) for a, b in reversed(lines)] if turned else lines[7:] + lines[:7]
    sizes = [(100.0 + n, 60.0) for n in range(20)]
    assert placing.centres(sizes, lines, 4) == placing.centres(sizes, other, 4)
