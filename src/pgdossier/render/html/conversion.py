"""A Markdown page -> the content of an HTML page: sections, tables, code, diagrams, people's text.

The generated parts and the blocks of people are converted apart from each other, so nothing that somebody
writes into a block (an HTML comment or a code fence that is not closed) has an effect outside of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import msgspec
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin

from pgdossier.authored import blocks
from pgdossier.render.html import sanitising
from pgdossier.render.html.highlighting import highlighted
from pgdossier.render.html.words import word

_ANCHOR = re.compile(r'<a id="([\w.\-]+)">\Z')
_DRAWING = re.compile(r'<figure class="drawing" data-drawing="(\d+)"></figure>')
_NUMBER = re.compile(r"(\d+(?:\.[0-9A-Z]+)*)\.? ")
_MARK = re.compile(r"(?<![\w>])(PK|UQ|ID|GEN|PART|FK)(?![\w<])")
_LONG_RUN = 20  # characters without a space from which on a name may be broken in its table
_LONG_PIECE = 24  # those of a part of it that may be broken anywhere
_PIECES = re.compile(r"(?<=[._,:/\-])(?=\w)")
_MANY_CELLS = 8  # from so many columns upward a table scrolls sideways in a frame of its own


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """A heading that can be linked: its level, anchor, number (perhaps empty) and text."""

    level: int
    anchor: str
    number: str
    text: str


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """The anchors that the rows of a relation's section are to get, by the name that stands in them."""

    columns: Mapping[str, str]
    indexes: Mapping[str, str]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a page needs to know of the other files.

    Attributes:
        address: Turns the address of a link of this page into the one that it has in HTML; None for no link.
        drawing: Gives a diagram as an element, by the address that the page has for it; None: none such.
        picture: Turns the address of any other picture into the one that it has in HTML, None for no picture.
        rows: What rows are to be found in the section with an anchor.
        paragraphs: Anchors for paragraphs that begin with bold words, by a code span in them.
        written: The keys of the blocks with people's words.
    """

    address: Callable[[str], str | None]
    drawing: Callable[[str], str | None]
    picture: Callable[[str], str | None]
    rows: Mapping[str, Rows] = msgspec.field(default_factory=dict)
    paragraphs: Mapping[str, str] = msgspec.field(default_factory=dict)
    written: frozenset[str] = frozenset()


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a page: its title as text, its HTML, and its headings."""

    title: str
    html: str
    headings: tuple[Heading, ...]


def convert(text: str, path: str, around: Surroundings) -> Content:
    """Convert one page.

    Args:
        text: Its Markdown.
        path: Where it stands, for messages.
        around: What it needs to know of the other files.

    Raises:
        DossierError: The markers of its blocks are broken.
    """
    page = blocks.read(text, path)
    work = _Conversion(around)
    start = 0
    notes = _references(page.bodies.values())
    for index, ((key, body), (begin, end)) in enumerate(zip(page.bodies.items(), page.spans, strict=True)):
        work.generated(text[start:begin])
        work.note(body, index, notes, written=key in around.written)
        start = end
    work.generated(text[start:])
    return work.content()


@cache
def _generated() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable("table")


@cache
def _authored() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).use(gfm_plugin)


def _renderer() -> _Renderer:
    renderer = _generated().renderer
    assert isinstance(renderer, _Renderer)  # noqa: S101 - what `_generated` was given
    return renderer


def _references(bodies: Any) -> dict[str, Any]:
    """The link references that people define, which hold in all blocks of a page."""
    found: dict[str, Any] = {}
    for body in bodies:
        if "]:" in body:
            _authored().parse(body, {"references": found})
    return found


class _Renderer(RendererHTML):
    """HTML without style attributes, with code coloured and links led on.

    The environment of a rendering has `around`, the surroundings of the page; `authored` for people's text,
    and `in_table` in a table.
    """

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        language = tokens[idx].info.strip().split(" ")[0]
        return f'<pre class="code"><code>\n{highlighted(tokens[idx].content, language)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<pre class="code"><code>\n{escape(tokens[idx].content, quote=False)}</code></pre>\n'

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        content = tokens[idx].content
        if "in_table" not in env:
            return f"<code>{escape(content, quote=False)}</code>"
        # A long name may be broken where its words end, and something long without words anywhere.
        pieces = (
            _PIECES.split(content) if max(map(len, content.split()), default=0) > _LONG_RUN else [content]
        )
        long = ' class="long"' if max(map(len, " ".join(pieces).split()), default=0) > _LONG_PIECE else ""
        return f"<code{long}>{'<wbr>'.join(escape(piece, quote=False) for piece in pieces)}</code>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        if "authored" not in env:  # theirs are led on by the gate, with those that they write as HTML
            target = env["around"].address(str(tokens[idx].attrs.get("href", "")))
            if target is None:
                tokens[idx].attrs.pop("href", None)
            else:
                tokens[idx].attrs["href"] = target
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        source = str(tokens[idx].attrs.get("src", ""))
        label = escape(self.renderInlineAsText(tokens[idx].children or (), options, env))
        picture = env["around"].picture(source)
        if picture is None:  # nothing is loaded from elsewhere: it can be followed
            return f'<a href="{escape(source)}">{label or escape(source)}</a>'
        shown = source if "authored" in env else picture
        return f'<img src="{escape(shown)}" alt="{label}">'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        align = str(tokens[idx].attrs.get("style", "")).removeprefix("text-align:")
        aligned = f' align="{align}"' if align in ("right", "center") else ""
        scope = ' scope="col"' if tokens[idx].tag == "th" else ""
        return f"<{tokens[idx].tag}{scope}{aligned}>"

    th_open = td_open


class _Conversion:
    """One page while it is converted; its parts come in their order."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._env: dict[str, Any] = {"around": around}
        self._parts: list[str] = []
        self._drawings: list[str] = []
        self._headings: list[Heading] = []
        self._anchors: list[str] = []
        self._open: list[int] = []  # the levels of the sections that are open
        self._level = 1
        self._title = ""
        self._is_relation = False
        self._columns: dict[str, str] = {}
        self._indexes: dict[str, str] = {}
        self._paragraphs = dict(around.paragraphs)

    def content(self) -> Content:
        self._flush_anchors()
        self._close(0)
        html = sanitising.page("".join(self._parts))
        html = _DRAWING.sub(lambda found: self._drawings[int(found[1])], html)
        return Content(title=self._title, html=html, headings=tuple(self._headings))

    # --- people's text ---------------------------------------------------------------------------

    def note(self, body: str, index: int, references: dict[str, Any], *, written: bool) -> None:
        """The text of one block."""
        env = {"references": references, "docId": f"n{index}", "around": self._around, "authored": True}
        tokens = _authored().parse(body, env)
        levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
        down = self._level + 1 - min(levels, default=1)
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) + down)}"
        html = _authored().renderer.render(tokens, _authored().options, env)
        html = sanitising.authored(html, self._around.address, self._around.picture)
        if html.strip():
            self._parts.append(f'<div class="note{"" if written else " open"}">{html}</div>\n')

    # --- generated text --------------------------------------------------------------------------

    def generated(self, text: str) -> None:
        """A part of the page between blocks."""
        tokens = _generated().parse(text)
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            self._element(tokens[at:end], tokens[end:])
            at = end

    def _element(self, tokens: Sequence[Token], after: Sequence[Token]) -> None:
        first = tokens[0]
        if first.type == "heading_open":
            self._heading(int(first.tag[1]), tokens[1])
        elif first.type == "paragraph_open":
            self._paragraph(tokens, after)
        elif first.type == "table_open":
            self._table(tokens)
        elif first.type == "html_block":
            self._html(first.content, after)
        else:
            self._flush_anchors()
            is_contents = self._level == 1 and first.type == "bullet_list_open" and self._is_contents(tokens)
            html = self._rendered(tokens)
            self._parts.append(f'<div class="on-paper">{html}</div>\n' if is_contents else html)

    def _rendered(self, tokens: Sequence[Token]) -> str:
        return str(_generated().renderer.render(tokens, _generated().options, self._env))

    def _inline(self, token: Token) -> str:
        return _renderer().renderInline(token.children or (), _generated().options, self._env)

    def _heading(self, level: int, inline: Token) -> None:
        self._close(level)
        label = self._inline(inline)
        text = _plain(inline)
        anchor = self._anchors[-1] if self._anchors else ""
        for other in self._anchors[:-1]:
            self._parts.append(f'<a id="{other}"></a>')
        self._anchors = []
        if level > 1:
            self._parts.append(f'<section class="level{level}">\n')
            self._open.append(level)
        else:
            self._title = self._title or text
        number = _NUMBER.match(label)
        digits = number[1] if number else ""
        label = label[number.end() :] if number else label
        shown = f'<span class="number">{digits}</span> {label}' if number else label
        self._parts.append(f"<h{level}{_id(anchor)}>{shown}</h{level}>\n")
        self._level = level
        if anchor:
            plain = _NUMBER.sub("", text, count=1) if number else text
            self._headings.append(Heading(level=level, anchor=anchor, number=digits, text=plain))
        rows = self._around.rows.get(anchor)
        if rows is not None or level < 4:
            self._is_relation = rows is not None
            self._columns = dict(rows.columns) if rows else {}
            self._indexes = dict(rows.indexes) if rows else {}

    def _close(self, level: int) -> None:
        """Close the sections that a heading of this level ends."""
        while self._open and self._open[-1] >= level:
            self._parts.append("</section>\n")
            self._open.pop()

    def _flush_anchors(self) -> None:
        self._parts += [f'<a id="{anchor}"></a>' for anchor in self._anchors]
        self._anchors = []

    def _paragraph(self, tokens: Sequence[Token], after: Sequence[Token]) -> None:
        children = tokens[1].children or []
        if (anchor := _only_anchor(children)) is not None:
            self._anchors.append(anchor)
            return
        if (drawing := self._drawing(children)) is not None:
            self._parts.append(f'<figure class="drawing" data-drawing="{len(self._drawings)}"></figure>\n')
            self._drawings.append(drawing)
            return
        self._flush_anchors()
        bold = bool(children) and children[0].type == "text" and not children[0].content and len(children) > 1
        opening = children[1] if bold else children[0] if children else None
        if opening is None or opening.type != "strong_open":
            self._parts.append(self._rendered(tokens))
            return
        anchor = next(
            (
                self._paragraphs.pop(child.content)
                for child in children
                if child.type == "code_inline" and child.content in self._paragraphs
            ),
            "",
        )
        alone = next(index for index, child in enumerate(children) if child.type == "strong_close")
        rest = "".join(
            child.content for child in children[alone + 1 :] if child.type in ("text", "softbreak")
        )
        if anchor or not (rest.strip() or len(children) > alone + 2):
            level = min(6, self._level + 1)
            html = self._inline(tokens[1])
            if not anchor:
                html = html.replace("<strong>", "").replace("</strong>", "")
            on_paper = self._level == 1 and bool(after) and self._is_contents(after)
            name = "label on-paper" if on_paper else "label"
            self._parts.append(f'<h{level}{_id(anchor)} class="{name}">{html}</h{level}>\n')
        else:
            self._parts.append(self._rendered(tokens))

    @staticmethod
    def _is_contents(tokens: Sequence[Token]) -> bool:
        """Whether a list follows that is the contents of the document, which the page has beside it."""
        inline = next((token for token in tokens[:6] if token.type == "inline"), None)
        links = (
            [child.attrs.get("href") for child in (inline.children or []) if child.type == "link_open"]
            if inline
            else []
        )
        return links == ["#section-1"]

    def _drawing(self, children: Sequence[Token]) -> str | None:
        kinds = [child.type for child in children]
        if kinds not in (["link_open", "image", "link_close"], ["image"]):
            return None
        image = children[kinds.index("image")]
        svg = self._around.drawing(str(image.attrs.get("src", "")))
        if svg is None:
            return None
        caption = escape(_renderer().renderInlineAsText(image.children or (), _generated().options, {}))
        return (
            f'<figure class="drawing"><div class="canvas">{svg}</div>'
            f"<figcaption>{caption}</figcaption></figure>"
        )

    def _html(self, content: str, after: Sequence[Token]) -> None:
        self._flush_anchors()
        is_sql = bool(after) and after[0].type == "fence" and after[0].info.strip() == "sql"
        if is_sql and content.startswith("<details>"):
            name = "definition" if self._is_relation else "sql"
            content = content.replace("<details>", f'<details class="{name}">', 1)
        self._parts.append(content)

    # --- tables ----------------------------------------------------------------------------------

    def _table(self, tokens: Sequence[Token]) -> None:
        self._flush_anchors()
        cells: list[tuple[Token, Token]] = []
        body: list[list[tuple[Token, Token]]] = []
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                cells = []
            elif token.type in ("td_open", "th_open"):
                cells.append((token, tokens[index + 1]))
            elif token.type == "tr_close":
                body.append(cells)
        head, body = body[0], body[1:]
        self._env["in_table"] = True
        names = [_plain(inline) for _, inline in head]
        untitled = not any(names)
        anchors = self._row_anchors(body)
        wide = " wide" if len(head) > _MANY_CELLS else ""
        facts = " facts" if untitled and len(head) == 2 else ""
        reach = f' tabindex="0" role="group" aria-label="{escape(word("table"))}"' if wide else ""
        lines = [f'<div class="table{wide}"{reach}><table class="rows{facts}">\n']
        if not untitled:
            titles = "".join(
                f'<th scope="col"{_aligned(cell)}>{self._inline(inline) or _hidden(word("marks"))}</th>'
                for cell, inline in head
            )
            lines.append(f"<thead><tr>{titles}</tr></thead>\n")
        lines.append("<tbody>\n")
        marked = bool(anchors) and not names[0]
        for anchor, row in zip(anchors or [""] * len(body), body, strict=True):
            shown = []
            for index, (cell, inline) in enumerate(row):
                html = self._inline(inline)
                if marked and index == 0:
                    html = _MARK.sub(_explained, html)
                if facts and index == 0:
                    shown.append(f'<th scope="row">{html}</th>')
                else:
                    shown.append(f"<td{_aligned(cell)}>{html}</td>")
            lines.append(f"<tr{_id(anchor)}>{''.join(shown)}</tr>\n")
        lines.append("</tbody></table></div>\n")
        del self._env["in_table"]
        self._parts += lines

    def _row_anchors(self, body: Sequence[Sequence[tuple[Token, Token]]]) -> list[str]:
        """The anchors of the rows, when this is the table of a relation's columns, or of its indexes."""
        for place, wanted in ((1, self._columns), (0, self._indexes)):
            if not wanted:
                continue
            names = [_only_code(row[place][1]) if len(row) > place else None for row in body]
            if any(name in wanted for name in names if name is not None):
                found = [wanted.get(name or "", "") for name in names]
                wanted.clear()
                return found
            if wanted is self._columns:
                return []
        return []


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the element ends that begins at this token."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index + 1
    return len(tokens)


def _plain(inline: Token) -> str:
    return "".join(
        child.content
        for child in inline.children or []
        if child.type in ("text", "code_inline", "text_special")
    )


def _only_anchor(children: Sequence[Token]) -> str | None:
    found = [child for child in children if not (child.type == "text" and not child.content)]
    if len(found) == 2 and all(child.type == "html_inline" for child in found) and found[1].content == "</a>":
        match = _ANCHOR.match(found[0].content)
        return match[1] if match else None
    return None


def _only_code(inline: Token) -> str | None:
    """The content of a cell that is one code span and nothing else."""
    found = [child for child in inline.children or [] if not (child.type == "text" and not child.content)]
    return found[0].content if len(found) == 1 and found[0].type == "code_inline" else None


def _id(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _aligned(cell: Token) -> str:
    align = str(cell.attrs.get("style", "")).removeprefix("text-align:")
    return {"right": ' class="right"', "center": ' class="center"'}.get(align, "")


def _hidden(text: str) -> str:
    return f'<span class="unseen">{escape(text)}</span>'


def _explained(found: re.Match[str]) -> str:
    return f'<abbr class="mark" title="{escape(word(found[1]))}">{found[1]}</abbr>'
