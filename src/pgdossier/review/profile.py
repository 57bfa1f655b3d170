"""How a review is configured: severities, numbers, sides, and what was accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from pgdossier.review.rule import Severity
from pgdossier.review.subject import Subject


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided to live with.

    Attributes:
        rule: The name of a rule, or a pattern with `*`.
        object: A pattern with `*` on the object's dotted path (`public.orders.status`). One that matches a
            table (or a schema) matches everything in it as well.
        reason: Why.
        until: The last day on which it holds; None: for good.
    """

    rule: str
    object: str
    reason: str
    until: dt.date | None = None

    def matches(self, rule: str, subject: Subject) -> bool:
        """Whether it is about that rule and object."""
        return fnmatchcase(rule, self.rule) and any(
            fnmatchcase(".".join(subject.path[:length]) or subject.dotted, self.object)
            for length in range(min(1, len(subject.path)), len(subject.path) + 1)
        )

    def expired(self, today: dt.date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a review is told: all by name, checked against the rules by `registry.checked`.

    `severities` gives None for a rule that is off.
    """

    severities: Mapping[str, Severity | None] = msgspec.field(default_factory=dict)
    thresholds: Mapping[str, int] = msgspec.field(default_factory=dict)
    conventions: Mapping[str, str] = msgspec.field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()
