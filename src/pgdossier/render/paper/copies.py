"""The copies of a document on paper, from the finished document."""

from __future__ import annotations

from pgdossier.errors import ConfigurationError
from pgdossier.language import current
from pgdossier.render import environment
from pgdossier.render.finished import Finished
from pgdossier.render.html.words import words
from pgdossier.render.links import README
from pgdossier.render.paper import docx, pdf
from pgdossier.render.paper.parts import Document
from pgdossier.render.paper.reading import read


def pdf_files(finished: Finished) -> dict[str, bytes]:
    """`document.pdf`, by its path relative to the output folder.

    Args:
        finished: The document.

    Raises:
        ConfigurationError: A template is missing.
        OutputError: Typst is missing, or cannot compile the document.
    """
    pdf.require()
    template = _template(finished, "document.typ")
    earlier = finished.earlier(pdf.PATH)
    made = pdf.make(_document(finished), template, language=current(), words=words(), earlier=earlier)
    return {pdf.PATH: made}


def docx_files(finished: Finished) -> dict[str, bytes]:
    """`document.docx`, likewise.

    Raises:
        ConfigurationError: A template is missing.
        DossierError: Pandoc is missing, or cannot convert the document.
    """
    docx.require()
    style = _template(finished, "styles.xml")
    earlier = finished.earlier(docx.PATH)
    made = docx.make(_document(finished), style, language=current(), words=words(), earlier=earlier)
    return {docx.PATH: made}


def _document(finished: Finished) -> Document:
    text = finished.pages[README] if finished.whole is None else finished.whole()
    return read(text, README, finished.diagrams, finished.written, finished.read)


def _template(finished: Finished, name: str) -> str:
    """A file of `templates/paper` as it is: the built-in one, or the user's."""
    made = environment.environment(finished.template_dir)
    loader = made.loader
    if loader is None:
        raise ConfigurationError("there are no templates")
    return loader.get_source(made, f"paper/{name}")[0]
