"""Shapes and texts in links and under tooltips: links of SVG must not nest, and few are enough."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr


class Piece(NamedTuple):
    """Markup that leads to one address and has one tooltip; either may be empty."""

    href: str
    title: str
    markup: str


def linked(pieces: Iterable[Piece]) -> str:
    """The pieces in as few links as lead where they should, those with the same tooltip together."""
    runs: list[tuple[str, list[tuple[str, str]]]] = []
    for href, title, markup in pieces:
        if not runs or runs[-1][0] != href:
            runs.append((href, []))
        parts = runs[-1][1]
        if parts and parts[-1][0] == title:
            parts[-1] = (title, parts[-1][1] + markup)
        else:
            parts.append((title, markup))
    return "".join(_run(href, parts) for href, parts in runs)


def _run(href: str, parts: list[tuple[str, str]]) -> str:
    if not href:
        return "".join(f"<g>{titled(title)}{part}</g>" if title else part for title, part in parts)
    if len(parts) == 1:
        ((title, part),) = parts
        return f"{_opened(href)}{titled(title)}{part}</a>"
    inner = "".join(f"<g>{titled(title)}{part}</g>" if title else part for title, part in parts)
    return f"{_opened(href)}{inner}</a>"


def titled(title: str) -> str:
    """A tooltip; nothing where there is none."""
    return f"<title>{escape(title)}</title>" if title else ""


@lru_cache(maxsize=10_000)
def _opened(href: str) -> str:
    return f'<a href={quoteattr(href)} target="_top">'
