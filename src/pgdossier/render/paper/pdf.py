"""`document.pdf`: compiled by Typst, whose wheel brings its own fonts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pgdossier.errors import OutputError
from pgdossier.render.paper import origins
from pgdossier.render.paper.parts import Document
from pgdossier.render.paper.typesetting import Source, source

PATH = "document.pdf"


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
    """The document as PDF: tagged, with bookmarks, without a date. The same document gives the same bytes.

    Args:
        document: The document.
        template: How it looks: `templates/paper/document.typ`.
        language: Its language, as a code of ISO 639.
        words: The words that the Markdown has not.
        earlier: The PDF of an earlier run; it is given back when it was made from the same source.

    Raises:
        OutputError: Typst is not installed, or cannot compile the document.
    """
    typst = require()
    draft = source(document, template, language=language, words=words, note="")
    note = origins.note(draft.files)
    if earlier is not None and note.encode() in earlier:
        return earlier
    made = source(document, template, language=language, words=words, note=note)
    return _compiled(typst, made)


def _compiled(typst: Any, made: Source) -> bytes:
    try:
        # The system's fonts come in only when they are needed, so that they make no difference otherwise.
        data = typst.compile(dict(made.files), format="pdf", ignore_system_fonts=made.covered, timestamp=0)
    except RuntimeError as error:  # its own errors are of this kind
        first = next(iter(str(error).splitlines()), "no reason given")
        raise OutputError(f"typst could not make the PDF: {first}") from None
    assert isinstance(data, bytes)  # noqa: S101 - one file, as PDF is
    return data
