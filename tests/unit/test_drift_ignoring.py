"""Patterns of what an application does not own."""

from __future__ import annotations

import pytest

from pgdossier.errors import UsageError
from pgdossier.pipeline.ignoring import Ignored


@pytest.mark.parametrize(
    ("pattern", "names", "taken"),
    [
        ("audit", ("audit",), True),
        ("audit", ("audit", "t"), False),
        ("s.tmp_*", ("s", "tmp_1"), True),
        ("s.tmp_?", ("s", "tmp_12"), False),
        ("S.T.C", ("s", "t", "c"), True),
        ('"S"."a.b".c', ("S", "a.b", "c"), True),
        ("*.*.by_*", ("s", "t", "by_x"), True),
    ],
)
def test_patterns(pattern: str, names: tuple[str, ...], taken: bool) -> None:
    """They are those of --schema, with a third part for what belongs to a table."""
    assert Ignored.parse(pattern).takes(*names) is taken


@pytest.mark.parametrize("pattern", ["", "a.", "a.b.c.d", '"a'])
def test_what_is_no_pattern(pattern: str) -> None:
    """It is refused."""
    with pytest.raises(UsageError):
        Ignored.parse(pattern)
