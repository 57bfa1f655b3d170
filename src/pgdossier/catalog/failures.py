"""What a failed connection is called for people.

libpq's own words are recognised, not passed on: with a malformed source they can quote a piece of a
password. A message names the host, port, database and role only as they were understood.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from pgdossier.errors import ConnectionFailed, DossierError, ServerError, UsageError

SOURCE_HINT = (
    "write postgresql://user@host:5432/database or 'host=… dbname=… user=…'; "
    "inside a URL's password write % @ : / ? # as %25 %40 %3A %2F %3F %23"
)


class Target(msgspec.Struct, frozen=True):
    """What a source names, as far as it is known; never the password."""

    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    service: str = ""

    @property
    def place(self) -> str:
        """The server, for a sentence."""
        if not self.host:
            return f"the server of the service {self.service}" if self.service else "the local server"
        if self.host.startswith(("/", "@")):
            return f"the server on socket {self.host}"
        return f"the server at {self.host}" + (f", port {self.port}" if self.port else "")


class _Case(NamedTuple):
    """A pattern in what libpq or the server said, and what it means."""

    says: str
    error: type[DossierError]
    message: str
    hint: str


_PASSWORD_HINT = "set $PGPASSWORD or write the password into ~/.pgpass"  # noqa: S105 - says where, holds none
_NOT_POSTGRESQL = "what answers at {place} is not PostgreSQL"
_PORT_HINT = "check the host and the port (PostgreSQL's is usually 5432)"

# The first pattern that is found decides. libpq's part of the text is English unless NLS is compiled in and
# LC_MESSAGES says otherwise; what is not recognised falls through to a general message.
_CASES = (
    _Case(
        r"invalid .* value|invalid port|invalid integer|Servname not supported|could not match \d+ port",
        UsageError,
        "a setting of the connection string has a value that it cannot have",
        SOURCE_HINT,
    ),
    _Case(
        r"definition of service|service file",
        UsageError,
        "the service that the source names is not in the service file",
        "look at ~/.pg_service.conf or the file that $PGSERVICEFILE names",
    ),
    _Case(
        r"no password supplied",
        ConnectionFailed,
        "{place} asks for the password of {user}, and none was given",
        _PASSWORD_HINT,
    ),
    _Case(
        r"no pg_hba\.conf entry .*(no encryption|SSL off)|SSL connection is required"
        r"|connection requires .*(SSL|TLS)|connection is insecure|requires encryption",
        ConnectionFailed,
        "{place} refuses connections without TLS",
        "add sslmode=require (or verify-full) to the source",
    ),
    _Case(
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        ConnectionFailed,
        "{place} does not let {user} into {database} from this machine",
        "an administrator allows it in the server's pg_hba.conf",
    ),
    _Case(
        r"server does not support SSL",
        ConnectionFailed,
        "{place} does not speak TLS, which the source asks for",
        "leave sslmode out of the source, or let the server have a certificate",
    ),
    _Case(
        r"received invalid response to|expected authentication request|unsupported frontend protocol"
        r"|invalid response to .* negotiation|unencrypted data after|wrong version number|packet length",
        ServerError,
        _NOT_POSTGRESQL,
        _PORT_HINT,
    ),
    _Case(
        r"certificate|SSL error|root\.crt|sslcert|private key",
        ConnectionFailed,
        "the TLS connection to {place} failed: a certificate was not accepted or not found",
        "check sslmode, sslrootcert, sslcert and sslkey of the source",
    ),
    _Case(
        r"password authentication failed|authentication failed",
        ConnectionFailed,
        "{place} refused the password or the credentials of {user}",
        _PASSWORD_HINT,
    ),
    _Case(
        r'FATAL: +database ".*" does not exist',
        ConnectionFailed,
        "{database} does not exist on {place}",
        "list the databases with `psql -l`",
    ),
    _Case(
        r'FATAL: +role ".*" does not exist',
        ConnectionFailed,
        "{user} does not exist on {place}",
        "name an existing role in the source: postgresql://ROLE@host/database",
    ),
    _Case(
        r'permission denied for database|role ".*" is not permitted to log in',
        ConnectionFailed,
        "{user} may not connect to {database} on {place}",
        "the role needs LOGIN, and CONNECT on the database",
    ),
    _Case(
        r"too many (clients|connections)|remaining connection slots",
        ConnectionFailed,
        "{place} has no connection left",
        "try again later, or end connections that nobody uses (pg_stat_activity)",
    ),
    _Case(
        r"database system is (starting up|shutting down|in recovery)|not (yet )?accepting connections"
        r"|terminating connection",
        ConnectionFailed,
        "{place} does not accept connections at the moment",
        "it starts, stops or recovers: try again later",
    ),
    _Case(
        r"server closed the connection unexpectedly",
        ServerError,
        "{place} closed the connection without a word: it is not PostgreSQL, or it refuses this machine",
        _PORT_HINT,
    ),
    _Case(
        r"timeout expired|timed out",
        ConnectionFailed,
        "{place} did not answer in time",
        "check the host, the port and the firewall; connect_timeout=SECONDS in the source waits longer",
    ),
    _Case(
        r"failed to resolve host|could not translate host name|Name or service not known",
        ConnectionFailed,
        "the host name of {place} is not known here",
        "check its spelling and the name service",
    ),
    _Case(
        r"Connection refused|No such file or directory|No route to host|Network is unreachable"
        r"|Connection reset|Is the server running",
        ConnectionFailed,
        "{place} cannot be reached",
        "check that it runs and that host and port are right",
    ),
)


def malformed() -> UsageError:
    """A source that is neither a URL nor a conninfo string; the source itself is not shown."""
    return UsageError("the source is not a valid connection string", hint=SOURCE_HINT)


def connecting(text: str, target: Target) -> DossierError:
    """What a failure to connect means.

    Args:
        text: The message of libpq or psycopg.
        target: What was connected to.
    """
    facts = {
        "place": target.place,
        "database": f'database "{target.database}"' if target.database else "the database",
        "user": f'role "{target.user}"' if target.user else "the role",
    }
    for case in _CASES:
        if re.search(case.says, text, re.IGNORECASE):
            message = case.message.format(**facts)
            return case.error(message, hint=case.hint)
    hint = "try the same source with psql, which may say more"
    fatal = re.search(r"FATAL: +(.+)", text)  # the server's own words: it has not seen the source
    if fatal:
        return ConnectionFailed(f"{target.place} refused the connection: {fatal[1].strip()}", hint=hint)
    return ConnectionFailed(f"the connection to {target.place} failed", hint=hint)


def too_old(version: int, target: Target) -> ServerError:
    """A server older than PostgreSQL 13; `version` is its server_version_num."""
    name = f"{version // 10000}" if version >= 100000 else f"{version // 10000}.{version // 100 % 100}"
    return ServerError(
        f"{target.place} is PostgreSQL {name}; pgdossier reads PostgreSQL 13 and newer",
        hint="upgrade the server, or restore a schema dump of it into a newer one and document that",
    )


def not_postgresql(target: Target) -> ServerError:
    """Something that speaks the protocol but is no PostgreSQL."""
    return ServerError(_NOT_POSTGRESQL.format(place=target.place), hint=_PORT_HINT)


class LostError(ConnectionFailed):
    """The connection was lost, or the reading had to give way, in the middle: it may be tried again."""


_FEEDBACK_HINT = (
    "the replay of changes had to go on: set hot_standby_feedback = on, or a longer"
    " max_standby_streaming_delay, on the standby, or read the primary"
)
_AGAIN_HINT = "try again; the log of the server says why it ended"


_POOL_HINT = "connect to the server itself, or to a pool by transaction or session (pool_mode = transaction)"


def lost(target: Target, doing: str, said: str | None) -> LostError | ServerError:
    """The connection ended in the middle.

    Args:
        target: What was connected to.
        doing: What was done meanwhile.
        said: The server's last words.
    """
    if said and "statement pooling" in said:
        return ServerError(
            f"what answers at {target.place} is a pooler that knows no transactions: {said}", hint=_POOL_HINT
        )
    if said and "conflict with recovery" in said:
        return conflict(target, doing, said)
    told = f": {said}" if said else ""
    return LostError(
        f"the connection to {target.place} was lost while {doing}{told}".partition("\n")[0], hint=_AGAIN_HINT
    )


def conflict(target: Target, doing: str, said: str) -> LostError:
    """A standby cancelled the reading to replay what the primary did."""
    return LostError(f"{target.place} is a standby and stopped {doing}: {said}", hint=_FEEDBACK_HINT)
