"""The descriptions that a project keeps beside its database: read, and compared with those shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pgdossier import config as configuration
from pgdossier import toml
from pgdossier.authored import descriptions
from pgdossier.authored.descriptions import Descriptions, Entry, called
from pgdossier.config import Config
from pgdossier.errors import ConfigurationError
from pgdossier.model.describable import Key, describables
from pgdossier.model.snapshot import Structure

FOLDER = "descriptions"
_HINT = 'a file of descriptions begins with: table = "sales.orders"; texts stand in quotes'


def entries(config: Config) -> tuple[Entry, ...]:
    """Every description that the configuration names: its own first, then the files by name.

    Raises:
        ConfigurationError: A file cannot be read, is malformed or has a key that is not known.
    """
    found = list(_of_configuration(config))
    for file in files(config):
        text = toml.text_of(file)
        table = toml.parsed(file, text, hint=_HINT)
        found += descriptions.parse(table, partial(toml.where, file, text))
    return tuple(found)


def files(config: Config) -> tuple[Path, ...]:
    """The files with descriptions; hidden ones are somebody's editor's.

    Raises:
        ConfigurationError: The folder that the configuration names is not there.
    """
    named = config.descriptions.folder
    if named is None and config.file is None:
        return ()
    folder = named or (config.file or Path()).parent / FOLDER
    if not folder.is_dir():
        if named is None:
            return ()
        where = configuration.position(config.file, ("descriptions", "folder")) if config.file else str(named)
        raise ConfigurationError(
            f"{where}: the folder of descriptions does not exist",
            hint="make it, or leave descriptions.folder empty",
        )
    return tuple(
        sorted(
            (path for path in folder.rglob("*.toml") if path.is_file() and not _hidden(path, folder)),
            key=lambda path: path.relative_to(folder).as_posix(),
        )
    )


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _of_configuration(config: Config) -> tuple[Entry, ...]:
    table: dict[str, Any] = {
        name: value
        for name, value in msgspec.structs.asdict(config.descriptions).items()
        if name != "folder" and value
    }
    file = config.file

    def where(path: tuple[str, ...]) -> str:
        key = ("descriptions", *path)
        return configuration.position(file, key) if file else ".".join(key)

    return descriptions.parse(table, where)


# --- what a document shows -----------------------------------------------------------------------


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    names: tuple[str, ...]
    text: str


class _ShownFile(msgspec.Struct, frozen=True, kw_only=True):
    format: int = 1
    descriptions: tuple[_Shown, ...] = ()


def encode(shown: Mapping[Key, str]) -> bytes:
    """The file of a document that says which descriptions it shows, sorted."""
    rows = tuple(_Shown(kind=key.kind, names=key.names, text=text) for key, text in sorted(shown.items()))
    return msgspec.json.format(msgspec.json.encode(_ShownFile(descriptions=rows)), indent=1) + b"\n"


def changes(written: bytes | None, known: Structure, found: Descriptions, now: Structure) -> tuple[str, ...]:
    """In words, the descriptions that are not those that the document shows.

    What came or went with its object, or made way for a comment, is told by the difference of the structures.

    Args:
        written: The file of the document, or None when it shows no description.
        known: The structure that the document shows.
        found: The descriptions that there are now.
        now: The structure that there is now.
    """
    from pgdossier.render import links  # noqa: PLC0415 - a refresh that finds nothing changed renders nothing

    before: dict[Key, str] = {}
    if written is not None:
        try:
            rows = msgspec.json.decode(written, type=_ShownFile).descriptions
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return (f"{links.DESCRIPTIONS} is damaged",)
        before = {Key(row.kind, row.names): row.text for row in rows}
    both = {each.key: each.comment for each in describables(known)}
    without_comment = {each.key for each in describables(now) if each.comment is None and each.key in both}
    said = []
    for key in sorted((before.keys() | found.shown.keys()) & without_comment):
        old, new = before.get(key), found.shown.get(key)
        if old is None and both[key] is not None:
            continue  # its comment was removed: a difference of the structures
        if old != new:
            verb = "was added" if old is None else "was removed" if new is None else "changed"
            said.append(f"the description of {called(key)} {verb}")
    return tuple(said)
