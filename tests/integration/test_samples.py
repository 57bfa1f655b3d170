"""The committed samples are what the program writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import samples

pytestmark = pytest.mark.server


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_sample_shop_is_up_to_date(tmp_path: Path) -> None:
    """Documenting the sample shop again gives the committed bytes; `make samples` mends a difference."""
    folder = tmp_path / "document"
    samples.write_shop(folder)
    found, committed = _files(folder), _files(samples.SHOP)
    assert found.keys() == committed.keys()
    different = [path for path, data in found.items() if data != committed[path]]
    assert different == []
