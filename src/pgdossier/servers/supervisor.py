"""The small process beside an embedded server that stops it when its owner ends, in whatever way.

Run as a script of its own (`python -I -S supervisor.py RUN_DIRECTORY`), so it imports the standard
library only. It starts the server, says on its output whether that worked, and then waits for the end of
its input. The operating system closes that pipe when the owner closes it and also when the owner dies of
any signal: stopping and dying are the same event here, and both remove the run directory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

DATA = "data"
LOG = "server.log"  # in the data directory, written by the server
PG_CTL = "pg_ctl.path"  # in the run directory: the path of the pg_ctl that fits this server
PG_CTL_LOG = "pg_ctl.log"  # in the run directory
PORT = 5432  # the name of the socket only; no port is opened where there are Unix sockets
START_TIMEOUT = 60  # seconds


def run_pg_ctl(run_directory: Path, *arguments: str) -> int:
    """Run pg_ctl on the server's data directory, as the account that owns it; returns its exit code."""
    data = run_directory / DATA
    pg_ctl = (run_directory / PG_CTL).read_text(encoding="utf-8")
    switch: dict[str, Any] = {}
    if os.name == "posix" and os.geteuid() == 0:
        owner = data.lstat()
        switch = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    # pg_ctl's own words go to a file, never to a pipe (on Windows the server would keep a pipe open), and
    # not into the data directory, where another account may decide what a name stands for.
    with (run_directory / PG_CTL_LOG).open("ab") as log:
        return subprocess.run(
            [pg_ctl, *arguments, "-D", str(data), "-w", "-t", str(START_TIMEOUT)],
            check=False,
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **switch,
        ).returncode


def start(run_directory: Path) -> int:
    """Start the server and wait until it accepts connections; returns pg_ctl's exit code."""
    return run_pg_ctl(run_directory, "start", "-l", str(run_directory / DATA / LOG))


def remove(run_directory: Path) -> None:
    """Stop the server if it runs, and remove its run directory; nothing in it is worth keeping."""
    data = run_directory / DATA
    if is_alive(data):
        # Where pg_ctl is no longer there, the server ends itself soon after its files are gone.
        with contextlib.suppress(OSError):
            run_pg_ctl(run_directory, "stop", "-m", "immediate")
    for _ in range(3):  # a process of a server that was killed may still write while we remove
        shutil.rmtree(data, ignore_errors=True)
        if not data.exists():
            shutil.rmtree(run_directory, ignore_errors=True)
            return


def is_alive(data: Path) -> bool:
    """Whether a server answers for this data directory.

    A postmaster.pid alone says little: its server may have been killed and the number given to another
    process. Lines 4 to 6 of the file are the port, the socket directory and the address.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    if len(lines) < 6:
        return False  # it died while starting
    port, socket_directory = lines[3], lines[4]
    family, address = (
        (socket.AF_UNIX, f"{socket_directory}/.s.PGSQL.{port}")
        if socket_directory
        else (socket.AF_INET, ("127.0.0.1", int(port)))
    )
    with socket.socket(family) as connection:
        connection.settimeout(5)
        return connection.connect_ex(address) == 0


def main(run_directory: str) -> None:
    """Start the server, report pg_ctl's exit code, wait for the owner's end, stop and remove."""
    # A signal that reaches everyone (a service being stopped) must not end us before the server. A handler
    # that does nothing, not SIG_IGN: the server would inherit that.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    place = Path(run_directory)
    try:
        code = start(place)
        with contextlib.suppress(BrokenPipeError):  # the owner is already gone: its input ends at once
            sys.stdout.write(f"{code}\n")
            sys.stdout.flush()
        sys.stdin.buffer.read()
        if code != 0:  # perhaps it was only too slow; `remove` does not see a server that is still starting
            run_pg_ctl(place, "stop", "-m", "immediate")
    finally:
        remove(place)


if __name__ == "__main__":
    main(sys.argv[1])
