"""The sides of a comparison: whatever a database can be read from, or made from.

SQL files are run in an embedded server with the rights of a superuser, by psql: they must come from where
programs may come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from pgdossier import git, output
from pgdossier.building import blank, layouts
from pgdossier.building.blank import Blank
from pgdossier.building.layouts import Layout, Script
from pgdossier.config import Config, Source, parse_source
from pgdossier.errors import UsageError
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.progress import Progress

_SNAPSHOT = "snapshot.json"
_SQL = ".sql"

# A path, and what git takes for a commit (which may hold an @ before a brace: `main@{1}`). A colon before the
# @, but for that of a drive, may stand before a password.
_AT_REVISION = re.compile(r"(?P<path>(?:[A-Za-z]:(?=[\\/]))?[^:]+)@(?!\{)(?P<revision>.+)\Z", re.DOTALL)

_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_ROLE_LIST = rf"((?:GROUP\s+)?{_IDENTIFIER}(?:\s*,\s*(?:GROUP\s+)?{_IDENTIFIER})*)"
_NAMES_ROLES = re.compile(
    rf"\b(?:OWNER\s+TO|FOR\s+ROLE|AUTHORIZATION|(?:GRANT|REVOKE)\b[^;']*?\b(?:TO|FROM)"
    rf"|CREATE\s+POLICY\b[^;'()]*?\bTO)\s+{_ROLE_LIST}",
    re.IGNORECASE,
)
_MAKES_ROLE = re.compile(rf"\bCREATE\s+(?:ROLE|USER|GROUP)\s+({_IDENTIFIER})", re.IGNORECASE)
_NO_ROLES = frozenset({"public", "current_user", "current_role", "session_user", "default", "group"})


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: a source to read, a snapshot at hand, or scripts to run in this order.

    Attributes:
        label: What messages call it; no secret.
        source: The server or the snapshot file; None for the others.
        scripts: SQL files.
        layout: How a folder of migrations was understood; None for anything else.
        snapshot: The bytes of a snapshot that is in no file, but in git.
    """

    label: str
    source: Source | None = None
    scripts: tuple[Script, ...] = ()
    layout: Layout | None = None
    snapshot: bytes | None = None


def parse_side(text: str, given: str) -> Side:
    """Tell what kind of side `text` is.

    Args:
        text: What `config.parse_source` takes; or the folder of a document, an SQL file, or a folder of
            migrations, as `layouts` understands it; or the folder of a document at a revision of git,
            `docs/database@main~5`, which need not be in the work tree any more. What exists by the whole name
            is no revision.
        given: Where the text comes from, for messages: "LEFT".

    Raises:
        UsageError: It is none of these, or there is no such revision, or no document at it.
        GitError: There is no git, or it fails.
    """
    path = Path(text)
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):  # longer than a file name may be, or with a zero byte
        is_folder = is_file = False
    if is_folder and (path / _SNAPSHOT).is_file():
        output.recover(path)
        return Side(label=text, source=Source(kind="snapshot", path=path / _SNAPSHOT))
    if is_folder:
        if next(path.rglob(f"*{_SQL}"), None) is None:
            raise UsageError(
                f"{given}: {text} holds neither a {_SNAPSHOT} nor *{_SQL} files",
                hint="name the folder of a document, or a folder of SQL migrations",
            )
        layout = layouts.understand(path)
        return Side(label=text, scripts=layout.scripts, layout=layout)
    if path.suffix.lower() == _SQL and "://" not in text:
        if not is_file:
            raise UsageError(f"{given}: {text}: no such file")
        return Side(label=text, scripts=(layouts.read(path),))
    try:
        source = parse_source(text, given=given)
    except UsageError:
        at_revision = _AT_REVISION.match(text)
        if at_revision is None or "\0" in text:
            raise
        return _of_revision(text, Path(at_revision["path"]), at_revision["revision"])
    return Side(label=source.masked, source=source)


def _of_revision(text: str, path: Path, revision: str) -> Side:
    """The document in a folder, or a snapshot file, as it was at a revision."""
    is_snapshot_file = path.suffix.lower() == ".json"
    folder, name = (path.parent, path.name) if is_snapshot_file else (path, _SNAPSHOT)
    return Side(label=text, snapshot=git.read_file(folder, name, revision))


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
        ServerError: There is no server, or a script fails; the message names file and line.
    """
    named, made = roles_of(side.scripts)
    with blank.embedded(like, config, progress, named=named, made=made) as database:
        run(side.scripts, database, progress)
        return database.read(config, progress, config.schemas)


def run(scripts: Sequence[Script], database: Blank, progress: Progress) -> None:
    """Run scripts in an empty database.

    Raises:
        ServerError: One of them fails; the message names file and line.
    """
    progress.phase("running scripts", len(scripts))
    for script in scripts:
        database.run(script)
        progress.advance()


def roles_of(scripts: Sequence[Script]) -> tuple[set[str], set[str]]:
    """The roles that scripts need, and those that they make themselves."""
    texts = [script.text for script in scripts]
    return _named_in(texts), _made_by(texts)


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
