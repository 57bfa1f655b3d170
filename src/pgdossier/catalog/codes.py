"""One-letter codes of the catalogs, and the gaps that unknown ones and refused queries leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

from pgdossier.model.scope import Gap

E = TypeVar("E")


class Gaps(msgspec.Struct):
    """Collects what could not be read; each reason counts once."""

    found: set[tuple[str, str]] = msgspec.field(default_factory=set)

    def add(self, family: str, reason: str) -> None:
        """Notes that something of this family is missing, and why."""
        self.found.add((family, reason))

    def of(self, family: str) -> bool:
        """Whether something of this family is missing."""
        return any(found == family for found, _ in tuple(self.found))  # another thread may add to them

    def sorted(self) -> tuple[Gap, ...]:
        """The gaps, by family and reason."""
        return tuple(Gap(family=family, reason=reason) for family, reason in sorted(self.found))


class Codes(msgspec.Struct, Generic[E], frozen=True):
    """What the letters in one catalog column mean.

    Args:
        column: The column (`pg_class.relkind`), for the gap.
        family: The family the gap belongs to.
        meanings: What each known code means.
        unknown: What a code that is not known becomes.
    """

    column: str
    family: str
    meanings: Mapping[str, E]
    unknown: E

    def read(self, code: str, gaps: Gaps) -> E:
        """The meaning of a code; an unknown one becomes `unknown` and a gap."""
        meaning = self.meanings.get(code)
        if meaning is None:
            gaps.add(
                self.family, f"{self.column} holds {code!r}, which this version of pgdossier does not know"
            )
            return self.unknown
        return meaning
