"""Sequences (pg_sequence)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import Grants


class SequenceOwner(Model, frozen=True, kw_only=True):
    """The column a sequence belongs to; `identity` when it is the column's identity sequence."""

    relation: QualifiedName
    column: str
    identity: bool = False


class Sequence(Model, frozen=True, kw_only=True):
    """One sequence; numbers are in its own type, and do not change by use (the last value is not here)."""

    schema: str
    name: str
    owner: str
    type: str
    start: int
    minimum: int
    maximum: int
    increment: int
    cache: int = 1
    cycle: bool = False
    unlogged: bool = False
    owned_by: SequenceOwner | None = None
    grants: Grants = None
    comment: str | None = None

    @property
    def qualified(self) -> QualifiedName:
        """The sequence's name with its schema."""
        return QualifiedName(self.schema, self.name)
