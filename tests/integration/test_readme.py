"""What the README says works: its two commands on a bare machine, and every command line that it shows."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pgdossier.cli.main import cli
from tests.support.command import clean_environment
from tests.support.documents import problems

pytestmark = pytest.mark.xdist_group("readme")

MAKE = shutil.which("make") or "make"
REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def _commands() -> list[list[str]]:
    """The words of every command in the fenced shell blocks of the README, comments left out."""
    blocks = re.findall(r"^```(?:sh|bash|shell|console)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").split("\n")]
    return [
        words for words in (shlex.split(line.removeprefix("$ "), comments=True) for line in lines) if words
    ]


def _program(name: str) -> list[list[str]]:
    return [words[1:] for words in _commands() if words[0] == name]


def test_the_two_commands_come_first() -> None:
    """`make demo` and `make test` are all the set-up that the README asks for."""
    assert _commands()[:2] == [["make", "demo"], ["make", "test"]]
    assert _program("make") == [["demo"], ["test"]]


def test_every_command_line_of_the_readme_is_understood() -> None:
    """Each `pgdossier` command in it has options and arguments that the command takes."""
    commands = _program("pgdossier")
    assert {words[0] for words in commands} >= {"generate", "demo", "snapshot"}
    for words in commands:
        context = click.Context(cli, info_name="pgdossier")
        name, command, rest = cli.resolve_command(context, words)
        assert command is not None
        assert name is not None
        command.make_context(name, rest, parent=context)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    """Files of the repository that it points to are there."""
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README)
    missing = [t for t in targets if "://" not in t and not (REPOSITORY / t).exists()]
    assert missing == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a clone would hold if everything were committed now."""
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    folder = tmp_path / "check out"
    for path in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / path).is_file():  # not one that was just deleted
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / path, folder / path)
    return folder


def _make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = checkout.parent / "home"
    home.mkdir(exist_ok=True)
    environment = clean_environment(home)
    # The interpreter that runs us, as a new account would find it: by its name, outside any environment.
    python = Path(sys.base_prefix) / "bin"
    environment["PATH"] = f"{python}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        [MAKE, *arguments],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
def test_make_demo_works_on_a_bare_machine(checkout: Path) -> None:
    """In a new virtual environment, with the system's PATH and no PG* variable, the document appears."""
    done = _make(checkout, "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "38 relations documented" in done.stderr
    assert problems(checkout / "build" / "demo") == []
    assert "account.users" in (checkout / "build" / "demo" / "README.md").read_text(encoding="utf-8")
    assert "fallback" not in done.stderr
    assert "warning" not in done.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
def test_make_test_runs_everything(checkout: Path) -> None:
    """It makes its virtual environment, then checks lint, types, import contracts, and runs the tests."""
    done = _make(checkout, "-n", "test")
    assert done.returncode == 0, done.stderr
    for program in (
        "-m venv",
        "pip install",
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "pytest",
    ):
        assert program in done.stdout


def test_continuous_integration_runs_the_second_command() -> None:
    """`.ci/run` calls `make test`, and skips no version of the embedded server."""
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"\bmake test\b", script)
    assert "PGDOSSIER_REQUIRE_VERSIONS=1" in script
