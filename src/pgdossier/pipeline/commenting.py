"""Words about the database that are not in it, as the SQL that moves them there: `comments`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pgdossier import output
from pgdossier.authored import blocks, descriptions
from pgdossier.authored.descriptions import Problem
from pgdossier.config import Config
from pgdossier.ddl.comment_script import comment_script
from pgdossier.errors import UsageError
from pgdossier.model.describable import Key, describables
from pgdossier.model.snapshot import Structure
from pgdossier.pipeline.describing import entries
from pgdossier.pipeline.reading import read
from pgdossier.progress import Progress


class CommentsResult(msgspec.Struct, frozen=True, kw_only=True):
    """The statements, empty when there is nothing to say, and descriptions of objects that are not there."""

    sql: str
    problems: tuple[Problem, ...] = ()


def comments(
    config: Config, target: Path | None, progress: Progress, *, notes: Path | None = None, keep: bool = False
) -> CommentsResult:
    """The COMMENT ON statements that make the project's descriptions comments of the database.

    Args:
        config: Source, scope and descriptions.
        target: A file to write the statements to, or None.
        progress: Told what happens.
        notes: The folder of a document whose notes about tables become comments as well, where a table has
            neither a comment nor a description.
        keep: Leave the comments that are there as they are.

    Raises:
        UsageError: The folder of notes holds no document.
        DossierError: Anything else that the user can act on.
    """
    given = entries(config)
    if notes is not None and not output.is_document(notes):
        raise UsageError(f"{notes} holds no document", hint="name the folder that `generate` wrote")
    authored = {} if notes is None else output.read_authored(notes)
    structure = read(config, progress).structure
    found = descriptions.resolve(given, structure)
    texts = _notes(authored, structure) | dict(found.texts)
    sql = comment_script(texts, structure, keep=keep)
    if target is not None:
        output.write_file(target, sql.encode())
    unknown = tuple(problem for problem in found.problems if problem.kind == "unknown")
    return CommentsResult(sql=sql, problems=unknown)


def _notes(authored: dict[str, str], structure: Structure) -> dict[Key, str]:
    """What people wrote in the document about relations that have no comment."""
    bodies = {
        found.key: authored.get(blocks.key("table", *found.key.names), "").strip()
        for found in describables(structure)
        if found.key.kind == "relation" and found.comment is None
    }
    return {key: body for key, body in bodies.items() if body}
