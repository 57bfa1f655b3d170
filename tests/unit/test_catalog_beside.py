"""The second connection of a reading, where nobody gives one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pgdossier.catalog import beside
from pgdossier.catalog.session import Session


def test_a_connection_that_does_not_come_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks again whether its work is done is told at once that it is not."""
    given, left = threading.Event(), threading.Event()
    waits = []

    @contextmanager
    def connect(*_: Any, **__: Any) -> Iterator[Session]:
        given.wait()
        left.set()
        raise AssertionError("nobody waits for this")
        yield

    opened = threading.Event.wait

    def wait(event: threading.Event, timeout: float | None = None) -> bool:
        if timeout == 0.01:
            waits.append(timeout)
        return opened(event, timeout)

    monkeypatch.setattr(beside, "connect", connect)
    monkeypatch.setattr(beside, "PATIENCE", 0.01)
    with beside.beside("", "a snapshot", statement_timeout=1, lock_timeout=1) as second:
        second.start(lambda _: None, lambda _: None)
        monkeypatch.setattr(threading.Event, "wait", wait)
        assert not second.done()
        assert not second.done(2)
        assert not second.ready()
        second.finish()
    given.set()
    assert left.wait(10)
    assert len(waits) == 1
