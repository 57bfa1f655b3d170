"""How files get to the disk: whole or not at all, and flushed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import FrameType

from pgdossier.errors import OutputError
from pgdossier.output.folder import TEMPORARY, failed

_AT_ONCE = 8  # files that are flushed side by side
_MANY = 500  # files that are flushed with all of their file system
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_file(path: Path, data: bytes | Iterator[bytes]) -> None:
    """Write one file that the user named, replacing it whole or not at all.

    Args:
        path: Any file; what is no regular file (a pipe, a terminal) is written to as it is.
        data: Its content, or the pieces of it.

    Raises:
        OutputError: Code 2 when it is a folder, code 3 when it cannot be written.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder", hint="name a file with -o", code=2)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(_pieces(data))
            return
        replace(os.fspath(path.resolve()), data)
    except FileNotFoundError:
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}", hint="create it first"
        ) from None
    except OSError as error:
        raise failed("write", path, error) from None


def _pieces(data: bytes | Iterator[bytes]) -> Iterable[bytes]:
    return (data,) if isinstance(data, bytes) else data


def temporary_for(target: str) -> str:
    """The path of a temporary file beside a target."""
    return os.path.join(os.path.dirname(target), f".pgdossier-{os.urandom(8).hex()}.tmp")


def stage(
    target: str,
    temporary: str,
    data: bytes | Iterator[bytes],
    *,
    flushed: bool = True,
    is_new: bool = False,
) -> None:
    """Write the temporary file of a target, flushed to the disk unless told otherwise.

    A new file gets mode 0644 less the umask; one that replaces another keeps its mode, never writable by all.
    Here and below files are named by texts: there are thousands, and a `Path` costs as much as a file.

    Args:
        target: The file that it is going to be.
        temporary: What it is called until then.
        data: Its content.
        flushed: Whether it is flushed.
        is_new: Whether there is no such file, as is known.
    """
    descriptor = os.open(temporary, _NEW, 0o644)
    try:
        try:
            for piece in _pieces(data):
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            if not is_new:
                with contextlib.suppress(FileNotFoundError):
                    os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode) & 0o775)
            if flushed:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        remove(temporary)
        raise


def remove(path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


@contextlib.contextmanager
def flushing(paths: Sequence[str]) -> Iterator[Callable[[], None]]:
    """What flushes these files after they were written in the context.

    Each file that is flushed by itself has the disk empty its cache, which costs more than writing it. Linux
    can do that once for all files of a file system. Those of others are among them, so it is not done for
    few files.

    Args:
        paths: The files, whose folders are there.

    Yields:
        What raises `OSError` when one of them cannot get to the disk.
    """
    folders = {os.path.dirname(path) for path in paths}
    together = _syncfs() if len(paths) >= _MANY else None
    if together is None or len({os.stat(folder).st_dev for folder in folders}) > 1:
        yield lambda: flush_all(paths)
        return
    descriptor = os.open(min(folders), os.O_RDONLY)  # from now on it remembers what goes wrong
    try:
        yield lambda: together(descriptor)
    finally:
        os.close(descriptor)


@cache
def _syncfs() -> Callable[[int], None] | None:
    """What flushes the file system of an open file, where the system has that and it tells of errors."""
    if sys.platform != "linux" or _kernel() < (5, 8):
        return None
    import ctypes  # noqa: PLC0415 - Python itself has no name for it

    try:
        call = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None

    def flush(descriptor: int) -> None:
        if call(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return flush


def _kernel() -> tuple[int, ...]:
    """The version of the system's kernel."""
    return tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])


def flush_all(paths: Sequence[str]) -> None:
    """Flush files that were written before, each by itself.

    That is many times faster than to flush each when it is written: file systems take those that are asked
    for at the same time with one write of their journal.
    """
    rows = [paths[first::_AT_ONCE] for first in range(min(_AT_ONCE, len(paths)))]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="flush") as pool:
        for _ in pool.map(_flush, rows):
            pass


def _flush(paths: Sequence[str]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace(target: str, data: bytes | Iterator[bytes]) -> None:
    """Write a file whole or not at all."""
    temporary = temporary_for(target)
    stage(target, temporary, data)
    try:
        os.replace(temporary, target)
    finally:
        remove(temporary)


def make(directory: Path) -> list[Path]:
    """Create a folder and its parents; returns those that were created, the innermost last."""
    created: list[Path] = []
    try:
        missing = [folder for folder in (directory, *directory.parents) if not folder.is_dir()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o755, exist_ok=True)
            created.append(folder)
    except OSError as error:
        unmake(created)
        raise failed("create", directory, error) from None
    return created


def unmake(created: list[Path]) -> None:
    """Remove those of these folders that are empty."""
    for folder in reversed(created):
        with contextlib.suppress(OSError):  # not empty: it is in use
            folder.rmdir()


def prune(directory: Path, removed: Iterable[str]) -> None:
    """Remove the folders that the removal of these files left empty."""
    parents = {parent for path in removed for parent in Path(path).parents if parent != Path()}
    for parent in sorted(parents, key=lambda parent: len(parent.parts), reverse=True):
        with contextlib.suppress(OSError):  # not empty, or gone already
            (directory / parent).rmdir()


def leftovers(directory: Path) -> Iterator[str]:
    """The temporary files in a folder and in the folders right below it, which is as deep as documents go."""
    for folder in (directory, *_folders(directory)):
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if (
                    entry.name[0] == "."
                    and TEMPORARY.match(entry.name)
                    and entry.is_file(follow_symlinks=False)
                ):
                    yield entry.path


def _folders(directory: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
    return []


def clean(directory: Path) -> None:
    """Remove the temporary files that a killed run left; the lock says that none of them is in use."""
    for temporary in list(leftovers(directory)):
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def flush(folder: str | Path) -> None:
    """Make the renames in a folder survive a power failure, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the body is done, which is soon: half of it is of no use to anybody.

    Only the main thread is ever interrupted; elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if asked:
            signal.raise_signal(asked[0])
