"""What the foreign keys of a table to itself make of its rows: a tree, a list, pairs (§5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from pgdossier.analysis import english
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr

_UP = frozenset(
    """
    parent manager supervisor superior boss chief head lead reports upper super ancestor container
    enclosing owner belongs
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_ALONG = frozenset("next previous prev predecessor successor following preceding before after".split())  # noqa: SIM905 - as above
_ACROSS = frozenset(
    "spouse partner twin counterpart opposite mate pair paired mirror inverse reverse peer sibling".split()  # noqa: SIM905 - as above
)


class Shape(StrEnum):
    """What the rows form."""

    TREE = "tree"
    LIST = "list"
    PAIR = "pair"
    REFERENCE = "reference"


class SelfReference(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key of a table to itself; `evidence` says what its shape is concluded from."""

    relationship: Relationship
    shape: Shape
    evidence: str


def find(relationships: Iterable[Relationship]) -> tuple[SelfReference, ...]:
    """The self references with their shapes, in the given order.

    A name such as `parent` or `manager` makes a tree as long as a row may have many below it. Unique columns
    leave each row at most one on either side: a list, or pairs when the name says so (`spouse`). All others
    are plain references (`replaced_by_id`). No foreign key keeps rows from forming a circle.
    """
    return tuple(_shaped(one) for one in relationships if one.self_reference)


def _shaped(one: Relationship) -> SelfReference:
    said = {word for column in one.key.columns for word in english.words(column)}
    names = ", ".join(one.key.columns)
    shape, evidence = Shape.REFERENCE, mark("{columns} may be the same in many rows")
    if not one.many:
        if said & _ACROSS:
            shape, evidence = Shape.PAIR, mark("{columns} is unique and named after a counterpart")
        else:
            shape, evidence = Shape.LIST, mark("{columns} is unique: at most one row on either side")
    elif said & _UP:
        shape, evidence = Shape.TREE, mark("{columns} names the row above")
    elif said & _ALONG:
        evidence = mark("{columns} is named like a list, but it is not unique: several rows may point to one")
    return SelfReference(relationship=one, shape=shape, evidence=tr(evidence, columns=names))
