"""What git knows of a folder: files at a revision, and who works there. Nothing is ever changed.

git is found on PATH and run without a shell, without prompts, and without the user's aliases; paths are
separated from options by `--`, and a revision never looks like an option.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from pgdossier.errors import DossierError, UsageError

_TIMEOUT = 60.0
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
}
# Variables that would have git look at another repository than the one of the folder.
_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)


class GitError(DossierError):
    """git is missing, or did not do what was asked (exit code 3)."""


def identity(folder: Path) -> str | None:
    """Who commits in a folder: `Name <mail>`, or only what of it is known; None when nothing is.

    Only what somebody configured (`user.name` and `user.email`, or the variables that stand for them) counts;
    what git would make up from the account and the host's name does not. Without git nobody is known.

    Args:
        folder: A folder, inside a repository or not; it need not exist yet.
    """
    name = os.environ.get("GIT_AUTHOR_NAME", "").strip()
    mail = os.environ.get("GIT_AUTHOR_EMAIL", "").strip()
    try:
        name = name or _setting(folder, "user.name")
        mail = mail or _setting(folder, "user.email")
    except GitError:
        pass
    name, mail = (" ".join(text.split()) for text in (name, mail))
    return f"{name} <{mail}>" if name and mail else name or mail or None


def read_file(folder: Path, name: str, revision: str) -> bytes:
    """A file of a folder as it was at a revision; the folder need not be there any more.

    Args:
        folder: The folder, whose nearest existing parent lies in a repository.
        name: The file's name in it.
        revision: What git takes for a commit: a branch, a tag, `main~5`.

    Raises:
        UsageError: It lies in no repository, there is no such revision, or no such file at it.
        GitError: There is no git, or it fails.
    """
    label = f"{folder}@{revision}"
    if not revision or revision.startswith("-") or re.search(r"[\x00-\x1f\x7f]", revision):
        raise UsageError(f"{label}: not a revision", hint="name a commit: `main~5`, a tag, a branch")
    start = _existing(folder)
    root = _root(start, folder, label)
    path = _resolved(folder)
    try:
        inside = (path / name).relative_to(root).as_posix()
    except ValueError:
        raise UsageError(f"{label}: {folder} is not in the repository at {root}") from None
    commit = _run(start, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode:
        raise UsageError(
            f"{label}: git knows no revision {revision}",
            hint="fetch it first; a shallow clone, as CI makes it, has only the newest ones",
        )
    found = commit.stdout.decode().strip()
    listed = _run(root, "ls-tree", "-z", "--full-tree", found, "--", f":(literal){inside}")
    entry = listed.stdout.split(b"\0")[0] if not listed.returncode else b""
    if not entry:
        raise UsageError(
            f"{label}: there is no {name} in {folder} at that revision",
            hint="name the folder that the document was in then",
        )
    mode, kind, blob = entry.partition(b"\t")[0].split()
    if kind != b"blob" or mode == b"120000":
        raise UsageError(f"{label}: {name} is no file at that revision")
    content = _run(root, "cat-file", "blob", blob.decode())
    if content.returncode:
        raise GitError(f"{label}: git cannot read {name}: {_message(content)}")
    return content.stdout


def _setting(folder: Path, key: str) -> str:
    found = _run(_existing(folder), "config", "--get", key)
    return found.stdout.decode(errors="replace").strip() if not found.returncode else ""


def _root(start: Path, folder: Path, label: str) -> Path:
    found = _run(start, "rev-parse", "--show-toplevel")
    if found.returncode:
        message = _message(found)
        if "dubious ownership" in message:
            raise GitError(
                f"{label}: git does not trust the repository, which belongs to another account",
                hint="allow it: `git config --global --add safe.directory PATH`",
            )
        raise UsageError(f"{label}: {folder} is in no git repository")
    return _resolved(Path(os.fsdecode(found.stdout.removesuffix(b"\n"))))


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = _resolved(folder)
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links
        return Path(os.path.abspath(path))  # noqa: PTH100 - Path has nothing that does not follow links


def _message(answer: subprocess.CompletedProcess[bytes]) -> str:
    lines = answer.stderr.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else f"exit code {answer.returncode}"


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        raise GitError(
            "git cannot be found", hint="install git, or name a folder or file in place of a revision"
        )
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        return subprocess.run(
            [git, "--no-pager", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment | _QUIET,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git took longer than {_TIMEOUT:g} seconds") from None
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror or error}") from None
