"""Statements without constants: what pg_stat_statements kept, made fit to be shown.

The server replaces constants by `$1` … . Where it could not (its entry was thrown out between parsing and
executing, say), the text still has them, and they are data. So every text is read again here, by the lexical
rules of PostgreSQL (SQL Syntax, "Lexical Structure"), and what is left is replaced by `?`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Commands that only read or change rows. Others name roles, passwords, connection strings or files.
_KINDS = frozenset({"select", "insert", "update", "delete", "merge", "values", "table", "with"})
# Longer ones are made by programs, and no reader's business.
LONGEST = 20_000

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<line>--[^\r\n]*)
    | (?P<block>/\*)
    | (?P<unicode>[uU]&")
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
    | (?P<dollar>\$(?P<tag>(?:[^\W\d][^\W$]*)?)\$.*?\$(?P=tag)\$)
    | (?P<parameter>\$\d+)
    | (?P<number>(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
        |(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*\.?(?:[eE][+-]?\d+)?))
    | (?P<word>[^\W\d][\w$]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# What operators are made of, and the colon of `::` and `:=`.
_RUNS = frozenset("+-*/<>=~!@#%^&|`?:")
_UNICODE_IDENTIFIER = re.compile(r'[uU]&"(?:[^"]|"")*"')

# Types whose modifier is written in parentheses: numeric(10,2) says nothing of the data.
_WITH_MODIFIER = frozenset(
    {
        "bit",
        "bpchar",
        "char",
        "character",
        "dec",
        "decimal",
        "float",
        "geography",
        "geometry",
        "halfvec",
        "interval",
        "nchar",
        "numeric",
        "precision",
        "second",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
        "varbit",
        "varchar",
        "varying",
        "vector",
    }
)
_LONGEST_MODIFIER = 4
# What ends a list of columns by position: ORDER BY 1, 2 and GROUP BY 1.
_ENDS_POSITIONS = frozenset(
    {
        "except",
        "fetch",
        "for",
        "from",
        "group",
        "having",
        "intersect",
        "limit",
        "offset",
        "order",
        "range",
        "rows",
        "select",
        "union",
        "where",
        "window",
    }
)
_MAY_FOLLOW_POSITION = frozenset({",", "asc", "desc", "nulls", ")", ";", ""}) | _ENDS_POSITIONS


class Normalised(NamedTuple):
    """A statement without comments and constants; `complete` when the server had left no constant in it."""

    text: str
    complete: bool


class _Piece(NamedTuple):
    kind: str
    text: str


def kind_of(text: str) -> str | None:
    """The first keyword in lower case, when the statement only reads or changes rows; None for others."""
    pieces = _pieces(text)
    if pieces is None:
        return None
    first = next((piece for piece in pieces if piece.text != "(" and piece.kind != "space"), None)
    if first is None or first.kind != "word" or first.text.lower() not in _KINDS:
        return None
    return first.text.lower()


def normalised(text: str) -> Normalised | None:
    """The statement as it may be shown; None when it cannot be told apart what in it is a constant.

    Comments go too: programs write into them who asked and for whom. Numbers stay where they are no data:
    in type modifiers (`numeric(10,2)`) and as positions in ORDER BY and GROUP BY.
    """
    pieces = _pieces(text)
    if pieces is None:
        return None
    complete = True
    out: list[str] = []
    open_modifiers: list[bool] = []
    by_position: list[bool] = [False]
    words = [piece for piece in pieces if piece.kind != "space"]
    following = {id(piece): words[at + 1] if at + 1 < len(words) else None for at, piece in enumerate(words)}
    last = _Piece("", "")
    for piece in pieces:
        kind, shown = piece.kind, piece.text
        lower = shown.lower()
        if kind == "space":
            out.append(" ")
            continue
        if shown == "(":
            open_modifiers.append(last.kind == "word" and last.text.lower() in _WITH_MODIFIER)
            by_position.append(False)
        elif shown == ")":
            if open_modifiers:
                open_modifiers.pop()
            if len(by_position) > 1:
                by_position.pop()
        elif kind == "word" and lower == "by" and last.text.lower() in ("order", "group"):
            by_position[-1] = True
        elif kind == "word" and lower in _ENDS_POSITIONS:
            by_position[-1] = False
        elif kind == "string" or (
            kind == "number"
            and not (open_modifiers and open_modifiers[-1] and len(shown) <= _LONGEST_MODIFIER)
            and not _is_position(piece, last, following[id(piece)], by_position=by_position[-1])
        ):
            complete, shown = False, "?"
        if shown in (")", "]") and out and out[-1] == " " and last.text not in ("(", "["):
            out.pop()  # the server's own comment for a list that it cut short
        out.append(shown)
        last = piece
    return Normalised("".join(out).strip().removesuffix(";").rstrip(), complete)


def tokens(text: str) -> list[str] | None:
    """The text in tokens, without spaces and comments; None when it cannot be told apart.

    A quoted identifier keeps its quotes, `U&"…"` is one token, and so are operator characters without a space
    between them: joined with spaces, the tokens are the same statement.
    """
    pieces = _pieces(text)
    if pieces is None:
        return None
    found: list[str] = []
    joins = False
    for piece in pieces:
        if piece.kind == "space":
            joins = False
        elif joins and piece.text in _RUNS and (piece.text == ":") == found[-1].startswith(":"):
            found[-1] += piece.text
        else:
            found.append(piece.text)
            joins = piece.text in _RUNS
    return found


def _is_position(piece: _Piece, before: _Piece, after: _Piece | None, *, by_position: bool) -> bool:
    """Whether a number is an item of ORDER BY or GROUP BY on its own."""
    return (
        by_position
        and piece.text.isdigit()
        and (before.text == "," or before.text.lower() == "by")
        and (after.text.lower() if after else "") in _MAY_FOLLOW_POSITION
    )


def _pieces(text: str) -> list[_Piece] | None:  # noqa: C901 - one case for each kind of token
    """The text in pieces, comments as spaces; None when a quotation does not end, or is ambiguous."""
    pieces: list[_Piece] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        kind, found = match.lastgroup or "other", match.group()
        if kind == "tag":
            kind = "dollar"
        at = match.end()
        match kind:
            case "space" | "line":
                pieces.append(_Piece("space", " "))
            case "block":
                end = _end_of_comment(text, at)
                if end is None:
                    return None
                at = end
                pieces.append(_Piece("space", " "))
            case "unicode":
                whole = _UNICODE_IDENTIFIER.match(text, match.start())
                if whole is None:
                    return None
                at = whole.end()
                pieces.append(_Piece("word", whole.group()))
            case "quoted":
                pieces.append(_Piece("quoted", found))
            case "escaped" | "dollar":
                pieces.append(_Piece("string", found))
            case "string":
                if "\\" in found and found[0] not in "uU":  # standard_conforming_strings may have been off
                    return None
                pieces.append(_Piece("string", found))
            case "other" if found in "'\"$":  # it opens what has no end
                return None
            case _:
                pieces.append(_Piece(kind, found))
    return _joined(pieces)


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Without the first, the last and all but one of neighbouring spaces."""
    out: list[_Piece] = []
    for piece in pieces:
        if piece.kind == "space" and (not out or out[-1].kind == "space"):
            continue
        out.append(piece)
    while out and out[-1].kind == "space":
        out.pop()
    return out


def _end_of_comment(text: str, at: int) -> int | None:
    """Where the comment ends that began before `at`; comments nest."""
    depth = 1
    while depth:
        closing = text.find("*/", at)
        if closing < 0:
            return None
        opening = text.find("/*", at)
        if 0 <= opening < closing:
            depth, at = depth + 1, opening + 2
        else:
            depth, at = depth - 1, closing + 2
    return at
