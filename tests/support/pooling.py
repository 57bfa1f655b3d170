"""PgBouncer in front of a server of the tests, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from pgdossier.servers.process import RunAs, server_account

# Debian installs it where only administrators look.
_PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def pgbouncer() -> str | None:
    """The program, None where it is not installed."""
    return shutil.which("pgbouncer", path=_PLACES)


@contextmanager
def pooled(program: str, url: str, *, mode: str, size: int = 5) -> Iterator[str]:
    """A URL that leads to the same database through PgBouncer.

    Args:
        program: The program.
        url: A database of a server that listens on a Unix socket.
        mode: `session`, `transaction` or `statement`.
        size: How many connections to the server there may be.
    """
    parts = urlsplit(url)
    place = {name: values[0] for name, values in parse_qs(parts.query).items()}
    account = server_account()
    run_as: RunAs = account.run_as if account is not None else {}
    with tempfile.TemporaryDirectory(prefix="pooled") as folder:
        directory = Path(folder)
        port = 6432  # only a part of the name of the socket
        directory.chmod(0o755)
        configuration = directory / "pgbouncer.ini"
        configuration.write_text(
            "[databases]\n"
            f"* = host={place['host']} port={place['port']} user={parts.username}\n"
            "[pgbouncer]\n"
            f"listen_addr =\nunix_socket_dir = {directory / 'socket'}\nlisten_port = {port}\n"
            f"auth_type = any\npool_mode = {mode}\ndefault_pool_size = {size}\nmax_db_connections = {size}\n"
            "ignore_startup_parameters = extra_float_digits\n"
        )
        (directory / "socket").mkdir()
        if account is not None:
            os.chown(directory / "socket", account.uid, account.gid)
        log = directory / "log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                [program, str(configuration)], stdout=output, stderr=output, cwd=directory, **run_as
            ) as process,
        ):
            try:
                deadline = time.monotonic() + 20
                while not (directory / "socket" / f".s.PGSQL.{port}").exists():
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise AssertionError(f"PgBouncer did not start: {log.read_text()}")
                    time.sleep(0.02)
                host = quote(str(directory / "socket"), safe="/")
                yield f"postgresql://{parts.username}@/{parts.path[1:]}?host={host}&port={port}"
            finally:
                process.terminate()
