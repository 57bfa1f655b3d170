"""Where an embedded server keeps its files: a short-lived run directory, and a cache of prepared clusters.

A run directory belongs to one server and goes with it. Its owner holds a lock on a file in it for as long
as it lives; a run directory whose lock can be taken was left behind by a process that was killed together
with its supervisor, and the next server removes it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pgdossier.errors import ServerError
from pgdossier.servers.process import Account, can_enter

PREFIX = "pgdossier-"
LOCK = "owner.lock"

# The socket's path must fit in sockaddr_un.sun_path: 104 bytes on macOS and the BSDs, 108 on Linux.
LONGEST_SOCKET_PATH = 103
SOCKET_SUFFIX = len(f"/{PREFIX}12345678/data/.s.PGSQL.5432")


def cache_directory() -> Path:
    """The folder for things that can be made again, as the system's conventions name it (not made here)."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        # The XDG base directory specification: relative paths are to be ignored.
        chosen = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".cache"
    return base / "pgdossier"


def run_parent(account: Account | None) -> Path:
    """The folder to make run directories in: short enough for a socket, and open to the server's account.

    Raises:
        ServerError: There is none.
    """
    for candidate in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))):  # noqa: S108 - only mkdtemp works in them
        if not os.access(candidate, os.W_OK | os.X_OK):
            continue
        too_long = len(os.fsencode(candidate.absolute())) + SOCKET_SUFFIX > LONGEST_SOCKET_PATH
        if (too_long and os.name == "posix") or (
            account is not None and not can_enter(account, candidate.absolute())
        ):
            continue
        return candidate.absolute()
    raise ServerError(
        "No temporary folder for the embedded server: not writable, or too long a path for a socket",
        hint="Set TMPDIR to a writable folder with a short path.",
    )


def make_run_directory(parent: Path) -> tuple[Path, int]:
    """Make a private run directory and take its lock.

    Returns:
        The directory, and the file descriptor that holds the lock until it and all its copies are closed.
    """
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    fresh = directory / f"{LOCK}.new"
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    _try_lock(descriptor)
    if os.name == "posix":  # only now does the file have its name, so nobody ever sees it without its lock
        fresh.rename(directory / LOCK)
    else:
        os.close(descriptor)
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    return directory, descriptor


def abandoned(parent: Path) -> Iterator[Path]:
    """The run directories in a folder that are ours and have no living owner."""
    for directory in parent.glob(f"{PREFIX}*"):
        lock = directory / LOCK
        try:
            if os.name == "posix":
                if directory.lstat().st_uid != os.geteuid() or lock.is_symlink():
                    continue
                descriptor = os.open(lock, os.O_RDWR)
                try:
                    if _try_lock(descriptor):
                        yield directory
                finally:
                    os.close(descriptor)
            else:
                lock.unlink()  # Windows refuses while the owner has it open
                yield directory
        except OSError:
            continue  # another process is removing it, or it is not ours after all


def _try_lock(descriptor: int) -> bool:
    """Take the lock if nobody has it; Windows needs none, an open file cannot be removed there."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 - exists on POSIX systems only

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
