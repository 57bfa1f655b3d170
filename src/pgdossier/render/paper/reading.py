"""The finished Markdown of a document -> the parts that paper shows.

As for HTML, the generated text and the blocks of people are read apart from each other, so nothing that
somebody writes into a block has an effect outside of it. Of the HTML in Markdown only what has a meaning on
paper counts; tags never become text, and nothing of it becomes markup of another kind.
"""

from __future__ import annotations

import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin
from msgspec.structs import replace

from pgdossier.authored import blocks
from pgdossier.render.escaping import visible
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

_SCHEMES = frozenset(("http", "https", "mailto"))
_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_LARGEST_PICTURE = 4_000_000  # bytes
_STYLES = {
    **dict.fromkeys(("b", "strong"), "strong"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "emphasis"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    **dict.fromkeys(("sub", "small"), "small"),
    **dict.fromkeys(("s", "del", "strike"), "struck"),
    "sup": "raised",
}
_ENDS_LINE = frozenset(
    (
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "summary",
        "details",
        "table",
        "ul",
        "ol",
        "hr",
    )
)
_SILENT = frozenset(("script", "style", "template", "title"))
_UNFIT = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]")
_SPACES = re.compile(r"[ \t]+")


def read(
    text: str,
    path: str,
    diagrams: Mapping[str, bytes],
    written: frozenset[str],
    file: Callable[[str], bytes | None],
) -> Document:
    """Take a document apart.

    Args:
        text: Its Markdown, all of it on one page.
        path: The page, relative to the output folder.
        diagrams: The SVG of every diagram, by path.
        written: The keys of the blocks that hold people's words.
        file: Gives the bytes of another file of the output folder, or None.

    Raises:
        DossierError: The markers of its blocks are broken.
    """
    page = blocks.read(text, path)
    references: dict[str, object] = {}
    for body in page.bodies.values():
        if "]:" in body:
            _authored().parse(body, {"references": references})
    reader = _Reader(path, diagrams, file)
    start = 0
    for (key, body), (begin, end) in zip(page.bodies.items(), page.spans, strict=True):
        reader.generated(_generated().parse(text[start:begin]))
        reader.note(_authored().parse(body, {"references": dict(references)}), written=key in written)
        start = end
    reader.generated(_generated().parse(text[start:]))
    return reader.document()


@cache
def _generated() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


@cache
def _authored() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).use(gfm_plugin)


def _clean(text: str) -> str:
    """Text that can be shown and stored: on one line, nothing that steers a terminal or the direction."""
    return _UNFIT.sub("\ufffd", visible(text))


class _Reader:
    """One document while it is read."""

    def __init__(self, path: str, diagrams: Mapping[str, bytes], file: Callable[[str], bytes | None]) -> None:
        self._path = path
        self._diagrams = diagrams
        self._file = file
        self._parts: list[Part] = []
        self._level = 0  # of the last heading, of which sections have 1
        self._is_relation = False  # whether this is the section of one
        self._ours = True  # whether the text is generated

    def document(self) -> Document:
        parts = _with_anchors(self._parts)
        title, facts, front, rest = _cover(parts)
        anchors: set[str] = set()
        rest = tuple(_once(part, anchors) for part in rest)
        known = frozenset(anchors)
        return Document(
            title=title,
            facts=tuple((label, _led(runs, known)) for label, runs in facts),
            front=tuple(_leading(part, known) for part in front if not isinstance(part, Anchor)),
            parts=tuple(_leading(part, known) for part in rest),
            anchors=known,
        )

    def generated(self, tokens: Sequence[Token]) -> None:
        """A part of the page between blocks."""
        self._parts += self._all(tokens)

    def note(self, tokens: Sequence[Token], *, written: bool) -> None:
        """The text of one block."""
        self._ours = False
        level = self._level
        parts = _deeper(self._all(tokens), level)
        self._ours, self._level = True, level
        if parts:
            self._parts.append(Note(parts, written))

    # --- blocks ----------------------------------------------------------------------------------

    def _all(self, tokens: Sequence[Token]) -> tuple[Part, ...]:
        found: list[Part] = []
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            if self._ours and self._is_relation and _is_definition(tokens[at : at + 3]):
                end = at + 3
            else:
                found += self._element(tokens[at:end])
            self._is_relation = _is_relation(found, known=self._is_relation)
            at = end
        return tuple(found)

    def _element(self, tokens: Sequence[Token]) -> Iterable[Part]:  # noqa: PLR0911 - one case for each kind
        first, inside = tokens[0], tokens[1:-1]
        kind = first.type.removesuffix("_open")
        if kind == "heading":
            self._level = int(first.tag[1]) - 1
            runs, _ = self._inline(tokens[1])
            return (Heading(self._level, runs, listed=self._ours),)
        if kind == "paragraph":
            return self._paragraph(tokens[1])
        if kind in ("bullet_list", "ordered_list"):
            start = int(first.attrs.get("start", 1)) if kind == "ordered_list" else None
            return (Listing(tuple(self._items(inside)), start),)
        if kind == "table":
            return (self._table(inside),)
        if kind in ("fence", "code_block"):
            return (_code(first),)
        if kind == "html_block":
            return self._html(first.content)
        if kind in ("blockquote", "alert"):
            return (Quote(self._all(inside)),)
        if kind == "alert_title":
            return (Paragraph((Run(_clean(plain(self._inline(tokens[1])[0])), strong=True),), label=True),)
        if kind == "footnote":
            return self._footnote(first, inside)
        if kind == "hr":
            return (Rule(),)
        return self._all(inside) if first.nesting == 1 else ()

    def _paragraph(self, inline: Token) -> Iterable[Part]:
        runs, pictures = self._inline(inline)
        if plain(runs).strip():
            label = all(run.strong or not run.text.strip() for run in runs)
            return (Paragraph(runs, label), *pictures)
        return (*(Anchor(run.anchor) for run in runs if run.anchor), *pictures)

    def _items(self, tokens: Sequence[Token]) -> Iterable[tuple[Part, ...]]:
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            parts = self._all(tokens[at + 1 : end - 1])
            checked = tokens[at].meta.get("checked")
            if checked is not None:
                box = Run("\u2611 " if checked else "\u2610 ")
                head = parts[0] if parts and isinstance(parts[0], Paragraph) else Paragraph(())
                parts = (Paragraph((box, *head.runs)), *parts[1:])
            yield parts
            at = end

    def _table(self, tokens: Sequence[Token]) -> Table:
        rows: list[list[Runs]] = []
        aligns: list[str] = []
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("td_open", "th_open"):
                rows[-1].append(self._inline(tokens[index + 1])[0])
                if len(rows) == 1:
                    align = str(token.attrs.get("style", "")).removeprefix("text-align:")
                    aligns.append(align if align in ("right", "center") else "left")
        return Table(tuple(rows[0]), tuple(map(tuple, rows[1:])), tuple(aligns))

    def _footnote(self, first: Token, inside: Sequence[Token]) -> Iterable[Part]:
        parts = self._all(inside)
        number = Run(f"{int(first.meta['id']) + 1} ", raised=True)
        if parts and isinstance(parts[0], Paragraph):
            return (Paragraph((number, *parts[0].runs)), *parts[1:])
        return (Paragraph((number,)), *parts)

    def _html(self, content: str) -> Iterable[Part]:
        words = _Words(self._target, anchored=self._ours)
        words.feed(content)
        words.close()
        found: list[Part] = []
        for is_end, runs in groupby(words.runs, lambda run: run.text == "\n"):
            line = _tidied(tuple(runs))
            if not is_end and plain(line).strip():
                found.append(Paragraph(line, label=all(run.strong for run in line)))
        return found

    # --- lines -----------------------------------------------------------------------------------

    def _inline(self, token: Token) -> tuple[Runs, tuple[Part, ...]]:
        """The text of a line, and the pictures in it, which stand below it on paper."""
        words = _Words(self._target, anchored=self._ours)
        pictures: list[Part] = []
        for child in token.children or ():
            self._word(child, words, pictures)
        return _tidied(tuple(words.runs)), tuple(pictures)

    def _word(self, child: Token, words: _Words, pictures: list[Part]) -> None:
        kind = child.type
        if kind in ("text", "text_special"):
            words.add(child.content)
        elif kind == "code_inline":
            words.add(child.content, code=True)
        elif kind == "softbreak":
            words.add(" ")
        elif kind == "hardbreak":
            words.end_line()
        elif kind == "html_inline":
            words.feed(child.content)
        elif kind == "image":
            picture = self._picture(child)
            if picture is not None:
                pictures.append(picture)
            else:
                words.add(plain(self._inline(child)[0]))
        elif kind == "footnote_ref":
            words.add(str(int(child.meta["id"]) + 1), raised=True)
        elif kind == "link_open":
            words.open("a", str(child.attrs.get("href", "")))
        elif child.nesting == 1:
            words.open(child.tag)
        elif child.nesting == -1:
            words.shut(child.tag)

    def _picture(self, token: Token) -> Part | None:
        caption = plain(self._inline(token)[0])
        path = self._file_of(str(token.attrs.get("src", "")))
        if path is None:
            return None
        svg = self._diagrams.get(path)
        if svg is not None:
            return Drawing(svg, caption)
        kind = _KINDS.get(mimetypes.guess_type(path, strict=True)[0] or "")
        data = self._file(path) if kind else None
        if kind is None or data is None or len(data) > _LARGEST_PICTURE:
            return None
        return Picture(data, kind, caption)

    def _file_of(self, address: str) -> str | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path or address.startswith(("/", "\\")):
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), unquote(parts.path)))
        return None if path.startswith("../") else path

    def _target(self, address: str) -> str | None:
        """Where a link leads on paper: to a place of the document, or to the web. A file goes not along."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        if parts.scheme.lower() in _SCHEMES:
            return _clean(address)
        if parts.scheme or parts.netloc or not parts.fragment:
            return None
        return (
            f"#{unquote(parts.fragment)}" if not parts.path or self._file_of(address) == self._path else None
        )


class _Words(HTMLParser):
    """The words of a line, with what tags say of their looks."""

    def __init__(self, target: Callable[[str], str | None], *, anchored: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._anchored = anchored
        self._find = target
        self._open: list[tuple[str, str | None]] = []  # tags, with the target of a link
        self._silent = 0

    def add(self, text: str, **looks: Any) -> None:
        """Some words as they are."""
        if self._silent or not text:
            return
        looks |= {_STYLES[tag]: True for tag, _ in self._open if tag in _STYLES}
        target = next((target for tag, target in reversed(self._open) if tag == "a" and target), None)
        self.runs.append(replace(Run(_clean(text), target=target), **looks))

    def end_line(self) -> None:
        """What follows stands on the next line."""
        self.runs.append(Run("\n"))

    def open(self, tag: str, address: str = "") -> None:
        """A look, or a link, begins."""
        self._open.append((tag, self._find(address) if address else None))

    def shut(self, tag: str) -> None:
        """It ends, and with it what was opened inside of it."""
        tags = [known for known, _ in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._anchored and (name := values.get("id")):
            self.runs.append(Run("", anchor=name))
        if tag in _SILENT:
            self._silent += 1
        if tag in _ENDS_LINE or tag == "br":
            self.end_line()
        if tag == "summary":
            self.open("strong")
        elif tag in ("td", "th"):
            self.add(" ")
        elif tag == "a" or tag in _STYLES:
            self.open(tag, values.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        self.shut("strong" if tag == "summary" else tag)
        if tag in _ENDS_LINE:
            self.end_line()

    def handle_data(self, data: str) -> None:
        self.add(_SPACES.sub(" ", data.replace("\n", " ")))


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the element ends that begins at this token."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index + 1
    return len(tokens)


def _is_relation(parts: Sequence[Part], *, known: bool) -> bool:
    """Whether the section that the last of these parts stands in is that of a relation."""
    if not parts or not isinstance(parts[-1], Heading) or parts[-1].level > 2:
        return known
    before = parts[-2] if len(parts) > 1 else None
    return isinstance(before, Anchor) and before.name.startswith("relation-")


def _is_definition(tokens: Sequence[Token]) -> bool:
    """Whether this is the SQL of a relation, which stands in schema.sql; of paper it would be a third."""
    kinds = [token.type for token in tokens]
    return (
        kinds == ["html_block", "fence", "html_block"]
        and tokens[0].content.startswith("<details>")
        and tokens[1].info.strip() == "sql"
        and tokens[2].content.strip() == "</details>"
    )


def _code(token: Token) -> Code:
    lines = [_clean(line.expandtabs(4)) for line in token.content.rstrip("\n").split("\n")]
    language = token.info.strip().split(" ")[0] if token.type == "fence" else ""
    return Code("\n".join(lines), language)


def _tidied(runs: Runs) -> Runs:
    """Runs of the same look as one, and no white space or line ends around them."""
    anchors = tuple(run for run in runs if run.anchor)
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if run.anchor:
            continue
        if last is not None and "\n" not in (run.text, last.text) and replace(last, text=run.text) == run:
            found[-1] = replace(last, text=last.text + run.text)
        elif run.text != "\n" or (last is not None and last.text != "\n"):
            found.append(run)
    while found and not found[-1].code and not found[-1].text.strip():
        found.pop()
    while found and not found[0].code and not found[0].text.strip():
        found.pop(0)
    return (*anchors, *found)


def _deeper(parts: tuple[Part, ...], level: int) -> tuple[Part, ...]:
    """People's headings below the section that they stand in; no anchors, which are ours."""
    top = min((part.level for part in parts if isinstance(part, Heading)), default=0)
    return tuple(
        replace(part, level=min(6, part.level - top + level + 1)) if isinstance(part, Heading) else part
        for part in parts
        if not isinstance(part, Anchor)
    )


def _with_anchors(parts: Sequence[Part]) -> list[Part]:
    """Anchors that stand before a heading become those of the heading."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, Heading):
            names: list[str] = []
            while found and isinstance(last := found[-1], Anchor):
                names.insert(0, last.name)
                found.pop()
            found.append(replace(part, anchors=tuple(names)))
        else:
            found.append(part)
    return found


def _cover(
    parts: Sequence[Part],
) -> tuple[str, list[tuple[str, Runs]], list[Part], tuple[Part, ...]]:
    """Title, title block, and what else stands before the first section, without the contents."""
    first = next(
        (at for at, part in enumerate(parts) if isinstance(part, Heading) and part.level > 0), len(parts)
    )
    title = ""
    facts: list[tuple[str, Runs]] = []
    front: list[Part] = []
    for at, part in enumerate(parts[:first]):
        if isinstance(part, Heading):
            title = title or plain(part.runs)
        elif isinstance(part, Table) and not facts:
            facts = [(plain(row[0]), row[-1]) for row in part.rows]
        elif not _is_contents(part) and not (
            isinstance(part, Paragraph) and part.label and at + 1 < first and _is_contents(parts[at + 1])
        ):
            front.append(part)
    return title, facts, front, tuple(parts[first:])


def _is_contents(part: Part) -> bool:
    if not isinstance(part, Listing) or not part.items or not part.items[0]:
        return False
    first = part.items[0][0]
    return isinstance(first, Paragraph) and [run.target for run in first.runs] == ["#section-1"]


def _once(part: Part, known: set[str]) -> Part:
    """The part without anchors that there are already."""

    def first(runs: Runs) -> Runs:
        kept = []
        for run in runs:
            if not run.anchor or run.anchor not in known:
                kept.append(run)
            known.add(run.anchor)
        return tuple(kept)

    if isinstance(part, Heading):
        names = tuple(name for name in dict.fromkeys(part.anchors) if name not in known)
        known.update(names)
        return replace(part, anchors=names)
    if isinstance(part, Anchor):
        if part.name in known:
            return Paragraph(())
        known.add(part.name)
        return part
    return _mapped(part, first)


def _leading(part: Part, anchors: frozenset[str]) -> Part:
    """The part without links to places that there are not."""
    return _mapped(part, lambda runs: _led(runs, anchors))


def _led(runs: Runs, anchors: frozenset[str]) -> Runs:
    return tuple(
        replace(run, target=None)
        if run.target and run.target[0] == "#" and run.target[1:] not in anchors
        else run
        for run in runs
    )


def _mapped(part: Part, change: Callable[[Runs], Runs]) -> Part:
    """The part with all its texts changed, in their order."""
    if isinstance(part, Heading | Paragraph):
        return replace(part, runs=change(part.runs))
    if isinstance(part, Quote | Note):
        return replace(part, parts=tuple(_mapped(inner, change) for inner in part.parts))
    if isinstance(part, Listing):
        return replace(
            part, items=tuple(tuple(_mapped(inner, change) for inner in item) for item in part.items)
        )
    if isinstance(part, Table):
        return replace(
            part,
            head=tuple(map(change, part.head)),
            rows=tuple(tuple(map(change, row)) for row in part.rows),
        )
    return part
