"""The parts of a document -> the document tree that pandoc takes as JSON.

Texts stand in it as values, so nothing of them is markup. What pandoc has no word for (the contents with
their field, breaks of pages) is WordprocessingML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

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
from pgdossier.render.paper.widths import layout

Node = dict[str, Any]

_VERSION = [1, 23]  # of the types of pandoc's tree
_WIDTH, _HEIGHT = 487.0, 640.0  # what a picture may take of a page, in points
_PLAIN: list[Any] = ["", [], []]
_ALIGNS = {"left": "AlignLeft", "center": "AlignCenter", "right": "AlignRight"}
_PAGE_BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A document for pandoc: its tree as JSON, and the pictures that it shows, by file name."""

    json: bytes
    pictures: Mapping[str, bytes]


def tree(
    document: Document,
    draw: Callable[[Drawing], tuple[bytes, float, float]],
    *,
    language: str,
    words: Mapping[str, str],
    note: str,
) -> Tree:
    """The tree of a document.

    Args:
        document: The document.
        draw: Gives a drawing as PNG, with its width and height in points.
        language: Its language, as a code of ISO 639.
        words: The words that the Markdown has not: `contents`.
        note: What is noted in the file of its origin.

    Raises:
        DossierError: A drawing cannot be made.
    """
    # Bookmarks of Word have at most forty letters.
    names = {anchor: f"place{number}" for number, anchor in enumerate(sorted(document.anchors), start=1)}
    work = _Writing(names, draw)
    facts = Table(
        ((), ()), tuple(((Run(label, strong=True),), fact) for label, fact in document.facts), ("left",) * 2
    )
    blocks = [
        *([work.table(facts)] if document.facts else []),
        *work.blocks(document.front),
        _raw(_PAGE_BREAK),
        _raw(_contents(document, names, words["contents"])),
        _raw(_PAGE_BREAK),
        *work.blocks(document.parts),
    ]
    meta = {
        "title": {"t": "MetaInlines", "c": [_text(document.title)]},
        "keywords": {"t": "MetaList", "c": [{"t": "MetaInlines", "c": [_text(note)]}]},
        "lang": {"t": "MetaInlines", "c": [_text(language)]},
    }
    made = {"pandoc-api-version": _VERSION, "meta": meta, "blocks": blocks}
    return Tree(json=msgspec.json.encode(made), pictures=work.pictures)


def _contents(document: Document, names: Mapping[str, str], title: str) -> str:
    """The contents: a field that Word fills with page numbers, and until then the titles themselves."""
    listed = [
        part
        for part in document.parts
        if isinstance(part, Heading) and part.listed and part.level <= 2 and part.anchors
    ]
    lines = [f'<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>{escape(title)}</w:t></w:r></w:p>']
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve">'
        'TOC \\o "1-2" \\h \\z \\u</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for part in listed:
        link = (
            f"<w:hyperlink w:anchor={quoteattr(names[part.anchors[-1]])}><w:r>"
            f'<w:t xml:space="preserve">{escape(plain(part.runs))}</w:t></w:r></w:hyperlink>'
        )
        lines.append(f'<w:p><w:pPr><w:pStyle w:val="TOC{part.level}"/></w:pPr>{begin}{link}</w:p>')
        begin = ""
    if not begin:
        lines.append('<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
    return "".join(lines)


def _raw(xml: str) -> Node:
    return {"t": "RawBlock", "c": ["openxml", xml]}


def _text(text: str) -> Node:
    return {"t": "Str", "c": text}


def _para(inlines: list[Node]) -> Node:
    return {"t": "Para", "c": inlines}


def _compact(blocks: list[Node]) -> list[Node]:
    """What an item of a list holds; its own line is no paragraph."""
    if not blocks or blocks[0]["t"] != "Para":
        return blocks or [_para([])]
    return [{"t": "Plain", "c": blocks[0]["c"]}, *blocks[1:]]


def _styled(style: str, blocks: list[Node]) -> Node:
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], blocks]}


class _Writing(msgspec.Struct):
    """One document while it is written."""

    names: Mapping[str, str]
    draw: Callable[[Drawing], tuple[bytes, float, float]]
    pictures: dict[str, bytes] = msgspec.field(default_factory=dict)

    def blocks(self, parts: Iterable[Part]) -> list[Node]:
        return [node for part in parts for node in self.part(part)]

    def part(self, part: Part) -> list[Node]:  # noqa: C901, PLR0911 - one case for each kind of part
        match part:
            case Heading():
                return [self._heading(part)]
            case Paragraph():
                if not part.runs:
                    return []
                line = _para(self.line(part.runs))
                return [_styled("Label", [line])] if part.label else [line]
            case Listing():
                items = [_compact(self.blocks(item)) for item in part.items]
                if part.start is None:
                    return [{"t": "BulletList", "c": items}]
                return [{"t": "OrderedList", "c": [[part.start, {"t": "Decimal"}, {"t": "Period"}], items]}]
            case Table():
                return [self.table(part)]
            case Code():
                return [{"t": "CodeBlock", "c": [_PLAIN, part.text]}]
            case Quote():
                return [{"t": "BlockQuote", "c": self.blocks(part.parts)}]
            case Note():
                return [_styled("Note" if part.written else "Question", self.blocks(part.parts))]
            case Drawing():
                data, wide, tall = self.draw(part)
                return [self._figure(data, "png", part.caption, wide, tall)]
            case Picture():
                return [self._figure(part.data, part.kind, part.caption, None, None)]
            case Anchor():
                return [_para([self._place(part.name)])]
            case Rule():
                return [{"t": "HorizontalRule"}]

    def _heading(self, part: Heading) -> Node:
        name = self.names[part.anchors[-1]] if part.anchors else ""
        before = [self._place(anchor) for anchor in part.anchors[:-1]]
        attributes = [name, [], []]
        if not part.listed:  # no title of the document, so no place in its contents
            return _styled("Label", [_para([*before, *self.line(part.runs)])])
        return {"t": "Header", "c": [part.level, attributes, [*before, *self.line(part.runs)]]}

    def _place(self, anchor: str) -> Node:
        return {"t": "Span", "c": [[self.names[anchor], [], []], []]}

    def _figure(self, data: bytes, kind: str, caption: str, wide: float | None, tall: float | None) -> Node:
        name = f"{len(self.pictures) + 1:05}.{kind}"
        self.pictures[name] = data
        if wide and tall:
            scale = min(1.0, _WIDTH / wide, _HEIGHT / tall)
            size = [["width", f"{wide * scale / 72:.3f}in"], ["height", f"{tall * scale / 72:.3f}in"]]
        else:
            size = []
        image = {"t": "Image", "c": [["", [], size], [_text(caption)], [name, ""]]}
        return {
            "t": "Figure",
            "c": [_PLAIN, [None, [{"t": "Plain", "c": [_text(caption)]}]], [{"t": "Plain", "c": [image]}]],
        }

    def table(self, table: Table) -> Node:
        found = layout(table, _WIDTH)
        whole = sum(found.columns) or 1.0
        columns = [
            [{"t": _ALIGNS[align]}, {"t": "ColWidth", "c": round(width / whole, 5)}]
            for align, width in zip(table.aligns, found.columns, strict=True)
        ]
        head = [self._row(table.head, strong=True)] if any(map(plain, table.head)) else []
        rows = [self._row(row) for row in table.rows]
        parts = [_PLAIN, [None, []], columns, [_PLAIN, head], [[_PLAIN, 0, [], rows]], [_PLAIN, []]]
        return {"t": "Table", "c": parts}

    def _row(self, cells: Iterable[Runs], *, strong: bool = False) -> list[Any]:
        made = []
        for cell in cells:
            line = self.line(cell)
            inner = [{"t": "Strong", "c": line}] if strong and line else line
            content = [_styled("Table Text", [_para(inner)])]
            made.append([_PLAIN, {"t": "AlignDefault"}, 1, 1, content])
        return [_PLAIN, made]

    def line(self, runs: Runs) -> list[Node]:
        """A line of text."""
        return [self._run(run) for run in runs]

    def _run(self, run: Run) -> Node:
        if run.anchor:
            return self._place(run.anchor)
        if run.text == "\n":
            return {"t": "LineBreak"}
        node: Node = {"t": "Code", "c": [_PLAIN, run.text]} if run.code else _text(run.text)
        for holds, name in (
            (run.struck, "Strikeout"),
            (run.emphasis, "Emph"),
            (run.strong, "Strong"),
            (run.raised, "Superscript"),
        ):
            if holds:
                node = {"t": name, "c": [node]}
        if run.small:
            node = {"t": "Span", "c": [["", [], [["custom-style", "Aside"]]], [node]]}
        if run.target is None:
            return node
        place = f"#{self.names[run.target[1:]]}" if run.target[0] == "#" else run.target
        return {"t": "Link", "c": [_PLAIN, [node], [place, ""]]}
