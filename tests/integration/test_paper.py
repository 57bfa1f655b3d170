"""The PDF and the DOCX of whole databases: every name is there, nothing is cut, every link leads."""

from __future__ import annotations

import ctypes
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from pgdossier import pipeline
from pgdossier.config import Config, parse_source
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.progress import SILENT
from pgdossier.render.escaping import visible
from pgdossier.render.paper.parts import Heading, plain
from pgdossier.render.paper.reading import read
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.support import hostile
from tests.support.servers import PostgresServer

# One worker makes each document once.
pytestmark = pytest.mark.xdist_group("paper")

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DATABASES = ("chinook", "pagila", "hostile")


class Copy(NamedTuple):
    """The copies of one database, and what they are about."""

    folder: Path
    snapshot: Snapshot

    @property
    def pdf(self) -> bytes:
        return (self.folder / "document.pdf").read_bytes()

    @property
    def docx(self) -> bytes:
        return (self.folder / "document.docx").read_bytes()


@pytest.fixture(scope="module", params=_DATABASES)
def copy(
    request: pytest.FixtureRequest,
    server: PostgresServer,
    shared_database: SharedDatabase,
    corpus_database: CorpusDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Copy:
    """The copies of one database after the other, in the layout with many pages."""
    if request.param == "hostile":
        url = shared_database(server, "paper", _hostile())
    else:
        url = corpus_database(server, request.param)
    folder = tmp_path_factory.mktemp("paper")
    _generate(url, folder, layout="split" if request.param == "pagila" else "single")
    return Copy(folder, snapshot_json.decode((folder / "snapshot.json").read_bytes()))


def _hostile() -> str:
    """A schema with a table of every hostile name, whose columns and comment are hostile as well."""
    quoted = [hostile.identifier(name) for name in hostile.NAMES]
    schema = hostile.identifier(hostile.SCHEMA)
    lines = [f"CREATE SCHEMA {schema};"]
    for index, name in enumerate(quoted):
        column = quoted[(index + 1) % len(quoted)]
        comment = hostile.literal(hostile.COMMENTS[index % len(hostile.COMMENTS)])
        lines.append(f"CREATE TABLE {schema}.{name} ({name} integer PRIMARY KEY, {column} text);")
        lines.append(f"COMMENT ON TABLE {schema}.{name} IS {comment};")
        lines.append(f"COMMENT ON COLUMN {schema}.{name}.{column} IS {comment};")
    return "\n".join(lines)


def _generate(source: str, folder: Path, **options: Any) -> pipeline.GenerateResult:
    config = Config(source=parse_source(source), output=folder, formats=("pdf", "docx"), activity=False)
    return pipeline.generate(msgspec.structs.replace(config, **options), SILENT, identified=False)


def _names(snapshot: Snapshot) -> set[str]:
    """Every name of a relation or of a column."""
    found = set()
    for relation in snapshot.structure.relations:
        found.add(relation.name)
        found.update(column.name for column in relation.columns)
    return found


def _squeezed(text: str) -> str:
    """Text without what the lines of a page do to it: its ends, spaces, and how signs are put together."""
    kept = unicodedata.normalize("NFKC", text)
    # What no font has is noted beside its sign; above U+FFFF the reader of these tests does not see that.
    return "".join(
        char
        for char in kept
        if not char.isspace() and char.isprintable() and char != "\ufffd" and char <= "\uffff"
    )


def _as_printed(name: str) -> str:
    """A name as paper shows it: a control character is the abbreviation of its name."""
    shown = visible(name)
    return _squeezed("".join(_CONTROLS.get(char, char) for char in shown))


_CONTROLS = {
    "\u2409": "TAB",
    "\u240a": "LF",
    "\u240d": "CR",
    "\u2401": "SOH",
    "\u2407": "BEL",
    "\u241b": "ESC",
} | {"\u2424": "NL", "\u2421": "DEL", "\u2408": "BS", "\u240b": "VT", "\u240c": "FF", "\u241f": "US"}


def _text(page: Any) -> str:
    return str(page.get_textpage().get_text_bounded())


def test_pdf_holds_every_name(copy: Copy) -> None:
    """Whoever searches the PDF finds every relation and every column, whatever it is called."""
    document = pypdfium2.PdfDocument(copy.pdf)
    text = _squeezed("".join(_text(page) for page in document))
    assert [name for name in sorted(_names(copy.snapshot)) if _as_printed(name) not in text] == []


def test_nothing_leaves_the_text_area(copy: Copy) -> None:
    """No letter of the PDF stands in a side margin, so none is cut and none is printed over the edge."""
    outside = []
    for number, page in enumerate(pypdfium2.PdfDocument(copy.pdf), start=1):
        width, _ = page.get_size()
        for char, (left, _, right, _) in _boxes(page):
            if left < 53 or right > width - 53:
                outside.append((number, char, round(left), round(right)))
    assert outside == []


def test_cells_do_not_overlap(copy: Copy) -> None:
    """No two letters of the PDF are printed over each other, as when a word is wider than its column."""
    over = []
    for number, page in enumerate(pypdfium2.PdfDocument(copy.pdf), start=1):
        lines: dict[int, list[tuple[float, float, str]]] = {}
        for char, (left, bottom, right, _) in _boxes(page, loose=True):
            # Drawings have ligatures of f.
            if char.isascii() and char.isalnum() and char != "f":
                lines.setdefault(round(bottom * 2), []).append((left, right, char))
        for line in lines.values():
            line.sort()
            pairs = itertools.pairwise(line)
            over += [
                (number, a[2] + b[2], round(a[0]))
                for a, b in pairs
                if a[1] - b[0] > 0.5 * (a[1] - a[0]) > 0.5
            ]
    assert over == []


def _boxes(page: Any, *, loose: bool = False) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Every visible letter with its box; the texts of drawings are a matter of their own."""
    text = page.get_textpage()
    whole = text.get_text_range()
    for index in range(text.count_chars()):
        size = pdfium.FPDFText_GetFontSize(text.raw, index)
        char = chr(pdfium.FPDFText_GetUnicode(text.raw, index))
        if char.isspace() or size < 1 or not whole:
            continue
        yield char, text.get_charbox(index, loose=loose)


def test_bookmarks_are_the_headings(copy: Copy) -> None:
    """The bookmarks of the PDF are the headings of the document, in their order, and each has a page."""
    headings = _headings(copy)
    document = pypdfium2.PdfDocument(copy.pdf)
    found = list(document.get_toc(max_depth=9))
    assert [_squeezed(one.get_title()) for one in found] == [_as_printed(text) for _, text in headings]
    assert [one.level + 1 for one in found] == [level for level, _ in headings]
    pages = [one.get_dest().get_index() for one in found]
    assert pages == sorted(pages)
    assert pages[0] > 1  # behind cover and contents


def _headings(copy: Copy) -> list[tuple[int, str]]:
    text = (copy.folder / "README.md").read_text(encoding="utf-8")
    if (copy.folder / "tables").exists():
        single = copy.folder.with_name(f"{copy.folder.name}-single")
        if not single.exists():
            _generate(str(copy.folder / "snapshot.json"), single, layout="single", formats=())
        text = (single / "README.md").read_text(encoding="utf-8")
    document = read(text, "README.md", {}, frozenset(), lambda _: None)
    return [
        (part.level, plain(part.runs)) for part in document.parts if isinstance(part, Heading) and part.listed
    ]


def test_links_of_the_pdf_lead_somewhere(copy: Copy) -> None:
    """A link leads to a page of the document, or to the web; none leads into the file system."""
    document = pypdfium2.PdfDocument(copy.pdf)
    inside = 0
    for page in document:
        start = ctypes.c_int(0)
        link = pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page.raw, start, link):
            action = pdfium.FPDFLink_GetAction(link)
            kind = pdfium.FPDFAction_GetType(action) if action else None
            if kind == pdfium.PDFACTION_URI:
                size = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
                buffer = ctypes.create_string_buffer(size)
                pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, size)
                assert re.match(rb"(?:https?|mailto):", buffer.value)
                continue
            target = pdfium.FPDFLink_GetDest(document.raw, link)
            assert 0 <= pdfium.FPDFDest_GetDestPageIndex(document.raw, target) < len(document)
            inside += 1
    assert inside > 50


def test_number_of_pages_is_sensible(copy: Copy) -> None:
    """A relation takes about a page and a half, lists and all."""
    relations = sum(1 for one in copy.snapshot.structure.relations if one.kind != "composite")
    assert len(pypdfium2.PdfDocument(copy.pdf)) < 25 + 3 * relations


def _part(data: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return ET.fromstring(archive.read(name))  # noqa: S314 - what we wrote ourselves


def test_docx_holds_every_name(copy: Copy) -> None:
    """The text of the DOCX has every relation and every column."""
    body = _part(copy.docx, "word/document.xml")
    text = _squeezed("".join(found.text or "" for found in body.iter(f"{_W}t")))
    assert [name for name in sorted(_names(copy.snapshot)) if _squeezed(visible(name)) not in text] == []


def test_docx_has_the_headings_with_their_levels(copy: Copy) -> None:
    """The headings of the DOCX are those of the document, in styles that Word makes contents of."""
    body = _part(copy.docx, "word/document.xml")
    found = []
    for paragraph in body.iter(f"{_W}p"):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = "" if style is None else style.get(f"{_W}val", "")
        if match := re.fullmatch(r"Heading(\d)", name):
            found.append((int(match[1]), _squeezed("".join(t.text or "" for t in paragraph.iter(f"{_W}t")))))
    assert found == [(level, _squeezed(text)) for level, text in _headings(copy)]


def test_links_of_the_docx_lead_somewhere(copy: Copy) -> None:
    """Every link of the DOCX has a bookmark of that name, or an address of the web."""
    body = _part(copy.docx, "word/document.xml")
    names = {mark.get(f"{_W}name") for mark in body.iter(f"{_W}bookmarkStart")}
    anchors = [link.get(f"{_W}anchor") for link in body.iter(f"{_W}hyperlink") if link.get(f"{_W}anchor")]
    assert len(anchors) > 50
    assert set(anchors) <= names
    relations = _part(copy.docx, "word/_rels/document.xml.rels")
    outside = [one.get("Target", "") for one in relations if one.get("TargetMode") == "External"]
    assert [target for target in outside if not re.match(r"(?:https?|mailto):", target)] == []


def test_tables_of_the_docx_repeat_their_headers(copy: Copy) -> None:
    """Every table of the DOCX but the title block has a row of titles that is repeated on each page."""
    body = _part(copy.docx, "word/document.xml")
    tables = list(body.iter(f"{_W}tbl"))
    repeated = [table for table in tables if table.find(f"{_W}tr/{_W}trPr/{_W}tblHeader") is not None]
    assert len(repeated) >= len(tables) - 1 > 3


def test_pictures_of_the_docx_have_texts(copy: Copy) -> None:
    """Every diagram is in the DOCX, with words for those who cannot see it."""
    body = _part(copy.docx, "word/document.xml")
    names = [element for element in body.iter() if element.tag.endswith("}docPr")]
    readme = "".join(path.read_text(encoding="utf-8") for path in copy.folder.rglob("*.md"))
    assert len(names) == len(set(re.findall(r"\(((?:\.\./)?diagrams/[^)]+\.svg)\)", readme)))
    assert all(element.get("descr") for element in names)


@pytest.mark.parametrize("copy", ["chinook"], indirect=True)
def test_both_are_the_same_twice(copy: Copy, tmp_path: Path) -> None:
    """The same snapshot gives the same bytes; a refresh takes over what was made from the same source."""
    source = str(copy.folder / "snapshot.json")
    for name in ("once", "twice"):
        _generate(source, tmp_path / name, layout="split")
    for path in ("document.pdf", "document.docx"):
        assert (tmp_path / "once" / path).read_bytes() == (tmp_path / "twice" / path).read_bytes()
    assert _generate(source, tmp_path / "once", layout="split").written == ()
