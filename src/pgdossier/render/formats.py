"""The formats in which a document can be written besides Markdown, by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from pgdossier.render.finished import Finished


def _html(finished: Finished) -> dict[str, bytes]:
    from pgdossier.render import html  # noqa: PLC0415 - a format loads what it needs when it is asked for

    return html.files(finished)


def _pdf(finished: Finished) -> dict[str, bytes]:
    from pgdossier.render.paper import copies  # noqa: PLC0415 - likewise

    return copies.pdf_files(finished)


def _docx(finished: Finished) -> dict[str, bytes]:
    from pgdossier.render.paper import copies  # noqa: PLC0415 - likewise

    return copies.docx_files(finished)


FORMATS: Mapping[str, Callable[[Finished], dict[str, bytes]]] = {"html": _html, "pdf": _pdf, "docx": _docx}
"""What makes the files of a format, by its name: content by path relative to the output folder.

Each raises `DossierError` when something it needs is missing. `config.Config.formats` has the same names.
"""


def require(names: Collection[str]) -> None:
    """Make sure that these formats can be written.

    Raises:
        OutputError: Something that one of them needs is not installed (code 2).
    """
    if "pdf" in names:
        from pgdossier.render.paper import pdf  # noqa: PLC0415 - likewise

        pdf.require()
    if "docx" in names:
        from pgdossier.render.paper import docx  # noqa: PLC0415 - likewise

        docx.require()
