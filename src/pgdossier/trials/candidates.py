"""What a column may be worth trying with: its type's first values, and what conditions mention."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import msgspec

from pgdossier.model.types import Enum
from pgdossier.trials import patterns
from pgdossier.trials.conditions import Condition
from pgdossier.trials.values import MOMENTS, NUMBERS, TEXTS, TypeRef, Types

_STRING = re.compile(r"(?<![\w'])([eE]?)'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])")
_MATCHES = re.compile(r"(?<!!)~\*?\s*\(?([eE]?)'((?:[^']|'')*)'")
_LIKE = re.compile(r"(?<!!)~~\*?\s*\(?([eE]?)'((?:[^']|'')*)'")
_LONGEST = 100_000
_GUESSES = ("1", "a", "{}", "(1,1)", "[1,2]", "1.0", "a.b", "2024-01-01", "10.0.0.1", "{1}", "a=>1")
_DISTINCT = 4


class Constants(msgspec.Struct, frozen=True):
    """What a condition mentions."""

    strings: tuple[str, ...]
    numbers: tuple[str, ...]
    regular: tuple[str, ...]
    like: tuple[str, ...]
    text: str


def constants(expression: str) -> Constants:
    """The constants of a condition, whatever it says."""
    return Constants(
        strings=tuple(_unquoted(found) for found in _STRING.finditer(expression)),
        numbers=tuple(found[0] for found in _NUMBER.finditer(_STRING.sub("''", expression))),
        regular=tuple(_unquoted(found) for found in _MATCHES.finditer(expression)),
        like=tuple(_unquoted(found) for found in _LIKE.finditer(expression)),
        text=expression,
    )


def _unquoted(found: re.Match[str]) -> str:
    plain = found[2].replace("''", "'")
    return plain.replace("\\\\", "\\") if found[1] else plain


def of_column(types: Types, ref: TypeRef, conditions: Iterable[Condition], n: int = 1) -> tuple[str, ...]:
    """Values that the column may take, most ordinary first, each once, NULL not among them.

    Args:
        types: The user-defined types.
        ref: The column's type.
        conditions: The conditions that mention the column.
        n: With which value to begin where there are many.
    """
    base = types.base(ref)
    mentioned = [constants(each.expression) for each in conditions]
    found: list[str | None] = [types.nth(base, n)]
    if base.bare in MOMENTS:  # periods that are short leave room for others
        found += [types.nth(base, n + 1)]
    found += _mentioned(types, base, mentioned, n)
    found += [types.nth(base, n + more) for more in range(1, _DISTINCT)]
    definition = types.definition(base)
    if isinstance(definition, Enum):
        found += definition.labels
    if found[0] is None:
        found += _GUESSES
    length = base.modifiers[0] if base.bare in TEXTS and base.modifiers else None
    kept = (each for each in found if each is not None and (length is None or len(each) <= length))
    return tuple(dict.fromkeys(kept))


def _mentioned(types: Types, base: TypeRef, mentioned: Sequence[Constants], n: int) -> Iterator[str]:
    for each in mentioned:
        if "satisfies_hash_partition" in each.text:
            yield from (value for more in range(24) if (value := types.nth(base, n + more)) is not None)
        if base.is_array:
            yield from _arrays(types, base, each, n)
        elif base.bare in TEXTS:
            yield from _texts(each, n)
        elif base.bare in NUMBERS:
            yield from _numbers(each)
        elif base.bare in MOMENTS:
            yield from _moments(base, each, n)
        elif base.bare == "boolean":
            yield from ("true", "false")
        elif base.bare in ("json", "jsonb"):
            yield from _documents(each)
        elif base.bare == "bytea":
            yield from (f"\\x{n % 256**size:0{2 * size}x}" for size in _sizes(each) if size)
            yield "\\x"
        elif base.bare in _RANGES_OF_TIME or base.bare.endswith("range"):
            yield from (*each.strings, "empty", "(,)")
            if base.bare in _RANGES_OF_TIME:
                moments = list(_moments(TypeRef("date", None), each, n))
                yield from (f"[{one},{one}]" for one in moments)
        else:
            yield from _ODD.get(base.bare, ())
            yield from each.strings
            yield from each.numbers


# Values that are not whole minutes, and the like, which conditions may ask for.
_ODD = {
    "interval": ("00:00:00", "00:00:01.5", "00:01:30", "01:00:00", "-1 days", "1 year"),
    "time without time zone": ("00:00:00", "03:04:05.678", "23:59:59", "12:00:00"),
    "time with time zone": ("00:00:00+00", "03:04:05.678+00", "23:59:59+00", "12:00:00+00"),
    "inet": ("10.0.0.0/8", "::1", "192.168.0.1"),
}
_RANGES_OF_TIME = frozenset(("daterange", "tsrange", "tstzrange"))


def _sizes(each: Constants) -> Iterator[int]:
    if "length" in each.text or "cardinality" in each.text:
        for number in each.numbers:
            if number.isdecimal() and int(number) <= _LONGEST:
                yield from (int(number), int(number) + 1, max(int(number) - 1, 0))


def _texts(each: Constants, n: int) -> Iterator[str]:
    for pattern in each.regular:
        yield from patterns.matching(pattern, n)
    for pattern in each.like:
        yield from patterns.like(pattern, n)
    for size in _sizes(each):
        yield ("v" * size)[: max(size - len(str(n)), 0)] + str(n)[-size:] if size else ""
        yield "v" * size
    yield from (one for one in each.strings if one not in each.regular)
    yield from each.numbers
    yield from (f"V{n}", f"v{n}", f"v {n}", "", "!", " ", "Aa1-_.@ ")


def _numbers(each: Constants) -> Iterator[str]:
    for number in (*each.numbers, *each.strings):
        try:
            exact = Decimal(number)
        except InvalidOperation:
            continue
        if exact.is_finite():
            yield from (f"{value:f}" for value in (exact, exact + 1, exact - 1))
    yield from ("0", "1", "-1", "2", "10", "100")


def _moments(base: TypeRef, each: Constants, n: int) -> Iterator[str]:
    for text in each.strings:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        for days in (0, 1, -1):
            shifted = moment + timedelta(days=days)
            yield f"{shifted:%Y-%m-%d}" if base.bare == "date" else shifted.isoformat(sep=" ")
    yield from (f"2{century}99-01-{n % 28 + day:02d}" for century in "09" for day in (1, 2))
    yield from ("1970-01-01", "1800-01-01")
    if base.bare != "date":
        yield "2024-02-03 04:05:06.789"


def _documents(each: Constants) -> Iterator[str]:
    keys = [one for one in each.strings if re.fullmatch(r"\w+", one)]
    values: tuple[object, ...] = ("x", 1, [], {})
    for value in values:
        yield json.dumps(dict.fromkeys(keys, value))
    yield from ("{}", "[]", "null", '"a"', "1", "true", "[1]", '{"a": 1}')
    for text in each.strings:
        try:
            json.loads(text)
        except ValueError:
            continue
        yield text


def _arrays(types: Types, base: TypeRef, each: Constants, n: int) -> Iterator[str]:
    yield "{}"
    item = types.nth(base.element(), n)
    if item is not None:
        for size in (1, 2, 3, *_sizes(each)):
            if size <= 1000:
                yield "{" + ",".join([f'"{item}"'] * size) + "}"
    yield from ("{" + f'"{text}"' + "}" for text in each.strings)
    yield "{NULL}"
