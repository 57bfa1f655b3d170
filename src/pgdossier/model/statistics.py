"""Volatile facts: estimates and sizes. They never make a document stale."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class RelationStatistics(Model, frozen=True, kw_only=True):
    """Size of one relation, in bytes, from the page counts of the last VACUUM or ANALYZE.

    `rows` is the planner's estimate, None when the relation was never analysed (the sizes are then not
    known either and are 0). Partitioned tables have no storage of their own: their partitions have.
    """

    schema: str
    name: str
    rows: int | None = None
    table_bytes: int = 0
    toast_bytes: int = 0
    index_bytes: int = 0


class IndexStatistics(Model, frozen=True, kw_only=True):
    """Size of one index in bytes, from its page count."""

    schema: str
    name: str
    bytes: int = 0


class Probe(Model, frozen=True, kw_only=True):
    """How many values of columns that no foreign key binds were found in the table they seem to reference.

    `rows` of the child were looked at on `probed_on` (all of them when `whole`), `values` of these have no
    null in the columns, `found` of those are in the parent. `problem` says why nothing could be found out.
    Counts only: no value is kept.
    """

    child: QualifiedName
    columns: tuple[str, ...]
    parent: QualifiedName
    parent_columns: tuple[str, ...]
    probed_on: str
    rows: int = 0
    values: int = 0
    found: int = 0
    whole: bool = False
    problem: str | None = None


class Statistics(Model, frozen=True, kw_only=True):
    """All volatile facts, taken on `captured_on`."""

    relations: tuple[RelationStatistics, ...] = ()
    indexes: tuple[IndexStatistics, ...] = ()
    probes: tuple[Probe, ...] = ()
