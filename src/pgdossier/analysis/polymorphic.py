"""Polymorphic references: one column names the kind of the parent, another its row (§5.2).

No foreign key can declare them. They are found by names and types, and by what is declared about the two
columns; no data is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from pgdossier.analysis import checks, english, tables
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship, may_be_null
from pgdossier.language import tr
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Enum

_CONTENT_TYPES = "django_content_type"
# How the two columns of a pair are called after what they have in common: that of the kind, that of the row.
_PAIRS = (("type", "id"), ("type", "uuid"), ("type", "key"), ("table", "id"), ("class", "id"))
# Pairs of whole names, as tables of changes and of attachments have them.
_WHOLE = (
    ("table_name", "record_id"),
    ("table_name", "row_id"),
    ("table_name", "object_id"),
    ("table_name", "entity_id"),
    ("model", "model_id"),
    ("model", "object_id"),
)
_KIND_ENDINGS = tuple({f"_{word}" for word, _ in _PAIRS})
_KIND_NAMES = frozenset(name for name, _ in _WHOLE)
_IDENTIFIERS = ("smallint", "integer", "bigint", "uuid", "text", "character", "character varying")


class Polymorphic(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of columns that names the kind and the row of a parent.

    `values` are the kinds, if a check or an enum lists them; `parents` the tables that are called like one.
    `kinds` is the table that lists the kinds, where the type column references one (Django). `optional` is
    True when either column can be null.
    """

    table: QualifiedName
    type_column: str
    id_column: str
    rule: str
    values: tuple[str, ...]
    parents: tuple[QualifiedName, ...] = ()
    kinds: QualifiedName | None = None
    optional: bool = True


def find(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[Polymorphic, ...]:
    """The polymorphic pairs, by table and type column.

    Two shapes are known. By name: `x_type` beside `x_id` (Rails, GORM, TypeORM; `x_table` and `x_class` as
    well), and `table_name` beside `record_id`; the type column holds text or an enum. By reference (Django):
    `x_content_type_id` or `x_type_id` references django_content_type beside `x_object_id` or `x_id`.

    A pair counts when no foreign key declares the id column, no key holds it without the type column (a
    row's own identifier is no reference), and no table is called x (its id would be meant).
    """
    graph = Graph.of(relationships)
    by_noun: dict[str, list[Relation]] = {}
    for relation in tables.tables(lookup):
        for form in english.forms(relation.name):
            by_noun.setdefault(form, []).append(relation)
    found: list[Polymorphic] = []
    names = {column.name for relation in tables.tables(lookup) for column in relation.columns}
    kinds = {name for name in names if _may_be_kind(english.snake(name))}
    for relation in tables.tables(lookup):
        parents = graph.parents_of(relation.qualified)
        named = not kinds.isdisjoint(column.name for column in relation.columns)
        if not named and not any(one.parent.name == _CONTENT_TYPES for one in parents):
            continue
        declared = {column for one in parents for column in one.key.columns}
        columns = {english.snake(column.name): column for column in relation.columns}
        free = {name: column for name, column in columns.items() if column.name not in declared}
        found += _by_name(lookup, relation, free, by_noun)
        for one in parents:
            found += _by_reference(lookup, relation, one, free)
    return tuple(sorted(found, key=lambda pair: (pair.table, pair.type_column, pair.id_column)))


def _by_name(
    lookup: Lookup,
    relation: Relation,
    free: Mapping[str, Column],
    by_noun: Mapping[str, list[Relation]],
) -> Iterator[Polymorphic]:
    seen: set[str] = set()
    for kind, row, what in _named_pairs(free):
        usable = kind.name not in seen and _is_name(lookup, kind) and _is_identifier(lookup, row)
        if not usable or _identifies(relation, row.name, kind.name):
            continue
        values = _values(lookup, relation, kind)
        parents = _parents(values, by_noun)
        if not parents and any(
            _has_key_of(lookup, other, row) for other in by_noun.get(what, ()) if other is not relation
        ):
            continue  # `account_type` beside `account_id`, and a table of accounts: what kind of account
        seen.add(kind.name)
        yield Polymorphic(
            table=relation.qualified,
            type_column=kind.name,
            id_column=row.name,
            rule=tr("{kind} beside {row}, which references nothing", kind=kind.name, row=row.name),
            values=values,
            parents=parents,
            optional=any(may_be_null(lookup, relation, column) for column in (kind, row)),
        )


def _may_be_kind(name: str) -> bool:
    """Whether a column of that name can be the first of a pair."""
    return name.endswith(_KIND_ENDINGS) or name in _KIND_NAMES


def _named_pairs(free: Mapping[str, Column]) -> Iterator[tuple[Column, Column, str]]:
    """Columns that are called like a pair: of the kind, of the row, and what both are called after."""
    for name, kind in free.items():
        if not _may_be_kind(name):
            continue
        for type_word, id_word in _PAIRS:
            what = name.removesuffix(f"_{type_word}")
            if what != name and f"{what}_{id_word}" in free:
                yield kind, free[f"{what}_{id_word}"], what
        for type_name, id_name in _WHOLE:
            if name == type_name and id_name in free:
                yield kind, free[id_name], ""


def _by_reference(
    lookup: Lookup, relation: Relation, one: Relationship, free: Mapping[str, Column]
) -> Iterator[Polymorphic]:
    if one.parent.name != _CONTENT_TYPES or len(one.key.columns) != 1:
        return
    kind = relation.column(one.key.columns[0])
    name = english.snake(kind.name)
    if name.endswith("content_type_id"):
        stem = name.removesuffix("content_type_id")
        candidates = [f"{stem}object_id", f"{stem}id", f"{stem}object_pk", f"{stem}object_uuid"]
    else:
        stem = name.removesuffix("type_id")
        candidates = [f"{stem}id", f"{stem}object_id"] if stem != name else []
    for candidate in candidates:
        row = free.get(candidate)
        if row is not None and _is_identifier(lookup, row) and not _is_whole_key(relation, row.name):
            yield Polymorphic(
                table=relation.qualified,
                type_column=kind.name,
                id_column=row.name,
                rule=tr(
                    "{kind} references {content_types}, {row} references nothing",
                    kind=kind.name,
                    content_types=_CONTENT_TYPES,
                    row=row.name,
                ),
                values=(),
                kinds=one.parent,
                optional=any(may_be_null(lookup, relation, column) for column in (kind, row)),
            )
            return


def _is_whole_key(relation: Relation, column: str) -> bool:
    return relation.primary_key is not None and relation.primary_key.columns == (column,)


def _identifies(relation: Relation, id_column: str, type_column: str) -> bool:
    """Whether a key of the table holds the id column without the type column."""
    keys = [set(key.columns) for key in (relation.primary_key, *relation.unique_keys) if key is not None]
    keys += [{key.column or "" for key in index.keys} for index in relation.indexes if index.unique]
    return any(id_column in columns and type_column not in columns for columns in keys)


def _is_name(lookup: Lookup, column: Column) -> bool:
    """Whether a column can hold the name of a table: text, or an enum."""
    base = tables.base_type(lookup, column)
    enum = column.type_name is not None and isinstance(lookup.types.get(column.type_name), Enum)
    if base.endswith("[]"):
        return False
    return enum or base.startswith(("text", "character varying", "character(", "name"))


def _is_identifier(lookup: Lookup, column: Column) -> bool:
    base = tables.base_type(lookup, column)
    return base.partition("(")[0] in _IDENTIFIERS


def _has_key_of(lookup: Lookup, relation: Relation, column: Column) -> bool:
    """Whether the table's primary key is one column of that column's type."""
    key = relation.primary_key
    if key is None or len(key.columns) != 1:
        return False
    return tables.base_type(lookup, relation.column(key.columns[0])) == tables.base_type(lookup, column)


def _parents(values: Iterable[str], by_noun: Mapping[str, list[Relation]]) -> tuple[QualifiedName, ...]:
    """The tables that kinds name: `product`, `Product`, `shop.product`, a class in a PHP namespace."""
    found = set()
    for value in values:
        last = value.replace("\\", ".").replace("/", ".").replace(":", ".").rpartition(".")[2]
        named = {other.qualified for form in english.forms(last) for other in by_noun.get(form, ())}
        if len(named) == 1:
            found |= named
    return tuple(sorted(found))


def _values(lookup: Lookup, relation: Relation, column: Column) -> tuple[str, ...]:
    enum = lookup.types.get(column.type_name) if column.type_name else None
    if isinstance(enum, Enum):
        return enum.labels
    for check in relation.checks:
        listed = checks.value_list(check.expression) if check.validated and check.enforced else None
        if listed is not None and listed[0] == column.name:
            return listed[1]
    return ()
