"""Reads a generated document the way its readers' programs do, and says what is wrong with it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ID = re.compile(r'<a id="([^"]+)">')
_PIPE = re.compile(r"(?<!\\)\|")
# What may stand in the Markdown as HTML; everything else must have come from somewhere it should not have.
_ALLOWED_HTML = re.compile(r'<(br|sub|/sub|details|/details|summary|/summary|/a|a id="[a-z0-9_.-]+")>')


@dataclass(slots=True)
class Parsed:
    """One Markdown file: its tokens, the anchors that it defines, the addresses that it points to."""

    path: str
    text: str
    tokens: list[Token]
    anchors: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


def parse(folder: Path) -> dict[str, Parsed]:
    """Every Markdown file of a document by its path."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found = {}
    for file in sorted(folder.rglob("*.md")):
        path = file.relative_to(folder).as_posix()
        text = file.read_text(encoding="utf-8")
        page = Parsed(path, text, parser.parse(text))
        for token in _all(page.tokens):
            if token.type in ("html_inline", "html_block"):
                page.anchors += _ID.findall(token.content)
            elif token.type == "link_open":
                page.targets.append(str(token.attrs["href"]))
            elif token.type == "image":
                page.targets.append(str(token.attrs["src"]))
            elif token.type in ("text", "code_inline", "text_special", "fence"):
                page.shown.append(token.content)
        found[path] = page
    return found


def _all(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *_all(token.children or []))]


def problems(folder: Path) -> list[str]:
    """Everything that is wrong with the structure of a document; empty when it is sound."""
    pages = parse(folder)
    anchors = {path: set(page.anchors) for path, page in pages.items()}
    found = []
    for path, page in pages.items():
        found += [f"{path}: anchor {name} {count} times" for name, count in Counter(page.anchors).items() if count > 1]
        found += [f"{path}: {problem}" for problem in (*_tables(page), *_html(page))]
        for target in page.targets:
            problem = _resolve(folder, anchors, path, target)
            if problem:
                found.append(f"{path}: link to {target}: {problem}")
    for file in sorted(folder.rglob("*.svg")):
        path = file.relative_to(folder).as_posix()
        for element in ElementTree.parse(file).iter():  # noqa: S314 - our own output
            target = element.get("{http://www.w3.org/1999/xlink}href") or element.get("href")
            if target:
                problem = _resolve(folder, anchors, path, target)
                if problem:
                    found.append(f"{path}: link to {target}: {problem}")
    return found


def _tables(page: Parsed) -> list[str]:
    """Rows whose number of cells is not that of their header: a parser would cut or fill them silently."""
    lines = page.text.split("\n")
    found = []
    for token in page.tokens:
        if token.type == "table_open" and token.map:
            first, last = token.map
            rows = [line for line in lines[first:last] if line.strip()]
            cells = [len(_PIPE.findall(row)) for row in rows]
            found += [f"line {first + i + 1}: {n - 1} cells under {cells[0] - 1}: {rows[i]}" for i, n in enumerate(cells) if n != cells[0]]
            if len(rows) < 3:
                found.append(f"line {first + 1}: an empty table")
        elif token.type == "paragraph_open" and token.map:
            text = lines[token.map[0]]
            if text.startswith("| "):
                found.append(f"line {token.map[0] + 1}: a table that no parser sees: {text}")
    return found


def _html(page: Parsed) -> list[str]:
    found = []
    for token in _all(page.tokens):
        if token.type == "html_inline" and not _ALLOWED_HTML.fullmatch(token.content):
            found.append(f"HTML {token.content!r}")
        elif token.type == "html_block":
            rest = re.sub(r"(?s)<!-- (authored: \S+|/authored) -->", "", token.content)
            rest = _ALLOWED_HTML.sub("", rest)
            if "<" in rest:
                found.append(f"HTML block {token.content!r}")
    return found


def _resolve(folder: Path, anchors: dict[str, set[str]], page: str, target: str) -> str | None:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return "leaves the document"
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    if not (folder / path).is_file():
        return "no such file"
    if parts.fragment and parts.fragment not in anchors.get(path, set()):
        return "no such anchor"
    return None
