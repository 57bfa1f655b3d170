"""The marked blocks of a Markdown page that belong to people.

    <!-- authored: table:sales.orders -->
    Whatever stands here was written by somebody and is kept byte for byte.
    <!-- /authored -->

Each marker stands alone on its line. A *body* is the whole lines between two markers, line ends
included: it is empty or ends with a line feed. Lines inside a fenced code block (CommonMark 4.5) are never
markers, so a page may show its own syntax and SQL may contain anything.

Only line feeds end lines here, as in the files themselves; a carriage return before one stays with its
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from pgdossier.errors import DossierError

_OPEN = re.compile(r"[ \t]*<!--\s*authored:\s*([^\s<>]+)\s*-->\s*\Z")
_CLOSE = re.compile(r"[ \t]*<!--\s*/authored\s*-->\s*\Z")
# A marker with something before or after it. Before an opening one only white space counts: a page may
# mention the syntax in the middle of a sentence, and a comment of the database may too.
_BROKEN_OPEN = re.compile(r"[ \t]*<!--\s*authored\b")
_BROKEN_CLOSE = re.compile(r"[ \t]*<!--\s*/authored\b|.*<!--\s*/authored\s*-->\s*\Z")
# The container prefixes of a fence: list items and block quotes.
_CONTAINERS = r"(?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])[ \t])*"
_FENCE = re.compile(_CONTAINERS + r"(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*)\Z", re.DOTALL)
_FENCE_END = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})\s*\Z")

_MATTERS = ("```", "~~~", "<!--")
_CLOSES, _IS_BROKEN = "<close>", "<broken>"  # no keys: a key has no angle brackets
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

_HINT = "a block is <!-- authored: KEY -->, its text, <!-- /authored -->; each marker alone on its line"


def key(kind: str, *names: str) -> str:
    """The stable key of a block: `purpose`, `table:sales.orders`.

    Args:
        kind: What the block is about: a word of lower-case letters.
        names: The names that identify it, from the schema inwards. Whatever could end a marker, a name or the
            line is percent-encoded, so different names always make different keys.
    """
    return ":".join(filter(None, (kind, ".".join(_encoded(name) for name in names))))


def _encoded(name: str) -> str:
    """Letters, digits, `_`, `$` and single inner hyphens stay; everything else becomes its UTF-8 bytes."""
    if name.isascii() and name.isidentifier():
        return name
    safe = re.sub(r"(?<=\w)-(?=\w)", "\0", name.replace("\0", ""))
    return "".join(
        "-" if char == "\0" else char if char.isalnum() or char in "_$" else _percent(char) for char in safe
    )


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def parts(key: str) -> tuple[str, tuple[str, ...]]:
    """What `key` was given: the kind, and the names from the schema inwards."""
    kind, _, names = key.partition(":")
    return kind, tuple(unquote(name) for name in names.split(".")) if names else ()


def prompt(text: str) -> str:
    """The body that asks people to write something: one line in italics."""
    return f"_{text}_\n"


def is_filled(body: str, prompted: str = "") -> bool:
    """Whether somebody wrote something: the body is neither blank nor the prompt that was put there."""
    return body.strip() not in ("", prompted.strip())


def block(key: str, body: str) -> str:
    """A block as it stands in a page. A body that does not end its last line gets the line feed it lacks."""
    if body and not body.endswith("\n"):
        body += "\n"
    return f"<!-- authored: {key} -->\n{body}<!-- /authored -->\n"


def render(blocks: Mapping[str, str]) -> str:
    """A page that holds nothing but these blocks; `parse` gives them back."""
    return "\n".join(block(key, body) for key, body in blocks.items())


def parse(text: str, where: str) -> dict[str, str]:
    """The bodies of a page by their keys, in the order of the page.

    Args:
        text: The page, with its line ends as they are in the file.
        where: The name of the file, for messages.

    Raises:
        DossierError: A marker is broken, a block is not closed, stands inside another, or its key appears
            twice; the message names file and line. Exit code 2.
    """
    return read(text, where).bodies


def skeleton(text: str, where: str = "") -> str:
    """The page without what people may change; see `Page.skeleton`. Raises as `parse` does."""
    return read(text, where).skeleton


class Page(NamedTuple):
    """A page taken apart.

    Attributes:
        bodies: The bodies by key, in the order of the page.
        skeleton: The page with its bodies emptied and its markers in their usual form. Two pages with the
            same skeleton differ inside blocks only. What editors and version control change on their own
            does not count: a byte order mark, and CR LF for LF.
        spans: Where the bodies begin and end in the page, without its byte order mark.
    """

    bodies: dict[str, str]
    skeleton: str
    spans: tuple[tuple[int, int], ...] = ()


class Line(NamedTuple):
    """One line of a page outside the bodies.

    Attributes:
        number: Its number in the file, from 1.
        text: The line with its end, byte for byte.
        opens: The key of the block that it opens, when it is such a marker.
        is_marker: Whether it opens or closes a block.
        is_code: Whether it belongs to a fenced code block, its fences included.
    """

    number: int
    text: str
    opens: str = ""
    is_marker: bool = False
    is_code: bool = False

    @property
    def usual(self) -> str:
        """The line as it stands in a skeleton."""
        if self.is_marker:
            return f"<!-- authored: {self.opens} -->\n" if self.opens else "<!-- /authored -->\n"
        return self.text.replace("\r\n", "\n")


def read(text: str, where: str) -> Page:
    """Take a page apart; arguments and errors are those of `parse`."""
    text = text.removeprefix(_BOM)
    bodies: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    kept: list[str] = []
    fence = key = ""
    fence_start = key_start = 0  # where the open fence and the open block begin
    done = 0  # everything before is in `kept` or in a body
    for start, end in _lines_that_matter(text):
        line = text[start:end]
        marker = None if fence else _marker(line, in_body=bool(key))
        if marker is None:
            if not fence and (match := _FENCE.match(line)):
                fence, fence_start = match["ticks"] or match["tildes"], start
            elif fence and (match := _FENCE_END.match(line)) and match["fence"].startswith(fence):
                fence = ""
        elif marker == _CLOSES and key:
            bodies[key] = text[done:start]
            spans.append((done, start))
            kept.append(f"<!-- authored: {key} -->\n<!-- /authored -->\n")
            key, done = "", end
        elif marker in (_CLOSES, _IS_BROKEN) or key or marker in bodies:
            raise _misplaced(text, where, start, marker, (key, key_start))
        else:
            kept.append(text[done:start].replace("\r\n", "\n"))
            key, key_start, done = marker, start, end
    if key:
        why = f"; the code fence of line {_number(text, fence_start)} is not closed" if fence else ""
        raise _error(text, where, key_start, f"the block {key} is not closed{why}")
    kept.append(text[done:].replace("\r\n", "\n"))
    return Page(bodies, "".join(kept), tuple(spans))


def outside(text: str, where: str = "") -> list[Line]:
    """The lines of a page outside its bodies, as many as its skeleton has. Raises as `parse` does."""
    page = read(text, where)
    text = text.removeprefix(_BOM)
    lines: list[Line] = []
    number, at, fence = 1, 0, ""
    keys = iter(page.bodies)
    for start, end in (*page.spans, (len(text), len(text))):
        piece = _lines(text[at:start])
        for index, line in enumerate(piece):
            opens = next(keys) if index == len(piece) - 1 and start < len(text) else ""
            closes = index == 0 and at > 0
            is_code = bool(fence)
            if not fence and not opens and (match := _FENCE.match(line)):
                fence, is_code = match["ticks"] or match["tildes"], True
            elif fence and (match := _FENCE_END.match(line)) and match["fence"].startswith(fence):
                fence = ""
            lines.append(Line(number + index, line, opens, bool(opens or closes), is_code))
        number += len(piece) + text.count("\n", start, end)
        at = end
    return lines


def opens_code(line: str) -> bool:
    """Whether a line outside code blocks opens one."""
    return _FENCE.match(line) is not None


def _lines(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _lines_that_matter(text: str) -> list[tuple[int, int]]:
    """Start and end of every line that may hold a marker or a fence: few, so pages are read fast."""
    found: set[tuple[int, int]] = set()
    for sign in _MATTERS:
        at = text.find(sign)
        while at >= 0:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at) + 1 or len(text)
            found.add((start, end))
            at = text.find(sign, end)
    return sorted(found)


def _marker(line: str, *, in_body: bool) -> str | None:
    """What a line outside fences is: the key that it opens, `_CLOSES`, `_IS_BROKEN`, or None for text."""
    if match := _OPEN.match(line):
        return match[1]
    if _CLOSE.match(line):
        return _CLOSES
    if _BROKEN_OPEN.match(line) or (in_body and _BROKEN_CLOSE.match(line)):
        return _IS_BROKEN
    return None


def _misplaced(text: str, where: str, start: int, marker: str, opened: tuple[str, int]) -> DossierError:
    key, key_start = opened
    if marker == _IS_BROKEN:
        what = "broken marker of an authored block"
    elif marker == _CLOSES:
        what = "a block is closed that was not opened"
    elif key:
        what = f"this block stands inside the block {key}, opened in line {_number(text, key_start)}"
    else:
        what = f"a second block with the key {marker}"
    return _error(text, where, start, what)


def _error(text: str, where: str, start: int, what: str) -> DossierError:
    return DossierError(f"{where}:{_number(text, start)}: {what}", hint=_HINT, code=2)


def _number(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1
