"""What the conditions of CHECK constraints are read to let through."""

from __future__ import annotations

import pytest

from pgdossier.analysis import expressions
from pgdossier.review import limits
from pgdossier.review.limits import Limit

TYPES = {"n": "integer", "x": "numeric", "t": "text", "d": "date"}


def _limit(text: str) -> Limit | None:
    """All that one CHECK says about its first column."""
    node = expressions.parse(text)
    assert node is not None
    parts = [limits.of_condition(part, TYPES) for part in limits.conjuncts(node)]
    return limits.merged(part for part in parts if part is not None)


def _known(text: str) -> Limit:
    found = _limit(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "((n > 3) AND (n < 4))",
        "((x > 3.5) AND (x <= 3.5))",
        "((x >= 2) AND (x < '-1'::integer))",
        "((t = ANY (ARRAY['a'::text, 'b'::text])) AND (t = 'c'::text))",
        "((n = ANY (ARRAY[1, 2])) AND (n > 2))",
        "((d >= '2021-01-01'::date) AND (d < '2020-01-01'::date))",
        "(((n IS NULL) OR (n > 5)) AND (n < 2))",
    ],
)
def test_nothing_is_left_of_what_excludes_itself(text: str) -> None:
    """Ranges that do not meet, lists without a common value and neighbours without a number between."""
    assert _known(text).empty


@pytest.mark.parametrize(
    "text",
    [
        "((x > 3) AND (x < 4))",
        "((x >= 3) AND (x <= 3))",
        "((t > 'b'::text) AND (t < 'a'::text))",
        "((t = ANY (ARRAY['a'::text, 'b'::text])) AND (t = ANY (ARRAY['b'::text, 'c'::text])))",
        "((n = ANY ('{1,2}'::integer[])) AND (n = ANY (ARRAY[1, 2])))",
        "((d >= '2020-01-01'::date) AND (d < 'infinity'::date))",
    ],
)
def test_what_is_not_certain_is_not_empty(text: str) -> None:
    """Nothing is claimed of an order that is the collation's, nor of constants that look different."""
    found = _limit(text)
    assert found is None or not found.empty


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("(x > 0)", "(x >= 0)"),
        ("((x > 1) AND (x < 2))", "(x > 0)"),
        ("(n > 0)", "(n >= 1)"),
        ("(t = 'a'::text)", "(t = ANY (ARRAY['a'::text, 'b'::text]))"),
        ("(n = ANY (ARRAY[3, 4]))", "(n > 2)"),
        ("(d > '2020-01-01'::date)", "(d > '2019-01-01'::date)"),
    ],
)
def test_one_limit_within_another(narrow: str, wide: str) -> None:
    """What a narrow condition lets through a wide one does, and the other way round only when equal."""
    assert _known(narrow).within(_known(wide))
    assert _known(wide).within(_known(narrow)) == (narrow == "(n > 0)")


@pytest.mark.parametrize(
    "text",
    [
        "(x <> 0)",
        "((x > 10) OR (x < 5))",
        "(x > n)",
        "((n > 5) IS TRUE)",
        "(t ~ 'a'::text)",
        "(x > random())",
    ],
)
def test_other_conditions_are_no_limits(text: str) -> None:
    """Only comparisons of one thing with constants are read."""
    assert _limit(text) is None
