"""What a Markdown page becomes in HTML, and what is kept out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from pgdossier.analysis import analyse
from pgdossier.config import Format
from pgdossier.errors import ConfigurationError
from pgdossier.render import html, markdown
from pgdossier.render.finished import Finished
from pgdossier.render.formats import FORMATS
from pgdossier.render.html import sanitising
from pgdossier.render.html.addresses import Addresses
from pgdossier.render.html.conversion import Content, Rows, Surroundings, convert
from pgdossier.render.html.drawings import Styles, inline
from pgdossier.render.html.highlighting import highlighted
from pgdossier.render.page import Drawings
from pgdossier.review import review
from tests.golden.library import LIBRARY

Address = Callable[[str], str | None]


def _converted(text: str, **around: object) -> Content:
    fields: dict[str, object] = {
        "address": lambda href: href,
        "drawing": lambda _: None,
        "picture": lambda _: None,
    }
    return convert(text, "README.md", Surroundings(**(fields | around)))  # type: ignore[arg-type]


def _same(value: str) -> str:
    return value


def _none(_: str) -> None:
    return None


def test_the_configuration_knows_every_format() -> None:
    """What can be configured is what can be written."""
    assert set(get_args(Format)) == set(FORMATS)


def test_headings_nest_and_keep_their_anchors() -> None:
    """An anchor before a heading becomes the heading's own, and its number stands apart."""
    page = _converted(
        '# T\n\n<a id="section-1"></a>\n\n## 1. One\n\n'
        '<a id="section-1.1"></a>\n\n### 1.1 `two`\n\n**Alone**\n\n- x\n'
    )
    assert page.title == "T"
    assert [(one.level, one.anchor, one.number, one.text) for one in page.headings] == [
        (2, "section-1", "1", "One"),
        (3, "section-1.1", "1.1", "two"),
    ]
    assert '<h3 id="section-1.1"><span class="number">1.1</span> <code>two</code></h3>' in page.html
    assert '<h4 class="label">Alone</h4>' in page.html
    assert page.html.count("<section") == page.html.count("</section>") == 2


def test_rows_of_a_relation_get_anchors() -> None:
    """Columns and indexes of a relation can be linked, whatever the headers of their tables are called."""
    text = (
        '<a id="relation-a.b"></a>\n\n### 4.1 `b`\n\n'
        "|  | Spalte |\n| --- | --- |\n| PK | `id` |\n|  | `x` |\n\n"
        "| Name | On |\n| --- | --- |\n| `b_pkey` | `id` |\n"
    )
    rows = {"relation-a.b": Rows(columns={"id": "column-a.b.id"}, indexes={"b_pkey": "index-a.b.b_pkey"})}
    shown = _converted(text, rows=rows).html
    assert '<tr id="column-a.b.id"><td><abbr class="mark" title="primary key">PK</abbr></td>' in shown
    assert '<tr id="index-a.b.b_pkey">' in shown
    assert shown.count("<tr id=") == 2


def test_cells_keep_their_alignment_without_style() -> None:
    """Alignment is a class, since the policy of the page forbids style attributes."""
    shown = _converted("| a | b |\n| --- | --: |\n| 1 | 2 |\n").html
    assert '<td class="right">2</td>' in shown
    assert "style=" not in shown


def test_notes_cannot_reach_beyond_themselves() -> None:
    """What is left open in a block is closed there, headings go below the section, footnotes have own ids."""
    text = (
        "## 1. One\n\n<!-- authored: a -->\n# Mine\n\n<div><!-- \n\nx[^1]\n\n[^1]: y\n<!-- /authored -->\n\n"
        "<!-- authored: b -->\nz[^1]\n\n[^1]: w\n\n- [x] done\n<!-- /authored -->\n\nafter\n"
    )
    shown = _converted(text, written=frozenset("a")).html
    assert '<div class="note"><h3>Mine</h3>' in shown
    assert '<div class="note open">' in shown
    assert "<p>after</p>" in shown
    assert shown.count("<div") == shown.count("</div>")
    assert 'id="fn-n1-1"' in shown
    assert '<input type="checkbox" checked="" disabled="">' in shown


@pytest.mark.parametrize(
    ("given", "gone"),
    [
        ("<script>alert(1)</script>ok", "alert"),
        ("<img src=x onerror=alert(1)>ok", "onerror"),
        ('<a href="javascript:alert(1)">ok</a>', "javascript"),
        ('<a href="data:text/html,x">ok</a>', "data:"),
        ('<p style="position:fixed">ok</p>', "style"),
        ('<b id="content" class="bar">ok</b>', 'content"'),
        ("<iframe src=x></iframe>ok", "iframe"),
        ("<svg onload=alert(1)><a>x</a></svg>ok", "onload"),
        ("<math><mtext><style><img src onerror=alert(1)></style></mtext></math>ok", "onerror"),
        ('<input type="text" name="q">ok', "<input"),
        ('<figure class="drawing" data-drawing="0"></figure>ok', "data-drawing"),
        ("</main></section>ok", "</main>"),
        ('<a href="#x" target="_blank">ok</a>', "target"),
    ],
)
def test_notes_are_held_to_the_allow_list(given: str, gone: str) -> None:
    """Whatever acts, loads, covers or takes a name of ours is gone from a note; its text stays."""
    shown = sanitising.authored(given, _same, _none)
    assert gone not in shown
    assert "ok" in shown


def test_pictures_are_put_in_or_become_links() -> None:
    """A picture of the folder is put into the page; one from elsewhere is a link, and nothing is loaded."""
    text = "<!-- authored: a -->\n![one](a.png) ![two](https://e.invalid/b.png)\n<!-- /authored -->\n"
    data = "data:image/png;base64,AAAA"
    shown = _converted(text, picture=lambda path: data if path == "a.png" else None).html
    assert f'<img src="{data}" alt="one">' in shown
    assert '<a href="https://e.invalid/b.png" rel="noopener noreferrer">two</a>' in shown


@pytest.mark.parametrize(
    ("href", "single", "split"),
    [
        ("#x", "#x", "#x"),
        ("../README.md#section-1", "../index.html#section-1", "../index.html#section-1"),
        ("b.md", "b.html", "b.html"),
        ("../schema.sql", "../schema.sql", "../../schema.sql"),
        ("https://e.invalid/?a=b#c", "https://e.invalid/?a=b#c", "https://e.invalid/?a=b#c"),
        ("javascript:alert(1)", None, None),
        ("//e.invalid/x", None, None),
        ("/etc/passwd", None, None),
        ("http://[", None, None),
    ],
)
def test_links_lead_on(href: str, single: str | None, split: str | None) -> None:
    """Links between pages lead to their HTML, other files stay where they are, and nothing else is a link."""
    pages = ("README.md", "tables/a.md", "tables/b.md")
    assert Addresses(pages, split=False).target(href, "tables/a.md") == single
    assert Addresses(pages, split=True).target(href, "tables/a.md") == split


def test_links_of_a_diagram_lead_on() -> None:
    """Links of an SVG file are relative to that file, and lead from the page that shows it."""
    addresses = Addresses(("README.md", "tables/a.md"), split=True)
    assert addresses.target("../tables/a.md", "README.md", "diagrams/x.svg") == "tables/a.html"
    assert (
        Addresses(("README.md",), split=False).target("../README.md#r", "README.md", "diagrams/x.svg") == "#r"
    )


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="erd" width="9" height="9" viewBox="0 0 9 9" id="i">'
    "<title>A &amp; B</title><style>{css}</style><script>alert(1)</script>"
    '<a href="x.md" onclick="alert(2)"><text x="1" y="2" style="fill:red" class="t">&lt;b&gt;</text></a>'
    "<foreignObject><b>x</b></foreignObject></svg>"
)


def test_drawings_bring_only_shapes_and_links() -> None:
    """Of an SVG only known elements and attributes are taken over; texts stay texts."""
    shown = inline(SVG.format(css=".erd .t{fill:#111}").encode(), lambda href: f"to-{href}", Styles())
    assert shown is not None
    assert 'aria-label="A &amp; B"' in shown
    assert '<a href="to-x.md"><text x="1" y="2" class="t">&lt;b&gt;</text></a>' in shown
    for gone in ("script", "onclick", "style", "foreignObject", "id="):
        assert gone not in shown
    assert inline(b"<svg", _same, Styles()) is None


def test_drawings_share_what_they_agree_on() -> None:
    """Rules of many drawings are merged; those that contradict each other hold for their own only."""
    styles = Styles()
    dark = "@media (prefers-color-scheme:dark){.erd .t{fill:#eee}}"
    assert styles.add(f".erd .t{{fill:#111}}{dark}") == "drawn0"
    assert styles.add(".erd .t{fill:#111}.erd .u{fill:#222}") == "drawn0"
    assert styles.add(".erd .t{fill:#333}") == "drawn1"
    assert ".drawn0 .t{fill:#111}.drawn0 .u{fill:#222}.drawn1 .t{fill:#333}" in styles.css
    assert ":root[data-theme=dark] .drawn0 .t{fill:#eee}" in styles.css
    assert ":root:not([data-theme=light]) .drawn0 .t{fill:#eee}" in styles.css


def test_sql_is_coloured_and_escaped() -> None:
    """Keywords, types, literals and comments have classes; every character is still there."""
    shown = highlighted("SELECT '<b>'::text, 1 -- <i>\n", "sql")
    assert '<span class="k">SELECT' in shown
    assert "&lt;b&gt;" in shown
    assert '<span class="c">-- &lt;i&gt;' in shown
    assert highlighted("a < b", "no such language") == "a &lt; b"


def _finished(*, split: bool, folder: Path | None = None) -> Finished:
    analysis = analyse(LIBRARY)
    return Finished(
        pages=markdown.pages(analysis, markdown.Style(split=split), Drawings(), {}),
        diagrams={},
        links=markdown.links_for(analysis, split=split),
        analysis=analysis,
        reviewed=review(analysis),
        template_dir=folder,
    )


def test_one_file_or_a_site() -> None:
    """One page becomes one file; one page per relation becomes a site with shared assets below `html/`."""
    assert set(html.files(_finished(split=False))) == {"index.html"}
    site = set(html.files(_finished(split=True)))
    assert {"html/index.html", "html/tables/library.books.html", "html/assets/index.js"} <= site
    assert all(path.startswith("html/") for path in site)


def test_the_policy_allows_what_is_there() -> None:
    """Scripts and styles run by their hash in the single file, from their files in the site, never inline."""
    page = html.files(_finished(split=False))["index.html"].decode()
    policy = page.split('Content-Security-Policy" content="')[1].split('"')[0].replace("&#39;", "'")
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 3
    assert policy.startswith("default-src 'none'; ")


def test_a_user_replaces_the_style(tmp_path: Path) -> None:
    """A folder of templates may hold another style sheet; one that would end its element is refused."""
    (tmp_path / "html").mkdir()
    file = tmp_path / "html" / "style.css"
    file.write_text("body { color: teal }", encoding="utf-8")
    assert b"body { color: teal }" in html.files(_finished(split=False, folder=tmp_path))["index.html"]
    file.write_text("</style><script>", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"style\.css"):
        html.files(_finished(split=False, folder=tmp_path))
