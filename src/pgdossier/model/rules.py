"""Rewrite rules (pg_rewrite), the SELECT rules that make views left out."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.triggers import Enabled


class Rule(Model, frozen=True, kw_only=True):
    """One rule of a relation; `definition` is `pg_get_ruledef`, `event` insert, update, delete or select."""

    name: str
    event: str
    instead: bool
    definition: str
    enabled: Enabled = Enabled.ORIGIN
    comment: str | None = None
