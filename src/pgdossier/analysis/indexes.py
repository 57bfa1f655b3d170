"""Indexes that are missing, broken or too many (§6.1). Clones on partitions count with their table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from pgdossier.analysis import checks, tables
from pgdossier.analysis.relationships import Relationship, declared_by
from pgdossier.language import tr
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


class DuplicateIndexes(msgspec.Struct, frozen=True, kw_only=True):
    """Indexes of one table, by name, that differ in their names alone, or in the direction of all keys."""

    table: QualifiedName
    indexes: tuple[str, ...]


class RedundantIndex(msgspec.Struct, frozen=True, kw_only=True):
    """An index whose work another does as well; `reason` ends "`index` is covered by `covered_by`: …"."""

    table: QualifiedName
    index: str
    covered_by: str
    reason: str


class InvalidIndex(msgspec.Struct, frozen=True, kw_only=True):
    """An index that queries cannot use (pg_index.indisvalid is false).

    On a partitioned table that means that some partition has no matching index attached.
    """

    table: QualifiedName
    index: str
    partitioned: bool


def own(lookup: Lookup) -> Iterator[tuple[Relation, tuple[Index, ...]]]:
    """Every relation that is described on its own, with its indexes, where it has any."""
    for relation in tables.relations(lookup):
        indexes = tuple(index for index in relation.indexes if index.parent is None)
        if indexes:
            yield relation, indexes


def unindexed_foreign_keys(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[Relationship, ...]:
    """The foreign keys that no index of the child helps: to find the children, every row is read.

    An index helps when it is valid, a B-tree or a hash, and begins with the referencing columns in some
    order; a predicate must not say more than that they are not null. A partitioned table is helped when
    it has such an index or each of its partitions has.
    """
    return tuple(
        relationship
        for relationship in relationships
        if not all(_helped(lookup, part, relationship) for part in declared_by(lookup, relationship))
    )


def _helped(lookup: Lookup, relation: Relation, relationship: Relationship) -> bool:
    if any(covers(index, relationship) for index in relation.indexes):
        return True
    partitions = lookup.partitions.get(relation.qualified, ())
    return bool(partitions) and all(_helped(lookup, part, relationship) for part in partitions)


def covers(index: Index, relationship: Relationship) -> bool:
    """Whether the index finds the children of a parent by this relationship."""
    columns = relationship.key.columns
    if relationship.key.period and index.method == "btree":
        columns = columns[:-1]  # the period is compared by overlap, which a B-tree cannot search
    if not index.keys or index.keys[0].column not in columns:
        return False
    methods = ("btree", "hash", "gist") if relationship.key.period else ("btree", "hash")
    if not index.valid or index.method not in methods or not columns:
        return False
    if {key.column for key in index.keys[: len(columns)]} != set(columns):
        return False
    if index.predicate is None:
        return True
    required = checks.not_null_columns(index.predicate)
    return required is not None and required <= set(columns)


_KeyShape = tuple[str, str | None, object, bool, bool]


def _key_shape(key: IndexKey) -> _KeyShape:
    return (key.expression, key.operator_class, key.collation, key.descending, key.nulls_first)


def _mirrored(shapes: tuple[_KeyShape, ...]) -> tuple[_KeyShape, ...]:
    """The order in which a B-tree gives its rows when it is read backwards."""
    return tuple(
        (what, operators, collation, not descending, not nulls_first)
        for what, operators, collation, descending, nulls_first in shapes
    )


def _order(index: Index) -> tuple[_KeyShape, ...]:
    """The keys of an index; those of a B-tree in the direction in which the first one ascends.

    "An index stored in ascending order with nulls first can satisfy either ORDER BY x ASC NULLS FIRST or
    ORDER BY x DESC NULLS LAST" (PostgreSQL, Indexes and ORDER BY).
    """
    shapes = tuple(map(_key_shape, index.keys))
    return _mirrored(shapes) if index.method == "btree" and index.keys[0].descending else shapes


def _is_plain(index: Index) -> bool:
    """Whether an index does nothing but speed up reading."""
    return not (
        index.unique or index.exclusion or index.constraint or index.replica_identity or index.clustered
    )


def duplicates(lookup: Lookup) -> tuple[DuplicateIndexes, ...]:
    """The groups of valid indexes of one table with the same method, keys, predicate and promises.

    A B-tree with all keys in the opposite order is the same one, read backwards. Partitions are tables of
    their own here, with the indexes attached to their table's; a group of nothing but these is told with
    the table alone.
    """
    found: list[DuplicateIndexes] = []
    for relation in lookup.relations.values():
        groups: dict[object, list[Index]] = {}
        firsts = Counter(index.keys[0].expression for index in relation.indexes)
        for index in relation.indexes:
            if index.valid and firsts[index.keys[0].expression] > 1:
                shape = (
                    index.method,
                    _order(index),
                    frozenset(index.include),
                    index.predicate,
                    index.unique,
                    index.exclusion,
                    index.nulls_not_distinct,
                    index.options,
                    index.definition if index.exclusion else None,
                )
                groups.setdefault(shape, []).append(index)
        found.extend(
            DuplicateIndexes(table=relation.qualified, indexes=tuple(index.name for index in group))
            for group in groups.values()
            if len(group) > 1 and any(index.parent is None for index in group)
        )
    return tuple(sorted(found, key=lambda group: (group.table, group.indexes)))


def redundant(lookup: Lookup) -> tuple[RedundantIndex, ...]:
    """The B-tree indexes whose keys are the first keys of another one, or all keys of a unique one.

    Both have the same predicate. An index that keeps a promise (unique, a constraint, the replica
    identity, the clustering order) is never redundant, nor is one that carries columns the other lacks.
    An index attached to the one of a partitioned table is told with that, but may cover a partition's own.
    """
    found = []
    for relation in lookup.relations.values():
        trees = [index for index in relation.indexes if index.method == "btree" and index.valid]
        for index in trees:
            if _is_plain(index) and index.parent is None:
                covering = min(
                    (other for other in trees if _does_the_work_of(other, index)),
                    key=lambda other: (len(other.keys), other.name),
                    default=None,
                )
                if covering is not None:
                    found.append(
                        RedundantIndex(
                            table=relation.qualified,
                            index=index.name,
                            covered_by=covering.name,
                            reason=_reason(index, covering),
                        )
                    )
    return tuple(sorted(found, key=lambda one: (one.table, one.index)))


def _does_the_work_of(other: Index, index: Index) -> bool:
    if other is index or other.predicate != index.predicate:
        return False
    if other.keys[0].expression != index.keys[0].expression or len(other.keys) < len(index.keys):
        return False
    shorter, longer = _order(index), _order(other)
    if longer[: len(shorter)] != shorter or (len(longer) == len(shorter) and not other.unique):
        return False
    return set(index.include) <= {key.column for key in other.keys} | set(other.include)


def _reason(index: Index, other: Index) -> str:
    several = len(index.keys) > 1
    if len(index.keys) == len(other.keys):
        return tr("a unique index with the same keys") if several else tr("a unique index with the same key")
    keys = ", ".join(key.expression for key in index.keys)
    return (
        tr("its keys ({keys}) come first there as well", keys=keys)
        if several
        else tr("its key ({keys}) comes first there as well", keys=keys)
    )


def invalid(lookup: Lookup) -> tuple[InvalidIndex, ...]:
    """The indexes that are not valid, sorted by table and name."""
    return tuple(
        sorted(
            (
                InvalidIndex(
                    table=relation.qualified, index=index.name, partitioned=relation.partitioning is not None
                )
                for relation in lookup.relations.values()
                for index in relation.indexes
                if not index.valid and index.parent is None
            ),
            key=lambda one: (one.table, one.index),
        )
    )
