"""Extensions (pg_extension)."""

from __future__ import annotations

from pgdossier.model.base import Model


class Extension(Model, frozen=True, kw_only=True):
    """One installed extension.

    `requires` names the extensions it needs; `objects` counts the members that the document leaves out.
    """

    name: str
    schema: str
    version: str
    objects: int = 0
    requires: tuple[str, ...] = ()
    comment: str | None = None
