"""A document that two processes make is the one that one makes, whatever becomes of the second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pgdossier.model import snapshot_json
from tests.support.builders import check, index, snapshot, table, view
from tests.support.documents import contents

REPOSITORY = Path(__file__).parents[2]
TABLES = 30
PAGES = TABLES + 2

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin") or len(os.sched_getaffinity(0)) < 2,
    reason="pages are made by one process on this system, or where there is one processor",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot, and the document that one process makes of it."""
    home = tmp_path_factory.mktemp("pressing")
    tables = [
        table(
            f"sales.table_{number:02}",
            "id bigint",
            "above_id bigint",
            "status text",
            "e-mail text" if number % 7 else "note text",
            pk="id",
            fks=[f"above_id -> sales.table_{number // 2:02}"],
            checks=[check("status", "status in ('new', 'paid')")] if number % 3 == 0 else [],
            comment=f"What table {number} is for: 100 % of |all|, ⟶ and `more`.",
        )
        for number in range(TABLES)
    ]
    tables[-1] = table("sales.table_29", "a text", "b text", indexes=[index("i", "a"), index("j", "a")])
    shown = view("sales.open", "id bigint", definition="SELECT table_01.id FROM sales.table_01")
    other = table("stock.items", "id bigint", pk="id")
    (home / "snapshot.json").write_bytes(snapshot_json.encode(snapshot(*tables, shown, other)))
    done = press(home, "alone")
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")
    return home


def press(home: Path, mode: str) -> subprocess.CompletedProcess[str]:
    """Make the document in a mode of `tests.support.pressed`."""
    with start(home, mode) as process:
        out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def start(home: Path, mode: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.support.pressed", str(home), mode],
        cwd=REPOSITORY,
        env=os.environ | {"PGDOSSIER_CACHE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("mode", "delivered"),
    [("shared", None), ("helper", PAGES), ("killed", 0), ("full", 0), ("blind", 0)],
)
def test_who_made_a_page_does_not_show(made: Path, mode: str, delivered: int | None) -> None:
    """Pages of the second process, and of the first in its place, are byte for byte those of one process."""
    done = press(made, mode)
    assert (done.returncode, done.stderr) == (0, "")
    if delivered is not None:
        assert int(done.stdout) == delivered
    assert contents(made / mode) == contents(made / "alone")


def test_a_broken_template_is_told_once(made: Path, tmp_path: Path) -> None:
    """The error of a page that the second process makes is the one line that it is without one."""
    (tmp_path / "snapshot.json").write_bytes((made / "snapshot.json").read_bytes())
    template = tmp_path / "templates" / "markdown" / "relation_page.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ relation.nothing_of_this_name }}\n")
    alone, helped = press(tmp_path, "alone"), press(tmp_path, "helper")
    assert alone.returncode == helped.returncode == 2
    assert "relation_page.md.j2" in alone.stderr
    assert helped.stderr == alone.stderr
    assert not (tmp_path / "helper").exists()


def test_ctrl_c_ends_both(made: Path) -> None:
    """An interrupt while the other process hangs: the usual exit code, nothing written, nobody left."""
    with start(made, "hanging") as process:
        assert process.stdout is not None
        int(process.stdout.readline())  # it hangs now
        process.send_signal(signal.SIGINT)
        # Standard output is at its end when both processes are.
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "0\n")
    assert err == "pgdossier: interrupted\n"
    assert not (made / "hanging").exists()


def test_a_process_whose_parent_is_killed_ends(made: Path) -> None:
    """Nothing can be cleared up then: the second process notices by itself that nobody waits for it."""
    with start(made, "waiting") as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) != process.pid
        process.kill()
        out, _ = process.communicate(timeout=60)  # ends when both have let go of standard output
    assert (process.returncode, out) == (-signal.SIGKILL, "")
