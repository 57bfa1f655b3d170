"""`schema.sql` and `snapshot.json`: they need no analysis, so a second process makes them beside it.

It has ended when those that need the analysis as well are divided between two processes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import msgspec

from pgdossier import output
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import beside, remembering
from pgdossier.pipeline.keeping import Kept, Temporary, Told
from pgdossier.progress import Progress
from pgdossier.render.links import SCHEMA_SQL, SNAPSHOT

# From so many relations on: below, a second process costs what it gains.
_LEAST = 300


class Sources:
    """What is made of a snapshot alone.

    Args:
        snapshot: What was read.
        config: Decides what counts as a change of it.
    """

    def __init__(self, snapshot: Snapshot, config: Config) -> None:
        self._snapshot = snapshot
        self._config = config
        self._files: Kept[str] | None = None
        self._facts: str | None = None
        self._texts: Temporary | None = None
        self._answer: Callable[[], bytes | None] | None = None

    @contextlib.contextmanager
    def begun(self, progress: Progress) -> Iterator[None]:
        """Let a second process make it until the context is left, where there is much of it.

        Args:
            progress: Is still while that process is made.
        """
        with contextlib.ExitStack() as stack:
            if len(self._snapshot.structure.relations) >= _LEAST:
                with contextlib.suppress(OSError):  # no room for it
                    self._texts = Temporary()
                    self._answer = stack.enter_context(beside.aside(self._help, progress))
            try:
                yield
            finally:
                self._answer = None

    @property
    def files(self) -> Kept[str]:
        """The files by path."""
        if self._files is None:
            self._receive()
        if self._files is None:
            self._files = Kept(standing=output.Standing(self._config.output))
        self._make(self._files)
        return self._files

    @property
    def facts(self) -> str:
        """The hash by which a later run knows that nothing has changed."""
        self._receive()
        self._facts = self._facts or remembering.facts(self._snapshot, self._config)
        return self._facts

    def _make(self, files: Kept[str]) -> None:
        """Make what is not there."""
        if SCHEMA_SQL not in files:
            files[SCHEMA_SQL] = schema_script(self._snapshot).encode()
        if SNAPSHOT not in files:
            files[SNAPSHOT] = snapshot_json.encode(self._snapshot)

    def _help(self) -> bytes:
        """What the second process does."""
        files: Kept[str] = Kept(in_memory=0, standing=output.Standing(self._config.output), file=self._texts)
        self._make(files)
        return msgspec.json.encode((files.told(), self.facts))

    def _receive(self) -> None:
        answer, self._answer = self._answer, None
        told = None if answer is None else answer()
        if told is not None and self._texts is not None:
            files, self._facts = msgspec.json.decode(told, type=tuple[Told, str])
            self._files = Kept(standing=output.Standing(self._config.output))
            self._files.adopt(self._texts, files)
