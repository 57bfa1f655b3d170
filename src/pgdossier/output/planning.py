"""What a run is going to do to a folder. Everything is checked here, before the first byte is written."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import msgspec

from pgdossier.authored import blocks
from pgdossier.authored.texts import Texts
from pgdossier.errors import OutputError
from pgdossier.output import manifest as manifests
from pgdossier.output import stamps
from pgdossier.output.folder import Folder, body_hash, check_names, content_hash, is_page, page_of
from pgdossier.output.journal import recover
from pgdossier.output.manifest import Manifest
from pgdossier.output.reading import authored_on
from pgdossier.output.stamps import Stamp


class WriteResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the files; all paths are relative to the folder, with `/`, sorted.

    Attributes:
        written: Files whose bytes changed or that are new.
        unchanged: Files that were as they should be.
        removed: Files of an earlier run that are no longer part of the document.
        left: Files of an earlier run that somebody replaced: no longer part of the document, not removed.
        stamps: What files showed when they held what they should; without those so new that a change of that
            moment might not show.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    stamps: dict[str, Stamp] = {}


class Apart(NamedTuple):
    """What is to be known of a file that is written.

    Attributes:
        size: Its bytes.
        hash: What the manifest says of it: the hash of its content; of a page, that of its skeleton.
        bodies: The bodies of its blocks by key, where it is a page.
    """

    size: int
    hash: str
    bodies: dict[str, str]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is going to do, all refusals behind it.

    Attributes:
        result: What will become of the files.
        contents: The hashes of what it replaces or removes.
        replaced: What that showed when it was read; without files that are too new.
        parts: What is to be known of all files.
        before: The manifest that is there.
        after: The manifest to be.
    """

    result: WriteResult
    contents: dict[str, str]
    replaced: dict[str, Stamp]
    parts: dict[str, Apart]
    before: Manifest
    after: Manifest


def compare(directory: Path, files: Mapping[str, bytes]) -> WriteResult:
    """What `write` with `discard` would do to a folder; nothing is touched. Raises as `write` does."""
    check_names(files)
    recover(directory)
    return plan(directory, files, discard=True).result


def plan(
    directory: Path,
    files: Mapping[str, bytes],
    *,
    discard: bool,
    texts: Texts | None = None,
    parts: Mapping[str, Apart] | None = None,
    standing: Mapping[str, Stamp] | None = None,
) -> Plan:
    """Decide on every file; the arguments and errors are those of `writing.write`."""
    folder = Folder(directory)
    before = manifests.load(directory)
    told = parts or {}
    taken = {path: told.get(path) or apart(path, files[path], directory) for path in sorted(files)}
    bodies = {path: part.bodies for path, part in taken.items() if is_page(path)}
    expected = standing or {}
    seen: dict[str, Stamp] = {}  # what files show that are what they should be

    def stands(path: str, status: os.stat_result) -> bool:
        if path in expected and stamps.of(status) == expected[path]:
            seen[path] = expected[path]
        return path in seen

    def known(path: str, status: os.stat_result) -> Mapping[str, str] | None:
        return bodies[path] if stands(path, status) else None

    authored = authored_on(directory, before, known)
    texts = texts or Texts.of({key: body for key, (_, body) in authored.items()})
    _refuse_lost_text(directory, authored, texts, bodies, discard=discard)

    contents: dict[str, str] = {}
    replaced: dict[str, Stamp] = {}
    written, unchanged = [], []
    for path in sorted(files):
        status = None if path in seen else folder.status(path)
        if path in seen or (status is not None and stands(path, status)):
            unchanged.append(path)
            continue
        current = None if status is None else folder.read(path)
        if status is None or current is None:
            written.append(path)
            continue
        stamp, digest = stamps.settled(status), content_hash(current)
        if _same(path, current, digest, taken[path], files):
            unchanged.append(path)
            if len(current) == taken[path].size and stamp is not None:
                seen[path] = stamp
            continue
        if path not in before.files:
            raise OutputError(
                f"{directory / path} exists and was not written by pgdossier; nothing was written",
                hint="move it away, or choose another folder with -o",
                code=2,
            )
        if is_page(path) and not discard:
            _refuse_edits(directory / path, current, before.hashes(path), files[path])
        contents[path] = digest
        if stamp is not None:
            replaced[path] = stamp
        written.append(path)

    removed, left = _gone(folder, before, files, contents, discard=discard)
    after = Manifest(
        files={path: part.hash for path, part in taken.items()},
        prompts=sorted(
            {
                body_hash(body)
                for found in bodies.values()
                for key, body in found.items()
                if key not in texts.bodies
            }
        ),
    )
    result = WriteResult(
        written=tuple(written),
        unchanged=tuple(unchanged),
        removed=tuple(removed),
        left=tuple(left),
        stamps=seen,
    )
    return Plan(result=result, contents=contents, replaced=replaced, parts=taken, before=before, after=after)


def _gone(
    folder: Folder,
    before: Manifest,
    files: Mapping[str, bytes],
    contents: dict[str, str],
    *,
    discard: bool,
) -> tuple[list[str], list[str]]:
    """What of an earlier run is removed, and what is left alone; `contents` gets the hashes of the first."""
    removed: list[str] = []
    left: list[str] = []
    for path in sorted(before.files.keys() - files.keys()):
        try:
            current = folder.content(path)
        except OutputError:
            left.append(path)  # what stands there now is not ours
            continue
        if current is None:
            continue
        contents[path] = content_hash(current)
        if is_page(path):
            if not discard:
                _refuse_edits(folder.root / path, current, before.hashes(path), None)
            removed.append(path)
        else:
            ours = {content_hash(current), content_hash(current.replace(b"\r\n", b"\n"))} & set(
                before.hashes(path)
            )
            (removed if ours else left).append(path)
    return removed, left


def apart(path: str, data: bytes, directory: Path | None = None) -> Apart:
    """A file taken apart.

    Args:
        path: The file, relative to the folder of the document.
        data: Its content.
        directory: That folder, for messages.

    Raises:
        DossierError: It is a page whose markers are broken (code 2).
    """
    if not is_page(path):
        return Apart(len(data), content_hash(data), {})
    page = page_of(path if directory is None else f"{directory}/{path}", data)
    return Apart(len(data), content_hash(page.skeleton.encode()), page.bodies)


def _same(path: str, current: bytes, digest: str, part: Apart, files: Mapping[str, bytes]) -> bool:
    """Whether a file is the same whose hash is `digest`; `part` is of what it should be."""
    if digest == part.hash and not any(part.bodies.values()):  # without texts a page is its skeleton
        return True
    # A file that version control checked out with CR LF is still the same file. Only in a page may the new
    # text hold CR LF as well without telling anything by it: it is people's.
    if is_page(path):
        data = files[path]
        return current == data or current.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")
    return b"\r\n" in current and content_hash(current.replace(b"\r\n", b"\n")) == part.hash


def _refuse_edits(file: Path, current: bytes, ours: list[str], new: bytes | None) -> None:
    """Raise when a page is not as it was written, outside its blocks."""
    page = page_of(file, current)
    if content_hash(page.skeleton.encode()) in ours:
        return
    where = f"{file}:{_edited_line(page, page_of(file, new))}" if new is not None else str(file)
    raise OutputError(
        f"{where}: this page was edited outside its authored blocks; nothing was written",
        hint="move the text into an authored block and restore the rest, or overwrite it with --discard",
        code=2,
    )


def _edited_line(page: blocks.Page, new: blocks.Page) -> int:
    """The line of a page where somebody most likely edited it.

    What was written last is known by its hash only. A line that the new page has nowhere is most likely what
    somebody typed; without one it is the first line that stands elsewhere in the new page.
    """
    lines, wanted = page.skeleton.split("\n"), new.skeleton.split("\n")
    known = set(wanted)
    at = next((index for index, line in enumerate(lines) if line not in known), None)
    if at is None:
        pairs = enumerate(zip_longest(lines, wanted))
        at = next((index for index, (line, other) in pairs if line != other), 0)
    markers = [re.fullmatch(r"<!-- authored: (\S+) -->", line) for line in lines[:at]]
    return at + 1 + sum(page.bodies.get(marker[1], "").count("\n") for marker in markers if marker)


def _refuse_lost_text(
    directory: Path,
    authored: Mapping[str, tuple[str, str]],
    texts: Texts,
    pages: Mapping[str, Mapping[str, str]],
    *,
    discard: bool,
) -> None:
    """The last net under people's words: raise when a text that is on the disk is in no new page."""
    bodies: dict[str, str] = {}
    for path, found in pages.items():
        for key, body in found.items():
            if key in bodies:
                raise OutputError(
                    f"{directory / path}: the key {key} was generated twice; nothing was written"
                )
            bodies[key] = body
    for key, (path, body) in authored.items():
        target = texts.moved.get(key, key)
        if not body.strip():
            continue
        if target not in bodies:
            if discard:
                continue
            raise OutputError(
                f"{directory / path}: the text of block {key} has no place in the new document",
                hint="move the text into another block, or drop it with --discard",
                code=2,
            )
        kept = bodies[target].startswith(body) if target in texts.extended else bodies[target] == body
        if not kept or target not in texts.bodies:
            raise OutputError(
                f"{directory / path}: the text of block {key} changed meanwhile; nothing was written",
                hint="run it again",
            )
