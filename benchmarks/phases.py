"""Where the time of one `generate` goes: the seconds of each phase, as JSON.

python -m benchmarks.phases SOURCE FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path


class Phases:
    """A `pgdossier.progress.Progress` that looks at the clock."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._name = "beginning"
        self._since = time.perf_counter()

    def phase(self, name: str, total: int | None = None) -> None:
        """Another phase begins; the last one ends."""
        now = time.perf_counter()
        self.seconds[self._name] += now - self._since
        self._name, self._since = name, now

    def advance(self, n: int = 1) -> None:
        """Something is done."""

    def note(self, text: str) -> None:
        """Something is told."""

    def still(self) -> AbstractContextManager[None]:
        """There is no thread."""
        return nullcontext()


def main() -> None:
    """Make the document, and print the seconds."""
    source, folder = sys.argv[1:]
    phases = Phases()
    from pgdossier import config, pipeline  # noqa: PLC0415 - the clock runs already

    loaded = config.load({"source": source, "output": Path(folder)}, file=None, discover=Path(folder))
    pipeline.generate(loaded, phases)
    phases.phase("end")
    found = {name: round(seconds, 4) for name, seconds in phases.seconds.items()}
    times = os.times()
    drawing = times.children_user + times.children_system  # Graphviz: nothing else of weight is started
    json.dump({"phases": found, "drawing": drawing, "most boxes": loaded.diagrams.most_boxes}, sys.stdout)


if __name__ == "__main__":
    main()
