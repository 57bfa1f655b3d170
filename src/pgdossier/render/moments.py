"""Moments as a reader uses them; the exact ones are in the snapshot."""

from __future__ import annotations


def moment(found: str) -> str:
    """`2026-11-21T22:10:05Z` as `2026-11-21 22:10 UTC`; anything else as it is."""
    day, separator, time = found.partition("T")
    return f"{day} {time[:5]} UTC" if separator and time.endswith("Z") else found
