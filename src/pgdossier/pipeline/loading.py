"""What is needed after reading is loaded, and templates compiled, while the server works on its answers."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator

_MODULES = (
    "pgdossier.analysis",
    "pgdossier.diagrams.graphviz",
    "pgdossier.review",
    "pgdossier.render.markdown",
    "pgdossier.pipeline.making",
)


@contextlib.contextmanager
def ahead(*, wanted: bool) -> Iterator[None]:
    """Load what makes a document, as far as that gets until the context is left; no thread is left then.

    Args:
        wanted: Whether at all.
    """
    if not wanted:
        yield
        return
    enough = threading.Event()
    thread = threading.Thread(target=_load, args=(enough,), name="loading")
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def _load(enough: threading.Event) -> None:
    with contextlib.suppress(Exception):  # who needs it is told what is wrong with it
        for name in _MODULES:
            if enough.is_set():
                return
            importlib.import_module(name)
        from pgdossier.render import environment  # noqa: PLC0415 - loaded above
        from pgdossier.review import registry  # noqa: PLC0415 - likewise

        registry.all_rules()
        environment.prepare(enough.is_set)
