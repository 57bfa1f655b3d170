"""Finding things in a snapshot by name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.statistics import IndexStatistics, RelationStatistics
from pgdossier.model.types import Composite, Domain, Enum, Range

UserType = Enum | Domain | Composite | Range


class Lookup(msgspec.Struct, frozen=True):
    """Dictionaries over one snapshot, made once by `of`."""

    relations: Mapping[QualifiedName, Relation]
    types: Mapping[QualifiedName, UserType]
    sequences: Mapping[QualifiedName, Sequence]
    partitions: Mapping[QualifiedName, tuple[Relation, ...]]
    statistics: Mapping[QualifiedName, RelationStatistics]
    index_statistics: Mapping[QualifiedName, IndexStatistics]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Lookup:
        """The dictionaries of that snapshot; `partitions` maps a table to its direct partitions by name."""
        structure = snapshot.structure
        partitions: dict[QualifiedName, list[Relation]] = {}
        for relation in structure.relations:
            if relation.partition:
                partitions.setdefault(relation.partition.parent, []).append(relation)
        types: dict[QualifiedName, UserType] = {}
        for family in (structure.enums, structure.domains, structure.composites, structure.ranges):
            types.update({found.qualified: found for found in family})
        return cls(
            relations={relation.qualified: relation for relation in structure.relations},
            types=types,
            sequences={sequence.qualified: sequence for sequence in structure.sequences},
            partitions={parent: tuple(children) for parent, children in partitions.items()},
            statistics={QualifiedName(row.schema, row.name): row for row in snapshot.statistics.relations},
            index_statistics={
                QualifiedName(row.schema, row.name): row for row in snapshot.statistics.indexes
            },
        )
