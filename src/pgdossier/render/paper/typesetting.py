"""The parts of a document -> the source that Typst compiles.

Nothing of a document is markup there: the source is calls of the functions of `templates/paper/document.typ`,
and all text stands in string literals, which end where we end them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from pgdossier.render.paper.parts import (
    Anchor,
    Code,
    Document,
    Drawing,
    Heading,
    Listing,
    Note,
    Paragraph,
    Part,
    Picture,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    plain,
)
from pgdossier.render.paper.widths import USUAL, Breaking, layout, pieces

MAIN = "main.typ"
WIDTH, HEIGHT = 487.0, 690.0  # of the text of a page, in points
_INDENT = 16.0  # what lists and notes take of it, at most
_POINTS = 0.75  # of a pixel
_SIZE = re.compile(rb'<svg [^>]*?\bwidth="(\d+)" height="(\d+)"')
_VIEW = re.compile(rb'<svg [^>]*?\bviewBox="0 0 ([\d.]+) ')
_LETTER = 11.0  # the size of the text of a drawing, in units of its own
_LEGIBLE = 4.4  # points that it has at least, where that can be
_OVERLAP = 24.0  # points that a band of a drawing shows of the one before
# What the fonts of Typst have: Latin, Greek, Cyrillic, Hebrew, Arabic, and the signs that we use ourselves.
_COVERED = re.compile(
    "[\\x00-\u024f\u02b0-\u02ff\u0300-\u036f\u0370-\u03ff\u0400-\u052f\u05d0-\u05ea\u0621-\u064a"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u2190-\u2193\u21b3\u2212\u2260\u2264\u2265\u2400-\u2424"
    "\u2610\u2611\u26a0\ufffd]*"
)
_NAMES = (
    *(
        "NUL",
        "SOH",
        "STX",
        "ETX",
        "EOT",
        "ENQ",
        "ACK",
        "BEL",
        "BS",
        "TAB",
        "LF",
        "VT",
        "FF",
        "CR",
        "SO",
        "SI",
    ),
    *(
        "DLE",
        "DC1",
        "DC2",
        "DC3",
        "DC4",
        "NAK",
        "SYN",
        "ETB",
        "CAN",
        "EM",
        "SUB",
        "ESC",
        "FS",
        "GS",
        "RS",
        "US",
    ),
)
_PICTURES = {chr(0x2400 + code): name for code, name in enumerate(_NAMES)} | {"\u2421": "DEL", "\u2424": "NL"}
_PICTURED = re.compile("([\u2400-\u2424])")


class Source(msgspec.Struct, frozen=True):
    """What Typst compiles: files by name, of which `main.typ` is the first.

    Attributes:
        files: Their content.
        covered: Whether the fonts of Typst have every character.
    """

    files: Mapping[str, bytes]
    covered: bool


def source(
    document: Document, template: str, *, language: str, words: Mapping[str, str], note: str
) -> Source:
    """The source of a document.

    Args:
        document: The document.
        template: The functions that it calls.
        language: Its language, as a code of ISO 639.
        words: The words that the Markdown has not: `contents`.
        note: What is noted in the PDF of its origin.
    """
    work = _Setting()
    covered = _COVERED.fullmatch(_letters(document)) is not None
    facts = "".join(f"({_string(label)},{work.content(runs)})," for label, runs in document.facts)
    head = [
        '#import "document.typ": *',
        "#show: dossier.with(",
        f"  title: {_string(document.title)}, language: {_string(language)}, source: {_string(note)},",
        f"  heading-title: {work.content((Run(document.title),))},",
        f"  words: (contents: {_string(words['contents'])}),",
        f"  facts: ({facts}),",
        f"  front: {work.block(document.front)},",
        f"  unseen: {'none' if covered else _UNSEEN},",
        ")",
    ]
    body = [f"#{work.part(part)}" for part in document.parts]
    main = "\n".join([*head, *body, ""])
    files = {MAIN: main.encode(), "document.typ": template.encode(), **work.files}
    return Source(files, covered)


_UNSEEN = (
    '{set text(size: 0.1pt, fill: white); for font in ("Libertinus Serif", "DejaVu Sans Mono") '
    '{ for weight in (400, 700) { for style in ("normal", "italic") '
    '{ text(font: font, weight: weight, style: style, fallback: false, "\\u{e000}") } } }}'
)


def _letters(document: Document) -> str:
    """Every character of a document, each once."""
    found: set[str] = set()
    stack: list[object] = [document]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            found.update(one)
        elif isinstance(one, tuple):
            stack += one
        elif isinstance(one, Drawing):
            found.update(one.svg.decode(errors="replace"))
        elif isinstance(one, msgspec.Struct):
            stack += [
                getattr(one, name) for name in one.__struct_fields__ if name not in ("svg", "data", "anchors")
            ]
    return "".join(sorted(found))


def _string(text: str) -> str:
    """A string literal; what is not printable is written by its number."""
    return (
        '"'
        + "".join(
            f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\u{{{ord(char):x}}}"
            for char in text
        )
        + '"'
    )


class _Setting(msgspec.Struct):
    """One document while it is written; `files` are the drawings and pictures that it shows."""

    files: dict[str, bytes] = msgspec.field(default_factory=dict)
    width: float = WIDTH

    def block(self, parts: Iterable[Part]) -> str:
        """Parts as one value."""
        return f"{{{';'.join(['[]', *map(self.part, parts)])}}}"

    def part(self, part: Part) -> str:  # noqa: C901, PLR0911 - one case for each kind of part
        """One part as an expression."""
        match part:
            case Heading():
                places = "".join(f"{_string(name)}," for name in part.anchors)
                listed = "true" if part.listed else "false"
                return f"part({part.level},{self.content(part.runs)},({places}),{listed})"
            case Paragraph():
                if not part.runs:
                    return "none"
                return f"{'label-of' if part.label else 'par-of'}({self.content(part.runs)})"
            case Listing():
                start = "none" if part.start is None else str(max(0, part.start))
                return f"items({start},{','.join(self._inside(item) for item in part.items)})"
            case Table():
                return self._table(part)
            case Code():
                language = _string(part.language) if re.fullmatch(r"[a-z]{1,12}", part.language) else "none"
                return f"code-of({_lines(part.text)},{language})"
            case Quote():
                return f"quoted({self._inside(part.parts)})"
            case Note():
                return f"note({'true' if part.written else 'false'},{self._inside(part.parts)})"
            case Drawing():
                return self._drawing(part)
            case Picture():
                name = self._file(part.data, part.kind)
                return f"picture({_string(name)},{_string(part.caption)})"
            case Anchor():
                return f"place-of({_string(part.name)})"
            case Rule():
                return "line(length: 100%, stroke: 0.4pt + line-colour)"

    def _inside(self, parts: Iterable[Part]) -> str:
        self.width -= _INDENT
        try:
            return self.block(parts)
        finally:
            self.width += _INDENT

    def content(self, runs: Runs, breaking: Breaking = USUAL) -> str:
        """A line as one value."""
        return f"{{{';'.join(['[]', *(_word(run, breaking) for run in runs)])}}}"

    def _table(self, table: Table) -> str:
        found = layout(table, max(40.0, self.width))
        columns = "".join(f"{width}pt," for width in found.columns)
        aligns = "".join(f"{align}," for align in table.aligns)
        head = "".join(f"{self.content(cell, found.breaking)}," for cell in table.head)
        rows = ",\n".join(",".join(self.content(cell, found.breaking) for cell in row) for row in table.rows)
        return f"grid-of({found.size}pt,({columns}),({aligns}),({head}),\n{rows})"

    def _file(self, data: bytes, kind: str) -> str:
        name = f"{len(self.files)}.{kind}"
        self.files[name] = data
        return name

    def _drawing(self, drawing: Drawing) -> str:
        name = _string(self._file(drawing.svg, "svg"))
        alternative, caption = _string(drawing.caption), self.content((Run(drawing.caption),))
        size = _SIZE.search(drawing.svg)
        view = _VIEW.search(drawing.svg)
        wide, tall = (int(size[1]) * _POINTS, int(size[2]) * _POINTS) if size else (WIDTH, HEIGHT)
        letter = _LETTER * (wide / float(view[1]) if view else _POINTS)
        tallest = HEIGHT - 30.0  # the caption

        def fitting(width: float, height: float) -> float:
            return min(1.0, width / wide, height / tall)

        upright = fitting(self.width, tallest)
        if upright * letter >= _LEGIBLE:
            return f"drawing({name},{wide * upright:.2f}pt,{alternative},{caption})"
        across = min(1.0, self.width / wide)
        if across * letter >= _LEGIBLE:  # it is too long for a page
            bands, at, height = [], 0.0, tall * across
            while at < height:
                bands.append(f"({at:.2f}pt,{min(tallest, height - at):.2f}pt)")
                at += tallest - _OVERLAP if at + tallest < height else height
            return f"banded({name},{wide * across:.2f}pt,({','.join(bands)},),{alternative},{caption})"
        for paper, width, height in (("a4", 734.0, 430.0), ("a3", 1082.0, 680.0)):
            turned = fitting(width, height)
            if turned * letter >= _LEGIBLE or paper == "a3":
                if turned <= upright:
                    break
                inner = f"drawing({name},{wide * turned:.2f}pt,{alternative},{caption})"
                return f"turned({_string(paper)},{inner})"
        return f"drawing({name},{wide * upright:.2f}pt,{alternative},{caption})"


def _lines(text: str) -> str:
    return '"' + "\\n".join(_string(line)[1:-1] for line in text.split("\n")) + '"'


def _word(run: Run, breaking: Breaking) -> str:
    if run.anchor:
        return f"place-of({_string(run.anchor)})"
    if run.text == "\n":
        return "linebreak()"
    found = ";".join(_shown(text, breaking, code=run.code) for text in _PICTURED.split(run.text) if text)
    # The order is that of importance: the link is around everything.
    for holds, name in (
        (run.struck, "strike"),
        (run.emphasis, "emph"),
        (run.strong, "strong"),
        (run.small, "small"),
        (run.raised, "raised"),
    ):
        if holds:
            found = f"{name}({{{found}}})"
    return f"to({_string(run.target)},{{{found}}})" if run.target else found


def _shown(text: str, breaking: Breaking, *, code: bool) -> str:
    if text in _PICTURES:
        return f"sign({_string(_PICTURES[text])})"
    found = ",".join(map(_string, pieces(text, breaking)))
    return f"m({found})" if code else f"w({found})" if "," in found else f"t({found})"


def headings(document: Document) -> list[str]:
    """The titles that are in the contents and in the bookmarks, as text."""
    return [plain(part.runs) for part in document.parts if isinstance(part, Heading) and part.listed]
