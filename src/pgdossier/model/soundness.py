"""Whether a structure that somebody else may have written hangs together.

Every later step takes for granted that a constraint names columns of its own table. A server cannot break
that, but a file can: one that was edited by hand, or merged by half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Structure


def first_fault(structure: Structure) -> str | None:
    """The first thing that cannot be, in words; None when all hangs together."""
    columns = {
        relation.qualified: frozenset(column.name for column in relation.columns)
        for relation in structure.relations
    }
    return next((fault for relation in structure.relations for fault in _faults(relation, columns)), None)


def _faults(relation: Relation, columns: Mapping[QualifiedName, frozenset[str]]) -> Iterator[str]:
    own = columns[relation.qualified]
    where = f"of {relation.schema}.{relation.name}"
    keys = (*([relation.primary_key] if relation.primary_key else ()), *relation.unique_keys)
    for key in keys:
        if not key.columns:
            yield f"the key {key.name} {where} has no columns"
        yield from _lacking(f"the key {key.name} {where}", (*key.columns, *key.include), own)
    for index in relation.indexes:
        if not index.keys:
            yield f"the index {index.name} {where} has no keys"
        named = tuple(one.column for one in index.keys if one.column is not None)
        yield from _lacking(f"the index {index.name} {where}", (*named, *index.include), own)
    for foreign_key in relation.foreign_keys:
        what = f"the foreign key {foreign_key.name} {where}"
        if not foreign_key.columns or len(foreign_key.columns) != len(foreign_key.target_columns):
            yield f"{what} does not pair its columns"
        yield from _lacking(what, (*foreign_key.columns, *foreign_key.on_delete_columns), own)
        if foreign_key.target in columns:  # what is outside the scope is not here
            yield from _lacking(what, foreign_key.target_columns, columns[foreign_key.target])


def _lacking(what: str, named: Iterable[str], there: frozenset[str]) -> Iterator[str]:
    for name in named:
        if name not in there:
            yield f"{what} names the column {name}, which is not there"
