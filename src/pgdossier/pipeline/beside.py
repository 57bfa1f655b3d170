"""A second process that does part of the work, where that gains.

It is this process once more (`fork`), which has all that was read and analysed and needs nothing sent to it.
What it makes it puts into temporary files that both have open, and a byte in a pipe says that it is there. A
child that fails in any way, or is killed, costs time only: what it has not delivered is made here.

There is none where a copy of a process with threads would not be safe, where the system has no such copies
or (macOS) its libraries do not bear them, or where there is one processor only.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator

from pgdossier.pipeline.keeping import Temporary
from pgdossier.progress import Progress

VARIABLE = "PGDOSSIER_PROCESSES"
"""The environment variable with the most processes that make pages; 1: this one only."""

_SIZE = 8  # bytes that tell how long a message is
_MOST_SHARES = 255  # a share is a byte in a pipe


def gains() -> bool:
    """Whether a second process can be made here, and has a processor."""
    return (
        hasattr(os, "fork")
        and hasattr(os, "sched_getaffinity")
        and sys.platform != "darwin"
        and os.environ.get(VARIABLE) != "1"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


class Gone(Exception):  # noqa: N818 - never leaves this package
    """The other process has ended before it said what was waited for."""


class Message:
    """One message of any size from one process to the other. Only who receives it waits."""

    def __init__(self) -> None:
        self._file = Temporary()
        self._reading, self._writing = os.pipe()

    def send(self, data: bytes) -> None:
        """Say it."""
        self._file.append(data)
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writing, len(data).to_bytes(_SIZE))

    def receive(self) -> bytes:
        """What the other process says; `Gone` when it never will."""
        size = os.read(self._reading, _SIZE)
        if len(size) < _SIZE:
            raise Gone
        return self._file.read((0, int.from_bytes(size)))

    def receives_here(self) -> None:
        """After the fork: this process does not send."""
        self._writing = _closed(self._writing)

    def sends_here(self) -> None:
        """After the fork: this process does not receive."""
        self._reading = _closed(self._reading)

    def close(self) -> None:
        """Nothing more is said or heard."""
        self._reading, self._writing = _closed(self._reading), _closed(self._writing)


class Shares:
    """Numbers that two processes draw until there are none: each does as much as it comes to.

    Args:
        count: How many there are, at most 255.
    """

    def __init__(self, count: int) -> None:
        self._maker = os.getpid()
        self._reading, writing = os.pipe()
        os.write(writing, bytes(range(min(count, _MOST_SHARES))))
        os.close(writing)

    def draw(self) -> Iterator[int]:
        """The numbers that fall to this process, until there are none or the other has lost its parent."""
        while share := os.read(self._reading, 1):
            if self._maker not in (os.getpid(), os.getppid()):
                return
            yield share[0]

    def close(self) -> None:
        """No more are drawn here."""
        self._reading = _closed(self._reading)


@contextlib.contextmanager
def child(
    work: Callable[[], None], *, inbox: tuple[Message, ...], outbox: tuple[Message, ...]
) -> Iterator[None]:
    """A second process for as long as the context lasts.

    Args:
        work: What it does. Whatever that raises ends it, silently.
        inbox: What it waits to be told.
        outbox: What it says.

    Raises:
        OSError: The system makes no more processes.
    """
    # What is there already is not looked at by the collector in either process: looking would copy it.
    gc.freeze()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = -1
    try:
        pid = os.fork()
        if pid == 0:
            _live(work, inbox, outbox, before)
        for message in inbox:
            message.sends_here()
        for message in outbox:
            message.receives_here()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if pid > 0:
            # What it has said is here. Where a program ignores SIGCHLD it may be gone already.
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        gc.unfreeze()


@contextlib.contextmanager
def aside(work: Callable[[], bytes], progress: Progress) -> Iterator[Callable[[], bytes | None]]:
    """Have a second process do some work while the context lasts, where that gains.

    Args:
        work: Gives the answer. Whatever it raises ends that process, silently.
        progress: Is still while the process is made.

    Yields:
        What waits for the answer; it gives None when there is none, and whoever asks does the work.
    """
    with contextlib.ExitStack() as stack:
        message = None
        with progress.still(), contextlib.suppress(OSError):  # no more processes or files, no room for them
            if gains():
                answer = stack.enter_context(contextlib.closing(Message()))
                stack.enter_context(child(lambda: answer.send(work()), inbox=(), outbox=(answer,)))
                message = answer

        def told() -> bytes | None:
            with contextlib.suppress(Gone):
                return message.receive() if message is not None else None
            return None

        yield told


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _live(
    work: Callable[[], None],
    inbox: tuple[Message, ...],
    outbox: tuple[Message, ...],
    mask: Iterable[int],
) -> None:
    """The life of the child, which never returns: what its parent does at the end is not done twice."""
    code = 1
    try:
        for number in _SIGNALS:  # Ctrl-C reaches both; its parent says what there is to say
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for message in inbox:
            message.receives_here()
        for message in outbox:
            message.sends_here()
        work()
        code = 0
    finally:
        os._exit(code)


def _closed(descriptor: int) -> int:
    if descriptor >= 0:
        os.close(descriptor)
    return -1
