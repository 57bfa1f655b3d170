"""What stands in the folder of a document already: a file that is made again as it is need not be kept."""

from __future__ import annotations

from pathlib import Path

from pgdossier.errors import OutputError
from pgdossier.output import manifest as manifests
from pgdossier.output import stamps
from pgdossier.output.folder import Folder
from pgdossier.output.stamps import Stamp


class Standing:
    """The files that an earlier run wrote into a folder.

    Args:
        directory: The folder; it need not exist.

    Raises:
        OutputError: The manifest is damaged (code 2).
    """

    def __init__(self, directory: Path) -> None:
        self._folder = Folder(directory)
        self._files = manifests.load(directory).files

    def stamp(self, path: str, data: bytes) -> Stamp | None:
        """What the file shows when it holds exactly that.

        None when it holds anything else, and when a change of this moment might not show.
        """
        if path not in self._files:
            return None
        try:
            status = self._folder.status(path)
            if status is None or status.st_size != len(data):
                return None
            stamp = stamps.settled(status)
            return stamp if stamp is not None and self._folder.read(path) == data else None
        except OutputError:  # what writes says what is in the way
            return None

    def read(self, path: str, stamp: Stamp) -> bytes:
        """The content of a file that showed that.

        Raises:
            OutputError: Somebody has changed it since (code 3).
        """
        data = self._folder.content(path)
        status = self._folder.status(path)
        if data is None or status is None or stamps.of(status) != stamp:
            raise OutputError(
                f"{self._folder.root / path} changed meanwhile; nothing was written", hint="run it again"
            )
        return data
