"""Fills a small disk up to every last page and refreshes a document on it.

    python -m tests.support.filling DISK REPORT

DISK is a file system of some hundred kilobytes that holds nothing else. Each attempt begins with the old
document and has room for one page of memory more than the one before, until one succeeds.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from pgdossier import output
from pgdossier.errors import OutputError

PAGE = 4096
OLD = {
    "README.md": b"# old\n",
    "tables/a.md": b"# a\n" * 500,
    "gone.svg": b"<svg/>",
    "snapshot.json": b"{}\n",
}
NEW = {
    "README.md": b"# new\n" * 2000,
    "tables/a.md": b"# A\n" * 1500,
    "tables/b.md": b"# b\n",
    "deep/c.svg": b"<svg>" * 900,
    "snapshot.json": b"[]\n" * 3000,
}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def main(disk: Path, report: Path) -> None:
    """Try it with ever more room."""
    folder, filler = disk / "docs", disk / "filler"
    seen = []
    for room in range(1000):
        shutil.rmtree(folder, ignore_errors=True)
        filler.unlink(missing_ok=True)
        output.write(folder, OLD)
        old = tree(folder)
        free = shutil.disk_usage(disk).free // PAGE
        with filler.open("wb") as stream:
            stream.write(bytes(PAGE * max(free - room, 0)))
        error: OutputError | None = None
        try:
            output.write(folder, NEW)
        except OutputError as caught:
            error = caught
        left = tree(folder)
        names = {path.name for path in folder.iterdir()}
        wanted = {path: left.get(path) for path in NEW} == NEW and left.keys() == {*NEW, output.MANIFEST}
        seen.append(
            {
                "room": room,
                "error": error and error.message,
                "hint": (error and error.hint) or "",
                "code": error and error.code,
                "is": "old" if left == old else "new" if wanted else "neither",
                "strange": sorted(
                    names - {"README.md", "tables", "gone.svg", "snapshot.json", output.MANIFEST}
                )
                if error
                else [],
            }
        )
        if error is None:
            break
    report.write_text(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
