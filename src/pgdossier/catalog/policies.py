"""Row security policies (pg_policy)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query
from pgdossier.model.policies import Command, Policy


class PolicyRow(NamedTuple):
    """One policy; `roles` is None when it is for everyone."""

    relation: int
    name: str
    command: str
    permissive: bool
    roles: list[str] | None
    using: str | None
    check: str | None
    comment: str | None


QUERY = Query(
    family="policies",
    row=PolicyRow,
    sql="""
    SELECT p.polrelid AS relation,
           p.polname AS name,
           p.polcmd AS command,
           p.polpermissive AS permissive,
           r.names AS roles,
           pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using,
           pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check,
           d.description AS comment
      FROM pg_catalog.pg_policy p
      JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND d.objsubid = 0
      LEFT JOIN (
            SELECT q.oid, pg_catalog.array_agg(pg_catalog.pg_get_userbyid(u.role)) AS names
              FROM pg_catalog.pg_policy q
             CROSS JOIN LATERAL pg_catalog.unnest(q.polroles) AS u (role)
             WHERE u.role <> 0
             GROUP BY q.oid
           ) r ON r.oid = p.oid
     WHERE c.relnamespace = ANY (%(namespaces)s)
    """,
)

COMMANDS = Codes(
    column="pg_policy.polcmd",
    family="policies",
    meanings={
        "*": Command.ALL,
        "r": Command.SELECT,
        "a": Command.INSERT,
        "w": Command.UPDATE,
        "d": Command.DELETE,
    },
    unknown=Command.UNKNOWN,
)


def policy(row: PolicyRow, gaps: Gaps) -> Policy:
    """The policy of a row."""
    return Policy(
        name=row.name,
        command=COMMANDS.read(row.command, gaps),
        permissive=row.permissive,
        roles=tuple(sorted(row.roles or ())),
        using=bare(row.using) if row.using else None,
        check=bare(row.check) if row.check else None,
        comment=row.comment,
    )
