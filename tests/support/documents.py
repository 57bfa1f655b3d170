"""Reads a generated document the way its readers' programs do, and says what is wrong with it.

`problems` checks the structure of every Markdown and SVG file of a folder; `sections` gives what a reader
sees of one relation, so that a test can look for names and comments where they belong.
"""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pgdossier.authored import blocks
from pgdossier.errors import DossierError
from pgdossier.language import tr
from pgdossier.render.links import section_anchor
from pgdossier.render.sections import LISTS, TITLES

_ID = re.compile(r'<a id="([^"]*)">')
# A pipe with a backslash before it ends no cell, whatever stands before that; GitHub and markdown-it agree.
_PIPE = re.compile(r"(?<!\\)\|")
# What may stand in the Markdown as HTML; all else has come from somewhere it should not have come from.
_ALLOWED_HTML = re.compile(r'<(br|sub|/sub|details|/details|summary|/summary|/a|a id="[a-z0-9_.-]+")>')
_MARKER = re.compile(r"<!-- (?:authored: \S+|/authored) -->\n?")
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# What a file may be called so that Windows, macOS, Linux, Git and URLs agree on it.
_PORTABLE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?<!\.)\Z")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
_VOID = {"br", "img", "hr"}
# What the tool knows about its own files; nobody reads it.
_MANIFEST = ".pgdossier.json"
_HEADING = re.compile(r"(#{1,6}) ")
# Characters that make text read in another order than it is written.
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
# GitHub shows no Mermaid diagram beyond these: characters of text, and edges.
_MERMAID_TEXT, _MERMAID_EDGES = 50_000, 500


@dataclass
class Section:
    """What a reader sees between two places of a page.

    Attributes:
        codes: The contents of its code spans, outside fences.
        lines: The text of each paragraph, heading and table cell, white space folded, markup gone.
        tables: Its tables: rows of cells as text, the header first.
        fences: The contents of its fenced blocks.
    """

    codes: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    fences: list[str] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """All that is read outside fences, on one line."""
        return " ".join(self.lines)

    def holds(self, comment: str) -> bool:
        """Whether a comment of the database can be read here."""
        return as_read(comment) in self.text


@dataclass(slots=True)
class Parsed:
    """One Markdown file: its tokens, the anchors that it defines, the addresses that it points to."""

    path: str
    text: str
    tokens: list[Token]
    anchors: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)


def as_read(text: str) -> str:
    """Text of the database as a reader can see it: white space folded, control characters as pictures.

    Direction overrides are shown as replacement characters. Written apart from the renderer, on purpose.
    """
    lines = re.split("\r\n|\r|\n", text)
    return " ".join(" ".join(shown_name(line.strip()) for line in lines).split())


def shown_name(name: str) -> str:
    """A name as a code span shows it: every control character visible, nothing folded."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(_picture(char) for char in name)


def _picture(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code in (0x85, 0x2028, 0x2029):
        return "\u2424"
    if unicodedata.bidirectional(char) in _DIRECTIONS:
        return "\ufffd"
    return char


def parser() -> MarkdownIt:
    """A parser of the dialect that GitHub and GitLab share: CommonMark with tables and strikethrough."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def parse(folder: Path) -> dict[str, Parsed]:
    """Every Markdown file of a document by its path."""
    markdown = parser()
    found = {}
    for file in sorted(folder.rglob("*.md")):
        path = file.relative_to(folder).as_posix()
        text = file.read_bytes().decode("utf-8")
        page = Parsed(path, text, markdown.parse(text))
        for token in _all(page.tokens):
            if token.type in ("html_inline", "html_block"):
                page.anchors += _ID.findall(token.content)
            elif token.type == "link_open":
                page.targets.append(str(token.attrs["href"]))
            elif token.type == "image":
                page.targets.append(str(token.attrs["src"]))
        found[path] = page
    return found


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _all(token.children)


# --- what is wrong -----------------------------------------------------------------------------------


def problems(folder: Path) -> list[str]:
    """Everything that is wrong with the structure of a document in the current language; empty when sound."""
    pages = parse(folder)
    anchors = {path: set(page.anchors) for path, page in pages.items()}
    found = _files(folder)
    pointed_to: set[str] = set()
    for path, page in pages.items():
        found += [f"{path}: anchor {a} {n} times" for a, n in Counter(page.anchors).items() if n > 1]
        checks = (_text, _tables, _html, _balance, _fences, _headings, _marked_blocks, _images)
        found += [f"{path}: {problem}" for check in checks for problem in check(page)]
        for target in page.targets:
            problem = _resolve(folder, anchors, path, target)
            if problem:
                found.append(f"{path}: link to {target}: {problem}")
            else:
                pointed_to.add(_path_of(path, target))
    found += _keys(pages)
    found += _front(pages)
    for file in sorted(folder.rglob("*.svg")):
        found += _drawing(folder, file, anchors)
    paths = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    found += [
        f"{path}: nothing points to it" for path in sorted(paths - pointed_to - {"README.md", _MANIFEST})
    ]
    return found


def _files(folder: Path) -> list[str]:
    """Names that some file system cannot hold, or would take for another."""
    found = []
    folded: dict[str, str] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_symlink():
            found.append(f"{path}: a symbolic link")
        if path == _MANIFEST:
            continue
        if not _PORTABLE.match(file.name) or _DEVICE.match(file.name) or len(file.name) > 200:
            found.append(f"{path}: not a name for every file system")
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            found.append(f"{path}: differs from {other} by case only")
    wanted = ("README.md", "schema.sql", "snapshot.json")
    found += [f"{name}: missing" for name in wanted if not (folder / name).is_file()]
    if (folder / "snapshot.json").is_file():
        json.loads((folder / "snapshot.json").read_bytes())
    return found


def _text(page: Parsed) -> list[str]:
    found = []
    if not page.text.endswith("\n") or page.text.endswith("\n\n"):
        found.append("does not end with one line feed")
    fenced = {
        number for token in page.tokens if token.type == "fence" and token.map for number in range(*token.map)
    }
    for number, line in enumerate(page.text.split("\n")):
        # SQL in a fence is the server's, to the byte.
        odd = (
            []
            if number in fenced or shown_name(line) == line
            else sorted({c for c in line if _picture(c) != c})
        )
        if odd:
            found.append(f"line {number + 1}: control characters {odd}")
    return found


def _tables(page: Parsed) -> list[str]:
    """Rows whose number of cells is not that of their header: a parser would cut or fill them silently."""
    lines = page.text.split("\n")
    found = []
    for token in page.tokens:
        if token.type == "table_open" and token.map:
            first, last = token.map
            rows = [line for line in lines[first:last] if line.strip()]
            cells = [len(_PIPE.findall(row)) - 1 for row in rows]
            found += [
                f"line {first + i + 1}: {n} cells under {cells[0]}: {rows[i]}"
                for i, n in enumerate(cells)
                if n != cells[0]
            ]
            if len(rows) < 3:
                found.append(f"line {first + 1}: an empty table")
        elif token.type == "inline" and token.map:
            for line in token.content.split("\n"):
                if line.startswith("| ") or re.match(r"\|?\s*:?-{3,}:?\s*\|", line):
                    found.append(f"line {token.map[0] + 1}: a table that no parser sees: {line}")
    return found


def _html(page: Parsed) -> list[str]:
    found = []
    for token in _all(page.tokens):
        if token.type == "html_inline" and not _ALLOWED_HTML.fullmatch(token.content):
            found.append(f"HTML {token.content!r}")
        elif token.type == "html_block":
            rest = _ALLOWED_HTML.sub("", _MARKER.sub("", token.content))
            if re.search(r"[<>&`*\[\]]", rest):
                found.append(f"HTML block {token.content!r}")
    return found


class _Balance(HTMLParser):
    """Finds HTML elements that are closed in another order than they were opened, or never."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself needs no balance."""

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.problems.append(f"</{tag}> closes {self.open[-3:]}")

    def handle_comment(self, data: str) -> None:
        if not re.fullmatch(r" (authored: \S+|/authored) ", data):
            self.problems.append(f"comment {data!r}")


def _balance(page: Parsed) -> list[str]:
    balance = _Balance()
    markdown = parser()
    balance.feed(str(markdown.renderer.render(page.tokens, markdown.options, {})))
    balance.close()
    return balance.problems[:3] + [f"<{tag}> is never closed" for tag in balance.open]


def _fences(page: Parsed) -> list[str]:
    lines = page.text.split("\n")
    found = []
    for token in page.tokens:
        if token.type == "fence" and token.map:
            first, last = token.map
            if lines[last - 1].strip() != token.markup:
                found.append(f"line {first + 1}: a code fence that is not closed")
            if token.info not in ("sql", "mermaid"):
                found.append(f"line {first + 1}: a code fence of {token.info!r}")
            if token.info == "mermaid":
                found += [f"line {first + 1}: {problem}" for problem in _mermaid(token.content)]
        elif token.type == "code_block" and token.map:
            found.append(f"line {token.map[0] + 1}: an indented code block")
    return found


def _mermaid(text: str) -> list[str]:
    edges = sum(1 for line in text.split("\n") if re.search(r"[|}][|o](--|\.\.)[|o][|{]", line))
    found = []
    if len(text) > _MERMAID_TEXT:
        found.append(f"a Mermaid diagram of {len(text)} characters")
    if edges > _MERMAID_EDGES:
        found.append(f"a Mermaid diagram of {edges} edges")
    return found


def _headings(page: Parsed) -> list[str]:
    """Headings that skip a level, or that have no text below them."""
    found = []
    level, blank = 0, ""
    previous = ""
    for i, token in enumerate(page.tokens):
        if token.type == "heading_open":
            line = token.map[0] + 1 if token.map else 0
            depth = int(token.tag[1])
            title = page.tokens[i + 1].content
            if depth > level + 1:
                found.append(f"line {line}: heading {title} skips a level")
            if blank and depth <= level:
                found.append(f"line {line}: nothing stands under {blank}")
            if not title.strip():
                found.append(f"line {line}: a heading without words")
            if token.markup not in ("#", "##", "###", "####"):
                found.append(f"line {line}: not a heading of ours: {title}")
            level, blank = depth, title
        elif token.type == "inline" and previous != "heading_open":
            if _read(token).strip():
                blank = ""
        elif token.type in ("fence", "table_open", "html_block") and not _ID.search(token.content):
            blank = ""
        previous = token.type
    if blank:
        found.append(f"nothing stands under {blank}")
    return found


def _marked_blocks(page: Parsed) -> list[str]:
    """Authored markers that the program that keeps their text reads otherwise than Markdown does."""
    try:
        bodies = blocks.parse(page.text, page.path)
    except DossierError as error:
        return [error.message]
    opened = [
        key
        for token in page.tokens
        if token.type == "html_block"
        for key in re.findall(r"<!-- authored: (\S+) -->", token.content)
    ]
    return [] if opened == list(bodies) else [f"markers {opened} but blocks {list(bodies)}"]


def _keys(pages: dict[str, Parsed]) -> list[str]:
    """Keys of authored blocks that the document has more than once."""
    keys = Counter(
        key
        for page in pages.values()
        for token in page.tokens
        if token.type == "html_block"
        for key in re.findall(r"<!-- authored: (\S+) -->", token.content)
    )
    return [f"block {key} {count} times" for key, count in keys.items() if count > 1]


def _images(page: Parsed) -> list[str]:
    images = [token for token in _all(page.tokens) if token.type == "image"]
    return [f"image {image.attrs['src']} without words" for image in images if not image.content.strip()]


def _front(pages: dict[str, Parsed]) -> list[str]:
    """The numbered sections of the front page: all there, in order, each with its anchor."""
    if "README.md" not in pages:
        return []
    page = pages["README.md"]
    titles = [
        inline.content
        for opening, inline in zip(page.tokens, page.tokens[1:], strict=False)
        if opening.type == "heading_open" and opening.tag in ("h2", "h3")
    ]
    wanted = [f"{number}{'' if '.' in number else '.'} {tr(title)}" for number, title in TITLES.items()]
    there = [title for title in titles if title in wanted]
    found = [] if there == wanted else [f"README.md: sections {there} instead of {wanted}"]
    missing = {f"section-{number.lower()}" for number in TITLES} - set(page.anchors)
    return found + [f"README.md: no anchor {anchor}" for anchor in sorted(missing)]


def _drawing(folder: Path, file: Path, anchors: dict[str, set[str]]) -> list[str]:
    path = file.relative_to(folder).as_posix()
    try:
        root = ET.parse(file).getroot()  # noqa: S314 - our own output
    except ET.ParseError as error:
        return [f"{path}: {error}"]
    found = []
    if root.tag != f"{_SVG}svg" or not root.get("viewBox"):
        found.append(f"{path}: no SVG with a viewBox")
    for element in root.iter():
        if element.tag in (f"{_SVG}script", f"{_SVG}foreignObject", f"{_SVG}image"):
            found.append(f"{path}: {element.tag}")
        found += [f"{path}: attribute {name}" for name in element.attrib if name.lower().startswith("on")]
        target = element.get(_XLINK_HREF) or element.get("href")
        problem = _resolve(folder, anchors, path, target) if target else None
        if problem:
            found.append(f"{path}: link to {target}: {problem}")
    return found


def _path_of(page: str, target: str) -> str:
    path = unquote(urlsplit(target).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page


def _resolve(folder: Path, anchors: dict[str, set[str]], page: str, target: str) -> str | None:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("/"):
        return "leaves the document"
    path = _path_of(page, target)
    if path.startswith(".."):
        return "leaves the folder"
    if not (folder / path).is_file():
        return "no such file"
    if parts.fragment and parts.fragment not in anchors.get(path, set()):
        return "no such anchor"
    return None


# --- what is to be read ------------------------------------------------------------------------------


def sections(folder: Path) -> dict[str, Section]:
    """What is read under each anchor that stands alone (`section-3.2`, `relation-…`), up to the next one.

    Both layouts give the same keys for relations: the page of a relation starts with its anchor. A list that
    has a page of its own belongs to its section.
    """
    found: dict[str, Section] = {}
    for path, page in sorted(parse(folder).items()):  # the front page comes first
        listed = LISTS.get(path.removesuffix(".md"))
        here = found[section_anchor(listed[0])] if listed else Section()
        for token in page.tokens:
            if token.type == "inline":
                alone = re.fullmatch(r'<a id="([^"]+)"></a>', token.content)
                if alone:
                    here = found[alone[1]] = Section()
                    continue
                here.codes |= {child.content for child in _all([token]) if child.type == "code_inline"}
                here.lines.append(_folded(_read(token)))
                if token.level > 2 and here.tables and here.tables[-1]:
                    here.tables[-1][-1].append(here.lines[-1])
            elif token.type == "table_open":
                here.tables.append([])
            elif token.type == "tr_open":
                here.tables[-1].append([])
            elif token.type == "fence":
                here.fences.append(token.content)
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def _read(token: Token) -> str:
    """The text of an inline token as a browser would show it."""
    parts = []
    for child in _all([token]):
        if child.type in ("text", "text_special", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or child.content == "<br>":
            parts.append(" ")
    return "".join(parts)


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder, by path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
