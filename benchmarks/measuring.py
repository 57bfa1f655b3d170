"""What a process costs: time on the clock, time of processors, memory; with everything that it starts."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

# How often the memory of a process and its children is looked at, in seconds; and how many times as long as
# that takes nobody looks: the system goes through all pages each time, while the process may wait for it.
_EVERY = 0.05
_REST = 20


class Cost(NamedTuple):
    """What one run of a command cost.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds of processor time, of the process and of all that it started and waited for. What the
            database server did meanwhile is not in it.
        peak: The most bytes of memory that the process and its children held at one time. Pages that several
            processes share are divided among them where the system tells (PSS, on Linux). Where nobody
            looked, what the system counted of the largest of them.
        code: The exit code; None when the time was up.
    """

    wall: float
    cpu: float
    peak: int
    code: int | None


class Command(NamedTuple):
    """A command to measure.

    Attributes:
        arguments: The program and its arguments.
        variables: What its environment has beside that of the benchmark.
        output: The file for what it prints on standard output; None when it only talks there.
        folder: Where it runs; None for where the benchmark runs.
    """

    arguments: Sequence[str]
    variables: Mapping[str, str] = {}
    output: Path | None = None
    folder: Path | None = None


class CommandError(Exception):
    """A command ended with an error."""


def measure(command: Command, *, limit: float = 3_600.0, memory: bool = True) -> tuple[Cost, str]:
    """Run a command; return what it cost, and the end of what it said.

    Args:
        command: What to run.
        limit: Seconds after which it is killed, with its children.
        memory: Look at its memory, which takes a little of its time.
    """
    complaints: list[bytes] = []
    with contextlib.ExitStack() as stack:
        target: int | IO[bytes] = subprocess.PIPE
        if command.output is not None:
            target = stack.enter_context(command.output.open("wb"))
        began = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.STDOUT if command.output is None else subprocess.PIPE,
            cwd=command.folder,
            # Compiled code that Python keeps is there for a second run, as it is for users.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **command.variables},
            start_new_session=True,
        )
        reader = _thread(stack, lambda: _drain(process, complaints))
        watch = _Watch(process.pid, began + limit, memory=memory)
        watcher = _thread(stack, watch.look)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # Ctrl-C reaches this process alone
            watch.done.set()
            _end(process.pid)
            process.wait()
            raise
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
        watch.done.set()
        watcher.join()
        reader.join()
    code = None if watch.late else process.returncode
    # On Linux this counts what the process had of its parent before it ran its program, so it is the last
    # resort; macOS counts bytes.
    own = usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, watch.peak or own, code)
    return cost, b"".join(complaints).decode(errors="replace")[-2_000:]


def succeed(command: Command, *, limit: float = 3_600.0, memory: bool = True) -> Cost:
    """Run a command that must not fail; see `measure`.

    Raises:
        CommandError: It did, or it took too long.
    """
    cost, complaint = measure(command, limit=limit, memory=memory)
    if cost.code != 0:
        raise CommandError(f"{command.arguments[0]} ended with {cost.code}: {complaint.strip()[-500:]}")
    return cost


def typical(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    rows = list(costs)
    return Cost(
        statistics.median(row.wall for row in rows),
        statistics.median(row.cpu for row in rows),
        int(statistics.median(row.peak for row in rows)),
        0,
    )


def _thread(stack: contextlib.ExitStack, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    stack.callback(thread.join)
    return thread


def _drain(process: subprocess.Popen[bytes], into: list[bytes]) -> None:
    """Read what it says to its end, and keep the last of it."""
    pipe = process.stderr or process.stdout
    assert pipe is not None  # noqa: S101 - for the type checker: one of them is a pipe
    with pipe:
        while chunk := pipe.read(65_536):
            into.append(chunk)
            del into[:-4]


def _end(leader: int) -> None:
    """End a process with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


class _Watch:
    """Looks at a process and its children while they run, and ends them when their time is up."""

    def __init__(self, root: int, end: float, *, memory: bool) -> None:
        self.done = threading.Event()
        self.peak = 0
        self.late = False
        self._root = root
        self._end = end
        self._memory = memory

    def look(self) -> None:
        pause = _EVERY
        while not self.done.wait(pause):
            if self._memory:
                began = time.perf_counter()
                self.peak = max(self.peak, _memory(self._root))
                pause = max(_EVERY, _REST * (time.perf_counter() - began))
            if not self.late and time.perf_counter() > self._end:
                self.late = True
                _end(self._root)


def _memory(root: int) -> int:
    """Bytes of memory that a process and its descendants hold, as far as /proc tells."""
    total, pending = 0, [(root, "")]
    while pending:
        number, of_parent = pending.pop()
        process = Path("/proc", str(number))
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = (process / "statm").read_text()
            if pages == of_parent:
                continue  # it does not run its program yet, and still has the memory of its parent
            total += _held(process)
            for thread in (process / "task").iterdir():
                pending += [(int(child), pages) for child in (thread / "children").read_text().split()]
    return total


def _held(process: Path) -> int:
    """Bytes of memory of one process, its part of what it shares with others."""
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
