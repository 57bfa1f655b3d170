"""Which expressions the server prints alike, so that it is asked for one of them.

To print a condition or an index the server opens its table, which takes longer than all the rest where there
are thousands of tables. What it prints follows from the tree that the catalog stores and from the names of
the columns that the tree refers to by number: where these agree, one answer holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping

from pgdossier.model.columns import Column

# How a stored tree refers to a column of its table (outfuncs.c); 0 is the whole row, a negative number a
# system column. A brace inside a name or a constant would be escaped.
_COLUMN = re.compile(r":varattno (-?\d+)")


class Trees:
    """Keys of stored trees: those with the same key are printed alike."""

    def __init__(self) -> None:
        self._numbers: dict[str, tuple[int, ...]] = {}

    def key(self, tree: str, relation: int, columns: Mapping[int, Column]) -> Hashable:
        """The key of a tree.

        Args:
            tree: The tree as the catalog stores it.
            relation: The OID of its relation.
            columns: That relation's columns, by number.
        """
        numbers = self._numbers.get(tree)
        if numbers is None:
            found = {int(number) for number in _COLUMN.findall(tree)}
            numbers = self._numbers[tree] = tuple(sorted(number for number in found if number >= 0))
        if not numbers:
            return tree
        names = tuple([columns[number].name if number in columns else None for number in numbers])
        return (tree, names, relation) if None in names else (tree, names)
