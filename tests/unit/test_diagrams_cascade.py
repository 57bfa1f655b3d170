"""The diagram of a deletion shows what the analysis of cascades found: no table more, no line less."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.analysis import relationships
from pgdossier.analysis.cascades import CascadeReach, cascade_reaches
from pgdossier.analysis.graph import Graph
from pgdossier.diagrams import cascade, graphviz, grid
from pgdossier.diagrams.cascade import Effect
from pgdossier.diagrams.diagram import Diagram
from pgdossier.model.constraints import Action
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from tests.support.builders import fk, snapshot, table

_NODE = re.compile(r"^\t(\d+) \[label=<(.*)>\]$", re.MULTILINE)
_EDGE = re.compile(r"^\t(\d+):\w+:\w+ -> (\d+):\w+:\w+ \[(.*)\]$", re.MULTILINE)
_TITLE = re.compile(r"<B>(?:<[^>]*>)*([^<]+)</B>")
_ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")

Key = tuple[int, int, str, str, bool]


def _tables(keys: Sequence[Key]) -> list[Relation]:
    """Tables t0, t1, … with foreign keys (child, parent, on delete, on update, whether it may be null)."""
    count = 1 + max((end for key in keys for end in key[:2]), default=0)
    made = []
    for number in range(count):
        own = [(place, key) for place, key in enumerate(keys) if key[0] == number]
        columns = [f"c{place} int{'' if key[4] else ' not null'}" for place, key in own]
        fks = [
            fk(f"c{place} -> t{key[1]} on delete {key[2]}", on_update=Action(key[3])) for place, key in own
        ]
        made.append(table(f"t{number}", "id int", *columns, pk="id", fks=fks))
    return made


def _read(*made: Relation) -> tuple[Lookup, Graph, dict[str, CascadeReach]]:
    lookup = Lookup.of(snapshot(*made))
    found = relationships.find(lookup)
    return lookup, Graph.of(found), {one.table.name: one for one in cascade_reaches(lookup, found)}


def _drawn(reach: CascadeReach, lookup: Lookup, graph: Graph, most: int = 200) -> Diagram:
    diagram = cascade.draw(reach, lookup, graph, lambda found: f"#{found.name}", most=most)
    assert diagram is not None
    return diagram


def _titles(diagram: Diagram) -> dict[int, str]:
    found = ((int(number), _TITLE.search(label)) for number, label in _NODE.findall(diagram.dot))
    return {number: title[1] for number, title in found if title}


def _lines(diagram: Diagram) -> list[tuple[str, str, str]]:
    """Parent, child and look of every line."""
    titles = _titles(diagram)
    made = []
    for tail, head, attributes in _EDGE.findall(diagram.dot):
        ends = titles[int(tail)], titles[int(head)]
        back = "arrowhead=none" in attributes
        look = "bar" if "=tee" in attributes else "dashed" if "style=dashed" in attributes else "solid"
        made.append((*(ends[::-1] if back else ends), look))
    return made


_KEYS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(_ACTIONS),
        st.sampled_from(_ACTIONS),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@given(_KEYS)
def test_the_lines_are_those_of_the_analysis(keys: list[Key]) -> None:
    """Solid lines lead to the tables that lose rows, from where the analysis says; the others match."""
    lookup, graph, reaches = _read(*_tables(keys))
    for reach in reaches.values():
        diagram = _drawn(reach, lookup, graph)
        lines = _lines(diagram)
        assert len(lines) == diagram.edges == len(cascade.steps(reach, graph))
        assert {(one, other) for one, other, look in lines if look == "solid"} == {
            (through.name, gone.table.name) for gone in reach.deletes for through in gone.through
        }
        assert sorted((one, other) for one, other, look in lines if look == "dashed") == sorted(
            (change.relationship.parent.name, change.relationship.child.name) for change in reach.changes
        )
        assert sorted((one, other) for one, other, look in lines if look == "bar") == sorted(
            (block.relationship.parent.name, block.relationship.child.name) for block in reach.blocked_by
        )
        touched = {reach.table.name} | {other for _, other, _ in lines}
        assert set(_titles(diagram).values()) == touched


@given(_KEYS, st.integers(5, 8))
def test_the_limit_holds_and_the_others_are_counted(keys: list[Key], most: int) -> None:
    """Where there are more tables, one box counts exactly those that are missing."""
    lookup, graph, reaches = _read(*_tables(keys))
    for reach in reaches.values():
        whole, cut = _drawn(reach, lookup, graph), _drawn(reach, lookup, graph, most)
        assert cut.boxes <= most
        if whole.boxes <= most:
            assert (cut.dot, cut.mermaid, cut.legend) == (whole.dot, whole.mermaid, whole.legend)
            continue
        every, shown = set(_titles(whole).values()), set(_titles(cut).values())
        (more,) = shown - every
        assert more == f"+ {len(every) - (len(shown) - 1)} more table{'s' if len(every) - len(shown) else ''}"
        assert reach.table.name in shown


@given(_KEYS)
def test_graphviz_and_the_plain_grid_draw_every_line(keys: list[Key]) -> None:
    """Circles, self references and lines within a rank included: nothing is lost, nothing simplified."""
    lookup, graph, reaches = _read(*_tables(keys))
    diagrams = [_drawn(reach, lookup, graph) for reach in reaches.values()]
    told: list[str] = []
    made = graphviz.draw(diagrams, graphviz.find_engine(None), simplified=lambda _, why: told.append(why))
    assert len(made) == len(diagrams)
    assert told == []
    for diagram in diagrams:
        plain = grid.lay_out(diagram.dot)
        assert (plain.boxes, plain.edges) == (diagram.boxes, diagram.edges)


def _shop() -> list[Relation]:
    return [
        table("users", "id int", pk="id"),
        table("carts", "id int", "u int", pk="id", fks=["u -> users on delete cascade"]),
        table("items", "id int", "c int", pk="id", fks=["c -> carts on delete cascade"]),
        table("reviews", "id int", "u int", pk="id", fks=["u -> users on delete set null"]),
        table("orders", "id int", "u int", pk="id", fks=["u -> users on delete restrict"]),
        table("sales.logs", "id int", "i int", pk="id", fks=["i -> items"]),
    ]


def test_every_fate_is_said_in_words_and_shape() -> None:
    """Nothing is said by colour alone: each box says what becomes of its rows, each row names the action."""
    lookup, graph, reaches = _read(*_shop())
    diagram = _drawn(reaches["users"], lookup, graph)
    assert _titles(diagram)[1] == "users"
    for words in ("a row is deleted", "rows go too", "rows stay and change", "its rows refuse"):
        assert words in diagram.dot
    for action in ("CASCADE", "SET NULL", "RESTRICT", "NO ACTION"):
        assert f">{action}<" in diagram.dot
        assert action in diagram.mermaid[0]
    assert diagram.legend == tuple(effect.value for effect in Effect)
    assert "sales." in diagram.dot
    assert 'HREF="#carts"' in diagram.dot
    assert "delete rows of 2 other tables, change rows of 1 table, be refused by rows of 2 tables" in (
        diagram.description
    )


def test_the_drawing_explains_its_lines() -> None:
    """The legend under the drawing has the three kinds of lines."""
    lookup, graph, reaches = _read(*_shop())
    diagram = _drawn(reaches["users"], lookup, graph)
    svg = graphviz.draw([diagram], graphviz.find_engine(None))[diagram.subject].decode()
    for words in ("rows go too", "rows stay, columns change", "such rows refuse the deletion"):
        assert f">{words}</text>" in svg


def test_what_is_only_named_is_not_said_to_be_farther_than_it_is() -> None:
    """The box for the others says how many steps away its tables are."""
    star = [
        table(f"s{n}", "id int", "u int", pk="id", fks=["u -> users on delete cascade"]) for n in range(9)
    ]
    lookup, graph, reaches = _read(_shop()[0], *star)
    assert "1 step away" in _drawn(reaches["users"], lookup, graph, 5).dot
    lookup, graph, reaches = _read(*_shop(), *star)
    assert "1 to 3 steps away" in _drawn(reaches["users"], lookup, graph, 5).dot


def test_only_what_goes_far_is_drawn_in_a_document() -> None:
    """Two tables and two steps are worth a diagram, a star of direct references is not."""
    _, _, reaches = _read(*_shop())
    assert {one for one in reaches if cascade.worth_drawing(reaches[one])} == {"users"}
    star = [
        table(f"s{n}", "id int", "u int", pk="id", fks=["u -> users on delete cascade"]) for n in range(9)
    ]
    _, _, reaches = _read(_shop()[0], *star)
    assert not cascade.worth_drawing(reaches["users"])


def test_a_document_draws_a_bounded_number_the_largest_first() -> None:
    """Of many deep reaches the largest are drawn."""
    chain = [table("t00", "id int", pk="id")]
    chain += [
        table(f"t{n:02}", "id int", "p int", pk="id", fks=[f"p -> t{n - 1:02} on delete cascade"])
        for n in range(1, 40)
    ]
    _, _, reaches = _read(*chain)
    chosen = cascade.of_document(reaches.values())
    assert [one.table.name for one in chosen] == [f"t{n:02}" for n in range(cascade.MOST_DRAWN)]


@pytest.mark.parametrize("hostile", ['a"b\\N', "<b>&amp;", "表", "a|b`c", "x\u202ey", "{}:h:e -> 1"])
def test_no_name_changes_what_is_drawn(hostile: str) -> None:
    """Tables and columns may be called anything: the drawing is whole, and Mermaid keeps its lines."""
    parent = msgspec.structs.replace(table("x", "id int", pk="id"), name=hostile)
    key = msgspec.structs.replace(fk("p -> x on delete cascade"), target=QualifiedName("public", hostile))
    child = table("child", "id int", "p int", pk="id", fks=[key])
    lookup, graph, reaches = _read(parent, child)
    diagram = _drawn(reaches[hostile], lookup, graph)
    told: list[str] = []
    made = graphviz.draw([diagram], graphviz.find_engine(None), simplified=lambda _, why: told.append(why))
    assert made
    assert told == []
    assert len(diagram.mermaid[0].splitlines()) == 1 + diagram.boxes + diagram.edges


def test_very_many_tables_to_which_the_same_happens_share_a_box() -> None:
    """Of forty tables that refuse the deletion one box says so; what goes on by itself keeps its own."""
    users, carts, *_ = _shop()
    items = _shop()[2]
    refusing = [
        table(f"r{n:02}", "id int", "u int", "v int", pk="id", fks=["u -> users", "v -> users"])
        for n in range(45)
    ]
    lookup, graph, reaches = _read(users, carts, items, *refusing)
    diagram = _drawn(reaches["users"], lookup, graph, 30)
    assert (diagram.boxes, diagram.edges) == (4, 3)
    assert _titles(diagram)[4] == "45 tables"
    assert "their rows refuse: NO ACTION" in diagram.dot
    assert ">r39<" in diagram.dot
    assert "… and 5 others" in diagram.dot
    assert ("users", "45 tables", "bar") in _lines(diagram)
    assert "r00 (u): NO ACTION; public.r00 (v): NO ACTION" in diagram.dot
    assert diagram.legend == ("goes", "refuses")
    assert "n1 --x n4" in diagram.mermaid[0]
    plain = grid.lay_out(diagram.dot)
    assert (plain.boxes, plain.edges) == (4, 3)


def test_a_few_alike_have_boxes_of_their_own() -> None:
    """Up to twelve tables nothing is put together, so that every foreign key is a line."""
    few = [table(f"r{n}", "id int", "u int", pk="id", fks=["u -> users"]) for n in range(12)]
    lookup, graph, reaches = _read(*_shop()[:3], *few)
    assert _drawn(reaches["users"], lookup, graph, 30).boxes == 15
