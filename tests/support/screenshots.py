"""Take the pictures of the HTML copy in `docs/screenshots`: `python -m tests.support.screenshots`.

The sample shop is documented by an embedded server and photographed with the Chromium of the system: light,
dark, on a phone, and as it is printed.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from pgdossier import pipeline
from pgdossier.config import Config
from pgdossier.progress import SILENT
from tests.support.browser import launched
from tests.support.samples import EPOCH

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
_COLOURS = 224  # so few are enough for flat colours and text, and keep a picture below 200 kB


def _search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("status")


def _preview(page: Page) -> None:
    page.wait_for_function("document.querySelector('.sort') !== null")
    page.locator("[id='column-sales.orders.user_id'] a").hover()
    page.get_by_role("tooltip").wait_for()


def _nothing(page: Page) -> None:
    page.locator("h1").wait_for()


# Name, size, anchor, light or dark, and what the reader does.
_PICTURES: tuple[tuple[str, tuple[int, int], str, str, Callable[[Page], None]], ...] = (
    ("light", (1280, 860), "#relation-sales.orders", "light", _preview),
    ("dark", (1280, 860), "#section-3.1", "dark", _nothing),
    ("search", (1280, 860), "#section-6.1", "light", _search),
    ("phone", (390, 780), "#relation-sales.orders", "light", _nothing),
)


def take(document: Path, folder: Path) -> None:
    """Photograph an HTML file, and write the pictures to that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for name, size, anchor, scheme, act in _PICTURES:
            _save(_photographed(browser, document, size, anchor, scheme, act), folder / f"{name}.png")
        _save(_printed(browser, document), folder / "print.png")


def _photographed(
    browser: Browser,
    document: Path,
    size: tuple[int, int],
    anchor: str,
    scheme: str,
    act: Callable[[Page], None],
) -> bytes:
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]  # plain values
    page.goto(document.as_uri() + anchor)
    act(page)
    page.wait_for_function("document.querySelector('.sort') !== null")
    data = page.screenshot()
    page.close()
    return data


def _printed(browser: Browser, document: Path) -> bytes:
    """A sheet of paper as wide as A4 without its margins, with the style of the print."""
    page = browser.new_page(viewport={"width": 673, "height": 950})
    page.emulate_media(media="print")
    page.goto(document.as_uri() + "#relation-account.users")
    data = page.screenshot()
    page.close()
    return data


def _save(data: bytes, file: Path) -> None:
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        file, optimize=True
    )


def main() -> None:
    """Document the sample shop and take all pictures."""
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    with tempfile.TemporaryDirectory() as folder:
        config = Config(activity=False, layout="single", formats=("html",))
        pipeline.demo(Path(folder) / "document", config, SILENT)
        take(Path(folder) / "document" / "index.html", FOLDER)


if __name__ == "__main__":
    main()
