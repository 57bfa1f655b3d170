"""SIGTERM, as `timeout`, `docker stop` and the runners of CI send it: a run ends as with Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was told to end. Whoever clears up after Ctrl-C clears up."""


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM raise `Terminated` in the body, unless the program does something else with it.

    It does so once: `timeout` sends it twice, and the second must not cut short the clearing up.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def terminate(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
