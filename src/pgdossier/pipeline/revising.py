"""What a document remembers from run to run: its revisions, and people's texts under changing names."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from pgdossier import __version__, git, output
from pgdossier.authored.texts import Texts
from pgdossier.config import Config
from pgdossier.history import revisions, sizes
from pgdossier.history.renames import Rename, Renaming
from pgdossier.history.revisions import History
from pgdossier.history.sharing import sharing
from pgdossier.language import ENGLISH, speaking
from pgdossier.model.names import QualifiedName
from pgdossier.model.redaction import Redaction, redacted
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.render import markdown
from pgdossier.render.history import key_of, subject


class Revised(NamedTuple):
    """The history of the new document, its texts, and what the user should know."""

    history: History
    texts: Texts
    warnings: tuple[str, ...]


def revise(
    config: Config,
    known: History | None,
    earlier: Snapshot | None,
    now: Snapshot,
    texts: Texts,
    *,
    identified: bool = True,
) -> Revised:
    """Bring history and texts to the structure as it is now.

    Args:
        config: The output folder and the author.
        known: The history so far.
        earlier: The snapshot of the document that is there.
        now: What the document will be about.
        texts: What people wrote, under the keys of the document that is there.
        identified: Whether who works in the folder's repository is the author when nobody else is named.
    """
    with speaking(ENGLISH):  # what is stored does not depend on the language of the document
        return _revised(config, known, earlier, now, texts, identified=identified)


def _revised(
    config: Config,
    known: History | None,
    earlier: Snapshot | None,
    now: Snapshot,
    texts: Texts,
    *,
    identified: bool,
) -> Revised:
    if known is not None and config.redact:
        known = known.redacted(Redaction(config.redact).plain)
    if earlier is not None:  # what is redacted now does not live on in what is told of changes
        earlier = redacted(earlier, config.redact)
        earlier = msgspec.structs.replace(earlier, structure=sharing(earlier.structure, now.structure))
    changed = earlier is not None and earlier.structure != now.structure
    begun = known or markdown.first_revision(
        earlier or now, author=None if earlier else _author(config, identified=identified)
    )
    renaming = Renaming(earlier.structure, now.structure) if earlier is not None and changed else None
    found = renaming.found if renaming is not None else ()
    moves: dict[str, str] = {}
    if earlier is not None:
        for old, new in revisions.moved_objects(earlier.structure, now.structure, found):
            moves[_key(old)] = _key(new)
    moved = texts.move(moves)
    if changed or (known is not None and earlier is None):
        noted = {about for key in moved.moved.values() if (about := subject(key)) is not None}
        history = revisions.revised(
            begun,
            earlier.structure if earlier is not None else None,
            now,
            renaming,
            author=_author(config, identified=identified),
            read_by=__version__,
            noted=noted,
        )
    else:
        history = begun
    hashes = {key: output.body_hash(body) for key, body in moved.bodies.items() if body.strip()}
    history = history.moving(moved.moved).remembering(hashes, since=begun.current.version)
    history = msgspec.structs.replace(history, sizes=sizes.recorded(history.sizes, earlier, now))
    warnings = _warnings(moves, texts, moved, found)
    if earlier is not None:
        warnings += _parked(earlier.structure, now.structure, moved)
    return Revised(history, moved, tuple(warnings))


def _author(config: Config, *, identified: bool) -> str | None:
    if config.author:
        return config.author
    return git.identity(config.output) if identified and _in_repository(config.output) else None


def _in_repository(folder: Path) -> bool:
    path = folder.absolute()
    return any((parent / ".git").exists() for parent in (path, *path.parents))


def _key(name: QualifiedName | str) -> str:
    return key_of(None, name) if isinstance(name, str) else key_of(name.schema, name.name)


def _warnings(moves: dict[str, str], texts: Texts, moved: Texts, found: tuple[Rename, ...]) -> list[str]:
    """What was assumed of objects that have notes, one line for each rename."""
    lines = []
    for rename in found:
        if len(rename.before) != 1:
            continue
        old, new = rename.before[0].name, rename.after[0].name
        keys = [key for key in moves if key in texts.bodies and _is_about(key, rename.kind, old)]
        if not keys:
            continue
        assumed = f"assumed that {rename.kind} {old} is now {new} ({rename.confidence} %: {rename.reason})"
        stayed = [key for key in keys if key not in moved.moved]
        if len(stayed) < len(keys):
            lines.append(f"{assumed}: its notes moved along")
        if stayed:
            lines.append(f"{assumed}: both have notes; the old ones stand among the unplaced notes")
    return lines


def _is_about(key: str, kind: str, name: str) -> bool:
    about = subject(key)
    if about is None:
        return False
    schema, own = about
    if kind == "schema":
        return name in (schema, own if schema is None else None)
    return schema is not None and f"{schema}.{own}" == name


def _parked(before: Structure, after: Structure, moved: Texts) -> list[str]:
    """The notes that lose their place in this run."""
    told = [about for key, body in moved.bodies.items() if body.strip() and (about := subject(key))]
    if not told:
        return []
    old, new = _objects(before), _objects(after)
    lines = []
    for about in told:
        if about in old and about not in new:
            name = about[1] if about[0] is None else ".".join(filter(None, about))
            lines.append(f"{name} is not in the document any more: its notes are among the unplaced notes")
    return lines


def _objects(structure: Structure) -> set[tuple[str | None, str]]:
    found: set[tuple[str | None, str]] = {(None, schema.name) for schema in structure.schemas}
    return found | {(relation.schema, relation.name) for relation in structure.relations}
