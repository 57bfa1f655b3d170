"""The mark that stands where a secret was: in bodies, defaults and whatever else was written by people."""

from __future__ import annotations

MASK = "masked-by-pgdossier"
"""It is one word, so that a connection string or a URL with it is still one."""


def is_masked(text: str) -> bool:
    """Whether a secret was taken out of the text."""
    return MASK in text
