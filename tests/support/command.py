"""Runs the command line as its users do: in a process of its own, in an environment that says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def clean_environment(home: Path) -> dict[str, str]:
    """What a new account on a new machine has: no PG* variable, no configuration, the system's PATH."""
    # Nothing is remembered from run to run: every command does the whole work.
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "PGDOSSIER_CACHE": ""}


def pgdossier(
    *arguments: str | Path, home: Path, environment: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `pgdossier` with these arguments; `home` is its working directory, too, unless `cwd` is given."""
    return subprocess.run(
        [sys.executable, "-m", "pgdossier", *map(str, arguments)],
        env=clean_environment(home) | dict(environment or {}),
        cwd=options.pop("cwd", home),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
        **options,
    )
