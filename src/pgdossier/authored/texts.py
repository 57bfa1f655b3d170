"""People's texts by key while a document is made: they move along with renames, and grow by what is kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """What people wrote, on its way from the old document into the new one.

    Attributes:
        bodies: The texts by their key in the new document, byte for byte.
        moved: The new key of every text whose key changed, by the old one.
        extended: The new keys of the texts to which something was appended.
    """

    bodies: Mapping[str, str]
    moved: Mapping[str, str] = msgspec.field(default_factory=dict)
    extended: frozenset[str] = msgspec.field(default_factory=frozenset)

    @classmethod
    def of(cls, bodies: Mapping[str, str]) -> Texts:
        """The texts of a document as they stand in it."""
        return cls(bodies=dict(bodies))

    def extend(self, bodies: Mapping[str, str]) -> Texts:
        """The texts with these in place of those of the same keys, whose beginning they must be."""
        return Texts(
            bodies={**self.bodies, **bodies}, moved=self.moved, extended=self.extended | frozenset(bodies)
        )

    def move(self, moves: Mapping[str, str]) -> Texts:
        """The texts under new keys, all at once.

        A text stays where it is when somebody's words stand at its new key and do not move away themselves:
        two texts are never merged. Nobody's words are an empty body.

        Args:
            moves: New keys by old ones; those without a text do not matter.
        """
        wanted = {old: new for old, new in moves.items() if old != new and old in self.bodies}
        while True:
            staying = {key for key, body in self.bodies.items() if body.strip() and key not in wanted}
            targets = [new for old, new in wanted.items() if self.bodies[old].strip()]
            refused = {
                old
                for old, new in wanted.items()
                if new in staying or (targets.count(new) > 1 and self.bodies[old].strip())
            }
            if not refused:
                break
            wanted = {old: new for old, new in wanted.items() if old not in refused}
        # Empty bodies first, so that words win over them where both come to the same key.
        order = sorted(self.bodies, key=lambda key: bool(self.bodies[key].strip()))
        bodies = {wanted.get(key, key): self.bodies[key] for key in order}
        return Texts(
            bodies=dict(sorted(bodies.items())),
            moved={**self.moved, **wanted},
            extended=frozenset(wanted.get(key, key) for key in self.extended),
        )
