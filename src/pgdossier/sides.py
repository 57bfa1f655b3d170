"""The sides of a comparison: whatever a database can be read from, or made from.

SQL files are run in an embedded server with the rights of a superuser, by psql: they must come from where
programs may come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pgdossier import catalog
from pgdossier.config import Config, Source, parse_source
from pgdossier.errors import ServerError, UsageError
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.progress import Progress
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.verification import roles

_SNAPSHOT = "snapshot.json"
_SQL = ".sql"
_DOWN = ".down.sql"  # what takes a migration back, as several tools call it
_ENCODING = "UTF8"
_THERE_ALREADY = ("postgres", "template0", "template1")

_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_ROLE_LIST = rf"((?:GROUP\s+)?{_IDENTIFIER}(?:\s*,\s*(?:GROUP\s+)?{_IDENTIFIER})*)"
_NAMES_ROLES = re.compile(
    rf"\b(?:OWNER\s+TO|FOR\s+ROLE|AUTHORIZATION|(?:GRANT|REVOKE)\b[^;']*?\b(?:TO|FROM)"
    rf"|CREATE\s+POLICY\b[^;'()]*?\bTO)\s+{_ROLE_LIST}",
    re.IGNORECASE,
)
_MAKES_ROLE = re.compile(rf"\bCREATE\s+(?:ROLE|USER|GROUP)\s+({_IDENTIFIER})", re.IGNORECASE)
_NO_ROLES = frozenset({"public", "current_user", "current_role", "session_user", "default", "group"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: a source to read, or scripts to run in this order.

    Attributes:
        label: What messages call it; no secret.
        source: The server or the snapshot; None for scripts.
        scripts: SQL files.
    """

    label: str
    source: Source | None = None
    scripts: tuple[Path, ...] = ()


def parse_side(text: str, given: str) -> Side:
    """Tell what kind of side `text` is.

    Args:
        text: What `config.parse_source` takes; or the folder of a document, an SQL file, or a folder of
            migrations, which are run in the order of their names.
        given: Where the text comes from, for messages: "LEFT".

    Raises:
        UsageError: It is none of these.
    """
    path = Path(text)
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):  # longer than a file name may be, or with a zero byte
        is_folder = is_file = False
    if is_folder and (path / _SNAPSHOT).is_file():
        return Side(label=text, source=Source(kind="snapshot", path=path / _SNAPSHOT))
    if is_folder:
        scripts = sorted(
            each for each in path.iterdir() if each.suffix.lower() == _SQL and not _is_left_out(each)
        )
        if not scripts:
            raise UsageError(
                f"{given}: {text} holds neither a {_SNAPSHOT} nor *{_SQL} files",
                hint="name the folder of a document, or a folder of SQL migrations",
            )
        return Side(label=text, scripts=tuple(scripts))
    if path.suffix.lower() == _SQL and "://" not in text:
        if not is_file:
            raise UsageError(f"{given}: {text}: no such file")
        return Side(label=text, scripts=(path,))
    source = parse_source(text, given=given)
    return Side(label=source.masked, source=source)


def _is_left_out(script: Path) -> bool:
    return script.name.startswith(".") or script.name.lower().endswith(_DOWN) or not script.is_file()


def build(side: Side, like: Structure | None, config: Config, progress: Progress) -> Snapshot:
    """Run the scripts of a side in a new database of an embedded server, and read that.

    Roles that the scripts name without making them are made. Everything belongs to the owner of the other
    side's database, so that only owners that somebody chose are a difference.

    Args:
        side: Its scripts.
        like: The other side, where it was read: gives the major version, the database's name and its owner.
        config: Patterns and limits for reading, and the programs of the server.
        progress: Told what happens.

    Raises:
        UsageError: A script is not UTF-8 text.
        ServerError: There is no server, or a script fails; the message names file and line.
    """
    scripts = {script: _text(script) for script in side.scripts}
    name = like.database.name if like and like.database.name not in _THERE_ALREADY else "compared"
    progress.phase("starting PostgreSQL", None)
    with EmbeddedServer(
        find_binaries(config.embedded.pg_bin, major=like.server.major if like else None)
    ) as server:
        made = _made_by(scripts.values())
        named = (_named_in(scripts.values()) | (roles(like) if like else set())) - made - {"postgres"}
        owner = like.database.owner if like else "postgres"
        if owner in made or owner.startswith("pg_"):
            owner = "postgres"
        statements = [
            f"CREATE ROLE {quote_identifier(role)} NOLOGIN{' SUPERUSER' if role == owner else ''};"
            for role in sorted(named)
            if not role.startswith("pg_")  # nobody can make those
        ]
        encoding = like.database.encoding if like else _ENCODING
        statements.append(
            f"CREATE DATABASE {quote_identifier(name)} TEMPLATE template0 ENCODING {quote_literal(encoding)}"
            f" LC_COLLATE 'C' LC_CTYPE 'C' OWNER {quote_identifier(owner)};"
        )
        server.run_sql("postgres", "\n".join(statements))
        progress.phase("running scripts", len(scripts))
        for script, text in scripts.items():
            try:  # on the script's first line, so that the lines of messages are its own
                server.run_sql(name, f"SET SESSION AUTHORIZATION {quote_identifier(owner)}; {text}")
            except ServerError as error:
                raise ServerError(f"{script}: {error.message}", hint=error.hint) from None
            progress.advance()
        return catalog.read(
            server.url(name),
            include=config.schemas,
            exclude=config.exclude,
            statement_timeout=config.statement_timeout,
            lock_timeout=config.lock_timeout,
            progress=progress,
        )


def _text(script: Path) -> str:
    try:
        return script.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{script}: not UTF-8", hint="save the file as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{script}: {error.strerror or 'cannot be read'}") from None


def _named_in(texts: Iterable[str]) -> set[str]:
    """The roles that scripts name where only a role can stand; one too many does no harm."""
    lists = (match[1] for text in texts for match in _NAMES_ROLES.finditer(text))
    words = {_unquoted(word) for found in lists for word in re.findall(_IDENTIFIER, found)}
    return words - _NO_ROLES


def _made_by(texts: Iterable[str]) -> set[str]:
    """The roles that scripts make themselves."""
    return {_unquoted(match[1]) for text in texts for match in _MAKES_ROLE.finditer(text)}


def _unquoted(identifier: str) -> str:
    """The name behind an identifier of SQL."""
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier.lower()
