"""The files of a document from when they are made until they are written: on the disk, not in memory."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import weakref
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from typing import NamedTuple, TypeVar

from pgdossier.errors import DossierError
from pgdossier.output import Apart, Standing, apart
from pgdossier.output.stamps import Stamp

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


class Told(NamedTuple):
    """Files that one process has kept, for another that has the same temporary file open.

    Attributes:
        places: Where they stand in it.
        stamps: What those show that stand in the folder of the document.
        parts: What is to be known of them all.
    """

    places: dict[str, Place]
    stamps: dict[str, Stamp]
    parts: dict[str, Apart]


class Kept(MutableMapping[Name, bytes]):
    """Files by name, most often their path, whose bytes are read again each time they are asked for.

    They stand in one temporary file without a name, which is gone with its process however that ends. Where
    there is no room for it they stay in memory. What stands in the folder of the document as it is to be is
    not kept at all, but read there; `OutputError` when somebody has changed it since.

    Args:
        in_memory: How many bytes are kept in memory before the first goes to the disk.
        standing: What stands in that folder.
        file: The temporary file; one is made otherwise.
        named: Gives the path of a file in that folder.

    Attributes:
        parts: Of the files, as they are now, what `output.apart` said of them; not of pages that it refused.
    """

    def __init__(
        self,
        *,
        in_memory: int = _IN_MEMORY,
        standing: Standing | None = None,
        file: Temporary | None = None,
        named: Callable[[Name], str] = str,
    ) -> None:
        self._left = in_memory
        self._standing = standing
        self._named = named
        self._held: dict[Name, bytes] = {}
        self._places: dict[Name, tuple[Temporary, Place]] = {}
        self._seen: dict[Name, tuple[Standing, Stamp]] = {}
        self._file = file
        self.parts: dict[Name, Apart] = {}

    def __setitem__(self, name: Name, data: bytes) -> None:
        self._drop(name)
        path = self._named(name)
        with contextlib.suppress(DossierError):  # a template of somebody: what writes says where it is
            self.parts[name] = apart(path, data)
        stamp = None if self._standing is None else self._standing.stamp(path, data)
        if self._standing is not None and stamp is not None:
            self._seen[name] = (self._standing, stamp)
        else:
            self._keep(name, data)

    def _keep(self, name: Name, data: bytes) -> None:
        place = self._put(data) if len(data) > self._left else None
        if place is None:
            self._left -= len(data)
            self._held[name] = data
        else:
            self._places[name] = place

    def _put(self, data: bytes) -> tuple[Temporary, Place] | None:
        try:
            self._file = self._file or Temporary()
            return self._file, self._file.append(data)
        except OSError:
            return None

    def __getitem__(self, name: Name) -> bytes:
        if name in self._held:
            return self._held[name]
        if name in self._seen:
            standing, stamp = self._seen[name]
            return standing.read(self._named(name), stamp)
        file, place = self._places[name]
        return file.read(place)

    def __delitem__(self, name: Name) -> None:
        if name not in self:
            raise KeyError(name)
        self._drop(name)

    def _drop(self, name: Name) -> None:
        self.parts.pop(name, None)
        self._left += len(self._held.pop(name, b""))
        self._places.pop(name, None)
        self._seen.pop(name, None)

    def __iter__(self) -> Iterator[Name]:
        yield from self._held
        yield from self._places
        yield from self._seen

    def __len__(self) -> int:
        return len(self._held) + len(self._places) + len(self._seen)

    def __contains__(self, name: object) -> bool:
        return name in self._held or name in self._places or name in self._seen

    @property
    def stamps(self) -> dict[Name, Stamp]:
        """Of the files that stand in the folder as they are to be, what they showed."""
        return {name: stamp for name, (_, stamp) in self._seen.items()}

    def take(self, other: Kept[Other], named: Callable[[Other], Name]) -> None:
        """Take over all files of another, which stay where they are, under these names."""
        for name in other:
            self._drop(named(name))
        for name, data in other._held.items():
            self._keep(named(name), data)
        self._places |= {named(name): where for name, where in other._places.items()}
        self._seen |= {named(name): where for name, where in other._seen.items()}
        self.parts |= {named(name): part for name, part in other.parts.items()}

    def told(self: Kept[str]) -> Told:
        """What another process, which has the temporary file open, adopts: all that is not held in memory."""
        told = self._places.keys() | self._seen.keys()
        return Told(
            places={name: place for name, (_, place) in self._places.items()},
            stamps=self.stamps,
            parts={name: part for name, part in self.parts.items() if name in told},
        )

    def adopt(self: Kept[str], file: Temporary, told: Told) -> None:
        """Take over files that another process has kept, with the same `standing`."""
        for name in (*told.places, *told.stamps):
            self._drop(name)
        self._places |= {name: (file, place) for name, place in told.places.items()}
        if self._standing is not None:
            self._seen |= {name: (self._standing, stamp) for name, stamp in told.stamps.items()}
        self.parts |= told.parts
