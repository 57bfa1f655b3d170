"""What the document that is there says: its texts, its history, its snapshot."""

from __future__ import annotations

from collections.abc import Collection

from pgdossier import output
from pgdossier.authored.texts import Texts
from pgdossier.config import Config
from pgdossier.errors import OutputError, SnapshotError
from pgdossier.history import revisions
from pgdossier.history.revisions import History
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot

_HISTORY = "history.json"  # as in `render.links`, which a run that finds nothing changed does not load


def texts_and_history(config: Config, pages: Collection[str] | None = None) -> tuple[Texts, History | None]:
    """What people wrote in the document that is there, and its history.

    Args:
        config: The output folder.
        pages: The pages in which they wrote, where that is known.
    """
    return Texts.of(output.read_authored(config.output, pages)), known_history(config)


def known_history(config: Config) -> History | None:
    """The history of the document that is there; None when it has none.

    Raises:
        OutputError: It is lost or damaged (code 2), unless `config.discard` gives it up.
    """
    file = config.output / _HISTORY
    data = output.existing(config.output, _HISTORY)
    if data is None:
        if output.is_known(config.output, _HISTORY) and not config.discard:
            raise revisions.lost(f"{file} is missing")
        return None
    try:
        return revisions.decode(data, str(file))
    except OutputError:
        if config.discard:
            return None
        raise


def earlier_snapshot(config: Config) -> Snapshot | None:
    """The snapshot of the document that is there; None when there is none, or a damaged one."""
    data = output.existing_snapshot(config.output)
    try:
        return None if data is None else snapshot_json.decode(data)
    except SnapshotError:
        return None
