"""The snapshot of a source: read from the server or from a file, dated, settled on what was known."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

import msgspec

from pgdossier import catalog
from pgdossier.config import Config
from pgdossier.errors import ConfigurationError, SnapshotError
from pgdossier.model import snapshot_json
from pgdossier.model.redaction import redacted
from pgdossier.model.snapshot import Snapshot
from pgdossier.progress import Progress


def read(config: Config, progress: Progress, *, meanwhile: Callable[[], None] | None = None) -> Snapshot:
    """The snapshot of `config.source`: read from the server, or from a file.

    Args:
        config: Source and scope.
        progress: Told what happens.
        meanwhile: What there is to do while a server works.

    Raises:
        ConfigurationError: The snapshot file was taken with other patterns than the configuration asks for.
        SnapshotError: The file cannot be read.
        DossierError: Whatever the catalog reader says.
    """
    source = config.source
    if source.path is None:
        found = catalog.read(
            source.conninfo,
            include=config.schemas,
            exclude=config.exclude,
            statement_timeout=config.statement_timeout,
            lock_timeout=config.lock_timeout,
            operation=config.activity,
            progress=progress,
            meanwhile=meanwhile,
        )
        return redacted(_dated(found), config.redact)
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise SnapshotError(
            f"{source.path}: {error.strerror or 'cannot be read'}",
            hint="write a snapshot with `pgdossier snapshot SOURCE -o FILE`",
        ) from None
    return decoded(data, str(source.path), config)


def locked(found: Snapshot) -> tuple[str, ...]:
    """Which relations could not be read whole, and who had locked them: a warning for each."""
    return tuple(gap.reason for gap in found.operation.gaps if gap.family == "locks")


def decoded(data: bytes, where: str, config: Config) -> Snapshot:
    """The snapshot in those bytes.

    Args:
        data: The bytes of a snapshot file.
        where: What messages call it.
        config: The patterns that are asked for, if any.

    Raises:
        ConfigurationError: It was taken with other patterns.
        SnapshotError: It cannot be read.
    """
    found = snapshot_json.decode(data, where)
    scope = found.structure.scope
    asked = (config.schemas or scope.include, config.exclude or scope.exclude)
    if asked != (scope.include, scope.exclude):
        raise ConfigurationError(
            f"{where} was taken with other patterns than those that are asked for",
            hint="give the patterns when the snapshot is taken: pgdossier snapshot SOURCE --schema …",
        )
    return redacted(found, config.redact)


def _dated(found: Snapshot) -> Snapshot:
    """The snapshot with the date that SOURCE_DATE_EPOCH asks for, for reproducible builds."""
    return msgspec.structs.replace(found, captured_on=date(found.captured_on))


def date(today: str) -> str:
    """The date that SOURCE_DATE_EPOCH asks for, else today's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return today
    try:
        date = dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise ConfigurationError(
            "SOURCE_DATE_EPOCH is not a number of seconds since 1970",
            hint="unset it, or set it as in: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
        ) from None
    return date.isoformat()


def settled(found: Snapshot, earlier: Snapshot | None, redact: tuple[str, ...] = ()) -> Snapshot:
    """The earlier snapshot when its structure is the same.

    Args:
        found: What was read.
        earlier: The earlier snapshot, None when there is none.
        redact: What is not to be kept of it.
    """
    if earlier is None:
        return found
    before = redacted(earlier, redact)
    if found.structure.scope.unread:
        from pgdossier.pipeline import unread  # noqa: PLC0415 - it compares snapshots, and is seldom needed

        found = unread.kept(found, before)
    structure = found.structure
    if structure.server.time_zone is None:  # hidden by a setting of the role that reads now
        known = msgspec.structs.replace(structure.server, time_zone=before.structure.server.time_zone)
        structure = msgspec.structs.replace(structure, server=known)
    if before.structure != structure:
        return found
    # What the running server knows was not asked for then.
    if before.operation.taken_at is None and found.operation.taken_at is not None:
        return msgspec.structs.replace(before, operation=found.operation)
    return before
