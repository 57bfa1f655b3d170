"""Collations and encoding conversions (pg_collation, pg_conversion)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class Collation(Model, frozen=True, kw_only=True):
    """One user-defined collation; `provider` is libc, icu, builtin or default."""

    schema: str
    name: str
    owner: str
    provider: str
    deterministic: bool = True
    locale: str | None = None
    collate: str | None = None
    ctype: str | None = None
    rules: str | None = None
    version: str | None = None
    comment: str | None = None


class Conversion(Model, frozen=True, kw_only=True):
    """One user-defined encoding conversion."""

    schema: str
    name: str
    owner: str
    from_encoding: str
    to_encoding: str
    function: QualifiedName
    default: bool = False
    comment: str | None = None
