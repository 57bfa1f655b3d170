"""One run at a time writes into a folder: by a lock that ends with the process, however it ends."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

from pgdossier.errors import OutputError
from pgdossier.output.folder import failed


def _module(name: str) -> ModuleType | None:
    """A module of the standard library that not every system has."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_FCNTL, _MSVCRT = _module("fcntl"), _module("msvcrt")


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep a second run out of a folder while the body works.

    The lock is on the folder itself and leaves no file behind. On Windows, where folders have no locks, it
    is on an empty file in the user's folder of temporary files: runs of other users are not noticed there.

    Args:
        directory: The folder, which exists.

    Raises:
        OutputError: Another run writes into it, or it cannot be opened (code 3).
    """
    holding: AbstractContextManager[None] = contextlib.nullcontext()  # a system that knows neither
    if _FCNTL is not None:
        holding = _held(_FCNTL, directory)
    elif _MSVCRT is not None:
        holding = _held_by_file(_MSVCRT, directory)
    with holding:
        yield


@contextlib.contextmanager
def _held(fcntl: ModuleType, directory: Path) -> Iterator[None]:
    try:
        descriptor = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise failed("open", directory, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(directory) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _held_by_file(msvcrt: ModuleType, directory: Path) -> Iterator[None]:
    # However the folder is written, and whatever the case of its letters: it is one folder.
    name = os.path.normcase(directory.resolve()).encode("utf-8", "surrogatepass")
    file = Path(tempfile.gettempdir(), f"pgdossier-{hashlib.sha256(name).hexdigest()[:32]}.lock")
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # no place for the file: then as on a file system without locks
        yield
        return
    try:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:  # EACCES: somebody has it
            raise _busy(directory) from None
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # closing the file gives it up as well
                msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    finally:
        os.close(descriptor)


def _busy(directory: Path) -> OutputError:
    return OutputError(
        f"another run of pgdossier is writing into {directory}", hint="wait until it is done, then try again"
    )
