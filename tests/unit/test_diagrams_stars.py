"""A table with its neighbours, placed without an engine: whole, legible, with lines that can be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pgdossier.analysis import relationships
from pgdossier.diagrams import dot, graphviz, marks, neighbourhood, painting, stars, svg
from pgdossier.diagrams.chart import Box, Chart, Role, Row
from pgdossier.diagrams.diagram import Charted, Diagram, Outlined
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from tests.support import geometry
from tests.support.builders import name, snapshot, table
from tests.support.diagram_measures import LEGIBLE
from tests.unit.test_diagrams_drawing import hostile_diagrams

SVG = "{http://www.w3.org/2000/svg}"
NO_ENGINE = graphviz.Engine(Path("no-such-engine"), "0")


def _url(found: QualifiedName) -> str:
    return f"t.md#{found.name}"


def _near(*relations: Relation, of: str = "t") -> Diagram:
    lookup = Lookup.of(snapshot(*relations))
    found = neighbourhood.of(lookup.relations[name(of)], lookup, relationships.find(lookup), _url)
    assert found is not None
    return found


def _chart(diagram: Diagram) -> Chart:
    assert isinstance(diagram.content, Charted)
    return diagram.content.chart()


def _drawn(diagram: Diagram) -> bytes:
    drawing = stars.draw(_chart(diagram), diagram.title, diagram.description)
    assert drawing is not None
    return drawing


def _mark(diagram: Diagram) -> str:
    return marks.mark_of_star(_chart(diagram), diagram.title, diagram.description)


def _star(
    references: Sequence[tuple[int, bool]], children: Sequence[tuple[int, bool, bool]]
) -> list[Relation]:
    """A table `t`: what it references, itself as 0, and what references it, each with what may be null."""
    parents = sorted({number for number, _ in references if number})
    made = [table(f"p{number}", "id int", pk="id") for number in parents]
    made += [
        table(
            f"{'other' if number % 3 == 0 else 'public'}.c{number}",
            f"a int{' not null' * needed}",
            "b int",
            pk="a" if needed else "b",
            fks=["a -> t", *(["b -> t"] if twice else [])],
        )
        for number, needed, twice in children
    ]
    columns = [f"r{at} int{' not null' * needed}" for at, (_, needed) in enumerate(references)]
    keys = [f"r{at} -> {f'p{number}' if number else 't'}" for at, (number, _) in enumerate(references)]
    return [table("t", "id int", *columns, "some_name varchar(80)", pk="id", fks=keys), *made]


_REFERENCES = st.lists(st.tuples(st.integers(0, 16), st.booleans()), max_size=20)
_CHILDREN = st.lists(
    st.tuples(st.integers(1, 40), st.booleans(), st.booleans()), max_size=24, unique_by=lambda one: one[0]
)


@settings(max_examples=60)
@given(_REFERENCES, _CHILDREN)
def test_whatever_touches_it_is_drawn_whole_and_can_be_read(
    references: list[tuple[int, bool]], children: list[tuple[int, bool, bool]]
) -> None:
    """Every box and line is there, texts in their boxes, boxes apart, lines around them, large enough."""
    if not references and not children:
        return
    diagram = _near(*_star(references, children))
    picture = geometry.read(_drawn(diagram))
    assert (len(picture.boxes), len(picture.lines)) == (diagram.boxes, diagram.edges)
    assert picture.faults() == []
    assert picture.crossed_boxes == 0
    assert picture.font >= LEGIBLE


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=12, unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=12, unique_by=lambda one: one[0]),
)
def test_no_lines_cross_where_each_neighbour_has_one(
    references: list[tuple[int, bool]], children: list[tuple[int, bool]]
) -> None:
    """Columns are in the order of the rows that their lines lead to."""
    if references or children:
        diagram = _near(*_star(references, [(number, needed, False) for number, needed in children]))
        assert geometry.read(_drawn(diagram)).crossings == 0


def test_what_references_it_is_on_the_left_and_what_it_references_on_the_right() -> None:
    """The table itself is between both."""
    picture = geometry.read(_drawn(_near(*_star([(1, True), (2, False)], [(1, True, False)]))))
    places = {box.texts[0].content: box.place for box in picture.boxes}
    assert places["c1"].right < places["t"].left
    assert places["t"].right < min(places["p1"].left, places["p2"].left)
    assert places["p1"].top < places["p2"].top


def test_ends_of_different_kinds_in_one_row_can_be_told_apart() -> None:
    """What must reference it and what may meets its key at different heights, the same kind at the same."""
    children = [(1, True, False), (2, False, False), (4, True, False), (5, False, False)]
    picture = geometry.read(_drawn(_near(*_star([], children))))
    ends = [round(line.course[0][1], 1) for line in picture.lines]
    assert len(set(ends)) == 2
    assert abs(max(ends) - min(ends)) >= 8  # the height of a bar


def test_a_line_to_itself_goes_where_it_crosses_fewer_others() -> None:
    """Between rows that reference others, it is on the left; without any between, on the right."""
    between = geometry.read(_drawn(_near(*_star([(1, True), (2, True), (0, False)], []))))
    free = geometry.read(_drawn(_near(*_star([(0, False), (1, True)], []))))
    (table_between,) = [box.place for box in between.boxes if box.texts[0].content == "t"]
    (table_free,) = [box.place for box in free.boxes if box.texts[0].content == "t"]
    assert any(max(x for x, _ in line.course) <= table_between.left for line in between.lines)
    assert all(min(x for x, _ in line.course) >= table_free.right for line in free.lines)


def test_what_there_is_no_room_for_is_named_below() -> None:
    """A list under the rest says which tables those are, and in which direction they reference."""
    children = [(number, True, False) for number in range(1, 31)]
    diagram = _near(*_star([(number, True) for number in range(1, 15)], children))
    picture = geometry.read(_drawn(diagram))
    headers = {box.texts[0].content: box for box in picture.boxes}
    lists = [headers["+ 20 more tables"], headers["+ 4 more tables"]]
    lowest = max(box.place.bottom for box in picture.boxes if box not in lists)
    assert min(box.place.top for box in lists) >= lowest
    assert [box.texts[1].content for box in lists] == ["that reference it", "that it references"]
    assert len(lists[0].texts) == 22
    assert picture.faults() == []


def test_what_is_only_implied_is_dashed_and_its_ends_are_not() -> None:
    """A dashed line keeps signs that can be read: they are drawn solid."""
    children = [(number, True, False) for number in range(1, 31)]
    root = ET.fromstring(_drawn(_near(*_star([], children))))  # noqa: S314 - what the code under test wrote a moment ago
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class") == "edge"]
    (dashed,) = [group for group in groups if len(list(group.iter(f"{SVG}path"))) == 2]
    line, signs = [path.get("class") for path in dashed.iter(f"{SVG}path")]
    rules = dict(
        re.findall(r"\.erd \.([\w-]+)\{([^}]*)\}", (root.findtext(f"{SVG}style") or "").split("@")[0])
    )
    assert "stroke-dasharray" in rules[line or ""]
    assert "stroke-dasharray" not in rules[signs or ""]


def test_links_and_tooltips() -> None:
    """Boxes lead to their tables, foreign keys to what they reference; comments and keys are tooltips."""
    people = table("people", "id int", pk="id", comment="People & robots")
    diagram = _near(table("t", "id int", "who int", pk="id", fks=["who -> people"]), people)
    root = ET.fromstring(_drawn(diagram))  # noqa: S314 - as above
    links = {text.text: link for link in root.iter(f"{SVG}a") for text in link.iter(f"{SVG}text")}
    assert not [inner for link in root.iter(f"{SVG}a") for inner in link.iter(f"{SVG}a") if inner is not link]
    assert links["t"].get("href") == "t.md#t"
    assert links["who"].get("href") == "t.md#people"
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert "People & robots" in titles
    assert any(title.endswith("t (who) → people (id)") for title in titles)


def test_no_engine_is_needed() -> None:
    """It is drawn though there is no engine to be run, and is the same each time, with a note."""
    diagram = _near(*_star([(1, True), (0, False)], [(2, False, True)]))
    drawn = graphviz.draw([diagram], NO_ENGINE)
    assert drawn == {diagram.subject: marks.marked(_drawn(diagram), _mark(diagram))}


def test_what_has_not_changed_is_not_drawn_again() -> None:
    """A drawing with the note of the same chart is taken over as it is, whatever else is in it."""
    diagram = _near(*_star([(1, True), (0, False)], [(2, False, True)]))
    there = marks.marked(b"<svg another", _mark(diagram))
    assert graphviz.draw([diagram], NO_ENGINE, known=lambda _: there) == {diagram.subject: there}


def test_what_differs_in_anything_is_drawn_again() -> None:
    """Another column, type, comment, key, neighbour, title or description: each makes another drawing."""
    parent = table("p", "id int", pk="id")
    child = table("t", "id int", "x text", "p_id int", pk="id", fks=["p_id -> p"])
    before = graphviz.draw([_near(child, parent)], NO_ENGINE)
    others = [
        _near(table("t", "id int", "y text", "p_id int", pk="id", fks=["p_id -> p"]), parent),
        _near(table("t", "id int", "x json", "p_id int", pk="id", fks=["p_id -> p"]), parent),
        _near(table("t", "id int", "x text", "p_id int", pk="id", fks=["p_id -> p"], comment="m"), parent),
        _near(table("t", "id int", "x text", "p_id int", pk="x", fks=["p_id -> p"]), parent),
        _near(child, table("p", "id int", pk="id", comment="m")),
        replace(_near(child, parent), title="other"),
        replace(_near(child, parent), description="other"),
    ]
    for other in others:
        anew = graphviz.draw([other], NO_ENGINE, known=before.get)
        assert anew == graphviz.draw([other], NO_ENGINE)
        assert anew != before


def test_what_does_not_fit_a_page_is_left_to_the_engine() -> None:
    """Names of 63 letters on both sides and in the middle: the engine draws it down the page."""
    wide = "w" * 63
    diagram = _near(
        table(wide + "1", "id int", pk="id"),
        table("t", "id int", f"{wide} varchar(80)", "r int", pk="id", fks=[f"r -> {wide}1"]),
        table(wide + "2", f"{wide} int", pk=wide, fks=[f"{wide} -> t"]),
    )
    assert stars.draw(_chart(diagram), "t", "d") is None
    drawn = graphviz.draw([diagram], graphviz.find_engine(None))
    picture = geometry.read(drawn[diagram.subject])
    assert (len(picture.boxes), len(picture.lines)) == (3, 2)
    assert picture.faults() == []


def test_hostile_names_stay_texts() -> None:
    """Whatever the names: well-formed, each text in its box."""
    near = [one for one in hostile_diagrams() if isinstance(one.content, Charted) and one.content.star]
    assert near
    drawings = [stars.draw(_chart(diagram), diagram.title, diagram.description) for diagram in near]
    assert [geometry.read(drawing).faults() for drawing in drawings if drawing is not None] == [
        [] for drawing in drawings if drawing is not None
    ]
    assert sum(drawing is not None for drawing in drawings) > len(drawings) / 2


def test_outlines_have_cells_only_where_lines_meet_them() -> None:
    """A row that is met has a port, the header where a line leads to no row; the rest is left room for."""
    rows = tuple(Row(text=text, column=text) for text in "abc")
    painted = painting.paint(Box(number=1, name="t", role=Role.TABLE, rows=rows))
    high = painted.height - 2
    cells = {
        met: re.findall(r'(?: PORT="(\w+)")? HEIGHT="(\d+)"', dot.outline(painted, met))
        for met in [(), (None,), ("b",), ("a", "z"), ("c",)]
    }
    assert cells == {
        (): [("", f"{high}")],
        (None,): [("h", "20"), ("", f"{high - 20}")],
        ("b",): [("", "39"), ("w1", "19"), ("", f"{high - 58}")],
        ("a", "z"): [("h", "20"), ("w0", "19"), ("", f"{high - 39}")],
        ("c",): [("", "58"), ("w2", "19")],
    }


@pytest.mark.parametrize("degrees", [2, 3])
def test_outlines_are_as_large_as_what_is_painted(degrees: int) -> None:
    """The engine keeps to the sizes that it is told, so that boxes stand where it made room for them."""
    relations = _star([(1, True), (2, False)], [(n, True, True) for n in range(1, 9)])
    lookup = Lookup.of(snapshot(*relations))
    found = relationships.find(lookup)
    diagram = neighbourhood.of(lookup.relations[name("p1")], lookup, found, _url, degrees=degrees)
    assert diagram is not None
    content = Outlined.of(_chart(diagram))
    (drawing,) = graphviz._Drawer(graphviz.find_engine(None), 30.0)._run(
        [replace(diagram, content=content)],
        graphviz._BEST,
        30.0,
    )
    sizes = {}
    for group in drawing.graph.iter(f"{SVG}g"):
        if group.get("class") == "node":
            pairs = next(group.iter(f"{SVG}polygon")).get("points", "").split()
            xs, ys = zip(*(map(float, pair.split(",")) for pair in pairs), strict=True)
            sizes[int(group.findtext(f"{SVG}title", ""))] = (max(xs) - min(xs), max(ys) - min(ys))
    assert sizes == {
        number: (pytest.approx(box.width, abs=0.03), pytest.approx(box.height, abs=0.03))
        for number, box in content.painted.items()
    }
    assert painting.painted(_chart(diagram).boxes) == content.painted
    made = svg.finish(drawing, title="t", description="d", painted=content.painted)
    assert geometry.read(made).faults() == []
