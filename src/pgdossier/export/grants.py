"""Roles, memberships and grants of a snapshot as SQL, without passwords."""

from __future__ import annotations

import msgspec

from pgdossier.analysis.access import DATABASE
from pgdossier.ddl import privileges, roles
from pgdossier.model.names import quote_identifier
from pgdossier.model.snapshot import Snapshot, Structure

_HEAD = (
    "-- Roles, memberships and grants of the database {database}. Passwords are never read.\n"
    "-- Roles belong to the server, so that some may be there already; the objects must be.\n"
)


class Grants(msgspec.Struct, frozen=True):
    """The statements, in the order in which they can be run.

    Attributes:
        roles: CREATE ROLE, and what ALTER ROLE sets; nothing where there are superusers only.
        memberships: Roles that are granted to roles.
        database: Grants on the database.
        defaults: ALTER DEFAULT PRIVILEGES.
        objects: Grants on everything else.
    """

    roles: tuple[str, ...]
    memberships: tuple[str, ...]
    database: tuple[str, ...]
    defaults: tuple[str, ...]
    objects: tuple[str, ...]


def statements(structure: Structure) -> Grants:
    """The statements for that structure."""
    database = structure.database
    plain = any(not (role.superuser or role.predefined) for role in structure.roles)
    return Grants(
        roles=tuple(roles.roles(structure)) if plain else (),
        memberships=tuple(roles.memberships(structure)),
        database=tuple(
            privileges.grants(
                DATABASE,
                quote_identifier(database.name),
                database.owner,
                database.grants,
                structure.server.major,
            )
        ),
        defaults=tuple(privileges.default_privileges(structure)),
        objects=tuple(line for group in privileges.privileges(structure) for line in group),
    )


def text(snapshot: Snapshot) -> str:
    """The script."""
    found = statements(snapshot.structure)
    parts = (found.roles, found.memberships, found.database, found.defaults, found.objects)
    name = quote_identifier(snapshot.structure.database.name).replace("\n", " ").replace("\r", " ")
    blocks = [_HEAD.format(database=name), *("\n".join(part) + "\n" for part in parts if part)]
    return "\n".join(blocks)
