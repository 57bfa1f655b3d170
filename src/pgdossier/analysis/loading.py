"""How rows get into tables that reference each other in a circle (§5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise

import msgspec

from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.names import QualifiedName


class Way(StrEnum):
    """What lets a row of the child come before the row that it references."""

    NOT_ENFORCED = "not enforced"
    INITIALLY_DEFERRED = "initially deferred"
    NULL_FIRST = "null first"
    DEFERRABLE = "deferrable"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a circle that rows can be written without at first: all its foreign keys, each in its way."""

    child: QualifiedName
    parent: QualifiedName
    ways: tuple[tuple[Relationship, Way], ...]


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle of foreign keys and its openings.

    Without any opening the first rows need one statement that writes to all the tables (WITH … INSERT):
    foreign keys are checked at its end.
    """

    tables: tuple[QualifiedName, ...]
    openings: tuple[Opening, ...]


def circles(cycles: Iterable[tuple[QualifiedName, ...]], graph: Graph) -> tuple[Circle, ...]:
    """The cycles (as `graph.cycles` lists them) with the ways out of each."""
    return tuple(Circle(tables=cycle, openings=tuple(_openings(cycle, graph))) for cycle in cycles)


def _openings(cycle: tuple[QualifiedName, ...], graph: Graph) -> Iterable[Opening]:
    for child, parent in pairwise((*cycle, cycle[0])):
        keys = [found for found in graph.parents_of(child) if found.parent == parent]
        ways = [(found, _way(found)) for found in keys]
        known = tuple((found, way) for found, way in ways if way is not None)
        if len(known) == len(keys):
            yield Opening(child=child, parent=parent, ways=known)


def _way(found: Relationship) -> Way | None:
    if not found.key.enforced:
        return Way.NOT_ENFORCED
    if found.key.initially_deferred:
        return Way.INITIALLY_DEFERRED
    if found.optional:
        return Way.NULL_FIRST
    return Way.DEFERRABLE if found.key.deferrable else None
