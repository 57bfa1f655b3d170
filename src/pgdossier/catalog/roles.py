"""Roles, memberships (pg_roles, pg_auth_members) and settings of roles and databases (pg_db_role_setting)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from pgdossier.catalog.query import Query, Since
from pgdossier.catalog.secrets import is_secret_setting
from pgdossier.model.operation import RoleExpiry
from pgdossier.model.roles import Membership, Role, SessionSetting


class RoleRow(NamedTuple):
    """One role of the server."""

    name: str
    predefined: bool
    superuser: bool
    inherit: bool
    create_role: bool
    create_database: bool
    login: bool
    replication: bool
    bypass_row_security: bool
    connection_limit: int
    valid_until: str | None
    comment: str | None


# pg_roles shows stars for the password. Roles with OIDs below 16384 are initdb's: the first superuser (10)
# and the predefined ones, whose names nobody else may use.
ROLES = Query(
    family="roles",
    row=RoleRow,
    sql="""
    SELECT r.rolname AS name,
           r.oid < 16384 AND r.oid <> 10 AS predefined,
           r.rolsuper AS superuser,
           r.rolinherit AS inherit,
           r.rolcreaterole AS create_role,
           r.rolcreatedb AS create_database,
           r.rolcanlogin AS login,
           r.rolreplication AS replication,
           r.rolbypassrls AS bypass_row_security,
           r.rolconnlimit AS connection_limit,
           CASE WHEN pg_catalog.isfinite(r.rolvaliduntil) THEN
                pg_catalog.to_char(pg_catalog.timezone('UTC', r.rolvaliduntil), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           END AS valid_until,
           d.description AS comment
      FROM pg_catalog.pg_roles r
      LEFT JOIN pg_catalog.pg_shdescription d
        ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    """,
)


class MembershipRow(NamedTuple):
    """One grant of a role to a role."""

    role: str
    member: str
    grantor: str | None
    admin: bool
    inherit: bool
    set: bool


MEMBERSHIPS = Query(
    family="memberships",
    row=MembershipRow,
    sql="""
    SELECT g.rolname AS role,
           m.rolname AS member,
           {grantor} AS grantor,
           a.admin_option AS admin,
           {inherit} AS inherit,
           {set} AS set
      FROM pg_catalog.pg_auth_members a
      JOIN pg_catalog.pg_roles g ON g.oid = a.roleid
      JOIN pg_catalog.pg_roles m ON m.oid = a.member
    """,
    fragments={
        "grantor": (Since(13, "NULL::pg_catalog.text"), Since(16, "pg_catalog.pg_get_userbyid(a.grantor)")),
        "inherit": (Since(13, "m.rolinherit"), Since(16, "a.inherit_option")),
        "set": (Since(13, "true"), Since(16, "a.set_option")),
    },
)


class SessionSettingRow(NamedTuple):
    """One setting for new sessions; `role` is None for all roles, `here` is False for all databases."""

    role: str | None
    here: bool
    name: str
    value: str | None


# The server keeps the values that could be secrets. What holds for all roles in all databases is a fact of
# the server: pg_settings says it.
SESSION_SETTINGS = Query(
    family="settings of roles and of the database",
    row=SessionSettingRow,
    sql=f"""
    SELECT r.rolname AS role,
           o.setdatabase <> 0 AS here,
           o.name AS name,
           CASE WHEN NOT {is_secret_setting("o.name", "o.value")} THEN o.value END AS value
      FROM (
            SELECT s.setdatabase, s.setrole,
                   pg_catalog.split_part(c.item, '=', 1) AS name,
                   pg_catalog.substr(c.item, pg_catalog.strpos(c.item, '=') + 1) AS value
              FROM pg_catalog.pg_db_role_setting s
             CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c (item)
             WHERE s.setdatabase = 0
                OR s.setdatabase = (SELECT db.oid FROM pg_catalog.pg_database db
                                     WHERE db.datname = pg_catalog.current_database())
           ) o
      LEFT JOIN pg_catalog.pg_roles r ON r.oid = o.setrole
     WHERE (o.setrole <> 0 OR o.setdatabase <> 0)
       AND (o.setrole = 0 OR r.oid IS NOT NULL)
    """,
)

# Who is a member of one of these reaches the data of every database, or the files below it.
_REACHING_DATA = (
    "pg_execute_server_program",
    "pg_maintain",
    "pg_read_all_data",
    "pg_read_server_files",
    "pg_write_all_data",
    "pg_write_server_files",
)


def relevant(
    names: Collection[str], rows: Iterable[RoleRow], memberships: Iterable[MembershipRow]
) -> set[str]:
    """The names of the roles that matter where those names do.

    Args:
        names: Who owns something, or has or gave a privilege.
        rows: All roles of the server.
        memberships: All memberships of the server.
    """
    members, parents = defaultdict(list), defaultdict(list)
    for row in memberships:
        members[row.role].append(row.member)
        parents[row.member].append(row.role)
    known = {row.name: row for row in rows}
    start = {name for name in names if name in known}
    start |= {row.name for row in known.values() if row.superuser}
    through = _reached(start | {name for name in _REACHING_DATA if name in known}, members)
    acting = {name for name in through if name in start or not known[name].predefined}
    return {name for name in _reached(acting, parents) if name in known}


def _reached(start: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for name in edges.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def roles(
    names: Collection[str],
    rows: Iterable[RoleRow],
    memberships: Iterable[MembershipRow],
    settings: Iterable[SessionSettingRow],
) -> tuple[Role, ...]:
    """The roles of those names, by name."""
    parents: dict[str, list[Membership]] = defaultdict(list)
    for row in memberships:
        parents[row.member].append(
            Membership(role=row.role, grantor=row.grantor, admin=row.admin, inherit=row.inherit, set=row.set)
        )
    of_role: dict[tuple[str | None, bool], list[SessionSetting]] = defaultdict(list)
    for setting in settings:
        of_role[setting.role, setting.here].append(SessionSetting(name=setting.name, value=setting.value))
    return tuple(
        Role(
            name=row.name,
            predefined=row.predefined,
            superuser=row.superuser,
            inherit=row.inherit,
            create_role=row.create_role,
            create_database=row.create_database,
            login=row.login,
            replication=row.replication,
            bypass_row_security=row.bypass_row_security,
            connection_limit=row.connection_limit if row.connection_limit >= 0 else None,
            expires=row.valid_until is not None,
            member_of=tuple(sorted(parents[row.name], key=lambda found: (found.role, found.grantor or ""))),
            settings=_by_name(of_role[row.name, False]),
            settings_here=_by_name(of_role[row.name, True]),
            comment=row.comment,
        )
        for row in sorted(rows, key=lambda row: row.name)
        if row.name in names
    )


def database_settings(rows: Iterable[SessionSettingRow]) -> tuple[SessionSetting, ...]:
    """What the database sets for sessions of every role, by name."""
    return _by_name(SessionSetting(name=row.name, value=row.value) for row in rows if row.role is None)


def expiries(names: Collection[str], rows: Iterable[RoleRow]) -> tuple[RoleExpiry, ...]:
    """Until when the passwords of the roles of those names are valid, by name."""
    return tuple(
        RoleExpiry(role=row.name, valid_until=row.valid_until)
        for row in sorted(rows, key=lambda row: row.name)
        if row.valid_until is not None and row.name in names
    )


def _by_name(found: Iterable[SessionSetting]) -> tuple[SessionSetting, ...]:
    return tuple(sorted(found, key=lambda setting: setting.name))
