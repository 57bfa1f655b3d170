"""The server that is measured against, with the generated databases."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

import psycopg

from benchmarks.schema import schema_sql
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.process import environment

# What a server for ten thousand tables has, and the counting of statements, switched off until it is wanted.
# It listens on the loopback address because not every program that is compared can use a Unix socket.
SETTINGS = {
    "max_locks_per_transaction": "1024",  # pg_dump locks every table
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "pg_stat_statements.max": "100000",
    "pg_stat_statements.track": "none",
}


class Databases:
    """An embedded server with one database per size, as long as its `with` block."""

    def __init__(self) -> None:
        self._server = EmbeddedServer(
            shared_preload_libraries=("pg_stat_statements",), settings=SETTINGS, unix_socket=False
        )

    def __enter__(self) -> Self:
        self._server.start()
        with self._connect("postgres") as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def version(self) -> str:
        """The version of the server."""
        return self._server.version

    def load(self, tables: int) -> None:
        """Make the database of a size."""
        name = f"bench{tables}"
        self._server.create_database(name)
        self._server.run_sql(name, schema_sql(tables))
        self._server.run_sql(name, "ANALYZE; CHECKPOINT;")

    def url(self, tables: int) -> str:
        """The URL of the database of a size."""
        return self._server.url(f"bench{tables}")

    def parameters(self, tables: int) -> dict[str, str]:
        """The parts of its URL, by the names that libpq's variables have."""
        parts = re.fullmatch(r"postgresql://(\w+):([^@]*)@([^:]*):(\d+)/(\w+)", self.url(tables))
        assert parts is not None  # noqa: S101 - the server listens on the loopback address
        names = ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE")
        return dict(zip(names, parts.groups(), strict=True))

    def program(self, name: str) -> str:
        """The path of one of the server's programs."""
        return self._server.binaries.program(name)

    def environment(self) -> dict[str, str]:
        """The variables that the server's programs need."""
        return environment(self._server.binaries.library_path)

    def change(self, tables: int, column: str) -> None:
        """Change one table: give it a column."""
        with self._connect(f"bench{tables}") as connection:
            connection.execute(f'ALTER TABLE core.user_account ADD COLUMN "{column}" text')

    def change_back(self, tables: int, column: str) -> None:
        """Take the column away again."""
        with self._connect(f"bench{tables}") as connection:
            connection.execute(f'ALTER TABLE core.user_account DROP COLUMN "{column}"')

    def count_statements(self, tables: int, *, on: bool) -> None:
        """Begin to count the statements that new connections to a database send, or end it."""
        with self._connect("postgres") as connection:
            to = "SET pg_stat_statements.track = 'top'" if on else "RESET pg_stat_statements.track"
            connection.execute(f"ALTER DATABASE bench{tables} {to}")
            if on:
                connection.execute("SELECT pg_stat_statements_reset()")

    def counted(self, tables: int) -> int:
        """How many statements were sent since the counting began."""
        query = (
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s"
            " JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %s"
        )
        with self._connect("postgres") as connection:
            ((count,),) = connection.execute(query, (f"bench{tables}",)).fetchall()
        return int(str(count))

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._server.url(database), autocommit=True)
