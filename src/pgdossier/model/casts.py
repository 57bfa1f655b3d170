"""Casts and transforms (pg_cast, pg_transform)."""

from __future__ import annotations

from enum import StrEnum

from pgdossier.model.base import Model


class CastContext(StrEnum):
    """When a cast is applied without being asked for (pg_cast.castcontext)."""

    EXPLICIT = "explicit"
    ASSIGNMENT = "assignment"
    IMPLICIT = "implicit"
    UNKNOWN = "unknown"


class Cast(Model, frozen=True, kw_only=True):
    """One user-defined cast; types are SQL text. `function` is SQL (`schema.name(type)`) or None.

    `method` is `function`, `inout` or `binary`.
    """

    source: str
    target: str
    method: str
    function: str | None = None
    context: CastContext = CastContext.EXPLICIT
    comment: str | None = None


class Transform(Model, frozen=True, kw_only=True):
    """One transform between a type and a procedural language; functions are SQL or None."""

    type: str
    language: str
    from_sql: str | None = None
    to_sql: str | None = None
    comment: str | None = None
