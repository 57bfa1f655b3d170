"""What is there: people's text, the files of an earlier run, and what is not as it was written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import msgspec

from pgdossier.errors import DossierError, OutputError
from pgdossier.output import manifest as manifests
from pgdossier.output.folder import SNAPSHOT, Folder, body_hash, content_hash, is_page, is_safe, page_of
from pgdossier.output.journal import recover
from pgdossier.output.manifest import Manifest


def known(directory: Path) -> Manifest:
    """The manifest of a folder, after a run that was killed there has been completed.

    Raises:
        OutputError: The manifest is damaged (code 2), or the folder is being written (code 3).
    """
    recover(directory)
    return manifests.load(directory)


def check_folder(directory: Path) -> None:
    """Find out early, before a database is read for minutes, that a folder cannot take the document.

    Raises:
        OutputError: Code 2 when something that is no folder is in the way or the manifest is damaged, code 3
            when nothing may be written.
    """
    for folder in (directory, *directory.absolute().parents):
        if folder.is_dir():
            if not os.access(folder, os.W_OK | os.X_OK):
                raise OutputError(f"{folder} is not writable", hint="choose another folder with -o")
            break
        if folder.is_symlink() or folder.exists():
            raise OutputError(f"{folder} is not a folder", hint="choose another folder with -o", code=2)
    known(directory)


def read_authored(directory: Path, pages: Collection[str] | None = None) -> dict[str, str]:
    """What people wrote into the blocks of the document that is there.

    Args:
        directory: The folder of the document; it need not exist.
        pages: Where they wrote, when that is known: only these are read.

    Returns:
        Bodies by key, byte for byte. Blocks that still hold the prompt that the generator put there are left
        out, so that every body in the result is somebody's text (perhaps an empty one).

    Raises:
        OutputError: A page or the manifest cannot be read.
        DossierError: Broken markers, or a key that appears twice; names file and line, exit code 2.
    """
    manifest = known(directory)
    if pages is not None:
        files = {path: hashes for path, hashes in manifest.files.items() if path in pages}
        manifest = msgspec.structs.replace(manifest, files=files)
    return {key: body for key, (_, body) in authored_on(directory, manifest).items()}


def existing_snapshot(directory: Path) -> bytes | None:
    """The `snapshot.json` that an earlier run left in the folder, or None when there is none of ours."""
    return existing(directory, SNAPSHOT)


def existing(directory: Path, path: str) -> bytes | None:
    """A file that an earlier run left in the folder, or None when there is none of ours."""
    if not is_known(directory, path):
        return None
    return Folder(directory).content(path)


def untouched(directory: Path) -> Callable[[str], bytes | None]:
    """The generated files that are still as an earlier run wrote them.

    Args:
        directory: The folder of the document; it need not exist.

    Returns:
        What gives the bytes that were written, by path (what version control did to line ends is undone);
        None for a file that is missing, was edited, cannot be read or was never ours. Not for pages, in which
        people write.

    Raises:
        OutputError: The manifest is damaged, or the folder is being written.
    """
    manifest, folder = known(directory), Folder(directory)

    def content(path: str) -> bytes | None:
        hashes = manifest.hashes(path)
        try:
            data = folder.content(path) if hashes else None
        except OutputError:
            return None
        if data is None:
            return None
        unix = data.replace(b"\r\n", b"\n")
        return next((same for same in (data, unix) if content_hash(same) in hashes), None)

    return content


def reader(directory: Path) -> Callable[[str], bytes | None]:
    """What gives the bytes of any plain file below the folder, whoever put it there.

    It gives None for a path that leaves the folder or leads through a symbolic link, and for a file that is
    missing or cannot be read.
    """
    folder = Folder(directory)

    def content(path: str) -> bytes | None:
        try:
            return folder.content(path) if is_safe(path) else None
        except OutputError:
            return None

    return content


def known_files(directory: Path) -> tuple[str, ...]:
    """The files of the document that an earlier run wrote, sorted. Raises as `faults`."""
    return tuple(sorted(known(directory).files))


def is_known(directory: Path, path: str) -> bool:
    """Whether an earlier run wrote that file, be it still there or not."""
    return path in known(directory).files


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A generated file that is not as it was written.

    Attributes:
        path: The file, relative to the folder, with `/`.
        message: What is wrong with it, in one line.
        line: The line where, from 1, when it is known.
    """

    path: str
    message: str
    line: int | None = None


def is_document(directory: Path) -> bool:
    """Whether an earlier run left a document in the folder. Raises as `faults`."""
    return bool(known(directory).files)


def faults(directory: Path) -> tuple[Fault, ...]:
    """The generated files that are missing or were edited outside the blocks, and the broken markers.

    Nothing is rendered for this: the manifest knows what was written. What version control does to line ends
    is no edit.

    Raises:
        OutputError: The manifest is damaged, or a file cannot be read.
    """
    manifest = known(directory)
    folder = Folder(directory)
    blocks_of: dict[str, str] = {}
    found: list[Fault] = []
    for path in sorted(manifest.files):
        fault, keys = _fault(folder, path, manifest.hashes(path))
        found += [fault] if fault else []
        for key in keys:
            if key in blocks_of:
                found.append(Fault(path=path, message=f"the block {key} also stands in {blocks_of[key]}"))
            blocks_of.setdefault(key, path)
    return tuple(found)


def _fault(folder: Folder, path: str, ours: list[str]) -> tuple[Fault | None, tuple[str, ...]]:
    """What is wrong with one file, and the keys of its blocks."""
    try:
        folder.status(path)
    except OutputError:
        return Fault(path=path, message="something that is no plain file stands in its place"), ()
    data = folder.content(path)
    if data is None:
        return Fault(path=path, message="this generated file is missing"), ()
    if not is_page(path):
        same = {content_hash(data), content_hash(data.replace(b"\r\n", b"\n"))} & set(ours)
        return None if same else Fault(path=path, message="this generated file was edited"), ()
    file = folder.root / path
    try:
        page = page_of(file, data)
    except DossierError as error:
        line, _, message = error.message.removeprefix(f"{file}:").partition(": ")
        return Fault(path=path, message=message, line=int(line)), ()
    if content_hash(page.skeleton.encode()) in ours:
        return None, tuple(page.bodies)
    return Fault(path=path, message="this page was edited outside its authored blocks"), tuple(page.bodies)


def authored_on(
    directory: Path,
    manifest: Manifest,
    known: Callable[[str, os.stat_result], Mapping[str, str] | None] = lambda *_: None,
) -> dict[str, tuple[str, str]]:
    """File and body by key, without bodies that are only prompts.

    Args:
        directory: The folder of the document.
        manifest: What was written there.
        known: Gives the bodies of a page with that status where they are known; it is not read then.
    """
    found: dict[str, tuple[str, str]] = {}
    folder = Folder(directory)
    for path in sorted(filter(is_page, manifest.files)):
        status = folder.status(path)
        bodies = None if status is None else known(path, status)
        if bodies is None:
            data = None if status is None else folder.read(path)
            bodies = {} if data is None else page_of(f"{directory}/{path}", data).bodies
        for key, body in bodies.items():
            if key in found:
                raise OutputError(
                    f"{directory / path}: the block {key} also stands in {directory / found[key][0]}",
                    hint="each key may appear once in a document: merge the two texts into one block",
                    code=2,
                )
            found[key] = (path, body)
    prompts = set(manifest.prompts)
    return {key: value for key, value in found.items() if body_hash(value[1]) not in prompts}
