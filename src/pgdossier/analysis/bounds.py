"""Partition bounds: what `pg_get_expr(relpartbound)` prints, read into values that can be compared.

The grammar is that of CREATE TABLE … PARTITION OF, as the server deparses it (get_range_partbound_string
and its neighbours in ruleutils.c): string constants with doubled quotes, bare numbers and booleans, NULL,
MINVALUE and MAXVALUE.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import msgspec


class Infinity(StrEnum):
    """A bound that no value reaches."""

    MINVALUE = "MINVALUE"
    MAXVALUE = "MAXVALUE"


Edge = str | Infinity


class RangeBound(msgspec.Struct, frozen=True):
    """FROM `lower` (inclusive) TO `upper` (exclusive), a value for each column of the key."""

    lower: tuple[Edge, ...]
    upper: tuple[Edge, ...]


class ListBound(msgspec.Struct, frozen=True):
    """IN (`values`); None stands for NULL."""

    values: tuple[str | None, ...]


class HashBound(msgspec.Struct, frozen=True):
    """WITH (modulus, remainder)."""

    modulus: int
    remainder: int


class DefaultBound(msgspec.Struct, frozen=True):
    """DEFAULT: the rows that no other partition takes."""


Bound = RangeBound | ListBound | HashBound | DefaultBound

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>[eE]?'(?:[^']|'')*')(?:::[\w."\[\]]+(?:\s(?:varying|precision|with(?:out)?\stime\szone))*)?
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_]+)
      | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """The text is no bound that this module knows."""


class _Reader:
    """A cursor over the tokens of one bound."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise _Unreadable
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def done(self) -> bool:
        return self._at >= len(self._tokens)

    def next(self) -> tuple[str, str]:
        if self.done():
            raise _Unreadable
        self._at += 1
        return self._tokens[self._at - 1]

    def expect(self, *texts: str) -> None:
        for text in texts:
            kind, found = self.next()
            if kind == "string" or found.upper() != text:
                raise _Unreadable

    def takes(self, text: str) -> bool:
        if not self.done() and self._tokens[self._at] in (("mark", text), ("word", text)):
            self._at += 1
            return True
        return False

    def values(self) -> tuple[tuple[str, str], ...]:
        self.expect("(")
        found = [self.next()]
        while self.takes(","):
            found.append(self.next())
        self.expect(")")
        if any(kind == "mark" for kind, _ in found):
            raise _Unreadable
        return tuple(found)


def _unquoted(text: str) -> str:
    if text[0] in "eE":
        return text[2:-1].replace("''", "'").replace("\\\\", "\\")
    return text[1:-1].replace("''", "'")


def _edge(token: tuple[str, str]) -> Edge:
    kind, text = token
    if kind == "string":
        return _unquoted(text)
    if kind == "word" and text.upper() in Infinity.__members__:
        return Infinity(text.upper())
    return text


def _list_value(token: tuple[str, str]) -> str | None:
    kind, text = token
    if kind == "string":
        return _unquoted(text)
    return None if kind == "word" and text.upper() == "NULL" else text


def parse(text: str) -> Bound | None:
    """The bound that the text says, None when it says something this module does not know."""
    try:
        reader = _Reader(text)
        bound = _bound(reader)
    except _Unreadable:
        return None
    return bound if reader.done() else None


def _bound(reader: _Reader) -> Bound:
    if reader.takes("DEFAULT"):
        return DefaultBound()
    reader.expect("FOR", "VALUES")
    if reader.takes("FROM"):
        lower = tuple(map(_edge, reader.values()))
        reader.expect("TO")
        upper = tuple(map(_edge, reader.values()))
        if len(lower) != len(upper):
            raise _Unreadable
        return RangeBound(lower, upper)
    if reader.takes("IN"):
        return ListBound(tuple(map(_list_value, reader.values())))
    reader.expect("WITH", "(", "MODULUS")
    modulus = _whole(reader)
    reader.expect(",", "REMAINDER")
    remainder = _whole(reader)
    reader.expect(")")
    if not 0 <= remainder < modulus:
        raise _Unreadable
    return HashBound(modulus, remainder)


def _whole(reader: _Reader) -> int:
    kind, text = reader.next()
    if kind != "number" or not text.isdigit():
        raise _Unreadable
    return int(text)


# A value that sorts as the server sorts it; None when the text is not understood.
Ordered = tuple[int, Decimal | datetime]
_LEAST: Ordered = (-1, Decimal(0))
_MOST: Ordered = (1, Decimal(0))


def _number(text: str) -> Ordered | None:
    if text.lower() in ("infinity", "nan"):
        return _MOST if text.lower() == "infinity" else None
    if text.lower() == "-infinity":
        return _LEAST
    try:
        return (0, Decimal(text))
    except InvalidOperation:
        return None


_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?P<zone>[+-]\d\d(?::\d\d){0,2})?\Z"
)


def _moment(text: str) -> Ordered | None:
    """A date or timestamp in ISO style, as UTC when it has an offset."""
    if text in ("infinity", "-infinity"):
        return _MOST if text == "infinity" else _LEAST
    match = _MOMENT.match(text)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
        moment = datetime.fromisoformat(f"{day.isoformat()} {match['time'] or '00:00:00'}")
        moment += timedelta(microseconds=int((match["fraction"] or "").ljust(6, "0") or 0))
        if match["zone"]:
            parts = [int(part) for part in match["zone"][1:].split(":")] + [0, 0]
            offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
            moment -= offset if match["zone"][0] == "+" else -offset
    except (ValueError, OverflowError):
        return None
    return (0, moment)


_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def ordering(type_name: str) -> Callable[[Edge], Ordered | None] | None:
    """How values of that type (as `format_type` prints it) compare; None when it is not known.

    Text is not: its order is the collation's.
    """
    if type_name.startswith(_NUMBERS):
        read = _number
    elif type_name == "date" or type_name.startswith("timestamp"):
        read = _moment
    else:
        return None

    def order(edge: Edge) -> Ordered | None:
        if edge is Infinity.MINVALUE:
            return (-2, Decimal(0))
        if edge is Infinity.MAXVALUE:
            return (2, Decimal(0))
        return read(edge)

    return order


def written(edges: Sequence[Edge]) -> str:
    """A range bound's values for people: `2025-01-01`, `eu, 100`, `MAXVALUE`."""
    return ", ".join(str(edge) for edge in edges)
