"""The pages of docs/rules/ are what the rules say."""

from __future__ import annotations

import pytest

from tests.support.rule_pages import FOLDER, PRECISION, all_pages

PAGES = all_pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_current(name: str) -> None:
    """The committed page is what `python -m tests.support.rule_pages` writes."""
    file = FOLDER / name
    assert file.exists(), "run python -m tests.support.rule_pages"
    assert file.read_text(encoding="utf-8") == PAGES[name]


def test_there_is_no_page_without_a_rule() -> None:
    """Pages of rules that are gone are gone."""
    assert {file.name for file in FOLDER.glob("*.md")} == {*PAGES, PRECISION}
