"""Schemas (pg_namespace)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.privileges import Grants


class Schema(Model, frozen=True, kw_only=True):
    """One documented schema."""

    name: str
    owner: str
    grants: Grants = None
    comment: str | None = None
