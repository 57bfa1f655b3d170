"""Strings that match a regular expression, for the plain part of PostgreSQL's grammar.

Literals, classes, groups, alternatives, quantifiers and anchors; anything else (look-around, back references,
word boundaries) gives nothing, and the search goes on without. The server has the last word anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_ESCAPES = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyz0123456789", "s": " ", "n": "\n", "t": "\t"}
_NEGATIVE = {"D": "abcxyzABC-", "W": "-+/ .", "S": "abc012-"}
_POSIX = {
    "alpha": "abcdefghijklmnopqrstuvwxyz",
    "alnum": "abcdefghijklmnopqrstuvwxyz0123456789",
    "digit": "0123456789",
    "lower": "abcdefghijklmnopqrstuvwxyz",
    "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "space": " ",
    "punct": ".,-_!",
    "xdigit": "0123456789abcdef",
}
_PRINTABLE = "".join(chr(code) for code in (*range(97, 123), *range(48, 58), *range(65, 91))) + " -_.,:/@+#"
_QUANTIFIER = re.compile(r"([*+?]|\{\d+(?:,\d*)?\})[?]?")
_MOST_REPEATED = 2000


class _Unknown(Exception):  # noqa: N818 - never leaves this module
    """The pattern is outside the grammar."""


class _Characters(msgspec.Struct, frozen=True):
    members: str


class _Repeated(msgspec.Struct, frozen=True):
    item: _Node
    least: int
    most: int | None


class _Sequence(msgspec.Struct, frozen=True):
    items: tuple[_Node, ...]


class _Choice(msgspec.Struct, frozen=True):
    items: tuple[_Node, ...]


_Node = _Characters | _Repeated | _Sequence | _Choice


def matching(pattern: str, n: int = 1) -> tuple[str, ...]:
    """A few strings that match, the shortest first; another `n` gives others, as far as there are any.

    Returns:
        Nothing for a pattern that is not understood.
    """
    try:
        node = _Reader(pattern).whole()
    except (_Unknown, RecursionError):
        return ()
    found: list[str] = []
    for extra in (0, 1, 2, 4):
        for choice in range(3):
            text = _Writer(n, extra, choice).write(node)
            if text not in found:
                found.append(text)
    return tuple(found)


def like(pattern: str, n: int = 1) -> tuple[str, ...]:
    """A few strings that a LIKE pattern matches."""
    bare = re.sub(r"\\(.)", r"\1", pattern)
    return tuple(
        dict.fromkeys(
            (
                bare.replace("%", "").replace("_", "a"),
                bare.replace("%", f"v{n}").replace("_", "a"),
            )
        )
    )


class _Writer:
    """Writes one string; the number is spent on the choices, so that other numbers give other strings."""

    def __init__(self, n: int, extra: int, choice: int) -> None:
        self._n = n - 1
        self._extra = extra
        self._choice = choice

    def write(self, node: _Node) -> str:
        match node:
            case _Characters(members=members):
                at = self._n % len(members)
                self._n //= len(members)
                return members[at]
            case _Sequence(items=items):
                return "".join(reversed([self.write(item) for item in reversed(items)]))
            case _Choice(items=items):
                return self.write(items[min(self._choice, len(items) - 1)])
            case _Repeated(item=item, least=least, most=most):
                wanted = least + self._extra
                times = min(wanted if most is None else min(wanted, most), _MOST_REPEATED)
                return "".join(reversed([self.write(item) for _ in range(times)]))


class _Reader:
    """Recursive descent over the pattern."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern.removeprefix("***:").removeprefix("(?i)")
        self._at = 0

    def whole(self) -> _Node:
        node = self._choice()
        if self._at < len(self._text):
            raise _Unknown
        return node

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        found = self._peek()
        if not found:
            raise _Unknown
        self._at += 1
        return found

    def _choice(self) -> _Node:
        items = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            items.append(self._sequence())
        return items[0] if len(items) == 1 else _Choice(tuple(items))

    def _sequence(self) -> _Node:
        items: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            if self._peek() in ("^", "$"):
                self._at += 1
                continue
            items.append(self._quantified(self._atom()))
        return _Sequence(tuple(items))

    def _quantified(self, atom: _Node) -> _Node:
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            return atom
        self._at = found.end()
        match found[1]:
            case "*":
                return _Repeated(atom, 0, None)
            case "+":
                return _Repeated(atom, 1, None)
            case "?":
                return _Repeated(atom, 0, 1)
            case other:
                low, comma, high = other[1:-1].partition(",")
                return _Repeated(atom, int(low), int(high) if high else (None if comma else int(low)))

    def _atom(self) -> _Node:
        character = self._take()
        match character:
            case "(":
                if self._peek() == "?":
                    if self._text[self._at : self._at + 2] != "?:":
                        raise _Unknown
                    self._at += 2
                inner = self._choice()
                if self._take() != ")":
                    raise _Unknown
                return inner
            case "[":
                return _Characters(self._class())
            case ".":
                return _Characters(_PRINTABLE)
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                raise _Unknown
            case _:
                return _Characters(character)

    def _escape(self) -> _Node:
        character = self._take()
        if character in _ESCAPES:
            return _Characters(_ESCAPES[character])
        if character in _NEGATIVE:
            return _Characters(_NEGATIVE[character])
        if character.isalnum():
            if character in "AZ":
                return _Sequence(())
            raise _Unknown
        return _Characters(character)

    def _class(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        members: list[str] = []
        first = True
        while first or self._peek() != "]":
            first = False
            if self._text.startswith("[:", self._at):
                end = self._text.find(":]", self._at)
                name = self._text[self._at + 2 : end]
                if end < 0 or name not in _POSIX:
                    raise _Unknown
                members += _POSIX[name]
                self._at = end + 2
                continue
            members += self._range(self._member())
        self._at += 1
        if negated:
            rest = [one for one in _PRINTABLE if one not in members]
            members = rest
        if not members:
            raise _Unknown
        return "".join(sorted(dict.fromkeys(members), key=_plain_first))

    def _member(self) -> str:
        character = self._take()
        if character != "\\":
            return character
        escaped = self._take()
        return _ESCAPES.get(escaped, escaped)

    def _range(self, start: str) -> Sequence[str]:
        if (
            len(start) == 1
            and self._peek() == "-"
            and self._text[self._at + 1 : self._at + 2] not in ("]", "")
        ):
            self._at += 1
            end = self._member()
            if len(end) != 1 or ord(end) - ord(start) > 70_000:
                raise _Unknown
            return [chr(code) for code in range(ord(start), min(ord(end), ord(start) + 200) + 1)]
        return list(start)


def _plain_first(character: str) -> tuple[bool, str]:
    return not character.isalnum(), character
