"""The foremost statements of this database (pg_stat_statements, in whatever version it is installed)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from pgdossier.catalog import statements
from pgdossier.catalog.moments import moment
from pgdossier.catalog.query import Query
from pgdossier.model.names import quote_identifier
from pgdossier.model.workload import Plan, Statement, Workload

EXTENSION = "pg_stat_statements"
OLDEST = (1, 8)
# How many statements are kept, and how many are looked at: many are not about data, or about the catalogs.
KEPT = 100
_CANDIDATES = 300
# What stands for the text that a role may not see.
_HIDDEN = "<insufficient privilege>"


class InfoRow(NamedTuple):
    """All statements together; the first two are None before extension 1.9."""

    counted_since: str | None
    discarded: int | None
    total_calls: int
    total_ms: float
    different: int
    hidden: int


class StatementRow(NamedTuple):
    """One statement, summed over roles; `text` is None when it is longer than any that is shown."""

    id: str
    text: str | None
    roles: list[str] | None
    calls: int
    rows: int
    total_ms: float
    minimum_ms: float | None
    maximum_ms: float | None
    deviation_ms: float | None
    plan_ms: float | None
    shared_hit: int
    shared_read: int
    shared_dirtied: int
    shared_written: int
    temporary_read: int
    temporary_written: int
    read_ms: float | None
    wal_bytes: int | None
    nested: bool
    since: str | None
    extremes_since: str | None


def version_of(text: str) -> tuple[int, ...]:
    """The version of the extension as numbers: (1, 11)."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def info_query(schema: str, version: tuple[int, ...]) -> Query[InfoRow]:
    """How much there is, in the schema and the version that the extension is installed in."""
    view = f"{quote_identifier(schema)}.pg_stat_statements"
    since, discarded, info = "NULL::pg_catalog.text", "NULL::pg_catalog.int8", ""
    if version >= (1, 9):
        since, discarded = moment("i.stats_reset"), "i.dealloc"
        info = f"CROSS JOIN {view}_info i"
    return Query(
        family="statements",
        row=InfoRow,
        sql=f"""
        SELECT {since} AS counted_since,
               {discarded} AS discarded,
               s.calls AS total_calls,
               s.total_ms AS total_ms,
               s.different AS different,
               s.hidden AS hidden
          FROM (
                SELECT COALESCE(pg_catalog.sum(x.calls), 0)::pg_catalog.int8 AS calls,
                       COALESCE(pg_catalog.sum(x.total_exec_time), 0) AS total_ms,
                       pg_catalog.count(DISTINCT x.queryid) AS different,
                       pg_catalog.count(*) FILTER (WHERE x.query = '{_HIDDEN}') AS hidden
                  FROM {view} x
                 WHERE x.dbid = (SELECT db.oid FROM pg_catalog.pg_database db
                                  WHERE db.datname = pg_catalog.current_database())
               ) s {info}
        """,
    )


def query(schema: str, version: tuple[int, ...]) -> Query[StatementRow]:
    """The foremost by time and by calls, in the schema and the version that the extension is installed in.

    Each level of nesting and each role has an entry of its own; those of one statement are summed.
    """
    view = f"{quote_identifier(schema)}.pg_stat_statements"
    read_time = "x.shared_blk_read_time" if version >= (1, 11) else "x.blk_read_time"
    nested = "NOT pg_catalog.bool_or(x.toplevel)" if version >= (1, 9) else "false"
    since = extremes = "NULL::pg_catalog.text"
    if version >= (1, 11):
        since = moment("pg_catalog.min(x.stats_since)")
        extremes = moment("pg_catalog.max(x.minmax_stats_since)")
    return Query(
        family="statements",
        row=StatementRow,
        sql=f"""
        SELECT s.id AS id,
               CASE WHEN pg_catalog.length(s.text) <= {statements.LONGEST} THEN s.text END AS text,
               s.roles AS roles,
               s.calls AS calls,
               s.rows AS rows,
               s.total_ms AS total_ms,
               s.minimum_ms AS minimum_ms,
               s.maximum_ms AS maximum_ms,
               s.deviation_ms AS deviation_ms,
               NULLIF(s.plan_ms, 0) AS plan_ms,
               s.shared_hit AS shared_hit,
               s.shared_read AS shared_read,
               s.shared_dirtied AS shared_dirtied,
               s.shared_written AS shared_written,
               s.temporary_read AS temporary_read,
               s.temporary_written AS temporary_written,
               CASE WHEN pg_catalog.current_setting('track_io_timing') = 'on' THEN s.read_ms END AS read_ms,
               s.wal_bytes AS wal_bytes,
               s.nested AS nested,
               s.since AS since,
               s.extremes_since AS extremes_since
          FROM (
                SELECT x.queryid::pg_catalog.text AS id,
                       pg_catalog.min(x.query) AS text,
                       pg_catalog.array_agg(DISTINCT r.rolname::pg_catalog.text)
                         FILTER (WHERE r.rolname IS NOT NULL) AS roles,
                       pg_catalog.sum(x.calls)::pg_catalog.int8 AS calls,
                       pg_catalog.sum(x.rows)::pg_catalog.int8 AS rows,
                       pg_catalog.sum(x.total_exec_time) AS total_ms,
                       pg_catalog.min(x.min_exec_time) AS minimum_ms,
                       pg_catalog.max(x.max_exec_time) AS maximum_ms,
                       CASE WHEN pg_catalog.count(*) = 1 THEN pg_catalog.max(x.stddev_exec_time) END
                         AS deviation_ms,
                       pg_catalog.sum(x.total_plan_time) AS plan_ms,
                       pg_catalog.sum(x.shared_blks_hit)::pg_catalog.int8 AS shared_hit,
                       pg_catalog.sum(x.shared_blks_read)::pg_catalog.int8 AS shared_read,
                       pg_catalog.sum(x.shared_blks_dirtied)::pg_catalog.int8 AS shared_dirtied,
                       pg_catalog.sum(x.shared_blks_written)::pg_catalog.int8 AS shared_written,
                       pg_catalog.sum(x.temp_blks_read)::pg_catalog.int8 AS temporary_read,
                       pg_catalog.sum(x.temp_blks_written)::pg_catalog.int8 AS temporary_written,
                       pg_catalog.sum({read_time}) AS read_ms,
                       pg_catalog.sum(x.wal_bytes)::pg_catalog.int8 AS wal_bytes,
                       {nested} AS nested,
                       {since} AS since,
                       {extremes} AS extremes_since,
                       pg_catalog.row_number() OVER (
                         ORDER BY pg_catalog.sum(x.total_exec_time) DESC, x.queryid) AS by_time,
                       pg_catalog.row_number() OVER (
                         ORDER BY pg_catalog.sum(x.calls) DESC, x.queryid) AS by_calls
                  FROM {view} x
                  LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.userid
                 WHERE x.dbid = (SELECT db.oid FROM pg_catalog.pg_database db
                                  WHERE db.datname = pg_catalog.current_database())
                   AND x.calls > 0
                   AND x.queryid IS NOT NULL
                   AND x.query <> '{_HIDDEN}'
                   AND x.query !~* '^[[:space:]]*(begin|start|commit|end|rollback|abort|savepoint|release|set'
                                   '|reset|show|discard|create|alter|drop|grant|revoke|comment|copy|vacuum'
                                   '|analyze|explain|lock|truncate|declare|fetch|close|listen|notify|unlisten'
                                   '|do|call|deallocate|prepare|execute|refresh|reindex|cluster|checkpoint)[^a-z_]'
                   AND x.query !~* '[[:<:]](pg_catalog|information_schema)[.]'
                 GROUP BY x.queryid
               ) s
         WHERE s.by_time <= {_CANDIDATES} OR s.by_calls <= {_CANDIDATES}
        """,
    )


def workload(
    version: str,
    info: InfoRow,
    rows: Iterable[StatementRow],
    plans: Mapping[str, Plan] = MappingProxyType({}),
) -> Workload:
    """The workload of the rows: the foremost half by time, the rest by calls; with plans by id."""
    readable: dict[str, Statement] = {}
    unreadable = 0
    for row in rows:
        if row.text is None:
            unreadable += 1
            continue
        found = statements.normalised(row.text)
        if found is None:
            unreadable += 1
        elif statements.kind_of(row.text) is not None:
            readable[row.id] = _statement(row, found, plans.get(row.id))
    kept = _foremost(readable)
    return Workload(
        version=version,
        counted_since=info.counted_since,
        discarded=info.discarded,
        total_calls=info.total_calls,
        total_ms=round(info.total_ms, 3),
        different=info.different,
        hidden=info.hidden,
        unreadable=unreadable,
        statements=tuple(sorted(kept.values(), key=lambda found: (-found.total_ms, found.id))),
    )


def _foremost(found: Mapping[str, Statement]) -> dict[str, Statement]:
    by_time = sorted(found.values(), key=lambda each: (-each.total_ms, each.id))
    by_calls = sorted(found.values(), key=lambda each: (-each.calls, each.id))
    kept = {each.id: each for each in by_time[: KEPT // 2]}
    for each in (*by_calls[: KEPT // 2], *by_time):
        if len(kept) >= KEPT:
            break
        kept[each.id] = each
    return kept


def _statement(row: StatementRow, text: statements.Normalised, plan: Plan | None) -> Statement:
    return Statement(
        id=row.id,
        text=text.text,
        complete=text.complete,
        roles=tuple(sorted(row.roles or ())),
        calls=row.calls,
        rows=row.rows,
        total_ms=round(row.total_ms, 3),
        mean_ms=round(row.total_ms / row.calls, 3),
        minimum_ms=_rounded(row.minimum_ms),
        maximum_ms=_rounded(row.maximum_ms),
        deviation_ms=_rounded(row.deviation_ms),
        plan_ms=_rounded(row.plan_ms),
        shared_hit=row.shared_hit,
        shared_read=row.shared_read,
        shared_dirtied=row.shared_dirtied,
        shared_written=row.shared_written,
        temporary_read=row.temporary_read,
        temporary_written=row.temporary_written,
        read_ms=_rounded(row.read_ms),
        wal_bytes=row.wal_bytes,
        nested=row.nested,
        since=row.since,
        extremes_since=row.extremes_since,
        plan=plan,
    )


def _rounded(found: float | None) -> float | None:
    return None if found is None else round(found, 3)
