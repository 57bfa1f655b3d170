"""The mark that stands where a secret was: in bodies, defaults and whatever else was written by people."""

from __future__ import annotations

MASK = "masked-by-pgdossier"
"""It is one word, so that a connection string or a URL with it is still one."""

REDACTED = "redacted-by-pgdossier"
"""The mark in place of what a pattern of `--redact` matched (`pgdossier.model.redaction`)."""


def is_masked(text: str) -> bool:
    """Whether a secret was taken out of the text."""
    return MASK in text


def is_redacted(text: str) -> bool:
    """Whether something was taken out of the text because a pattern of `--redact` matched it."""
    return REDACTED in text
