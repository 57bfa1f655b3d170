"""Every escaping decision of the Markdown document: text from the database never becomes markup.

The dialect is GitHub Flavored Markdown (CommonMark with pipe tables). A pipe must be escaped inside a table
cell even in a code span, and only there. So text never holds a raw pipe (it is written as an entity), and
`row`, the one way to make a table row, escapes those that code spans hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import compress, starmap

# Control characters would vanish or break a line; their Unicode pictures can be seen and copied.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421", 0x85: "\u2424"}
_PICTURES |= {0x2028: "\u2424", 0x2029: "\u2424"}
# Direction overrides could make a name read as another one.
_PICTURES |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")

# The character comes first and what stands around it is asked afterwards: that is found ten times as fast.
_ACTIVE = re.compile(
    r"[\\`*\[\]<>|~$_&@](?:(?<=[\\`*\[\]<>|~$])|(?<=_)(?:(?<![^\W_]_)|(?![^\W_]))|(?<=&)(?=[#\w]+;)|(?<=\w@)(?=\w))"
)
# A backslash does not stop these everywhere: a pipe ends a table cell, an @ starts a mention or an address.
_ENTITIES = {"|": "&#124;", "@": "&#64;"}
_BLOCK_START = re.compile(r"(?P<mark>[#+\-=>:]|\d{1,9}(?=[.)]))")
_QUOTED_OR_SPACE = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|\s+""")
_CELL_END = re.compile(r"(?<!\\)\|")
BACKSLASH_PIPE = "\\|"
_BACKTICKS = re.compile("`+")
# The same names and expressions stand on many pages.
_REMEMBERED = 30_000


def visible(text: str) -> str:
    """The text on one line with control characters shown as pictures (a newline as ␊)."""
    return text if text.isprintable() else text.translate(_PICTURES)


@lru_cache(maxsize=_REMEMBERED)
def inline(text: str) -> str:
    """Plain text as Markdown that renders as exactly that text, in a paragraph or a table cell.

    Line breaks become `<br>`, other control characters pictures.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "<br>".join(_inline_line(line.strip()) for line in lines)


def _inline_line(line: str) -> str:
    escaped = _ACTIVE.sub(lambda found: _ENTITIES.get(found.group(), "\\" + found.group()), visible(line))
    start = _BLOCK_START.match(escaped)
    if start is None:
        return escaped
    mark = start["mark"]
    return f"{mark}\\{escaped[start.end() :]}" if mark.isdigit() else f"\\{escaped}"


@lru_cache(maxsize=_REMEMBERED)
def code(text: str) -> str:
    """Text as a code span outside tables."""
    shown = visible(text)
    if not shown:
        return "` `"
    if "`" not in shown and shown[0] != " ":
        return f"`{shown}`"
    longest = max(map(len, _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    # A span that begins or ends with a backtick, or with spaces on both sides, is padded (CommonMark 6.1).
    pad = (
        " " if shown[0] == "`" or shown[-1] == "`" or (shown[0] == " " == shown[-1] and shown.strip()) else ""
    )
    return f"{fence}{pad}{shown}{pad}{fence}"


def codes(texts: Iterable[str], separator: str = ", ") -> str:
    """Texts in a row, each as a code span."""
    return separator.join(map(code, texts))


@lru_cache(maxsize=_REMEMBERED)
def expression(text: str) -> str:
    """A SQL expression as a code span, on one line: white space outside quotes is folded.

    The server breaks long expressions (CASE) into lines; inside quotes every character counts.
    """
    return code(_QUOTED_OR_SPACE.sub(lambda found: found.group(1) or " ", text.strip()))


def row(*cells: str) -> str:
    """A table row of Markdown cells, each on one line already."""
    line = " | ".join(cells)
    if line.count("|") >= len(cells):  # more than those between the cells
        line = " | ".join([cell.replace("|", BACKSLASH_PIPE) for cell in cells])
    return f"| {line} |"


@lru_cache(maxsize=1000)  # each page has the same few
def header(*titles: str) -> str:
    """A table header and its delimiter row; `Title:` aligns its column right, `Title::` centres it."""
    names, rules = [], []
    for title in titles:
        names.append(title.rstrip(":"))
        rules.append(":-:" if title.endswith("::") else "--:" if title.endswith(":") else "---")
    return f"{row(*names)}\n| {' | '.join(rules)} |"


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; columns without any content are left out.

    Args:
        titles: As for `header`.
        rows: The Markdown cells of each row, as many as there are titles.

    Returns:
        The table, or nothing when there are no rows.
    """
    if not rows:
        return ""
    filled = [any(cells) for cells in zip(*rows, strict=True)]
    if not all(filled):
        titles = tuple(compress(titles, filled))
        rows = [tuple(compress(cells, filled)) for cells in rows]
    body = " |\n| ".join([" | ".join(cells) for cells in rows])
    if body.count("|") >= len(rows) * (len(titles) + 1) - 1:  # more than those between the cells
        return "\n".join([header(*titles), *starmap(row, rows), ""])
    return f"{header(*titles)}\n| {body} |\n"


def grid(*titles: str, caller: Callable[[], str]) -> str:
    """A table of the rows that a template's `call` block makes; columns without any content are left out.

    Args:
        titles: As for `header`.
        caller: Gives lines made by `row`, each with as many cells as there are titles.

    Returns:
        The table, or nothing when there are no rows.
    """
    lines = [line for line in map(str.strip, caller().split("\n")) if line]
    if len({line.count("|") - line.count(BACKSLASH_PIPE) for line in lines}) > 1:
        raise ValueError("the rows of a table have different numbers of cells")
    empty = _empty(lines)
    if empty:
        titles = tuple(title for index, title in enumerate(titles) if index not in empty)
        rows = [[cell for index, cell in enumerate(_cells(line)) if index not in empty] for line in lines]
        lines = [f"|{'|'.join(cells)}|" for cells in rows]
    return "\n".join([header(*titles), *lines, ""]) if lines else ""


def _empty(lines: list[str]) -> set[int]:
    """The columns that no row has content in, by their places."""
    empty: set[int] | None = None
    for line in lines:
        if "|  " not in line:
            return set()
        found = {index for index, cell in enumerate(_cells(line)) if cell.isspace()}
        empty = found if empty is None else empty & found
        if not empty:
            break
    return empty or set()


def _cells(line: str) -> list[str]:
    found = _CELL_END.split(line) if BACKSLASH_PIPE in line else line.split("|")
    return found[1:-1]


def attribute(text: str) -> str:
    """Text as the value of a double-quoted HTML attribute, on one line."""
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;")


def alternative(text: str) -> str:
    """Text as the alternative text of a Markdown image or the label of a link."""
    return inline(visible(text))


def fenced(text: str, language: str = "sql") -> str:
    """Text as a fenced code block, with a fence longer than any run of backticks in it."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0) if "`" in text else 0
    fence = "`" * max(3, longest + 1)
    body = text.rstrip("\n").replace("\r\n", "\n").replace("\r", "\n")
    return f"{fence}{language}\n{body}\n{fence}"
