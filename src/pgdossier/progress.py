"""How far the work is: what the use-cases report, and to whom.

The pipeline calls a `Progress`; the command line passes one that draws on the terminal, everybody else
passes `SILENT`. This module imports nothing but the standard library.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Receives what the work reports. No method may raise, and none may be slow."""

    def phase(self, name: str, total: int | None = None) -> None:
        """Begin a phase; it ends where the next one begins.

        Args:
            name: A verb and, where things are counted, their plural: "reading families", "writing".
            total: How many things the phase is going to handle, or None when nobody knows.
        """

    def advance(self, n: int = 1) -> None:
        """Count `n` more things of the present phase as done."""

    def note(self, text: str) -> None:
        """Report one line that only a curious reader wants (shown with `--verbose`); never a secret."""

    def still(self) -> AbstractContextManager[None]:
        """For as long as the context lasts, let no thread run: this process is about to be copied."""


class Silent:
    """A `Progress` that shows nothing."""

    def phase(self, name: str, total: int | None = None) -> None:
        """Ignore the phase."""

    def advance(self, n: int = 1) -> None:
        """Ignore the step."""

    def note(self, text: str) -> None:
        """Ignore the line."""

    def still(self) -> AbstractContextManager[None]:
        """There is no thread."""
        return nullcontext()


SILENT: Progress = Silent()
