"""How the PostgreSQL programs are run: a clean environment, and never as root."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from pgdossier.errors import ServerError

# Accounts that exist for running things without rights, in the order they are tried.
USUAL_ACCOUNTS = ("nobody", "postgres", "daemon")


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that switch the account; empty to stay who we are."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An account of the system that can run PostgreSQL, which refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def run_as(self) -> RunAs:
        """The arguments that make a subprocess run as this account, and in no other group."""
        return RunAs(user=self.uid, group=self.gid, extra_groups=[])


def environment(library_path: str | None = None, **settings: str) -> dict[str, str]:
    """The environment for a PostgreSQL program: ours, without libpq's PG* variables, speaking English.

    Args:
        library_path: Folders that the dynamic linker searches first.
        settings: Variables to set, such as PGHOST.
    """
    result = {name: value for name, value in os.environ.items() if not name.upper().startswith("PG")}
    result |= {"LC_ALL": "C", **settings}  # messages are matched and shown in one language
    if library_path is not None:
        inherited = result.get("LD_LIBRARY_PATH")
        result["LD_LIBRARY_PATH"] = f"{library_path}{os.pathsep}{inherited}" if inherited else library_path
    return result


def server_account() -> Account | None:
    """The account to run a server under, or None when it can be our own.

    Raises:
        ServerError: We are root, and no unprivileged account can be used.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - exists on POSIX systems only

    others = [entry.pw_name for entry in pwd.getpwall() if entry.pw_uid > 0]
    for name in (*USUAL_ACCOUNTS, *(name for name in others if name not in USUAL_ACCOUNTS)):
        if name not in others:
            continue
        entry = pwd.getpwnam(name)
        account = Account(name, entry.pw_uid, entry.pw_gid)
        if _usable(account):
            return account
    raise ServerError(
        "PostgreSQL refuses to run as root, and this system has no other account that can be used",
        hint="Run the command as an ordinary user.",
    )


def _usable(account: Account) -> bool:
    """Whether we may switch to the account: inside some containers most accounts do not exist."""
    try:
        subprocess.run(["/bin/sh", "-c", ":"], check=True, cwd="/", **account.run_as)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def can_enter(account: Account, directory: Path) -> bool:
    """Whether the account may pass through a folder and all above it, judged by their permission bits."""
    for place in (directory, *directory.parents):
        status = place.stat()
        bit = 0o100 if status.st_uid == account.uid else 0o010 if status.st_gid == account.gid else 0o001
        if not status.st_mode & bit:
            return False
    return True
