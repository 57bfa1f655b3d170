"""Write a document into a folder without ever taking away what is not ours.

The manifest `.pgdossier.json` in the folder lists every generated file with the SHA-256 of what was written
(of a Markdown page: of its skeleton, so that editing authored blocks is fine). With it a later run knows
which files it may replace or remove, and which pages somebody edited outside the blocks.

How a run writes, so that a kill at any moment leaves either the old document or the new one:

1. everything is checked; a refusal happens before the first byte is written;
2. all changed files are written beside their targets, under temporary names, and flushed to the disk (a
   full disk ends the run here, with nothing changed);
3. the journal `.pgdossier-journal` is put into the folder: it lists the renames and removals to come. Until
   now the document is the old one; from now on it is the new one;
4. the temporary files are renamed over their targets, pages after the files they show, files that are no
   longer part of the document are removed, and the new manifest replaces the old one;
5. the journal is removed.

A process that is killed in 2 leaves temporary files, one that is killed in 4 leaves the journal. Whoever
opens the folder next through this package, to write or to read, clears the first away and completes the
second. A file that somebody edited in between is not touched: it counts as what it was before, with their
words in it.

`folder` knows the folder and its names, `files` puts bytes on the disk, `manifest` and `journal` are the two
files of our own, `reading` tells what is there, `edits` what people did outside the blocks, `planning`
decides, `writing` does, `stamps` tells without reading a file that nobody touched it, `standing` which files
are what they are to be already.
"""

from __future__ import annotations

from pgdossier.output.files import write_file
from pgdossier.output.filling import Filling, filling
from pgdossier.output.folder import JOURNAL, MANIFEST, SNAPSHOT, body_hash, is_page
from pgdossier.output.journal import recover
from pgdossier.output.locking import locked
from pgdossier.output.planning import Apart, WriteResult, apart, compare
from pgdossier.output.reading import (
    Fault,
    check_folder,
    existing,
    existing_snapshot,
    faults,
    is_document,
    is_known,
    known_files,
    read_authored,
    reader,
    untouched,
)
from pgdossier.output.standing import Standing
from pgdossier.output.writing import write

__all__ = [
    "JOURNAL",
    "MANIFEST",
    "SNAPSHOT",
    "Apart",
    "Fault",
    "Filling",
    "Standing",
    "WriteResult",
    "apart",
    "body_hash",
    "check_folder",
    "compare",
    "existing",
    "existing_snapshot",
    "faults",
    "filling",
    "is_document",
    "is_known",
    "is_page",
    "known_files",
    "locked",
    "read_authored",
    "reader",
    "recover",
    "untouched",
    "write",
    "write_file",
]
