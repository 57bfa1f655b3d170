"""What stands in an output folder, and how its files may be called."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from pgdossier.authored import blocks
from pgdossier.errors import OutputError

MANIFEST = ".pgdossier.json"
JOURNAL = ".pgdossier-journal"
SNAPSHOT = "snapshot.json"
# Characters that some system does not take in a name, or takes for something else (`:` is a stream of NTFS).
_UNPORTABLE = re.compile(r'[\\:*?"<>|\0-\x1f\x7f]')
# What Windows takes for a device, whatever follows a dot; superscript digits count there as digits.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|\Z)")
_LONGEST = 255  # bytes of a name, which is what common file systems take
TEMPORARY = re.compile(r"\.pgdossier-[0-9a-f]{16}\.tmp\Z")


class Folder:
    """A folder in which nothing is followed that is not plainly a file or a folder.

    Symbolic links are refused below the folder (the folder itself may be one: that is the user's choice), so
    nothing outside of it is ever read as a page, replaced or removed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._at = os.fspath(root)
        self._plain = {""}

    def status(self, path: str) -> os.stat_result | None:
        """The status of a file, or None when there is nothing.

        Raises:
            OutputError: A symbolic link or something that is no folder stands on the way.
        """
        if not self._is_below(path.rpartition("/")[0]):
            return None
        status = self._lstat(path)
        if status is not None and not stat.S_ISREG(status.st_mode):
            raise self._in_the_way(path, status)
        return status

    def _is_below(self, folder: str) -> bool:
        """Whether such a folder is there. Raises as `status`."""
        if folder in self._plain:
            return True
        if not self._is_below(folder.rpartition("/")[0]):
            return False
        status = self._lstat(folder)
        if status is None:
            return False
        if not stat.S_ISDIR(status.st_mode):
            raise self._in_the_way(folder, status)
        self._plain.add(folder)
        return True

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, or None when there is none. Raises as `status`, and when it cannot be read."""
        return None if self.status(path) is None else self.read(path)

    def read(self, path: str) -> bytes | None:
        """The same for a file whose status was looked at."""
        try:
            with open(f"{self._at}/{path}", "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failed("read", self.root / path, error) from None

    def _lstat(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(f"{self._at}/{path}")
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise OutputError(
                f"{self.root} is not a folder", hint="choose another folder with -o", code=2
            ) from None
        except (OSError, ValueError) as error:
            raise failed("read", self.root / path, error) from None

    def _in_the_way(self, path: str, status: os.stat_result) -> OutputError:
        link = stat.S_ISLNK(status.st_mode)
        return OutputError(
            f"{self.root / path} is {'a symbolic link' if link else 'in the way'}; nothing was written",
            hint="pgdossier writes into plain files and folders only: move it, or choose another with -o",
            code=2,
        )


def failed(what: str, path: Path, error: OSError | ValueError) -> OutputError:
    """What the file system refused, as an error for the user."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    hints = {
        errno.ENOSPC: "the disk is full; what was there before is unchanged",
        errno.EDQUOT: "the quota is used up; what was there before is unchanged",
        errno.EFBIG: "no file may be that large here; what was there before is unchanged",
        errno.EROFS: "choose another folder with -o",
        errno.EACCES: "choose another folder with -o, or ask for the right to write there",
        errno.EPERM: "choose another folder with -o, or ask for the right to write there",
    }
    number = error.errno if isinstance(error, OSError) else None
    return OutputError(f"cannot {what} {path}: {reason}", hint=hints.get(number or 0))


def check_names(files: Iterable[str]) -> None:
    """Raise for a path that leaves the folder, is not portable, or cannot stand beside another."""
    seen: dict[str, str] = {}
    folders = {_folded(folder) for folder in _folders(files)}
    for path in files:
        if not is_safe(path):
            raise OutputError(f"refusing to write a file with the unsafe name {path!r}")
        folded = _folded(path)
        if folded in folders:
            raise OutputError(f"{path!r} would be a file and a folder at once")
        if folded in seen:
            raise OutputError(f"{path!r} and {seen[folded]!r} would be one file where case does not count")
        seen[folded] = path


def _folders(files: Iterable[str]) -> set[str]:
    """All folders in which these files stand."""
    found = {""}
    for path in files:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def is_safe(path: str) -> bool:
    """Whether a path is a plain file below the folder on every system.

    That is: it does not leave the folder, no part of it is hidden (so neither our own bookkeeping nor what
    version control keeps is ever meant), is a device of Windows or a name that Windows would shorten, and no
    character in it is one that some system refuses.
    """
    return all(map(_is_plain, path.split("/")))


def _is_plain(name: str) -> bool:
    return (
        bool(name)
        and not name.startswith(".")
        and not name.endswith((".", " "))
        and not _UNPORTABLE.search(name)
        and not _DEVICE.match(name.casefold())
        and name.isprintable()
        and len(name.encode()) <= _LONGEST
    )


def page_of(file: Path | str, data: bytes) -> blocks.Page:
    """A page taken apart; the name of the file is for messages.

    Raises:
        OutputError: It is not UTF-8 (code 2).
        DossierError: Broken markers (code 2).
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise OutputError(f"{file}:{line}: not UTF-8", hint="save the file as UTF-8", code=2) from None
    return blocks.read(text, str(file))


def is_page(path: str) -> bool:
    """Whether a file holds blocks of people's text."""
    return path.endswith(".md")


def content_hash(data: bytes) -> str:
    """What tells one content from another."""
    return hashlib.sha256(data).hexdigest()


@lru_cache  # most blocks hold one of a few prompts
def body_hash(body: str) -> str:
    """The same for the text of a block; what version control does to line ends does not count."""
    return content_hash(body.replace("\r\n", "\n").encode())
