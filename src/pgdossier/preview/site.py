"""What stands at an address of the preview: a file of the folder, or a page of it as HTML."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
import threading
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from pgdossier import output
from pgdossier.errors import DossierError
from pgdossier.preview.watching import Watch
from pgdossier.render import preview as rendering
from pgdossier.render.links import README

CHANGES = "/.pgdossier/changes"
"""Where a page hears that something has changed; no file can be there."""

_HTML = "text/html; charset=utf-8"
_STARTS = ("html/index.html", "index.html", README)
# Not the system's table, which differs from machine to machine and could call anything HTML.
_TYPES = {
    ".html": _HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".sql": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Of anything that is no page nothing may run.
_STILL = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"

# Loads the page again when the state of the folder is no longer the one that it was made from.
_SCRIPT = (
    '"use strict";(()=>{const seen=document.currentScript.dataset.state;'
    f"new EventSource({CHANGES!r}).onmessage=event=>{{if(event.data!==seen)location.reload();}};}})();"
)
_SCRIPT_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()}'"
_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")')
_END = re.compile(rb"</body>\s*</html>\s*\Z", re.IGNORECASE)


class Answer(NamedTuple):
    """What is sent back: status, body, its type, and more headers."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Site:
    """The addresses of one document folder.

    Args:
        root: The folder.
        markdown: Show the Markdown although there is an HTML copy.
    """

    def __init__(self, root: Path, *, markdown: bool = False) -> None:
        self._read = output.reader(root)
        self._root = root
        self._markdown = markdown
        self.watch = Watch(root)
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[str, bytes]] = {}

    def at(self, target: str) -> Answer:
        """What stands at the target of a request.

        Args:
            target: As it came: a path with percent signs, perhaps with a query.
        """
        path = _path(target)
        if path is None:
            return Answer(404, b"There is no such page.\n")
        state = self.watch.state(at_once=True)  # before anything is read: what changes later is newer
        if path == "":
            start = next((one for one in self._starts() if self._read(one) is not None), None)
            if start is None:
                return Answer(404, b"There is no document in this folder any more.\n")
            return Answer(302, headers=(("Location", f"/{quote(start)}"),))
        if path.endswith("/"):
            path += "index.html"
        data = self._read(path)
        if data is None:
            return Answer(404, b"There is no such page.\n")
        suffix = posixpath.splitext(path)[1].lower()
        if suffix == ".md":
            return self._page(path, data, state)
        if suffix in (".html", ".htm"):
            return Answer(200, _reloading(data, state), _HTML)
        kind = _TYPES.get(suffix, "application/octet-stream")
        return Answer(200, data, kind, (("Content-Security-Policy", _STILL),))

    def _starts(self) -> tuple[str, ...]:
        return (README,) if self._markdown else _STARTS

    def _page(self, path: str, data: bytes, state: str) -> Answer:
        """A Markdown page as HTML; what is wrong with it, when something is."""
        with self._lock:
            made = self._pages.get(path)
            if made is None or made[0] != state:
                try:
                    html = rendering.page(data.decode("utf-8-sig"), path, self._read).encode()
                except UnicodeDecodeError:
                    return self._fault(f"{path}: not UTF-8", state)
                except DossierError as error:
                    return self._fault(error.message, state)
                self._pages = {key: one for key, one in self._pages.items() if one[0] == state}
                self._pages[path] = made = (state, html)
        return Answer(200, _reloading(made[1], state), _HTML)

    def _fault(self, message: str, state: str) -> Answer:
        html = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
            f"<title>Not to be shown</title></head><body><p>{escape(message)}</p></body></html>\n"
        )
        return Answer(500, _reloading(html.encode(), state), _HTML)


def _path(target: str) -> str | None:
    """The path below the folder that the target of a request names, or None when it may be none.

    What leaves the folder, hidden files and odd characters are refused here or where files are read.
    """
    raw = target.split("#", 1)[0].split("?", 1)[0]
    if not raw.startswith("/"):
        return None
    try:
        path = unquote_to_bytes(raw[1:]).decode()
    except UnicodeDecodeError:
        return None
    parts = path.removesuffix("/").split("/") if path else []
    if any(not part or part.startswith(".") for part in parts):
        return None
    return path


def _reloading(html: bytes, state: str) -> bytes:
    """A page with the script that loads it again, which its policy lets run; the file stays as it is."""

    def policy(found: re.Match[bytes]) -> bytes:
        rules = [rule.strip().split() for rule in found[2].decode().split(";") if rule.strip()]
        named = {rule[0].lower(): rule for rule in rules}
        for name, source in (("script-src", _SCRIPT_HASH), ("connect-src", "'self'")):
            if name not in named:
                named[name] = [name]
            named[name] = [*(part for part in named[name] if part != "'none'"), source]
        return found[1] + "; ".join(" ".join(rule) for rule in named.values()).encode() + found[3]

    html = _POLICY.sub(policy, html, count=1)
    script = f'<script data-state="{state}">{_SCRIPT}</script>\n'.encode()
    end = _END.search(html)
    return html[: end.start()] + script + html[end.start() :] if end else html + script
