"""The files of a document from when they are made until they are written: on the disk, not in memory."""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from typing import TypeVar

from pgdossier.output import Apart

# So many bytes stay in memory: a small document never touches the disk before it is written.
_IN_MEMORY = 16_000_000

Place = tuple[int, int]
"""Where a file stands in the temporary one: its offset and its size."""


class Temporary:
    """A temporary file without a name; one process writes to it, any that has it open reads.

    Raises:
        OSError: There is no place for it.
    """

    def __init__(self) -> None:
        if not hasattr(os, "pread"):  # Windows
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        with tempfile.TemporaryFile(prefix="pgdossier-") as file:
            self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self._end = 0

    def append(self, data: bytes) -> Place:
        """Write bytes behind all others; OSError when they do not fit."""
        rest, at = memoryview(data), self._end
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            rest, at = rest[written:], at + written
        place = (self._end, len(data))
        self._end = at
        return place

    def read(self, place: Place) -> bytes:
        """The bytes at that place; OSError when they are not there."""
        at, size = place
        parts = []
        while size:
            part = os.pread(self._descriptor, size, at)
            if not part:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            parts.append(part)
            at, size = at + len(part), size - len(part)
        return b"".join(parts)


Name = TypeVar("Name", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


class Kept(MutableMapping[Name, bytes]):
    """Files by name, most often their path, whose bytes are read again each time they are asked for.

    They stand in one temporary file without a name, which is gone with its process however that ends. Where
    there is no room for it they stay in memory.

    Args:
        in_memory: How many bytes are kept in memory before the first goes to the disk.

    Attributes:
        parts: Of some of the files, as they are now, what `output.apart` said of them.
    """

    def __init__(self, *, in_memory: int = _IN_MEMORY) -> None:
        self._left = in_memory
        self._held: dict[Name, bytes] = {}
        self._places: dict[Name, tuple[Temporary, Place]] = {}
        self._file: Temporary | None = None
        self.parts: dict[Name, Apart] = {}

    def __setitem__(self, path: Name, data: bytes) -> None:
        self.parts.pop(path, None)
        self._places.pop(path, None)
        self._left += len(self._held.pop(path, b""))
        place = None
        if len(data) > self._left:
            place = self._put(data)
        if place is None:
            self._left -= len(data)
            self._held[path] = data
        else:
            self._places[path] = place

    def _put(self, data: bytes) -> tuple[Temporary, Place] | None:
        try:
            self._file = self._file or Temporary()
            return self._file, self._file.append(data)
        except OSError:
            return None

    def __getitem__(self, path: Name) -> bytes:
        if path in self._held:
            return self._held[path]
        file, place = self._places[path]
        return file.read(place)

    def __delitem__(self, path: Name) -> None:
        self.parts.pop(path, None)
        if path in self._held:
            self._left += len(self._held.pop(path))
        else:
            del self._places[path]

    def __iter__(self) -> Iterator[Name]:
        yield from self._held
        yield from self._places

    def __len__(self) -> int:
        return len(self._held) + len(self._places)

    def __contains__(self, path: object) -> bool:
        return path in self._held or path in self._places

    def take(self, other: Kept[Other], named: Callable[[Other], Name]) -> None:
        """Take over all files of another, which stay where they are, under these names."""
        for name, data in other._held.items():
            self[named(name)] = data
        for name, where in other._places.items():
            path = named(name)
            self._drop(path)
            self._places[path] = where
        for name, part in other.parts.items():
            self.parts[named(name)] = part

    def _drop(self, path: Name) -> None:
        if path in self:
            del self[path]

    def adopt(self, file: Temporary, places: Mapping[Name, Place], parts: Mapping[Name, Apart]) -> None:
        """Take over files that another process has put into a temporary file that both have open."""
        for path, place in places.items():
            self._drop(path)
            self._places[path] = (file, place)
        self.parts.update(parts)
