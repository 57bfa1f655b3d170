"""What the last run on this machine knows: that nothing of what a document is made of has changed.

A run that has read the database may end there when the structure is the one that the document in the folder
shows, and everything else that decides a byte of it is as it was: this program and its libraries, the
configuration, templates, descriptions, the engine that draws, and every file of the document, in which people
write. Anything less, and the whole work is done; so a memory that is lost or damaged costs time only. Where
nothing but the database has changed, it says besides in which pages people wrote, and which drawings are what
became of the charts that they were made of.

It is kept among the user's caches and never in the folder of the document, which people commit. It holds
hashes, times and the warnings that were shown.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from pgdossier import __version__, output
from pgdossier.config import Config, Source
from pgdossier.diagrams.engines import find_engine
from pgdossier.errors import DossierError
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.output import WriteResult, stamps
from pgdossier.output.stamps import Stamp
from pgdossier.pipeline import describing
from pgdossier.render.template_folder import template_folder
from pgdossier.servers.places import cache_directory

VARIABLE = "PGDOSSIER_CACHE"
"""The environment variable that names another folder for this; when it is empty nothing is remembered."""

# The libraries that have a hand in the bytes of a document.
_LIBRARIES = ("graphviz", "jinja2", "markdown-it-py", "markupsafe", "msgspec", "sqlglot")


class Memory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run knew when it had ended.

    Attributes:
        inputs: The hash of everything but the database.
        facts: The hash of what was read: of a server its structure, of a file all of it.
        time_zone: That of the structure, which a role may hide.
        active: Whether what the running server knows was read.
        relations: How many relations were documented.
        warnings: What the user was told, and is told again.
        files: The stamps of the document.
        written_in: The pages in which people may have written; the others hold nothing of theirs.
        became: What became of diagrams, by the path of the drawing, as `documents.Diagrams` gives it.
    """

    inputs: str
    facts: str
    time_zone: str | None
    active: bool
    relations: int
    warnings: tuple[str, ...]
    files: dict[str, Stamp]
    written_in: tuple[str, ...]
    became: dict[str, str]

    @property
    def document(self) -> tuple[str, ...]:
        """The files of the document, sorted."""
        return tuple(sorted(self.files.keys() - {output.MANIFEST}))

    def is_of(self, found: Snapshot, config: Config) -> bool:
        """Whether the document shows what was read now."""
        if config.source.kind == "server":
            if found.operation.taken_at is not None and not self.active:
                return False
            if found.structure.server.time_zone is None:
                server = msgspec.structs.replace(found.structure.server, time_zone=self.time_zone)
                structure = msgspec.structs.replace(found.structure, server=server)
                return self.facts == _digest(structure)
        return self.facts == facts(found, config)


def inputs(config: Config) -> str | None:
    """The hash of everything that decides a byte of the document, but for what is read.

    Where the facts come from does not matter, and must not be noted.

    Returns:
        The hash; None when nothing is to be remembered: more is asked for than a refresh does, or formats
        that read other files.

    Raises:
        DossierError: The folder of descriptions is not there.
    """
    if not _is_plain(config) or _file(config) is None:
        return None
    told = msgspec.structs.replace(config, source=Source(kind=config.source.kind))
    parts = [_program(), msgspec.json.encode(told, enc_hook=str), _engine(config)]
    folders = [config.template_dir] if config.template_dir is not None else []
    for path in (*describing.files(config), *(file for folder in folders for file in _files_below(folder))):
        parts += [str(path).encode(), path.read_bytes() if path.is_file() else b""]
    sizes = ",".join(str(len(part)) for part in parts)
    return hashlib.sha256(b"".join((sizes.encode(), *parts))).hexdigest()


def recall(config: Config, inputs: str | None) -> Memory | None:
    """What is remembered of the document in `config.output`; None when anything about it has changed.

    Args:
        config: What is asked for.
        inputs: The hash of everything but the database; None when nothing is to be remembered.
    """
    file = _file(config)
    if file is None or inputs is None:
        return None
    try:
        check, _, data = file.read_bytes().partition(b"\n")
        if hashlib.sha256(data).hexdigest().encode() != check:
            return None
        known = msgspec.json.decode(data, type=Memory)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    same = known.inputs == inputs and stamps.hold(config.output, known.files)
    return known if same else None


def remember(
    config: Config,
    inputs: str | None,
    snapshot: Snapshot,
    known: str,
    files: Mapping[str, bytes],
    relations: int,
    warnings: tuple[str, ...],
    result: WriteResult,
    written_in: tuple[str, ...],
    became: dict[str, str],
) -> None:
    """Note what has just been made; where that cannot be noted, nothing is lost.

    Args:
        config: What was asked for.
        inputs: As for `recall`, from before the run: what changes in the midst of it may not count.
        snapshot: What the document shows.
        known: Its `facts`.
        files: The whole document as it was written.
        relations: How many relations it documents.
        warnings: What is to be said of it again.
        result: What the writing noted of the files.
        written_in: The pages in which people may have written.
        became: What became of its diagrams.
    """
    file = _file(config)
    if file is None or inputs is None:
        return
    moved = frozenset({*result.written, output.MANIFEST})
    found = stamps.stamps(config.output, files, result.stamps, moved)
    if found is None:
        return
    memory = Memory(
        inputs=inputs,
        facts=known,
        time_zone=snapshot.structure.server.time_zone,
        active=snapshot.operation.taken_at is not None,
        relations=relations,
        warnings=warnings,
        files=found,
        written_in=written_in,
        became=became,
    )
    data = msgspec.json.encode(memory)
    with contextlib.suppress(OSError, DossierError):
        # Each by itself: parents that `mkdir` makes on the way get any right that the umask leaves.
        for folder in reversed([file.parent, *file.parent.parents]):
            folder.mkdir(exist_ok=True, mode=0o700)
        output.write_file(file, hashlib.sha256(data).hexdigest().encode() + b"\n" + data)


def _is_plain(config: Config) -> bool:
    """Whether nothing is asked for that a refresh does not do, and that reads no other files."""
    return not (
        config.keep or config.discard or config.refresh_statistics or config.probe_data or config.formats
    )


def _file(config: Config) -> Path | None:
    """Where the memory of that output folder is kept; None when it is not to be."""
    chosen = os.environ.get(VARIABLE)
    if chosen == "":
        return None
    try:
        folder = Path(chosen) if chosen else cache_directory()
        name = hashlib.sha256(os.fsencode(config.output.absolute().resolve())).hexdigest()
    except (OSError, RuntimeError):  # no home, or a loop of links
        return None
    return folder / "refresh" / f"{name[:32]}.json"


def facts(snapshot: Snapshot, config: Config) -> str:
    """The hash of what was read: of a server its structure, of a file all of it."""
    return _digest(snapshot.structure if config.source.kind == "server" else snapshot)


def _digest(facts: Structure | Snapshot) -> str:
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def _engine(config: Config) -> bytes:
    if not config.diagrams.enabled:
        return b""
    try:
        found = find_engine(config.diagrams.dot)
    except DossierError as error:
        return error.message.encode()
    return msgspec.json.encode((str(found.executable), found.version, stamps.of_file(found.executable)))


def _program() -> bytes:
    """This program as it is installed here, file by file, and the libraries that it uses."""
    folders = {Path(__file__).parents[1], template_folder()}
    known: list[Any] = [__version__, sys.version]
    for name in _LIBRARIES:
        try:
            known.append(metadata.version(name))
        except metadata.PackageNotFoundError:
            known.append(None)
    for folder in sorted(folders):
        known += [(str(path), stamps.of_file(path)) for path in _files_below(folder)]
    return msgspec.json.encode(known)


def _files_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        found += [Path(where, name) for name in sorted(names)]
    return found
