"""The Graphviz to draw with: where it is, and what it calls itself.

By itself, since a run that finds nothing changed asks for this and draws nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from pgdossier.errors import DiagramError

_BUNDLED = "graphviz-pure"
_VERSION_TIMEOUT = 20.0


class Engine(msgspec.Struct, frozen=True):
    """A Graphviz executable and what it calls itself."""

    executable: Path
    version: str


def find_engine(configured: str | None) -> Engine:
    """The Graphviz to draw with.

    Args:
        configured: A path or a command's name from the configuration; by default the engine that comes
            with this package, so that the same diagrams have the same bytes on every machine.

    Raises:
        DiagramError: There is none, or it does not run.
    """
    if configured is not None:
        found = shutil.which(configured)
        if found is None:
            raise DiagramError(
                f"the configured Graphviz cannot be found or run: {configured}",
                hint="correct `dot` in section [diagrams], or remove it to use the bundled engine",
            )
        return _asked(Path(found))
    for path in _bundled():
        if path.is_file():
            return _asked(path)
    raise DiagramError(
        "no Graphviz: the bundled engine is not installed",
        hint="install it with `pip install graphviz-pure`, or set `dot` in section [diagrams]",
    )


def _bundled() -> Iterator[Path]:
    """Where the executable of the wheel can be: where it says, beside Python, among the scripts."""
    name = _BUNDLED + (".exe" if sys.platform == "win32" else "")
    try:
        files = metadata.files(_BUNDLED) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name:
            yield Path(str(file.locate())).resolve()
    yield Path(sys.executable).parent / name
    yield Path(sysconfig.get_path("scripts")) / name


def _asked(executable: Path) -> Engine:
    try:
        answer = subprocess.run(
            [str(executable), "-V"], capture_output=True, timeout=_VERSION_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DiagramError(
            f"Graphviz does not run: {executable}: {error}",
            hint="name another executable as `dot` in section [diagrams] of the configuration",
        ) from None
    found = re.search(rb"version (\d+(?:\.\d+)*)", answer.stdout + answer.stderr)
    if answer.returncode != 0 or found is None:
        raise DiagramError(
            f"this is not Graphviz: {executable}",
            hint="name the `dot` executable in section [diagrams] of the configuration",
        )
    return Engine(executable, found[1].decode())
