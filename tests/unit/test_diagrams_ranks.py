"""Boxes with a single neighbour in several ranks: the same drawing, but narrower."""

from __future__ import annotations

import re

from pgdossier.diagrams import ranks

_LINES = """digraph erd {{
\t1 -> 2 [arrowhead=x]
{}
}}
"""


def _lengths(source: str) -> list[int]:
    return [int(found) for found in re.findall(r"minlen=(\d)", ranks.staggered(source))]


def test_many_alone_are_spread_over_three_ranks() -> None:
    """Five boxes that only the first references: next to it, one further, two further, and again."""
    source = _LINES.format("\n".join(f"\t1 -> {n} [arrowhead=x]" for n in (3, 4, 5, 6)))
    assert _lengths(source) == [2, 3, 2]
    assert ranks.staggered(source).count("->") == source.count("->")


def test_those_that_reference_one_box_are_spread_as_well() -> None:
    """The same the other way round, with the box that already leads there as the first of them."""
    source = _LINES.format("\n".join(f"\t{n} -> 2 [arrowhead=x]" for n in (3, 4, 5)))
    assert _lengths(source) == [2, 3]


def test_few_and_well_connected_boxes_stay() -> None:
    """Two alone fit beside each other; a box with two neighbours is where it belongs."""
    assert _lengths(_LINES.format("\t1 -> 3 [arrowhead=x]")) == []
    both = "\n".join(f"\t{end} -> {n} [arrowhead=x]" for n in (3, 4, 5) for end in (1, 2))
    assert _lengths(_LINES.format(both)) == []


def test_invisible_lines_do_not_count() -> None:
    """What only holds boxes in rows is no neighbour."""
    rows = "\n".join(f"\t1 -> {n} [style=invis]" for n in (3, 4, 5))
    assert _lengths(_LINES.format(rows)) == []
