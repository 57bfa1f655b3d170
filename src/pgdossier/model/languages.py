"""Procedural languages (pg_language)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.privileges import Grants


class Language(Model, frozen=True, kw_only=True):
    """One procedural language that no extension owns; functions are SQL (`schema.name`)."""

    name: str
    owner: str
    trusted: bool
    handler: str
    inline: str | None = None
    validator: str | None = None
    grants: Grants = None
    comment: str | None = None
