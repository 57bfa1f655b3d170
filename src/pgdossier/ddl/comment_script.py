"""COMMENT ON statements for texts that are not in the database, as a script."""

from __future__ import annotations

from collections.abc import Mapping

from pgdossier.ddl.comment_targets import comment_statement
from pgdossier.model.describable import Key, describables
from pgdossier.model.snapshot import Structure

_HEAD = """\
-- COMMENT ON statements for descriptions that are not in the database yet. To run them:
--     psql --single-transaction --set ON_ERROR_STOP=1 --file FILE
"""


def comment_script(texts: Mapping[Key, str], structure: Structure, *, keep: bool = False) -> str:
    """The statements that make these texts the comments of the database; empty when they all are.

    Args:
        texts: The texts by object; objects that are not in the structure do not matter.
        structure: The database as it is. The statements are in its order.
        keep: Leave the comments that are there as they are.
    """
    statements: list[str] = []
    for found in describables(structure):
        text, comment = texts.get(found.key), found.comment
        if text is None or (comment is not None and (keep or comment.strip() == text)):
            continue
        if comment is not None:
            lines = comment.replace("\r", "\n").split("\n")
            statements += ["-- Replaces:", *(f"--     {line}".rstrip() for line in lines)]
        statements.append(comment_statement(found, text))
    return "\n".join((_HEAD, *statements, "")) if statements else ""
