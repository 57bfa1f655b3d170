"""The HTML copy in a browser: it finds, leads, zooms, sorts, prints, and runs nothing that is not its own."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
import playwright.sync_api
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pgdossier import pipeline
from pgdossier.authored import blocks
from pgdossier.config import Config, Diagrams, parse_source
from pgdossier.model import snapshot_json
from pgdossier.pipeline.generating import sample_shop
from pgdossier.progress import SILENT
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.golden.library import LIBRARY
from tests.support import hostile
from tests.support.browser import Reader, launched, violations
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with launched() as browser:
        yield browser


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """Somebody who opens files; at the end nothing may have been asked of the network, nor gone wrong."""
    reader = Reader(browser)
    yield reader
    reader.close()
    assert reader.complaints == []


class Copies(NamedTuple):
    """The HTML of one database: the single file, and the front page of the site."""

    single: Path
    site: Path


def _written(source: str, folder: Path, *, drawn: bool = True) -> Copies:
    """Both copies; the site is made from the snapshot of the first, perhaps without diagrams."""
    single, split = folder / "single", folder / "split"
    config = Config(
        source=parse_source(source), output=single, layout="single", formats=("html",), activity=False
    )
    pipeline.generate(config, SILENT, identified=False)
    config = msgspec.structs.replace(
        config,
        source=parse_source(str(single / "snapshot.json")),
        output=split,
        layout="split",
        diagrams=Diagrams(enabled=drawn),
    )
    pipeline.generate(config, SILENT, identified=False)
    return Copies(single / "index.html", split / "html" / "index.html")


@pytest.fixture(scope="module")
def shop(
    server: PostgresServer, shared_database: SharedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Copies:
    """The sample shop."""
    return _written(shared_database(server, "shop", sample_shop()), tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def nasty(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """The hostile schema."""
    server.drop_database(hostile.DATABASE)  # left behind on a server that was there before
    server.create_database(hostile.DATABASE)
    server.run_sql(hostile.DATABASE, hostile.script())
    yield _written(server.url(hostile.DATABASE), tmp_path_factory.mktemp("hostile"), drawn=False)
    server.drop_database(hostile.DATABASE)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """A small document, with hostile notes in every block."""
    folder = tmp_path_factory.mktemp("attacked")
    source = _library(folder)
    _written(source, folder)
    for page in folder.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for key, body in blocks.parse(text, page.name).items():
            text = text.replace(f"<!-- authored: {key} -->\n{body}", f"<!-- authored: {key} -->\n{ATTACKS}")
        page.write_text(text, encoding="utf-8")
    copies = _written(source, folder)
    assert copies.single.read_text(encoding="utf-8").count("harmless text of an attacker") > 10
    return copies


def _library(folder: Path) -> str:
    """The snapshot of the small library, as a source."""
    file = folder / "library.json"
    file.write_bytes(snapshot_json.encode(LIBRARY))
    return str(file)


ATTACKS = """harmless text of an attacker <script>alert(1)</script><img src=x onerror=alert(2)>
<a href="javascript:alert(3)">a</a> [b](javascript:alert(4))
<svg onload=alert(5)><style>*{display:none}</style>
<b onmouseover=alert(6) id=content style="position:fixed">c</b> ![d](https://example.invalid/x.png)

<iframe src="https://example.invalid/"></iframe><form action="https://example.invalid/"><input name=q></form>

</main></section></div><base href="https://example.invalid/"><meta http-equiv=refresh content="0;url=data:,x">

<figure class="drawing" data-drawing="0"></figure>

"""


class _Seen(HTMLParser):
    """The elements of a page: their names, ids, addresses and attributes."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag != "link":
                self.links.append(value or "")
            elif name in ("src", "href", "srcset", "data", "poster", "action", "background"):
                self.loaded.append(value or "")


@cache
def _seen(file: Path) -> _Seen:
    return _Seen(file)


def _pages(copies: Copies) -> list[Path]:
    return [copies.single, *sorted(copies.site.parent.rglob("*.html"))]


@pytest.mark.parametrize("which", ["shop", "nasty", "attacked"])
def test_every_link_leads_somewhere(which: str, request: pytest.FixtureRequest) -> None:
    """Every link leads to an anchor or a file that is there, and every id stands once on its page."""
    copies: Copies = request.getfixturevalue(which)
    seen = {file.resolve(): _seen(file) for file in _pages(copies)}
    followed = 0
    for file, page in seen.items():
        assert len(page.ids) == len(set(page.ids)), file
        for link in set(page.links):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("https", "http", "mailto"), link
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert target.is_file(), f"{file}: {link}"
            if parts.fragment:
                assert unquote(parts.fragment) in seen[target].ids, f"{file}: {link}"
            followed += 1
    assert followed > 100


@pytest.mark.parametrize("which", ["shop", "nasty", "attacked"])
def test_nothing_is_loaded(which: str, request: pytest.FixtureRequest) -> None:
    """The single file names no other one to load, a page of the site only style, script and index."""
    copies: Copies = request.getfixturevalue(which)
    assert [link for link in _seen(copies.single).loaded if not link.startswith("data:image/")] == []
    for file in _pages(copies)[1:]:
        names = {name.rpartition("/")[2] for name in _seen(file).loaded if not name.startswith("data:image/")}
        assert names == {"style.css", "document.js", "index.js"}


@pytest.mark.parametrize("which", ["nasty", "attacked"])
def test_no_text_becomes_markup(which: str, request: pytest.FixtureRequest, reader: Reader) -> None:
    """Hostile names, comments and notes run nothing, load nothing, bring no element along."""
    copies: Copies = request.getfixturevalue(which)
    for file in _pages(copies):
        seen = _seen(file)
        assert not seen.tags & {"iframe", "form", "base", "object", "embed", "foreignobject", "use"}, file
        assert not [name for name in seen.attributes if name.startswith("on") or name in ("style", "srcdoc")]
    page = reader.open(copies.single)
    assert page.locator("script").count() == 4
    assert page.locator("style").count() == 1
    assert page.locator("meta").count() == 6
    search = page.get_by_role("searchbox")
    search.fill("b")
    expect(page.locator(".results li").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_visible()
    site = reader.open(copies.site)
    site.get_by_role("searchbox").fill("b")
    site.locator(".results a").first.click()
    expect(site.locator("h1").first).to_be_visible()
    if which == "nasty":
        search.fill("<script>alert(1)</script>")
        assert "<script>alert(1)</script>" in page.inner_text(".results")
        assert "<script>alert(1)</script>" in (page.text_content("main") or "")
    else:
        assert "harmless text of an attacker" in page.inner_text("main")


def test_search_finds(shop: Copies, reader: Reader) -> None:
    """`/` leads to the search; it finds tables, columns, indexes, functions, findings; keys walk."""
    page = reader.open(shop.single)
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    results = page.locator(".results a")
    for query, kind, place in (
        ("orders", "table", "#relation-sales.orders"),
        ("shipping_address", "column", "#column-sales.orders.shipping_address"),
        ("idx_orders_open", "index", "#index-sales.orders.idx_orders_open"),
        ("slugify", "function", "#routine-catalogue.slugify-44c9a26d"),
        ("redundant_index", "finding: warning", "#finding-redundant_index"),
        ("parcel_size", "type", "#type-catalogue.parcel_size"),
        ("sensitive data", "section", "#section-9.2"),
        ("orders status", "column", "#column-sales.orders.status"),
        ("sales.orders.status", "column", "#column-sales.orders.status"),
    ):
        search.fill(query)
        first = results.filter(has=page.locator(f".kind:text-is('{kind}')")).first
        expect(first).to_have_attribute("href", place)
        assert page.locator(place.replace(".", "\\.")).count() == 1
    search.fill("order_id")
    expect(page.get_by_role("status")).to_contain_text("matches")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(results.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    assert "#column-" in page.url
    assert page.locator(":target").evaluate("row => row.getBoundingClientRect().top < innerHeight")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(page.locator(".tree")).to_be_visible()
    search.fill("no such thing anywhere")
    expect(page.get_by_role("status")).to_have_text("Nothing has that name")


def test_search_in_the_site(shop: Copies, reader: Reader) -> None:
    """On a page of the site the search finds what stands on other pages, and leads there."""
    page = reader.open(shop.site.parent / "tables" / "sales.orders.html")
    page.keyboard.press("/")
    page.keyboard.type("idx_payments_order_id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/sales.payments.html#index-sales.payments.idx_payments_order_id")
    expect(page.locator("h1")).to_have_text("sales.payments")
    expect(page.locator(".relations a[aria-current]")).to_have_text("payments")


def test_contents_follow_the_reader(shop: Copies, reader: Reader) -> None:
    """The contents mark the section that is being read."""
    page = reader.open(shop.single, "#relation-sales.orders")
    expect(page.locator(".tree a[aria-current]")).to_have_text("orders")
    page.locator("#section-9\\.2").scroll_into_view_if_needed()
    page.get_by_role("link", name="9.2").click()
    expect(page.locator(".tree a[aria-current]")).to_contain_text("Sensitive Data")


def test_diagrams_zoom(shop: Copies, reader: Reader) -> None:
    """A diagram grows by button, key and wheel, fits again, fills the screen, and its tables are links."""
    page = reader.open(shop.single, "#relation-sales.orders")
    figure = page.locator("figure", has_text="sales.orders and its neighbours")
    figure.scroll_into_view_if_needed()
    drawing, canvas = figure.locator("svg").last, figure.locator(".canvas")
    fitting = _width(figure)
    figure.get_by_role("button", name="Zoom in").click()
    larger = _width(figure)
    assert larger > fitting * 1.2
    canvas.focus()
    page.keyboard.press("+")
    assert _width(figure) > larger * 1.2
    canvas.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    assert _width(figure) > larger * 1.5
    left = canvas.evaluate("canvas => canvas.scrollLeft")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 150, steps=4)
    page.mouse.up()
    assert canvas.evaluate("canvas => canvas.scrollLeft") >= left + 100
    assert page.url.endswith("#relation-sales.orders")
    page.keyboard.press("0")
    assert _width(figure) == pytest.approx(fitting)
    figure.get_by_role("button", name="Full screen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("figcaption")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(drawing).to_be_visible()
    figure.locator("a[href='#relation-account.users']").first.click()
    assert page.url.endswith("#relation-account.users")
    expect(page.locator("#relation-account\\.users")).to_be_in_viewport()


def _width(figure: Locator) -> float:
    return float(figure.locator(".canvas svg").evaluate("svg => svg.getBoundingClientRect().width"))


def test_links_preview_their_target(shop: Copies, reader: Reader) -> None:
    """Pointing at a foreign key, or tabbing to it, shows the table that it leads to; Escape hides that."""
    for file in (shop.single, shop.site.parent / "tables" / "sales.orders.html"):
        page = reader.open(file, "#relation-sales.orders")
        row = page.locator("#column-sales\\.orders\\.user_id")
        tip = page.get_by_role("tooltip")
        _point(page, row.get_by_role("link"), tip)
        expect(tip).to_contain_text("Everybody who has an account")
        expect(tip).to_contain_text("more columns")
        page.keyboard.press("Escape")
        expect(tip).to_have_count(0)
        page.mouse.move(0, 0)
        row.get_by_role("link").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        expect(tip).to_contain_text("account.users")


def _point(page: Page, link: Locator, tip: Locator) -> None:
    """Point at a link until its preview is there: a page still laid out may move under the pointer."""
    for _ in range(5):
        page.mouse.move(0, 0)
        link.hover()
        with contextlib.suppress(playwright.sync_api.TimeoutError):
            tip.wait_for(timeout=2000)
            return


def test_tables_sort(shop: Copies, reader: Reader) -> None:
    """A header sorts its table up, down and back, says so to screen readers, and stays in sight."""
    page = reader.open(shop.single, "#relation-sales.orders")
    table = page.locator("table", has=page.locator("#column-sales\\.orders\\.id"))
    names = table.locator("tbody td:nth-child(2)")
    before = names.all_inner_texts()
    head = table.get_by_role("columnheader", name="Column")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names.all_inner_texts() == sorted(before)
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert names.all_inner_texts() == sorted(before, reverse=True)
    head.get_by_role("button").press("Enter")
    assert names.all_inner_texts() == before
    page.locator("#column-sales\\.orders\\.updated_at").evaluate(
        "row => row.scrollIntoView({block: 'center'})"
    )
    assert head.evaluate("head => Math.abs(head.getBoundingClientRect().top) <= 1")


def test_numbers_sort_by_value(shop: Copies, reader: Reader) -> None:
    """A column of numbers is sorted by their value, not by their digits."""
    page = reader.open(shop.single)
    table = page.locator("table", has=page.locator("th", has_text="At a glance"))
    table.get_by_role("columnheader", name="Count").get_by_role("button").click()
    shown = [int(text) for text in table.locator("tbody td:nth-child(2)").all_inner_texts() if text.isdigit()]
    assert len({len(str(number)) for number in shown}) == 3
    assert shown == sorted(shown)


def test_light_and_dark(shop: Copies, reader: Reader) -> None:
    """The system decides on light or dark, until the reader does; diagrams follow, and paper stays white."""
    page = reader.open(shop.single, "#section-3.1", color_scheme="dark")
    assert _ground(page) == "rgb(13, 17, 23)"
    dark = _ink(page)
    page.get_by_role("button", name="Light or dark").click()
    assert _ground(page) == "rgb(255, 255, 255)"
    assert _ink(page) != dark
    page.reload()
    assert _ground(page) == "rgb(255, 255, 255)"
    light = reader.open(shop.single, "#section-3.1", color_scheme="light")
    assert _ground(light) == "rgb(255, 255, 255)"
    light.get_by_role("button", name="Light or dark").click()
    assert (_ground(light), _ink(light)) == ("rgb(13, 17, 23)", dark)
    light.emulate_media(media="print")
    assert _ground(light) == "rgb(255, 255, 255)"


def _ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def _ink(page: Page) -> str:
    return str(page.locator(".canvas svg text").first.evaluate("text => getComputedStyle(text).fill"))


def test_without_scripts(shop: Copies, reader: Reader) -> None:
    """With scripts switched off everything can be read, the contents lead, and no dead control is shown."""
    for file in (shop.single, shop.site):
        page = reader.open(file, java_script_enabled=False)
        page.get_by_role("navigation").get_by_role("link", name="12.E").click()
        expect(page.locator("#section-12\\.e")).to_be_in_viewport()
        expect(page.get_by_role("searchbox")).to_have_count(0)
        expect(page.locator("button:visible")).to_have_count(0)
    page = reader.open(shop.site.parent / "tables" / "sales.orders.html", java_script_enabled=False)
    expect(page.locator("pre", has_text="CREATE TABLE sales.orders")).to_be_visible()
    expect(page.locator("figure.drawing svg").first).to_be_visible()
    page.locator("figure.drawing a", has_text="users").first.click()
    expect(page.locator("h1")).to_have_text("account.users")


def test_on_paper(shop: Copies, reader: Reader) -> None:
    """Printed, the contents come first, controls are gone, and headers repeat on every page."""
    page = reader.open(shop.single)
    page.emulate_media(media="print")
    for gone in (".bar", "nav", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("main .on-paper").first).to_be_visible()
    assert (
        page.locator("thead").first.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    )
    rules = page.evaluate(
        "Array.from(document.styleSheets[0].cssRules).map(rule => rule.cssText).join('\\n')"
    )
    assert "counter(pages)" in rules
    assert '@top-left{content:"Database Schema Design Document\\3a  shop' in shop.single.read_text(
        encoding="utf-8"
    )
    pdf = page.pdf(prefer_css_page_size=True)
    assert 40 < len(re.findall(rb"/Type\s*/Page\b", pdf)) < 200


def test_on_a_phone(shop: Copies, reader: Reader) -> None:
    """On a narrow screen nothing is wider than it, and the contents are a drawer."""
    page = reader.open(shop.single, width=390, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    menu = page.get_by_role("button", name="Contents")
    nav = page.get_by_role("navigation")
    expect(nav).to_have_count(0)
    menu.click()
    expect(nav).to_be_visible()
    page.get_by_role("link", name="6.1").click()
    expect(nav).to_have_count(0)
    expect(page.locator("#section-6\\.1")).to_be_in_viewport()


def test_people_with_disabilities(shop: Copies, reader: Reader, tmp_path: Path) -> None:
    """axe-core finds nothing serious: on a whole document, on a page of the site, light, dark and narrow."""
    small = _written(_library(tmp_path), tmp_path)
    table = shop.site.parent / "tables" / "sales.orders.html"
    for file, width, scheme in ((small.single, 1300, "light"), (table, 1300, "dark"), (table, 390, "light")):
        page = reader.open(file, width=width, color_scheme=scheme, bypass_csp=True)
        assert violations(page) == []
        levels = page.evaluate(
            "Array.from(document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)'))"
            ".filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_budget_of_a_large_database(
    server: PostgresServer, corpus_database: CorpusDatabase, reader: Reader, tmp_path: Path
) -> None:
    """A document of 232 relations stays light: bytes, elements, nothing that the first paint waits for."""
    config = Config(
        source=parse_source(corpus_database(server, "nautobot")),
        output=tmp_path,
        layout="single",
        formats=("html",),
        activity=False,
    )
    pipeline.generate(config, SILENT, identified=False)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    head = text[: text.index("</head>")]
    assert len(text.encode()) < 10_000_000
    assert len(head) < 60_000  # all that is needed before the first text can be painted
    assert "src=" not in head
    assert text.rindex("<script>") > text.index("</main>")
    page = reader.open(tmp_path / "index.html")
    assert page.evaluate("document.querySelectorAll('*').length") < 200_000
    # Far away sections are not laid out: that is what keeps scrolling and the first paint fast.
    assert page.evaluate("getComputedStyle(document.querySelector('.level3')).contentVisibility") == "auto"
    page.get_by_role("searchbox").fill("dcim_device")
    expect(page.locator(".results a").first).to_have_attribute("href", "#relation-public.dcim_device")


def test_it_is_a_part_of_the_document(tmp_path: Path) -> None:
    """A refresh changes no byte, `check` sees an edit, the next mends it, without the format it goes."""
    url = _library(tmp_path)
    command = ("generate", url, "-o", tmp_path / "doc", "--layout", "split")
    assert pgdossier(*command, "--format", "html", home=tmp_path).returncode == 0
    page = tmp_path / "doc" / "html" / "index.html"
    before = {file: file.read_bytes() for file in (tmp_path / "doc").rglob("*") if file.is_file()}
    again = pgdossier(*command, "--format", "html", home=tmp_path, environment={"PYTHONHASHSEED": "7"})
    assert " 0 files written" in again.stderr
    assert before == {file: file.read_bytes() for file in (tmp_path / "doc").rglob("*") if file.is_file()}
    page.write_text("edited", encoding="utf-8")
    checked = pgdossier("check", url, "-o", tmp_path / "doc", home=tmp_path)
    assert checked.returncode == 1
    assert "html/index.html" in checked.stdout + checked.stderr
    pgdossier(*command, "--format", "html", home=tmp_path)
    assert page.read_bytes() == before[page]
    pgdossier(*command, home=tmp_path)
    assert not (tmp_path / "doc" / "html").exists()
