"""Weighing what speaks for a rename: evidence adds up as log-odds, and only clear winners are taken."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeVar

THRESHOLD = 60
"""Percent from which something is called a rename; below, it was removed and something else was added."""

_MARGIN = 1.0  # log-odds by which the best candidate must be better than any other of the same element
_MOST = 99  # whoever sees two structures only is never sure
_TELLING = 0.7  # from which weight on evidence is worth a word

_REASONS = 4  # that are told

_Old = TypeVar("_Old", bound=Hashable)
_New = TypeVar("_New", bound=Hashable)


class Evidence:
    """What speaks for and against one rename.

    The weights are log-odds: +3 makes something twenty times as likely. They start below zero, since most of
    what comes and goes in a database has nothing to do with each other.
    """

    def __init__(self, start: float) -> None:
        self.weight = start
        self._reasons: list[tuple[float, str]] = []

    def add(self, weight: float, reason: str = "") -> None:
        """Count something in; `reason` says it to people where it speaks for the rename."""
        self.weight += weight
        if reason and weight > 0:
            self._reasons.append((weight, reason))

    @property
    def confidence(self) -> int:
        """Percent, 1 to 99."""
        odds = 1 / (1 + math.exp(-max(-30.0, min(30.0, self.weight))))
        return max(1, min(_MOST, round(100 * odds)))

    @property
    def reason(self) -> str:
        """What speaks for it, in a line: `same position, type and unique key; similar name`."""
        sorted_reasons = sorted(self._reasons, key=lambda each: -each[0])
        telling = [reason for weight, reason in sorted_reasons if weight >= _TELLING][:_REASONS]
        said = telling or [reason for _, reason in sorted_reasons[:1]]
        same = [reason.removeprefix("same ") for reason in said if reason.startswith("same ")]
        parts = [reason for reason in said if not reason.startswith("same ")]
        if same:
            listed = ", ".join(same[:-1]) + " and " + same[-1] if len(same) > 1 else same[0]
            parts.insert(0, f"same {listed}")
        return "; ".join(parts)


def clear_pairs(candidates: Mapping[tuple[_Old, _New], Evidence]) -> Iterator[tuple[_Old, _New, Evidence]]:
    """The candidates that are good enough, and clearly better than any other with the same end.

    What was taken is out of the way for the others. Of two that are as good as each other none is taken.
    """
    left = dict(candidates)
    while left:
        best = _best_two(left, 0), _best_two(left, 1)
        taken = [
            pair
            for pair, evidence in left.items()
            if evidence.confidence >= THRESHOLD
            and all(_is_clear(evidence, best[end][pair[end]]) for end in (0, 1))
        ]
        if not taken:
            return
        for old, new in taken:
            yield old, new, left[old, new]
        gone_old, gone_new = {old for old, _ in taken}, {new for _, new in taken}
        left = {at: each for at, each in left.items() if at[0] not in gone_old and at[1] not in gone_new}


def _best_two(candidates: Mapping[tuple[_Old, _New], Evidence], end: int) -> dict[Hashable, list[float]]:
    """The weights of the best and the second best candidate of each old element, or of each new one."""
    found: dict[Hashable, list[float]] = {}
    for pair, evidence in candidates.items():
        weights = found.setdefault(pair[end], [])
        weights.append(evidence.weight)
        weights.sort(reverse=True)
        del weights[2:]
    return found


def _is_clear(evidence: Evidence, best: list[float]) -> bool:
    return evidence.weight == best[0] and (len(best) == 1 or best[1] <= best[0] - _MARGIN)


@lru_cache(maxsize=65536)
def name_likeness(before: str, after: str) -> float:
    """How alike two names are, 0 to 1: letters in the same order, or the same words in part."""
    old, new = before.casefold(), after.casefold()
    ratio = max(SequenceMatcher(None, old, new).ratio(), SequenceMatcher(None, new, old).ratio())
    words, other = _words(before), _words(after)
    if words and other and (words <= other or other <= words):
        ratio = max(ratio, 0.85)
    return ratio


def name_weight(before: str, after: str) -> float:
    """The weight of two names' likeness: from -1 for nothing in common to 2.4."""
    return max(-1.0, 4 * (name_likeness(before, after) - 0.4))


def _words(name: str) -> frozenset[str]:
    """The words of a name, `customer_ids` and `customerId` being the same, without articles of naming."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return frozenset(word.removesuffix("s") for word in re.split(r"[\W_]+", parts) if len(word) > 2)
