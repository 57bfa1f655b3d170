"""What a relation's section shows beyond the relation itself: marks, merged lists, partitions."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.relationships import Relationship, unique_alone
from pgdossier.language import mark, tr
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.render.terms import term

TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.FOREIGN_TABLE)

# Whole sentences: with a noun put into it, many a language would need another ending before it.
PROMPTS: Mapping[str, str] = {
    RelationKind.TABLE: mark("Notes for reviewers: why this table is as it is, what to watch."),
    RelationKind.PARTITIONED_TABLE: mark(
        "Notes for reviewers: why this partitioned table is as it is, what to watch."
    ),
    RelationKind.FOREIGN_TABLE: mark(
        "Notes for reviewers: why this foreign table is as it is, what to watch."
    ),
    RelationKind.VIEW: mark("Notes for reviewers: why this view is as it is, what to watch."),
    RelationKind.MATERIALIZED_VIEW: mark(
        "Notes for reviewers: why this materialized view is as it is, what to watch."
    ),
    RelationKind.UNKNOWN: mark("Notes for reviewers: why this relation is as it is, what to watch."),
}
"""What the authored block of a relation asks for."""

COMMENTS: Mapping[str, str] = {
    "database": mark("comment on the database"),
    RelationKind.TABLE: mark("comment on the table"),
    RelationKind.PARTITIONED_TABLE: mark("comment on the partitioned table"),
    RelationKind.FOREIGN_TABLE: mark("comment on the foreign table"),
    RelationKind.VIEW: mark("comment on the view"),
    RelationKind.MATERIALIZED_VIEW: mark("comment on the materialized view"),
    RelationKind.UNKNOWN: mark("comment on the relation"),
}
"""Where a description was found, by what it describes."""


class ColumnMarks(msgspec.Struct, frozen=True, kw_only=True):
    """What a column is part of: keys, unique keys of this column alone, foreign keys."""

    primary: bool
    unique: bool
    foreign: tuple[ForeignKey, ...]
    partition_key: bool


UNMARKED = ColumnMarks(primary=False, unique=False, foreign=(), partition_key=False)


def column_marks(relation: Relation, analysis: Analysis) -> Mapping[str, ColumnMarks]:
    """The marks of each column, by name; foreign keys that only the partitions declare count too."""
    marked = marked_columns(relation, analysis)
    return {column.name: marked.get(column.name, UNMARKED) for column in relation.columns}


def marked_columns(relation: Relation, analysis: Analysis) -> Mapping[str, ColumnMarks]:
    """The marks of the columns that have some."""
    primary = set(relation.primary_key.columns) if relation.primary_key else set()
    unique = unique_alone(relation)
    foreign: dict[str, list[ForeignKey]] = {}
    for found in analysis.graph.parents_of(relation.qualified):
        for name in dict.fromkeys(found.key.columns):
            foreign.setdefault(name, []).append(found.key)
    divided = set(relation.partitioning.columns) if relation.partitioning else set()
    return {
        name: ColumnMarks(
            primary=name in primary,
            unique=name in unique,
            foreign=tuple(foreign.get(name, ())),
            partition_key=name in divided,
        )
        for name in primary | unique | foreign.keys() | divided
    }


class IndexRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the merged list of keys and indexes; `bytes` is None when the size is not known."""

    index: Index
    kind: str
    purpose: str
    bytes: int | None
    deferrable: str


def index_rows(relation: Relation, analysis: Analysis) -> tuple[IndexRow, ...]:
    """Keys and indexes of a relation in one list: primary key, constraints, other indexes, each by name."""
    deferred = {
        constraint.name: _deferral(constraint.deferrable, constraint.initially_deferred)
        for constraint in (
            *((relation.primary_key,) if relation.primary_key else ()),
            *relation.unique_keys,
            *relation.exclusions,
        )
    }
    name = relation.qualified
    known = analysis.sizes[name].known
    purposes = analysis.index_purposes.of(name) if relation.indexes else {}
    found = []
    for index in relation.indexes:
        # An index has a page count from its creation on; beside a table of unknown size it would mislead.
        size = analysis.index_sizes.get(QualifiedName(relation.schema, index.name)) if known else None
        found.append(
            IndexRow(
                index=index,
                kind=index_kind(index),
                purpose=purposes.get(index.name, ""),
                bytes=size or None,
                deferrable=deferred.get(index.constraint or "", ""),
            )
        )
    return tuple(
        sorted(found, key=lambda row: (not row.index.primary, row.index.constraint is None, row.index.name))
    )


def _deferral(deferrable: bool, initially: bool) -> str:
    if initially:
        return tr("checked at commit")
    return tr("deferrable") if deferrable else ""


def index_kind(index: Index) -> str:
    """What an index is, in words: `primary key`, `unique constraint`, `btree, unique, partial`."""
    words = []
    if index.primary:
        words.append(tr("primary key"))
    elif index.exclusion:
        words.append(tr("exclusion constraint"))
    elif index.constraint is not None:
        words.append(tr("unique constraint"))
    if not words or index.method != "btree":
        words.append(index.method)
    if index.unique and index.constraint is None:
        words.append(tr("unique"))
    if index.predicate is not None:
        words.append(tr("partial"))
    if index.nulls_not_distinct:
        words.append(tr("nulls not distinct"))
    if index.include:
        words.append(tr("covering"))
    if not index.valid:
        words.append(tr("INVALID"))
    return ", ".join(words)


def key_text(key: IndexKey, method: str) -> str:
    """One key of an index as SQL, with what differs from the default."""
    if key.collation is None and key.operator_class is None and not (key.descending or key.nulls_first):
        return key.expression
    words = [key.expression]
    if key.collation is not None:
        words.append(f"COLLATE {key.collation.sql}")
    if key.operator_class is not None:
        words.append(key.operator_class)
    if method == "btree":
        if key.descending:
            words.append("DESC")
        if key.nulls_first != key.descending:
            words.append("NULLS FIRST" if key.nulls_first else "NULLS LAST")
    return " ".join(words)


def keys_text(index: Index) -> str:
    """All keys of an index as SQL: `user_id, created_at DESC`."""
    return ", ".join([key_text(key, index.method) for key in index.keys])


def documented(lookup: Lookup) -> tuple[Relation, ...]:
    """The relations that have a section of their own: all but partitions whose parent is documented."""
    return tuple(relation for relation in lookup.relations.values() if not tables.is_folded(lookup, relation))


def all_partitions(relation: Relation, analysis: Analysis) -> tuple[tuple[int, Relation], ...]:
    """Every partition below a relation with its depth (1 for direct ones), parents before children."""
    depths = {relation.qualified: 0}
    found = []
    for partition in tables.descendants(analysis.lookup, relation.qualified):
        depth = depths[partition.partition.parent] + 1 if partition.partition else 1
        depths[partition.qualified] = depth
        found.append((depth, partition))
    return tuple(found)


def plain_kind(relation: Relation) -> str:
    """The kind with what makes it special: `unlogged table`, `partitioned table`, `view`."""
    if relation.persistence == "unlogged":
        return tr("unlogged {kind}", kind=term(relation.kind))
    if relation.kind is RelationKind.UNKNOWN:
        return tr("relation of an unknown kind")
    return term(relation.kind)


def incoming(relation: Relation, analysis: Analysis) -> tuple[Relationship, ...]:
    """The relationships in which the relation is the parent; self references are among its outgoing ones."""
    return tuple(
        found for found in analysis.graph.children_of(relation.qualified) if not found.self_reference
    )


def joins(relation: Relation, analysis: Analysis) -> tuple[tuple[QualifiedName, QualifiedName], ...]:
    """The relations that this one is joined to many-to-many, each with the junction table."""
    found = set()
    for junction in analysis.inverse.junctions.get(relation.qualified, ()):
        ends = [end.parent for end in junction.ends]
        ends.remove(relation.qualified)
        found |= {(other, junction.table) for other in ends}
    return tuple(sorted(found))
