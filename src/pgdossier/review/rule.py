"""What a rule is, and what it yields. Rules live in `rules/`, one module each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from pgdossier.review.fixes import Fix
from pgdossier.review.subject import Subject

if TYPE_CHECKING:
    from pgdossier.review.context import Context


class Severity(StrEnum):
    """How much a finding matters.

    `error`: the structure does not keep what it promises: data can be wrong or seen by whom it should not.
    `warning`: it works, and will cost: slow or blocking statements, lost integrity, an end in sight.
    `advice`: a lead to look at, a habit of the field, a matter of judgement.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Threshold(msgspec.Struct, frozen=True):
    """A number that a rule compares with, by a name of its own; `meaning` completes "the number of …"."""

    name: str
    default: int
    meaning: str


class Convention(msgspec.Struct, frozen=True):
    """A question on which good engineers disagree. The first of `sides` is the default: usually neutral.

    `views` states what speaks for either side, in one line.
    """

    name: str
    sides: tuple[str, ...]
    views: str

    @property
    def default(self) -> str:
        """The side that holds when the configuration takes none."""
        return self.sides[0]


class Found(msgspec.Struct, frozen=True):
    """What a rule yields: at most one for each subject.

    Attributes:
        subject: What it is about.
        evidence: The facts in one line without a final full stop, with numbers; names by `evidence.name`.
        fix: What to do about it.
        statistics: For findings that rest on volatile facts: which these are, and from when.
    """

    subject: Subject
    evidence: str
    fix: Fix | None = None
    statistics: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule; the docstring of its module is its page.

    Attributes:
        name: The name of its module.
        title: What a finding says, in a few words, as a heading over several.
        severity: How much its findings matter, unless the configuration says otherwise.
        check: Yields what the rule finds, in any order.
        tags: "seed", and the names under which other checkers know it: "splinter: unindexed_foreign_keys".
        thresholds: The numbers that it compares with.
        convention: The question that it takes a side in; on a neutral side it reports nothing.
    """

    name: str
    title: str
    severity: Severity
    check: Callable[[Context], Iterator[Found]]
    tags: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    convention: Convention | None = None
