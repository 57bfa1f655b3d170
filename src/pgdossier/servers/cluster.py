"""Making the data directory of an embedded server: initdb once, then copies of what it made.

`initdb` takes most of a second and always makes the same files, so its result is kept in the cache, one per
build of PostgreSQL. A cache that cannot be written only costs that time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pgdossier.errors import ServerError
from pgdossier.servers.binaries import Binaries, inspect
from pgdossier.servers.places import cache_directory
from pgdossier.servers.process import Account, RunAs, environment

SUPERUSER = "postgres"

# The C locale is the one that every build of every version has, and it sorts the same everywhere.
INITDB_OPTIONS = (
    "--no-sync",
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale=C",
    "--auth-local=trust",
)

# Nothing in the data outlives the server, so nothing is done to keep it safe; nothing runs unasked.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "log_timezone": "UTC",
    "max_locks_per_transaction": "256",  # a schema of thousands of tables loaded in one transaction
    "synchronous_commit": "off",
    "timezone": "UTC",
}


def make_data_directory(
    binaries: Binaries, account: Account | None, data: Path, *, password: str | None = None
) -> None:
    """Make a data directory, from the cache when it holds one for these binaries.

    Args:
        binaries: The programs of the server.
        account: The account the server will run under and that will own the directory; None for our own.
        data: Where to make it; must not exist.
        password: The superuser's password for connections by TCP, which are refused without one.

    Raises:
        ServerError: initdb failed.
    """
    if password is not None:  # a secret is not worth caching
        _initdb(binaries, account, data, password)
        return
    prepared: Path | None = None
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: an account without a home directory
        prepared = cache_directory() / "clusters" / _key(binaries)
        if prepared.is_dir():
            _copy(prepared, data, account)
            return
    shutil.rmtree(data, ignore_errors=True)  # half a copy
    _initdb(binaries, account, data, None)
    if prepared is not None:
        with contextlib.suppress(OSError):
            _store(data, prepared)


def write_settings(data: Path, settings: Mapping[str, str]) -> None:
    """Append settings to postgresql.conf; of a setting that is there twice the last one counts."""
    lines = (f"{name} = {quote_setting(value)}\n" for name, value in sorted(settings.items()))
    # The file may belong to another account than ours: never write through a link that it put there.
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(data / "postgresql.conf", flags), "a", encoding="utf-8") as file:
        file.write("\n# Settings of the embedded server\n")
        file.writelines(lines)


def quote_setting(value: str) -> str:
    """A value as a quoted string of postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def copy_binaries(binaries: Binaries, account: Account, target: Path) -> Binaries:
    """Copy an installation to where the server's account can read it.

    A virtual environment beneath a private home directory is out of reach for every other account.
    PostgreSQL finds its own files relative to its programs, so the copy keeps their relative places;
    wheels keep their bundled libraries in a folder beside the package.

    Raises:
        ServerError: The programs are not in a tree of their own, or the copy cannot be run either.
    """
    installation = binaries.directory.parent
    if not (installation / "share").is_dir() or not (installation / "lib").is_dir():
        raise ServerError(
            f"The account {account.name} cannot run the programs in {binaries.directory}",
            hint="PostgreSQL refuses to run as root: run the command as an ordinary user.",
        )
    copied = target / "package" / "installation"
    shutil.copytree(
        installation, copied, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include", "pgxs", "doc")
    )
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    found = inspect(copied / "bin", binaries.library_path, account)
    if found is None:
        raise ServerError(
            f"The account {account.name} cannot run PostgreSQL from {target.parent}",
            hint="PostgreSQL refuses to run as root: run the command as an ordinary user.",
        )
    return found


def _key(binaries: Binaries) -> str:
    """A name for what initdb makes with these binaries: the same build gives the same name anywhere."""
    with Path(binaries.program("postgres")).open("rb") as program:
        digest = hashlib.file_digest(program, "sha256")
    digest.update("\0".join(INITDB_OPTIONS).encode())
    return f"{binaries.version}-{digest.hexdigest()[:16]}"


def _initdb(binaries: Binaries, account: Account | None, data: Path, password: str | None) -> None:
    data.mkdir(mode=0o700)
    run_as: RunAs = {}
    if account is not None:
        os.chown(data, account.uid, account.gid)
        run_as = account.run_as
    command = [binaries.program("initdb"), "-D", str(data), *INITDB_OPTIONS]
    password_file = data.with_name("password")
    if password is None:
        command.append("--auth-host=reject")
    else:
        command += ["--auth-host=scram-sha-256", f"--pwfile={password_file}"]
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        if account is not None:
            os.chown(password_file, account.uid, account.gid)
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=data,
            env=environment(binaries.library_path),
            **run_as,
        )
    finally:
        password_file.unlink(missing_ok=True)
    if answer.returncode != 0:
        lines = answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"]
        said = next((line for line in lines if "error:" in line or "FATAL:" in line), lines[0])
        hint = "Set TMPDIR to a folder on a disk with room." if "No space left" in said else None
        raise ServerError(f"initdb of PostgreSQL {binaries.version} failed: {said}", hint=hint)


def _copy(prepared: Path, data: Path, account: Account | None) -> None:
    shutil.copytree(prepared, data, symlinks=True)
    if account is not None:
        for folder, _, files in os.walk(data, topdown=False):  # the account cannot enter before the end
            for path in (*(Path(folder, name) for name in files), Path(folder)):
                os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _store(data: Path, prepared: Path) -> None:
    """Put a copy into the cache under its final name in one step: another process may do the same."""
    prepared.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=prepared.parent, prefix="new-", ignore_cleanup_errors=True) as fresh:
        shutil.copytree(data, Path(fresh, "cluster"), symlinks=True)
        Path(fresh, "cluster").rename(prepared)  # fails when the other was first: its copy is as good
