"""Lines of text for a terminal: what may be printed, and progress where nothing can be drawn.

Imports no library.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType


def printable(text: str) -> str:
    """One line that cannot steer a terminal: names of a database may hold any character."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def counted(name: str, done: int, total: int | None) -> str:
    """The state of a phase as people say it: "reading 14/14 families", "drawing 3 diagrams", "writing".

    Args:
        name: The name of the phase: a verb, then what is counted.
        done: How many are done.
        total: How many there are, or None when nobody knows.
    """
    verb, _, things = name.partition(" ")
    amount = f"{done}/{total}" if total is not None else str(done) if done else ""
    return " ".join(filter(None, (verb, amount, things)))


class Lines:
    """A `Progress` that says one line at the end of each phase."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._name: str | None = None
        self._done = 0
        self._total: int | None = None

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._finish()

    def phase(self, name: str, total: int | None = None) -> None:
        """Say how the last phase ended, and begin the next."""
        self._finish()
        self._name, self._done, self._total = name, 0, total

    def advance(self, n: int = 1) -> None:
        """Count; nothing is said before the phase ends."""
        self._done += n

    def note(self, text: str) -> None:
        """Say the line."""
        self._say(text)

    def still(self) -> AbstractContextManager[None]:
        """There is no thread."""
        return nullcontext()

    def _finish(self) -> None:
        if self._name is not None:
            self._say(counted(self._name, self._done, self._total))
            self._name = None
