"""How much of the database is described, by comments or by the project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from pgdossier.analysis import tables
from pgdossier.language import mark, tr
from pgdossier.model.describable import STOCK_COMMENTS
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import RelationKind
from pgdossier.model.snapshot import Structure

_LABELS = {
    RelationKind.TABLE: mark("tables"),
    RelationKind.PARTITIONED_TABLE: mark("tables"),
    RelationKind.FOREIGN_TABLE: mark("foreign tables"),
    RelationKind.VIEW: mark("views"),
    RelationKind.MATERIALIZED_VIEW: mark("materialized views"),
}
_WITH_COLUMNS = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.FOREIGN_TABLE))


class Share(NamedTuple):
    """How many of the objects of one kind are described."""

    label: str
    described: int
    total: int


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """The share of objects that are described, per kind (kinds without objects are left out) and over all.

    `percent` is rounded down, so that 100 means that nothing is missing; it is 0 when there is nothing.
    """

    rows: tuple[Share, ...]
    percent: int


def _share(label: str, comments: Iterable[str | None]) -> Share:
    found = [bool(comment and comment.strip() and comment not in STOCK_COMMENTS) for comment in comments]
    return Share(tr(label), sum(found), len(found))


def measure(structure: Structure, lookup: Lookup) -> Completeness:
    """The share of schemas, relations, columns, types and routines that have a comment or a description.

    A description of the project counts where it stands in the place of a comment (`describable.described`).
    Partitions count with their table. Columns are those that tables declare themselves: what a child
    inherits is described at its parent, and the columns of views stand for those of their tables.
    """
    relations = tuple(tables.relations(lookup))
    types = (*structure.enums, *structure.domains, *structure.composites, *structure.ranges, *structure.bases)
    of_kind = {
        label: [found.comment for found in relations if _LABELS.get(found.kind) == label]
        for label in dict.fromkeys(_LABELS.values())
    }
    columns = [
        column.comment
        for relation in relations
        if relation.kind in _WITH_COLUMNS
        for column in relation.columns
        if column.local
    ]
    shares = [
        _share(mark("schemas"), (schema.comment for schema in structure.schemas)),
        *(_share(label, comments) for label, comments in of_kind.items()),
        _share(mark("columns of tables"), columns),
        _share(mark("types"), (found.comment for found in types)),
        _share(mark("routines"), (routine.comment for routine in structure.routines)),
    ]
    rows = tuple(share for share in shares if share.total)
    everything = sum(share.total for share in rows)
    described = sum(share.described for share in rows)
    return Completeness(rows=rows, percent=described * 100 // everything if everything else 0)
