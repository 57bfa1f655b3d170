"""What stands in the way of reading: locks of other sessions, and objects that the server cannot print.

The catalogs themselves are read without waiting for anybody. But to print an expression, a view or an index
the server opens the table (ACCESS SHARE), and waits while another session holds it in ACCESS EXCLUSIVE mode
(the documentation's "Explicit Locking"). And where the catalogs are damaged it cannot print what hangs on the
damage. In both cases the query is asked again without those texts, so that all else is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from pgdossier.catalog import statements
from pgdossier.catalog.moments import moment
from pgdossier.catalog.query import Query
from pgdossier.model.dependencies import ObjectKind, ObjectName

# How much of a statement is shown.
_SHOWN = 120

_PRINTS = re.compile(
    r"pg_catalog\.pg_(?:get_(?!userbyid|keywords|sequence_data)[a-z_]+|sequence_last_value)\("
)


class RefusedError(Exception):
    """A query that the role may not run; its only argument is the server's reason."""


class LockedError(RefusedError):
    """A query waited too long for a lock; the transaction goes on."""


class DamagedError(Exception):
    """The server contradicts itself in a query; the transaction goes on. Its argument is what it said."""


class LockRow(NamedTuple):
    """One relation that another session holds, or waits for, in ACCESS EXCLUSIVE mode."""

    oid: int
    schema: str | None
    name: str | None
    kind: str | None
    process: int | None
    granted: bool
    replaying: bool
    application: str | None
    role: str | None
    since: str | None
    statement: str | None
    prepared: str | None
    waits_for: list[int] | None


LOCKS = Query(
    family="locks",
    row=LockRow,
    sql=f"""
    SELECT l.relation AS oid,
           n.nspname AS schema,
           c.relname AS name,
           c.relkind AS kind,
           l.pid AS process,
           l.granted AS granted,
           COALESCE(a.backend_type = 'startup', false) AS replaying,
           NULLIF(a.application_name, '') AS application,
           a.usename AS role,
           {moment("a.xact_start")} AS since,
           a.query AS statement,
           x.gid AS prepared,
           CASE WHEN NOT l.granted THEN pg_catalog.pg_blocking_pids(l.pid) END AS waits_for
      FROM pg_catalog.pg_locks l
      LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      LEFT JOIN pg_catalog.pg_locks o
        ON l.pid IS NULL AND o.pid IS NULL AND o.locktype = 'transactionid'
       AND o.virtualtransaction = l.virtualtransaction
      LEFT JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = o.transactionid
     WHERE l.locktype = 'relation'
       AND l.mode = 'AccessExclusiveLock'
       AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
       AND l.database IN (0, (SELECT d.oid FROM pg_catalog.pg_database d
                               WHERE d.datname = pg_catalog.current_database()))
     ORDER BY l.granted DESC, l.relation, l.pid
    """,
)


class AffectedRow(NamedTuple):
    """One object that the server prints only when it may open a locked relation.

    `schema` and `name` are of the relations and routines that would not be whole.
    """

    kind: str
    oid: int
    schema: str | None
    name: str | None
    arguments: str | None


# Views, rules and policies open what they read; routines with an SQL body (PostgreSQL 14) do too.
AFFECTED = Query(
    family="locks",
    row=AffectedRow,
    sql="""
    WITH held AS (SELECT h.oid FROM pg_catalog.unnest(%(held)s::pg_catalog.oid[]) AS h (oid)),
    needs AS (
        SELECT d.classid, d.objid
          FROM pg_catalog.pg_depend d
          JOIN held ON held.oid = d.refobjid
         WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    ),
    relations AS (
        SELECT held.oid FROM held
         UNION
        SELECT r.ev_class
          FROM needs
          JOIN pg_catalog.pg_rewrite r
            ON r.oid = needs.objid AND needs.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
         UNION
        SELECT p.polrelid
          FROM needs
          JOIN pg_catalog.pg_policy p
            ON p.oid = needs.objid AND needs.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
    )
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
                          ELSE 'relation' END AS kind,
           c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           NULL::pg_catalog.text AS arguments
      FROM relations
      JOIN pg_catalog.pg_class c ON c.oid = relations.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     UNION ALL
    SELECT 'routine', p.oid, n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
      FROM needs
      JOIN pg_catalog.pg_proc p
        ON p.oid = needs.objid AND needs.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     UNION ALL
    SELECT 'part', i.indexrelid, NULL, NULL, NULL
      FROM relations JOIN pg_catalog.pg_index i ON i.indrelid = relations.oid
     UNION ALL
    SELECT 'part', k.oid, NULL, NULL, NULL
      FROM relations JOIN pg_catalog.pg_constraint k ON k.conrelid = relations.oid
     UNION ALL
    SELECT 'part', t.oid, NULL, NULL, NULL
      FROM relations JOIN pg_catalog.pg_trigger t ON t.tgrelid = relations.oid
     UNION ALL
    SELECT 'part', r.oid, NULL, NULL, NULL
      FROM relations JOIN pg_catalog.pg_rewrite r ON r.ev_class = relations.oid
     UNION ALL
    SELECT 'part', s.oid, NULL, NULL, NULL
      FROM relations JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = relations.oid
    """,
)


class Obstacles(msgspec.Struct):
    """What was in the way so far; the sessions of one reading share it.

    Attributes:
        silent: The OIDs of what is not printed any more.
        relations: Those among them that are relations, which are then not whole.
        sequences: The sequences whose values cannot be had.
        routines: The routines that are not whole, by OID.
        held: The relations that others hold, as people write them, each with who holds it.
        damaged: What the server could not print: family, OID, and what it said.
    """

    silent: set[int] = msgspec.field(default_factory=set)
    relations: dict[int, tuple[str, str]] = msgspec.field(default_factory=dict)
    sequences: dict[int, str] = msgspec.field(default_factory=dict)
    routines: dict[int, tuple[str, str, str]] = msgspec.field(default_factory=dict)
    held: dict[str, str] = msgspec.field(default_factory=dict)
    damaged: dict[int, tuple[str, str]] = msgspec.field(default_factory=dict)

    @property
    def unread(self) -> dict[tuple[str, int], ObjectName]:
        """The relations and routines that are not whole, by catalog and OID."""
        found = {
            ("pg_class", oid): ObjectName(ObjectKind.RELATION, *name) for oid, name in self.relations.items()
        }
        found |= {
            ("pg_proc", oid): ObjectName(ObjectKind.ROUTINE, *name) for oid, name in self.routines.items()
        }
        return found

    def around(self, sql: str, above: int | None = None) -> str:
        """The statement without what would be waited for, or cannot be printed.

        Args:
            sql: The statement.
            above: Print nothing of a higher OID either.
        """
        if not self.silent and above is None:
            return sql
        oids = ",".join(map(str, sorted(self.silent)))
        pieces, end = [], 0
        for start, stop, key in _calls(sql):
            if start < end:  # inside another call
                continue
            high = "" if above is None else f" OR ({key})::pg_catalog.int8 > {above}"
            condition = f"({key}) = ANY ('{{{oids}}}'::pg_catalog.oid[]){high}"
            pieces += [sql[end:start], f"CASE WHEN {condition} THEN NULL ELSE {sql[start:stop]} END"]
            end = stop
        return "".join((*pieces, sql[end:]))


def _calls(sql: str) -> Iterator[tuple[int, int, str]]:
    """Where an object is printed: start and end of the call, and the argument that names the object."""
    for match in _PRINTS.finditer(sql):
        depth, last = 1, match.end()
        arguments: list[str] = []
        for at in range(match.end(), len(sql)):
            letter = sql[at]
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if (letter == "," and depth == 1) or depth == 0:
                arguments.append(sql[last:at].strip())
                last = at + 1
            if depth == 0:
                key = arguments[1] if match[0].endswith("pg_get_expr(") else arguments[0]
                if arguments != [""] and not re.fullmatch(r"0(::pg_catalog\.oid)?", key):
                    yield match.start(), at + 1, key
                break


def holder(row: LockRow) -> str:
    """Who holds that lock, in words: process, application, role, since when, and its statement masked."""
    if row.process is None:
        return f"the prepared transaction {row.prepared}" if row.prepared else "a prepared transaction"
    if row.replaying:
        return "the replay of a change that the primary made"
    facts = [row.application or "", f"role {row.role}" if row.role else ""]
    facts.append(f"since {row.since}" if row.since else "")
    told = ", ".join(fact for fact in facts if fact)
    words = f"process {row.process}" + (f" ({told})" if told else "")
    if row.waits_for:
        words += f", which itself waits for process {', '.join(map(str, row.waits_for))}"
    statement = _shown(row.statement or "")
    return f"{words}: {statement}" if statement else words


def _shown(statement: str) -> str:
    """A statement without constants, cut short; its first words where these cannot be told apart."""
    if not statement or statement.startswith("<"):
        return ""
    found = statements.normalised(statement)
    text = found.text if found is not None else " ".join(re.findall(r"[A-Za-z]+", statement)[:2]) + " …"
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 2].rstrip() + " …"
