"""`document.pdf`: compiled by Typst, whose wheel brings its own fonts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pgdossier.errors import OutputError
from pgdossier.render.paper import origins
from pgdossier.render.paper.parts import Document
from pgdossier.render.paper.typesetting import MAIN, Source, source

PATH = "document.pdf"

MOST = 4_000_000
"""Bytes of source beyond which nothing is compiled: Typst takes a kilobyte of memory for each of them."""

_MOST_TAGGED = 1_000_000  # likewise for a tagged PDF, which is three times as large
_PAGE = 4_700  # bytes of source that become a page


def require() -> Any:
    """The library that compiles.

    Raises:
        OutputError: It is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an extra, which only this format needs
    except ImportError:
        raise OutputError(
            "PDF needs typst, which is not installed", hint="pip install 'pgdossier[pdf]'", code=2
        ) from None
    return typst


def make(
    document: Document,
    template: str,
    *,
    language: str,
    words: Mapping[str, str],
    earlier: bytes | None = None,
) -> bytes:
    """The document as PDF: with bookmarks, tagged unless it is long. The same document gives the same bytes.

    Args:
        document: The document.
        template: How it looks: `templates/paper/document.typ`.
        language: Its language, as a code of ISO 639.
        words: The words that the Markdown has not.
        earlier: The PDF of an earlier run; it is given back when it was made from the same source.

    Raises:
        OutputError: Typst is not installed, or cannot compile the document, or it is too long for that.
    """
    typst = require()
    draft = source(document, template, language=language, words=words, note="")
    size = len(draft.files[MAIN])
    if size > MOST:
        raise OutputError(
            f"the PDF would have about {size // _PAGE:,} pages, which takes too much memory;"
            f" {MOST // _PAGE:,} are possible",
            hint="choose what is documented with --schema or --exclude, or take HTML",
        )
    note = origins.note(draft.files)
    if earlier is not None and note.encode() in earlier:
        return earlier
    made = source(document, template, language=language, words=words, note=note)
    return _compiled(typst, made)


def _compiled(typst: Any, made: Source) -> bytes:
    try:
        # The system's fonts come in only when they are needed, so that they make no difference otherwise.
        data = typst.compile(
            dict(made.files),
            format="pdf",
            ignore_system_fonts=made.covered,
            pdf_tags=len(made.files[MAIN]) <= _MOST_TAGGED,
            timestamp=0,
        )
    except RuntimeError as error:  # its own errors are of this kind
        first = next(iter(str(error).splitlines()), "no reason given")
        raise OutputError(f"typst could not make the PDF: {first}") from None
    assert isinstance(data, bytes)  # noqa: S101 - one file, as PDF is
    return data
