"""What a definition needs to know beyond its own object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure


class Surroundings(msgspec.Struct, frozen=True):
    """The relations of one structure by name, sequences and extended statistics by the relation of each.

    `major` is the server's major version.
    `shared_names` are those of constraints that several tables of a schema have as their own: PostgreSQL
    would choose such a name only for the first of them.
    """

    major: int
    relations: Mapping[QualifiedName, Relation]
    owned_sequences: Mapping[QualifiedName, tuple[Sequence, ...]]
    extended_statistics: Mapping[QualifiedName, tuple[ExtendedStatistics, ...]]
    shared_names: frozenset[QualifiedName]

    @classmethod
    def of(cls, structure: Structure) -> Surroundings:
        """The surroundings of everything in that structure; make them once, use them for every relation."""
        owned: dict[QualifiedName, list[Sequence]] = {}
        for sequence in structure.sequences:
            if sequence.owned_by:
                owned.setdefault(sequence.owned_by.relation, []).append(sequence)
        statistics: dict[QualifiedName, list[ExtendedStatistics]] = {}
        for found in structure.extended_statistics:
            statistics.setdefault(found.relation, []).append(found)
        return cls(
            major=structure.server.major,
            relations={relation.qualified: relation for relation in structure.relations},
            owned_sequences={owner: tuple(sequences) for owner, sequences in owned.items()},
            extended_statistics={relation: tuple(found) for relation, found in statistics.items()},
            shared_names=_shared_names(structure.relations),
        )

    def identity_sequence(self, relation: Relation, column: str) -> Sequence | None:
        """The sequence behind an identity column, None when the column has none of its own."""
        for sequence in self.owned_sequences.get(relation.qualified, ()):
            owner = sequence.owned_by
            if owner and owner.identity and owner.column == column:
                return sequence
        return None

    def serial_sequences(self, relation: Relation) -> list[Sequence]:
        """The sequences that columns of the relation own, those of identity columns left out."""
        sequences = self.owned_sequences.get(relation.qualified, ())
        return [sequence for sequence in sequences if sequence.owned_by and not sequence.owned_by.identity]

    def identity_sequences(self, relation: Relation) -> list[Sequence]:
        """The sequences behind the relation's identity columns."""
        sequences = self.owned_sequences.get(relation.qualified, ())
        return [sequence for sequence in sequences if sequence.owned_by and sequence.owned_by.identity]

    def parents(self, relation: Relation) -> list[Relation] | None:
        """The parents of plain inheritance in their order; None when one of them is not in the structure."""
        found = [self.relations[name] for name in relation.inherits if name in self.relations]
        return found if len(found) == len(relation.inherits) else None


def _shared_names(relations: Iterable[Relation]) -> frozenset[QualifiedName]:
    of_schemas: dict[str, list[str]] = {}
    for relation in relations:
        of_schemas.setdefault(relation.schema, []).extend(
            [
                constraint.name
                for constraint in (
                    *((relation.primary_key,) if relation.primary_key else ()),
                    *relation.unique_keys,
                    *relation.foreign_keys,
                    *relation.checks,
                    *relation.exclusions,
                    *relation.not_nulls,
                )
                if not constraint.inherited
            ]
        )
    return frozenset(
        QualifiedName(schema, name)
        for schema, names in of_schemas.items()
        for name, count in Counter(names).items()
        if count > 1
    )
