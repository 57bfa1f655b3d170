"""How many of the blocks of a document hold people's words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pgdossier.authored import blocks
from pgdossier.errors import DossierError
from pgdossier.output.folder import Folder, body_hash, is_page, page_of
from pgdossier.output.reading import known

# Before the notes whose objects are gone: they ask for nothing.
_UNPLACED = b'\n<a id="unplaced-notes"></a>\n'


class Filling(NamedTuple):
    """Blocks that hold somebody's words, and all blocks of the document; parked notes do not count."""

    filled: int
    total: int


def filling(directory: Path) -> Filling:
    """Count the blocks of a document; pages with broken markers are left out.

    Raises:
        OutputError: The manifest is damaged, or a file cannot be read.
    """
    manifest = known(directory)
    prompts = set(manifest.prompts)
    folder = Folder(directory)
    bodies: list[str] = []
    for path in filter(is_page, manifest.files):
        data = folder.content(path) or b""
        placed = data.rpartition(_UNPLACED)[0] or data
        try:
            bodies += page_of(directory / path, placed).bodies.values()
        except DossierError:
            continue
    written = [body for body in bodies if blocks.is_filled(body) and body_hash(body) not in prompts]
    return Filling(len(written), len(bodies))
