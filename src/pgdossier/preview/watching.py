"""Whether the files of a folder have changed, by what the system says of them."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from pgdossier.output import JOURNAL

_FRESH = 0.4  # seconds for which an answer is given again: several pages may be open


class Watch:
    """Tells one state of a folder from another.

    Files and folders that begin with a dot do not count, and symbolic links are not followed. While a run is
    in the middle of writing the document, the folder counts as it was before.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._asked = 0.0
        self._state = ""

    def state(self, *, at_once: bool = False) -> str:
        """A text that is another one when a file has been added, changed or removed.

        Args:
            at_once: Look now, however short ago it was looked the last time.
        """
        with self._lock:
            now = time.monotonic()
            if not self._state or at_once or now - self._asked > _FRESH:
                if not self._state or not (self._root / JOURNAL).exists():
                    self._state = _digest(self._root)
                self._asked = time.monotonic()
            return self._state


def _digest(root: Path) -> str:
    seen = "\n".join(f"{path}\0{size}\0{modified}" for path, size, modified in sorted(_files(root, "")))
    return hashlib.sha256(seen.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # gone meanwhile, or not to be read
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                yield prefix + entry.name, status.st_size, status.st_mtime_ns
        except OSError:
            continue
