"""Snapshot <-> JSON, and the JSON Schema of the file."""

from __future__ import annotations

from typing import Any

import msgspec

from pgdossier.errors import SnapshotError
from pgdossier.model.snapshot import FORMAT, Snapshot


def encode(snapshot: Snapshot) -> bytes:
    """The bytes of `snapshot.json`: indented, fields in the model's order, UTF-8, a final newline.

    Fields at their default value are left out. `format` and `captured_on` always stand first.
    """
    return msgspec.json.format(msgspec.json.encode(snapshot), indent=1) + b"\n"


class _Format(msgspec.Struct):
    format: int


def decode(data: bytes, where: str = "the snapshot") -> Snapshot:
    """The snapshot in those bytes.

    Args:
        data: The bytes of a snapshot file.
        where: What to call the file in messages.

    Raises:
        SnapshotError: The bytes are no JSON, no snapshot, or of a format that this version does not know.
    """
    try:
        found = msgspec.json.decode(data, type=_Format).format
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SnapshotError(
            f"{where} is not a snapshot: {error}",
            hint="write one with `pgdossier snapshot SOURCE -o FILE`",
        ) from None
    if found != FORMAT:
        raise SnapshotError(
            f"{where} has snapshot format {found}; this version reads format {FORMAT}",
            hint="write it again with this version: `pgdossier snapshot SOURCE -o FILE`",
        )
    try:
        return msgspec.json.decode(data, type=Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SnapshotError(
            f"{where} is damaged or from another version: {error}",
            hint="write it again with this version: `pgdossier snapshot SOURCE -o FILE`",
        ) from None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `snapshot.json`, as Python values."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"pgdossier snapshot, format {FORMAT}",
    }
    document.update(msgspec.json.schema(Snapshot))
    return document
