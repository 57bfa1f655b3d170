"""`document.docx`: converted by pandoc, then finished: looks, page numbers, no moments in time."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pgdossier.diagrams import pictures
from pgdossier.errors import OutputError
from pgdossier.render.paper import origins
from pgdossier.render.paper.parts import Document, Drawing
from pgdossier.render.paper.structure import Tree, tree

PATH = "document.docx"

_POINTS = 0.75  # of a pixel
_SIZE = re.compile(rb'<svg [^>]*?\bwidth="(\d+)" height="(\d+)"')
_THEN = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP file can name
_CORE = "docProps/core.xml"


def require() -> Any:
    """The library that converts.

    Raises:
        OutputError: It is not installed, or what draws pictures is not.
    """
    try:
        import pypandoc  # noqa: PLC0415 - an extra, which only this format needs

        pypandoc.get_pandoc_path()
        import typst  # noqa: F401, PLC0415 - makes the pictures
    except (ImportError, OSError):
        raise OutputError(
            "DOCX needs pandoc and typst, which are not installed",
            hint="pip install 'pgdossier[docx]'",
            code=2,
        ) from None
    return pypandoc


def make(
    document: Document,
    style: str,
    *,
    language: str,
    words: Mapping[str, str],
    earlier: bytes | None = None,
) -> bytes:
    """The document as DOCX. The same document gives the same bytes.

    Args:
        document: The document.
        style: How it looks: `templates/paper/styles.xml`.
        language: Its language, as a code of ISO 639.
        words: The words that the Markdown has not.
        earlier: The DOCX of an earlier run; it is given back when it was made from the same source.

    Raises:
        DossierError: Pandoc is not installed, or cannot convert the document.
    """
    pypandoc = require()
    drawings: dict[str, bytes] = {}

    def named(drawing: Drawing) -> tuple[bytes, float, float]:
        drawings[f"{len(drawings)}"] = drawing.svg
        return b"", *_size(drawing.svg)

    def drawn(drawing: Drawing) -> tuple[bytes, float, float]:
        return pictures.png(drawing.svg, drawing.caption), *_size(drawing.svg)

    draft = tree(document, named, language=language, words=words, note="")
    note = origins.note({**draft.pictures, **drawings, "tree": draft.json}, style, _FOOTER, _SECTION)
    if earlier is not None and _notes(earlier, note):
        return earlier
    made = tree(document, drawn, language=language, words=words, note=note)
    return _finished(_converted(pypandoc, made), style)


def _size(svg: bytes) -> tuple[float, float]:
    size = _SIZE.search(svg)
    return (int(size[1]) * _POINTS, int(size[2]) * _POINTS) if size else (487.0, 640.0)


def _notes(data: bytes, note: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return note.encode() in archive.read(_CORE)
    except (zipfile.BadZipFile, KeyError):
        return False


def _converted(pypandoc: Any, made: Tree) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pgdossier-") as folder:
        for name, data in made.pictures.items():
            Path(folder, name).write_bytes(data)
        target = Path(folder, PATH)
        try:
            pypandoc.convert_text(
                made.json.decode(),
                to="docx",
                format="json",
                outputfile=str(target),
                # Nothing of the user's own pandoc counts.
                extra_args=[f"--data-dir={folder}", "--quiet"],
                cworkdir=folder,
            )
            return target.read_bytes()
        except (OSError, RuntimeError) as error:  # its own errors are of the second kind
            first = next(iter(str(error).splitlines()), "no reason given").replace(folder, "…")
            raise OutputError(f"pandoc could not make the DOCX: {first}") from None


# --- finishing ------------------------------------------------------------------------------------

_FOOTER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr>'
    '<w:pStyle w:val="Footer"/><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve">PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>'
)
# The paper is A4; the first page, which is the cover, has no number.
_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="pgdossierFooter"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1280" w:right="1080" w:bottom="1200" w:left="1080"'
    ' w:header="600" w:footer="600" w:gutter="0"/><w:titlePg/></w:sectPr>'
)
_WIDTH = 11906 - 2 * 1080  # of its text, in twentieths of a point
_PANDOC_WIDTH = 7920  # that for which pandoc makes tables
_GRID_COLUMN = re.compile(r'<w:gridCol w:w="(\d+)"')
_SECTIONS = re.compile(r"<w:sectPr\b[^>]*?(?:/>|>.*?</w:sectPr>)", re.DOTALL)
_MOMENTS = re.compile(r"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_STYLE = re.compile(r'<w:style\b[^>]*\bw:styleId="([^"]+)".*?</w:style>', re.DOTALL)


def _finished(data: bytes, style: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change: dict[str, Callable[[str], str]] = {
        "word/document.xml": _with_section,
        "word/styles.xml": lambda text: _with_styles(text, style),
        "word/_rels/document.xml.rels": _with_relation,
        "[Content_Types].xml": _with_type,
        _CORE: lambda text: _MOMENTS.sub("", text),
    }
    for name, finish in change.items():
        files[name] = finish(files[name].decode()).encode()
    files["word/pgdossier-footer.xml"] = _FOOTER.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # Programs look for this one first.
        for name in sorted(files, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            archive.writestr(entry, files[name])
    return stream.getvalue()


def _with_section(text: str) -> str:
    text = _SECTIONS.sub("", text)
    text = _GRID_COLUMN.sub(lambda found: f'<w:gridCol w:w="{int(found[1]) * _WIDTH // _PANDOC_WIDTH}"', text)
    return text.replace("</w:body>", f"{_SECTION}</w:body>")


def _with_styles(text: str, style: str) -> str:
    """Our styles in place of pandoc's."""
    ours = {found[1]: found[0] for found in _STYLE.finditer(style)}
    text = _STYLE.sub(lambda found: "" if found[1] in ours else found[0], text)
    return text.replace("</w:styles>", f"{''.join(ours.values())}</w:styles>")


def _with_relation(text: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
    own = f'<Relationship Id="pgdossierFooter" Type="{kind}" Target="pgdossier-footer.xml"/>'
    return text.replace("</Relationships>", f"{own}</Relationships>")


def _with_type(text: str) -> str:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    return text.replace(
        "</Types>", f'<Override PartName="/word/pgdossier-footer.xml" ContentType="{kind}"/></Types>'
    )
