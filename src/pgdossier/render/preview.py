"""One Markdown page of a document that stands in a folder, as HTML by itself.

The content is that of the HTML copy; the search, which needs the database's snapshot, is not there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup

from pgdossier.language import ENGLISH, LANGUAGES, current, mark, speaking, tr
from pgdossier.render import environment, front_matter
from pgdossier.render.html.conversion import Surroundings, convert
from pgdossier.render.html.drawings import Styles, inline
from pgdossier.render.html.words import words
from pgdossier.render.links import README, relative

_TITLE = mark("Database Schema Design Document: {name}")
_SCHEMES = frozenset(("http", "https", "mailto"))


def page(text: str, path: str, read: Callable[[str], bytes | None]) -> str:
    """A page as HTML, with diagrams inside of it and links that lead to the Markdown pages themselves.

    Args:
        text: Its Markdown.
        path: Where it stands, relative to the folder.
        read: Gives the bytes of another file of the folder, or None.

    Raises:
        DossierError: The markers of its blocks are broken.
    """
    styles = Styles()

    def address(href: str) -> str | None:
        return _address(href, "")

    def drawing(source: str) -> str | None:
        target = _target(source, path)
        svg = read(target) if target is not None and target.startswith("diagrams/") else None
        return None if svg is None else inline(svg, lambda href: _address(href, _folder(source)), styles)

    def picture(source: str) -> str | None:
        parts = urlsplit(source)
        return None if parts.scheme or parts.netloc or source.startswith(("/", "\\")) else source

    with speaking(_language(text if path == README else (read(README) or b"").decode("utf-8", "replace"))):
        return _html(text, path, Surroundings(address=address, drawing=drawing, picture=picture), styles)


def _html(text: str, path: str, surroundings: Surroundings, styles: Styles) -> str:
    content = convert(front_matter.without(text), path, surroundings)
    made = environment.environment().overlay(autoescape=True)
    loader = made.loader
    assert loader is not None  # noqa: S101 - environments are made with one
    style = loader.get_source(made, "html/style.css")[0]
    return environment.render(
        made,
        "preview/page.html.j2",
        language=current(),
        words=words(),
        title=content.title or path,
        front="" if path == README else quote(relative(README, path)),
        headings=[heading for heading in content.headings if 2 <= heading.level <= 3],
        body=Markup(content.html),  # noqa: S704 - `sanitising` decided on all of it
        style=Markup(f"{style}{styles.css}"),  # noqa: S704 - ours
    )


def _language(front: str) -> str:
    """What the document is written in, by the title of its front page; English when that tells nothing."""
    first = next((line for line in front.split("\n") if line.startswith("# ")), "")
    for code in LANGUAGES:
        with speaking(code):
            before, _, after = tr(_TITLE, name="\0").partition("\0")
        if first.startswith(f"# {before}") and first.endswith(after):
            return code
    return ENGLISH


def _folder(source: str) -> str:
    """The folder of a drawing as seen from its page, with its slash."""
    folder = posixpath.dirname(source)
    return f"{folder}/" if folder else ""


def _target(source: str, path: str) -> str | None:
    """The file that a relative address on a page names; None when it leads elsewhere."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or source.startswith(("/", "\\")):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))


def _address(href: str, folder: str) -> str | None:
    """An address as it may stand in the page: of the web, or relative to the folder of what it stands in."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return href if parts.scheme.lower() in _SCHEMES else None
    if href.startswith(("/", "\\")) or re.search(r"[\x00-\x20]", href):
        return None
    return href if href.startswith("#") or not folder else f"{folder}{href}"
