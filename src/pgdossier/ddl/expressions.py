"""Small pieces of SQL text that several families share."""

from __future__ import annotations

import re
from functools import lru_cache

from pgdossier.model.foreign_data import Options
from pgdossier.model.names import quote_identifier, quote_literal

_BARE_VALUE = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z|(?i:true|false|on|off|auto)\Z")
_QUERY = re.compile(r"\(?\s*(?:SELECT|WITH|VALUES)\b")
_PARENTHESIS = re.compile(r"([()])")
_QUOTED = re.compile(r"[Ee]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)


@lru_cache(maxsize=10_000)  # many columns are checked and computed as others are
def parenthesised(expression: str) -> str:
    """The expression in one pair of parentheses, which is not added where there is one around it already.

    A query as an expression has a pair of its own, inside of that.
    """
    if _QUERY.match(expression):
        return f"({expression if _is_enclosed(expression) else f'({expression})'})"
    return expression if _is_enclosed(expression) else f"({expression})"


def _is_enclosed(expression: str) -> bool:
    """Whether the opening parenthesis at the start is closed by the one at the end."""
    return expression.startswith("(") and outermost(expression) == "(" + "." * (len(expression) - 2) + ")"


def outermost(text: str) -> str:
    """The text with a dot for every character inside quotes or parentheses: the rest can be searched."""
    depth = 0
    result = []
    for piece in _PARENTHESIS.split(_QUOTED.sub(lambda quoted: "." * len(quoted.group()), text)):
        depth -= piece == ")"
        result.append(piece if depth == 0 else "." * len(piece))
        depth += piece == "("
    return "".join(result)


def mentions(expression: str, name: str) -> bool:
    """Whether the name stands somewhere in the expression, be it as that of something else."""
    word = re.escape(quote_identifier(name))
    return re.search(rf'(?<![\w"$]){word}(?![\w"$])', expression) is not None


def storage_parameters(options: tuple[str, ...]) -> str:
    """`name = value, …` for a WITH clause, from the `name=value` texts of pg_class.reloptions."""
    return ", ".join(_storage_parameter(option) for option in options)


def _storage_parameter(option: str) -> str:
    name, separator, value = option.partition("=")
    written = ".".join(quote_identifier(part) for part in name.split("."))
    if not separator:
        return written
    return f"{written} = {value if _BARE_VALUE.match(value) else quote_literal(value)}"


def foreign_options(options: Options) -> str:
    """`OPTIONS (name 'value', …)`, without those whose value was not read; nothing when there are none."""
    written = ", ".join(
        f"{quote_identifier(name)} {quote_literal(value)}" for name, value in options if value is not None
    )
    return f"OPTIONS ({written})" if written else ""


def unread_options(what: str, options: Options) -> list[str]:
    """One line for each option whose value was not read, so that nobody takes what follows for complete."""
    return [
        note(f"option {quote_identifier(name)} of {what} may hold a secret: its value was not read")
        for name, value in options
        if value is None
    ]


def note(text: str) -> str:
    """A SQL comment of one line, whatever line breaks the text has."""
    return f"-- {' '.join(text.split())}"
