"""Numbers as a reader uses them; the exact ones are in the snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from pgdossier.language import mark, number, remembered, tr

_UNITS = (mark("bytes"), "kB", "MB", "GB", "TB", "PB")
_POWERS = (
    (6, mark("about {number} million")),
    (9, mark("about {number} billion")),
    (12, mark("about {number} trillion")),
)


@remembered(10_000)
def size(count: int) -> str:
    """Bytes in the unit that leaves at most three digits before the point: `412 MB`, `1.2 GB`, `8 kB`."""
    if count == 1:
        return tr("1 byte")
    place, value = 0, float(count)
    while float(f"{value:{_digits(value, place)}}") >= 1000 and place < len(_UNITS) - 1:
        place, value = place + 1, value / 1024
    return f"{trimmed(value, _digits(value, place))} {tr(_UNITS[place])}"


def _digits(value: float, place: int) -> str:
    """How exact a size is told in the unit at that place."""
    return ".1f" if value < 10 and _UNITS[place] not in ("bytes", "kB") else ".0f"


def rows(count: int) -> str:
    """A row estimate: exact below 1,000, then `about 12,300` and `about 1.2 million`."""
    if count < 1000:
        return f"{count}"
    rounded = round(count, 3 - len(str(count)))
    if rounded < 1_000_000:
        return tr("about {number}", number=number(rounded))
    power, message = next((each for each in _POWERS if rounded < 10 ** (each[0] + 3)), _POWERS[-1])
    value = rounded / 10**power
    digits = trimmed(value, ".1f") if value < 100 else number(value, ",.0f")
    return tr(message, number=digits)


def listed(items: list[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; with the conjunction `or` likewise."""
    if len(items) < 2:
        return "".join(items)
    message = _LAST.get(conjunction, f"{{items}} {conjunction} {{last}}")
    return tr(message, items=", ".join(items[:-1]), last=items[-1])


_LAST = {"and": mark("{items} and {last}"), "or": mark("{items} or {last}")}


def some(items: Sequence[str], most: int, more: int | None = None) -> str:
    """`a, b and 3 more`: the first ones in a row, and how many there are besides.

    Args:
        items: What is listed.
        most: So many of them are shown.
        more: How many are not; None: those of `items` that are not shown.
    """
    shown = ", ".join(items[:most])
    hidden = max(0, len(items) - most) if more is None else more
    return tr("{items} and {count} more", items=shown, count=hidden) if hidden > 0 else shown


def duration(milliseconds: float) -> str:
    """`0.04 ms`, `12 ms`, `1.4 s`, `3 min`, `2.5 h`."""
    for limit, unit, scale in ((1000, "ms", 1), (60_000, "s", 1000), (3_600_000, "min", 60_000)):
        if milliseconds < limit:
            return f"{ratio_digits(milliseconds / scale)} {unit}"
    return f"{ratio_digits(milliseconds / 3_600_000)} h"


def ratio_digits(value: float) -> str:
    """`1,204`, `25`, `3.1`, `0.25`."""
    if value >= 10 or value == 0:
        return number(value, ",.0f")
    if value >= 1:
        return trimmed(value, ".1f")
    return number(value, ".2g") if value >= 0.01 else tr("under 0.01")


def trimmed(value: float, digits: str) -> str:
    """A number with those digits (a format specification of Python), without a zero after the point."""
    return number(value, digits.replace(".1f", ".0f") if f"{value:{digits}}".endswith(".0") else digits)


def share(part: float | None) -> str:
    """`97 %`; nothing when it is not known, and never `100 %` or `0 %` of what is not quite that."""
    if part is None:
        return ""
    rounded = round(part * 100)
    if rounded == 100 and part < 1:
        return f"{number(min(part * 100, 99.9), '.1f')} %" if part < 0.999 else f"> {number(99.9, '.1f')} %"
    if rounded == 0 and part > 0:
        return "< 1 %"
    return f"{rounded} %"
