"""A PostgreSQL server of our own for as long as it is needed: for the demo, and to rebuild a database.

The server listens on a Unix socket in a private folder where there are Unix sockets, otherwise on a free
port of the loopback address with a password. However our process ends, the server stops and its data goes
(see `supervisor`).
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from pgdossier.errors import ServerError
from pgdossier.servers import supervisor
from pgdossier.servers.binaries import Binaries, find_binaries, inspect
from pgdossier.servers.cluster import SETTINGS, SUPERUSER, copy_binaries, make_data_directory, write_settings
from pgdossier.servers.places import abandoned, make_run_directory, run_parent
from pgdossier.servers.process import Account, environment, server_account
from pgdossier.servers.psql import run_script


class EmbeddedServer:
    """A server that lives as long as its `with` block, and never longer than the process.

    Args:
        binaries: The programs to use; None to search for them (`find_binaries`).
        shared_preload_libraries: Libraries to load at start, such as `pg_stat_statements`.
        settings: Further settings by name, which win over the server's own choices.
        unix_socket: Listen on a Unix socket; otherwise on the loopback address with a password.

    Raises:
        ServerError: On `start`, in one line: no binaries, or the server's own first complaint.
    """

    def __init__(
        self,
        binaries: Binaries | None = None,
        *,
        shared_preload_libraries: tuple[str, ...] = (),
        settings: Mapping[str, str] | None = None,
        unix_socket: bool = os.name == "posix",
    ) -> None:
        self.binaries = binaries or find_binaries()
        self._settings = dict(SETTINGS)
        if shared_preload_libraries:
            self._settings["shared_preload_libraries"] = ",".join(shared_preload_libraries)
        self._settings |= settings or {}
        self._unix_socket = unix_socket
        self._password: str | None = None
        self._port = supervisor.PORT
        self._directory: Path | None = None
        self._lock: int | None = None
        self._supervisor: subprocess.Popen[str] | None = None

    @property
    def version(self) -> str:
        """The server's version: `18.6`."""
        return self.binaries.version

    @property
    def major(self) -> int:
        """The server's major version: 18."""
        return self.binaries.major

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make a data directory and start the server; returns when it accepts connections.

        Raises:
            ServerError: It could not be started; nothing is left behind.
        """
        account = server_account()
        parent = run_parent(account)
        for leftover in abandoned(parent):
            supervisor.remove(leftover)
        try:
            self._directory, self._lock = make_run_directory(parent)
            server_binaries = self.binaries
            if account is not None:
                self._directory.chmod(0o711)  # the account passes through to its data, which only it can read
                if inspect(server_binaries.directory, server_binaries.library_path, account) is None:
                    server_binaries = copy_binaries(server_binaries, account, self._directory / "copy")
            data = self._directory / supervisor.DATA
            self._password = None if self._unix_socket else secrets.token_urlsafe(24)
            self._make_data(server_binaries, account, data)
            write_settings(data, self._listen_settings(data) | self._settings)
            pg_ctl = server_binaries.program("pg_ctl")
            (self._directory / supervisor.PG_CTL).write_text(pg_ctl, encoding="utf-8")
            self._start_supervisor()
        except OSError as error:
            self.stop()
            raise ServerError(
                f"The files of the embedded server cannot be made: {error}",
                hint="Set TMPDIR to a writable folder with some 100 MB of room.",
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and remove its data; does nothing when it does not run."""
        if self._supervisor is not None:
            self._supervisor.communicate()  # closes its input, which it waits for, and waits for its end
            self._supervisor = None
        directory, self._directory = self._directory, None
        lock, self._lock = self._lock, None
        if directory is not None and (directory / supervisor.DATA).exists():
            supervisor.remove(directory)  # there was no supervisor yet, or it was killed
        if lock is not None:
            os.close(lock)
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)  # Windows removes no file that is open

    def url(self, database: str = SUPERUSER, user: str = SUPERUSER) -> str:
        """The URL of one of its databases, as libpq and SQLAlchemy read it.

        Where the server listens on the loopback address the URL of the superuser holds its password.
        """
        directory = self._running()
        name, role = quote(database, safe=""), quote(user, safe="")
        if self._password is None:
            host = quote(str(directory / supervisor.DATA), safe="/")
            return f"postgresql://{role}@/{name}?host={host}&port={self._port}"
        secret = f":{self._password}" if user == SUPERUSER else ""
        return f"postgresql://{role}{secret}@127.0.0.1:{self._port}/{name}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, as a copy of another one when a template is named.

        Raises:
            ServerError: It exists already, or somebody is connected to the template.
        """
        copy = f" TEMPLATE {quote_identifier(template)}" if template is not None else ""
        self.run_sql(SUPERUSER, f"CREATE DATABASE {quote_identifier(name)}{copy};")

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, with whoever is connected to it.

        Raises:
            ServerError: The server refused.
        """
        self.run_sql(SUPERUSER, f"DROP DATABASE IF EXISTS {quote_identifier(name)} WITH (FORCE);")

    def run_sql(self, database: str, text: str) -> None:
        r"""Run an SQL script as the superuser with psql, and stop at its first error.

        Takes what pg_dump writes, with its `COPY ... FROM stdin` data and its `\restrict` lines.

        Raises:
            ServerError: The script failed, with psql's first error; or the installation has no psql.
        """
        directory = self._running()
        connection = {"PGDATABASE": database, "PGUSER": SUPERUSER, "PGPORT": str(self._port)}
        if self._password is None:
            connection["PGHOST"] = str(directory / supervisor.DATA)
        else:
            connection |= {"PGHOST": "127.0.0.1", "PGPASSWORD": self._password}
        run_script(self.binaries, connection, text)

    def _running(self) -> Path:
        if self._directory is None:
            raise ServerError("The embedded server is not running")
        return self._directory

    def _make_data(self, binaries: Binaries, account: Account | None, data: Path) -> None:
        """Make the data directory, empty databases in it; a replica has a copy of another server's."""
        make_data_directory(binaries, account, data, password=self._password)

    def _listen_settings(self, data: Path) -> dict[str, str]:
        if self._unix_socket:
            path = str(data).replace('"', '""')  # the setting is a list of quoted names
            return {"listen_addresses": "", "unix_socket_directories": f'"{path}"', "port": str(self._port)}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        return {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(self._port)}

    def _start_supervisor(self) -> None:
        directory = self._running()
        inherited = (self._lock,) if os.name == "posix" and self._lock is not None else ()
        self._supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", supervisor.__file__, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(self.binaries.library_path),
            pass_fds=inherited,  # the lock is held until the supervisor is done, too
            start_new_session=True,  # Ctrl-C and a closing terminal are for us alone
        )
        assert self._supervisor.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        code = self._supervisor.stdout.readline().strip()
        if code != "0":
            raise ServerError(
                f"PostgreSQL {self.version} did not start: {_first_complaint(directory)}",
                hint="Settings given to the server may not fit its version or its libraries.",
            )


def quote_identifier(name: str) -> str:
    """A name as an SQL identifier, in double quotes.

    Not that of `model.names`: servers run on the standard library alone, also for accounts that cannot read
    the packages of this one.
    """
    return '"' + name.replace('"', '""') + '"'


def _first_complaint(directory: Path) -> str:
    """The first line of the server's or pg_ctl's log that says what is wrong."""
    lines: list[str] = []
    for log in (directory / supervisor.DATA / supervisor.LOG, directory / supervisor.PG_CTL_LOG):
        if log.is_file() and not log.is_symlink():
            lines += log.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        found = re.search(r"\b(?:FATAL|PANIC|ERROR|error): +(.*)", line)
        if found:
            return found.group(1)
    return lines[-1] if lines else "its log is empty"
