"""Texts under changing keys: moved all at once, never merged, never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.authored.texts import Texts


@pytest.mark.parametrize(
    ("bodies", "moves", "expected"),
    [
        ({"a": "A\n"}, {"a": "b"}, {"b": "A\n"}),
        ({"a": "A\n", "b": "B\n"}, {"a": "b"}, {"a": "A\n", "b": "B\n"}),
        ({"a": "A\n", "b": "B\n"}, {"a": "b", "b": "c"}, {"b": "A\n", "c": "B\n"}),
        ({"a": "A\n", "b": "B\n"}, {"a": "b", "b": "a"}, {"a": "B\n", "b": "A\n"}),
        ({"a": "A\n", "b": "B\n", "c": "C\n"}, {"a": "b", "b": "c"}, {"a": "A\n", "b": "B\n", "c": "C\n"}),
        ({"a": "A\n", "b": ""}, {"a": "b"}, {"b": "A\n"}),
        ({"a": "", "b": "B\n"}, {"a": "b"}, {"a": "", "b": "B\n"}),
        ({"a": ""}, {"a": "b"}, {"b": ""}),
        ({"a": "A\n", "b": "B\n"}, {"a": "c", "b": "c"}, {"a": "A\n", "b": "B\n"}),
        ({"a": "A\n"}, {"x": "y", "a": "a"}, {"a": "A\n"}),
    ],
)
def test_texts_move(bodies: dict[str, str], moves: dict[str, str], expected: dict[str, str]) -> None:
    """A text goes to its new key unless somebody's words stay there; nobody's words are an empty body."""
    moved = Texts.of(bodies).move(moves)
    assert moved.bodies == expected
    assert all(moved.bodies[new] == bodies[old] for old, new in moved.moved.items() if bodies[old])


def test_what_was_extended_is_known_under_its_new_key() -> None:
    """Something appended before a move is still known to have been appended."""
    texts = Texts.of({"a": "A\n"}).extend({"a": "A\n\nMore.\n"}).move({"a": "b"})
    assert texts.bodies == {"b": "A\n\nMore.\n"}
    assert texts.extended == {"b"}


keys = st.sampled_from("abcde")


@given(st.dictionaries(keys, st.sampled_from(("", " \n"))), st.sets(keys), st.dictionaries(keys, keys))
def test_no_move_loses_a_text(blank: dict[str, str], filled: set[str], moves: dict[str, str]) -> None:
    """Whatever is renamed to whatever: the texts are the same, each once, and know where they came from."""
    bodies = {**blank, **{key: f"text of {key}\n" for key in filled}}
    moved = Texts.of(bodies).move(moves)
    texts = [body for body in moved.bodies.values() if body.strip()]
    assert sorted(texts) == sorted(body for body in bodies.values() if body.strip())
    for key in filled:
        assert moved.bodies[moved.moved.get(key, key)] == bodies[key]
