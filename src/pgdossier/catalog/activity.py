"""Counters of the database, its tables, indexes and sequences (pg_stat_database, pg_stat_all_tables …)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.moments import moment
from pgdossier.catalog.query import Query, Since
from pgdossier.model.activity import Blocks, DatabaseActivity, IndexActivity, SequenceUse, TableActivity


class DatabaseRow(NamedTuple):
    """The only row."""

    counted_since: str | None
    connections: int
    commits: int
    rollbacks: int
    blocks_read: int
    blocks_hit: int
    rows_inserted: int
    rows_updated: int
    rows_deleted: int
    rows_returned: int
    rows_fetched: int
    conflicts: int
    deadlocks: int
    temporary_files: int
    temporary_bytes: int
    checksum_failures: int | None
    transaction_age: int
    multixact_age: int


DATABASE = Query(
    family="database",
    row=DatabaseRow,
    sql=f"""
    SELECT {moment("s.stats_reset")} AS counted_since,
           s.numbackends AS connections,
           s.xact_commit AS commits,
           s.xact_rollback AS rollbacks,
           s.blks_read AS blocks_read,
           s.blks_hit AS blocks_hit,
           s.tup_inserted AS rows_inserted,
           s.tup_updated AS rows_updated,
           s.tup_deleted AS rows_deleted,
           s.tup_returned AS rows_returned,
           s.tup_fetched AS rows_fetched,
           s.conflicts AS conflicts,
           s.deadlocks AS deadlocks,
           s.temp_files AS temporary_files,
           s.temp_bytes AS temporary_bytes,
           s.checksum_failures AS checksum_failures,
           pg_catalog.age(d.datfrozenxid) AS transaction_age,
           pg_catalog.mxid_age(d.datminmxid) AS multixact_age
      FROM pg_catalog.pg_stat_database s
      JOIN pg_catalog.pg_database d ON d.oid = s.datid
     WHERE d.datname = pg_catalog.current_database()
    """,
)


class SizeRow(NamedTuple):
    """The only row: what the database takes on disk."""

    bytes: int | None


# On its own: it asks the file system about every file of the database.
SIZE = Query(
    family="database",
    row=SizeRow,
    sql="SELECT pg_catalog.pg_database_size(pg_catalog.current_database()) AS bytes",
)


def database(row: DatabaseRow | None, size: SizeRow | None) -> DatabaseActivity | None:
    """The database of both rows; None when there is neither."""
    bytes_ = None if size is None else size.bytes
    if row is None:
        return None if bytes_ is None else DatabaseActivity(bytes=bytes_)
    return DatabaseActivity(
        counted_since=row.counted_since,
        bytes=bytes_,
        connections=row.connections,
        commits=row.commits,
        rollbacks=row.rollbacks,
        blocks=Blocks(read=row.blocks_read, hit=row.blocks_hit),
        rows_inserted=row.rows_inserted,
        rows_updated=row.rows_updated,
        rows_deleted=row.rows_deleted,
        rows_returned=row.rows_returned,
        rows_fetched=row.rows_fetched,
        conflicts=row.conflicts,
        deadlocks=row.deadlocks,
        temporary_files=row.temporary_files,
        temporary_bytes=row.temporary_bytes,
        checksum_failures=row.checksum_failures,
        transaction_age=row.transaction_age,
        multixact_age=row.multixact_age,
    )


class TableRow(NamedTuple):
    """One table, materialized view or partitioned table."""

    oid: int
    schema: str
    name: str
    stored: bool
    sequential_scans: int
    sequential_rows: int
    index_scans: int | None
    index_rows: int | None
    inserted: int
    updated: int
    deleted: int
    hot_updated: int
    new_page_updated: int | None
    live_rows: int
    dead_rows: int
    modified_since_analyze: int
    inserted_since_vacuum: int
    last_sequential_scan: str | None
    last_index_scan: str | None
    last_vacuum: str | None
    last_autovacuum: str | None
    last_analyze: str | None
    last_autoanalyze: str | None
    vacuums: int
    autovacuums: int
    analyzes: int
    autoanalyzes: int
    heap_read: int
    heap_hit: int
    index_read: int | None
    index_hit: int | None
    toast_read: int | None
    toast_hit: int | None
    transaction_age: int | None
    multixact_age: int | None


# The functions under the views: the views group all tables by all their indexes, twice.
TABLES = Query(
    family="tables",
    row=TableRow,
    sql=f"""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           c.relkind <> 'p' AS stored,
           pg_catalog.pg_stat_get_numscans(c.oid) AS sequential_scans,
           pg_catalog.pg_stat_get_tuples_returned(c.oid) AS sequential_rows,
           i.scans AS index_scans,
           CASE WHEN i.table IS NOT NULL
                THEN i.rows + pg_catalog.pg_stat_get_tuples_fetched(c.oid) END::pg_catalog.int8 AS index_rows,
           pg_catalog.pg_stat_get_tuples_inserted(c.oid) AS inserted,
           pg_catalog.pg_stat_get_tuples_updated(c.oid) AS updated,
           pg_catalog.pg_stat_get_tuples_deleted(c.oid) AS deleted,
           pg_catalog.pg_stat_get_tuples_hot_updated(c.oid) AS hot_updated,
           {{new_page}} AS new_page_updated,
           pg_catalog.pg_stat_get_live_tuples(c.oid) AS live_rows,
           pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead_rows,
           pg_catalog.pg_stat_get_mod_since_analyze(c.oid) AS modified_since_analyze,
           pg_catalog.pg_stat_get_ins_since_vacuum(c.oid) AS inserted_since_vacuum,
           {{last_sequential}} AS last_sequential_scan,
           {{last_index}} AS last_index_scan,
           {moment("pg_catalog.pg_stat_get_last_vacuum_time(c.oid)")} AS last_vacuum,
           {moment("pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)")} AS last_autovacuum,
           {moment("pg_catalog.pg_stat_get_last_analyze_time(c.oid)")} AS last_analyze,
           {moment("pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid)")} AS last_autoanalyze,
           pg_catalog.pg_stat_get_vacuum_count(c.oid) AS vacuums,
           pg_catalog.pg_stat_get_autovacuum_count(c.oid) AS autovacuums,
           pg_catalog.pg_stat_get_analyze_count(c.oid) AS analyzes,
           pg_catalog.pg_stat_get_autoanalyze_count(c.oid) AS autoanalyzes,
           pg_catalog.pg_stat_get_blocks_fetched(c.oid) - pg_catalog.pg_stat_get_blocks_hit(c.oid)
             AS heap_read,
           pg_catalog.pg_stat_get_blocks_hit(c.oid) AS heap_hit,
           i.blocks_read AS index_read,
           i.blocks_hit AS index_hit,
           pg_catalog.pg_stat_get_blocks_fetched(t.oid) - pg_catalog.pg_stat_get_blocks_hit(t.oid)
             + COALESCE(x.blocks_read, 0) AS toast_read,
           pg_catalog.pg_stat_get_blocks_hit(t.oid) + COALESCE(x.blocks_hit, 0) AS toast_hit,
           GREATEST(CASE WHEN c.relfrozenxid <> '0' THEN pg_catalog.age(c.relfrozenxid) END,
                    CASE WHEN t.relfrozenxid <> '0' THEN pg_catalog.age(t.relfrozenxid) END)
             AS transaction_age,
           GREATEST(CASE WHEN c.relminmxid <> '0' THEN pg_catalog.mxid_age(c.relminmxid) END,
                    CASE WHEN t.relminmxid <> '0' THEN pg_catalog.mxid_age(t.relminmxid) END)
             AS multixact_age
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid AND t.relkind = 't'
      LEFT JOIN (
            SELECT g.indrelid AS table,
                   {{last_scan}} AS last_scan,
                   pg_catalog.sum(pg_catalog.pg_stat_get_numscans(g.indexrelid))::pg_catalog.int8 AS scans,
                   pg_catalog.sum(pg_catalog.pg_stat_get_tuples_fetched(g.indexrelid))::pg_catalog.int8
                     AS rows,
                   pg_catalog.sum(pg_catalog.pg_stat_get_blocks_fetched(g.indexrelid)
                                  - pg_catalog.pg_stat_get_blocks_hit(g.indexrelid))::pg_catalog.int8
                     AS blocks_read,
                   pg_catalog.sum(pg_catalog.pg_stat_get_blocks_hit(g.indexrelid))::pg_catalog.int8
                     AS blocks_hit
              FROM pg_catalog.pg_index g
             GROUP BY g.indrelid
           ) i ON i.table = c.oid
      LEFT JOIN (
            SELECT g.indrelid AS table,
                   pg_catalog.sum(pg_catalog.pg_stat_get_blocks_fetched(g.indexrelid)
                                  - pg_catalog.pg_stat_get_blocks_hit(g.indexrelid))::pg_catalog.int8
                     AS blocks_read,
                   pg_catalog.sum(pg_catalog.pg_stat_get_blocks_hit(g.indexrelid))::pg_catalog.int8
                     AS blocks_hit
              FROM pg_catalog.pg_index g
              JOIN pg_catalog.pg_class gt ON gt.oid = g.indrelid AND gt.relkind = 't'
             GROUP BY g.indrelid
           ) x ON x.table = t.oid
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind IN ('r', 'm', 'p')
    """,
    fragments={
        "new_page": (
            Since(13, "NULL::pg_catalog.int8"),
            Since(16, "pg_catalog.pg_stat_get_tuples_newpage_updated(c.oid)"),
        ),
        "last_sequential": (
            Since(13, "NULL::pg_catalog.text"),
            Since(16, moment("pg_catalog.pg_stat_get_lastscan(c.oid)")),
        ),
        "last_index": (Since(13, "NULL::pg_catalog.text"), Since(16, moment("i.last_scan"))),
        "last_scan": (
            Since(13, "NULL::pg_catalog.timestamptz"),
            Since(16, "pg_catalog.max(pg_catalog.pg_stat_get_lastscan(g.indexrelid))"),
        ),
    },
)


def table(row: TableRow, minimum_bytes: int | None) -> TableActivity:
    """The counters of a row; those that are meaningless for a partitioned table are left out."""
    if not row.stored:
        return TableActivity(
            schema=row.schema,
            name=row.name,
            last_analyze=row.last_analyze,
            last_autoanalyze=row.last_autoanalyze,
            analyzes=row.analyzes,
            autoanalyzes=row.autoanalyzes,
        )
    return TableActivity(
        schema=row.schema,
        name=row.name,
        sequential_scans=row.sequential_scans,
        sequential_rows=row.sequential_rows,
        index_scans=row.index_scans,
        index_rows=row.index_rows,
        inserted=row.inserted,
        updated=row.updated,
        deleted=row.deleted,
        hot_updated=row.hot_updated,
        new_page_updated=row.new_page_updated,
        live_rows=row.live_rows,
        dead_rows=row.dead_rows,
        modified_since_analyze=row.modified_since_analyze,
        inserted_since_vacuum=row.inserted_since_vacuum,
        last_sequential_scan=row.last_sequential_scan,
        last_index_scan=row.last_index_scan,
        last_vacuum=row.last_vacuum,
        last_autovacuum=row.last_autovacuum,
        last_analyze=row.last_analyze,
        last_autoanalyze=row.last_autoanalyze,
        vacuums=row.vacuums,
        autovacuums=row.autovacuums,
        analyzes=row.analyzes,
        autoanalyzes=row.autoanalyzes,
        heap=Blocks(read=row.heap_read, hit=row.heap_hit),
        index_blocks=_blocks(row.index_read, row.index_hit),
        toast=_blocks(row.toast_read, row.toast_hit),
        transaction_age=row.transaction_age,
        multixact_age=row.multixact_age,
        minimum_bytes=minimum_bytes,
    )


def _blocks(read: int | None, hit: int | None) -> Blocks | None:
    return None if read is None or hit is None else Blocks(read=read, hit=hit)


class IndexActivityRow(NamedTuple):
    """One index; `relation` is its table."""

    relation: int
    schema: str
    name: str
    table: str
    scans: int
    entries_read: int
    rows_fetched: int
    last_scan: str | None
    blocks_read: int
    blocks_hit: int


INDEXES = Query(
    family="indexes",
    row=IndexActivityRow,
    sql="""
    SELECT c.oid AS relation,
           n.nspname AS schema,
           i.relname AS name,
           c.relname AS table,
           pg_catalog.pg_stat_get_numscans(i.oid) AS scans,
           pg_catalog.pg_stat_get_tuples_returned(i.oid) AS entries_read,
           pg_catalog.pg_stat_get_tuples_fetched(i.oid) AS rows_fetched,
           {last_scan} AS last_scan,
           pg_catalog.pg_stat_get_blocks_fetched(i.oid) - pg_catalog.pg_stat_get_blocks_hit(i.oid)
             AS blocks_read,
           pg_catalog.pg_stat_get_blocks_hit(i.oid) AS blocks_hit
      FROM pg_catalog.pg_index x
      JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
      JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relnamespace = ANY (%(namespaces)s)
       AND c.relkind IN ('r', 'm')
    """,
    fragments={
        "last_scan": (
            Since(13, "NULL::pg_catalog.text"),
            Since(16, moment("pg_catalog.pg_stat_get_lastscan(i.oid)")),
        )
    },
)


def index(row: IndexActivityRow) -> IndexActivity:
    """The counters of a row."""
    return IndexActivity(
        schema=row.schema,
        name=row.name,
        table=row.table,
        scans=row.scans,
        entries_read=row.entries_read,
        rows_fetched=row.rows_fetched,
        last_scan=row.last_scan,
        blocks=Blocks(read=row.blocks_read, hit=row.blocks_hit),
    )


class SequenceUseRow(NamedTuple):
    """One sequence; the value is None when it was never used, or is not readable."""

    oid: int
    schema: str
    name: str
    readable: bool
    lost: bool
    last_value: int | None


# An unlogged sequence has no data on a standby. Values are read by `sequence_values.py`.
SEQUENCES = Query(
    family="sequences",
    row=SequenceUseRow,
    sql="""
    SELECT x.oid AS oid,
           x.schema AS schema,
           x.name AS name,
           x.readable AS readable,
           x.lost AS lost,
           NULL::pg_catalog.int8 AS last_value
      FROM (
            SELECT c.oid AS oid, n.nspname AS schema, c.relname AS name,
                   pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                       AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS readable,
                   c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() AS lost
              FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relnamespace = ANY (%(namespaces)s)
               AND c.relkind = 'S'
               AND c.relpersistence <> 't'
           ) x
    """,
)


def sequence_use(row: SequenceUseRow) -> SequenceUse:
    """The use of a row."""
    known = row.readable and not row.lost
    return SequenceUse(
        schema=row.schema,
        name=row.name,
        last_value=row.last_value,
        used=(row.last_value is not None) if known else None,
    )
