"""Routines: functions, procedures, aggregates, window functions (pg_proc)."""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.privileges import Grants


class RoutineKind(StrEnum):
    """What a routine is (pg_proc.prokind)."""

    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    WINDOW = "window function"
    UNKNOWN = "unknown"


class Volatility(StrEnum):
    """What a routine promises about its result (pg_proc.provolatile)."""

    IMMUTABLE = "immutable"
    STABLE = "stable"
    VOLATILE = "volatile"
    UNKNOWN = "unknown"


class Parallel(StrEnum):
    """Whether a routine may run in parallel workers (pg_proc.proparallel)."""

    SAFE = "safe"
    RESTRICTED = "restricted"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"


class Aggregate(Model, frozen=True, kw_only=True):
    """What CREATE AGGREGATE needs: each clause (`SFUNC = …`) as SQL text, in the order to write them."""

    clauses: tuple[str, ...]
    direct_arguments: int = 0


class Routine(Model, frozen=True, kw_only=True):
    """One routine.

    `arguments` is `pg_get_function_arguments` (with defaults), `identity_arguments` what DROP and COMMENT
    need; `result` is None for procedures. `definition` is `pg_get_functiondef`, None for aggregates,
    which carry `aggregate` instead. `depends_on_extensions` names those with which it would be dropped.
    """

    schema: str
    name: str
    kind: RoutineKind
    owner: str
    language: str
    arguments: str = ""
    identity_arguments: str = ""
    result: str | None = None
    volatility: Volatility = Volatility.VOLATILE
    parallel: Parallel = Parallel.UNSAFE
    strict: bool = False
    leakproof: bool = False
    security_definer: bool = False
    configuration: tuple[str, ...] = ()
    definition: str | None = None
    aggregate: Aggregate | None = None
    depends_on_extensions: tuple[str, ...] = ()
    grants: Grants = None
    comment: str | None = None

    @property
    def qualified(self) -> QualifiedName:
        """The routine's name with its schema, arguments left out (not unique)."""
        return QualifiedName(self.schema, self.name)

    @property
    def identity(self) -> RoutineName:
        """The routine's identity."""
        return RoutineName(self.schema, self.name, self.identity_arguments)
