"""CREATE ROLE, GRANT of roles to roles, and their settings, as a script says them; passwords are never known.

`schema.sql` does not have these: roles belong to the server, not to the database.
"""

from __future__ import annotations

from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.roles import Membership, Role, SessionSetting
from pgdossier.model.snapshot import Structure

_OPTIONS_SINCE = 16

# Settings whose values are lists of names: written bare, as they were read.
_LISTS = frozenset(
    {
        "search_path",
        "temp_tablespaces",
        "local_preload_libraries",
        "session_preload_libraries",
        "shared_preload_libraries",
        "unix_socket_directories",
    }
)


def roles(structure: Structure) -> list[str]:
    """The statements that make the roles that matter to the database, but those that come with PostgreSQL."""
    statements = []
    for role in structure.roles:
        if not role.predefined:
            statements.append(_create(role))
            name = quote_identifier(role.name)
            statements += [_set(f"ALTER ROLE {name}", setting) for setting in role.settings]
            database = quote_identifier(structure.database.name)
            statements += [
                _set(f"ALTER ROLE {name} IN DATABASE {database}", setting) for setting in role.settings_here
            ]
    return statements


def memberships(structure: Structure) -> list[str]:
    """The statements that make roles members of roles, each after what gave its grantor the right."""
    waiting = [
        (role, membership) for role in structure.roles if not role.predefined for membership in role.member_of
    ]
    able: set[tuple[str, str | None]] = {(role.name, None) for role in structure.roles if role.superuser}
    statements = []
    while waiting:
        ready = [
            (role, found)
            for role, found in waiting
            if found.grantor is None or (found.grantor, None) in able or (found.grantor, found.role) in able
        ]
        ready = ready or waiting  # the catalogs do not let this happen: leave the complaint to the server
        statements += [_grant(role, found, structure.server.major) for role, found in ready]
        able |= {(role.name, found.role) for role, found in ready if found.admin}
        waiting = [pair for pair in waiting if pair not in ready]
    return statements


def _create(role: Role) -> str:
    words = [
        word if holds else f"NO{word}"
        for word, holds, default in (
            ("SUPERUSER", role.superuser, False),
            ("INHERIT", role.inherit, True),
            ("CREATEROLE", role.create_role, False),
            ("CREATEDB", role.create_database, False),
            ("LOGIN", role.login, False),
            ("REPLICATION", role.replication, False),
            ("BYPASSRLS", role.bypass_row_security, False),
        )
        if holds is not default
    ]
    if role.connection_limit is not None:
        words.append(f"CONNECTION LIMIT {role.connection_limit}")
    return " ".join(["CREATE ROLE", quote_identifier(role.name), *words]) + ";"


def _set(head: str, setting: SessionSetting) -> str:
    if setting.value is None:
        name = quote_identifier(setting.name).replace("\n", " ")
        return f"-- {head} SET {name} TO …; its value could be a secret and was not read".replace("\n", " ")
    name = ".".join(quote_identifier(part) for part in setting.name.split("."))
    value = setting.value if setting.name in _LISTS and setting.value else quote_literal(setting.value)
    return f"{head} SET {name} TO {value};"


def _grant(role: Role, membership: Membership, major: int) -> str:
    found = f"GRANT {quote_identifier(membership.role)} TO {quote_identifier(role.name)}"
    if major < _OPTIONS_SINCE:
        return found + (" WITH ADMIN OPTION;" if membership.admin else ";")
    options = [f"INHERIT {str(membership.inherit).upper()}"] if membership.inherit != role.inherit else []
    options += ["ADMIN TRUE"] if membership.admin else []
    options += [] if membership.set else ["SET FALSE"]
    by = f" GRANTED BY {quote_identifier(membership.grantor)}" if membership.grantor is not None else ""
    return found + (f" WITH {', '.join(sorted(options))}" if options else "") + by + ";"
