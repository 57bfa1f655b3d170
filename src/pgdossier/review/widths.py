"""How many bytes values take whose type always takes as many, and where they may begin (pg_type)."""

from __future__ import annotations

import re

_PRECISION = re.compile(r"\(\d\)")
# Length and alignment in bytes, on 64-bit platforms.
_FIXED = {
    "boolean": (1, 1),
    '"char"': (1, 1),
    "smallint": (2, 2),
    "integer": (4, 4),
    "real": (4, 4),
    "date": (4, 4),
    "oid": (4, 4),
    "bigint": (8, 8),
    "double precision": (8, 8),
    "money": (8, 8),
    "timestamp with time zone": (8, 8),
    "timestamp without time zone": (8, 8),
    "time without time zone": (8, 8),
    "time with time zone": (12, 8),
    "interval": (16, 8),
    "uuid": (16, 1),
    "macaddr": (6, 4),
    "name": (64, 1),
}


def fixed(base_type: str) -> tuple[int, int] | None:
    """Length and alignment of a type as `format_type` prints it; None when they vary or are not known."""
    return _FIXED.get(_PRECISION.sub("", base_type))
