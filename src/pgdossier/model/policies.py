"""Row security policies (pg_policy)."""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model


class Command(StrEnum):
    """The command a policy applies to."""

    ALL = "all"
    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    UNKNOWN = "unknown"


class Policy(Model, frozen=True, kw_only=True):
    """One policy; `roles` is empty when it is for everyone (PUBLIC)."""

    name: str
    command: Command
    permissive: bool = True
    roles: tuple[str, ...] = ()
    using: str | None = None
    check: str | None = None
    comment: str | None = None
