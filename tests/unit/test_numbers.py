"""Numbers are rounded to what a reader uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.language.counts import counted
from pgdossier.render.numbers import listed, rows, size


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (8192, "8 kB"),
        (1_000_000, "977 kB"),
        (1_048_576, "1 MB"),
        (1_258_291, "1.2 MB"),
        (10_485_760, "10 MB"),
        (432_013_312, "412 MB"),
        (1_048_000_000, "999 MB"),
        (1_073_741_824, "1 GB"),
        (1_288_490_188, "1.2 GB"),
        (5 * 1024**4, "5 TB"),
        (3 * 1024**5, "3 PB"),
        (2000 * 1024**5, "2000 PB"),
    ],
)
def test_sizes(count: int, shown: str) -> None:
    """At most three digits before the point, one after it below ten; powers of 1024, as PostgreSQL counts."""
    assert size(count) == shown


@given(st.integers(0, 999 * 1024**5))
def test_sizes_are_near(count: int) -> None:
    """What is shown is less than six percent or half a kB off the truth, and never 1000 of a unit."""
    number, unit = size(count).split(" ")
    power = ("byte", "kB", "MB", "GB", "TB", "PB").index(unit.removesuffix("s"))
    assert abs(float(number) * 1024**power - count) <= max(0.06 * count, 512)
    assert float(number) < 1000


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "about 1,000"),
        (1784, "about 1,780"),
        (12_345, "about 12,300"),
        (999_600, "about 1 million"),
        (1_000_000, "about 1 million"),
        (1_234_567, "about 1.2 million"),
        (123_456_789, "about 123 million"),
        (2_500_000_000, "about 2.5 billion"),
        (3_000_000_000_000, "about 3 trillion"),
    ],
)
def test_rows(count: int, shown: str) -> None:
    """Exact below a thousand, then three digits, then words."""
    assert rows(count) == shown


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((0, "table"), "no tables"),
        ((1, "table"), "1 table"),
        ((2, "table"), "2 tables"),
        ((1204, "table"), "1,204 tables"),
        ((1, "policy", "policies"), "1 policy"),
        ((3, "policy", "policies"), "3 policies"),
        ((0, "policy", "policies"), "no policies"),
    ],
)
def test_counts(arguments: tuple[int, str], shown: str) -> None:
    """The noun agrees with the number."""
    assert counted(*arguments) == shown


def test_lists() -> None:
    """Commas, and a word before the last."""
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
