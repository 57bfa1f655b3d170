"""Extended statistics (pg_statistic_ext)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class ExtendedStatistics(Model, frozen=True, kw_only=True):
    """One statistics object of one relation; `definition` is what `pg_get_statisticsobjdef` prints.

    `kinds` are `ndistinct`, `dependencies`, `mcv`; `target` is None for the default statistics target.
    """

    schema: str
    name: str
    owner: str
    relation: QualifiedName
    definition: str
    kinds: tuple[str, ...] = ()
    target: int | None = None
    comment: str | None = None
