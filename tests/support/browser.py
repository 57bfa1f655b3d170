"""A browser that tests look at HTML files with: Chromium of the system, driven by Playwright.

Variables:
    PGDOSSIER_REQUIRE_BROWSER=1   no Chromium is a failure, not a skip (CI sets it)
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
AXE = files("axe_playwright_python").joinpath("axe.min.js")


def chromium() -> str:
    """The executable; the test is skipped where there is none, and fails where one is required."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        if os.environ.get("PGDOSSIER_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium is installed, and PGDOSSIER_REQUIRE_BROWSER asks for one")
        pytest.skip("no Chromium is installed")
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser; it is closed at the end."""
    executable = chromium()
    with sync_playwright() as playwright:
        # Tests run in containers, as root, where its sandbox cannot be set up; it opens our own files only.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Reader:
    """Opens files as somebody does who got them by mail: no network, whatever happens is written down.

    Attributes:
        complaints: Requests for anything but files, messages on the console, errors of scripts, dialogs.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def open(self, file: Path, anchor: str = "", *, width: int = 1300, **options: Any) -> Page:
        """A page with the file; `options` are those of a context (`color_scheme`, …)."""
        context = self._browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._dismiss)
        page.route("**/*", self._route)
        page.goto(file.as_uri() + anchor)
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _route(self, route: Any) -> None:
        url = route.request.url
        self.requests.append(url)
        if url.startswith(("file:", "data:image/")):
            route.continue_()
        else:
            self.complaints.append(f"request: {url}")
            route.abort()

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds of serious or critical problems for people with disabilities."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'], preload: false })")
    return [
        f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
