"""Triggers of relations (pg_trigger), those that the server makes for its own use left out."""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model
from pgdossier.model.names import RoutineName


class Timing(StrEnum):
    """When a trigger fires."""

    BEFORE = "before"
    AFTER = "after"
    INSTEAD_OF = "instead of"


class Event(StrEnum):
    """What fires a trigger."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"


class Level(StrEnum):
    """Whether a trigger fires once for each row or once for each statement."""

    ROW = "row"
    STATEMENT = "statement"


class Enabled(StrEnum):
    """In which session_replication_role a trigger fires (pg_trigger.tgenabled)."""

    ORIGIN = "origin"
    DISABLED = "disabled"
    REPLICA = "replica"
    ALWAYS = "always"
    UNKNOWN = "unknown"


class Trigger(Model, frozen=True, kw_only=True):
    """One trigger. `inherited` is True for the clone that a partition has of its parent's trigger.

    `depends_on_extensions` names the extensions with which it would be dropped.
    """

    name: str
    timing: Timing
    events: tuple[Event, ...]
    level: Level
    function: RoutineName
    definition: str
    update_columns: tuple[str, ...] = ()
    condition: str | None = None
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    old_table: str | None = None
    new_table: str | None = None
    enabled: Enabled = Enabled.ORIGIN
    inherited: bool = False
    depends_on_extensions: tuple[str, ...] = ()
    comment: str | None = None
