"""Making a database again from its SQL, in a server that may be used up, and reading it back.

The judgement itself is `history.verification`. The SQL runs with the rights of the scratch database's user,
which in the embedded server are a superuser's: it must come from a database or a document that is trusted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pgdossier import catalog
from pgdossier.config import parse_source
from pgdossier.ddl import statements
from pgdossier.errors import UsageError
from pgdossier.history.verification import Verification, judge
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.roles import named
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.progress import Progress
from pgdossier.servers import scratch
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.scratch import Scratch

# What initdb makes beside `template0`; nobody can make a database of that name.
_THERE_ALREADY = ("postgres", "template1")
_IN_PLACE_TABLESPACES_SINCE = 15


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a query may take and wait for a lock, in seconds, when the rebuilt database is read."""

    statement_timeout: float = catalog.STATEMENT_TIMEOUT
    lock_timeout: float = catalog.LOCK_TIMEOUT


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """A database that was made again: what the comparison found, what was read, and the database itself."""

    verification: Verification
    snapshot: Snapshot
    scratch: Scratch


@contextlib.contextmanager
def rebuilding(
    original: Structure,
    script: str,
    progress: Progress,
    *,
    scratch_database: str | None = None,
    pg_bin: Path | None = None,
    limits: Limits | None = None,
) -> Iterator[Rebuilt]:
    """Make the database again and judge it, as `verify` does; it is there until the block ends.

    Raises:
        UsageError: The scratch database is not empty.
        DossierError: The server cannot be started or reached.
    """
    limits = limits or Limits()
    with contextlib.ExitStack() as stack:
        if scratch_database is None:
            conninfo = stack.enter_context(_embedded(original, pg_bin, progress))
        else:
            conninfo = empty_database(scratch_database, limits)
        parts = statements.split(script)
        progress.phase("rebuilding", len(parts))
        made, failures = scratch.build(conninfo, parts, advance=progress.advance)
        found = _read(conninfo, limits, progress)
        judged = judge(original, found.structure, failures, verified_on=found.captured_on)
        yield Rebuilt(verification=judged, snapshot=found, scratch=made)


def verify(
    original: Structure,
    script: str,
    progress: Progress,
    *,
    scratch_database: str | None = None,
    pg_bin: Path | None = None,
    limits: Limits | None = None,
) -> Verification:
    """Make the database again from the script and compare what is read from it with what was documented.

    Args:
        original: What was documented.
        script: The SQL that is to make it.
        progress: Told what happens.
        scratch_database: A URL or connection string of an empty database to use; None for an embedded server.
            What is made there stays there.
        pg_bin: The programs of the embedded server.
        limits: For reading the rebuilt database.

    Raises:
        UsageError: The scratch database is not empty.
        DossierError: The server cannot be started or reached.
    """
    with rebuilding(
        original, script, progress, scratch_database=scratch_database, pg_bin=pg_bin, limits=limits
    ) as rebuilt:
        return rebuilt.verification


def _read(conninfo: str, limits: Limits, progress: Progress | None = None) -> Snapshot:
    return catalog.read(
        conninfo,
        statement_timeout=limits.statement_timeout,
        lock_timeout=limits.lock_timeout,
        operation=False,
        progress=progress,
    )


def empty_database(url: str, limits: Limits) -> str:
    """The conninfo of a database that somebody offers with --scratch, when there is nothing in it.

    Raises:
        UsageError: It is no database, or not empty.
        ConnectionFailed: Its server cannot be reached.
    """
    source = parse_source(url, given="--scratch")
    if source.path is not None:
        raise UsageError("--scratch is a file", hint="name an empty database: postgresql://…")
    found = _read(source.conninfo, limits).structure
    if not _is_empty(found):
        raise UsageError(
            f"the scratch database {found.database.name} is not empty; nothing was done",
            hint="create one for this: createdb scratch",
        )
    return source.conninfo


def _is_empty(structure: Structure) -> bool:
    """Whether a database is as CREATE DATABASE makes it."""
    schemas = {schema.name for schema in structure.schemas} - {"public"}
    extensions = {extension.name for extension in structure.extensions} - {"plpgsql"}
    rest = (
        getattr(structure, field)
        for field in structure.__struct_fields__
        if field not in ("schemas", "extensions", "changed_grants", "roles", "dependencies", "gaps")
    )
    left_out = structure.scope.schemas_left_out
    return (
        not schemas
        and not extensions
        and not left_out
        and not any(found for found in rest if isinstance(found, tuple))
    )


@contextlib.contextmanager
def _embedded(original: Structure, pg_bin: Path | None, progress: Progress) -> Iterator[str]:
    """An embedded server with an empty database, and with the roles and tablespaces that the SQL names."""
    progress.phase("starting PostgreSQL", None)
    with EmbeddedServer(find_binaries(pg_bin, major=original.server.major)) as server:
        server.run_sql("postgres", "\n".join(_roles(original)))
        if server.major >= _IN_PLACE_TABLESPACES_SINCE:
            server.run_sql("postgres", "\n".join(_tablespaces(original)))
        name = original.database.name
        if name not in _THERE_ALREADY:
            server.run_sql(
                "postgres",
                f"CREATE DATABASE {quote_identifier(name)} TEMPLATE template0"
                f" ENCODING {quote_literal(original.database.encoding)} LC_COLLATE 'C' LC_CTYPE 'C';",
            )
        yield server.url(name)


def _roles(original: Structure) -> Iterator[str]:
    """The roles that own something or are granted something; some things only a superuser can own."""
    superusers = {trigger.owner for trigger in original.event_triggers}
    superusers |= {wrapper.owner for wrapper in original.foreign_data_wrappers}
    superusers |= {subscription.owner for subscription in original.subscriptions}
    superusers |= {each.owner for each in original.publications if each.all_tables or each.schemas}
    for name in sorted(roles(original) - {"postgres"}):
        if not name.startswith("pg_"):  # nobody can make those
            right = " SUPERUSER" if name in superusers else ""
            yield f"CREATE ROLE {quote_identifier(name)} NOLOGIN{right};"


def roles(value: object) -> set[str]:
    """The names of all roles in a value of the model."""
    return named(value)


def _tablespaces(original: Structure) -> Iterator[str]:
    """The tablespaces, inside of the data directory."""
    names = {relation.tablespace for relation in original.relations}
    names |= {index.tablespace for relation in original.relations for index in relation.indexes}
    yield "SET allow_in_place_tablespaces = on;"
    for name in sorted(name for name in names if name):
        if name not in ("pg_default", "pg_global"):
            yield f"CREATE TABLESPACE {quote_identifier(name)} LOCATION '';"
