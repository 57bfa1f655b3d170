"""Colours of diagrams: legible in light and dark, and domains told apart by everybody."""

from __future__ import annotations

from itertools import combinations

import pytest

from pgdossier.diagrams import dot, palette
from pgdossier.diagrams.chart import Box, Chart, Group, Role
from tests.support import vision

_TEXTS = [
    (palette.INK, palette.PAPER),
    (palette.INK, palette.BOX),
    (palette.INK, palette.TABLE),
    (palette.INK, palette.VIEW),
    (palette.DIM, palette.PAPER),
    (palette.DIM, palette.BOX),
    (palette.DIM, palette.TABLE),
    (palette.DIM, palette.VIEW),
    (palette.DIM, palette.STUB),
    (palette.DIM, palette.GROUP),
    (palette.KEY, palette.BOX),
    (palette.KEY, palette.PAPER),
    (palette.FOCUS_DIM, palette.FOCUS),
    (palette.FOCUS_INK, palette.FOCUS),
    *((palette.INK, tint.header) for tint in palette.TINTS),
    *((ink, tint.ground) for tint in palette.TINTS for ink in (palette.INK, palette.DIM, palette.KEY)),
]
_SHAPES = [
    (palette.LINE, palette.PAPER),
    (palette.LINE, palette.GROUP),
    (palette.STRONG_LINE, palette.PAPER),
    *((line, tint.ground) for tint in palette.TINTS for line in (palette.LINE, palette.STRONG_LINE)),
    *((tint.border, palette.PAPER) for tint in palette.TINTS),
]


@pytest.mark.parametrize(("ink", "ground"), _TEXTS)
def test_text_is_legible_on_everything_it_stands_on(ink: str, ground: str) -> None:
    """Contrast level AA of WCAG 2.2 for text of any size, in light and in dark."""
    assert vision.contrast(ink, ground) >= 4.5
    assert vision.contrast(palette.DARK[ink], palette.DARK[ground]) >= 4.5


@pytest.mark.parametrize(("line", "ground"), _SHAPES)
def test_lines_are_seen_on_everything_they_run_over(line: str, ground: str) -> None:
    """Contrast level AA of WCAG 2.2 for what is no text, in light and in dark."""
    assert vision.contrast(line, ground) >= 3
    assert vision.contrast(palette.DARK[line], palette.DARK[ground]) >= 3


@pytest.mark.parametrize("seen", sorted(vision.VISIONS))
def test_domains_are_told_apart(seen: str) -> None:
    """Headers of any two domains differ clearly for full and deficient colour vision, in light and dark."""
    for one, other in combinations(palette.TINTS, 2):
        assert vision.difference(one.header, other.header, seen) >= 9
        assert vision.difference(palette.DARK[one.header], palette.DARK[other.header], seen) >= 9


def test_differences_are_those_of_the_standard() -> None:
    """The measure itself: nothing between equals, 100 between black and white, less where hues are lost."""
    assert vision.difference("#97b5fa", "#97b5fa") == 0
    assert vision.difference("#000000", "#ffffff") == pytest.approx(100, abs=0.01)
    assert vision.difference("#ff0000", "#00ff00") == pytest.approx(86.6, abs=0.1)
    assert vision.difference("#ff0000", "#00ff00", "deuteranopia") < 40
    assert vision.contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_colour_has_one_meaning() -> None:
    """No two colours of the light are equal, so each has its own counterpart in the dark."""
    named = [colour for name, colour in vars(palette).items() if name.isupper() and isinstance(colour, str)]
    colours = named + [colour for tint in palette.TINTS for colour in tint]
    assert len(set(colours)) == len(colours)
    assert set(colours) == set(palette.DARK)


def test_tints_begin_anew_when_all_are_used() -> None:
    """Any number of domains gets colours, always the same for the same position."""
    assert palette.of_domain(0) == palette.of_domain(len(palette.TINTS)) == palette.TINTS[0]


def test_a_domain_paints_its_boxes_and_its_frame() -> None:
    """A box of a domain has that domain's colours, and so has its frame; the focus keeps its own."""
    boxes = tuple(
        Box(number=number, name=f"t{number}", role=role, tint=3)
        for number, role in enumerate((Role.TABLE, Role.STUB, Role.FOCUS), start=1)
    )
    chart = Chart(boxes=boxes, links=(), groups=(Group(name="d", boxes=(1,), tint=3),))
    source = dot.write(chart)
    tint = palette.of_domain(3)
    table, stub, focus = (dot.label(box) for box in boxes)
    assert f'fillcolor="{tint.ground}"' in source
    assert f'BGCOLOR="{tint.header}"' in table
    assert f'COLOR="{tint.border}"' in stub
    assert "DASHED" in stub
    assert tint.header not in stub + focus
    assert palette.FOCUS in focus
