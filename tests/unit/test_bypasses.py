"""No sentence of the document bypasses the catalogues."""

from __future__ import annotations

import ast
import re

import pytest

from pgdossier.analysis import analyse
from pgdossier.config import Config
from pgdossier.model import snapshot_json
from pgdossier.pipeline.documents import every_diagram
from pgdossier.render import markdown
from pgdossier.render.html.words import words
from pgdossier.render.template_folder import template_folder
from tests.golden.library import LIBRARY
from tests.support import bypasses, literals


@pytest.mark.parametrize("split", [False, True], ids=["single", "split"])
def test_every_word_of_the_shop_can_be_translated(split: bool) -> None:
    """What is neither the database's own nor in the catalogue does not stand in the document."""
    snapshot = snapshot_json.decode(bypasses.SHOP.read_bytes())
    found = bypasses.bypasses(bypasses.rendered(snapshot, split=split), snapshot)
    assert not found, bypasses.report(found)


def test_every_word_of_a_diagram_can_be_translated() -> None:
    """Titles, descriptions and legends of the shop's diagrams come from the catalogue."""
    snapshot = snapshot_json.decode(bypasses.SHOP.read_bytes())
    with bypasses.pseudo():
        analysis = analyse(snapshot)
        diagrams = every_diagram(analysis, markdown.links_for(analysis, split=False), Config())
        pages = {
            str(subject): "\n\n".join([one.title, one.description, *_LABEL.findall(one.dot)])
            for subject, one in diagrams.items()
        }
    found = bypasses.bypasses(pages, snapshot)
    assert not found, bypasses.report(found)


# A text of a cell, which is of no markup and no attribute.
_LABEL = re.compile(r">([^<>=]+)<")


def test_a_word_that_bypasses_the_catalogue_is_found() -> None:
    """Words outside the brackets are told with their place; names, comments, code and SQL are not."""
    page = (
        "⟦Owner⟧ librarian of books\n\n`code of books`\n\n[⟦here⟧](#of-the-page)\n\nWhat can be borrowed\n\n"
        "| NULL | title |\n\n```sql\nSELECT the words\n```\n"
    )
    found = bypasses.bypasses({"README.md": page}, LIBRARY)
    assert [(one.words, one.line) for one in found] == [("librarian of books", 1)]
    assert "README.md:1" in bypasses.report(found)


def test_no_literal_sentence_bypasses_the_catalogue() -> None:
    """In the code that makes the document every text of two words is a message, or is told why not."""
    found = literals.literals()
    assert not found, "\n".join(f"{one.path}:{one.line}: {one.text}" for one in found)


def test_nothing_is_said_before_the_language_is_known() -> None:
    """No message is said while a module is loaded, or in a function that remembers what it said."""
    assert literals.stuck() == []


def test_a_message_that_is_said_once_is_found() -> None:
    """At import, as a default, in a cached function; not in a function or lambda that is called each time."""
    source = (
        "A = tr('a')\nB = {'b': lambda: tr('b')}\n"
        "@cache\ndef one():\n    return tr('c')\ndef two():\n    return [tr('d') for _ in ()]\n"
    )
    assert list(literals._stuck(ast.parse(source), {"tr"}, inside=False)) == [1, 5]


def test_a_literal_sentence_is_found() -> None:
    """Texts and f-strings count; documentation, errors, comparisons and messages do not."""
    tree = ast.parse(
        'from pgdossier.language import tr\n"""The first words."""\nx = "two words"\n'
        'y = f"three {x} more words"\n'
        'tr("said by tr")\nraise ValueError("an error")\nz = x == "not a sentence"\n'
    )
    assert [text for _, text in literals._of(tree)] == ["two words", "three {} more words"]


@pytest.mark.parametrize("name", ["html/page.html.j2", "preview/page.html.j2"])
def test_frames_of_pages_hold_no_words(name: str) -> None:
    """What surrounds the content of an HTML page comes from the catalogue, too."""
    text = (template_folder() / name).read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    shown = re.findall(r">([^<>]*[A-Za-z]{2,}[^<>]*)<", text)
    labels = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z]{2,}[^"]*)"', text)
    assert shown + labels == []


def test_words_of_the_html_copy_are_said() -> None:
    """Every label of a control and every kind of object is in the language of the document."""
    with bypasses.pseudo():
        assert all("⟦" in word for word in words().values())
