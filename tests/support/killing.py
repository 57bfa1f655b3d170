"""Kills a run of `generate` at each of its changes of the disk, one process after the other.

    python -m tests.support.killing HOME

HOME holds `old` (the folder of a document) and `snapshot.json` (what its database is like now). For k = 0, 1,
2 … the folder is copied to `HOME/<k>` and a process refreshes that document, which kills itself with SIGKILL
right before its k-th change. Ends with the first process that comes to its end; its number is printed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pgdossier import pipeline
from pgdossier.config import Config, Diagrams, Source
from pgdossier.progress import SILENT

CHANGES = (
    "replace",
    "rename",
    "link",
    "symlink",
    "unlink",
    "remove",
    "rmdir",
    "mkdir",
    "chmod",
    "fsync",
    "truncate",
)


def config(home: Path, folder: Path) -> Config:
    """The configuration of every run here."""
    return Config(
        source=Source(kind="snapshot", path=home / "snapshot.json"),
        output=folder,
        layout="split",
        diagrams=Diagrams(enabled=False),
    )


def kill_before(step: int, number: int = signal.SIGKILL) -> Callable[[], bool]:
    """From now on this process sends itself a signal right before the change of the disk with this number.

    Numbers begin at 0. Gives what tells whether it came that far.
    """
    seen = -1

    def counted() -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), number)

    def guard(name: str) -> None:
        real: Callable[..., Any] = getattr(os, name)

        def replacement(*arguments: Any, **options: Any) -> Any:
            counted()
            return real(*arguments, **options)

        setattr(os, name, replacement)

    for name in CHANGES:
        guard(name)
    real_open = os.open

    def opening(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR | os.O_TRUNC):
            counted()
        return real_open(path, flags, *arguments, **options)

    os.open = opening
    return lambda: seen >= step


def main(home: Path) -> int:
    """Kill one process after the other; gives the number of the first that was not."""
    pipeline.generate(config(home, home / "warm"), SILENT)  # loads and compiles what every child needs
    step = 0
    while True:
        folder = home / f"{step}"
        shutil.copytree(home / "old", folder)
        child = os.fork()
        if child == 0:
            kill_before(step)
            pipeline.generate(config(home, folder), SILENT)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return step if os.WEXITSTATUS(status) == 0 else -1
        step += 1


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201 - the test reads it
