"""What is not to be kept of texts: the patterns of `--redact`, applied to a snapshot before anything sees it.

Unlike the secrets that `pgdossier.catalog.masking` knows, these are what somebody names: regular expressions
for account numbers, host names, people. They are applied to comments, labels, settings and options as they
are, and to SQL inside of what it holds as a value: literals, numbers, bodies in dollar quotes, remarks. Names
are never changed, so that every fact still says of which object it is.

Doing it again changes nothing: the mark is not looked into.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from pgdossier.errors import UsageError
from pgdossier.model.masking import REDACTED
from pgdossier.model.scope import Gap
from pgdossier.model.snapshot import Snapshot

if TYPE_CHECKING:
    import regex

M = TypeVar("M", bound=msgspec.Struct)

FAMILY = "redaction"
"""The family of the gaps that say what was redacted."""

ONE_TEXT, ALL_TEXTS = 5.0, 60.0
"""Seconds that all patterns together may take for a text of usual length, and for all texts of a reading."""

# What SQL consists of, as far as values are concerned (PostgreSQL documentation, 4.1 Lexical Structure);
# names come before numbers and dollar quotes, which may stand within one.
_TOKENS = r"""
      (?P<escaped> [eE]'(?:[^'\\]|\\.|'')*' )
    | (?P<literal> '(?:[^']|'')*' )
    | (?P<quoted>  "(?:[^"]|"")*" )
    | (?P<name>    [^\W\d][\w$]* | \$\d+ )
    | (?P<dollar>  (?P<tag>\$(?:[^\W\d]\w*)?\$) .*? (?P=tag) )
    | (?P<remark>  --[^\n]* | /\*.*?\*/ )
    | (?P<number>  \d[\d.]*(?:[eE][+-]?\d+)? )
    """
_PAIRS = {"escaped": re.compile(r"''|\\.", re.DOTALL), "literal": re.compile("''")}
_MARKS = re.compile(rf"(?:{REDACTED})+")

# Every text of the model that is one, by the struct that has it. Whatever is not here is a name, a code or a
# time: a test holds both lists against the model.
PLAIN: dict[str, frozenset[str]] = {
    "Clients": frozenset({"application"}),
    "Collation": frozenset({"rules"}),
    "ForeignServer": frozenset({"type", "version"}),
    "SecurityLabel": frozenset({"label"}),
    "ServerSetting": frozenset({"value", "default"}),
    "SessionSetting": frozenset({"value"}),
    "Standby": frozenset({"application"}),
}
SQL: dict[str, frozenset[str]] = {
    "Aggregate": frozenset({"clauses"}),
    "Base": frozenset({"clauses"}),
    "Check": frozenset({"expression", "definition"}),
    "Column": frozenset({"default"}),
    "Domain": frozenset({"default"}),
    "DomainCheck": frozenset({"expression", "definition"}),
    "Exclusion": frozenset({"definition"}),
    "ExtendedStatistics": frozenset({"definition"}),
    "ForeignKey": frozenset({"definition"}),
    "Index": frozenset({"definition", "predicate"}),
    "IndexKey": frozenset({"expression"}),
    "Key": frozenset({"definition"}),
    "Partition": frozenset({"bound"}),
    "Partitioning": frozenset({"key"}),
    "Policy": frozenset({"using", "check"}),
    "PublishedTable": frozenset({"filter"}),
    "Relation": frozenset({"definition"}),
    "Routine": frozenset({"arguments", "definition"}),
    "Rule": frozenset({"definition"}),
    "Statement": frozenset({"text"}),
    "TextSearchDictionary": frozenset({"options"}),
    "Trigger": frozenset({"definition", "condition"}),
}
# `name=value`, of which the value may change.
ASSIGNMENTS: dict[str, frozenset[str]] = {"Routine": frozenset({"configuration"})}
# (name, value) in pairs.
OPTIONS = frozenset({"options", "foreign_options"})
COMMENT = "comment"

# What says the same again as the definition beside it: not counted.
_AGAIN = frozenset({"expression", "predicate", "condition", "arguments", "configuration"})


class Redaction:
    """Patterns, ready to be applied.

    Args:
        patterns: Regular expressions, as the package regex reads them, which are those of Python and more.

    Raises:
        UsageError: One is none. The message gives its number and never repeats it: it may be what is not to
            be known.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        import regex  # noqa: PLC0415 - without patterns it is not needed

        self._tokens = regex.compile(_TOKENS, regex.DOTALL | regex.VERBOSE)
        self._patterns: list[regex.Pattern[str]] = []
        self._left = ALL_TEXTS
        for number, pattern in enumerate(patterns, 1):
            try:
                self._patterns.append(regex.compile(pattern))
            except (regex.error, RecursionError, OverflowError) as error:
                told = getattr(error, "msg", "")
                reason = f": {told}" if told else ""
                raise UsageError(
                    f"pattern {number} to redact is no regular expression{reason}",
                    hint="patterns are written as in Python: \\bDE\\d{20}\\b; a backslash is doubled in the"
                    " configuration, unless the text stands in single quotes: redact = ['\\bDE\\d{20}\\b']",
                ) from None

    def _seconds(self, text: str) -> float:
        return min(ONE_TEXT + len(text) / 500_000, self._left)

    def plain(self, text: str) -> str:
        """A text with the mark in place of everything that a pattern matches; mostly the text itself."""
        return self._replaced(text, None)

    def sql(self, text: str) -> str:
        """SQL with the mark inside of those values that a pattern matches, wholly or in part.

        A pattern may match more than a value (`pin = 1234`): the mark takes the place of the value in it.
        """
        began = time.monotonic()
        try:
            tokens = self._tokens.finditer(text, timeout=max(0.001, self._seconds(text)))
            values = list(_values(tokens))
        except TimeoutError:
            raise _too_long() from None
        finally:
            self._left -= time.monotonic() - began
        return self._replaced(text, values)

    def _replaced(self, text: str, values: list[tuple[int, int, str]] | None) -> str:
        found = self._found(text)
        if values is not None:  # a pattern may say where a value begins and ends
            for start, end, _ in values:
                found += [(start + one, start + other) for one, other in self._found(text[start:end])]
        if not found:
            return text
        cut = [(*span, False) for span in found] if values is None else list(_within(text, found, values))
        pieces: list[str] = []
        position = 0
        for start, end, bare in sorted(cut):
            if end <= position:
                continue
            if start > position or not pieces:
                pieces += (text[position:start], f"'{REDACTED}'" if bare else REDACTED)
            position = end
        pieces.append(text[position:])
        return _MARKS.sub(REDACTED, "".join(pieces))

    def _found(self, text: str) -> list[tuple[int, int]]:
        if not text:
            return []
        found: list[tuple[int, int]] = []
        began = time.monotonic()
        try:
            for start, end in _unmarked(text):
                for pattern in self._patterns:
                    seconds = self._seconds(text) - (time.monotonic() - began)
                    if seconds <= 0:
                        raise TimeoutError
                    found += [
                        (start + match.start(), start + match.end())
                        for match in pattern.finditer(text[start:end], timeout=seconds)
                        if match.end() > match.start()
                    ]
        except TimeoutError:
            raise _too_long() from None
        finally:
            self._left -= time.monotonic() - began
        return found


def _too_long() -> UsageError:
    return UsageError(
        "the patterns to redact take too long on some text of the database",
        hint="avoid repetitions within repetitions, such as (a|aa)+, and patterns that begin with .*",
    )


def redacted(snapshot: Snapshot, patterns: tuple[str, ...]) -> Snapshot:
    """The snapshot without what the patterns match; gaps say how many places of which objects were redacted.

    Args:
        snapshot: What was read.
        patterns: Regular expressions; with none the snapshot stays as it is.

    Raises:
        UsageError: A pattern is no regular expression, or takes too long.
    """
    if not patterns:
        return snapshot
    walker = _Walker(Redaction(patterns))
    structure = walker.families(snapshot.structure)
    gaps = tuple(gap for gap in structure.gaps if gap.family != FAMILY)
    if walker.counts:
        gaps = tuple(sorted((*gaps, *walker.gaps()), key=lambda gap: (gap.family, gap.reason)))
    if gaps != structure.gaps:
        structure = msgspec.structs.replace(structure, gaps=gaps)
    operation = _Walker(walker.redaction).families(snapshot.operation)
    if structure is snapshot.structure and operation is snapshot.operation:
        return snapshot
    return msgspec.structs.replace(snapshot, structure=structure, operation=operation)


class _Walker:
    """Goes through model values; what nothing is redacted in stays the object that it is."""

    def __init__(self, redaction: Redaction) -> None:
        self.redaction = redaction
        self.counts: dict[str, int] = {}
        self._owner = ""

    def gaps(self) -> Iterator[Gap]:
        """What was redacted, object by object, and all of it first."""
        total = sum(self.counts.values())
        objects = f"{len(self.counts)} object{'' if len(self.counts) == 1 else 's'}"
        yield Gap(
            family=FAMILY,
            reason=f"{_places(total)} redacted in {objects}, as the run was told to; {REDACTED} stands there",
        )
        for owner, count in self.counts.items():
            yield Gap(family=FAMILY, reason=f"{owner}: {_places(count)} redacted")

    def families(self, whole: M) -> M:
        """A model value whose fields are families of objects, or single ones."""
        changes: dict[str, Any] = {}
        for family in whole.__struct_fields__:
            value = getattr(whole, family)
            if isinstance(value, tuple):
                new: object = self._items(value, family)
            else:
                new = self._one(value, family)
            if new is not value:
                changes[family] = new
        return msgspec.structs.replace(whole, **changes) if changes else whole

    def _items(self, items: tuple[Any, ...], family: str) -> tuple[Any, ...]:
        new = tuple(self._one(item, family) for item in items)
        return items if all(a is b for a, b in zip(items, new, strict=True)) else new

    def _one(self, item: Any, family: str) -> Any:
        self._owner = _called(item, family)
        return self._value(item, counted=True)

    def _value(self, value: Any, *, counted: bool) -> Any:
        if isinstance(value, tuple):
            new = tuple(
                self._value(item, counted=counted) if isinstance(item, msgspec.Struct | tuple) else item
                for item in value
            )
            return value if all(a is b for a, b in zip(value, new, strict=True)) else new
        if not isinstance(value, msgspec.Struct):
            return value
        kind = type(value).__name__
        defined = isinstance(getattr(value, "definition", None), str)
        changes: dict[str, Any] = {}
        for name in value.__struct_fields__:
            old = getattr(value, name)
            if old is None or old == ():
                continue
            again = defined and name in _AGAIN
            new = self._field(kind, name, old, counted=counted and not again)
            if new is not old:
                changes[name] = new
        return msgspec.structs.replace(value, **changes) if changes else value

    def _field(self, kind: str, name: str, old: Any, *, counted: bool) -> Any:
        if isinstance(old, str):
            if name == COMMENT or name in PLAIN.get(kind, ()):
                return self._noted(old, self.redaction.plain(old), counted)
            if name in SQL.get(kind, ()):
                return self._noted(old, self.redaction.sql(old), counted)
            return old
        if not isinstance(old, tuple):
            return self._value(old, counted=counted)
        new: tuple[Any, ...]
        if name in SQL.get(kind, ()):
            new = tuple(self._noted(each, self.redaction.sql(each), counted) for each in old)
        elif name in ASSIGNMENTS.get(kind, ()):
            new = tuple(self._assigned(each, counted) for each in old)
        elif name in OPTIONS and isinstance(old[0], tuple):
            new = tuple(
                (key, text if text is None else self._noted(text, self.redaction.plain(text), counted))
                for key, text in old
            )
        else:
            return self._value(old, counted=counted and kind != "Index")
        return old if new == old else new

    def _assigned(self, text: str, counted: bool) -> str:
        key, equals, value = text.partition("=")
        if key == "search_path":  # names of schemas
            return text
        return f"{key}{equals}{self._noted(value, self.redaction.plain(value), counted)}"

    def _noted(self, old: str, new: str, counted: bool) -> str:
        if counted and (count := new.count(REDACTED)):
            self.counts[self._owner] = self.counts.get(self._owner, 0) + count
        return old if new == old else new


def _unmarked(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text between the marks that are in it already."""
    position = 0
    for mark in _MARKS.finditer(text):
        if mark.start() > position:
            yield position, mark.start()
        position = mark.end()
    if position < len(text):
        yield position, len(text)


def _values(tokens: Iterable[regex.Match[str]]) -> Iterator[tuple[int, int, str]]:
    """Where in SQL something stands that is a value: from, to, and what kind of token it is."""
    for match in tokens:
        kind = match.lastgroup if match.lastgroup != "tag" else "dollar"
        start, end = match.span()
        if kind == "escaped":
            yield start + 2, end - 1, kind
        elif kind == "literal":
            yield start + 1, end - 1, kind
        elif kind == "dollar":
            width = match.end("tag") - match.start("tag")
            yield start + width, end - width, kind
        elif kind == "remark":
            closing = 2 if match[0].startswith("/*") else 0
            yield start + 2, end - closing, kind
        elif kind == "number":
            yield start, end, kind


def _within(
    text: str, found: list[tuple[int, int]], values: list[tuple[int, int, str]]
) -> Iterator[tuple[int, int, bool]]:
    """What of the places that were found is inside a value, and whether quotes are missing around it.

    Numbers are taken as a whole, and no doubled quote in halves.
    """
    ends = [end for _, end, _ in values]
    for first, last in found:
        for index in range(bisect_right(ends, first), len(values)):
            start, end, kind = values[index]
            if start >= last:
                break
            low, high = max(first, start), min(last, end)
            if kind == "number":
                low, high = start, end
            elif kind in _PAIRS:
                for pair in _PAIRS[kind].finditer(text, start, end):
                    if pair.start() < low < pair.end():
                        low = pair.start()
                    if pair.start() < high < pair.end():
                        high = pair.end()
            yield low, high, kind == "number"


def _places(count: int) -> str:
    return f"{count} place{' was' if count == 1 else 's were'}"


def _called(item: object, family: str) -> str:
    """What an object is called in a gap."""
    kind = getattr(item, "kind", None)
    parts = [str(kind) if kind is not None else family.removesuffix("s").replace("_", " ")]
    schema, name = getattr(item, "schema", None), getattr(item, "name", None)
    if name is None:
        name = getattr(item, "object", None)
    if name is not None:
        arguments = getattr(item, "identity_arguments", None)
        shown = f"{schema}.{name}" if schema else str(name)
        parts.append(f"{shown}({arguments})" if arguments is not None else shown)
    return " ".join(parts)
