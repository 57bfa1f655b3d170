"""The pages of the rules as Markdown: for `pgdossier review --explain`, and for docs/rules/."""

from __future__ import annotations

from pgdossier.review import registry
from pgdossier.review.rule import Rule


def page(rule: Rule) -> str:
    """The page of a rule: its docstring, with its name, severity, thresholds and convention at the top."""
    first, _, rest = registry.documentation(rule).partition("\n")
    return f"# {rule.name}\n\n{first}\n\n{_properties(rule)}\n\n{rest.strip()}\n"


def _properties(rule: Rule) -> str:
    lines = [f"- Severity: {rule.severity}"]
    lines += [f"- Threshold `{one.name}` = {one.default}: {one.meaning}" for one in rule.thresholds]
    if rule.convention is not None:
        sides = ", ".join(f"`{side}`" for side in rule.convention.sides)
        lines.append(f"- Convention `{rule.convention.name}`: {sides}; the first is the default")
        lines.append(f"- Views: {rule.convention.views}")
    known = [tag for tag in rule.tags if tag != "seed"]
    if known:
        lines.append(f"- Known elsewhere as: {'; '.join(known)}")
    return "\n".join(lines)
