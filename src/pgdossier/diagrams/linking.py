"""Shapes and texts in links and under tooltips: links of SVG must not nest, and few are enough."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

Piece = tuple[str, str, str]
"""An address, a tooltip, and markup that leads to the one and has the other; either may be empty."""

_ADDRESS, _TITLE = itemgetter(0), itemgetter(1)


def linked(pieces: Iterable[Piece]) -> str:
    """The pieces in as few links as lead where they should, those with the same tooltip together."""
    return "".join(
        [
            _run(
                href,
                [(title, "".join([markup for _, _, markup in same])) for title, same in groupby(run, _TITLE)],
            )
            for href, run in groupby(pieces, _ADDRESS)
        ]
    )


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
