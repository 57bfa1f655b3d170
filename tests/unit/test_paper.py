"""What a document on paper is made of, and what cannot become code there."""

from __future__ import annotations

import sys

import pypdfium2
import pytest
import typst

from pgdossier.errors import OutputError
from pgdossier.render import environment
from pgdossier.render.formats import require
from pgdossier.render.paper import pdf
from pgdossier.render.paper.parts import (
    Code,
    Document,
    Drawing,
    Heading,
    Note,
    Paragraph,
    Picture,
    Run,
    Table,
    plain,
)
from pgdossier.render.paper.reading import read
from pgdossier.render.paper.typesetting import source
from pgdossier.render.paper.widths import USUAL, Breaking, layout, pieces

_WORDS = {"contents": "Contents"}
_NASTY = 'a"b\\ #panic() $x$ *b* @c <d> `e` // /* [f] ${} \\u{41} ]] }) #"'


def _read(text: str, written: frozenset[str] = frozenset()) -> Document:
    return read(text, "README.md", {"d.svg": b"<svg/>"}, written, {"p.png": b"png"}.get)


def _template() -> str:
    made = environment.environment()
    assert made.loader is not None
    return made.loader.get_source(made, "paper/document.typ")[0]


def _pdf(document: Document) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf.make(document, _template(), language="en", words=_WORDS))


def _document(*parts: object, title: str = "T") -> Document:
    return Document(title=title, facts=(), front=(), parts=parts, anchors=frozenset())  # type: ignore[arg-type]


def test_cover_and_contents_are_taken_out() -> None:
    """Title, title block and contents of the Markdown become those of the paper."""
    found = _read(
        "# Title\n\n|  |  |\n| --- | --- |\n| **Database** | `shop` |\n\n**Contents**\n\n"
        "- [1 A](#section-1)\n\n"
        '<a id="section-1"></a>\n\n## 1. A\n\nText, see [A](#section-1), [gone](#gone), [file](schema.sql),'
        " [web](https://example.org) and [bad](javascript:x).\n"
    )
    assert (found.title, found.front) == ("Title", ())
    assert [(label, plain(runs)) for label, runs in found.facts] == [("Database", "shop")]
    heading, paragraph = found.parts
    assert isinstance(heading, Heading)
    assert (heading.level, heading.anchors) == (1, ("section-1",))
    assert isinstance(paragraph, Paragraph)
    targets = {run.text: run.target for run in paragraph.runs if run.target}
    assert targets == {"A": "#section-1", "web": "https://example.org"}


def test_the_sql_of_relations_stays_behind() -> None:
    """The definition of a relation is not printed; other SQL is, and so are drawings and pictures."""
    sql = "<details>\n<summary>SQL</summary>\n\n```sql\nSELECT 1\n```\n\n</details>\n\n"
    found = _read(
        f'<a id="relation-a.b"></a>\n\n### 4.1 b\n\n{sql}'
        f"[![D](d.svg)](d.svg)\n\n## 5. C\n\n{sql}![P](p.png)\n"
    )
    kinds = [type(part) for part in found.parts]
    assert kinds == [Heading, Drawing, Heading, Paragraph, Code, Picture]


def test_what_people_write_stays_in_its_block() -> None:
    """HTML of people becomes words, their headings stay below the section, their anchors do not count."""
    text = (
        "## 1. A\n\n<!-- authored: purpose -->\n# Own\n\n"
        '<a id="section-9"></a> <b>bold</b> <script>x()</script>\n'
        "```\nnot closed\n<!-- /authored -->\n"
    )
    with pytest.raises(Exception, match="not closed"):
        _read(text)
    note = _read(text.replace("```\n", ""), frozenset(("purpose",))).parts[1]
    assert isinstance(note, Note)
    assert note.written
    heading, paragraph = note.parts
    assert isinstance(heading, Heading)
    assert (heading.level, heading.listed) == (2, False)
    assert isinstance(paragraph, Paragraph)
    assert ("bold", True) in [(run.text, run.strong) for run in paragraph.runs]
    assert "x()" not in plain(paragraph.runs)


def test_no_text_is_code_for_typst() -> None:
    """Whatever a name looks like, the PDF shows it as it is."""
    runs = (Run(_NASTY), Run(_NASTY, code=True))
    parts = (Heading(1, runs), Paragraph(runs), Table((runs,), ((runs,),), ("left",)), Code(_NASTY, "sql"))
    document = _pdf(_document(*parts, title=_NASTY))
    text = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)
    assert text.count("".join(_NASTY.split())) >= 8
    assert document.get_metadata_value("Title") == _NASTY


def test_words_break_where_their_parts_end() -> None:
    """Short words stay whole; long ones break after their parts, or anywhere when a part is too long."""
    assert pieces("created_at") == ("created_at",)
    assert pieces("a customer_identification_number") == ("a customer_", "identification_", "number")
    assert pieces("x" * 30, USUAL) == ("x" * 24, "x" * 6)
    assert "".join(pieces("日本語" * 9, Breaking(4, 4))) == "日本語" * 9


@pytest.mark.parametrize("columns", [1, 2, 7, 14, 40])
def test_a_table_always_fits(columns: int) -> None:
    """However many columns there are and however long their words, the table is as wide as the page."""
    cell = (Run("averyveryverylongwordwithoutanyplacewhereitcouldbreak" * 2, code=True),)
    found = layout(Table((cell,) * columns, ((cell,) * columns,), ("left",) * columns), 487.0)
    assert 480 < sum(found.columns) < 487.01


def test_the_same_source_is_not_compiled_again() -> None:
    """A PDF that notes the same source is given back as it is; another one is made anew."""
    made = pdf.make(_document(Paragraph((Run("x"),))), _template(), language="en", words=_WORDS)
    again = b"%PDF from elsewhere" + made
    assert (
        pdf.make(_document(Paragraph((Run("x"),))), _template(), language="en", words=_WORDS, earlier=again)
        is again
    )
    other = pdf.make(
        _document(Paragraph((Run("y"),))), _template(), language="en", words=_WORDS, earlier=again
    )
    assert other.startswith(b"%PDF-")


def test_what_is_too_long_is_refused() -> None:
    """Ten thousand relations are no PDF: the message says how many pages there would be."""
    parts = [Paragraph((Run("x" * 1_000),))] * (pdf.MOST // 1_000)
    with pytest.raises(OutputError, match=r"about .* pages"):
        pdf.make(_document(*parts), _template(), language="en", words=_WORDS)


def _svg(wide: int, tall: int) -> bytes:
    """A drawing of that many pixels with a word in each corner and a border."""
    size = f'width="{wide}" height="{tall}" viewBox="0 0 {wide * 0.75:g} {tall * 0.75:g}"'
    words = "".join(
        f'<text x="{x}" y="{y}" font-size="11" text-anchor="{anchor}">{word}</text>'
        for word, x, y, anchor in (
            ("upperleft", 2, 12, "start"),
            ("upperright", wide * 0.75 - 2, 12, "end"),
            ("lowerleft", 2, tall * 0.75 - 4, "start"),
            ("lowerright", wide * 0.75 - 2, tall * 0.75 - 4, "end"),
        )
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{words}</svg>'.encode()


@pytest.mark.parametrize(
    ("wide", "tall", "flipped", "a3"),
    [
        (900, 600, False, False),
        (2_300, 700, True, False),
        (3_200, 1_200, True, True),
        (900, 4_000, False, False),
    ],
    ids=["as it is", "wide", "very wide", "long"],
)
def test_drawings_are_turned_or_cut_where_they_must(wide: int, tall: int, *, flipped: bool, a3: bool) -> None:
    """A wide drawing gets a page in landscape, a long one several pages; each corner stays on the paper."""
    made = _pdf(_document(Drawing(_svg(wide, tall), "A drawing")))
    pages = [made[number] for number in range(len(made))]
    assert any(page.get_width() > page.get_height() for page in pages) is flipped
    assert any(max(page.get_size()) > 1_000 for page in pages) is a3
    seen: set[str] = set()
    for page in pages:
        text = page.get_textpage()
        for corner in ("upperleft", "upperright", "lowerleft", "lowerright"):
            search = text.search(corner)
            while found := search.get_next():  # the other bands hold it out of sight
                boxes = [text.get_charbox(found[0] + at) for at in range(found[1])]
                inside = all(
                    left >= 0 and below >= 0 and right <= page.get_width() and above <= page.get_height()
                    for left, below, right, above in boxes
                )
                seen |= {corner} if inside else set()
    assert seen == {"upperleft", "upperright", "lowerleft", "lowerright"}


@pytest.mark.parametrize(("name", "module"), [("pdf", "typst"), ("docx", "pypandoc")])
def test_a_missing_extra_is_named(name: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the message says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(OutputError) as raised:
        require((name,))
    assert raised.value.hint == f"pip install 'pgdossier[{name}]'"
    assert raised.value.code == 2


def test_fonts_of_the_system_come_in_only_when_needed() -> None:
    """European letters are in the fonts of Typst; Chinese ones are not."""
    for text, covered in (("Größe Ελλάδα Київ → …", True), ("日本", False)):
        found = source(_document(Paragraph((Run(text),))), "", language="en", words=_WORDS, note="")
        assert found.covered is covered
    assert "DejaVu Sans Mono" in typst.Fonts(include_system_fonts=False).families()
