"""Frames around aggregates in the diagrams of many tables."""

from __future__ import annotations

from pgdossier.analysis import analyse
from pgdossier.diagrams import erd
from pgdossier.diagrams.diagram import Diagram
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from tests.support.builders import snapshot, table

ORDERS = table("sales.orders", "id bigint", pk="id")


def _part(part: str, of: str = "sales.orders") -> Relation:
    key = f"up -> {of} on delete cascade"
    return table(part, "id bigint", "up bigint not null", pk="id", fks=[key])


def _no_address(_: QualifiedName) -> str | None:
    return None


def _overview(*relations: Relation, columns_above: int = 25) -> Diagram:
    found = analyse(snapshot(*relations))
    return erd.overview(
        found.lookup,
        found.drawn,
        _no_address,
        columns_above=columns_above,
        aggregates=found.entities.aggregates,
    )


def test_an_aggregate_has_a_frame() -> None:
    """The root and its parts stand together in one frame with the root's name, other tables outside it."""
    source = _overview(ORDERS, _part("sales.lines"), table("sales.other", "id bigint", pk="id")).dot
    (frame,) = source.split("subgraph")[1:]
    inside, outside = frame.split("\n\t}", 1)
    assert "aggregate orders" in inside
    assert "<B>lines</B>" in inside
    assert "<B>orders</B>" in inside
    assert "<B>other</B>" not in inside
    assert "<B>other</B>" in source.replace(inside, "")
    assert outside


def test_frames_lie_within_those_of_schemas() -> None:
    """With several schemas the frame is inside its schema's; a part of another schema stays in its own."""
    found = _overview(ORDERS, _part("sales.lines"), _part("stock.picks"))
    assert found.dot.count("subgraph cluster_") == 3
    assert "subgraph cluster_1_1" in found.dot
    alone = _overview(ORDERS, _part("stock.picks"))
    assert alone.dot.count("subgraph cluster_") == 2


def test_large_diagrams_have_none() -> None:
    """Above the limit of tables frames would tear the drawing apart, and are left out."""
    parts = [_part(f"sales.part_{n}") for n in range(4)]
    assert "aggregate" in _overview(ORDERS, *parts, columns_above=5).dot
    assert "aggregate" not in _overview(ORDERS, *parts, columns_above=4).dot


def test_every_box_is_written_once() -> None:
    """No box is in a frame and outside it at once."""
    found = _overview(ORDERS, _part("sales.lines"), _part("sales.gifts", "sales.lines"))
    for label in ("orders", "lines", "gifts"):
        assert found.dot.count(f"<B>{label}</B>") == 1
