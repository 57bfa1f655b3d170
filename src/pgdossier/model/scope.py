"""What of the database is in the snapshot, what is not, and why."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.dependencies import ObjectName


class SchemaLeftOut(Model, frozen=True, kw_only=True):
    """A schema that is not documented; `reason` completes the sentence "left out because …"."""

    name: str
    reason: str


class Scope(Model, frozen=True, kw_only=True):
    """The patterns that were asked for, and what they left out (system schemas are not listed).

    `unread` are relations and routines in scope that are not in the snapshot because another session held
    locks; that they are not there says nothing about the database.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    schemas_left_out: tuple[SchemaLeftOut, ...] = ()
    relations_left_out: int = 0
    unread: tuple[ObjectName, ...] = ()


class Gap(Model, frozen=True, kw_only=True):
    """Something that could not be read: which family of facts, and why, in one line.

    `remedy` is what would help, as an order: "grant pg_monitor to the role that reads"; None when nothing is
    known to.
    """

    family: str
    reason: str
    remedy: str | None = None
