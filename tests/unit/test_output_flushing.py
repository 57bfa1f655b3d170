"""How many files get to the disk: with all of their file system where the system can do that, or singly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pgdossier import output
from pgdossier.errors import OutputError
from pgdossier.output import files as disk

FILES = {f"{folder}/{number}.svg": f"{folder} {number}".encode() for folder in "ab" for number in range(3)}


def flushes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are flushed by themselves from now on."""
    found: list[str] = []

    def flush(paths: Sequence[str]) -> None:
        found.extend(paths)
        real(paths)

    real = disk._flush
    monkeypatch.setattr(disk, "_flush", flush)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux flushes one file system")
def test_the_systems_own_call() -> None:
    """It is there on the kernels that tell of errors, and flushes the file system of a folder."""
    flush = disk._syncfs()
    assert (flush is not None) == (disk._kernel() >= (5, 8))
    if flush is None:
        return
    descriptor = os.open(".", os.O_RDONLY)
    flush(descriptor)
    os.close(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        flush(descriptor)


def test_many_files_are_flushed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, after all are written, by a folder that was open before the first of them."""
    monkeypatch.setattr(disk, "_MANY", len(FILES))
    seen: list[tuple[str, int]] = []
    real = os.fstat

    def together() -> Callable[[int], None]:
        opened = len(seen)
        assert not opened
        return lambda descriptor: seen.append(
            (str(real(descriptor).st_ino), len(list(tmp_path.rglob("*.tmp"))))
        )

    monkeypatch.setattr(disk, "_syncfs", together)
    alone = flushes(monkeypatch)
    output.write(tmp_path / "doc", FILES)
    assert seen == [(str((tmp_path / "doc" / "a").stat().st_ino), len(FILES) + 1)]
    assert alone == []


@pytest.mark.parametrize("why", ["few files", "no such call", "several file systems"])
def test_files_are_flushed_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """Where there are few, where there is no such call, and where a folder is of another file system."""
    monkeypatch.setattr(disk, "_MANY", len(FILES) + (why == "few files"))

    def never(_descriptor: int) -> None:
        raise AssertionError

    monkeypatch.setattr(disk, "_syncfs", lambda: None if why == "no such call" else never)
    if why == "several file systems":
        real = os.stat

        def stat(path: Any, **options: Any) -> os.stat_result:
            found = real(path, **options)
            if str(path).endswith("/b"):
                return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10]))
            return found

        monkeypatch.setattr(os, "stat", stat)
    alone = flushes(monkeypatch)
    output.write(tmp_path / "doc", FILES)
    assert len(alone) == len(FILES)


def test_a_file_system_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot get to the disk ends the run with the old document, and nothing is left over."""
    output.write(tmp_path / "doc", {"README.md": b"old\n"})
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(disk, "_MANY", 1)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "_syncfs", lambda: full)
    with pytest.raises(OutputError, match="No space left on device"):
        output.write(tmp_path / "doc", {"README.md": b"new\n", **FILES})
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "doc" / "README.md").read_bytes() == b"old\n"


@pytest.mark.skipif(sys.platform != "linux", reason="there are no other kernels elsewhere")
def test_a_kernel_that_keeps_errors_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 5.8 the call said nothing of files that could not be written: it is not used."""
    monkeypatch.setattr(disk, "_kernel", lambda: (5, 7))
    disk._syncfs.cache_clear()
    try:
        assert disk._syncfs() is None
    finally:
        disk._syncfs.cache_clear()
