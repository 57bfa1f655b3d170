"""What a file was made from, noted in it, so that what has not changed need not be made again.

Programs that make PDF and DOCX differ in their bytes from version to version. A file of an earlier run that
was made from the same source stays as it is, so that a refresh on another machine does not change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

_PREFIX = "pgdossier-source-"


def note(files: Mapping[str, bytes], *more: str) -> str:
    """The note on files, and on whatever else decides the content of what is made from them."""
    found = hashlib.sha256()
    for part in (*more, *(piece for name, data in sorted(files.items()) for piece in (name, data))):
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "big"))
        found.update(data)
    return f"{_PREFIX}{found.hexdigest()}"
