"""Roles and memberships (pg_roles, pg_auth_members), and what ALTER ROLE and ALTER DATABASE set for sessions.

Password hashes are never read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import msgspec

from pgdossier.model.base import Model
from pgdossier.model.parts import parts, within

_NAMING = frozenset({"owner", "grantee", "grantor", "role", "roles"})


class SessionSetting(Model, frozen=True, kw_only=True):
    """A setting that ALTER ROLE … SET or ALTER DATABASE … SET gives to new sessions.

    `value` is None where it could hold a secret: it is then never read.
    """

    name: str
    value: str | None = None


class Membership(Model, frozen=True, kw_only=True):
    """One GRANT of the role `role` to the role that this is listed with.

    Attributes:
        role: The role whose privileges the member gets.
        grantor: Who granted it; None before PostgreSQL 16, where it was only noted and could be anybody.
        admin: WITH ADMIN OPTION: the member may grant the role to others.
        inherit: The member has the privileges without SET ROLE. Before PostgreSQL 16 that is the member's
            own INHERIT attribute, so that the meaning is the same on every version.
        set: The member may SET ROLE to it; always so before PostgreSQL 16.
    """

    role: str
    grantor: str | None = None
    admin: bool = False
    inherit: bool = True
    set: bool = True


class Role(Model, frozen=True, kw_only=True):
    """One role that matters to this database.

    Those are owners, grantees and grantors of what is documented, roles that policies, user mappings and
    default privileges name, superusers, members of the predefined roles that reach data, members of all these
    and the roles that all these are members of.

    Attributes:
        name: Its name.
        predefined: It comes with PostgreSQL (`pg_read_all_data`).
        superuser: SUPERUSER: no privilege is checked.
        inherit: INHERIT: what new memberships inherit by default.
        create_role: CREATEROLE.
        create_database: CREATEDB.
        login: LOGIN: it can connect.
        replication: REPLICATION.
        bypass_row_security: BYPASSRLS: policies do not hold for it.
        connection_limit: How many sessions it may have; None is no limit.
        expires: It has a VALID UNTIL (when is volatile: `Operation.role_expiries`).
        member_of: Its memberships, by role and grantor.
        settings: Its settings in all databases.
        settings_here: Its settings in this database alone.
        comment: Its description.
    """

    name: str
    predefined: bool = False
    superuser: bool = False
    inherit: bool = True
    create_role: bool = False
    create_database: bool = False
    login: bool = False
    replication: bool = False
    bypass_row_security: bool = False
    connection_limit: int | None = None
    expires: bool = False
    member_of: tuple[Membership, ...] = ()
    settings: tuple[SessionSetting, ...] = ()
    settings_here: tuple[SessionSetting, ...] = ()
    comment: str | None = None


def named(found: object) -> set[str]:
    """The names of the roles that a value of the model mentions, at any depth: owners, grantees and the like.

    The roles of a structure themselves are not looked into, and neither are values that are no objects or
    tuples of objects: what a text means its field tells.
    """
    names: set[str] = set()
    todo: list[tuple[type[msgspec.Struct], list[Any]]] = list(_kinds(found))
    while todo:
        kind, values = todo.pop()
        for part in parts(kind):
            if part.name in _NAMING and not part.structured:
                names.update(within(values, part))
            elif part.structured and _names_roles(part.kind):
                todo.append((part.kind, within(values, part)))
    return names


def _kinds(found: object) -> Iterator[tuple[type[msgspec.Struct], list[Any]]]:
    if isinstance(found, msgspec.Struct) and not isinstance(found, Role):
        yield type(found), [found]
    elif isinstance(found, tuple):
        for each in found:
            yield from _kinds(each)


@functools.cache
def _names_roles(kind: type[msgspec.Struct]) -> bool:
    """Whether values of that kind mention roles, at any depth.

    Most values of a large structure (indexes, constraints) mention none, and are not gone through.
    """
    return kind is not Role and any(
        _names_roles(part.kind) if part.structured else part.name in _NAMING for part in parts(kind)
    )
