"""Numbers as a reader uses them; the exact ones are in the snapshot."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_POWERS = ((6, "million"), (9, "billion"), (12, "trillion"))


def size(count: int) -> str:
    """Bytes in the unit that leaves at most three digits before the point: `412 MB`, `1.2 GB`, `8 kB`."""
    if count == 1:
        return "1 byte"
    value = float(count)
    digits = unit = ""
    for unit in _UNITS:
        digits = f"{value:.1f}" if value < 10 and unit not in ("bytes", "kB") else f"{value:.0f}"
        if float(digits) < 1000:
            break
        value /= 1024
    return f"{digits.removesuffix('.0')} {unit}"


def rows(count: int) -> str:
    """A row estimate: exact below 1,000, then `about 12,300` and `about 1.2 million`."""
    if count < 1000:
        return f"{count}"
    rounded = round(count, 3 - len(str(count)))
    if rounded < 1_000_000:
        return f"about {rounded:,}"
    power, word = next((each for each in _POWERS if rounded < 10 ** (each[0] + 3)), _POWERS[-1])
    value = rounded / 10**power
    digits = f"{value:.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"
    return f"about {digits} {word}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 table`, `1,204 tables`, `no tables`."""
    noun = singular if count == 1 else plural or singular + "s"
    return f"{count:,} {noun}" if count else f"no {noun}"


def listed(items: list[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def duration(milliseconds: float) -> str:
    """`0.04 ms`, `12 ms`, `1.4 s`, `3 min`, `2.5 h`."""
    for limit, unit, scale in ((1000, "ms", 1), (60_000, "s", 1000), (3_600_000, "min", 60_000)):
        if milliseconds < limit:
            return f"{ratio_digits(milliseconds / scale)} {unit}"
    return f"{ratio_digits(milliseconds / 3_600_000)} h"


def ratio_digits(value: float) -> str:
    """`1,204`, `25`, `3.1`, `0.25`."""
    if value >= 10 or value == 0:
        return f"{value:,.0f}"
    if value >= 1:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2g}" if value >= 0.01 else "under 0.01"


def share(part: float | None) -> str:
    """`97 %`; nothing when it is not known, and never `100 %` or `0 %` of what is not quite that."""
    if part is None:
        return ""
    rounded = round(part * 100)
    if rounded == 100 and part < 1:
        return f"{min(part * 100, 99.9):.1f} %" if part < 0.999 else "> 99.9 %"
    if rounded == 0 and part > 0:
        return "< 1 %"
    return f"{rounded} %"
