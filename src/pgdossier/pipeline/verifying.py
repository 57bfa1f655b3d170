"""Proving `schema.sql`: `verify`, and what a document remembers of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from pgdossier import output
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.errors import SnapshotError, UsageError
from pgdossier.history import verification as verifications
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline.reading import date, read
from pgdossier.progress import Progress
from pgdossier.render.links import SCHEMA_SQL, SNAPSHOT, VERIFICATION

_Proved = TypeVar("_Proved", Verification, Trials)


def verify(
    config: Config, progress: Progress, *, folder: Path | None = None, scratch: str | None = None
) -> Verification:
    """Make the database again from its `schema.sql`, in a server that may be used up, and compare.

    Args:
        config: Source, scope, limits, and the programs of the embedded server.
        progress: Told what happens.
        folder: A folder with a document: its snapshot.json and schema.sql are verified, no source is read.
        scratch: An empty database to use in place of an embedded server.

    Raises:
        UsageError: The folder holds no document, or the scratch database is not empty.
        DossierError: Anything else that the user can act on.
    """
    if folder is None:
        return verify_snapshot(read(config, progress), config, progress, scratch=scratch)
    found, script = documented(folder)
    return verify_snapshot(found, config, progress, script=script, scratch=scratch)


def documented(folder: Path) -> tuple[Snapshot, str]:
    """The snapshot and the SQL of the document in a folder.

    Raises:
        UsageError: There is none.
        SnapshotError: The snapshot is damaged.
    """
    output.recover(folder)
    try:
        data, script = (folder / SNAPSHOT).read_bytes(), (folder / SCHEMA_SQL).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{folder} holds no document: {SNAPSHOT} and {SCHEMA_SQL} are needed",
            hint=f"write one with `pgdossier generate SOURCE -o {folder}`",
        ) from None
    return snapshot_json.decode(data, str(folder / SNAPSHOT)), script


def verify_snapshot(
    found: Snapshot,
    config: Config,
    progress: Progress,
    *,
    script: str | None = None,
    scratch: str | None = None,
) -> Verification:
    """Make a database from `script` (by default the snapshot's own SQL) and compare it with the snapshot.

    Raises:
        DossierError: Anything that the user can act on.
    """
    from pgdossier.building import verification  # noqa: PLC0415 - only this use-case needs a server of its own

    result = verification.verify(
        found.structure,
        schema_script(found) if script is None else script,
        progress,
        scratch_database=scratch,
        pg_bin=config.embedded.pg_bin,
        limits=verification.Limits(
            statement_timeout=config.statement_timeout, lock_timeout=config.lock_timeout
        ),
    )
    return msgspec.structs.replace(result, verified_on=date(result.verified_on))


def known_verification(found: Snapshot, config: Config) -> Verification | None:
    """What an earlier run verified, when it was this structure."""
    return known(found, config, VERIFICATION, verifications.decode)


def settled_verification(new: Verification, known: Verification | None, config: Config) -> Verification:
    """The known verification when the new one found the same: its date is when that was found first."""
    if known is None or config.refresh_statistics:
        return new
    return known if msgspec.structs.replace(new, verified_on=known.verified_on) == known else new


def known(found: Snapshot, config: Config, file: str, decode: Callable[[bytes], _Proved]) -> _Proved | None:
    """What a file of the document says was proved, when it was proved of this structure; else None.

    Args:
        found: The database as it is now.
        config: Where the document is.
        file: Its place in the document.
        decode: Reads it; what it refuses counts as not there.
    """
    data = output.existing(config.output, file)
    if data is None:
        return None
    try:
        proved = decode(data)
    except SnapshotError:
        return None
    return proved if proved.structure == verifications.digest(found.structure) else None
