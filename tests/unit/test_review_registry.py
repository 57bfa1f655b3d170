"""What every rule of the review must have."""

from __future__ import annotations

import re

import pytest

from pgdossier.review import registry
from tests.support.rule_cases import cases_of

SECTIONS = ["What it reports", "Why", "When it is wrong", "How to fix it", "See also"]


@pytest.mark.parametrize("name", registry.names())
def test_a_rule_is_called_after_its_module(name: str) -> None:
    """A rule's name is its module's, so that the page of a finding can be found."""
    assert registry.all_rules()[name].name == name


@pytest.mark.parametrize("name", registry.names())
def test_a_rule_has_a_page(name: str) -> None:
    """The docstring of a rule has all sections in their order, and refers to PostgreSQL's documentation."""
    text = registry.documentation(registry.all_rules()[name])
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert "https://www.postgresql.org/docs/current/" in text.partition("## See also")[2]


@pytest.mark.parametrize("name", registry.names())
def test_a_rule_has_cases_of_both_kinds(name: str) -> None:
    """Beside a rule stand a case in which it reports and two in which it must not."""
    cases = cases_of(name)
    assert any(case.fails for case in cases)
    assert sum(not case.fails for case in cases) >= 2


def test_thresholds_and_conventions_are_one_per_name() -> None:
    """Rules that share a threshold or a convention mean the same by it."""
    rules = registry.all_rules().values()
    thresholds = {one for rule in rules for one in rule.thresholds}
    conventions = {rule.convention for rule in rules if rule.convention}
    assert len({one.name for one in thresholds}) == len(thresholds)
    assert len({one.name for one in conventions}) == len(conventions)
