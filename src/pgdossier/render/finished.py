"""A finished document, as the formats beside the Markdown take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pgdossier.analysis.analysis import Analysis
from pgdossier.render.links import Links
from pgdossier.review import Review


def _no_file(path: str) -> bytes | None:
    return None


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """A document whose pages are written and whose diagrams are drawn.

    Attributes:
        pages: The Markdown of every page, by path relative to the output folder.
        diagrams: The SVG of every diagram that was drawn, likewise.
        links: Where everything is in these pages.
        analysis: What is known of the database.
        reviewed: What the design review found.
        written: The keys of the authored blocks that hold people's words, not only a prompt.
        template_dir: The user's folder of templates, which win over the built-in ones.
        read: Gives the bytes of another file of the output folder (a picture that people put there), or None.
        earlier: Gives the bytes of a generated file as an earlier run wrote it; None when nobody knows them.
        whole: Gives the Markdown of the document on one page; None: it is on one page.
    """

    pages: Mapping[str, str]
    diagrams: Mapping[str, bytes]
    links: Links
    analysis: Analysis
    reviewed: Review
    written: frozenset[str] = frozenset()
    template_dir: Path | None = None
    read: Callable[[str], bytes | None] = msgspec.field(default=_no_file)
    earlier: Callable[[str], bytes | None] = msgspec.field(default=_no_file)
    whole: Callable[[], str] | None = None
