"""What a second process does is what one process would have done, whatever becomes of it."""

from __future__ import annotations

import errno
import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from pgdossier import output
from pgdossier.config import Config, Source
from pgdossier.ddl.script import schema_script
from pgdossier.errors import OutputError
from pgdossier.model.snapshot import Snapshot
from pgdossier.output import files as disk
from pgdossier.output import writing
from pgdossier.pipeline import beside, sourcing
from pgdossier.progress import SILENT
from tests.support.builders import snapshot, table

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin") or len(os.sched_getaffinity(0)) < 2,
    reason="there is no second process on this system, or where there is one processor",
)

FILES = {f"{folder}/{number}.svg": f"{folder} {number}".encode() for folder in "abc" for number in range(9)}
ASIDE = partial(beside.aside, progress=SILENT)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_MANY", 2)
    monkeypatch.setattr(sourcing, "_LEAST", 1)


def test_an_answer_comes_back() -> None:
    """What the work gives in the second process is what is told here."""
    with beside.aside(lambda: str(os.getpid()).encode(), SILENT) as answer:
        told = answer()
    assert told is not None
    assert int(told) != os.getpid()


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0, sys.exit])
def test_no_answer_is_none(end: object) -> None:
    """A second process that is killed, fails or ends gives no answer, and says nothing."""

    def work() -> bytes:
        end()  # type: ignore[operator] # any of those above
        return b"never"

    with beside.aside(work, SILENT) as answer:
        assert answer() is None


def test_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be made there is no answer."""
    monkeypatch.setenv(beside.VARIABLE, "1")
    with beside.aside(lambda: b"never", SILENT) as answer:
        assert answer() is None


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    """A document of which the second process writes half is the one that one process writes."""
    output.write(tmp_path / "one", FILES)
    result = output.write(tmp_path / "two", FILES, aside=ASIDE)
    assert result.written == tuple(sorted(FILES))
    assert tree(tmp_path / "two") == tree(tmp_path / "one")


@pytest.mark.parametrize("after", [0, 5])
def test_what_the_second_process_left_is_written_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Killed before its first file or in the midst: the document is whole, and nothing is left over."""
    here, real = os.getpid(), disk.stage
    staged: list[str] = []

    def stage(target: str, temporary: str, data: bytes, **options: bool) -> None:
        if os.getpid() != here:
            if len(staged) == after:
                os.kill(os.getpid(), signal.SIGKILL)
            staged.append(target)
        real(target, temporary, data, **options)

    monkeypatch.setattr(disk, "stage", stage)
    output.write(tmp_path / "one", FILES)
    output.write(tmp_path / "two", FILES, aside=ASIDE)
    assert tree(tmp_path / "two") == tree(tmp_path / "one")


def test_a_disk_that_is_full_for_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither process has room: the user is told, the document is the old one, and nothing is left over."""
    output.write(tmp_path / "two", {"README.md": b"old\n"})
    before = tree(tmp_path / "two")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        output.write(tmp_path / "two", {"README.md": b"new\n", **FILES}, aside=ASIDE)
    assert tree(tmp_path / "two") == before
    assert not (tmp_path / "two" / "a").exists()


@pytest.mark.parametrize("trouble", [False, True])
def test_sources_are_the_same_whoever_makes_them(monkeypatch: pytest.MonkeyPatch, trouble: bool) -> None:
    """SQL, JSON and the hash of both are what they are without a second process, or with one that fails."""
    config = Config(source=Source(conninfo="postgresql:///shop"))
    read = snapshot(table("public.t", "id bigint", pk="id"))
    alone = sourcing.Sources(read, config)
    shared = sourcing.Sources(read, config)
    here, real = os.getpid(), schema_script
    made: list[int] = []

    def script(read: Snapshot) -> str:
        made.append(1)
        if trouble and os.getpid() != here:
            os._exit(1)
        return real(read)

    monkeypatch.setattr(sourcing, "schema_script", script)
    with shared.begun(SILENT):
        files = dict(shared.files)
    assert len(made) == trouble
    assert files == dict(alone.files)
    assert shared.facts == alone.facts
