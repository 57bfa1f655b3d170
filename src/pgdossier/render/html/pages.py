"""The HTML files of a document: its pages in their frame, with style, script and index."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import jinja2
import msgspec
from markupsafe import Markup

from pgdossier.errors import ConfigurationError
from pgdossier.language import current
from pgdossier.render import environment
from pgdossier.render.escaping import visible
from pgdossier.render.finished import Finished
from pgdossier.render.html import entries
from pgdossier.render.html.addresses import Addresses
from pgdossier.render.html.conversion import Content, Heading, Surroundings, convert
from pgdossier.render.html.drawings import Styles, inline
from pgdossier.render.html.words import words
from pgdossier.render.links import README
from pgdossier.render.relation import documented

_STYLE, _SCRIPT, _INDEX = "assets/style.css", "assets/document.js", "assets/index.js"
_ID = re.compile(r'<(?:h[1-6]|a|tr) id="([^"]+)"')
_PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"))
_LARGEST_PICTURE = 4_000_000  # bytes of a picture that is put into the file


def files(finished: Finished) -> dict[str, bytes]:
    """The HTML files of a document.

    Args:
        finished: The document.

    Returns:
        Content by path relative to the output folder: `index.html`, or a site below `html/` when the document
        has one page for each relation. The same document gives the same bytes.

    Raises:
        ConfigurationError: A template is missing or broken.
    """
    addresses = Addresses(frozenset(finished.pages), finished.links.split)
    styles = Styles()
    contents = {
        page: convert(text, page, _surroundings(finished, addresses, page, styles))
        for page, text in sorted(finished.pages.items())
    }
    made = environment.environment(finished.template_dir).overlay(autoescape=True)
    title = contents[README].title
    frame = _Frame(
        made=made,
        addresses=addresses,
        title=title,
        style=f"{_asset(made, 'style.css')}{_running(title)}{styles.css}\n",
        script=_asset(made, "document.js"),
        early=_asset(made, "early.js"),
        index=_index(finished, addresses, contents),
        front=contents[README],
        groups=_groups(finished, contents[README].headings),
    )
    found = {addresses.of(page): frame.page(page, content).encode() for page, content in contents.items()}
    if finished.links.split:
        found |= {f"{addresses.folder}{path}": data.encode() for path, data in frame.assets().items()}
    return found


def _surroundings(finished: Finished, addresses: Addresses, page: str, styles: Styles) -> Surroundings:
    def address(href: str) -> str | None:
        return addresses.target(href, page)

    def drawing(source: str) -> str | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), source))
        svg = finished.diagrams.get(path)
        if svg is None:
            return None
        return inline(svg, lambda href: addresses.target(href, page, written_in=path), styles)

    def picture(source: str) -> str | None:
        parts = urlsplit(source)
        if parts.scheme or parts.netloc or not parts.path or source.startswith("/"):
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        kind = mimetypes.guess_type(path, strict=True)[0]
        if path.startswith("../") or kind not in _PICTURES:
            return None
        data = finished.read(path)
        if data is None or len(data) > _LARGEST_PICTURE:
            return None
        return f"data:{kind};base64,{base64.b64encode(data).decode()}"

    return Surroundings(
        address=address,
        drawing=drawing,
        picture=picture,
        rows=entries.row_anchors(finished),
        paragraphs=entries.finding_anchors(finished),
        written=finished.written,
    )


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds the content of every page; `groups` are the relations of the contents, by schema."""

    made: jinja2.Environment
    addresses: Addresses
    title: str
    style: str
    script: str
    early: str
    index: str
    front: Content
    groups: Mapping[str, list[tuple[Heading, str]]]

    def page(self, page: str, content: Content) -> str:
        """One HTML file."""
        split = self.addresses.split
        up = self.addresses.relative(self.addresses.of(README), page)
        root = posixpath.dirname(up)
        root = f"{root}/" if root else ""
        return environment.render(
            self.made,
            "html/page.html.j2",
            policy=self._policy(),
            title=content.title if page == README else f"{content.title} – {self.title}",
            heading=self.title,
            front="" if page == README else up,
            root=root,
            split=split,
            body=Markup(content.html),  # noqa: S704 - `sanitising` decided on all of it
            sections=_nested(self.front.headings),
            groups=self.groups,
            language=current(),
            words=words(),
            words_json=_json_markup(words()),
            style=None if split else Markup(self.style),  # noqa: S704 - ours, or of the user's templates
            script=None if split else Markup(self.script),  # noqa: S704 - likewise
            early=Markup(self.early),  # noqa: S704 - likewise
            index=None if split else Markup(self.index),  # noqa: S704 - JSON without angle brackets
            style_file=root + _STYLE,
            script_file=root + _SCRIPT,
            index_file=root + _INDEX,
        )

    def assets(self) -> dict[str, str]:
        """The files that all pages of a site share."""
        # A page from a disk may not read files, but it may run a script that brings the index along.
        index = f"window.pgdossierIndex = {self.index};\n"
        return {_STYLE: self.style, _SCRIPT: self.script, _INDEX: index}

    def _policy(self) -> str:
        """Nothing is loaded or run but what was put here."""
        early = _hash(self.early)
        own = "'self'" if self.addresses.split else _hash(self.script)
        style = "'self'" if self.addresses.split else _hash(self.style)
        return (
            f"default-src 'none'; script-src {early} {own}; style-src {style}; img-src data:;"
            " base-uri 'none'; form-action 'none'"
        )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _asset(made: jinja2.Environment, name: str) -> str:
    """A file of `templates/html`, as it is: the built-in one, or the user's.

    Raises:
        ConfigurationError: It would end the element that it is put into.
    """
    loader = made.loader
    assert loader is not None  # noqa: S101 - environments are made with one
    text = loader.get_source(made, f"html/{name}")[0]
    if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
        raise ConfigurationError(f"templates: html/{name} must not hold </script>, </style> or <!--")
    return text


def _running(title: str) -> str:
    """The running header of the print: the title, every character that could mean something as its code."""
    text = "".join(
        char if re.match(r"[A-Za-z0-9 ]", char) else f"\\{ord(char):x} " for char in visible(title)
    )
    return f'@page{{@top-left{{content:"{text}"}}}}\n'


def _index(finished: Finished, addresses: Addresses, contents: Mapping[str, Content]) -> str:
    places: dict[str, str] = {}
    for page, content in contents.items():
        path = posixpath.relpath(addresses.of(page), addresses.folder or ".") if addresses.split else ""
        for found in _ID.finditer(content.html):
            places.setdefault(found[1], f"{path}#{found[1]}")
    headings = {page: content.headings for page, content in contents.items()}
    return _json(entries.entries(finished, headings, places))


def _json(value: Any) -> str:
    """JSON that may stand in an element of a page, and in a script."""
    text = msgspec.json.encode(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _json_markup(value: Any) -> Markup:
    return Markup(_json(value))  # noqa: S704 - JSON without angle brackets


def _nested(headings: tuple[Heading, ...]) -> list[tuple[Heading, list[Heading]]]:
    """The sections of the document, each with those below it."""
    found: list[tuple[Heading, list[Heading]]] = []
    for heading in headings:
        if heading.level == 2:
            found.append((heading, []))
        elif found and heading.level == 3 and heading.anchor.startswith("section-"):
            found[-1][1].append(heading)
    return found


def _groups(finished: Finished, headings: tuple[Heading, ...]) -> dict[str, list[tuple[Heading, str]]]:
    """The relations that have a section on this page, each with its name, by schema."""
    by_anchor = {heading.anchor: heading for heading in headings}
    found: dict[str, list[tuple[Heading, str]]] = {}
    for relation in documented(finished.analysis.lookup):
        heading = by_anchor.get(finished.links.anchor(relation.qualified))
        if heading is not None:
            found.setdefault(visible(relation.schema), []).append((heading, visible(relation.name)))
    return found
