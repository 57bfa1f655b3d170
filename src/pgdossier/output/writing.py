"""Writing a whole document: all of it, or nothing."""

from __future__ import annotations

import bisect
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import accumulate
from pathlib import Path

import msgspec

from pgdossier.authored.texts import Texts
from pgdossier.errors import OutputError
from pgdossier.output import files as disk
from pgdossier.output import journal, stamps
from pgdossier.output.folder import MANIFEST, SNAPSHOT, check_names, content_hash, failed, is_page
from pgdossier.output.locking import locked
from pgdossier.output.manifest import encoded
from pgdossier.output.planning import Apart, Plan, WriteResult, plan
from pgdossier.output.reading import check_folder
from pgdossier.output.stamps import Stamp

Aside = Callable[[Callable[[], bytes]], AbstractContextManager[Callable[[], bytes | None]]]
"""Has a second process do some work while the context lasts; gives what waits for its answer.

The answer is None when there was no such process, or when it failed in any way.
"""

# From so many files on: below, a second process costs what it gains.
_MANY = 600
# Making a file takes about as long as writing so many bytes.
_BYTES_OF_A_FILE = 40_000


def write(
    directory: Path,
    files: Mapping[str, bytes],
    *,
    discard: bool = False,
    texts: Texts | None = None,
    parts: Mapping[str, Apart] | None = None,
    standing: Mapping[str, Stamp] | None = None,
    aside: Aside | None = None,
) -> WriteResult:
    """Make the folder hold these files, beside whatever else is in it.

    Args:
        directory: The folder; created with its parents when it does not exist.
        files: The whole document: content by path relative to the folder, with `/`. Pages end in `.md`.
        discard: Overwrite pages that were edited outside their blocks, and drop texts without a place.
        texts: What the pages hold of people, when it is not what stands in the folder under the same keys.
        parts: What `apart` said of some of the files, so that they need not be read for it.
        standing: What those files showed that held what they should before anything was written.
        aside: Has half of the files written by a second process where there are many.

    Returns:
        What was written, unchanged and removed. When nothing changed, not a byte was touched.

    Raises:
        OutputError: Code 2: a file of somebody else, a symbolic link or a hand-edited page is in the way;
            code 3: the file system refused, or another run is writing. The document is the old one then; only
            when the file system failed while files were renamed, the next run makes it the new one.
        DossierError: A page that is there has broken markers (code 2).
    """
    check_names(files)
    check_folder(directory)
    created = disk.make(directory)
    try:
        with locked(directory):
            journal.settle(directory)
            found = plan(directory, files, discard=discard, texts=texts, parts=parts, standing=standing)
            seen = found.result.stamps
            if found.before != found.after or found.result.written or found.result.removed:
                seen = {**seen, **_execute(directory, files, found, aside)}
    except BaseException:
        disk.unmake(created)
        raise
    return msgspec.structs.replace(found.result, stamps=seen)


def _execute(
    directory: Path, files: Mapping[str, bytes], found: Plan, aside: Aside | None
) -> dict[str, Stamp]:
    """Do it; gives the stamps of the files that were written, but for the newest."""
    result = found.result
    created: list[Path] = []
    is_done = False
    staged = {path: disk.temporary_for(f"{directory}/{path}") for path in (*result.written, MANIFEST)}
    try:
        for folder in sorted({path.rpartition("/")[0] for path in result.written}):
            created += disk.make(directory / folder)
        disk.stage(f"{directory}/{MANIFEST}", staged[MANIFEST], encoded(found.after))
        hashes = _stage_all(directory, files, found, staged, aside)
        steps = [
            journal.Step(
                path=path,
                temporary=os.path.basename(staged[path]),
                before=found.contents.get(path),
                after=hashes[path],
            )
            for path in sorted(result.written, key=_rank)
        ]
        steps += [journal.Step(path=path, before=found.contents.get(path)) for path in result.removed]
        for folder in {os.path.dirname(temporary) for temporary in staged.values()}:
            disk.flush(folder)
        record = journal.Journal(
            steps=steps, staged=os.path.basename(staged[MANIFEST]), before=found.before, after=found.after
        )
        seen = {path: stamp for path, file in staged.items() if (stamp := stamps.settled(os.stat(file)))}
        left = journal.commit(directory, record, found.replaced)
        is_done = True
    except OSError as error:
        if journal.is_committed(directory):
            raise OutputError(
                f"cannot finish writing into {directory}: {error.strerror or error}",
                hint="run it again: it goes on from there",
            ) from None
        raise failed("write", directory, error) from None
    finally:
        if not (is_done or journal.is_committed(directory)):
            for temporary in staged.values():
                disk.remove(temporary)
            disk.unmake(created)  # only those that stayed empty
    if left:
        raise OutputError(
            f"{directory / left[0]} was changed meanwhile; it was left alone", hint="run it again"
        )
    return seen


def _stage_all(
    directory: Path, files: Mapping[str, bytes], found: Plan, staged: Mapping[str, str], aside: Aside | None
) -> dict[str, str]:
    """Write files under their temporary names, in two processes where there are many; gives their hashes."""
    paths = found.result.written  # by folder: in one folder, processes wait for each other
    if aside is None or len(paths) < _MANY:
        return _stage(directory, files, found, staged, paths)
    costs = list(accumulate(found.parts[path].size + _BYTES_OF_A_FILE for path in paths))
    half = bisect.bisect(costs, costs[-1] / 2)
    ours, theirs = paths[:half], paths[half:]
    with aside(lambda: msgspec.json.encode(_stage(directory, files, found, staged, theirs))) as answer:
        hashes = _stage(directory, files, found, staged, ours)
        told = answer()
    if told is not None:
        return hashes | msgspec.json.decode(told, type=dict[str, str])
    for path in theirs:
        disk.remove(staged[path])
    return hashes | _stage(directory, files, found, staged, theirs)


def _stage(
    directory: Path,
    files: Mapping[str, bytes],
    found: Plan,
    staged: Mapping[str, str],
    paths: Sequence[str],
) -> dict[str, str]:
    """Write some files under their temporary names, and flush them; gives their hashes."""
    hashes = {}
    path = ""
    try:
        with disk.flushing([staged[path] for path in paths]) as flush:
            for path in paths:
                data, is_new = files[path], path not in found.contents
                disk.stage(f"{directory}/{path}", staged[path], data, flushed=False, is_new=is_new)
                hashes[path] = content_hash(data) if is_page(path) else found.parts[path].hash
            path = ""
            flush()
    except OSError as error:
        raise failed("write", directory / path, error) from None
    return hashes


def _rank(path: str) -> tuple[int, str]:
    """Pages after what they show, the entrance after the pages, the facts last."""
    if path == SNAPSHOT:
        return 3, path
    if path == "README.md":
        return 2, path
    return int(is_page(path)), path
