"""Foreign-data wrappers, foreign servers and user mappings (pg_foreign_data_wrapper, pg_foreign_server)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.foreign_options import options, readable_options
from pgdossier.catalog.functions import optional_function_sql
from pgdossier.catalog.query import Query, Since
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer, UserMapping


class WrapperRow(NamedTuple):
    """One wrapper; a function is what regproc prints."""

    oid: int
    name: str
    owner: str
    handler: str
    validator: str
    options: list[list[str | None]] | None
    comment: str | None


WRAPPERS = Query(
    family="foreign-data wrappers",
    row=WrapperRow,
    sql="""
    SELECT w.oid AS oid,
           w.fdwname AS name,
           pg_catalog.pg_get_userbyid(w.fdwowner) AS owner,
           w.fdwhandler::pg_catalog.regproc::pg_catalog.text AS handler,
           w.fdwvalidator::pg_catalog.regproc::pg_catalog.text AS validator,
           o.options AS options,
           d.description AS comment
      FROM pg_catalog.pg_foreign_data_wrapper w
      LEFT JOIN {options} o ON o.oid = w.oid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = w.oid AND d.classoid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = w.oid AND m.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
    fragments={
        "options": (
            Since(0, readable_options("pg_catalog.pg_foreign_data_wrapper w", "w.oid", "w.fdwoptions")),
        ),
    },
)


class ServerRow(NamedTuple):
    """One foreign server without its user mappings."""

    oid: int
    name: str
    owner: str
    wrapper: str
    type: str | None
    version: str | None
    options: list[list[str | None]] | None
    comment: str | None


SERVERS = Query(
    family="foreign servers",
    row=ServerRow,
    sql="""
    SELECT s.oid AS oid,
           s.srvname AS name,
           pg_catalog.pg_get_userbyid(s.srvowner) AS owner,
           w.fdwname AS wrapper,
           s.srvtype AS type,
           s.srvversion AS version,
           o.options AS options,
           d.description AS comment
      FROM pg_catalog.pg_foreign_server s
      LEFT JOIN {options} o ON o.oid = s.oid
      JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = s.oid AND d.classoid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = s.oid AND m.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
    fragments={
        "options": (Since(0, readable_options("pg_catalog.pg_foreign_server s", "s.oid", "s.srvoptions")),)
    },
)


class UserMappingRow(NamedTuple):
    """One user mapping; `hidden` when its options are not shown to the role that reads."""

    server: int
    role: str | None
    options: list[list[str | None]] | None
    hidden: bool


# The view shows who is mapped to everybody, and the options to those that may use them; `hidden` asks for
# the same rights as the view does, because no options and hidden options are both NULL in it.
USER_MAPPINGS = Query(
    family="user mappings",
    row=UserMappingRow,
    sql="""
    SELECT m.srvid AS server,
           CASE WHEN m.umuser <> 0 THEN m.usename END AS role,
           o.options AS options,
           NOT (me.rolsuper
                OR (pg_catalog.pg_has_role(s.srvowner, 'USAGE') AND (m.umuser = 0 OR m.usename = me.rolname))
                OR (m.usename = me.rolname AND m.umuser <> 0
                    AND pg_catalog.has_server_privilege(s.oid, 'USAGE'))) AS hidden
      FROM pg_catalog.pg_user_mappings m
      LEFT JOIN {options} o ON o.umid = m.umid
      JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
      JOIN pg_catalog.pg_roles me ON me.rolname = current_user
    """,
    fragments={
        "options": (Since(0, readable_options("pg_catalog.pg_user_mappings m", "m.umid", "m.umoptions")),)
    },
)


def wrapper(row: WrapperRow) -> ForeignDataWrapper:
    """The wrapper of a row."""
    return ForeignDataWrapper(
        name=row.name,
        owner=row.owner,
        handler=optional_function_sql(row.handler),
        validator=optional_function_sql(row.validator),
        options=options(row.options),
        comment=row.comment,
    )


def foreign_server(row: ServerRow, mapping_rows: Iterable[UserMappingRow], gaps: Gaps) -> ForeignServer:
    """The server of a row with its user mappings, that of PUBLIC first."""
    return ForeignServer(
        name=row.name,
        owner=row.owner,
        wrapper=row.wrapper,
        type=row.type,
        version=row.version,
        options=options(row.options),
        user_mappings=tuple(
            _user_mapping(found, gaps)
            for found in sorted(mapping_rows, key=lambda found: (found.role is not None, found.role or ""))
        ),
        comment=row.comment,
    )


def _user_mapping(row: UserMappingRow, gaps: Gaps) -> UserMapping:
    if row.hidden:
        gaps.add(USER_MAPPINGS.family, "the options of those of other roles are shown to superusers only")
    return UserMapping(role=row.role, options=options(row.options))
