"""The picture that needs no engine shows the same as the others: boxes, rows, links, lines and their ends."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, grid, svg
from pgdossier.diagrams.diagram import Diagram
from pgdossier.errors import DiagramError
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from tests.support.builders import snapshot, table

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


def _url(name: QualifiedName) -> str:
    return f"t.md#{name.name}"


@pytest.fixture(scope="module")
def diagram() -> Diagram:
    relations = [
        table("users", "id int", "boss int", pk="id", fks=["boss -> users"]),
        table('a<b>"&\\N', "id int", pk="id"),
        *(table(f"sales.o{n}", "id int", "user_id int", pk="id", fks=["user_id -> users"]) for n in range(7)),
    ]
    lookup = Lookup.of(snapshot(*relations))
    return erd.overview(lookup, relationships.find(lookup), _url, columns_above=99)


@pytest.fixture(scope="module")
def drawing(diagram: Diagram) -> svg.Drawing:
    return grid.lay_out(diagram.dot)


def _boxes(drawing: svg.Drawing) -> list[tuple[float, float, float, float]]:
    """The frames of all boxes: left, top, right, bottom."""
    found = []
    for node in drawing.graph.iter(f"{SVG}g"):
        if node.get("class") == "node":
            points = next(node.iter(f"{SVG}polygon")).get("points", "").split()
            xs, ys = zip(*(map(float, point.split(",")) for point in points), strict=True)
            found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def test_it_shows_every_box_and_every_line(diagram: Diagram, drawing: svg.Drawing) -> None:
    """It is held to the same numbers as Graphviz."""
    assert (drawing.boxes, drawing.edges) == (diagram.boxes, diagram.edges) == (9, 8)
    finished = svg.parse(svg.finish(drawing, title="t", description="d"))
    assert finished.boxes == 9


def test_names_links_and_frames_are_there(drawing: svg.Drawing) -> None:
    """Hostile names stand there as they are; every box leads to its table and says in which schema it is."""
    texts = {text.text for text in drawing.graph.iter(f"{SVG}text")}
    assert {'a<b>"&\\N', "users", "o6", "user_id", "sales", "public"} <= texts
    links = {link.get(LINK) for link in drawing.graph.iter(f"{SVG}a")}
    assert {"t.md#users", "t.md#o0"} <= links


def test_boxes_do_not_overlap_and_lie_on_the_paper(drawing: svg.Drawing) -> None:
    """Every box has its own place."""
    boxes = _boxes(drawing)
    assert len(boxes) == 9
    for one, other in combinations(boxes, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    assert all(
        left > 0 and top > 0 and right < drawing.width and low < drawing.height
        for left, top, right, low in boxes
    )


def test_no_line_runs_through_a_box_or_along_another(drawing: svg.Drawing) -> None:
    """Lines pass between the boxes, each on tracks of its own."""
    boxes = _boxes(drawing)
    upright: list[tuple[float, float, float]] = []
    for path in drawing.graph.iter(f"{SVG}path"):
        found = re.match(
            r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H([\d.]+)V([\d.]+)H([\d.]+)", path.get("d", "")
        )
        assert found is not None
        x0, y0, x1, y1, x2, y2, x3 = map(float, found.groups())
        for left, right, y in ((x0, x1, y0), (x1, x2, y1), (x2, x3, y2)):
            low, high = sorted((left, right))
            assert not any(b[0] < high and low < b[2] and b[1] < y < b[3] for b in boxes)
        for x, top, bottom in ((x1, y0, y1), (x2, y1, y2)):
            low, high = sorted((top, bottom))
            assert not any(b[0] < x < b[2] and b[1] < high and low < b[3] for b in boxes)
            assert not any(x == other[0] and low < other[2] and other[1] < high for other in upright)
            upright.append((x, low, high))


def test_ends_have_their_signs(drawing: svg.Drawing) -> None:
    """A ring at the child and one at the optional parent: every line has both."""
    paths = [path.get("d", "") for path in drawing.graph.iter(f"{SVG}path")]
    assert len(paths) == 8
    assert all(path.count("a2.5,2.5") == 4 for path in paths)


def test_nothing_to_draw_is_an_empty_sheet() -> None:
    """A diagram without boxes has a drawing without boxes."""
    assert grid.lay_out("digraph erd {\n}\n").boxes == 0


@pytest.mark.parametrize(
    "source",
    ["digraph erd {\n\t1 -> 2\n}\n", "digraph erd {\n\t1 [label=<<TABLE ><TR></TABLE>>]\n}\n"],
)
def test_what_this_package_does_not_write_is_refused(source: str) -> None:
    """Lines to nowhere and broken labels are no picture."""
    with pytest.raises(DiagramError):
        grid.lay_out(source)


def test_the_same_source_gives_the_same_bytes(diagram: Diagram, drawing: svg.Drawing) -> None:
    """Nothing but the source decides."""
    assert ET.tostring(grid.lay_out(diagram.dot).graph) == ET.tostring(drawing.graph)
