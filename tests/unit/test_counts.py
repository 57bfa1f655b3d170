"""Counts come with nouns that every language can inflect."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pgdossier.language import counts
from pgdossier.render.template_folder import template_folder

SOURCES = Path(counts.__file__).parents[1]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "no indexes"), (1, "1 index"), (2, "2 indexes"), (1204, "1,204 indexes")],
)
def test_a_noun_is_inflected(count: int, said: str) -> None:
    """None, one and many of a thing are each said in their own way."""
    assert counts.counted(count, "index") == said


def test_a_count_of_none_can_be_a_number() -> None:
    """Diagrams show how many, and not that there are none."""
    assert counts.numbered(0, "table") == "0 tables"


@pytest.mark.parametrize(("count", "said"), [(0, "no mice"), (1, "1 mouse"), (3, "3 mice")])
def test_a_noun_of_a_users_template_stays_english(count: int, said: str) -> None:
    """A noun that no message has is no error."""
    assert counts.counted(count, "mouse", "mice") == said


def test_every_noun_of_the_sources_can_be_translated() -> None:
    """Whatever Python and templates count has its messages."""
    given: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        if path.parent.name not in ("diagrams", "render", "paper", "html"):
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "counted":
                noun = call.args[1] if len(call.args) > 1 else None
                if isinstance(noun, ast.Constant) and isinstance(noun.value, str):
                    given.add(noun.value)
    for path in template_folder().rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        given.update(re.findall(r"""\bcounted\([^"'()]*(?:\([^()]*\))?[^"'()]*,\s*["']([^"']+)["']""", text))
    assert len(given) > 20
    assert sorted(noun for noun in given if noun not in counts.NOUNS) == []
