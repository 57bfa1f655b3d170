"""Trying once more, from the start, what a restart, a lost connection or a change of the schema spoiled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pgdossier.catalog.failures import LostError
from pgdossier.errors import ConnectionFailed

T = TypeVar("T")

# For how many seconds a server that went away is waited for, and how often it is looked for.
PATIENCE = 20.0
_PAUSE = 0.2


class ChangedError(Exception):
    """The schema was changed while it was read; the arguments are what was changed."""


def once_more(attempt: Callable[[bool], T], *, sleep: Callable[[float], None] = time.sleep) -> T:
    """What the attempt gives, or a second one where the first was spoiled.

    Args:
        attempt: Reads all from the start. It is told whether it is the last attempt, which is not spoiled by
            a change of the schema.
        sleep: Waits that many seconds.

    Raises:
        ConnectionFailed: The second attempt was lost too, or the server did not come back.
    """
    try:
        return attempt(False)
    except ChangedError:
        lost = None
    except LostError as error:
        lost = error
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt(True)
        except LostError as error:
            raise ConnectionFailed(f"{error.message} (tried twice)", hint=error.hint) from None
        except ConnectionFailed as error:
            if lost is None:
                raise
            if time.monotonic() > deadline:
                raise ConnectionFailed(f"{lost.message}; then {error.message}", hint=error.hint) from None
            sleep(_PAUSE)
