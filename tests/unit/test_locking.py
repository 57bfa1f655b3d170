"""The lock of an output folder where the system cannot lock a folder: simulated, for no test runs there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from pgdossier.errors import OutputError
from pgdossier.output import locking

fcntl = pytest.importorskip("fcntl", reason="the stand-in for the locks of Windows is made of those of Unix")


def _stand_in() -> ModuleType:
    """What `msvcrt.locking` does by its documentation: a lock of an open file, refused with EACCES."""

    def lock(descriptor: int, mode: int, _count: int) -> None:
        how = fcntl.LOCK_UN if mode == 0 else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            raise PermissionError from None

    return cast("ModuleType", SimpleNamespace(locking=lock, LK_UNLCK=0, LK_NBLCK=2))


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """As on Windows; gives the folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(locking, "_FCNTL", None)
    monkeypatch.setattr(locking, "_MSVCRT", _stand_in())
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_second_run_is_refused(windows: Path, tmp_path: Path) -> None:
    """While one holds a folder another is refused, for any spelling of it; afterwards it is free again."""
    (tmp_path / "docs").mkdir()
    with locking.locked(tmp_path / "docs"):
        for same in (tmp_path / "docs", tmp_path / "docs" / ".." / "docs"):
            with pytest.raises(OutputError, match="another run") as caught, locking.locked(same):
                raise AssertionError
            assert caught.value.code == 3
        with locking.locked(tmp_path):
            pass
    with pytest.raises(ZeroDivisionError), locking.locked(tmp_path / "docs"):
        _ = 1 / 0
    with locking.locked(tmp_path / "docs"):
        pass
    assert list((tmp_path / "docs").iterdir()) == []
    assert len(list(windows.iterdir())) == 2


def test_where_nothing_can_be_locked_the_work_is_done(
    windows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place for the file, or any kind of lock, nobody is kept from writing."""
    done: list[Any] = []
    windows.rmdir()
    with locking.locked(tmp_path):
        done.append(1)
    monkeypatch.setattr(locking, "_MSVCRT", None)
    with locking.locked(tmp_path):
        done.append(2)
    assert done == [1, 2]
