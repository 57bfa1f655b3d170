"""Running a program of the user's, such as a migration tool, for a limited time and with all it starts."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from pgdossier.errors import UsageError

_GRACE = 5.0  # seconds between being asked to end and being ended
_KEPT = 200_000  # bytes of output
# What a shell would read as its own; without one they would be arguments.
_OF_A_SHELL = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"})


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a program ended.

    Attributes:
        code: Its exit code; None when it took too long; negative: the signal that ended it.
        output: The end of what it wrote to standard output and standard error. It may hold secrets.
    """

    code: int | None
    output: str


def words(command: str) -> list[str]:
    """A command line split into its words as a shell would, but nothing in it is expanded.

    Raises:
        UsageError: It is empty, has an open quote, or needs a shell.
    """
    if os.name != "posix":  # programs split their own command line there
        return [command]
    try:
        found = shlex.split(command)
    except ValueError:
        raise UsageError("the command has an open quote or ends in a backslash") from None
    if not found:
        raise UsageError("the command is empty")
    if _OF_A_SHELL & set(found):
        raise UsageError(
            "the command needs a shell, and is run without one",
            hint="write sh -c '…' around it; several commands can also be given one by one",
        )
    return found


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str], directory: Path, timeout: float
) -> Outcome:
    """Run a program until it ends; what it started in the background ends with it.

    Args:
        arguments: The program and its arguments; no shell is used.
        environment: All of its variables.
        directory: Its working directory.
        timeout: Seconds; 0 is no limit.

    Raises:
        UsageError: There is no such program or directory, or it cannot be run.
    """
    if not directory.is_dir():
        raise UsageError(f"{directory}: no such folder")
    # A file, not a pipe: a pipe ends only with the last background process that holds it.
    with tempfile.TemporaryFile() as written:
        try:
            process = subprocess.Popen(
                arguments if os.name == "posix" else arguments[0],
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, which can be ended as a whole
            )
        except (OSError, ValueError) as error:
            reason = "no such program" if isinstance(error, FileNotFoundError) else "cannot be run"
            raise UsageError(
                f"{arguments[0].split()[0]}: {reason}",
                hint="name its path, or activate the environment that it is installed in",
            ) from None
        code: int | None = None
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(timeout or None)
        finally:
            _end(process)
        written.seek(max(0, written.seek(0, os.SEEK_END) - _KEPT))
        return Outcome(code=code, output=written.read().decode("utf-8", errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and its process group, first by asking."""
    if os.name != "posix":
        process.kill()
        process.wait()
        return
    running = process.poll() is None
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left, or only zombies
        if running:
            os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
