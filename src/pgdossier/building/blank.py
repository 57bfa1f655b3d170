"""An empty database to be filled and then read: in a server of our own, or one that somebody offers.

What fills it has the rights of the role that owns it, in our own server those of a superuser.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pgdossier import catalog
from pgdossier.building.layouts import Script
from pgdossier.building.verification import Limits, empty_database, roles
from pgdossier.config import Config
from pgdossier.errors import ServerError
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.redaction import redacted
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.progress import Progress
from pgdossier.servers import connection
from pgdossier.servers.binaries import Binaries, find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.psql import run_script

_ENCODING = "UTF8"
_SUPERUSER = "postgres"
_THERE_ALREADY = ("postgres", "template0", "template1")
_NO_EXTENSION = re.compile(
    r"extension control file \"[^\"]*?([^/\\\"]+)\.control\"|extension \"([^\"]+)\" is not available"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A database that was empty.

    Attributes:
        conninfo: How to connect to it, as the role that is to own what is made. Holds a secret.
        binaries: The programs whose psql runs scripts.
        offered: Whether somebody offered it.
    """

    conninfo: str = field(repr=False)
    binaries: Binaries
    offered: bool = False

    def run(self, script: Script) -> None:
        """Run a script with psql.

        Raises:
            ServerError: It failed; the message names file and line.
        """
        # The first words stand on the script's first line, so that the lines of messages are its own.
        text = f"BEGIN; {script.text}\n;COMMIT;" if script.transaction else script.text
        try:
            run_script(self.binaries, connection.variables(self.conninfo), text)
        except ServerError as error:
            hint = self.advice(error.message) or error.hint
            raise ServerError(f"{script.path}: {error.message}", hint=hint) from None

    def advice(self, message: str) -> str | None:
        """What to do about a message of the server that says that something is not there."""
        if found := _NO_EXTENSION.search(message):
            where = "that server" if self.offered else "the embedded server"
            name = found[1] or found[2]
            return (
                f"{where} lacks the extension {name}: name an empty database of a server that has it"
                " with --scratch URL"
            )
        if re.search(r"role \"[^\"]+\" does not exist", message):
            return "make the role on the server first, or in a script for --prepare"
        return None

    def read(self, config: Config, progress: Progress, include: tuple[str, ...]) -> Snapshot:
        """Read what is in it now.

        Args:
            config: What to exclude, and limits.
            progress: Told what happens.
            include: Patterns of what to read.

        Raises:
            DossierError: Whatever the catalog reader says.
        """
        found = catalog.read(
            self.conninfo,
            include=include,
            exclude=config.exclude,
            statement_timeout=config.statement_timeout,
            lock_timeout=config.lock_timeout,
            operation=False,
            progress=progress,
        )
        return redacted(found, config.redact)


def offered(conninfo: str, config: Config) -> Blank:
    """A database that somebody offers; what is made there stays there.

    Args:
        conninfo: A URL or connection string, from the option --scratch.
        config: Limits for reading, and the folder of the programs.

    Raises:
        UsageError: It is not empty.
        ConnectionFailed: The server cannot be reached.
    """
    limits = Limits(statement_timeout=config.statement_timeout, lock_timeout=config.lock_timeout)
    return Blank(
        conninfo=empty_database(conninfo, limits),
        binaries=find_binaries(config.embedded.pg_bin),
        offered=True,
    )


@contextlib.contextmanager
def embedded(
    like: Structure | None,
    config: Config,
    progress: Progress,
    *,
    named: Iterable[str] = (),
    made: Iterable[str] = (),
    by_tcp: bool = False,
) -> Iterator[Blank]:
    """A database of a server of our own, which is gone at the end.

    It has the name, the encoding and the owner of the other database, and the roles that own something there,
    so that only owners and grants that somebody chose are a difference.

    Args:
        like: The other database; gives the major version, too. None when it is not known.
        config: The programs of the server.
        progress: Told what happens.
        named: Further roles that are needed.
        made: Roles that what is run makes itself.
        by_tcp: Listen on a port of the loopback address, with a password, for programs that know no Unix
            sockets.

    Raises:
        ServerError: There is no server.
    """
    progress.phase("starting PostgreSQL", None)
    binaries = find_binaries(config.embedded.pg_bin, major=like.server.major if like else None)
    with EmbeddedServer(binaries, unix_socket=False) if by_tcp else EmbeddedServer(binaries) as server:
        made = set(made)
        owner = like.database.owner if like else _SUPERUSER
        if owner in made or owner.startswith("pg_"):
            owner = _SUPERUSER
        wanted = ({*named, owner} | (roles(like) if like else set())) - made - {_SUPERUSER}
        password = secrets.token_urlsafe(24)
        statements = [
            f"CREATE ROLE {quote_identifier(role)}"
            + (f" LOGIN SUPERUSER PASSWORD {quote_literal(password)};" if role == owner else " NOLOGIN;")
            for role in sorted(wanted)
            if not role.startswith("pg_")  # nobody can make those
        ]
        if owner == _SUPERUSER:
            statements.append(f"ALTER ROLE {_SUPERUSER} PASSWORD {quote_literal(password)};")
        name = like.database.name if like and like.database.name not in _THERE_ALREADY else "compared"
        encoding = like.database.encoding if like else _ENCODING
        statements.append(
            f"CREATE DATABASE {quote_identifier(name)} TEMPLATE template0 ENCODING {quote_literal(encoding)}"
            f" LC_COLLATE 'C' LC_CTYPE 'C' OWNER {quote_identifier(owner)};"
        )
        server.run_sql(_SUPERUSER, "\n".join(statements))
        conninfo = server.url(name, owner)
        yield Blank(conninfo=connection.url(conninfo, password=password), binaries=server.binaries)
