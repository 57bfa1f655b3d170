"""The database as an application wants it: made by its migrations, its own tool or its models, and read.

All of these are programs. They run with the rights of a superuser of the embedded server, and outside of it
with those of whoever runs pgdossier.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from pgdossier.building import blank, layouts, metadata, sides
from pgdossier.building.blank import Blank
from pgdossier.building.layouts import Layout, Script
from pgdossier.building.metadata import Models
from pgdossier.catalog.scope import Pattern
from pgdossier.config import Config, scrub
from pgdossier.errors import ServerError, UsageError
from pgdossier.model.extensions import Extension
from pgdossier.model.names import QualifiedName
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.progress import Progress
from pgdossier.servers import command, connection, respelling

_SHOWN = 40  # lines of the output of a command that failed
# How the URL of a PostgreSQL database begins, in the environments of many languages.
_ANY_URL = re.compile(
    r"\s*(?:jdbc:)?(?:postgres|postgresql|postgis|pgsql|psql|pgx5?|ecto)(?:\+\w+)?://", re.IGNORECASE
)


class CommandFailed(ServerError):  # noqa: N818 - reads as what happened, as ConnectionFailed does
    """A command of the user's failed (exit code 3).

    Attributes:
        output: The last lines of what it said, without secrets.
    """

    def __init__(self, message: str, *, output: tuple[str, ...], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.output = output


class Migrations(msgspec.Struct, frozen=True, kw_only=True):
    """The truth is an SQL file, or a folder of migrations."""

    path: Path

    @property
    def label(self) -> str:
        """What messages call it."""
        return str(self.path)


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """The truth is what commands make of an empty database.

    Attributes:
        commands: The commands, run in this order without a shell.
        directory: Their working directory.
        timeout: How many seconds each may take; 0 is no limit.
        variables: The variables that hold the database's URL.
        prefix: What the URL begins with.
    """

    commands: tuple[str, ...]
    directory: Path = Path()
    timeout: float = 600
    variables: tuple[str, ...] = ("DATABASE_URL",)
    prefix: str = "postgresql://"

    @property
    def label(self) -> str:
        """What messages call it; no secret."""
        return "; ".join(map(scrub, self.commands))


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The truth is SQLAlchemy models, by their addresses; modules are searched in the directory first."""

    addresses: tuple[str, ...]
    directory: Path = Path()

    @property
    def label(self) -> str:
        """What messages call it."""
        return ", ".join(self.addresses)


Truth = Migrations | Commands | Metadata


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What was made.

    Attributes:
        snapshot: The whole database, or what patterns ask for.
        unmatched: The patterns that nothing in it matches.
        models: What was imported, when the truth is models.
        layout: How a folder of migrations was understood.
        respelled: The queries of views of the live database as this server prints them, where the two are of
            different major versions and print them differently.
        warnings: What the user should know.
    """

    snapshot: Snapshot
    unmatched: frozenset[str] = frozenset()
    models: Models | None = None
    layout: Layout | None = None
    respelled: Mapping[QualifiedName, str] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def build(
    truth: Truth,
    like: Structure,
    config: Config,
    progress: Progress,
    *,
    prepare: Sequence[Path] = (),
    scratch: str | None = None,
) -> Expected:
    """Make the expected database and read it.

    Args:
        truth: What the application says.
        like: The live database: gives the major version, names, owner, and the extensions of models.
        config: Patterns and limits for reading, and the programs of the server.
        progress: Told what happens.
        prepare: SQL files that are run first.
        scratch: A URL or connection string of an empty database to use; None for an embedded server.

    Raises:
        UsageError: What the truth names is not there or makes no sense.
        CommandFailed: A command failed.
        ServerError: There is no server, or it refuses something.
    """
    first = tuple(layouts.read(_existing(path, "--prepare")) for path in prepare)
    layout: Layout | None = None
    scripts: tuple[Script, ...] = ()
    models: Models | None = None
    if isinstance(truth, Migrations):
        layout, scripts = _scripts(truth)
    elif isinstance(truth, Metadata):
        models = metadata.load(truth.addresses, truth.directory)
    else:
        for each in truth.commands:
            command.words(each)
    named, made = sides.roles_of((*first, *scripts))
    with contextlib.ExitStack() as stack:
        database = (
            blank.offered(scratch, config)
            if scratch is not None
            else stack.enter_context(
                blank.embedded(
                    like, config, progress, named=named, made=made, by_tcp=isinstance(truth, Commands)
                )
            )
        )
        warnings: tuple[str, ...] = layout.warnings if layout else ()
        if first:
            sides.run(first, database, progress)
        if models is not None:
            progress.phase("making the tables of the models", None)
            lacking = metadata.create(models, database.conninfo, like.extensions)
            warnings += tuple(
                f"the server of the expected database lacks the extension {name}" for name in lacking
            )
        elif isinstance(truth, Commands):
            _run(truth, database, config, progress)
        else:
            sides.run(scripts, database, progress)
        snapshot, unmatched = reading(
            lambda include: database.read(config, progress, include), config.schemas
        )
        respelled = _respelled(snapshot.structure, like, database)
    return Expected(
        snapshot=snapshot,
        unmatched=unmatched,
        models=models,
        layout=layout,
        respelled=respelled,
        warnings=warnings,
    )


def _respelled(made: Structure, like: Structure, database: Blank) -> dict[QualifiedName, str]:
    if made.server.major == like.server.major:
        return {}
    known = {each.qualified: each.definition for each in made.relations if each.definition is not None}
    queries = {
        each.qualified: each.definition
        for each in like.relations
        if each.definition is not None and known.get(each.qualified, each.definition) != each.definition
    }
    return respelling.respelled(database.conninfo, queries)


def _scripts(truth: Migrations) -> tuple[Layout | None, tuple[Script, ...]]:
    if truth.path.is_dir():
        layout = layouts.understand(truth.path)
        return layout, layout.scripts
    return None, (layouts.read(_existing(truth.path, "--migrations")),)


def _existing(path: Path, given: str) -> Path:
    if not path.is_file():
        raise UsageError(f"{given}: {path}: no such {'file' if path.suffix else 'file or folder'}")
    return path


# --- commands ------------------------------------------------------------------------------------


def _run(truth: Commands, database: Blank, config: Config, progress: Progress) -> None:
    before = database.read(config, progress, ()).structure
    environment = _environment(os.environ, truth, database.conninfo)
    progress.phase("running commands", len(truth.commands))
    for each in truth.commands:
        outcome = command.run(
            command.words(each),
            environment=environment,
            directory=truth.directory,
            timeout=truth.timeout,
        )
        if outcome.code != 0:
            raise _failure(each, outcome, truth, database)
        progress.advance()
    if database.read(config, progress, ()).structure == before:
        raise UsageError(
            f"nothing was made in the database that {_listed(truth.variables)} names, by: {truth.label}",
            hint="does it read another variable? Then it may have worked on another database: --url-variable",
        )


def _environment(inherited: Mapping[str, str], truth: Commands, conninfo: str) -> dict[str, str]:
    """The variables for a command: ours, but none that leads to another PostgreSQL database."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.upper().startswith("PG") and not _ANY_URL.match(value)
    }
    url = connection.url(conninfo, prefix=truth.prefix)
    return {**kept, **connection.variables(conninfo), **dict.fromkeys(truth.variables, url)}


def _failure(text: str, outcome: command.Outcome, truth: Commands, database: Blank) -> CommandFailed:
    secret = connection.secret(database.conninfo)
    said = outcome.output.replace(secret, "***") if secret else outcome.output
    lines = [line.rstrip() for line in scrub(said).splitlines() if line.strip()]
    if outcome.code is None:
        how = f"took longer than {truth.timeout:g} seconds and was ended"
    elif outcome.code < 0:
        how = f"was ended by signal {-outcome.code}"
    else:
        how = f"failed with exit code {outcome.code}"
    hint = next((advice for line in lines if (advice := database.advice(line))), None)
    if outcome.code is None:
        hint = "does it wait for an answer? Its input is empty; more time is given with --timeout"
    return CommandFailed(f"{scrub(text)} {how}", output=tuple(lines[-_SHOWN:]), hint=hint)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


# --- patterns ------------------------------------------------------------------------------------


def reading(
    read: Callable[[tuple[str, ...]], Snapshot], include: tuple[str, ...]
) -> tuple[Snapshot, frozenset[str]]:
    """Read a database with patterns of which some may match nothing in it.

    What is missing here may be in the database that it is compared with.

    Args:
        read: Reads it with the patterns that it is given.
        include: The patterns.

    Returns:
        What the patterns ask for, and the patterns that nothing matches.

    Raises:
        UsageError: A pattern is malformed.
    """
    try:
        return read(include), frozenset()
    except UsageError:
        if not include:
            raise
        whole = read(())
        matching = tuple(text for text in include if _matches(Pattern.parse(text), whole.structure))
        if len(matching) == len(include):
            raise
    found = read(matching) if matching else _emptied(whole)
    return found, frozenset(include) - frozenset(matching)


def _matches(pattern: Pattern, structure: Structure) -> bool:
    if pattern.relation is None:
        return any(pattern.schema.fullmatch(schema.name) for schema in structure.schemas)
    return any(pattern.matches(each.schema, each.name) for each in structure.relations)


def _emptied(whole: Snapshot) -> Snapshot:
    """The database without its schemas and all that is in one."""
    structure = whole.structure
    kept = {
        name: tuple(
            each
            for each in getattr(structure, name)
            if isinstance(each, Extension) or not (isinstance(each, Schema) or hasattr(each, "schema"))
        )
        for name in structure.__struct_fields__
        if isinstance(getattr(structure, name), tuple)
    }
    structure = msgspec.structs.replace(structure, **kept)
    return msgspec.structs.replace(whole, structure=structure)
