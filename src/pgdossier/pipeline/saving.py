"""Snapshots, SQL and reports as files of their own: `snapshot`, `export`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pgdossier.config import Config
from pgdossier.errors import OutputError
from pgdossier.model import snapshot_json
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline.reading import locked, read
from pgdossier.progress import Progress

if TYPE_CHECKING:
    from pgdossier.export import formats, sql


Warn = Callable[[str], None]
"""Told in a line each what could not be read, because another session held a lock."""


def _silent(_: str) -> None:
    """Whoever does not ask is not told."""


def _read(
    config: Config, progress: Progress, warn: Warn, meanwhile: Callable[[], None] | None = None
) -> Snapshot:
    found = read(config, progress, meanwhile=meanwhile)
    for warning in locked(found):
        warn(warning)
    return found


def _load() -> None:
    from pgdossier import output  # noqa: F401, PLC0415 - while the server works


def _write(target: Path, data: bytes | Iterator[bytes]) -> None:
    from pgdossier import output  # noqa: PLC0415 - see above

    output.write_file(target, data)


def snapshot(config: Config, target: Path | None, progress: Progress, *, warn: Warn = _silent) -> str | None:
    """Read the database and save what was read.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        warn: Told what could not be read.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    found = _read(config, progress, warn, None if target is None else _load)
    if target is None:
        return snapshot_json.encode(found).decode()
    _write(target, snapshot_json.pieces(found))
    return None


def export_sql(
    config: Config,
    target: Path | None,
    progress: Progress,
    options: sql.Options | None = None,
    *,
    warn: Warn = _silent,
) -> str | None:
    """The SQL that makes the database again, by itself.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        options: What the script says.
        warn: Told what could not be read.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    from pgdossier.export import sql  # noqa: PLC0415 - a snapshot is saved without knowing SQL

    text = sql.text(_read(config, progress, warn), options)
    if target is None:
        return text
    _write(target, text.encode())
    return None


def export_grants(
    config: Config, target: Path | None, progress: Progress, *, warn: Warn = _silent
) -> str | None:
    """The SQL of roles, memberships and grants, by itself.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        warn: Told what could not be read.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    from pgdossier.export import grants  # noqa: PLC0415 - it needs the whole analysis

    text = grants.text(_read(config, progress, warn))
    if target is None:
        return text
    _write(target, text.encode())
    return None


def export_schema(
    config: Config,
    target: Path | None,
    progress: Progress,
    name: str,
    options: formats.Options | None = None,
    *,
    warn: Warn = _silent,
) -> str | tuple[Path, ...]:
    """The schema in a format of `export.formats`, by itself.

    What no single document of that format takes becomes several: with the target `orders.mmd` the files
    `orders-1.mmd`, `orders-2.mmd` and so on.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        name: The format.
        options: What it is to hold.
        warn: Told what could not be read.

    Returns:
        The text, or the files that were written.

    Raises:
        OutputError: Several documents are needed, and there is no target to name the files by.
        DossierError: Anything else the user can act on; each file is as it was then, or whole.
    """
    from pgdossier.export import formats  # noqa: PLC0415 - other commands need none of the formats

    found = _read(config, progress, warn)
    options = options or formats.Options()
    if name == "dbml":
        options = replace(options, groups=_domains(found, config))
    texts = formats.FORMATS[name](found, options)
    if target is None:
        if len(texts) > 1:
            raise OutputError(
                f"{name} takes {len(texts)} documents for this schema, each within what GitHub draws",
                hint="name a file with -o, and they are numbered; or choose with --schema and --exclude",
            )
        return texts[0]
    targets: tuple[Path, ...] = (target,)
    if len(texts) > 1:
        targets = tuple(
            target.with_name(f"{target.stem}-{number}{target.suffix}") for number in range(1, len(texts) + 1)
        )
    for path, text in zip(targets, texts, strict=True):
        _write(path, text.encode())
    return targets


def _domains(snapshot: Snapshot, config: Config) -> list[tuple[str, Sequence[QualifiedName]]]:
    """The domains of a database with their tables, where they say more than its schemas do."""
    from pgdossier.analysis import analyse  # noqa: PLC0415 - no other format of a schema needs it
    from pgdossier.pipeline import dividing, probing  # noqa: PLC0415 - they need the analysis too

    domains = analyse(
        snapshot,
        declarations=probing.declarations(config),
        minimum_confidence=config.implied.minimum_confidence,
        domains_declared=dividing.declared(config),
        most_boxes=config.diagrams.most_boxes,
    ).domains
    return [(domain.name, domain.tables) for domain in domains.leaves] if domains.divided else []


def save_text(target: Path, text: str) -> None:
    """Write a report to a file, whole or not at all.

    Raises:
        OutputError: It cannot be written; the file is as it was then.
    """
    _write(target, text.encode())
