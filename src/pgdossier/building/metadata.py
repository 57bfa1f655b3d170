"""The tables that SQLAlchemy models declare, made in an empty database.

The models are imported into this process, and so is everything that they import: they must come from where
programs may come from.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pgdossier.config import scrub
from pgdossier.errors import ServerError, UsageError
from pgdossier.model.extensions import Extension
from pgdossier.model.names import QualifiedName, quote_identifier

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

_ADDRESS = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_DEFAULT_SCHEMA = "public"
_EXAMPLE = "write it as package.module:Base.metadata"


class Models(msgspec.Struct, frozen=True, kw_only=True):
    """What was imported.

    Attributes:
        metadata: The MetaData objects, in the order in which they were named.
        chosen: The names that the models themselves give to constraints and indexes, by table. Every other
            name is left to the server.
    """

    metadata: tuple[MetaData, ...]
    chosen: Mapping[QualifiedName, frozenset[str]] = msgspec.field(default_factory=dict)


def load(addresses: Sequence[str], directory: Path) -> Models:
    """Import models.

    Args:
        addresses: `package.module:name`, each a MetaData, a declarative base (anything that has a
            `metadata`), or a function that returns one of these.
        directory: Is searched for modules first.

    Raises:
        UsageError: An address is malformed, cannot be imported, or leads to no tables.
    """
    if not directory.is_dir():
        raise UsageError(f"{directory}: no such folder")
    with _searched(directory):
        found = tuple(_imported(address) for address in addresses)
    chosen = {}
    for metadata in found:
        for table in metadata.tables.values():
            names = [getattr(each, "name", None) for each in (*table.constraints, *table.indexes)]
            chosen[QualifiedName(table.schema or _DEFAULT_SCHEMA, table.name)] = frozenset(
                str(name) for name in names if isinstance(name, str)
            )
    return Models(metadata=found, chosen=chosen)


def create(models: Models, conninfo: str, extensions: Sequence[Extension]) -> tuple[str, ...]:
    """Make the schemas and everything that the models declare.

    Args:
        models: What was imported.
        conninfo: The database.
        extensions: What the models may need and cannot say; each is made where the server has it.

    Returns:
        The names of the extensions that the server lacks.

    Raises:
        ServerError: The server refuses something; one line.
    """
    import psycopg  # noqa: PLC0415 - drivers cost time, and only this function connects
    import sqlalchemy  # noqa: PLC0415 - as above
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 - as above

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    lacking: list[str] = []
    with contextlib.redirect_stdout(sys.stderr):  # of listeners; standard output is for the result
        try:
            with engine.begin() as connection:
                lacking += [each.name for each in extensions if not _extended(connection, each)]
                for schema in sorted(_schemas(models)):
                    connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}")
                for metadata in models.metadata:
                    metadata.create_all(connection)
        except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error) as error:
            cause = getattr(error, "orig", None) or error
            lines = str(cause).strip().splitlines() or [type(cause).__name__]
            hint = "what models cannot say, functions for one, can be made first: --prepare FILE.sql"
            if lacking:
                hint = f"the server lacks the extension {', '.join(lacking)}: name another with --scratch URL"
            raise ServerError(f"the models cannot be created: {scrub(lines[0])}", hint=hint) from None
        except Exception as error:  # noqa: BLE001 - listeners and types of the models are anybody's code
            raise UsageError(f"the models cannot be created: {_told(error)}") from None
        finally:
            engine.dispose()
    return tuple(lacking)


def _extended(connection: Connection, extension: Extension) -> bool:
    """Whether the extension could be made."""
    import sqlalchemy  # noqa: PLC0415 - as in `create`

    schema = quote_identifier(extension.schema)
    try:
        with connection.begin_nested():
            if not extension.schema.startswith("pg_"):
                connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.exec_driver_sql(
                f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(extension.name)} SCHEMA {schema} CASCADE"
            )
    except sqlalchemy.exc.SQLAlchemyError:
        return False
    return True


def _schemas(models: Models) -> set[str]:
    """The schemas that tables, types and sequences of the models name."""
    found: set[str | None] = set()
    for metadata in models.metadata:
        found |= {table.schema for table in metadata.tables.values()}
        found |= {getattr(sequence, "schema", None) for sequence in metadata._sequences.values()}  # noqa: SLF001 - there is no other list of them
        for table in metadata.tables.values():
            for column in table.columns:
                kind = getattr(column.type, "item_type", column.type)
                found.add(getattr(kind, "schema", None))
    return {schema for schema in found if isinstance(schema, str)}


def _imported(address: str) -> MetaData:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise UsageError(f"--metadata {address!r} is no address of models", hint=_EXAMPLE)
    value = _module(match["module"])
    for name in match["name"].split("."):
        try:
            value = getattr(value, name)
        except AttributeError:
            near = ", ".join(_candidates(value))
            raise UsageError(
                f"--metadata {address}: there is no {name}",
                hint=f"there is {near}" if near else _EXAMPLE,
            ) from None
        except Exception as error:  # noqa: BLE001 - a property may be anybody's code
            raise UsageError(f"--metadata {address}: {name} fails: {_told(error)}") from None
    metadata = _metadata(value)
    if metadata is None and callable(value):
        try:
            with contextlib.redirect_stdout(sys.stderr):
                metadata = _metadata(value())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - anybody's code, and it may call sys.exit
            raise UsageError(f"--metadata {address} fails: {_told(error)}") from None
    if metadata is None:
        raise UsageError(
            f"--metadata {address} is neither a MetaData nor a declarative base, nor returns one",
            hint=_EXAMPLE,
        )
    if not metadata.tables:
        raise UsageError(
            f"--metadata {address} has no tables",
            hint="name a module that imports the modules of all models",
        )
    return metadata


def _module(name: str) -> Any:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is for the result
            return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module {error.name}",
                hint="name its folder with --directory, and run pgdossier in the environment of the models",
            ) from None
        raise UsageError(
            f"importing {name} fails: {_told(error)}",
            hint="run pgdossier in the environment that the models run in",
        ) from None
    except BaseException as error:  # noqa: BLE001 - anybody's code, and it may call sys.exit
        raise UsageError(f"importing {name} fails: {_told(error)}") from None


def _metadata(value: Any) -> MetaData | None:
    from sqlalchemy import MetaData  # noqa: PLC0415 - as in `create`

    if isinstance(value, MetaData):
        return value
    inner = getattr(value, "metadata", None)
    return inner if isinstance(inner, MetaData) else None


def _candidates(holder: Any) -> Iterator[str]:
    """What else could be meant."""
    for name, value in sorted(vars(holder).items()):
        if not name.startswith("_") and _metadata(value) is not None:
            yield name


@contextlib.contextmanager
def _searched(directory: Path) -> Iterator[None]:
    place = str(directory.absolute())
    sys.path.insert(0, place)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(place)


def _told(error: BaseException) -> str:
    """An error in one line, with where it came from."""
    lines = scrub(str(error)).strip().splitlines()
    said = f"{type(error).__name__}{': ' + lines[0] if lines else ''}"
    if isinstance(error, SyntaxError):
        return said  # it names the place itself
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__
        and "importlib" not in frame.filename
        and "site-packages" not in Path(frame.filename).parts
    ]
    return f"{said} ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else said
