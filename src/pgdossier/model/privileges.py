"""Grants (access control lists), default privileges (pg_default_acl) and initial ones (pg_init_privs)."""

from __future__ import annotations

from pgdossier.model.base import Model


class Grant(Model, frozen=True, kw_only=True):
    """One privilege of one role on the object it is listed with.

    `grantee` is None for PUBLIC. `privilege` is the keyword of GRANT (`SELECT`, `USAGE`, `MAINTAIN`, …).
    """

    grantee: str | None = None
    privilege: str
    grantor: str
    grantable: bool = False


# The grants of an object in the order (grantee, privilege, grantor), PUBLIC first; None where the built-in
# defaults of its kind hold: nobody ever granted or revoked anything on it, or what was done was undone.
Grants = tuple[Grant, ...] | None


class DefaultPrivileges(Model, frozen=True, kw_only=True):
    """What objects that `role` creates later will grant: of one kind, in one schema or (None) in all.

    `objects` is the keyword of ALTER DEFAULT PRIVILEGES: `TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES`,
    `SCHEMAS`, `LARGE OBJECTS`. `baseline` are the grants that would hold without this entry, so that both
    what is added and what is taken away can be said.
    """

    role: str
    schema: str | None = None
    objects: str
    grants: tuple[Grant, ...] = ()
    baseline: tuple[Grant, ...] = ()


class ChangedGrants(Model, frozen=True, kw_only=True):
    """The grants on an object of an extension or of the system, where these are not what it came with.

    `object` is what GRANT … ON takes: `TABLE pg_catalog.pg_authid`, `FUNCTION public.digest(text, text)`;
    `column` is the column that the grants are on, None for the object as a whole. `initial` are the grants
    that initdb or CREATE EXTENSION gave, `grants` those there are.
    """

    object: str
    column: str | None = None
    owner: str
    grants: tuple[Grant, ...] = ()
    initial: tuple[Grant, ...] = ()
