"""The text of evidence: plain words, with names set off so that pages can show them as code.

Names are set off with zero characters, which text of PostgreSQL cannot hold; so no name, however it is
spelled, can be taken for words, and nothing needs to be escaped before the page does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pgdossier.language import tr

_MARK = "\0"


def name(text: str) -> str:
    """A name, or several as SQL would list them, set off from the words around it."""
    return f"{_MARK}{text.replace(_MARK, '')}{_MARK}"


def names(texts: Iterable[str], *, shown: int = 8) -> str:
    """Several names, each set off, with commas; how many more there are when they are many."""
    listed = list(texts)
    more = len(listed) - shown
    if more <= 1:
        shown, more = len(listed), 0
    said = ", ".join(map(name, listed[:shown]))
    return tr("{names} and {more} more", names=said, more=more) if more else said


def segments(evidence: str) -> Iterator[tuple[str, bool]]:
    """The pieces of an evidence text, each with whether it is a name."""
    for position, piece in enumerate(pieces(evidence)):
        if piece:
            yield piece, position % 2 == 1


def pieces(evidence: str) -> list[str]:
    """Words and names in turn, first words; any of them may be empty."""
    return evidence.split(_MARK)


def plain(evidence: str) -> str:
    """The text for a terminal or a log, without the marks."""
    return evidence.replace(_MARK, "")
