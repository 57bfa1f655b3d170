"""What the document says of the design review (§12.E, and below each relation).

Templates call this module `reviewing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.language import mark, tr
from pgdossier.language.counts import counted
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code, inline
from pgdossier.render.page import Page
from pgdossier.render.terms import opening, term
from pgdossier.review import Finding, Review, Severity
from pgdossier.review import evidence as texts
from pgdossier.review.rule import Rule

# So many findings of one rule are shown on the front page, and of one relation; the rest is counted.
_SHOWN = 10
_SHOWN_OF_RELATION = 5


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of one rule."""

    rule: Rule
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def remarks(self) -> list[str]:
        """What to look at before any suggested SQL is run, each remark once."""
        return list(dict.fromkeys(one.fix.remark for one in self.findings if one.fix and one.fix.remark))

    @property
    def advice(self) -> list[str]:
        """What to do, each sentence once."""
        return list(dict.fromkeys(one.fix.advice for one in self.findings if one.fix))

    @property
    def statistics(self) -> list[str]:
        """Which volatile facts the findings rest on."""
        return list(dict.fromkeys(one.statistics for one in self.findings if one.statistics))


def groups(findings: Iterable[Finding]) -> list[Group]:
    """The findings by rule, in their order."""
    by_rule: dict[str, list[Finding]] = {}
    for one in findings:
        by_rule.setdefault(one.rule.name, []).append(one)
    return [
        Group(rule=found[0].rule, severity=found[0].severity, findings=tuple(found))
        for found in by_rule.values()
    ]


def shown(group: Group, *, whole: bool) -> tuple[Finding, ...]:
    """The findings of a group that a page shows: all of them, or the first ones."""
    few = len(group.findings) <= _SHOWN + 2
    return group.findings if whole or few else group.findings[:_SHOWN]


def sentence(found: Review) -> str:
    """How many rules were run, and what they found."""
    counts = [
        counted(len([one for one in found.findings if one.severity is severity]), *words)
        for severity, words in (
            (Severity.ERROR, ("error", "errors")),
            (Severity.WARNING, ("warning", "warnings")),
            (Severity.ADVICE, ("piece of advice", "pieces of advice")),
        )
    ]
    rules = counted(len(found.rules), "rule")
    return tr(
        mark("{rules} looked at this structure: {counts}; {accepted} accepted.")
        if found.accepted
        else mark("{rules} looked at this structure: {counts}."),
        rules=opening(rules),
        counts=", ".join(counts),
        accepted=len(found.accepted),
    )


def evidence(finding: Finding) -> str:
    """The evidence as Markdown, with names as code."""
    pieces = texts.pieces(finding.evidence)
    pieces[::2] = map(_words, pieces[::2])
    pieces[1::2] = [code(name) if name else "" for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=10_000)  # the findings of a rule differ by names alone
def _words(piece: str) -> str:
    """Words between names: escaped, with the spaces around them, which `inline` would take away."""
    return inline(f"x{piece}x")[1:-1]  # in the middle of a line, where fewer characters are special


def line(finding: Finding) -> str:
    """Subject and evidence, outside of a document."""
    subject = finding.subject
    named = code(subject.dotted) if subject.path else tr("The {kind}", kind=term(subject.kind))
    return f"{named}{marks(finding)}: {evidence(finding)}"


def item(finding: Finding, analysis: Analysis, page: Page) -> str:
    """Subject and evidence, with a link to the relation."""
    relation = finding.subject.relation
    if relation is None:
        return line(finding)
    table = tables.root(analysis.lookup, relation)
    partition = f" {code(page.label(relation))}" if table != relation else ""
    part = _part(finding)
    shown = f" {code(part)}" if part else ""
    return f"{page.relation(table)}{partition}{shown}{marks(finding)}: {evidence(finding)}"


def marks(finding: Finding) -> str:
    """That a finding is new, or that its acceptance is over."""
    if not finding.new and finding.accepted is None:
        return ""
    said = [f"**{tr('new')}**"] if finding.new else []
    if finding.accepted is not None:
        said.append(tr("accepted until {date}, which is over", date=finding.accepted.until))
    return f" ({', '.join(said)})" if said else ""


def sql(findings: Sequence[Finding]) -> str:
    """The suggested statements as one script, each risk said once for those that follow."""
    lines: list[str] = []
    risk = None
    for finding in findings:
        for step in finding.fix.steps if finding.fix else ():
            if step.risk != risk:
                risk = step.risk
                lines.append(f"-- {risk}")
            lines.append(f"{step.sql};")
    return "\n".join(lines)


def of_relation(found: Review, relation: Relation, analysis: Analysis, page: Page) -> list[str]:
    """A line for each finding about a relation and its partitions; many of one rule are counted."""
    about: Sequence[Finding] = found.by_relation.get(relation.qualified, ())
    parts = [*tables.descendants(analysis.lookup, relation.qualified)]
    if parts:
        own = [*about, *(one for part in parts for one in found.by_relation.get(part.qualified, ()))]
        about = sorted(own, key=lambda one: one.severity.rank)
    lines = []
    for group in groups(about):
        few = len(group.findings) <= _SHOWN_OF_RELATION + 1
        listed = group.findings if few else group.findings[:_SHOWN_OF_RELATION]
        severity, rule = opening(term(group.severity)), code(group.rule.name)
        lines += [
            f"{severity}{marks(one)}: {_where(one, relation, page)}{evidence(one)} ({rule})" for one in listed
        ]
        if not few:
            more = len(group.findings) - len(listed)
            lines.append(
                tr(
                    "{severity}: {count} more like these ({rule})",
                    severity=severity,
                    count=more,
                    rule=rule,
                )
            )
    return lines


def _where(finding: Finding, relation: Relation, page: Page) -> str:
    """The partition, and the part of it."""
    name, part = finding.subject.relation, _part(finding)
    named = [code(page.label(name))] if name is not None and name != relation.qualified else []
    if part:
        named.append(code(part))
    return f"{' '.join(named)}: " if named else ""


def _part(finding: Finding) -> str | None:
    """The part of the relation that a finding is about; None where the evidence begins with its name."""
    part = finding.subject.part
    return None if part is not None and finding.evidence.startswith(texts.name(part)) else part
