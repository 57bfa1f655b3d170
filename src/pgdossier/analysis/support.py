"""Until when the PostgreSQL project supports a major version: its published table, as it was on one day."""

from __future__ import annotations

import msgspec

SOURCE = "postgresql.org/support/versioning"

COMPILED_ON = "2026-11-21"
"""The day on which `FINAL_RELEASES` was compared with its source."""

FINAL_RELEASES = {
    13: "2025-11-13",
    14: "2026-11-12",
    15: "2027-11-11",
    16: "2028-11-09",
    17: "2029-11-08",
    18: "2030-11-14",
}
"""The day of the last minor release of each major version that is read; support ends with it."""


class Support(msgspec.Struct, frozen=True):
    """What is known of a major version on a day: `until` is None for one that the table does not have."""

    major: int
    until: str | None
    ended: bool


def of(major: int, day: str) -> Support:
    """The support of that major version, judged by that day (`YYYY-MM-DD`), never by today's date."""
    until = FINAL_RELEASES.get(major)
    return Support(major, until, until is not None and day > until)
