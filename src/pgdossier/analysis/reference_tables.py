"""Lookup tables (§5.2): what the picture of entities calls enums, and what names their values."""

from __future__ import annotations

import msgspec

from pgdossier.analysis import english, tables
from pgdossier.analysis.entities import Entities, Kind
from pgdossier.analysis.relationships import never_twice
from pgdossier.model.columns import Column
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_LABELS = ("name", "code", "label", "title", "slug", "key", "value", "abbreviation", "symbol", "description")


class ReferenceTable(msgspec.Struct, frozen=True, kw_only=True):
    """A lookup table: `label` is the column that names its values, `evidence` the rule in words.

    `unique` says whether the label is unique by itself; `label` is None where no column is called like one.
    """

    table: QualifiedName
    label: str | None
    unique: bool
    evidence: str


def find(lookup: Lookup, entities: Entities) -> tuple[ReferenceTable, ...]:
    """The lookup tables, by name: those that stand for an enum by the rules of `entities`, and no others."""
    found = []
    for one in entities.of_kind(Kind.ENUM):
        relation = lookup.relations[one.table]
        labels = _labels(lookup, relation)
        unique = [column for column in labels if never_twice(relation, (column,))]
        found.append(
            ReferenceTable(
                table=one.table,
                label=next(iter([*unique, *labels]), None),
                unique=bool(unique),
                evidence=one.reason,
            )
        )
    return tuple(found)


def _labels(lookup: Lookup, relation: Relation) -> list[str]:
    """The columns of text that could name a row, in the order in which such columns are usually called."""
    named: dict[str, Column] = {english.snake(column.name): column for column in relation.columns}
    nouns = english.forms(relation.name)
    names = [
        name
        for word in _LABELS
        for name in (word, *(f"{noun}_{word}" for noun in nouns), *(f"{noun}{word}" for noun in nouns))
    ]
    columns = [named[name] for name in (*names, *nouns) if name in named]
    return [column.name for column in columns if _is_text(lookup, column)]


def _is_text(lookup: Lookup, column: Column) -> bool:
    return tables.base_type(lookup, column).rpartition(".")[2].startswith(("text", "char", "citext"))
