"""Files that wait to be written: the same bytes wherever they are kept."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.output import apart
from pgdossier.pipeline.keeping import Kept, Temporary, Told

_STEPS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.none() | st.binary(max_size=40), st.booleans()), max_size=30
)


@given(steps=_STEPS, in_memory=st.integers(0, 60))
def test_it_is_a_dictionary(steps: list[tuple[str, bytes | None, bool]], in_memory: int) -> None:
    """Put, replaced, removed and taken over in any order, in memory and on the disk: as in a dictionary."""
    kept, expected = Kept[str](in_memory=in_memory), dict[str, bytes]()
    for path, data, elsewhere in steps:
        if data is None:
            assert kept.pop(path, None) == expected.pop(path, None)
        elif elsewhere:
            other: Kept[str] = Kept(in_memory=0)
            other[path] = data
            kept.take(other, str)
            expected[path] = data
        else:
            kept[path] = data
            expected[path] = data
        assert dict(kept) == expected
        assert len(kept) == len(expected)
        assert all(path in kept for path in expected)


def test_what_another_process_wrote() -> None:
    """Files are taken over by where they stand in a temporary file, and win over those of the same name."""
    file = Temporary()
    places = {"a": file.append(b"first"), "b": file.append(b"")}
    kept: Kept[str] = Kept()
    kept["a"] = b"older"
    kept.adopt(file, Told(places, {}, {}))
    assert dict(kept) == {"a": b"first", "b": b""}


def test_what_is_known_of_a_file_goes_with_it() -> None:
    """Whatever puts another content into a place says something else of it, or nothing."""
    file = Temporary()
    other: Kept[str] = Kept(in_memory=0, file=file)
    for path in "abc":
        other[path] = b"first"
    kept: Kept[str] = Kept()
    kept.adopt(file, other.told())
    assert kept.parts == {path: apart(path, b"first") for path in "abc"}
    kept["a"] = b"second"
    del kept["b"]
    taken: Kept[str] = Kept()
    taken.take(kept, lambda path: f"in/{path}")
    assert taken.parts == {"in/a": apart("a", b"second"), "in/c": apart("c", b"first")}
    taken.take(Kept(), str)
    taken["in/c.md"] = b"<!-- authored: never closed -->\n"
    assert taken.parts.keys() == {"in/a", "in/c"}


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the temporary file finds no room, files stay in memory."""

    def full(_descriptor: int, data: memoryview, _at: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    kept: Kept[str] = Kept(in_memory=0)
    kept["early"] = b"on the disk"
    monkeypatch.setattr(os, "pwrite", full)
    kept["late"] = b"in memory"
    assert dict(kept) == {"early": b"on the disk", "late": b"in memory"}
