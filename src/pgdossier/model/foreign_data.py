"""Foreign data: pg_foreign_data_wrapper, pg_foreign_server, pg_user_mapping.

Options are `(name, value)`. An option whose name hints at a secret has None for its value: it is there, and
is never read.
"""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.privileges import Grants

Options = tuple[tuple[str, str | None], ...]


class ForeignDataWrapper(Model, frozen=True, kw_only=True):
    """One wrapper that no extension owns; functions are SQL (`schema.name`)."""

    name: str
    owner: str
    handler: str | None = None
    validator: str | None = None
    options: Options = ()
    grants: Grants = None
    comment: str | None = None


class UserMapping(Model, frozen=True, kw_only=True):
    """How one role (None for PUBLIC) logs in at a server."""

    role: str | None = None
    options: Options = ()


class ForeignServer(Model, frozen=True, kw_only=True):
    """One foreign server with its user mappings."""

    name: str
    owner: str
    wrapper: str
    type: str | None = None
    version: str | None = None
    options: Options = ()
    user_mappings: tuple[UserMapping, ...] = ()
    grants: Grants = None
    comment: str | None = None
