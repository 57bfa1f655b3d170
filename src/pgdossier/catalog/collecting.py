"""No garbage is looked for while rows are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing() -> Iterator[None]:
    """Rows are many, small and free of cycles: looking for cycles among them costs half of the decoding.

    What was made of them stays until the end of the program, and is not looked at again either. The same
    holds for modules that are loaded.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
