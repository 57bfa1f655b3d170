"""Progress drawn on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TimeElapsedColumn
from rich.text import Text

from pgdossier.cli.lines import counted, printable


class _Counted(ProgressColumn):
    """The words of a phase, with the count between verb and things."""

    def render(self, task: Task) -> Text:
        total = None if task.total is None else int(task.total)
        return Text(printable(counted(task.description, int(task.completed), total)))


class Bar:
    """A `pgdossier.progress.Progress` that draws one line and takes it away when the work ends.

    Args:
        verbose: Also print the notes, above the line.
        console: Where to draw; standard error by default.
    """

    def __init__(self, *, verbose: bool = False, console: Console | None = None) -> None:
        self._verbose = verbose
        self._bar = Progress(
            SpinnerColumn(),
            _Counted(),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
            console=console or Console(stderr=True),
            transient=True,
            refresh_per_second=8,
        )

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def phase(self, name: str, total: int | None = None) -> None:
        """Replace the line by that of the new phase."""
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._bar.add_task(name, total=total)

    def advance(self, n: int = 1) -> None:
        """Move the bar."""
        for task in self._bar.task_ids:
            self._bar.advance(task, n)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Take the line away, and the thread that draws it, until the end of the context."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def note(self, text: str) -> None:
        """Print the line above the bar, when it is wanted."""
        if self._verbose:
            self._bar.console.print(Text(printable(text)))
