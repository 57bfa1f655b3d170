"""A script -> its statements, by the rules of psql's own lexer, for scripts without COPY data."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*)
    | (?P<comment>/\*)
    | (?P<escape>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<other>\d[\w$.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_HEAD = re.compile(r"create (or replace )?(function|procedure)\b")


def split(text: str) -> tuple[str, ...]:
    """The statements of an SQL script, each with its semicolon and with the comments before it.

    Joined they are the script again. A semicolon does not end a statement inside of quotes, dollar quotes,
    comments, parentheses (the commands of a rule) or the body of an SQL function (BEGIN ATOMIC … END). What
    follows the last semicolon is a statement when it is more than spaces and comments, else it belongs to
    the last one.
    """
    statements: list[str] = []
    start = position = parentheses = blocks = 0
    words: list[str] = []  # the first few, and inside a body the last one
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found  # noqa: S101 - for the type checker: the last alternative takes anything
        position = found.end()
        token = found[0]
        match found.lastgroup:
            case "comment":
                position = _end_of_comment(text, position)
            case "dollar":
                end = text.find(token, position)
                position = len(text) if end < 0 else end + len(token)
                words.append("")
            case "word":
                words.append(token.lower())
                blocks += _block(words, blocks)
            case "other" if found[0] == "(":
                parentheses += 1
            case "other" if found[0] == ")":
                parentheses = max(0, parentheses - 1)
            case "other" if found[0] == ";" and not parentheses and not blocks:
                statements.append(text[start:position])
                start, words = position, []
            case "space":
                pass
            case _:
                words.append("")
    rest = text[start:]
    if is_blank(rest) and statements:
        statements[-1] += rest
    elif rest:
        statements.append(rest)
    return tuple(statements)


def body(statement: str) -> str:
    """The statement without the comments and spaces around it."""
    position = 0
    while found := _TOKEN.match(statement, position):
        if found.lastgroup == "comment":
            position = _end_of_comment(statement, found.end())
        elif found.lastgroup == "space":
            position = found.end()
        else:
            break
    return statement[position:].rstrip()


def is_blank(text: str) -> bool:
    """Whether there is nothing but spaces and comments."""
    return not body(text)


def _block(words: list[str], blocks: int) -> int:
    """How the last word changes the depth of blocks in the body of an SQL function."""
    last = words[-1]
    if blocks:
        return {"case": 1, "end": -1}.get(last, 0)
    atomic = last == "atomic" and words[-2:-1] == ["begin"]
    return 1 if atomic and _HEAD.match(" ".join(words[:4])) else 0


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    while depth:
        found = _COMMENT_MARK.search(text, position)
        if found is None:
            return len(text)
        depth += 1 if found[0] == "/*" else -1
        position = found.end()
    return position
