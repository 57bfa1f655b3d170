"""The errors a user is meant to see. This module imports nothing of the package."""

from __future__ import annotations


class DossierError(Exception):
    """Something the user can act on: one clear line, a hint, and the exit code of the process.

    Args:
        message: One line that says what is wrong; never a secret (mask URLs before they come here).
        hint: One line that says what to do about it, or None.
        code: The exit code: 1 the answer is no, 2 usage or configuration, 3 could not do it.
        details: Lines to be shown below the message: what exactly is wrong, where there is much to say.
    """

    code = 3

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: int | None = None,
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        if code is not None:
            self.code = code


class UsageError(DossierError):
    """The command line or what it names is wrong (exit code 2)."""

    code = 2


class ConfigurationError(DossierError):
    """The configuration file is wrong (exit code 2)."""

    code = 2


class ConnectionFailed(DossierError):  # noqa: N818 - reads as what happened, like the servers' own words
    """The server could not be reached, or refused (exit code 3)."""


class ServerError(DossierError):
    """The server was reached but cannot serve: too old, not PostgreSQL, a query failed (exit code 3)."""


class SnapshotError(DossierError):
    """A snapshot file cannot be read (exit code 3)."""


class OutputError(DossierError):
    """Files could not be written, or must not be (exit code 3)."""


class DiagramError(DossierError):
    """Graphviz could not draw (exit code 3)."""
