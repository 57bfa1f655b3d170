"""A large snapshot is written piece by piece: the same bytes as in one go."""

from __future__ import annotations

import msgspec
import pytest

from pgdossier.model import snapshot_json
from tests.support.builders import column, snapshot, table


@pytest.mark.parametrize("count", [0, 1, 399, 400, 401, 800, 1000, 1001])
def test_pieces_make_the_whole(count: int) -> None:
    """Whatever the number of objects, the text is what msgspec makes of the whole, and is read back."""
    tables = [table(f"t{number}", column('a "\\ \n', comment="\u0000é\u2028")) for number in range(count)]
    whole = snapshot(*tables)
    expected = msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"
    found = snapshot_json.encode(whole)
    assert found == expected
    assert snapshot_json.decode(found) == whole
