"""Queries as values: fragments by version, rows by alias."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pgdossier.catalog import families, presence
from pgdossier.catalog.query import Query, Since


class Pair(NamedTuple):
    """A row."""

    left: int
    right: str


QUERY = Query(
    family="pairs",
    row=Pair,
    sql="SELECT 1 AS left, {right} AS right, '{}' WHERE {right} IS NULL",
    fragments={"right": (Since(13, "old"), Since(15, "new"))},
)


@pytest.mark.parametrize(("major", "word"), [(13, "old"), (14, "old"), (15, "new"), (18, "new"), (99, "new")])
def test_fragments(major: int, word: str) -> None:
    """The newest fragment that the server is old enough for is taken; unknown majors read like the newest."""
    assert QUERY.text(major) == f"SELECT 1 AS left, {word} AS right, '{{}}' WHERE {word} IS NULL"


def test_decode() -> None:
    """Rows become named tuples."""
    assert QUERY.decode(["left", "right"], [(1, "a"), (2, "b")]) == [Pair(1, "a"), Pair(2, "b")]


def test_aliases_are_checked() -> None:
    """A query whose aliases are not the row's fields is a mistake that is not passed over."""
    with pytest.raises(LookupError, match="pairs"):
        QUERY.decode(["right", "left"], [])


def test_catalogs_of_families_are_looked_at() -> None:
    """A family whose catalogs nobody looked at would never be asked for; without knowledge all are."""
    for family in families.here():
        for catalog in family.catalogs:
            assert f"pg_catalog.{catalog} x" in presence.QUERY.text(18)
            assert family in families.here({catalog})
        assert (family in families.here(())) is not bool(family.catalogs)
