"""Event triggers (pg_event_trigger)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName
from pgdossier.model.triggers import Enabled


class EventTrigger(Model, frozen=True, kw_only=True):
    """One event trigger; `tags` filter the commands it fires for (all when empty)."""

    name: str
    owner: str
    event: str
    function: QualifiedName
    tags: tuple[str, ...] = ()
    enabled: Enabled = Enabled.ORIGIN
    comment: str | None = None
