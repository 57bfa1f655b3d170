"""The root: everything that was read from one database, once."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.casts import Cast, Transform
from pgdossier.model.collations import Collation, Conversion
from pgdossier.model.dependencies import Dependency
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.extensions import Extension
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer
from pgdossier.model.languages import Language
from pgdossier.model.operation import NOTHING, Operation
from pgdossier.model.operators import AccessMethod, Operator, OperatorClass, OperatorFamily
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges
from pgdossier.model.relations import Relation
from pgdossier.model.replication import Publication, Subscription
from pgdossier.model.roles import Role
from pgdossier.model.routines import Routine
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Gap, Scope
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.sequences import Sequence
from pgdossier.model.server import Database, Server
from pgdossier.model.statistics import Statistics
from pgdossier.model.text_search import (
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
)
from pgdossier.model.types import Base, Composite, Domain, Enum, Range

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
    bases: tuple[Base, ...] = ()
    operators: tuple[Operator, ...] = ()
    operator_families: tuple[OperatorFamily, ...] = ()
    operator_classes: tuple[OperatorClass, ...] = ()
    access_methods: tuple[AccessMethod, ...] = ()
    collations: tuple[Collation, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    casts: tuple[Cast, ...] = ()
    transforms: tuple[Transform, ...] = ()
    languages: tuple[Language, ...] = ()
    text_search_parsers: tuple[TextSearchParser, ...] = ()
    text_search_templates: tuple[TextSearchTemplate, ...] = ()
    text_search_dictionaries: tuple[TextSearchDictionary, ...] = ()
    text_search_configurations: tuple[TextSearchConfiguration, ...] = ()
    extended_statistics: tuple[ExtendedStatistics, ...] = ()
    event_triggers: tuple[EventTrigger, ...] = ()
    foreign_data_wrappers: tuple[ForeignDataWrapper, ...] = ()
    foreign_servers: tuple[ForeignServer, ...] = ()
    publications: tuple[Publication, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    default_privileges: tuple[DefaultPrivileges, ...] = ()
    changed_grants: tuple[ChangedGrants, ...] = ()
    security_labels: tuple[SecurityLabel, ...] = ()
    roles: tuple[Role, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Snapshot(Model, frozen=True, kw_only=True):
    """One reading of a database. `captured_on` is the server's date in UTC (`YYYY-MM-DD`).

    `statistics` and `operation` are volatile: they never make a document stale, and a refresh keeps them
    while the structure is the same.
    """

    format: int
    captured_on: str
    structure: Structure
    statistics: Statistics
    operation: Operation = NOTHING
