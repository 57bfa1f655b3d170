"""By what the system shows that nobody touched a file, without reading it.

As in git's index: size, times, and the number of the file. What stands here holds on this machine only and is
no part of the document.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Container, Mapping
from pathlib import Path

import msgspec

from pgdossier.errors import OutputError
from pgdossier.output import manifest as manifests
from pgdossier.output.folder import MANIFEST, Folder

# Within these nanoseconds a second change of a file may not show: a tick of the system's clock (at most 10 ms
# on Linux, 16 ms on Windows), and the two seconds of file systems that keep no fractions.
_TICK = 20_000_000
_COARSE = 2_000_000_000


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What changes when a file does."""

    size: int
    modified: int
    changed: int
    number: int


def stamps(
    directory: Path, files: Mapping[str, bytes], seen: Mapping[str, Stamp], moved: Container[str]
) -> dict[str, Stamp] | None:
    """The stamps of a document that stands in a folder, its manifest among them.

    Args:
        directory: The folder.
        files: The whole document, byte for byte.
        seen: What some of these files showed before, when they held that; what shows the same is not read.
        moved: Those of them that have got their names since. The others are not looked at again: what is
            changed in this moment will not show what was seen.

    Returns:
        By path; None when the folder holds anything else, or when a file is so new that a change of this
        moment might not show.
    """
    folder = Folder(directory)
    found: dict[str, Stamp] = {}
    try:
        _let_tick(_stamp(folder, MANIFEST))
        if manifests.load(directory).files.keys() != files.keys():
            return None
        for path in (*files, MANIFEST):
            now = seen[path] if path in seen and path not in moved else _stamp(folder, path)
            if now is None or not now.size:
                return None
            if path in files and not _holds(now, seen.get(path)) and folder.content(path) != files[path]:
                return None
            found[path] = now
    except OutputError:
        return None
    clock = time.time_ns()
    return None if any(_is_new(stamp, clock) for stamp in found.values()) else found


def settled(status: os.stat_result) -> Stamp | None:
    """The stamp of a file with that status; None when a change of this moment might not show in it."""
    stamp = of(status)
    return None if _is_new(stamp, time.time_ns()) else stamp


def hold(directory: Path, known: Mapping[str, Stamp]) -> bool:
    """Whether every one of these files stands there as it was."""
    folder = Folder(directory)
    try:
        return all(_stamp(folder, path) == seen for path, seen in known.items())
    except OutputError:
        return False


def of_file(path: Path) -> Stamp | None:
    """The stamp of any plain file; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return of(found) if stat.S_ISREG(found.st_mode) else None


def _stamp(folder: Folder, path: str) -> Stamp | None:
    status = folder.status(path)
    return None if status is None else of(status)


def _holds(now: Stamp, before: Stamp | None) -> bool:
    """Whether a file holds what it held, be it that it has another name or other rights."""
    return before is not None and (now.size, now.modified, now.number) == (
        before.size,
        before.modified,
        before.number,
    )


def of(status: os.stat_result) -> Stamp:
    """The stamp of a file with that status."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _let_tick(seen: Stamp | None) -> None:
    """Wait out the tick in which a file was written just now; it is the last of its document."""
    if seen is not None:
        time.sleep(max(0, min(_TICK, max(seen.modified, seen.changed) + _TICK - time.time_ns() + 1)) / 1e9)


def _is_new(seen: Stamp, now: int) -> bool:
    latest = max(seen.modified, seen.changed)
    return latest > now - (_COARSE if latest % 1_000_000_000 == 0 else _TICK)
