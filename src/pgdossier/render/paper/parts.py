"""What a document on paper is made of: titles, paragraphs, tables, drawings; no markup and no layout."""

from __future__ import annotations

import msgspec


class Run(msgspec.Struct, frozen=True):
    """Text of one look. All of it is printable, but for a single line feed, which ends a line.

    Attributes:
        text: The text.
        strong: Bold.
        emphasis: Italic.
        code: As the database has it: a name, a type, an expression.
        small: An aside, such as where a text comes from.
        raised: The number of a footnote.
        struck: Crossed out.
        target: Where it leads: `#anchor`, or an address of the web.
        anchor: A place that links lead to; such a run has no text.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    small: bool = False
    raised: bool = False
    struck: bool = False
    target: str | None = None
    anchor: str = ""


Runs = tuple[Run, ...]


class Anchor(msgspec.Struct, frozen=True):
    """A place that links lead to."""

    name: str


class Heading(msgspec.Struct, frozen=True):
    """A title. The sections of the document have level 1; those inside of people's text are not `listed`."""

    level: int
    runs: Runs
    anchors: tuple[str, ...] = ()
    listed: bool = True


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph; a `label` is the title of what follows it."""

    runs: Runs
    label: bool = False


class Listing(msgspec.Struct, frozen=True):
    """A list; `start` is the first number of a numbered one."""

    items: tuple[tuple[Part, ...], ...]
    start: int | None = None


class Table(msgspec.Struct, frozen=True):
    """A table; `aligns` has `left`, `center` or `right` for each column."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    aligns: tuple[str, ...]


class Code(msgspec.Struct, frozen=True):
    """Lines of code."""

    text: str
    language: str = ""


class Drawing(msgspec.Struct, frozen=True):
    """A diagram of this package."""

    svg: bytes
    caption: str


class Picture(msgspec.Struct, frozen=True):
    """A picture that people put into their text; `kind` is the ending of its file name."""

    data: bytes
    kind: str
    caption: str


class Quote(msgspec.Struct, frozen=True):
    """Somebody else's words, or a warning."""

    parts: tuple[Part, ...]


class Note(msgspec.Struct, frozen=True):
    """The block of a page that belongs to people; without their words it holds the question to them."""

    parts: tuple[Part, ...]
    written: bool


class Rule(msgspec.Struct, frozen=True):
    """A line across the page."""


Part = Anchor | Heading | Paragraph | Listing | Table | Code | Drawing | Picture | Quote | Note | Rule


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document.

    Attributes:
        title: Its title.
        facts: The title block: what a fact is called, and the fact.
        front: What else stands before the first section.
        parts: Everything from the first section on.
        anchors: The places that there are; links to others were left out.
    """

    title: str
    facts: tuple[tuple[str, Runs], ...]
    front: tuple[Part, ...]
    parts: tuple[Part, ...]
    anchors: frozenset[str]


def plain(runs: Runs) -> str:
    """The text of runs without their looks, on one line."""
    return "".join(run.text for run in runs).replace("\n", " ")
