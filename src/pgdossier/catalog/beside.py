"""Reading while something else is done: a second connection that sees what the first one sees.

Half of the reading of a large database is the server's work, and one connection is one process there. Where
no second connection is to be had (a limit of the role, a pooler that leads to another server), the first one
does all the work, and the result is the same.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.session import ConnectionSource, Session, connect
from pgdossier.errors import DossierError

# For how many seconds a second connection is waited for when there is nothing left to do without it.
PATIENCE = 2.0
# For how many seconds a cancelled statement is waited for before the next one is cancelled too.
_PAUSE = 0.1
# For how many seconds one thread computes while the other waits to take what the server has sent: each piece
# of an answer is some kilobytes, and Python's own 5 ms for each are longer than the server needs.
_TURN = 0.0005


class Beside:
    """Work that may be done on a second connection. Made by `beside`.

    Attributes:
        process: The number of the server's process behind the second connection, 0 while there is none.
    """

    def __init__(
        self,
        source: ConnectionSource,
        snapshot: str | None,
        statement_timeout: float,
        lock_timeout: float,
        *,
        together: bool,
    ) -> None:
        self._source = source
        self._snapshot = snapshot
        self._statement_timeout = statement_timeout
        self._lock_timeout = lock_timeout
        self._together = together
        self._thread: threading.Thread | None = None
        self._session: Session | None = None
        self._stopped = False
        self._opened = threading.Event()
        self._ready: list[threading.Event] = []  # for each piece of work, done or given up
        self._done = 0
        self._error: BaseException | None = None
        self.process = 0

    def start(self, *work: Callable[[Session], None]) -> None:
        """Begins these pieces of work in a thread, one after the other, if there is a snapshot to share."""
        if self._snapshot is not None:
            self._ready = [threading.Event() for _ in work]
            # Where a pooler has no server for it, the thread may wait for longer than this process lives.
            self._thread = threading.Thread(
                target=self._run, args=(work,), name="pgdossier-beside", daemon=True
            )
            self._thread.start()

    def ready(self, pieces: int = 1) -> bool:
        """Whether so many pieces of work are done by now."""
        return self._done >= pieces

    def done(self, pieces: int = 1) -> bool:
        """Waits for so many pieces; whether they were done, which none was where nobody gave a connection.

        Raises:
            Whatever the work raised.
        """
        if self._thread is not None:
            if self._stopped or not self._opened.wait(PATIENCE):
                self._stopped = True
                return False
            self._ready[pieces - 1].wait()
        if self._error is not None:
            raise self._error
        return self._done >= pieces

    def finish(self) -> None:
        """Waits for all of the work, where any was done.

        Raises:
            Whatever it raised.
        """
        if self._thread is not None and self._done:
            self._thread.join()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Ends the work, done or not."""
        self._stopped = True
        if self._thread is not None and self._opened.is_set():
            while self._thread.is_alive():  # it can be between two statements, of which the next one runs
                if self._session is not None:
                    self._session.stop()
                self._thread.join(_PAUSE)

    def _run(self, work: Sequence[Callable[[Session], None]]) -> None:
        opening = True
        try:
            with connect(
                self._source,
                statement_timeout=self._statement_timeout,
                lock_timeout=self._lock_timeout,
                snapshot=self._snapshot,
                asked=(),
                together=self._together,
            ) as session:
                session.guard()
                opening = False
                self._session, self.process = session, session.process
                self._opened.set()
                if not self._stopped:
                    for piece, ready in zip(work, self._ready, strict=True):
                        piece(session)
                        self._done += 1
                        ready.set()
        except (DossierError, RefusedError) as error:
            if not opening:
                self._error = error
        except BaseException as error:  # noqa: BLE001 - raised again by `done`, in the thread that waits
            self._error = error
        finally:
            self._opened.set()
            for ready in self._ready:
                ready.set()


@contextmanager
def beside(
    source: ConnectionSource,
    snapshot: str | None,
    *,
    statement_timeout: float,
    lock_timeout: float,
    together: bool = True,
) -> Iterator[Beside]:
    """Room for work on a second connection, which ends with the block.

    Args:
        source: See `ConnectionSource`.
        snapshot: What the first session exported; None for no second connection.
        statement_timeout: See `connect`.
        lock_timeout: See `connect`.
        together: See `connect`.
    """
    found = Beside(source, snapshot, statement_timeout, lock_timeout, together=together)
    usual = sys.getswitchinterval()
    try:
        if snapshot is not None:
            sys.setswitchinterval(_TURN)
        yield found
    finally:
        sys.setswitchinterval(usual)
        found.stop()


@contextmanager
def aside(session: Session, work: Callable[[], None]) -> Iterator[None]:
    """Has work done in a thread, during the block, which must not use the session; waits for it at the end.

    Args:
        session: What the work asks. Where the block fails, it is told to give up.
        work: What to do.

    Raises:
        Whatever the work raised.
    """
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="pgdossier-aside")
    thread.start()
    try:
        yield
        thread.join()
    except BaseException:
        while thread.is_alive():
            session.stop()
            thread.join(_PAUSE)
        raise
    if errors:
        raise errors[0]
