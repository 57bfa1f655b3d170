"""Shapes and texts in links and under tooltips: links of SVG must not nest, and few are enough."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

Piece = tuple[str, str, str]
"""An address, a tooltip, and markup that leads to the one and has the other; either may be empty."""


def linked(pieces: Iterable[Piece]) -> str:
    """The pieces in as few links as lead where they should, those with the same tooltip together."""
    written: list[str] = []
    link: str | None = None  # where those that are not written yet lead
    parts: list[tuple[str, str]] = []  # their tooltips and markup
    for href, title, markup in pieces:
        if href != link:
            _write(written, link, parts)
            link, parts = href, [(title, markup)]
        elif parts[-1][0] == title:
            parts[-1] = (title, parts[-1][1] + markup)
        else:
            parts.append((title, markup))
    _write(written, link, parts)
    return "".join(written)


def _write(written: list[str], href: str | None, parts: list[tuple[str, str]]) -> None:
    if href and len(parts) == 1:
        ((title, part),) = parts
        written += _opened(href), titled(title), part, "</a>"
        return
    inner = [f"<g>{titled(title)}{part}</g>" if title else part for title, part in parts]
    written += (_opened(href), *inner, "</a>") if href else inner


def titled(title: str) -> str:
    """A tooltip; nothing where there is none."""
    return f"<title>{escape(title)}</title>" if title else ""


@lru_cache(maxsize=10_000)
def _opened(href: str) -> str:
    return f'<a href={quoteattr(href)} target="_top">'
