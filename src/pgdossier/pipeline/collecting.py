"""The garbage collector while much is read and kept."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

# Objects made before the collector looks for garbage among them; as it comes it is 700. The document of
# 10,000 tables makes three millions in each process, nearly all of which stay: looking through them would
# cost a twentieth of the time, and what it frees is 3 % of the memory.
_YOUNG = 10_000_000


@contextlib.contextmanager
def rarely() -> Iterator[None]:
    """Have garbage collected seldom; also a decorator.

    A snapshot is a million objects, and to look through them again and again costs a third of the time. What
    the collector alone can free, the leavings of templates, is still freed, so memory does not grow with the
    number of pages.
    """
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
