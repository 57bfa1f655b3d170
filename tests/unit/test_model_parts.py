"""What kinds of value consist of, as their types tell."""

from __future__ import annotations

import msgspec
import pytest

from pgdossier.model.parts import Part, by_kind, each, parts, texts, within
from pgdossier.model.snapshot import Snapshot


class Leaf(msgspec.Struct):
    """A value."""

    name: str | None = None


class Tree(msgspec.Struct):
    """A value with others in it."""

    leaves: tuple[Leaf, ...] = ()
    first: Leaf | None = None
    pairs: tuple[tuple[str, str | None], ...] | None = None


def test_every_field_of_the_model_is_of_one_kind() -> None:
    """That holds for all that a snapshot can hold, at any depth."""
    todo: list[type[msgspec.Struct]] = [Snapshot]
    seen = set(todo)
    while todo:
        inner = {part.kind for part in parts(todo.pop()) if part.structured}
        todo += inner - seen
        seen |= inner
    assert {"Relation", "Column", "Statement", "Role"} <= {kind.__name__ for kind in seen}


def test_parts_say_how_deep_values_stand() -> None:
    """Tuples around values count, None does not, and what is in them is gathered."""
    assert parts(Tree) == (Part("leaves", Leaf, 1), Part("first", Leaf, 0), Part("pairs", str, 2))
    a, b = Leaf("a"), Leaf("b")
    trees = (Tree(leaves=(a, b), pairs=(("k", None),)), Tree(first=b), Tree(leaves=(a,)))
    leaves, first, pairs = (within(trees, part) for part in parts(Tree))
    assert leaves == [a, b, a]
    assert first == [b]
    assert pairs == ["k", None]
    assert each(leaves) == (a, b)
    assert list(texts(leaves, ["name"])) == ["a", "b", "a"]
    assert list(texts(leaves, ["name", "name"])) == ["a", "a", "b", "b", "a", "a"]
    assert list(texts(leaves, [])) == []
    assert {kind: list(found) for kind, found in by_kind((a, "x", b))} == {Leaf: [a, b], str: ["x"]}


def test_a_field_of_two_kinds_is_refused() -> None:
    """Nothing is passed over in silence."""

    class Both(msgspec.Struct):
        """A value that must not be."""

        either: int | str = 0

    with pytest.raises(TypeError, match="more than one kind"):
        parts(Both)
