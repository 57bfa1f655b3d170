"""The root: everything that was read from one database, once."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.dependencies import Dependency
from pgdossier.model.extensions import Extension
from pgdossier.model.relations import Relation
from pgdossier.model.routines import Routine
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Gap, Scope
from pgdossier.model.sequences import Sequence
from pgdossier.model.server import Database, Server
from pgdossier.model.statistics import Statistics
from pgdossier.model.types import Composite, Domain, Enum, Range

FORMAT = 1


class Structure(Model, frozen=True, kw_only=True):
    """What makes a document stale when it changes. Every tuple is sorted by name (code points)."""

    server: Server
    database: Database
    scope: Scope
    schemas: tuple[Schema, ...] = ()
    extensions: tuple[Extension, ...] = ()
    relations: tuple[Relation, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[Composite, ...] = ()
    ranges: tuple[Range, ...] = ()
    routines: tuple[Routine, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Snapshot(Model, frozen=True, kw_only=True):
    """One reading of a database. `captured_on` is the server's date in UTC (`YYYY-MM-DD`)."""

    format: int
    captured_on: str
    structure: Structure
    statistics: Statistics
