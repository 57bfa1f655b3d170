"""Snapshot <-> JSON, and the JSON Schema of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from pgdossier.errors import SnapshotError
from pgdossier.model.snapshot import FORMAT, Snapshot
from pgdossier.model.soundness import first_fault

M = TypeVar("M", bound=msgspec.Struct)


def encode(snapshot: Snapshot) -> bytes:
    """The bytes of `snapshot.json`: indented, fields in the model's order, UTF-8, a final newline.

    Fields at their default value are left out. `format` and `captured_on` always stand first.
    """
    out = io.BytesIO()
    out.writelines(pieces(snapshot))
    return out.getvalue()


def pieces(snapshot: Snapshot) -> Iterator[bytes]:
    """The same bytes piece by piece, for who has no use for the whole."""
    families: list[tuple[Any, ...]] = []
    whole = msgspec.structs.replace(
        snapshot,
        structure=_without_families(snapshot.structure, families),
        statistics=_without_families(snapshot.statistics, families),
        operation=_without_families(snapshot.operation, families),
    )
    rest = msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"
    for number, family in enumerate(families):
        before, _, rest = rest.partition(b'"\\u0000%d"' % number)
        yield before
        for start in range(0, len(family), _AT_ONCE):
            some = msgspec.json.encode(family[start : start + _AT_ONCE])
            text = msgspec.json.format(_BEFORE + some + _AFTER, indent=1)
            yield b",\n   " if start else b""
            yield text[_BEFORE_FORMATTED:-_AFTER_FORMATTED]
    yield rest


# Large families are written some objects at a time: as one text, and again as one that is indented, they take
# twice the memory of the file, and what fits into the processor's cache is indented faster. These frames give
# them the indentation that they have as a part of the whole.
_AT_ONCE = 400
_BEFORE, _AFTER = b'{"a":{"b":', b"}}"
_BEFORE_FORMATTED = len('{\n "a": {\n  "b": [\n   ')
_AFTER_FORMATTED = len("\n  ]\n }\n}")


def _without_families(part: M, families: list[tuple[Any, ...]]) -> M:
    """A part of a snapshot with a mark in place of every large family, which is added to the others.

    The mark is a text that no database holds: there is no NUL in a value of PostgreSQL.
    """
    changes = {}
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, tuple) and len(value) > _AT_ONCE:
            changes[name] = (f"\0{len(families)}",)
            families.append(value)
    return msgspec.structs.replace(part, **changes) if changes else part


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
        snapshot = msgspec.json.decode(data, type=Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _check_format(data, where)  # another format explains everything else
        wrong: str | None = str(error)
    else:
        if snapshot.format != FORMAT:
            _check_format(data, where)
        wrong = first_fault(snapshot.structure)
        if wrong is None:
            return snapshot
    raise SnapshotError(
        f"{where} is damaged or from another version: {wrong}",
        hint="write it again with this version: `pgdossier snapshot SOURCE -o FILE`",
    )


def _check_format(data: bytes, where: str) -> None:
    """Raise for what is no snapshot, or of another format."""
    try:
        found = msgspec.json.decode(data, type=_Format).format
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(
            f"{where} is not a snapshot: {error}",
            hint="write one with `pgdossier snapshot SOURCE -o FILE`",
        ) from None
    if found != FORMAT:
        raise SnapshotError(
            f"{where} has snapshot format {found}; this version reads format {FORMAT}",
            hint="write it again with this version: `pgdossier snapshot SOURCE -o FILE`",
        )


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `snapshot.json`, as Python values."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"pgdossier snapshot, format {FORMAT}",
    }
    document.update(msgspec.json.schema(Snapshot))
    return document
