"""What ties relations to others beside foreign keys, by relation: each page shows its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from pgdossier.analysis.arcs import ExclusiveArc
from pgdossier.analysis.declared import Declared
from pgdossier.analysis.implied import Implied
from pgdossier.analysis.inheritance import SharedKey
from pgdossier.analysis.polymorphic import Polymorphic
from pgdossier.model.names import QualifiedName

T = TypeVar("T")


class Bonds(msgspec.Struct, frozen=True, kw_only=True):
    """Mappings from a relation to what ties it; one that nothing ties is missing, the order is the given one.

    `polymorphic` are the pairs of columns of a relation, `kinds` those that name it as a kind of parent;
    `arcs` its exclusive arcs; `subtypes` the shared keys, `declared` and `implied` the relationships of
    which it is either end.
    """

    polymorphic: Mapping[QualifiedName, Sequence[Polymorphic]]
    arcs: Mapping[QualifiedName, Sequence[ExclusiveArc]]
    subtypes: Mapping[QualifiedName, Sequence[SharedKey]]
    kinds: Mapping[QualifiedName, Sequence[Polymorphic]]
    declared: Mapping[QualifiedName, Sequence[Declared]]
    implied: Mapping[QualifiedName, Sequence[Implied]]


def bind(
    polymorphic: Sequence[Polymorphic],
    arcs: Sequence[ExclusiveArc],
    shared_keys: Sequence[SharedKey],
    declared: Sequence[Declared],
    implied: Sequence[Implied],
) -> Bonds:
    """What there is, by relation; of shared keys only those of subtypes."""
    return Bonds(
        polymorphic=_by_relation((pair, (pair.table,)) for pair in polymorphic),
        arcs=_by_relation((arc, (arc.table,)) for arc in arcs),
        subtypes=_by_relation(
            (one, (one.relationship.child, one.relationship.parent)) for one in shared_keys if one.subtype
        ),
        kinds=_by_relation((pair, pair.parents) for pair in polymorphic),
        declared=_by_relation((one, (one.relationship.child, one.relationship.parent)) for one in declared),
        implied=_by_relation((one, (one.table, one.parent)) for one in implied),
    )


def _by_relation(found: Iterable[tuple[T, Iterable[QualifiedName]]]) -> dict[QualifiedName, list[T]]:
    groups: dict[QualifiedName, list[T]] = {}
    for one, names in found:
        for name in set(names):
            groups.setdefault(name, []).append(one)
    return groups
