"""Security labels (pg_seclabel)."""

from __future__ import annotations

from pgdossier.model.base import Model


class SecurityLabel(Model, frozen=True, kw_only=True):
    """One label; `object` is what SECURITY LABEL ON takes: `TABLE public.users`, `COLUMN public.users.id`."""

    object: str
    provider: str
    label: str
