"""Interrupts a run of the command line at each of its changes of the disk, one process after the other.

    python -m tests.support.interrupting HOME SIGNAL

HOME is as in `tests.support.killing`; here the process sends itself SIGINT, which is what Ctrl-C does, or
SIGTERM. For each process its exit code is printed, the last being that of the first run that came to its end
by itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from pgdossier.cli.main import execute
from tests.support.killing import kill_before


def main(home: Path, number: int) -> None:
    """Interrupt one process after the other."""
    (home / "pgdossier.toml").write_text("[diagrams]\nenabled = false\n")
    _generate(home, home / "warm")  # loads and compiles what every child needs
    step = 0
    while True:
        folder = home / f"{step}"
        shutil.copytree(home / "old", folder)
        child = os.fork()
        if child == 0:
            reached = kill_before(step, number)
            code = _generate(home, folder)
            (home / f"{step}.reached").write_text(str(reached()))
            os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the test reads it
        if (home / f"{step}.reached").read_text() == "False":
            return
        step += 1


def _generate(home: Path, folder: Path) -> int:
    options = ["--config", str(home / "pgdossier.toml"), "--layout", "split", "--output", str(folder)]
    return execute(["generate", *options, str(home / "snapshot.json")])


if __name__ == "__main__":
    main(Path(sys.argv[1]), signal.Signals[sys.argv[2]])
