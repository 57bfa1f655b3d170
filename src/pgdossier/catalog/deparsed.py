"""Reading SQL text that the server's deparser wrote.

Only what cannot be had from a catalog column is taken from text. The deparser's habits make that safe:
keywords are upper case, identifiers that are not quoted are lower case, quotes inside quotes are doubled.
"""

from __future__ import annotations

import functools
import re

# A quoted identifier or string constant; in E'…' the deparser doubles backslashes: `''` is the only escape.
_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")
_TOKEN = re.compile(_QUOTED.pattern + r"|[()]|[A-Za-z_][A-Za-z_0-9$]*")


def closing(text: str, start: int) -> int | None:
    """Where the parenthesis closes that opens at `start`; None when it does not."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
            if depth == 0:
                return token.start()
    return None


@functools.lru_cache(maxsize=4096)
def bare(expression: str) -> str:
    """An expression without the parentheses around the whole of it, however many pairs there are."""
    text = expression.strip()
    while text.startswith("(") and closing(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def after_keyword(text: str, keyword: str) -> str | None:
    """What stands in the parentheses that follow a keyword outside all quotes and parentheses.

    The expression `a > 0` from `… FOR EACH ROW WHEN ((a > 0)) EXECUTE …`, keyword `WHEN`.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
        elif depth == 0 and token[0] == keyword:
            start = token.end() + 1
            end = closing(text, start) if text.startswith("(", start) else None
            return bare(text[start : end + 1]) if end is not None else None
    return None
