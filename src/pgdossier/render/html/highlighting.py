"""SQL with its words marked, so that a style sheet can colour them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, String, Token, _TokenType
from pygments.util import ClassNotFound

# Few classes, since few colours can be told apart; Pygments' own short names where it has one.
_CLASSES: dict[_TokenType, str] = {
    Comment: "c",
    Keyword: "k",
    Keyword.Type: "kt",
    Literal: "s",
    Name.Builtin: "kt",
    Name.Constant: "k",
    Number: "m",
    String: "s",
    String.Name: "",  # a quoted identifier is a name like any other
}


def highlighted(text: str, language: str) -> str:
    """The text as HTML, with `<span class=…>` around keywords, types, literals and comments.

    Args:
        text: The code, with its line ends.
        language: What it is written in (`sql`: as PostgreSQL has it); what is not known stays plain.
    """
    lexer = _lexer("postgresql" if language.lower() in ("sql", "pgsql") else language.lower())
    if lexer is None:
        return escape(text, quote=False)
    return "".join(
        f'<span class="{name}">{escape(part, quote=False)}</span>' if name else escape(part, quote=False)
        for name, part in _runs(lexer, text)
    )


def _runs(lexer: Lexer, text: str) -> Iterator[tuple[str, str]]:
    """Neighbours of one class together; white space belongs to what stands before it."""
    name, run = "", ""
    for kind, part in lexer.get_tokens(text):
        found = name if part.isspace() else _class(kind)
        if found != name and run:
            yield name, run
            run = ""
        name = found
        run += part
    if run:
        yield name, run


@cache
def _class(kind: _TokenType) -> str:
    while kind is not Token:
        if kind in _CLASSES:
            return _CLASSES[kind]
        if kind.parent is None:
            break
        kind = kind.parent
    return ""


@cache
def _lexer(language: str) -> Lexer | None:
    if language in ("", "text", "mermaid"):
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
