"""`python -m pgdossier`, and the entry point of the `pgdossier` command."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading


def main() -> None:
    """Run the command line; exits the process with the code the command decided on."""
    try:
        gc.disable()  # what a module consists of stays
        from pgdossier.cli.main import run  # noqa: PLC0415 - `import pgdossier` must stay cheap

        gc.enable()
        try:
            run()
        except SystemExit as done:
            _leave(done)
            raise
    except KeyboardInterrupt:  # while modules are loaded, or on the way out
        sys.exit(130)


def _leave(done: SystemExit) -> None:
    """Ends the process at once, and gives its memory back as a whole.

    The interpreter would take a million objects apart first, one by one: a tenth of the time of `generate`.
    What it does besides is done here: what was registered for the end of the process is called, and output is
    flushed. Where threads are still at work, or somebody watches the program, the process ends as usual.
    """
    watched = sys.gettrace() or sys.getprofile() or sys.flags.inspect
    if watched or threading.active_count() > 1 or not isinstance(done.code, int):
        return
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to call them
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # there is none, nobody reads it, it is closed
        return
    os._exit(done.code)


if __name__ == "__main__":
    main()
