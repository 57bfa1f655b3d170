"""`schema.sql` and `snapshot.json`: they need no analysis, so a second process makes them beside it.

It has ended when those that need the analysis as well are divided between two processes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

import msgspec

from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import beside, remembering
from pgdossier.pipeline.keeping import Kept, Place, Temporary
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
        self._link: _Link | None = None

    @contextlib.contextmanager
    def begun(self, progress: Progress) -> Iterator[None]:
        """Let a second process make it until the context is left, where there is much of it.

        Args:
            progress: Is still while that process is made.
        """
        with contextlib.ExitStack() as stack:
            if len(self._snapshot.structure.relations) >= _LEAST:
                with progress.still():
                    self._link = self._helped(stack) if beside.gains() else None
            try:
                yield
            finally:
                self._link = None

    @property
    def files(self) -> Kept[str]:
        """The files by path."""
        if self._files is None:
            self._receive()
        if self._files is None:
            self._files = Kept()
            self._files[SCHEMA_SQL] = schema_script(self._snapshot).encode()
            self._files[SNAPSHOT] = snapshot_json.encode(self._snapshot)
        return self._files

    @property
    def facts(self) -> str:
        """The hash by which a later run knows that nothing has changed."""
        self._receive()
        self._facts = self._facts or remembering.facts(self._snapshot, self._config)
        return self._facts

    def _helped(self, stack: contextlib.ExitStack) -> _Link | None:
        try:
            link = stack.enter_context(contextlib.closing(_Link()))
            work = partial(self._help, link)
            stack.enter_context(beside.child(work, inbox=(), outbox=(link.made,)))
        except OSError:  # no more processes, no more files, no room for them
            return None
        return link

    def _help(self, link: _Link) -> None:
        """What the second process does."""
        places = {path: link.texts.append(data) for path, data in self.files.items()}
        link.made.send(msgspec.json.encode((places, self.facts)))

    def _receive(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(beside.Gone):
                places, self._facts = msgspec.json.decode(link.made.receive(), type=_Made)
                self._files = Kept()
                self._files.adopt(link.texts, places)


_Made = tuple[dict[str, Place], str]


class _Link:
    """What the two processes have in common."""

    def __init__(self) -> None:
        self.texts = Temporary()
        self.made = beside.Message()

    def close(self) -> None:
        self.made.close()
