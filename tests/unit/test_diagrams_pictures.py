"""PNG and PDF show the finished drawing, with its texts, in the same bytes each time."""

from __future__ import annotations

import re
import struct
import sys

import pytest

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, graphviz, pictures
from pgdossier.errors import DiagramError
from pgdossier.model.lookup import Lookup
from tests.support.builders import snapshot, table

pytest.importorskip("typst", reason="the extra pgdossier[pdf] is not installed")

TITLE = 'Tables of "übung" #1 \\n'


def _svg(*names: str) -> bytes:
    tables = [table("a", "id int", pk="id")]
    tables += [table(f"public.{one}", "id int", "a int", pk="id", fks=["a -> a"]) for one in names]
    lookup = Lookup.of(snapshot(*tables))
    diagram = erd.overview(lookup, relationships.find(lookup), lambda _name: None)
    return graphviz.draw([diagram], graphviz.find_engine(None))[diagram.subject]


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_png_has_two_pixels_for_one() -> None:
    """The drawing keeps its proportions at twice its size."""
    svg = _svg("b")
    found = re.search(rb'width="(\d+)" height="(\d+)"', svg)
    assert found is not None
    width, height = _size(pictures.png(svg, TITLE))
    assert width == pytest.approx(2 * int(found[1]), abs=2)
    assert height == pytest.approx(2 * int(found[2]), abs=2)


def test_texts_are_drawn() -> None:
    """The same boxes with other names give another picture: letters are there, whatever fonts are not."""
    one, other = _svg("ab"), _svg("ba")
    assert len(one) == len(other)
    assert pictures.png(one, TITLE) != pictures.png(other, TITLE)
    pdf = pictures.pdf(one, TITLE)
    assert b"/FontDescriptor" in pdf


@pytest.mark.parametrize("name", ["größe_ñ_é", "表格", "имя", "a\u202eb", "<&>", "\U0001f600", "#include"])
def test_any_name_can_be_drawn(name: str) -> None:
    """Accents, other scripts, what steers text, and what could be markup: never an error."""
    svg = _svg(name)
    assert _size(pictures.png(svg, name))
    assert pictures.pdf(svg, name).startswith(b"%PDF-")


def test_the_same_drawing_has_the_same_bytes() -> None:
    """Neither format knows the time, the place or the run."""
    svg = _svg("b", "c")
    assert pictures.png(svg, TITLE) == pictures.png(svg, TITLE)
    pdf = pictures.pdf(svg, TITLE)
    assert pdf == pictures.pdf(svg, TITLE)
    assert b"CreationDate" not in pdf
    assert b"ModDate" not in pdf


def test_a_huge_drawing_is_made_coarser() -> None:
    """The number of pixels and the side of a page are bounded."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40000" height="30000" viewBox="0 0 400 300"></svg>'
    width, height = _size(pictures.png(svg, TITLE))
    assert width * height <= 1.01 * pictures.MOST_PIXELS
    page = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pictures.pdf(svg, TITLE))
    assert page is not None
    assert max(float(page[1]), float(page[2])) <= 14_400


def test_without_the_extra_the_hint_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra; nothing is drawn in another way instead."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DiagramError, match="typst") as caught:
        pictures.png(_svg("b"), TITLE)
    assert caught.value.hint is not None
    assert "pgdossier[pdf]" in caught.value.hint
