"""Schemas (pg_namespace)."""

from __future__ import annotations

from pgdossier.model.base import Model


class Schema(Model, frozen=True, kw_only=True):
    """One documented schema."""

    name: str
    owner: str
    comment: str | None = None
