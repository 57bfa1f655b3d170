"""What every format shows: relations without their partitions, relationships, and facts in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from pgdossier.analysis import relationships, tables
from pgdossier.analysis.relationships import Relationship, unique_alone
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.constraints import ForeignKey, Key, Match
from pgdossier.model.indexes import Index
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Persistence, Relation, RelationKind
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import Domain

VIEWS = frozenset((RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW))


class Contents(msgspec.Struct, frozen=True):
    """What a format is to hold; made by `of`.

    Attributes:
        snapshot: Where it comes from.
        lookup: The snapshot by name.
        relations: What is shown, sorted; partitions are folded into their tables.
        relationships: The foreign keys of these relations, sorted by child and name; what partitions declare
            themselves stands once, with their table.
        outside: Referenced tables that the snapshot does not hold, sorted.
        counted: Tables with a column of theirs that owns a sequence.
        referencing: By table, the columns of its relationships.
    """

    snapshot: Snapshot
    lookup: Lookup
    relations: tuple[Relation, ...]
    relationships: tuple[Relationship, ...]
    outside: tuple[QualifiedName, ...]
    counted: frozenset[tuple[QualifiedName, str]]
    referencing: Mapping[QualifiedName, frozenset[str]]

    @classmethod
    def of(cls, snapshot: Snapshot, *, views: bool = True) -> Contents:
        """The contents of that snapshot, with or without its views."""
        lookup = Lookup.of(snapshot)
        shown = tuple(found for found in tables.relations(lookup) if views or found.kind not in VIEWS)
        found = relationships.find(lookup)
        outside = {one.parent for one in found} - {relation.qualified for relation in shown}
        owners = (sequence.owned_by for sequence in snapshot.structure.sequences)
        counted = frozenset((owner.relation, owner.column) for owner in owners if owner is not None)
        referencing: dict[QualifiedName, frozenset[str]] = {}
        for one in found:
            referencing[one.child] = referencing.get(one.child, frozenset()).union(one.key.columns)
        return cls(snapshot, lookup, shown, found, tuple(sorted(outside)), counted, referencing)

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of what is shown, sorted, those of tables outside the snapshot included."""
        names = (*(found.qualified for found in self.relations), *self.outside)
        return tuple(sorted({name.schema for name in names}))

    def name(self, name: QualifiedName) -> str:
        """How readers call a relation: with its schema when there are several."""
        return name.dotted if len(self.schemas) > 1 else name.name

    def marks(self, relation: Relation) -> Mapping[str, tuple[str, ...]]:
        """By column, of PK, FK and UK those that hold; UK only where the column is unique by itself."""
        primary = relation.primary_key.columns if relation.primary_key else ()
        families = (
            ("PK", set(primary)),
            ("FK", self.referencing.get(relation.qualified, frozenset())),
            ("UK", unique_alone(relation)),
        )
        return {
            column.name: found
            for column in relation.columns
            if (found := tuple(mark for mark, names in families if column.name in names))
        }

    def partitions(self, relation: Relation) -> int:
        """How many partitions are folded into a table, theirs included."""
        return sum(1 for _ in tables.descendants(self.lookup, relation.qualified))

    def kind(self, relation: Relation) -> str:
        """What a relation is, when it is more than a table: "view", "3 partitions"; else nothing."""
        count = self.partitions(relation)
        if count:
            return f"{count:,} partition{'' if count == 1 else 's'}"
        return "" if relation.kind is RelationKind.TABLE else relation.kind.value


def is_plain(key: Key) -> bool:
    """Whether a key says no more than which columns are unique."""
    return not (key.include or key.nulls_not_distinct or key.without_overlaps or key.deferrable)


def is_plain_reference(key: ForeignKey) -> bool:
    """Whether a foreign key says no more than columns, target and actions."""
    return (
        key.match is Match.SIMPLE
        and key.validated
        and key.enforced
        and not (key.period or key.deferrable or key.on_delete_columns)
    )


def is_plain_index(index: Index) -> bool:
    """Whether an index says no more than its method, its keys and whether they are unique."""
    return (
        index.predicate is None
        and index.valid
        and not (index.include or index.nulls_not_distinct or index.exclusion or index.options)
        and not any(key.descending or key.nulls_first for key in index.keys)
        and not any(key.operator_class or key.collation for key in index.keys)
    )


def owned_indexes(relation: Relation) -> Iterator[Index]:
    """The indexes that back no constraint."""
    return (found for found in relation.indexes if not (found.primary or found.constraint))


def relation_facts(contents: Contents, relation: Relation) -> Iterator[str]:
    """What the formats have no words for, one sentence each: kind, partitions, triggers and so on."""
    if relation.partitioning is not None:
        found = relation.partitioning
        count = contents.kind(relation) if contents.partitions(relation) else "no partitions"
        yield f"Partitioned by {found.strategy.value} ({found.key}): {count}."
    elif relation.foreign_source is not None:
        yield f"Foreign table of the server {relation.foreign_source.server}."
    elif relation.kind is not RelationKind.TABLE:
        yield f"{relation.kind.value.capitalize()}."
    if relation.partition is not None:
        yield f"Partition of {relation.partition.parent.dotted} {relation.partition.bound}."
    if relation.inherits:
        yield f"Inherits from {', '.join(parent.dotted for parent in relation.inherits)}."
    if relation.persistence is Persistence.UNLOGGED:
        yield "Unlogged."
    for exclusion in relation.exclusions:
        yield f"{exclusion.name}: {exclusion.definition}"
    if relation.triggers:
        yield f"Triggers: {', '.join(trigger.name for trigger in relation.triggers)}."
    if relation.row_security or relation.policies:
        state = "on" if relation.row_security else "off"
        names = ", ".join(policy.name for policy in relation.policies) or "none"
        yield f"Row security {state}, policies: {names}."
    if relation.rules:
        yield f"Rules: {', '.join(rule.name for rule in relation.rules)}."


def column_facts(contents: Contents, column: Column) -> Iterator[str]:
    """What the formats have no words for about a column: generation, identity, domain, collation."""
    if column.generated is not None:
        how = "" if column.generated is Generated.UNKNOWN else f" {column.generated.value}"
        yield f"generated{how}: {column.default}"
    if column.identity is not None:
        how = "" if column.identity is Identity.UNKNOWN else f" {column.identity.value}"
        yield f"identity{how}"
    found = contents.lookup.types.get(column.type_name) if column.type_name is not None else None
    if isinstance(found, Domain):
        checks = "".join(f", {check.definition}" for check in found.checks)
        nulls = "" if found.nullable else " not null"
        yield f"domain {found.qualified.dotted} over {found.base_type}{nulls}{checks}"
    if column.collation is not None:
        yield f"collation {column.collation.dotted}"
