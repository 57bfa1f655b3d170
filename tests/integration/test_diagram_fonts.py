"""No text of a drawing leaves its box in a browser, whatever fonts the reader's machine has."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pgdossier.diagrams import graphviz
from tests.support.browser import launched
from tests.unit.test_diagrams_drawing import hostile_diagrams

FONTS = ("DejaVu Sans", "monospace", "No Such Font")
"""A wider font, one whose letters are all as wide, and one that no machine has."""

_ASTRAY = """() => {
  let texts = 0;
  const astray = [];
  for (const node of document.querySelectorAll("g.node")) {
    const shapes = [...node.querySelectorAll("path")].map((path) => path.getBBox());
    const left = Math.min(...shapes.map((box) => box.x));
    const right = Math.max(...shapes.map((box) => box.x + box.width));
    for (const text of node.querySelectorAll("text")) {
      const box = text.getBBox();
      texts += 1;
      if (box.x < left - 0.6 || box.x + box.width > right + 0.6) astray.push(text.textContent);
    }
  }
  return [texts, astray];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """The drawings of the hostile schema: long, wide, joined, right-to-left, combining, pictorial names."""
    made = graphviz.draw(hostile_diagrams(), graphviz.find_engine(None))
    return [svg.decode() for svg in made.values()][::2]


def _astray(browser: Browser, drawings: list[str]) -> tuple[int, list[str]]:
    """How many texts there are, and those that the browser shows outside their box."""
    page = browser.new_page()
    texts, astray = 0, []
    for drawing in drawings:
        page.set_content(drawing)
        seen, outside = page.evaluate(_ASTRAY)
        texts += seen
        astray += outside
    page.close()
    return texts, astray


@pytest.mark.parametrize("font", FONTS)
def test_texts_stay_in_their_boxes_with_any_font(browser: Browser, drawn: list[str], font: str) -> None:
    """Every text is shown as wide as it was measured, be its font wider, narrower or missing."""
    texts, astray = _astray(browser, [_with(font, drawing) for drawing in drawn])
    assert texts > 500
    assert astray == []


def test_it_is_the_drawing_that_holds_them(browser: Browser, drawn: list[str]) -> None:
    """Without the widths that texts are held to, a wider font would leave the boxes."""
    bare = [re.sub(r' textLength="[^"]*"', "", _with("monospace", drawing)) for drawing in drawn]
    _, astray = _astray(browser, bare)
    assert len(astray) > 100


def _with(font: str, drawing: str) -> str:
    changed, count = re.subn(r"font-family='[^']*'", f"font-family='{font}'", drawing, count=1)
    assert count == 1
    return changed
