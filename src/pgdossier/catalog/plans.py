"""How the foremost statements would be planned, without executing anything of them.

EXPLAIN without ANALYZE executes no statement, but planning runs functions: immutable ones of constants are
replaced by their result, stable ones are called for estimates, and functions written in SQL are taken apart
(the documentation's "Function Volatility Categories"). No function of a user may run while a database is
read, so a statement from which one can be reached (`hazards.py`) is not planned, nor is one that would have
another server asked.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from pgdossier.catalog import hazards, placeholders, statements
from pgdossier.catalog.hazards import Hazards
from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.query import Query
from pgdossier.catalog.session import Session
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.workload import Plan, PlannedIndex, Statement

# How many statements are planned, how long one and all may take (seconds), and how long a lock is waited for.
FOREMOST = 50
_ONE = 3
_ALL = 30
_LOCK = 1
# How often one statement is tried, each time with one type more.
_ATTEMPTS = 8

_SETTINGS = (
    # What the reader had set for its own queries, back to what sessions get here.
    "SET LOCAL enable_nestloop TO DEFAULT",
    "SET LOCAL max_parallel_workers_per_gather TO DEFAULT",
    "SET LOCAL jit TO DEFAULT",
    # CHECK constraints are then not looked at, and what they call is not run.
    "SET LOCAL constraint_exclusion TO off",
    f"SET LOCAL statement_timeout TO {_ONE * 1000}",
    f"SET LOCAL lock_timeout TO {_LOCK * 1000}",
)
# Of a prepared statement the executor is started with parameters that are null: no partition is left then.
_PREPARED = ("SET LOCAL plan_cache_mode TO force_generic_plan", "SET LOCAL enable_partition_pruning TO off")
_UNCOUNTED = "SET LOCAL pg_stat_statements.track TO none"
_NAME = "pgdossier_statement"
_SAID = "the server says: "


class PathRow(NamedTuple):
    """The search_path that sessions of a role get here; `role` is None for those without one of their own."""

    role: str | None
    value: str


# What all get comes from the configuration where the database says nothing. It is the reader's own, unless
# its role or its connection has another one: then PostgreSQL's default is taken.
PATHS = Query(
    family="plans",
    row=PathRow,
    sql="""
    WITH chosen AS (
        SELECT s.setrole, s.setdatabase, pg_catalog.substr(c.entry, 13) AS value
          FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c (entry)
         WHERE c.entry LIKE 'search\\_path=%%'
           AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d
                                      WHERE d.datname = pg_catalog.current_database()))
    )
    SELECT r.rolname::pg_catalog.text AS role, x.value AS value
      FROM (SELECT DISTINCT ON (c.setrole) c.setrole, c.value
              FROM chosen c WHERE c.setrole <> 0
             ORDER BY c.setrole, (c.setdatabase <> 0) DESC) x
      JOIN pg_catalog.pg_roles r ON r.oid = x.setrole
    UNION ALL
    SELECT NULL,
           COALESCE((SELECT c.value FROM chosen c WHERE c.setrole = 0 AND c.setdatabase <> 0),
                    (SELECT c.value FROM chosen c WHERE c.setrole = 0 AND c.setdatabase = 0),
                    (SELECT CASE WHEN %(options)s OR EXISTS (
                                        SELECT FROM chosen c JOIN pg_catalog.pg_roles r ON r.oid = c.setrole
                                         WHERE r.rolname = SESSION_USER)
                                 THEN s.boot_val ELSE s.reset_val END
                       FROM pg_catalog.pg_settings s WHERE s.name = 'search_path'))
    """,
)


def chosen(found: Collection[Statement]) -> list[Statement]:
    """The statements to plan: the foremost by time, then by calls."""
    by_time = sorted(found, key=lambda each: (-each.total_ms, each.id))
    by_calls = sorted(found, key=lambda each: (-each.calls, each.id))
    kept = {each.id: each for each in by_time[: FOREMOST // 2]}
    for each in (*by_calls[: FOREMOST // 4], *by_time):
        if len(kept) < FOREMOST:
            kept[each.id] = each
    return list(kept.values())


def read(
    session: Session,
    found: Collection[Statement],
    *,
    distributed: bool = False,
    prepared: bool | None = None,
) -> dict[str, Plan]:
    """The plans of the foremost statements, by id.

    Args:
        session: The session, inside its transaction.
        found: The statements without constants.
        distributed: Citus is installed: planning asks the other servers.
        prepared: Plan prepared statements; by default below PostgreSQL 16, which cannot do without.

    Raises:
        RefusedError: The catalogs do not say what planning could run.
        ConnectionFailed: The connection was lost.
    """
    candidates = chosen(found)
    if distributed:
        return {each.id: Plan(unexplained="with Citus, planning asks other servers") for each in candidates}
    if prepared is None:
        prepared = session.major < 16
    reachable = Hazards.of(session.try_rows(hazards.QUERY))
    paths = {row.role: row.value for row in session.try_rows(PATHS, options=session.has_options)}
    plans: dict[str, Plan] = {}
    deadline = time.monotonic() + _ALL
    settings = (*_SETTINGS, *(_PREPARED if prepared else ()), *_uncounted(session))
    with session.aside(*settings):
        for each in candidates:
            path = _path(each.roles, paths)
            if time.monotonic() > deadline:
                plans[each.id] = Plan(unexplained="planning the statements before it took too long")
            else:
                plans[each.id] = _plan(session, each, path, reachable, prepared=prepared)
    return plans


# Reading cannot be granted for a function.
_DENIED = re.compile(f"{re.escape(_SAID)}permission denied for (?!function)")


def denied_reads(found: Iterable[Statement], made: Mapping[str, Plan]) -> int:
    """How many statements that only read have no plan because the role may not read; it could be granted."""
    denied = 0
    for each in found:
        reason = made[each.id].unexplained if each.id in made else None
        if reason is not None and _DENIED.match(reason):
            words = {token.lower() for token in statements.tokens(each.text) or ()}
            denied += not words & {"insert", "update", "delete", "merge", "share"}
    return denied


def _uncounted(session: Session) -> tuple[str, ...]:
    """What keeps our EXPLAINs out of the statistics that we read; superusers may say so."""
    try:
        with session.aside(_UNCOUNTED):
            return (_UNCOUNTED,)
    except RefusedError:
        return ()


def _path(roles: Iterable[str], paths: Mapping[str | None, str]) -> str:
    """The search_path that a statement of these roles meets when it starts."""
    role = min(roles, default=None)
    value = paths.get(role) or paths.get(None) or ""
    if role is None:
        return value
    parts = [part.strip() for part in value.split(",")]
    return ", ".join(quote_identifier(role) if part in ('"$user"', "$user") else part for part in parts)


def _plan(session: Session, statement: Statement, path: str, reachable: Hazards, *, prepared: bool) -> Plan:
    text, nested = statement.text, statement.nested
    tokens = statements.tokens(text)
    if tokens is None or not tokens or ";" in tokens or statements.kind_of(text) is None:
        return Plan(unexplained="it is not one statement that reads or changes rows", search_path=path)
    reason = reachable.reason(tokens)
    if reason is not None:
        return Plan(unexplained=reason, search_path=path)
    refused = ""
    todo = list(placeholders.attempts(text, tokens, session.major))
    if not todo:
        return Plan(unexplained="the server kept constants in its text", search_path=path)
    for attempt in todo:
        try:
            with session.aside(f"SELECT pg_catalog.set_config('search_path', {quote_literal(path)}, true)"):
                return plan_of(_explained(session, attempt, prepared=prepared), path)
        except RefusedError as error:
            refused = str(error)
            mended = placeholders.typed(attempt, refused) if len(todo) < _ATTEMPTS else None
            if mended is not None:
                todo.append(mended)
        except ValueError:
            refused = "the plan could not be read"
    said = f"{_SAID}{refused}"
    if nested and refused.endswith("does not exist"):
        said = f"it runs inside a function, and may name its variables ({said})"
    return Plan(unexplained=said, search_path=path)


def _explained(session: Session, text: str, *, prepared: bool) -> Any:
    if not prepared:
        return session.value(f"EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) {text}")
    count = max((int(number) for number in re.findall(r"\$(\d+)", text)), default=0)
    session.value(f"PREPARE {_NAME} AS {text}")
    try:
        values = f"({', '.join(['NULL'] * count)})" if count else ""
        return session.value(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {_NAME}{values}")
    finally:
        session.value(f"DEALLOCATE {_NAME}")


# --- reading a plan ------------------------------------------------------------------------------------

_INDEX_SCANS = {
    "Index Scan": "index scan",
    "Index Only Scan": "index only scan",
    "Bitmap Index Scan": "bitmap index scan",
}


def plan_of(explained: Any, path: str) -> Plan:
    """The plan from what EXPLAIN (VERBOSE, FORMAT JSON) gives.

    Raises:
        ValueError: It is not that.
    """
    document = json.loads(explained) if isinstance(explained, str) else explained
    try:
        root = document[0]["Plan"]
    except (LookupError, TypeError):
        raise ValueError("no plan") from None
    tables: set[QualifiedName] = set()
    written: set[QualifiedName] = set()
    sequential: set[QualifiedName] = set()
    indexes: set[PlannedIndex] = set()
    todo: list[tuple[dict[str, Any], QualifiedName | None]] = [(root, None)]
    while todo:
        node, above = todo.pop()
        kind = node.get("Node Type", "")
        relation = _relation(node) or above
        own = _relation(node)
        if own is not None:
            tables.add(own)
        if kind == "ModifyTable":
            targets = {name for target in node.get("Target Tables", ()) if (name := _relation(target))}
            targets |= {own} if own else set()
            tables |= targets
            written |= targets
            for index in node.get("Conflict Arbiter Indexes", ()):
                if own is not None:
                    indexes.add(
                        PlannedIndex(schema=own.schema, name=index, table=own.name, how="conflict check")
                    )
            relation = None
        elif kind == "Seq Scan" and own is not None:
            sequential.add(own)
        elif kind in _INDEX_SCANS and relation is not None and "Index Name" in node:
            indexes.add(
                PlannedIndex(
                    schema=relation.schema,
                    name=node["Index Name"],
                    table=relation.name,
                    how=_INDEX_SCANS[kind],
                )
            )
        below = relation if kind in ("Bitmap Heap Scan", "BitmapAnd", "BitmapOr") else None
        todo += [(child, below) for child in node.get("Plans", ())]
    return Plan(
        search_path=path,
        tables=tuple(sorted(tables)),
        written=tuple(sorted(written)),
        indexes=tuple(sorted(indexes)),
        sequential=tuple(sorted(sequential)),
        cost=root.get("Total Cost"),
    )


def _relation(node: Mapping[str, Any]) -> QualifiedName | None:
    if "Relation Name" not in node:
        return None
    return QualifiedName(node.get("Schema", ""), node["Relation Name"])
