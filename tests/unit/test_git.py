"""What is read through git: files at a revision, and who works there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pgdossier import git
from pgdossier.building.sides import parse_side
from pgdossier.errors import UsageError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def run(folder: Path, *arguments: str) -> None:
    program = shutil.which("git")
    assert program is not None
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose document was written, changed and deleted; the working directory is its root."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = tmp_path / "repository"
    root.mkdir()
    run(root, "init", "--quiet", "--initial-branch=main")
    run(root, "config", "user.name", "Ada  Lovelace")
    run(root, "config", "user.email", "ada@example.org")
    run(root, "config", "commit.gpgsign", "false")
    folder = root / "docs" / "da tà@base"
    folder.mkdir(parents=True)
    for text in ("first", "second"):
        (folder / "snapshot.json").write_text(text, encoding="utf-8")
        run(root, "add", ".")
        run(root, "commit", "--quiet", "-m", text)
    run(root, "tag", "v2")
    run(root, "rm", "--quiet", "-r", ".")
    run(root, "commit", "--quiet", "-m", "gone")
    monkeypatch.chdir(root)
    return root


DOCUMENT = "docs/da tà@base"


@pytest.mark.parametrize(
    ("revision", "text"),
    [("main~1", "second"), ("v2", "second"), ("main~2", "first"), ("v2^", "first"), ("HEAD@{1}", "second")],
)
def test_a_document_that_is_gone_is_read_from_history(repository: Path, revision: str, text: str) -> None:
    """Whatever git takes for a commit, in a folder that is not there any more, by a path with an @ in it."""
    side = parse_side(f"{DOCUMENT}@{revision}", "LEFT")
    assert (side.label, side.snapshot, side.source) == (f"{DOCUMENT}@{revision}", text.encode(), None)
    assert parse_side(f"{repository / DOCUMENT}/@{revision}", "LEFT").snapshot == text.encode()
    assert parse_side(f"{DOCUMENT}/snapshot.json@{revision}", "LEFT").snapshot == text.encode()


def test_a_path_from_a_folder_of_the_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are those of the working directory, as everywhere."""
    (repository / "elsewhere").mkdir()
    monkeypatch.chdir(repository / "elsewhere")
    assert parse_side(f"../{DOCUMENT}@v2", "LEFT").snapshot == b"second"


def test_what_exists_by_the_whole_name_is_no_revision(repository: Path) -> None:
    """A folder with an @ in its name, and a file, are read as they are."""
    folder = repository / "doc@v2"
    folder.mkdir()
    (folder / "snapshot.json").write_text("there")
    side = parse_side("doc@v2", "LEFT")
    assert side.source is not None
    assert side.source.path == Path("doc@v2/snapshot.json")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (f"{DOCUMENT}@nowhere", f"{DOCUMENT}@nowhere: git knows no revision nowhere", "fetch it first"),
        (f"{DOCUMENT}@--help", f"{DOCUMENT}@--help: not a revision", "name a commit"),
        (f"{DOCUMENT}@a\nb", f"{DOCUMENT}@a\nb: not a revision", "name a commit"),
        (f"{DOCUMENT}@main", f"{DOCUMENT}@main: there is no snapshot.json in {DOCUMENT}", "name the folder"),
        ("other@v2", "other@v2: there is no snapshot.json in other at that revision", "name the folder"),
        ("docs@v2", "docs@v2: there is no snapshot.json in docs at that revision", "name the folder"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_is_not_there(text: str, message: str, hint: str) -> None:
    """The message says what is missing: the revision, or the document at it."""
    with pytest.raises(UsageError) as caught:
        parse_side(text, "LEFT")
    assert caught.value.message.startswith(message)
    assert (caught.value.hint or "").startswith(hint)


def test_outside_of_a_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is told, too."""
    monkeypatch.chdir(repository.parent)
    with pytest.raises(UsageError, match=r"doc@main: doc is in no git repository"):
        parse_side("doc@main", "LEFT")


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clear error where a revision is asked for; nobody is known otherwise."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(git.GitError, match="git cannot be found"):
        parse_side("doc@main", "LEFT")
    assert git.identity(repository) is None


def test_what_may_hold_a_password_is_no_revision() -> None:
    """The message about a connection string that is none does not repeat it."""
    with pytest.raises(UsageError) as caught:
        parse_side("me:secret@host/database", "LEFT")
    assert "secret" not in f"{caught.value.message}{caught.value.hint}"


def test_the_environment_does_not_point_elsewhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a hook, git names another repository; the folder's own is meant."""
    monkeypatch.setenv("GIT_DIR", str(repository / "nowhere"))
    assert parse_side(f"{DOCUMENT}@v2", "LEFT").snapshot == b"second"


def test_identity(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is configured, also for a folder that is not there yet; the variables go before."""
    assert git.identity(repository / "new" / "folder") == "Ada Lovelace <ada@example.org>"
    run(repository, "config", "--unset", "user.email")
    assert git.identity(repository) == "Ada Lovelace"
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Bob")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "bob@example.org")
    assert git.identity(repository) == "Bob <bob@example.org>"
    assert git.identity(repository.parent) == "Bob <bob@example.org>"


def test_nobody_is_made_up(repository: Path) -> None:
    """Without configuration nobody is known, whatever the account is called."""
    assert git.identity(repository.parent) is None
