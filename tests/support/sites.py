"""Documents in site generators: the recipes of docs/sites.md, and what is wrong with a built site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from pgdossier.render import front_matter

_DOCS = Path(__file__).parents[2] / "docs" / "sites.md"
_RECIPE = re.compile(
    r"^(?:[^\n]*?[\s,])?`(?P<name>[\w./-]+)`[^`\n]*:\n\n(?P<ticks>`{3,})[\w-]+\n(?P<text>.*?)^(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)
_LINK_LEFT = re.compile(r"\]\((?:#|\.\./|tables/|diagrams/|README|schema\.sql)")


def recipes() -> dict[str, str]:
    """The files that docs/sites.md gives, by name."""
    return {found["name"]: found["text"] for found in _RECIPE.finditer(_DOCS.read_text())}


Documents = Mapping[str, Path]
"""The folders of documents by the names that they get in a site."""


def mkdocs(documents: Documents, folder: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Build a site of documents with MkDocs below `folder`; where it is, and how it went."""
    for name, document in documents.items():
        shutil.copytree(document, folder / "docs" / name)
    links = "\n".join(f"- [{name}]({name}/README.md)" for name in documents)
    (folder / "docs" / "index.md").write_text(f"# Our project\n\n{links}\n")
    # No font is asked for at Google's.
    settings = recipes()["mkdocs.yml"].replace("name: material", "name: material\n  font: false")
    (folder / "mkdocs.yml").write_text(settings)
    (folder / "hooks.py").write_text(recipes()["hooks.py"])
    # With --quiet, warnings would be no errors.
    done = _run("mkdocs", "build", "--strict", "--site-dir", "site", cwd=folder)
    return folder / "site", done


def sphinx(documents: Documents, folder: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The same with Sphinx."""
    for name, document in documents.items():
        shutil.copytree(document, folder / name)
    index = recipes()["index.md"]
    patterns = "\n".join(f"{name}/**" for name in documents)
    (folder / "index.md").write_text(index.replace("database/**", patterns))
    (folder / "conf.py").write_text(recipes()["conf.py"])
    done = _run("sphinx", "-q", "-W", "--keep-going", "-b", "html", ".", "_build", cwd=folder)
    return folder / "_build", done


def warnings(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What a build complained about."""
    return re.findall(r".*\b(?:WARNING|ERROR|Error|Aborted)\b.*", done.stdout + done.stderr)


def _run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


class _Reader(HTMLParser):
    """What the HTML of a page has: ids, links, pictures, and how often each element."""

    def __init__(self, text: str, within: str = "") -> None:
        super().__init__()
        self._within, self._depth = within, 0
        self.inner: Counter[str] = Counter()
        self.all_text: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.elements: Counter[str] = Counter()
        self.text: list[str] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        if self._depth:
            self.inner[tag] += 1
        self._depth += tag == self._within
        given = dict(attrs)
        self.ids.update(value for key, value in attrs if key == "id" and value)
        if tag == "a" and (href := given.get("href")):
            self.links.append(href)
        if tag == "img":
            self.pictures.append(given.get("src") or "")
        if tag in ("code", "pre", "script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == self._within
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.all_text.append(data)
        if not self._inside:
            self.text.append(data)


def faults(site: Path) -> list[str]:
    """What is wrong with the pages of a site: what leads nowhere, and Markdown that was not read."""
    pages = {path: _Reader(path.read_text()) for path in sorted(site.rglob("*.html"))}
    found: list[str] = []
    for path, page in pages.items():
        where = path.relative_to(site)
        if where.name in ("404.html", "search.html", "genindex.html"):
            continue
        for href in (*page.links, *page.pictures):
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                below = unquote(parts.path)
                target = (
                    site / below.lstrip("/") if below.startswith("/") else path.parent / below
                ).resolve()
            if target.is_dir():
                target /= "index.html"
            if not target.is_file() and target.with_suffix("").is_dir():
                target = target.with_suffix("") / "index.html"
            anchors = pages[target].ids if target in pages else set()
            if not target.is_file():
                found.append(f"{where}: {href} leads nowhere")
            elif unquote(parts.fragment) and unquote(parts.fragment) not in anchors and target in pages:
                found.append(f"{where}: {href} has no such anchor")
        text = "".join(page.text)
        found += [
            f"{where}: Markdown is shown: {text[at.start() - 30 : at.end() + 30]!r}"
            for at in _LINK_LEFT.finditer(text)
        ]
    return found


def counted(site: Path, name: str) -> Counter[str]:
    """How many pictures, tables and details the pages of a document have in a site."""
    total: Counter[str] = Counter()
    for path in (site / name).rglob("*.html"):
        elements = _Reader(path.read_text()).elements
        total.update({name: elements[name] for name in ("img", "table", "details")})
    return total


def written(document: Path) -> Counter[str]:
    """How many of them its Markdown has, as GitHub reads it."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    total: Counter[str] = Counter()
    for path in document.rglob("*.md"):
        elements = _Reader(str(reader.render(front_matter.without(path.read_text())))).elements
        total.update({name: elements[name] for name in ("img", "table", "details")})
    return total


def text_of(html: str) -> str:
    """The text of a page, code included."""
    reader = _Reader(html)
    return "".join(reader.all_text)


def elements_inside(html: str, outer: str) -> Counter[str]:
    """How many of each element stand inside of elements of that name."""
    return _Reader(html, within=outer).inner
