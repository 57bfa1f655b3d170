"""What two structures have in common, found once: most of what a database has is what it was.

An object that both have alike can be one object in both. Whoever compares them then looks at the others only
(`differences.unlike`), and need not name, match and compare what cannot differ. Where nothing is shared all
are others: the result is the same, and takes longer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pgdossier.history.differences import are_elements, name_of
from pgdossier.model.snapshot import Structure


def sharing(before: Structure, after: Structure) -> Structure:
    """The old structure as it was, with objects of the new one in place of those that equal them."""
    fields = {
        field: _sharing(getattr(before, field), getattr(after, field)) for field in before.__struct_fields__
    }
    return msgspec.structs.replace(before, **fields)


def _sharing(before: Any, after: Any) -> Any:
    if before == after:
        return after
    if not (isinstance(before, tuple) and are_elements(before) and are_elements(after)):
        return before
    there = {name_of(each): each for each in after}
    return tuple([other if (other := there.get(name_of(each))) == each else each for each in before])
