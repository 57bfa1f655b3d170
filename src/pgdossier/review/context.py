"""What a rule may look at: one analysed snapshot, what of it is under review, and the configured numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pgdossier.analysis import tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure
from pgdossier.review.profile import Profile
from pgdossier.review.rule import Convention, Threshold
from pgdossier.review.usage import Usage

_TABLES = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED_TABLE))


@dataclass(frozen=True)
class Context:
    """What a rule is given.

    Objects of extensions are in no snapshot. Partitions are described with their table, bookkeeping tables
    of migration tools are nobody's design: `relations` and `tables` leave both out, so a rule that goes
    through these needs no exceptions of its own.
    """

    analysis: Analysis
    profile: Profile

    @cached_property
    def structure(self) -> Structure:
        """The structure under review."""
        return self.analysis.snapshot.structure

    @cached_property
    def lookup(self) -> Lookup:
        """Objects by name."""
        return self.analysis.lookup

    @cached_property
    def usage(self) -> Usage | None:
        """What the server counted, if that can be told."""
        return Usage.of(self)

    def threshold(self, of: Threshold) -> int:
        """The number that the configuration gives, else the default."""
        return self.profile.thresholds.get(of.name, of.default)

    def side(self, of: Convention) -> str:
        """The side that the configuration takes, else the default."""
        return self.profile.conventions.get(of.name, of.default)

    @cached_property
    def bookkeeping(self) -> frozenset[QualifiedName]:
        """The tables of migration tools."""
        return frozenset(tool.table for tool in self.analysis.migrations)

    def relations(self) -> Iterator[Relation]:
        """The relations under review, sorted by name: no partitions, no bookkeeping tables."""
        return iter(self._relations)

    def tables(self) -> Iterator[Relation]:
        """The ordinary and partitioned tables under review (no views, no foreign tables)."""
        return iter(self._tables)

    # Every rule goes through these.
    @cached_property
    def _relations(self) -> tuple[Relation, ...]:
        found = tables.relations(self.lookup)
        return tuple(relation for relation in found if relation.qualified not in self.bookkeeping)

    @cached_property
    def _tables(self) -> tuple[Relation, ...]:
        return tuple(filter(self.is_table, self._relations))

    def is_table(self, relation: Relation) -> bool:
        """Whether a relation under review is an ordinary or partitioned table."""
        return relation.kind in _TABLES

    def own_columns(self, relation: Relation) -> Sequence[Column]:
        """The columns that the relation declares itself: what it inherits is told with the parent."""
        if not relation.inherits and relation.partition is None:
            return relation.columns
        return [column for column in relation.columns if column.local]

    def named(self, fits: Callable[[str], bool]) -> Iterator[tuple[Relation, Column]]:
        """The columns that tables declare themselves under such names; each name is asked about once."""
        for name, found in self.by_name.items():
            if fits(name):
                yield from found

    def called(self, fits: Callable[[str], bool]) -> frozenset[str]:
        """The names of columns under review that fit; each is asked about once."""
        return frozenset(filter(fits, self._names))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(column.name for relation in self._relations for column in relation.columns)

    @cached_property
    def name_counts(self) -> Mapping[str, int]:
        """How many tables have a column of each name."""
        return Counter(column.name for relation in self._tables for column in relation.columns)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[tuple[Relation, Column]]]:
        """The columns that tables declare themselves, by their names."""
        found: dict[str, list[tuple[Relation, Column]]] = {}
        for relation in self._tables:
            for column in self.own_columns(relation):
                found.setdefault(column.name, []).append((relation, column))
        return found

    def typed(self, fits: Callable[[str], bool]) -> Iterator[tuple[Relation, Sequence[Column]]]:
        """The relations with columns of such base types, and these; each type is asked about once."""
        types = {base for base in self.by_type if fits(base)}
        found: dict[QualifiedName, tuple[Relation, Sequence[Column]]] = {}
        for base in types:
            for relation, columns in self.by_type[base]:
                if found.setdefault(relation.qualified, (relation, columns))[1] is not columns:
                    several = [column for column in relation.columns if self.base_type(column) in types]
                    found[relation.qualified] = relation, several
        yield from found.values()

    def own_typed(self, fits: Callable[[str], bool]) -> Iterator[tuple[Relation, list[Column]]]:
        """The tables that declare columns of such base types themselves, and these."""
        for relation, columns in self.typed(fits):
            own = [column for column in columns if column.local]
            if own and self.is_table(relation):
                yield relation, own

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[tuple[Relation, Sequence[Column]]]]:
        """The relations that have columns of each base type, and these in their order."""
        found: dict[str, list[tuple[Relation, Sequence[Column]]]] = {}
        for relation in self._relations:
            columns: dict[str, list[Column]] = {}
            for column in relation.columns:
                base = column.type if column.type_name is None else self.base_type(column)
                columns.setdefault(base, []).append(column)
            for base, own in columns.items():
                found.setdefault(base, []).append((relation, own))
        return found

    @cached_property
    def defaults(self) -> Sequence[tuple[Relation, Column, str]]:
        """The columns that relations declare themselves with a default, or a domain that has one."""
        return [
            (relation, column, default)
            for relation in self._relations
            for column in self.own_columns(relation)
            if (column.default is not None or column.type_name is not None)
            and (default := self.default(column)) is not None
        ]

    def reviewed(self, name: QualifiedName) -> bool:
        """Whether the relation is under review: in the snapshot, no partition, no bookkeeping table."""
        relation = self.lookup.relations.get(name)
        return (
            relation is not None
            and name not in self.bookkeeping
            and not tables.is_folded(self.lookup, relation)
        )

    def base_type(self, column: Column) -> str:
        """The type of a column as `format_type` prints it; of a domain, the type it is made of."""
        if column.type_name is None:
            return column.type
        key = (column.type, column.type_name)
        base = self._bases.get(key)
        if base is None:
            base = self._bases[key] = tables.base_type(self.lookup, column)
        return base

    @cached_property
    def _bases(self) -> dict[tuple[str, QualifiedName], str]:
        return {}

    def nullable(self, column: Column) -> bool:
        """Whether a column can hold NULL, with the NOT NULL of its domain counted."""
        return column.nullable if column.type_name is None else tables.nullable(self.lookup, column)

    def default(self, column: Column) -> str | None:
        """The column's default, or else the one of its domain."""
        return tables.base_default(self.lookup, column)

    @cached_property
    def parents(self) -> Mapping[QualifiedName, tuple[Relationship, ...]]:
        """The foreign keys that each table declares."""
        found: dict[QualifiedName, list[Relationship]] = {}
        for one in self.analysis.relationships:
            found.setdefault(one.child, []).append(one)
        return {child: tuple(keys) for child, keys in found.items()}

    @cached_property
    def children(self) -> Mapping[QualifiedName, tuple[Relationship, ...]]:
        """The foreign keys that reference each table."""
        found: dict[QualifiedName, list[Relationship]] = {}
        for one in self.analysis.relationships:
            found.setdefault(one.parent, []).append(one)
        return {parent: tuple(keys) for parent, keys in found.items()}

    def foreign_key_columns(self, relation: Relation) -> frozenset[str]:
        """The columns of a table that are part of a foreign key."""
        return self._foreign_key_columns.get(relation.qualified, frozenset())

    @cached_property
    def _foreign_key_columns(self) -> Mapping[QualifiedName, frozenset[str]]:
        return {
            child: frozenset(column for one in found for column in one.key.columns)
            for child, found in self.parents.items()
        }

    def key_columns(self, relation: Relation) -> frozenset[str]:
        """The columns that are part of the primary key, a unique constraint or a unique index."""
        known = self._key_columns.get(relation.qualified)
        if known is None:
            known = self._key_columns[relation.qualified] = _key_columns(relation)
        return known

    @cached_property
    def _key_columns(self) -> dict[QualifiedName, frozenset[str]]:
        return {}

    def schema_grants(self, name: str) -> Grants:
        """The grants on a schema; None where the built-in defaults hold (nobody but the owner)."""
        return next((schema.grants for schema in self.structure.schemas if schema.name == name), None)

    def rows(self, name: QualifiedName) -> int | None:
        """The estimated number of rows, partitions counted in; None when it is not known."""
        size = self.analysis.sizes.get(name)
        return None if size is None else size.rows


def _key_columns(relation: Relation) -> frozenset[str]:
    keys = [key for key in (relation.primary_key, *relation.unique_keys) if key is not None]
    found = {column for key in keys for column in key.columns}
    found |= {key.column for index in relation.indexes if index.unique for key in index.keys if key.column}
    return frozenset(found)
