"""Lookup tables: small lists of values that other tables reference (§5.2)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from pgdossier.analysis import english, sizes, tables
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Junction, Relationship, never_twice
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_MOST_COLUMNS = 6
_MOST_ROWS = 1_000
_LABELS = ("name", "code", "label", "title", "slug", "key", "value", "abbreviation", "symbol", "description")
# Last words of tables that hold a list of values, whoever references them.
_KINDS = frozenset(
    """
    type kind status state category class role level priority reason country currency language locale unit
    gender severity code color colour size method mode frequency stage phase genre
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_AUDIT = frozenset(
    [
        "created",
        "modified",
        "updated",
        "changed",
        "inserted",
        "last_updated",
        "last_update",
        "last_modified",
        "created_at",
        "created_on",
        "created_by",
        "updated_at",
        "updated_on",
        "updated_by",
        "modified_at",
        "modified_by",
        "inserted_at",
        "deleted_at",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTable:
    """A lookup table; `label` is the column that names its values, `evidence` the rule in words."""

    table: QualifiedName
    label: str
    evidence: str


def find(
    lookup: Lookup,
    relationships: Iterable[Relationship],
    junctions: Iterable[Junction],
    bookkeeping: Container[QualifiedName] = (),
) -> tuple[ReferenceTable, ...]:
    """The lookup tables, by name.

    All must hold: it references no table, not even itself; it has at most six columns, those that only say
    when and by whom a row was written apart; a column that is called name, code, label or the like is unique
    by itself; the planner's estimate, where there is one, is at most 1,000 rows.

    And it is used like a list of values: foreign keys of two other tables reference it and it is no end of a
    junction, or its own name says so (`order_types`, `countries`) and one foreign key references it that is
    no end of a junction.
    """
    graph = Graph.of(relationships)
    ends = {id(end) for junction in junctions for end in junction.ends}
    joined = {end.parent for junction in junctions for end in junction.ends}
    measured = sizes.measure(lookup)
    found = []
    for relation in tables.tables(lookup):
        name = relation.qualified
        users = {
            one.child for one in graph.children_of(name) if not one.self_reference and id(one) not in ends
        }
        rows = measured[name].rows
        if (
            not users
            or name in bookkeeping
            or not (_is_kind(relation) or (len(users) > 1 and name not in joined))
            or relation.inherits
            or graph.parents_of(name)
            or (rows is not None and rows > _MOST_ROWS)
        ):
            continue
        columns = [column for column in relation.columns if english.snake(column.name) not in _AUDIT]
        label = _label(lookup, relation)
        if label is not None and len(columns) <= _MOST_COLUMNS:
            by = f"{len(users)} tables" if len(users) > 1 else "one table"
            found.append(
                ReferenceTable(
                    table=name,
                    label=label,
                    evidence=f"{len(columns)} columns, {label} is unique, referenced by {by}",
                )
            )
    return tuple(found)


def _is_kind(relation: Relation) -> bool:
    """Whether the table is called like a list of values: `order_types`, `ordertype`, `countries`."""
    nouns = [form.rpartition("_")[2] for form in english.forms(relation.name)]
    run_on = nouns[-1].endswith(("type", "status", "category", "role", "kind")) if nouns else False
    return run_on or not _KINDS.isdisjoint(nouns)


def _label(lookup: Lookup, relation: Relation) -> str | None:
    """The unique column of text that names a row, in the order in which such columns are usually called."""
    named: dict[str, Column] = {english.snake(column.name): column for column in relation.columns}
    nouns = english.forms(relation.name)
    for word in _LABELS:
        for name in (word, *(f"{noun}_{word}" for noun in nouns), *(f"{noun}{word}" for noun in nouns)):
            column = named.get(name)
            text = column is not None and _is_text(lookup, column)
            if column is not None and text and never_twice(relation, (column.name,)):
                return column.name
    return None


def _is_text(lookup: Lookup, column: Column) -> bool:
    return tables.base_type(lookup, column).rpartition(".")[2].startswith(("text", "char", "citext"))
