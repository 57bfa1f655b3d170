"""The rules that there are: every module of `rules/`, by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache

from pgdossier.review import rules as package
from pgdossier.review.rule import Convention, Rule, Threshold


@cache
def all_rules() -> Mapping[str, Rule]:
    """All rules by name, sorted by it."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    found = [importlib.import_module(f"{package.__name__}.{name}").RULE for name in names]
    return {rule.name: rule for rule in found}


def names() -> tuple[str, ...]:
    """The names of all rules, sorted, without loading one."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def documentation(rule: Rule) -> str:
    """The rule's page as Markdown: the docstring of its module."""
    return inspect.cleandoc(importlib.import_module(f"{package.__name__}.{rule.name}").__doc__ or "")


def thresholds() -> Mapping[str, Threshold]:
    """All thresholds by name, sorted by it; rules may share one."""
    found = {one.name: one for rule in all_rules().values() for one in rule.thresholds}
    return dict(sorted(found.items()))


def conventions() -> Mapping[str, Convention]:
    """All conventions by name, sorted by it; rules may share one."""
    found = {rule.convention.name: rule.convention for rule in all_rules().values() if rule.convention}
    return dict(sorted(found.items()))
