"""Relationships between relations, as the foreign keys declare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pgdossier.analysis import checks, tables
from pgdossier.language import tr
from pgdossier.model.columns import Column
from pgdossier.model.constraints import ForeignKey, Key, Match
from pgdossier.model.indexes import Index
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """One declared foreign key seen from both ends; clones on partitions are not listed.

    `many` is False when the child's columns are unique (each parent has at most one child). `optional` is
    True when a child may have no parent (a referencing column is nullable). `identifying` is True when
    the referencing columns are part of the child's primary key. `documented` is False when the parent is
    outside the snapshot. `proved` is False when the foreign key is not enforced or not validated, so that
    rows may break it. `required` is True when every parent has a child, which no foreign key promises by
    itself: the parent's own mandatory foreign key points back along the same columns. `assumed` marks what
    no foreign key declares (the configuration does, or names and types imply it); `find` never gives one.

    `child` and `parent` are never partitions: what partitions declare themselves is listed once, with
    their table; `key` is then the one of the first partition that has it.
    """

    child: QualifiedName
    parent: QualifiedName
    key: ForeignKey
    many: bool
    optional: bool
    identifying: bool
    self_reference: bool
    documented: bool
    proved: bool = True
    required: bool = False
    assumed: bool = False


class Junction(msgspec.Struct, frozen=True, kw_only=True):
    """A table that joins others many-to-many: `ends` are its foreign keys that make up a key of it.

    `rule` says by which key it was found ("primary key order_items_pkey"); `payload` are the columns that
    are neither part of that key nor of its own surrogate primary key.
    """

    table: QualifiedName
    ends: tuple[Relationship, ...]
    rule: str
    payload: tuple[str, ...]

    @property
    def network(self) -> bool:
        """Whether it joins rows of one table with each other."""
        return len({end.parent for end in self.ends}) == 1


_Shape = tuple[QualifiedName, tuple[str, ...], QualifiedName, tuple[str, ...]]


def find(lookup: Lookup) -> tuple[Relationship, ...]:
    """Every declared foreign key, sorted by child and key name.

    A foreign key that partitions declare themselves, and not their table, stands once for all of them; it
    is optional when some partition lacks it.
    """
    declared: list[Relationship] = []
    of_partitions: list[tuple[Relation, ForeignKey]] = []
    shapes: set[_Shape] = set()
    for relation in lookup.relations.values():
        own = [key for key in relation.foreign_keys if not key.inherited]
        if tables.is_folded(lookup, relation):
            of_partitions.extend((relation, key) for key in own)
            continue
        declared.extend(_relationship(lookup, relation, key) for key in own)
        shapes.update(_shape(lookup, relation.qualified, key) for key in own)
    for relation, key in of_partitions:
        table = tables.root(lookup, relation.qualified)
        shape = _shape(lookup, table, key)
        if shape not in shapes:
            shapes.add(shape)
            declared.append(_relationship(lookup, lookup.relations[table], key, shape))
    between: dict[tuple[QualifiedName, QualifiedName], list[Relationship]] = {}
    for one in declared:
        between.setdefault((one.child, one.parent), []).append(one)
    found = [
        msgspec.structs.replace(one, required=True)
        if _points_back(one, between.get((one.parent, one.child), ()))
        else one
        for one in declared
    ]
    return tuple(sorted(found, key=lambda one: (one.child, one.key.name, one.key.columns, one.parent)))


def _points_back(one: Relationship, backwards: Sequence[Relationship]) -> bool:
    """Whether each parent references, by a mandatory foreign key, one of its own children.

    `backwards` are the foreign keys from the parent to the child. One of them must hold the pairs of columns
    of this one, turned round: then the row it points to is a child of the row it starts from.
    """
    if not backwards:
        return False
    turned = set(zip(one.key.target_columns, one.key.columns, strict=True))
    return one.proved and any(
        back.proved
        and not back.optional
        and turned <= set(zip(back.key.columns, back.key.target_columns, strict=True))
        for back in backwards
        if back.key is not one.key
    )


def declared_by(lookup: Lookup, relationship: Relationship) -> tuple[Relation, ...]:
    """The relations that declare this foreign key: the child, or else the partitions of it that do."""
    child = lookup.relations[relationship.child]
    if any(key is relationship.key and not key.inherited for key in child.foreign_keys):
        return (child,)
    shape = _shape(lookup, child.qualified, relationship.key)

    def declares(relation: Relation) -> bool:
        return any(
            not key.inherited and _shape(lookup, child.qualified, key) == shape
            for key in relation.foreign_keys
        )

    if declares(child):
        return (child,)
    return tuple(part for part in tables.descendants(lookup, child.qualified) if declares(part))


def _shape(lookup: Lookup, child: QualifiedName, key: ForeignKey) -> _Shape:
    """What makes two foreign keys the same, whatever their names and on whichever partition they are."""
    return (child, key.columns, tables.root(lookup, key.target), key.target_columns)


def _relationship(
    lookup: Lookup, child: Relation, key: ForeignKey, shape: _Shape | None = None
) -> Relationship:
    parent = tables.root(lookup, key.target)
    columns = frozenset(key.columns)
    nulls = [may_be_null(lookup, child, column) for column in child.columns if column.name in columns]
    optional = all(nulls) if key.match is Match.FULL else any(nulls)
    proved = key.validated and key.enforced
    if shape is not None:
        same = [
            [found for found in part.foreign_keys if _shape(lookup, child.qualified, found) == shape]
            for part in tables.descendants(lookup, child.qualified)
            if part.partitioning is None
        ]
        optional = optional or not all(same)
        proved = all(found.validated and found.enforced for part in same for found in part)
    primary = child.primary_key
    return Relationship(
        child=child.qualified,
        parent=parent,
        key=key,
        many=not never_twice(child, columns),
        optional=optional,
        identifying=primary is not None and columns <= set(primary.columns),
        self_reference=parent == child.qualified,
        documented=parent in lookup.relations,
        proved=proved,
    )


def may_be_null(lookup: Lookup, relation: Relation, column: Column) -> bool:
    """Whether the column can hold NULL; a NOT NULL that older rows may break proves nothing."""
    if tables.nullable(lookup, column):
        return True
    return column.name in {rule.column for rule in relation.not_nulls if not rule.validated}


def never_twice(relation: Relation, columns: Iterable[str]) -> bool:
    """Whether no two rows have the same values in these columns, those with a NULL apart.

    The proof is a primary key, a unique constraint or a valid unique index on exactly these columns or some
    of them; a partial one only when its predicate says no more than that they are not null.
    """
    given = frozenset(columns)
    return any(given.issuperset(key.columns) for key in keys(relation)) or any(
        columns is not None and given.issuperset(columns)
        for index in relation.indexes
        if index.unique
        for columns in [_unique_columns(index, given)]
    )


def keys(relation: Relation) -> Iterator[Key]:
    """The primary key and the unique constraints that keep rows apart.

    One WITHOUT OVERLAPS does so only for moments, one of a partitioned table whose index is not attached
    everywhere (it is invalid then) only in some partitions.
    """
    broken = {index.constraint for index in relation.indexes if not index.valid}
    primary = () if relation.primary_key is None else (relation.primary_key,)
    for key in primary + relation.unique_keys:
        if not key.without_overlaps and key.name not in broken:
            yield key


def unique_alone(relation: Relation) -> frozenset[str]:
    """The columns, those of the primary key apart, in which no two rows have the same value, NULL apart.

    A column that is only a part of a longer key is none of them.
    """
    declared = (key.columns for key in keys(relation) if key is not relation.primary_key)
    found = (_unique_columns(index) for index in relation.indexes if not index.primary)
    return frozenset(columns[0] for columns in (*declared, *found) if columns and len(columns) == 1)


def _unique_columns(index: Index, given: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
    """The columns a valid unique index keeps unique; None when expressions or a predicate are in the way.

    A predicate that only says that columns of `given` are not null is no obstacle.
    """
    if not index.unique or not index.valid or index.exclusion:
        return None
    if index.predicate is not None:
        required = checks.not_null_columns(index.predicate)
        if required is None or not required <= given:
            return None
    columns = tuple(key.column for key in index.keys if key.column is not None)
    return columns if len(columns) == len(index.keys) else None


def junctions(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[Junction, ...]:
    """The tables whose primary key, or else a unique key, is made up of two or more foreign keys.

    Each end must be able to occur many times: where one end alone is unique, the table is a detail of it.
    A foreign key whose columns are only a part of another end's is no end of its own. A table with a
    payload is none when an end may be missing: it is then a thing in itself.
    """
    by_child: dict[QualifiedName, list[Relationship]] = {}
    for relationship in relationships:
        by_child.setdefault(relationship.child, []).append(relationship)
    found = []
    for name, out in by_child.items():
        junction = _junction(lookup.relations[name], out) if len(out) > 1 else None
        if junction is not None:
            found.append(junction)
    return tuple(sorted(found, key=lambda junction: junction.table))


def _candidates(relation: Relation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys of a table, the primary key first, each with the words that name it."""
    named: set[str] = set()
    for key in keys(relation):
        what = tr("primary key") if key is relation.primary_key else tr("unique constraint")
        named.add(key.name)
        yield f"{what} {key.name}", key.columns
    for index in relation.indexes:
        columns = _unique_columns(index)
        if columns is not None and index.name not in named:
            yield tr("unique index {index}", index=index.name), columns


def _junction(relation: Relation, out: list[Relationship]) -> Junction | None:
    for rule, columns in _candidates(relation):
        ends = _ends(columns, out)
        if ends:
            primary = relation.primary_key
            surrogate = set(primary.columns) if primary is not None and len(primary.columns) == 1 else set()
            left_out = surrogate.union(columns)
            payload = tuple(column.name for column in relation.columns if column.name not in left_out)
            if payload and any(end.optional for end in ends):
                continue  # its rows say something even where they join nothing
            return Junction(table=relation.qualified, ends=ends, rule=rule, payload=payload)
    return None


def _ends(columns: tuple[str, ...], out: list[Relationship]) -> tuple[Relationship, ...]:
    """The foreign keys that make up exactly those columns, in their order, or nothing."""
    inside: dict[tuple[frozenset[str], QualifiedName], Relationship] = {}
    for found in out:
        if set(found.key.columns) <= set(columns):  # the same foreign key declared twice is one end
            inside.setdefault((frozenset(found.key.columns), found.parent), found)
    sets = {own for own, _ in inside}
    largest = {one for one in sets if not any(one < other for other in sets)}
    ends = [found for (own, _), found in inside.items() if own in largest]
    if len(largest) < 2 or frozenset().union(*largest) != set(columns) or not all(end.many for end in ends):
        return ()
    return tuple(sorted(ends, key=lambda end: min(columns.index(column) for column in end.key.columns)))
