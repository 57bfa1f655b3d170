"""A table with its neighbours, one step away or more: what is drawn, and what is only named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pgdossier.analysis import relationships
from pgdossier.diagrams import graphviz, neighbourhood
from pgdossier.diagrams.chart import Detail
from pgdossier.diagrams.diagram import Diagram
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation
from tests.support.builders import name, snapshot, table

_NODE = re.compile(r"^\t(\d+) \[label=<(.*)>\]$", re.MULTILINE)
_EDGE = re.compile(r"^\t(\d+):\w+:\w+ -> (\d+):\w+:\w+ ", re.MULTILINE)
_TEXT = re.compile(r"<B>(t\d+)</B>")
_NAMED = re.compile(r">(t\d+)<")
_COUNTED = re.compile(r"… and (\d+) others")


def _shape(pairs: Sequence[tuple[int, int]], number: int = 0) -> list[Relation]:
    """Tables t0, t1, …: the first of each pair references the second."""
    most = max([number - 1, *(end for pair in pairs for end in pair)], default=0)
    return [
        table(
            f"t{n}",
            "id int",
            *(f"r{parent} int" for child, parent in pairs if child == n),
            pk="id",
            fks=[f"r{parent} -> t{parent}" for child, parent in pairs if child == n],
        )
        for n in range(most + 1)
    ]


def _near(tables: Sequence[Relation], **options: object) -> Diagram | None:
    lookup = Lookup.of(snapshot(*tables))
    found = relationships.find(lookup)
    return neighbourhood.of(
        lookup.relations[name("t0")],
        lookup,
        found,
        lambda _name: None,
        **options,  # type: ignore[arg-type] # each test names real options
    )


def _boxes(diagram: Diagram) -> dict[int, str]:
    """The tables with a box of their own, by its number."""
    headers = ((int(number), _TEXT.search(label)) for number, label in _NODE.findall(diagram.dot))
    return {number: found[1] for number, found in headers if found}


def _rest(diagram: Diagram) -> tuple[set[str], int]:
    """The tables that are only named, and how many are only counted."""
    labels = [label for _, label in _NODE.findall(diagram.dot) if " more table" in label]
    named = {text for label in labels for text in _NAMED.findall(label)}
    return named, sum(int(found) for label in labels for found in _COUNTED.findall(label))


def _ball(pairs: Sequence[tuple[int, int]], degrees: int) -> dict[str, int]:
    """Every table within so many steps of t0, by the plainest search there is."""
    distance = {0: 0}
    for step in range(1, degrees + 1):
        edge = [n for n, at in distance.items() if at == step - 1]
        for one, other in [*pairs, *((b, a) for a, b in pairs)]:
            if one in edge:
                distance.setdefault(other, step)
    return {f"t{n}": step for n, step in distance.items()}


_PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=90, unique=True)


@given(pairs=_PAIRS, degrees=st.integers(1, 3), most=st.integers(5, 45), sides=st.sampled_from([None, 12, 4]))
def test_every_table_in_reach_is_drawn_or_named_once_and_the_limit_holds(
    pairs: list[tuple[int, int]], degrees: int, most: int, sides: int | None
) -> None:
    """Drawn, named and counted tables are exactly those that a plain search reaches; boxes are bounded."""
    diagram = _near(_shape(pairs), degrees=degrees, most=most, sides=sides)
    reached = _ball(pairs, degrees)
    if diagram is None:
        assert reached == {"t0": 0}
        return
    drawn = set(_boxes(diagram).values())
    named, counted = _rest(diagram)
    assert diagram.boxes <= most
    assert len(_NODE.findall(diagram.dot)) == diagram.boxes
    assert "t0" in drawn
    assert not drawn & named
    assert drawn | named <= reached.keys()
    assert len(drawn) + len(named) + counted == len(reached)


@given(pairs=_PAIRS, degrees=st.integers(2, 3))
def test_lines_are_foreign_keys_met_on_the_way(pairs: list[tuple[int, int]], degrees: int) -> None:
    """No line is made up, each has an end nearer than the farthest step, and no box hangs in the air."""
    diagram = _near(_shape(pairs), degrees=degrees, most=200, sides=None)
    if diagram is None:
        return
    boxes, reached = _boxes(diagram), _ball(pairs, degrees)
    lines = [(boxes[int(one)], boxes[int(other)]) for one, other in _EDGE.findall(diagram.dot)]
    declared = {frozenset((f"t{child}", f"t{parent}")) for child, parent in pairs}
    assert {frozenset(line) for line in lines} <= declared
    assert all(min(reached[one], reached[other]) < degrees for one, other in lines)
    held = {end for line in lines for end in line}
    assert held == set(boxes.values())


@given(pairs=_PAIRS, degrees=st.integers(1, 3), data=st.data())
def test_the_order_of_what_was_read_does_not_matter(
    pairs: list[tuple[int, int]], degrees: int, data: st.DataObject
) -> None:
    """The same tables in another order give the same source, byte for byte."""
    tables = _shape(pairs)
    shuffled = data.draw(st.permutations(tables))
    one, other = (_near(some, degrees=degrees, most=10) for some in (tables, shuffled))
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        assert (one.dot, one.description, one.mermaid) == (other.dot, other.description, other.mermaid)
        assert (one.boxes, one.edges) == (other.boxes, other.edges)


def test_what_goes_on_in_the_same_direction_comes_before_what_only_shares_a_hub() -> None:
    """Of the tables two steps away, the details of a detail are drawn before the other children of a hub."""
    siblings = [(n, 1) for n in range(10, 60)]
    diagram = _near(_shape([(0, 1), (2, 0), (3, 2), (1, 4), *siblings]), degrees=2, most=10)
    assert diagram is not None
    assert {"t0", "t1", "t2", "t3", "t4"} <= set(_boxes(diagram).values())
    assert diagram.boxes == 10
    assert "2 steps away" in diagram.dot


def test_a_hub_is_named_in_the_rows_of_those_that_other_lines_hold() -> None:
    """Five neighbours that all reference one more table say so in words; its own leaf keeps its line."""
    near = [(n, 0) for n in range(1, 6)]
    diagram = _near(_shape([*near, *((n, 9) for n in range(1, 6)), (8, 9)], 10), degrees=3)
    assert diagram is not None
    assert diagram.dot.count("→ t9") >= 5
    boxes = _boxes(diagram)
    lines = {(boxes[int(one)], boxes[int(other)]) for one, other in _EDGE.findall(diagram.dot)}
    assert ("t8", "t9") in lines
    assert ("t1", "t9") not in lines


def test_a_hub_keeps_the_line_of_its_nearest_table() -> None:
    """Where every reference to a hub could be words, it still does not hang in the air."""
    near = [(n, 0) for n in range(1, 6)]
    diagram = _near(_shape([*near, *((n, 9) for n in range(1, 6))], 10), degrees=2)
    assert diagram is not None
    boxes = _boxes(diagram)
    lines = {(boxes[int(one)], boxes[int(other)]) for one, other in _EDGE.findall(diagram.dot)}
    assert {line for line in lines if "t9" in line} == {("t1", "t9")}


def test_names_only_shows_no_column() -> None:
    """With `Detail.NAMES` the focus, too, is a name."""
    diagram = _near(_shape([(0, 1)]), detail=Detail.NAMES)
    assert diagram is not None
    assert ">id<" not in diagram.dot


def test_graphviz_draws_it_whole() -> None:
    """A diagram of two steps with self references and circles loses neither box nor line."""
    pairs = [(0, 0), (0, 1), (1, 0), (2, 0), (3, 2), (2, 3), (4, 1), (1, 5), (5, 5), (4, 5)]
    diagram = _near(_shape(pairs), degrees=2)
    assert diagram is not None
    told: list[str] = []
    engine = graphviz.find_engine(None)
    drawn = graphviz.draw([diagram], engine, simplified=lambda _diagram, why: told.append(why))
    assert diagram.subject in drawn
    assert told == []
    assert diagram.legend
