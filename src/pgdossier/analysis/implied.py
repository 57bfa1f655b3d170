"""Relationships that no foreign key declares: polymorphic ones, and those that names and types imply (§5.2).

Both are found by strict rules on names and types. They are leads, not facts: no data is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pgdossier.analysis import checks, tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Enum

_CONTENT_TYPES = "django_content_type"
_TYPE, _ID = "_type", "_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polymorphic:
    """A pair of columns that names the kind and the row of a parent; `values` are the kinds, if known."""

    table: QualifiedName
    type_column: str
    id_column: str
    rule: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """A column that looks like a foreign key to `parent`'s primary key; `evidence` says why."""

    table: QualifiedName
    column: str
    parent: QualifiedName
    parent_column: str
    evidence: str


def polymorphic(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[Polymorphic, ...]:
    """The polymorphic pairs: `x_type` with `x_id` (Rails), `x_content_type_id` with `x_object_id` (Django).

    A pair counts when no foreign key declares the id column, and no key holds it without the type column: a
    row's own identifier is no reference.
    """
    referencing = _referencing(relationships)
    found = []
    for relation in tables.tables(lookup):
        declared = _declared(referencing, relation)
        columns = {column.name: column for column in relation.columns}
        found += list(_rails(lookup, relation, columns, declared))
        for relationship in referencing.get(relation.qualified, ()):
            if relationship.parent.name == _CONTENT_TYPES and len(relationship.key.columns) == 1:
                type_column = relationship.key.columns[0]
                id_column = f"{type_column.removesuffix('content_type_id')}object_id"
                if type_column.endswith("content_type_id") and id_column in columns.keys() - declared:
                    found.append(
                        Polymorphic(
                            table=relation.qualified,
                            type_column=type_column,
                            id_column=id_column,
                            rule=f"{type_column} references {_CONTENT_TYPES}, {id_column} references nothing",
                            values=(),
                        )
                    )
    return tuple(sorted(found, key=lambda pair: (pair.table, pair.type_column)))


def _rails(
    lookup: Lookup, relation: Relation, columns: Mapping[str, Column], declared: set[str]
) -> Iterator[Polymorphic]:
    for name, column in columns.items():
        id_column = f"{name.removesuffix(_TYPE)}{_ID}"
        pair = name.endswith(_TYPE) and id_column in columns.keys() - declared and name not in declared
        if pair and _is_name(lookup, column) and not _identifies(relation, id_column, name):
            yield Polymorphic(
                table=relation.qualified,
                type_column=name,
                id_column=id_column,
                rule=f"{name} beside {id_column}, which references nothing",
                values=_values(lookup, relation, column),
            )


def _identifies(relation: Relation, id_column: str, type_column: str) -> bool:
    """Whether a key of the table holds the id column without the type column."""
    keys = [set(key.columns) for key in (relation.primary_key, *relation.unique_keys) if key is not None]
    keys += [{key.column or "" for key in index.keys} for index in relation.indexes if index.unique]
    return any(id_column in columns and type_column not in columns for columns in keys)


def _is_name(lookup: Lookup, column: Column) -> bool:
    """Whether a column can hold the name of a table: text, or an enum."""
    base = tables.base_type(lookup, column)
    enum = column.type_name is not None and isinstance(lookup.types.get(column.type_name), Enum)
    return enum or base.startswith(("text", "character varying", "character(", "name"))


def _values(lookup: Lookup, relation: Relation, column: Column) -> tuple[str, ...]:
    enum = lookup.types.get(column.type_name) if column.type_name else None
    if isinstance(enum, Enum):
        return enum.labels
    for check in relation.checks:
        listed = checks.value_list(check.expression)
        if listed is not None and listed[0] == column.name:
            return listed[1]
    return ()


def implied(
    lookup: Lookup, relationships: Iterable[Relationship], pairs: Iterable[Polymorphic]
) -> tuple[Implied, ...]:
    """The columns called after a table and its single-column primary key, of its type, without a foreign key.

    `order_id` or `orders_id` fits `orders.id`, `order_number` fits `orders.order_number`. The table must be
    the only one that fits in the column's schema or, if there is none, in the others.
    """
    referencing = _referencing(relationships)
    taken = {(pair.table, pair.id_column) for pair in pairs}
    by_name = _candidates(lookup)
    found = []
    for relation in tables.tables(lookup):
        declared = _declared(referencing, relation)
        primary = relation.primary_key.columns if relation.primary_key else ()
        for column in relation.columns:
            own_key = primary == (column.name,)
            if column.name in declared or own_key or (relation.qualified, column.name) in taken:
                continue
            parents = [
                each for each in by_name.get(column.name, ()) if each[0].qualified != relation.qualified
            ]
            here = [each for each in parents if each[0].schema == relation.schema]
            parents = here or parents
            if len(parents) == 1:
                parent, key = parents[0]
                if tables.base_type(lookup, column) == tables.base_type(lookup, parent.column(key)):
                    found.append(
                        Implied(
                            table=relation.qualified,
                            column=column.name,
                            parent=parent.qualified,
                            parent_column=key,
                            evidence=f"named after {parent.name}.{key}, and of its type",
                        )
                    )
    return tuple(found)


def _candidates(lookup: Lookup) -> dict[str, list[tuple[Relation, str]]]:
    """The column names that would reference each table, with the table and its key."""
    found: dict[str, list[tuple[Relation, str]]] = {}
    for relation in tables.tables(lookup):
        key = relation.primary_key
        if key is not None and len(key.columns) == 1:
            column = key.columns[0]
            own = [name for name in _singular_and_plural(relation.name) if column.startswith(f"{name}_")]
            names = {column} if own else {f"{name}_{column}" for name in _singular_and_plural(relation.name)}
            for name in names:
                found.setdefault(name, []).append((relation, column))
    return found


def _singular_and_plural(name: str) -> tuple[str, ...]:
    """A table's name and the singular that it may be the plural of, by the usual endings."""
    if name.endswith("ies"):
        return name, f"{name[:-3]}y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name, name[:-2]
    if name.endswith("s") and not name.endswith("ss"):
        return name, name[:-1]
    return (name,)


def _declared(referencing: Mapping[QualifiedName, list[Relationship]], relation: Relation) -> set[str]:
    """The columns of a relation that are part of a foreign key."""
    return {column for found in referencing.get(relation.qualified, ()) for column in found.key.columns}


def _referencing(relationships: Iterable[Relationship]) -> dict[QualifiedName, list[Relationship]]:
    by_child: dict[QualifiedName, list[Relationship]] = {}
    for relationship in relationships:
        by_child.setdefault(relationship.child, []).append(relationship)
    return by_child
