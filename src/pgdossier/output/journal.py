"""The commit record of a run: what makes writing many files one step.

A run stages every changed file under a temporary name and then writes `.pgdossier-journal`, which lists the
renames and removals and holds the new manifest. Before the journal stands in the folder the document is the
old one; from then on it is the new one, and whoever opens the folder next finishes the work.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from pgdossier.errors import OutputError
from pgdossier.output import files, stamps
from pgdossier.output import manifest as manifests
from pgdossier.output.folder import JOURNAL, MANIFEST, TEMPORARY, Folder, content_hash, failed, is_safe
from pgdossier.output.locking import locked
from pgdossier.output.manifest import Manifest
from pgdossier.output.stamps import Stamp


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file that is replaced or removed.

    Attributes:
        path: The file, relative to the folder, with `/`.
        temporary: The name of the staged content beside it; None when the file is removed.
        before: The hash of the bytes that stand there before; None when there is no file.
        after: The hash of the staged bytes; None when the file is removed.
    """

    path: str
    temporary: str | None = None
    before: str | None = None
    after: str | None = None


class Journal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The journal file: the steps in their order, and the manifests before and after them.

    `staged` is the temporary name of the new manifest: it is on the disk before the journal is, so that
    nothing that comes after the journal needs space. The manifest is made again where that file is missing.
    """

    generator: Literal["pgdossier"] = "pgdossier"
    format: int = 1
    steps: list[Step]
    staged: str | None = None
    before: Manifest
    after: Manifest


def commit(directory: Path, journal: Journal, seen: Mapping[str, Stamp]) -> tuple[str, ...]:
    """Make the staged files the document; the lock must be held.

    Args:
        directory: The folder.
        journal: What is to be done.
        seen: What files showed when they held what stands there before; they are read again if they do not.

    Returns:
        The files that somebody changed since they were looked at: left as they are.

    Raises:
        OSError: The file system refused. Once the journal is in the folder, the next run goes on from there.
    """
    with files.uninterrupted():
        files.replace(f"{directory}/{JOURNAL}", msgspec.json.encode(journal))
        files.flush(directory)
        return _complete(directory, journal, seen)


def recover(directory: Path) -> None:
    """Finish what a killed run left behind: complete what it had committed, clear away what it had not.

    Raises:
        OutputError: The journal is damaged (code 2); somebody is writing, or the file system refused (3).
    """
    if not _leftovers(directory):
        return
    if is_committed(directory):
        with locked(directory):
            settle(directory)
        return
    with contextlib.suppress(OutputError), locked(directory):  # else they are in use by another run
        settle(directory)


def is_committed(directory: Path) -> bool:
    """Whether there are steps left that must be taken."""
    return (directory / JOURNAL).is_file()


def settle(directory: Path) -> None:
    """The same, for those who hold the lock already."""
    data = Folder(directory).content(JOURNAL)
    if data is not None:
        try:
            with files.uninterrupted():
                _complete(directory, _decoded(directory, data))
        except OSError as error:
            raise failed("write", directory, error) from None
    files.clean(directory)


def _leftovers(directory: Path) -> bool:
    return is_committed(directory) or any(True for _ in files.leftovers(directory))


def _decoded(directory: Path, data: bytes) -> Journal:
    try:
        found = msgspec.json.decode(data, type=Journal)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = None
    if found is not None and found.format == 1 and _is_sound(found):
        return found
    raise OutputError(
        f"{directory / JOURNAL} is damaged or of another version",
        hint="a run was killed here: restore the folder from version control and remove that file",
        code=2,
    )


def _is_sound(journal: Journal) -> bool:
    temporaries = [journal.staged, *(step.temporary for step in journal.steps)]
    return all(is_safe(step.path) for step in journal.steps) and all(
        temporary is None or TEMPORARY.fullmatch(temporary) for temporary in temporaries
    )


def _complete(
    directory: Path, journal: Journal, seen: Mapping[str, Stamp] = MappingProxyType({})
) -> tuple[str, ...]:
    """Take the steps that were not taken yet. Doing it again changes nothing."""
    folder = Folder(directory)
    left = [step.path for step in journal.steps if not _take(folder, step, seen)]
    removed = [step.path for step in journal.steps if step.temporary is None]
    files.prune(directory, removed)
    for name in sorted({step.path.rpartition("/")[0] for step in journal.steps}):
        files.flush(f"{directory}/{name}")
    wanted = manifests.encoded(manifests.either(journal.before, journal.after, left))
    if not (journal.staged and _put(directory / journal.staged, directory / MANIFEST, wanted)):
        files.replace(f"{directory}/{MANIFEST}", wanted)
    files.flush(directory)
    (directory / JOURNAL).unlink(missing_ok=True)
    files.flush(directory)
    return tuple(left)


def _put(staged: Path, target: Path, wanted: bytes) -> bool:
    """Rename a staged file over its target if it holds what is wanted; False when it does not."""
    if staged.is_symlink() or not staged.is_file() or staged.read_bytes() != wanted:
        return False
    staged.replace(target)
    return True


def _take(folder: Folder, step: Step, seen: Mapping[str, Stamp]) -> bool:
    """Take one step; False when somebody changed the file since it was looked at, which is left then."""
    target = f"{folder.root}/{step.path}"
    current = _current(folder, step, seen.get(step.path))
    untouched = current in (None, step.before, step.after)
    if step.temporary is None:
        if untouched:
            files.remove(target)
        return untouched
    staged = os.path.join(os.path.dirname(target), step.temporary)
    try:
        if untouched:
            os.replace(staged, target)
        else:
            os.unlink(staged)
    except FileNotFoundError:  # taken before; or lost, and the next run writes the file again
        return current == step.after
    return untouched


def _current(folder: Folder, step: Step, before: Stamp | None) -> str | None:
    """The hash of what stands there now; None when nothing does."""
    status = folder.status(step.path)
    if status is not None and stamps.of(status) == before:
        return step.before
    data = None if status is None else folder.read(step.path)
    return None if data is None else content_hash(data)
