"""Where the pages of a document stand in HTML, and what becomes of the links between them."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from urllib.parse import quote, unquote, urlsplit

import msgspec

from pgdossier.render.links import README

_SCHEMES = frozenset(("http", "https", "mailto"))


class Addresses(msgspec.Struct, frozen=True):
    """The places of the pages: in a folder of their own (`split`), or as one file beside the Markdown."""

    pages: Collection[str]
    split: bool

    @property
    def folder(self) -> str:
        """The folder of the HTML files, empty or with its final slash."""
        return "html/" if self.split else ""

    def of(self, page: str) -> str:
        """The HTML file of a Markdown page; both relative to the output folder."""
        return (
            f"{self.folder}index.html" if page == README else f"{self.folder}{page.removesuffix('.md')}.html"
        )

    def target(self, href: str, page: str, written_in: str | None = None) -> str | None:
        """The address of a link in the HTML of `page`.

        Args:
            href: The address as somebody wrote it, relative to the file that it stands in.
            page: The Markdown page.
            written_in: That file, when it is another one (a diagram of the page).

        Returns:
            An anchor on the page, a relative path, an address of the web; None for anything else.
        """
        try:
            parts = urlsplit(href)
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return href if parts.scheme.lower() in _SCHEMES else None
        if href.startswith(("/", "\\")):
            return None
        base = written_in or page
        path = (
            posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path)))
            if parts.path
            else base
        )
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if path in self.pages:
            if path == page:
                return fragment or "#content"
            path = self.of(path)
        return quote(self.relative(path, page), safe="/%:@!$&'()*+,;=-._~") + fragment

    def relative(self, path: str, page: str) -> str:
        """The path of a file as seen from the HTML of a page."""
        return posixpath.relpath(path, posixpath.dirname(self.of(page)) or ".")
