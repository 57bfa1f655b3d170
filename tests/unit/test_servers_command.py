"""Programs of the user's: how they end, and what ends with them."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from pgdossier.errors import UsageError
from pgdossier.servers import command, connection

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are those of POSIX")


def run(code: str, directory: Path, timeout: float = 60) -> command.Outcome:
    return command.run(
        [sys.executable, "-c", code], environment=dict(os.environ), directory=directory, timeout=timeout
    )


def gone(process: int) -> bool:
    """Whether the process ends within some seconds; a zombie has ended."""
    for _ in range(500):
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat")
            if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def test_outcome(tmp_path: Path) -> None:
    """Exit code and both outputs are kept; input is empty; the folder is the one that was named."""
    found = run(
        "import os, sys; print(os.getcwd(), repr(sys.stdin.read()), flush=True); sys.exit('bye')", tmp_path
    )
    assert found == command.Outcome(code=1, output=f"{tmp_path.resolve()} ''\nbye\n")


def test_a_signal(tmp_path: Path) -> None:
    """The signal that ended it is the code, negative."""
    assert run("import os; os.kill(os.getpid(), 9)", tmp_path).code == -9


def test_too_long(tmp_path: Path) -> None:
    """It is ended with what it started, also when both would rather not."""
    code = (
        "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\n"
        "time.sleep(600)"
    )
    command_grace, command._GRACE = command._GRACE, 0.2
    try:
        found = run(code, tmp_path, timeout=2)
    finally:
        command._GRACE = command_grace
    assert found.code is None
    assert gone(int(found.output))


def test_in_the_background(tmp_path: Path) -> None:
    """What is left running holds nothing up, and is ended."""
    found = run(
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)",
        tmp_path,
    )
    assert found.code == 0
    assert gone(int(found.output))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the command is empty"),
        ("a 'b", "the command has an open quote or ends in a backslash"),
        ("a && b", "the command needs a shell, and is run without one"),
    ],
)
def test_commands_that_make_no_sense(text: str, message: str) -> None:
    """One line says why."""
    with pytest.raises(UsageError) as caught:
        command.words(text)
    assert caught.value.message == message


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing program and a missing folder are told apart."""
    with pytest.raises(UsageError) as caught:
        command.run(["no-such-program"], environment={}, directory=tmp_path, timeout=1)
    assert caught.value.message == "no-such-program: no such program"
    with pytest.raises(UsageError) as caught:
        command.run(["x"], environment={}, directory=tmp_path / "no", timeout=1)
    assert caught.value.message == f"{tmp_path}/no: no such folder"


def test_words() -> None:
    """Quotes are read, nothing is expanded."""
    assert command.words("a 'b $c' " + shlex.quote("d;e")) == ["a", "b $c", "d;e"]


@pytest.mark.parametrize(
    ("conninfo", "url"),
    [
        ("postgresql://a:b%40c@h:1/d", "x+y://a:b%40c@h:1/d"),
        ("host=h dbname='a b' user=u password='p w'", "x+y://u:p%20w@h/a%20b"),
        ("postgresql://u@/d?host=/run/p&port=5", "x+y://u@/d?host=/run/p&port=5"),
        ("postgresql://[::1]:5/d?sslmode=require", "x+y://[::1]:5/d?sslmode=require"),
    ],
)
def test_urls(conninfo: str, url: str) -> None:
    """Every form of a connection becomes the URL that a tool wants."""
    assert connection.url(conninfo, prefix="x+y://") == url


def test_variables() -> None:
    """libpq's variables say the same; a malformed string is refused without being repeated."""
    assert connection.variables("postgresql://a:b@h:1/d?sslmode=require&keepalives=1") == {
        "PGUSER": "a",
        "PGPASSWORD": "b",
        "PGHOST": "h",
        "PGPORT": "1",
        "PGDATABASE": "d",
        "PGSSLMODE": "require",
    }
    with pytest.raises(UsageError) as caught:
        connection.variables("postgresql://u:secret@h:x:y/d?nonsense=1")
    assert "secret" not in str(caught.value)
