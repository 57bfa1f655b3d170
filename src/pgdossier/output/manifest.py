"""The manifest: what an earlier run wrote, so that a later one knows what is ours and what was edited."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from pgdossier.errors import OutputError
from pgdossier.output.folder import MANIFEST, Folder, is_safe


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The manifest file; `files` holds one hash, or several where two contents count as our own.

    Attributes:
        generator: Says whose file this is.
        format: The version of this layout.
        files: The hashes of every generated file.
        prompts: The hashes of the bodies that the generator itself put into blocks: not people's text.
    """

    generator: Literal["pgdossier"] = "pgdossier"
    format: int = 1
    files: dict[str, str | list[str]] = {}
    prompts: list[str] = []

    def hashes(self, path: str) -> list[str]:
        """Every content of a file that counts as our own."""
        value = self.files.get(path, [])
        return [value] if isinstance(value, str) else value


def load(directory: Path) -> Manifest:
    """The manifest of a folder as it stands there; an empty one when there is none.

    Raises:
        OutputError: It is damaged, or of a newer version (code 2).
    """
    data = Folder(directory).content(MANIFEST)
    if data is None:
        return Manifest()
    found = _decoded(data)
    if isinstance(found, Manifest):
        return found
    hint = "restore it from version control, or move the folder away and generate the document anew"
    raise OutputError(f"{directory / MANIFEST} {found}", hint=hint, code=2)


@lru_cache(maxsize=1)  # one run looks at the same file ten times
def _decoded(data: bytes) -> Manifest | str:
    """The manifest in those bytes, or what is wrong with them."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "is damaged"
    if manifest.format != 1:
        return "was written by a newer pgdossier"
    return manifest if all(map(is_safe, manifest.files)) else "names files outside its folder"


def encoded(manifest: Manifest) -> bytes:
    """The bytes of the file."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def either(before: Manifest, after: Manifest, paths: Iterable[str]) -> Manifest:
    """The manifest `after`, in which the old content of those files counts as our own as well."""
    both: dict[str, str | list[str]] = {
        path: sorted({*before.hashes(path), *after.hashes(path)}) for path in paths
    }
    return msgspec.structs.replace(
        after,
        files=dict(sorted({**after.files, **both}.items())),
        prompts=sorted({*before.prompts, *after.prompts}) if both else after.prompts,
    )
