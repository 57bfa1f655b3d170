"""Writing a whole document: all of it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pgdossier.authored.texts import Texts
from pgdossier.errors import OutputError
from pgdossier.output import files as disk
from pgdossier.output import journal, stamps
from pgdossier.output.folder import MANIFEST, SNAPSHOT, check_names, content_hash, failed, is_page
from pgdossier.output.locking import locked
from pgdossier.output.manifest import encoded
from pgdossier.output.planning import Plan, WriteResult, plan
from pgdossier.output.reading import check_folder
from pgdossier.output.stamps import Stamp


def write(
    directory: Path, files: Mapping[str, bytes], *, discard: bool = False, texts: Texts | None = None
) -> WriteResult:
    """Make the folder hold these files, beside whatever else is in it.

    Args:
        directory: The folder; created with its parents when it does not exist.
        files: The whole document: content by path relative to the folder, with `/`. Pages end in `.md`.
        discard: Overwrite pages that were edited outside their blocks, and drop texts without a place.
        texts: What the pages hold of people, when it is not what stands in the folder under the same keys.

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
            found = plan(directory, files, discard=discard, texts=texts)
            seen = found.result.stamps
            if found.before != found.after or found.result.written or found.result.removed:
                seen = {**seen, **_execute(directory, files, found)}
    except BaseException:
        disk.unmake(created)
        raise
    return msgspec.structs.replace(found.result, stamps=seen)


def _execute(directory: Path, files: Mapping[str, bytes], found: Plan) -> dict[str, Stamp]:
    """Do it; gives the stamps of the files that were written, but for the newest."""
    result = found.result
    created: list[Path] = []
    name = ""  # of what is being written
    staged: dict[str, str] = {}
    steps: list[journal.Step] = []
    try:
        for name in sorted({path.rpartition("/")[0] for path in result.written}):
            created += disk.make(directory / name)
        for name in sorted(result.written, key=_rank):
            data = files[name]
            staged[name] = disk.stage(f"{directory}/{name}", data, flushed=False)
            steps.append(
                journal.Step(
                    path=name,
                    temporary=os.path.basename(staged[name]),
                    before=found.contents.get(name),
                    after=content_hash(data),
                )
            )
        steps += [journal.Step(path=path, before=found.contents.get(path)) for path in result.removed]
        name = ""
        staged[MANIFEST] = disk.stage(f"{directory}/{MANIFEST}", encoded(found.after), flushed=False)
        disk.flush_all([*staged.values()])
        for folder in {os.path.dirname(temporary) for temporary in staged.values()}:
            disk.flush(folder)
        record = journal.Journal(
            steps=steps, staged=os.path.basename(staged[MANIFEST]), before=found.before, after=found.after
        )
        seen = {path: stamp for path, file in staged.items() if (stamp := stamps.settled(os.stat(file)))}
        left = journal.commit(directory, record)
    except OSError as error:
        if journal.is_committed(directory):
            raise OutputError(
                f"cannot finish writing into {directory}: {error.strerror or error}",
                hint="run it again: it goes on from there",
            ) from None
        raise failed("write", directory / name, error) from None
    finally:
        if not journal.is_committed(directory):
            for temporary in staged.values():
                disk.remove(temporary)
            disk.unmake(created)  # only those that stayed empty
    if left:
        raise OutputError(
            f"{directory / left[0]} was changed meanwhile; it was left alone", hint="run it again"
        )
    return seen


def _rank(path: str) -> tuple[int, str]:
    """Pages after what they show, the entrance after the pages, the facts last."""
    if path == SNAPSHOT:
        return 3, path
    if path == "README.md":
        return 2, path
    return int(is_page(path)), path
