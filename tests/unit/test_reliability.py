"""docs/reliability.md: every fault that it lists is tried by a test that exists."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = (REPOSITORY / "docs" / "reliability.md").read_text(encoding="utf-8").splitlines()
# Lines of tables, without those above a rule, which are their heads.
LINES = [
    line
    for line, following in pairwise((*DOCUMENT, ""))
    if line.startswith("| ") and not line.startswith("| ---") and not following.startswith("| ---")
]
NAMED = re.compile(r"`(test_\w+\.py|…)(?:::(\w+))?[^`]*`")


@pytest.mark.parametrize("line", LINES, ids=[line[2:50] for line in LINES])
def test_every_line_names_a_test(line: str) -> None:
    """Each line names tests that are there, or that of another line."""
    last = line.removesuffix(" |").rpartition(" | ")[2]
    # That section says which test it calls so.
    named = NAMED.findall(last.replace("the planted test", "`test_planted_secrets.py`"))
    assert named or last == "the same"
    file = None
    for name, test in named:
        if name != "…":
            (file,) = (REPOSITORY / "tests").glob(f"*/{name}")
        assert file is not None
        assert not test or f"\ndef {test}(" in file.read_text(encoding="utf-8"), test


def test_there_are_lines() -> None:
    """The tables were found, and tests outside of them are there, too."""
    assert len(LINES) > 40
    for name, test in NAMED.findall("\n".join(DOCUMENT)):
        assert name == "…" or (test or "") in next((REPOSITORY / "tests").glob(f"*/{name}")).read_text()
