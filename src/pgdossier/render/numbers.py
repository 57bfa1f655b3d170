"""Numbers as a reader uses them; the exact ones are in the snapshot."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def size(count: int) -> str:
    """Bytes in the unit that leaves at most three digits before the point: `412 MB`, `1.2 GB`, `8 kB`."""
    value = float(count)
    for unit in _UNITS:
        if value < 1000 or unit == _UNITS[-1]:
            break
        value /= 1024
    digits = f"{value:.1f}" if value < 10 and unit not in ("bytes", "kB") else f"{value:.0f}"
    return f"{digits.removesuffix('.0')} {unit}"


def rows(count: int) -> str:
    """A row estimate: exact below 1,000, then `about 12,300` and `about 1.2 million`."""
    if count < 1000:
        return f"{count}"
    if count < 1_000_000:
        step = 10 ** (len(str(count)) - 3)
        return f"about {round(count / step) * step:,}"
    for limit, word in ((1_000_000_000, "million"), (1_000_000_000_000, "billion")):
        if count < limit:
            value = count / (limit / 1000)
            return f"about {value:.1f} {word}" if value < 100 else f"about {value:.0f} {word}"
    return f"about {count / 1_000_000_000_000:.1f} trillion"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 table`, `1,204 tables`, `no tables`."""
    noun = singular if count == 1 else plural or singular + "s"
    return f"{count:,} {noun}" if count else f"no {noun}"


def listed(items: list[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
