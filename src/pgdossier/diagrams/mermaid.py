"""A chart as Mermaid `erDiagram` blocks, for readers without drawings.

Follows https://mermaid.js.org/syntax/entityRelationshipDiagram.html. GitHub draws nothing of a block with
more than 50,000 characters or 500 lines between entities, so a large chart becomes several blocks.
"""

from __future__ import annotations

import re

from pgdossier.diagrams.chart import Box, Chart, Link, Row
from pgdossier.language import tr

CHARACTERS = 45_000
"""The most characters of one block, a margin below GitHub's 50,000."""

EDGES = 450
"""The most lines of one block, a margin below GitHub's 500."""

_HEAD = "erDiagram\n"
_KEYS = {"PK": "PK", "FK": "FK", "UQ": "UK"}
# A flowchart takes labels as Markdown in part: emphasis, and what begins like a list.
_MARKUP = re.compile(r"[`*~]|(?<![^\W_])_|_(?![^\W_])|^(?=\d+\.|[-+] )")
_NO_WORD = re.compile(r"[^A-Za-z0-9_()\[\]-]+")
# Its marks of keys are no words, in whatever case, and whatever stands after them.
_MARK = re.compile(r"(?:pk|fk|uk)(?!\w)", re.IGNORECASE)

# What ends a string, starts a comment or would be taken as markup, as Mermaid's own entity codes.
CODES = str.maketrans(
    {
        "#": "#35;",
        ";": "#59;",
        '"': "#quot;",
        "\\": "#92;",
        "%": "#37;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "~": "#126;",
        "*": "#42;",
        "`": "#96;",
    }
)


def flow_text(text: str) -> str:
    """Text for a quoted label of a flowchart, where nothing of it means anything."""
    return _MARKUP.sub(_code, text.translate(CODES))


def _code(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};" if found[0] else "#8203;"


def write(chart: Chart) -> tuple[str, ...]:
    """The blocks of that chart; none when it has no boxes.

    Every line between two boxes is in exactly one block. A box that is needed again in a later block
    stands there without its columns.
    """
    boxes = {box.number: box for box in chart.boxes}
    defined: set[int] = set()
    blocks: list[str] = []
    current = _Block()
    for link in chart.links:
        line = _line(link)
        if not current.takes(len(line) + sum(_cost(boxes[end], current, defined) for end in _ends(link))):
            blocks.append(current.text())
            current = _Block()
        for end in _ends(link):
            current.add(boxes[end], defined)
        current.lines.append(line)
        current.size += len(line)
    for box in chart.boxes:
        if box.number not in defined:
            if not current.takes(_cost(box, current, defined)):
                blocks.append(current.text())
                current = _Block()
            current.add(box, defined)
    if current.entities:
        blocks.append(current.text())
    return tuple(blocks)


class _Block:
    """One block while it is filled."""

    def __init__(self) -> None:
        self.entities: dict[int, str] = {}
        self.lines: list[str] = []
        self.size = len(_HEAD)

    def takes(self, more: int) -> bool:
        """Whether so many more characters fit (into an empty block whatever there is must)."""
        if not self.entities:
            return True
        return self.size + more <= CHARACTERS and len(self.lines) < EDGES

    def add(self, box: Box, defined: set[int]) -> None:
        """The box, with its columns when no block before has them."""
        if box.number not in self.entities:
            text = _entity(box, brief=box.number in defined)
            defined.add(box.number)
            self.entities[box.number] = text
            self.size += len(text)

    def text(self) -> str:
        return _HEAD + "".join(self.entities.values()) + "".join(self.lines)


def _ends(link: Link) -> tuple[int, ...]:
    return (link.child,) if link.child == link.parent else (link.child, link.parent)


def _cost(box: Box, block: _Block, defined: set[int]) -> int:
    return 0 if box.number in block.entities else len(_entity(box, brief=box.number in defined))


def _entity(box: Box, *, brief: bool) -> str:
    name = f"{box.prefix}.{box.name}" if box.prefix else box.name
    head = f'    t{box.number}["{name.translate(CODES)}"]'
    rows = [] if brief else [row for row in box.rows if row.column is not None]
    return head + (" {\n" + "".join(map(_attribute, rows)) + "    }\n" if rows else "\n")


def _attribute(row: Row) -> str:
    name = _word(row.text)
    parts = [_word(row.type) if row.type else "column", name]
    if row.marks:
        parts.append(", ".join(_KEYS[mark] for mark in row.marks))
    if name != row.text:
        parts.append(f'"{row.text.translate(CODES)}"')
    return f"        {' '.join(parts)}\n"


def _word(text: str) -> str:
    """Text as a word of Mermaid's grammar: other characters become underscores."""
    word = _NO_WORD.sub("_", text)
    if not word[:1].isalpha() and word[:1] != "_":
        word = "_" + word
    return f"{word[:2]}_{word[2:]}" if _MARK.match(word) else word


def _line(link: Link) -> str:
    child = "}o" if link.many else "|o"
    parent = "o|" if link.optional else "||"
    middle = "--" if link.identifying else ".."
    label = link.columns.translate(CODES) or tr("references")
    if link.implied and link.child_column is not None:
        label = tr("{columns}, no foreign key", columns=label)
    return f'    t{link.child} {child}{middle}{parent} t{link.parent} : "{label}"\n'
