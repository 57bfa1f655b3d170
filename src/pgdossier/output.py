"""Write a document into a folder without ever taking away what is not ours.

The manifest `.pgdossier.json` in the folder lists every generated file with the SHA-256 of what was written
(of a Markdown page: of its skeleton, so that editing authored blocks is fine). With it a later run knows
which files it may replace or remove, and which pages somebody edited outside the blocks.

How a run writes, so that a kill at any moment leaves every file whole and the next run able to go on:

1. everything is checked; a refusal happens before the first byte is written;
2. all changed files are written beside their targets, under temporary names, and flushed to the disk (a
   full disk ends the run here, with nothing changed);
3. a manifest that allows both the old and the new content replaces the old manifest;
4. the temporary files are renamed over their targets, pages after the files they show, and files that are
   no longer part of the document are removed;
5. the final manifest replaces the interim one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import msgspec

from pgdossier.authored import blocks
from pgdossier.errors import DossierError, OutputError

try:
    import fcntl
except ImportError:  # Windows: two runs at once are then not noticed
    fcntl = None  # type: ignore[assignment] # the module's own absence is the value

MANIFEST = ".pgdossier.json"
SNAPSHOT = "snapshot.json"
_TEMPORARY = re.compile(r"\.pgdossier-[0-9a-f]{16}\.tmp\Z")


class WriteResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the files; all paths are relative to the folder, with `/`, sorted.

    Attributes:
        written: Files whose bytes changed or that are new.
        unchanged: Files that were as they should be.
        removed: Files of an earlier run that are no longer part of the document.
        left: Files of an earlier run that somebody replaced: no longer part of the document, not removed.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class _Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The manifest file; `files` holds one hash, or several while a run is not finished.

    Attributes:
        generator: Says whose file this is.
        format: The version of this layout.
        files: The hashes of every generated file.
        prompts: The hashes of the bodies that the generator itself put into blocks: not people's text.
    """

    generator: Literal["pgdossier"] = "pgdossier"
    format: int = 1
    files: dict[str, str | list[str]] = {}
    prompts: list[str] = []

    def hashes(self, path: str) -> list[str]:
        """Every content of a file that counts as our own."""
        value = self.files.get(path, [])
        return [value] if isinstance(value, str) else value


# --- reading what is there -----------------------------------------------------------------------


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
    _manifest(directory)


def read_authored(directory: Path) -> dict[str, str]:
    """What people wrote into the blocks of the document that is there.

    Args:
        directory: The folder of the document; it need not exist.

    Returns:
        Bodies by key, byte for byte. Blocks that still hold the prompt that the generator put there are left
        out, so that every body in the result is somebody's text (perhaps an empty one).

    Raises:
        OutputError: A page or the manifest cannot be read.
        DossierError: Broken markers, or a key that appears twice; names file and line, exit code 2.
    """
    return {key: body for key, (_, body) in _authored(directory, _manifest(directory)).items()}


def existing_snapshot(directory: Path) -> bytes | None:
    """The `snapshot.json` that an earlier run left in the folder, or None when there is none of ours."""
    return existing(directory, SNAPSHOT)


def existing(directory: Path, path: str) -> bytes | None:
    """A file that an earlier run left in the folder, or None when there is none of ours."""
    if path not in _manifest(directory).files:
        return None
    return _Folder(directory).content(path)


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
    return bool(_manifest(directory).files)


def faults(directory: Path) -> tuple[Fault, ...]:
    """The generated files that are missing or were edited outside the blocks, and the broken markers.

    Nothing is rendered for this: the manifest knows what was written. What version control does to line ends
    is no edit.

    Raises:
        OutputError: The manifest is damaged, or a file cannot be read.
    """
    manifest = _manifest(directory)
    folder = _Folder(directory)
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


def _fault(folder: _Folder, path: str, ours: list[str]) -> tuple[Fault | None, tuple[str, ...]]:
    """What is wrong with one file, and the keys of its blocks."""
    try:
        folder.status(path)
    except OutputError:
        return Fault(path=path, message="something that is no plain file stands in its place"), ()
    data = folder.content(path)
    if data is None:
        return Fault(path=path, message="this generated file is missing"), ()
    if not _is_page(path):
        same = {_hash(data), _hash(data.replace(b"\r\n", b"\n"))} & set(ours)
        return None if same else Fault(path=path, message="this generated file was edited"), ()
    file = folder.root / path
    try:
        page = _page(file, data)
    except DossierError as error:
        line, _, message = error.message.removeprefix(f"{file}:").partition(": ")
        return Fault(path=path, message=message, line=int(line)), ()
    if _hash(page.skeleton.encode()) in ours:
        return None, tuple(page.bodies)
    return Fault(path=path, message="this page was edited outside its authored blocks"), tuple(page.bodies)


def _authored(directory: Path, manifest: _Manifest) -> dict[str, tuple[str, str]]:
    """File and body by key, without bodies that are only prompts."""
    found: dict[str, tuple[str, str]] = {}
    folder = _Folder(directory)
    for path in sorted(filter(_is_page, manifest.files)):
        data = folder.content(path)
        for key, body in ({} if data is None else _page(directory / path, data).bodies).items():
            if key in found:
                raise OutputError(
                    f"{directory / path}: the block {key} also stands in {directory / found[key][0]}",
                    hint="each key may appear once in a document: merge the two texts into one block",
                    code=2,
                )
            found[key] = (path, body)
    prompts = set(manifest.prompts)
    return {key: value for key, value in found.items() if _body_hash(value[1]) not in prompts}


def _manifest(directory: Path) -> _Manifest:
    data = _Folder(directory).content(MANIFEST)
    if data is None:
        return _Manifest()
    file = directory / MANIFEST
    try:
        manifest = msgspec.json.decode(data, type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        wrong = "is damaged"
    else:
        if manifest.format == 1 and all(map(_is_safe, manifest.files)):
            return manifest
        wrong = (
            "names files outside its folder" if manifest.format == 1 else "was written by a newer pgdossier"
        )
    hint = "restore it from version control, or move the folder away and generate the document anew"
    raise OutputError(f"{file} {wrong}", hint=hint, code=2)


def _page(file: Path, data: bytes) -> blocks.Page:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise OutputError(f"{file}:{line}: not UTF-8", hint="save the file as UTF-8", code=2) from None
    return blocks.read(text, str(file))


def _is_page(path: str) -> bool:
    return path.endswith(".md")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _body_hash(body: str) -> str:
    return _hash(body.replace("\r\n", "\n").encode())


class _Folder:
    """A folder in which nothing is followed that is not plainly a file or a folder.

    Symbolic links are refused below the folder (the folder itself may be one: that is the user's choice), so
    nothing outside of it is ever read as a page, replaced or removed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._plain: set[str] = set()

    def status(self, path: str) -> os.stat_result | None:
        """The status of a file, or None when there is nothing.

        Raises:
            OutputError: A symbolic link or something that is no folder stands on the way.
        """
        parents = path.split("/")[:-1]
        for depth in range(1, len(parents) + 1):
            parent = "/".join(parents[:depth])
            if parent not in self._plain:
                status = self._lstat(parent)
                if status is None:
                    return None
                if not stat.S_ISDIR(status.st_mode):
                    raise self._in_the_way(parent, status)
                self._plain.add(parent)
        status = self._lstat(path)
        if status is not None and not stat.S_ISREG(status.st_mode):
            raise self._in_the_way(path, status)
        return status

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, or None when there is none. Raises as `status`, and when it cannot be read."""
        if self.status(path) is None:
            return None
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed("read", self.root / path, error) from None

    def _lstat(self, path: str) -> os.stat_result | None:
        try:
            return (self.root / path).lstat()
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise OutputError(
                f"{self.root} is not a folder", hint="choose another folder with -o", code=2
            ) from None
        except (OSError, ValueError) as error:
            raise _failed("read", self.root / path, error) from None

    def _in_the_way(self, path: str, status: os.stat_result) -> OutputError:
        link = stat.S_ISLNK(status.st_mode)
        return OutputError(
            f"{self.root / path} is {'a symbolic link' if link else 'in the way'}; nothing was written",
            hint="pgdossier writes into plain files and folders only: move it, or choose another with -o",
            code=2,
        )


def _failed(what: str, path: Path, error: OSError | ValueError) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    hints = {
        errno.ENOSPC: "the disk is full; what was there before is unchanged",
        errno.EDQUOT: "the quota is used up; what was there before is unchanged",
        errno.EROFS: "choose another folder with -o",
        errno.EACCES: "choose another folder with -o, or ask for the right to write there",
        errno.EPERM: "choose another folder with -o, or ask for the right to write there",
    }
    number = error.errno if isinstance(error, OSError) else None
    return OutputError(f"cannot {what} {path}: {reason}", hint=hints.get(number or 0))


# --- deciding ------------------------------------------------------------------------------------


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is going to do, all refusals behind it."""

    result: WriteResult
    before: _Manifest
    after: _Manifest


def compare(directory: Path, files: Mapping[str, bytes]) -> WriteResult:
    """What `write` with `discard` would do to a folder; nothing is touched. Raises as `write` does."""
    _check_names(files)
    return _plan(directory, files, discard=True).result


def _plan(directory: Path, files: Mapping[str, bytes], *, discard: bool) -> _Plan:
    folder = _Folder(directory)
    before = _manifest(directory)
    authored = _authored(directory, before)
    pages = {path: _page(directory / path, files[path]) for path in files if _is_page(path)}
    _refuse_lost_text(directory, authored, pages, discard=discard)

    written, unchanged = [], []
    for path, data in sorted(files.items()):
        current = folder.content(path)
        if current is not None and _same(path, current, data):
            unchanged.append(path)
            continue
        if current is not None and path not in before.files:
            raise OutputError(
                f"{directory / path} exists and was not written by pgdossier; nothing was written",
                hint="move it away, or choose another folder with -o",
                code=2,
            )
        if current is not None and _is_page(path) and not discard:
            _refuse_edits(directory / path, current, before.hashes(path), pages[path])
        written.append(path)

    removed, left = [], []
    for path in sorted(before.files.keys() - files.keys()):
        try:
            current = folder.content(path)
        except OutputError:
            left.append(path)  # what stands there now is not ours
            continue
        if current is None:
            continue
        if _is_page(path):
            if not discard:
                _refuse_edits(directory / path, current, before.hashes(path), None)
            removed.append(path)
        else:
            ours = {_hash(current), _hash(current.replace(b"\r\n", b"\n"))} & set(before.hashes(path))
            (removed if ours else left).append(path)

    after = _Manifest(
        files={
            path: _hash(pages[path].skeleton.encode() if path in pages else data)
            for path, data in sorted(files.items())
        },
        prompts=sorted(
            {
                _body_hash(body)
                for page in pages.values()
                for key, body in page.bodies.items()
                if key not in authored
            }
        ),
    )
    result = WriteResult(
        written=tuple(written), unchanged=tuple(unchanged), removed=tuple(removed), left=tuple(left)
    )
    return _Plan(result=result, before=before, after=after)


def _same(path: str, current: bytes, data: bytes) -> bool:
    # A page that version control checked out with CR LF is still the same page.
    return current == data or (
        _is_page(path) and current.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")
    )


def _refuse_edits(file: Path, current: bytes, ours: list[str], new: blocks.Page | None) -> None:
    """Raise when a page is not as it was written, outside its blocks."""
    page = _page(file, current)
    if _hash(page.skeleton.encode()) in ours:
        return
    where = f"{file}:{_edited_line(page, new)}" if new is not None else str(file)
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
    pages: Mapping[str, blocks.Page],
    *,
    discard: bool,
) -> None:
    """The last net under people's words: raise when a text that is on the disk is in no new page."""
    bodies: dict[str, str] = {}
    for path, page in pages.items():
        for key, body in page.bodies.items():
            if key in bodies:
                raise OutputError(
                    f"{directory / path}: the key {key} was generated twice; nothing was written"
                )
            bodies[key] = body
    for key, (path, body) in authored.items():
        if key not in bodies and body.strip() and not discard:
            raise OutputError(
                f"{directory / path}: the text of block {key} has no place in the new document",
                hint="move the text into another block, or drop it with --discard",
                code=2,
            )
        if key in bodies and bodies[key] != body:
            raise OutputError(
                f"{directory / path}: the text of block {key} changed meanwhile; nothing was written",
                hint="run it again",
            )


def _check_names(files: Iterable[str]) -> None:
    """Raise for a path that leaves the folder, is not portable, or cannot stand beside another."""
    seen: dict[str, str] = {}
    folders = {_folded(str(parent)) for path in files for parent in Path(path).parents}
    for path in files:
        if not _is_safe(path):
            raise OutputError(f"refusing to write a file with the unsafe name {path!r}")
        folded = _folded(path)
        if folded in folders:
            raise OutputError(f"{path!r} would be a file and a folder at once")
        if folded in seen:
            raise OutputError(f"{path!r} and {seen[folded]!r} would be one file where case does not count")
        seen[folded] = path


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or re.search(r"[\\:\0-\x1f\x7f]", path):
        return False
    return path != MANIFEST and not _TEMPORARY.match(parts[-1])


# --- writing -------------------------------------------------------------------------------------


def write(directory: Path, files: Mapping[str, bytes], *, discard: bool = False) -> WriteResult:
    """Make the folder hold these files, beside whatever else is in it.

    Args:
        directory: The folder; created with its parents when it does not exist.
        files: The whole document: content by path relative to the folder, with `/`. Pages end in `.md`.
        discard: Overwrite pages that were edited outside their blocks, and drop texts without a place.

    Returns:
        What was written, unchanged and removed. When nothing changed, not a byte was touched.

    Raises:
        OutputError: Code 2: a file of somebody else, a symbolic link or a hand-edited page is in the way;
            code 3: the file system refused, or another run is writing. Nothing was replaced in either case
            unless the file system failed while renaming, and then every file is still whole.
        DossierError: A page that is there has broken markers (code 2).
    """
    _check_names(files)
    check_folder(directory)
    created = _make(directory)
    try:
        with _locked(directory):
            _clean(directory, {*_manifest(directory).files, *files})
            plan = _plan(directory, files, discard=discard)
            if plan.before != plan.after or plan.result.written or plan.result.removed:
                _execute(directory, files, plan)
    except BaseException:
        _unmake(created)
        raise
    return plan.result


def write_file(path: Path, data: bytes) -> None:
    """Write one file that the user named, replacing it whole or not at all.

    Args:
        path: Any file; what is no regular file (a pipe, a terminal) is written to as it is.
        data: Its content.

    Raises:
        OutputError: Code 2 when it is a folder, code 3 when it cannot be written.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder", hint="name a file with -o", code=2)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.write(data)
            return
        target = path.resolve()
        staged = _stage(target, data)
        try:
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
    except FileNotFoundError:
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}", hint="create it first"
        ) from None
    except OSError as error:
        raise _failed("write", path, error) from None


def _execute(directory: Path, files: Mapping[str, bytes], plan: _Plan) -> None:
    result, before, after = plan.result, plan.before, plan.after
    created: list[Path] = []
    staged: dict[Path, Path] = {}
    at = directory
    try:
        for at in sorted({(directory / path).parent for path in result.written}):
            created += _make(at)
        for path in sorted(result.written, key=_rank):
            at = directory / path
            staged[at] = _stage(at, files[path])
        at = directory / MANIFEST
        _replace(at, _encoded(_either(before, after)))
        for at in list(staged):
            staged[at].replace(at)
            del staged[at]
        for path in result.removed:
            at = directory / path
            at.unlink(missing_ok=True)
        _prune(directory, result.removed)
        for folder in {(directory / path).parent for path in result.written}:
            _flush(folder)
        at = directory / MANIFEST
        _replace(at, _encoded(after))
        _flush(directory)
    except OSError as error:
        raise _failed("write", at, error) from None
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
        _unmake(created)  # only those that stayed empty


def _rank(path: str) -> tuple[int, str]:
    """Pages after what they show, the entrance after the pages, the facts last."""
    if path == SNAPSHOT:
        return 3, path
    if path == "README.md":
        return 2, path
    return int(_is_page(path)), path


def _either(before: _Manifest, after: _Manifest) -> _Manifest:
    """The manifest under which both the old and the new content of every file count as our own."""
    return _Manifest(
        files={
            path: sorted({*before.hashes(path), *after.hashes(path)})
            for path in sorted(before.files.keys() | after.files.keys())
        },
        prompts=sorted({*before.prompts, *after.prompts}),
    )


def _encoded(manifest: _Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def _stage(target: Path, data: bytes) -> Path:
    """Write a temporary file beside its target, flushed to the disk, and give its path.

    A new file gets mode 0644 less the umask; one that replaces another keeps its mode, never writable by all.
    """
    temporary = target.with_name(f".pgdossier-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            with contextlib.suppress(FileNotFoundError):
                temporary.chmod(stat.S_IMODE(target.stat().st_mode) & 0o775)
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _replace(target: Path, data: bytes) -> None:
    temporary = _stage(target, data)
    try:
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _make(directory: Path) -> list[Path]:
    """Create a folder and its parents; returns those that were created, the innermost last."""
    created: list[Path] = []
    try:
        missing = [folder for folder in (directory, *directory.parents) if not folder.is_dir()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o755, exist_ok=True)
            created.append(folder)
    except OSError as error:
        _unmake(created)
        raise _failed("create", directory, error) from None
    return created


def _unmake(created: list[Path]) -> None:
    for folder in reversed(created):
        with contextlib.suppress(OSError):  # not empty: it is in use
            folder.rmdir()


def _prune(directory: Path, removed: Iterable[str]) -> None:
    """Remove the folders that the removal of these files left empty."""
    parents = {parent for path in removed for parent in Path(path).parents if parent != Path()}
    for parent in sorted(parents, key=lambda parent: len(parent.parts), reverse=True):
        with contextlib.suppress(OSError):  # not empty, or gone already
            (directory / parent).rmdir()


def _clean(directory: Path, paths: Iterable[str]) -> None:
    """Remove the temporary files that a killed run left; the lock says that none of them is in use."""
    for folder in {(directory / path).parent for path in paths} | {directory}:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if _TEMPORARY.match(entry.name) and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    """Make the renames in a folder survive a power failure, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Keep a second run out of the folder. The lock is on the folder itself and leaves no file behind."""
    if fcntl is None:
        yield
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise _failed("open", directory, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"another run of pgdossier is writing into {directory}",
                hint="wait until it is done, then try again",
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(descriptor)
