"""Every rule on one snapshot: what is found, what of it is accepted, what is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from pgdossier.analysis.analysis import Analysis
from pgdossier.model.names import QualifiedName
from pgdossier.review import evidence as texts
from pgdossier.review import registry
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix
from pgdossier.review.profile import Acceptance, Profile
from pgdossier.review.rule import Rule, Severity
from pgdossier.review.subject import Subject

# What a finding is known by from one review to the next: the rule and the object.
Key = tuple[str, Subject]


class Finding(msgspec.Struct, frozen=True):
    """One finding of a review.

    Attributes:
        rule: The rule that found it.
        severity: What the profile, or else the rule, says.
        subject: What it is about.
        evidence: The facts in one line; names are set off (`evidence.segments`, `evidence.plain`).
        fix: What to do about it, if the rule knows.
        statistics: Which volatile facts it rests on, if any.
        new: Whether it was not there in the earlier review that is known.
        accepted: The acceptance that holds for it, or that did and has expired.
    """

    rule: Rule
    severity: Severity
    subject: Subject
    evidence: str
    fix: Fix | None = None
    statistics: str | None = None
    new: bool = False
    accepted: Acceptance | None = None

    @property
    def key(self) -> Key:
        """What it is known by from one review to the next."""
        return (self.rule.name, self.subject)

    @property
    def text(self) -> str:
        """The evidence as plain text."""
        return texts.plain(self.evidence)


@dataclass(frozen=True, kw_only=True)
class Review:
    """The result, each tuple sorted by severity, rule and subject.

    Attributes:
        findings: What counts. One whose acceptance has expired carries it.
        accepted: What was accepted and still is.
        unused: Acceptances of the profile that matched nothing.
        rules: The rules that were run.
        compared: Whether an earlier review was known, so that `new` means something.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...] = ()
    unused: tuple[Acceptance, ...] = ()
    rules: tuple[Rule, ...] = ()
    compared: bool = False

    @property
    def keys(self) -> frozenset[Key]:
        """What is known from now on: findings and accepted ones."""
        return frozenset(finding.key for finding in (*self.findings, *self.accepted))

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of that severity or a higher one."""
        return tuple(finding for finding in self.findings if finding.severity.rank <= severity.rank)

    @cached_property
    def by_relation(self) -> Mapping[QualifiedName, tuple[Finding, ...]]:
        """The findings about each relation and its parts, in their order."""
        found: dict[QualifiedName, list[Finding]] = {}
        for finding in self.findings:
            name = finding.subject.relation
            if name is not None:
                found.setdefault(name, []).append(finding)
        return {name: tuple(findings) for name, findings in found.items()}


def review(
    analysis: Analysis,
    profile: Profile | None = None,
    *,
    known: Collection[Key] | None = None,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> Review:
    """Run the rules.

    Args:
        analysis: What is known of the database. Its snapshot's date is the day on which acceptances expire.
        profile: Severities, numbers, sides, acceptances; None: the rules' own.
        known: The keys of an earlier review; what is not among them is new. None: nothing is marked.
        only: The names of the rules to run; empty: all.
        without: The names of rules not to run.
    """
    profile = profile or Profile()
    context = Context(analysis, profile)
    today = dt.date.fromisoformat(analysis.snapshot.captured_on)
    chosen = [
        rule
        for rule in registry.all_rules().values()
        if profile.severities.get(rule.name, rule.severity) is not None
        and (not only or rule.name in only)
        and rule.name not in without
    ]
    counted: list[Finding] = []
    accepted: list[Finding] = []
    used: set[Acceptance] = set()
    ordered = sorted(
        ((profile.severities.get(rule.name) or rule.severity, rule) for rule in chosen),
        key=lambda one: (one[0].rank, one[1].name),
    )
    for severity, rule in ordered:
        for found in sorted(rule.check(context), key=lambda one: (one.subject.kind, one.subject.path)):
            holding = expired = None
            for one in profile.accepted:
                if one.matches(rule.name, found.subject):
                    used.add(one)
                    if one.expired(today):
                        expired = expired or one
                    else:
                        holding = holding or one
            finding = Finding(
                rule=rule,
                severity=severity,
                subject=found.subject,
                evidence=found.evidence,
                fix=found.fix,
                statistics=found.statistics,
                new=known is not None and (rule.name, found.subject) not in known,
                accepted=holding or expired,
            )
            (accepted if holding else counted).append(finding)
    names = {rule.name for rule in chosen}
    return Review(
        findings=tuple(counted),
        accepted=tuple(accepted),
        unused=tuple(one for one in profile.accepted if one not in used and _asked(one, names)),
        rules=tuple(chosen),
        compared=known is not None,
    )


def _asked(acceptance: Acceptance, rules: Collection[str]) -> bool:
    """Whether a rule that it names was run: else nothing is said about it."""
    return "*" in acceptance.rule or acceptance.rule in rules
