"""Snapshots, SQL and reports as files of their own: `snapshot`, `export`."""

from __future__ import annotations

from pathlib import Path

from pgdossier import output
from pgdossier.config import Config
from pgdossier.export import grants, sql
from pgdossier.model import snapshot_json
from pgdossier.pipeline.reading import read
from pgdossier.progress import Progress


def snapshot(config: Config, target: Path | None, progress: Progress) -> str | None:
    """Read the database and save what was read.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    data = snapshot_json.encode(read(config, progress))
    if target is None:
        return data.decode()
    output.write_file(target, data)
    return None


def export_sql(
    config: Config, target: Path | None, progress: Progress, options: sql.Options | None = None
) -> str | None:
    """The SQL that makes the database again, by itself.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        options: What the script says.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    text = sql.text(read(config, progress), options)
    if target is None:
        return text
    output.write_file(target, text.encode())
    return None


def export_grants(config: Config, target: Path | None, progress: Progress) -> str | None:
    """The SQL of roles, memberships and grants, by itself.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    text = grants.text(read(config, progress))
    if target is None:
        return text
    output.write_file(target, text.encode())
    return None


def save_text(target: Path, text: str) -> None:
    """Write a report to a file, whole or not at all.

    Raises:
        OutputError: It cannot be written; the file is as it was then.
    """
    output.write_file(target, text.encode())
