"""The queries of §10.3: each gives one of its figures, in a monitor or by hand.

They are for the major version of the documented server, need no extension and, with pg_monitor, no other
privilege.
"""

from __future__ import annotations

from pgdossier.analysis.monitoring import DEAD_LEAST
from pgdossier.language import mark

_NEW_CHECKPOINTER = 17
# What stands in the queries for something longer.
_WAL_END = """CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                           ELSE pg_current_wal_lsn() END"""
_DAYS = "greatest(extract(epoch FROM now() - stats_reset) / 86400, 1)"

_SQL = {
    "connections": """\
SELECT 100.0 * sum(numbackends) / current_setting('max_connections')::int AS percent
  FROM pg_stat_database;""",
    "cache_hit": """\
SELECT 100.0 * blks_hit / nullif(blks_hit + blks_read, 0) AS percent
  FROM pg_stat_database WHERE datname = current_database();""",
    "dead_rows": """\
SELECT schemaname, relname, 100.0 * n_dead_tup / (n_dead_tup + n_live_tup) AS percent
  FROM pg_stat_user_tables WHERE n_dead_tup >= :dead_least
 ORDER BY percent DESC LIMIT 5;""",
    "vacuum_lag": """\
SELECT schemaname, relname, n_dead_tup, n_mod_since_analyze,
       greatest(last_vacuum, last_autovacuum) AS vacuumed,
       greatest(last_analyze, last_autoanalyze) AS analysed
  FROM pg_stat_user_tables
 WHERE n_dead_tup > 2 * (current_setting('autovacuum_vacuum_threshold')::int
                         + current_setting('autovacuum_vacuum_scale_factor')::float8 * n_live_tup)
    OR n_mod_since_analyze > 2 * (current_setting('autovacuum_analyze_threshold')::int
                         + current_setting('autovacuum_analyze_scale_factor')::float8 * n_live_tup);""",
    "transaction_age": """\
SELECT datname, age(datfrozenxid) / 1e6 AS millions FROM pg_database ORDER BY millions DESC LIMIT 1;""",
    "multixact_age": """\
SELECT datname, mxid_age(datminmxid) / 1e6 AS millions FROM pg_database ORDER BY millions DESC LIMIT 1;""",
    "replication_lag": """\
SELECT application_name,
       pg_wal_lsn_diff(:wal_end,
                       coalesce(replay_lsn, sent_lsn)) / 1048576 AS megabytes
  FROM pg_stat_replication;""",
    "replication_delay": """\
SELECT application_name, extract(epoch FROM replay_lag) AS seconds FROM pg_stat_replication;""",
    "slot_wal": """\
SELECT slot_name, wal_status,
       pg_wal_lsn_diff(:wal_end,
                       restart_lsn) / 1048576 AS megabytes
  FROM pg_replication_slots WHERE NOT temporary;""",
    "inactive_slots": """\
SELECT count(*) FROM pg_replication_slots WHERE NOT active AND NOT temporary;""",
    "deadlocks": """\
SELECT deadlocks / :days AS a_day
  FROM pg_stat_database WHERE datname = current_database();""",
    "sequences": """\
SELECT s.schemaname, s.sequencename,
       100 * (s.last_value::numeric - s.min_value)
         / nullif(least(s.max_value, CASE a.atttypid WHEN 'smallint'::regtype THEN 32767
                                                     WHEN 'integer'::regtype THEN 2147483647 END)::numeric
                  - s.min_value, 0) AS percent
  FROM pg_sequences s
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                       AND d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
                       AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE s.increment_by > 0 AND NOT s.cycle
 ORDER BY percent DESC NULLS LAST LIMIT 5;""",
    "requested_checkpoints": """\
SELECT 100.0 * checkpoints_req / nullif(checkpoints_req + checkpoints_timed, 0) AS percent
  FROM pg_stat_bgwriter;""",
    "invalid_indexes": """\
SELECT indexrelid::regclass AS index FROM pg_index WHERE NOT indisvalid;""",
    "long_transaction": """\
SELECT max(extract(epoch FROM now() - xact_start)) / 60 AS minutes
  FROM pg_stat_activity WHERE backend_type = 'client backend';""",
    "idle_in_transaction": """\
SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%';""",
    "prepared_transaction": """\
SELECT count(*), max(extract(epoch FROM now() - prepared)) / 60 AS minutes FROM pg_prepared_xacts;""",
    "temporary_files": """\
SELECT temp_bytes / 1048576 / :days AS megabytes_a_day
  FROM pg_stat_database WHERE datname = current_database();""",
    "checksum_failures": """\
SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database();""",
    "archiving": """\
SELECT last_failed_time > coalesce(last_archived_time, '-infinity') AS failing, failed_count
  FROM pg_stat_archiver;""",
    # By name, for PostgreSQL 13 shows the OIDs of subscriptions to superusers alone.
    "subscriptions": """\
SELECT s.subname FROM pg_subscription s
  JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
 WHERE s.subenabled AND NOT EXISTS (SELECT FROM pg_stat_subscription w
                                     WHERE w.subname = s.subname
                                       AND w.relid IS NULL AND w.pid IS NOT NULL);""",
}
REMARKS = {
    "sequences": mark("(of sequences that count up, with the columns that own them)"),
    "vacuum_lag": mark("(by the settings of the server; tables can have their own)"),
}
"""What a query leaves out, as SQL comments."""

_SINCE_17 = {
    "requested_checkpoints": """\
SELECT 100.0 * num_requested / nullif(num_requested + num_timed, 0) AS percent
  FROM pg_stat_checkpointer;""",
}


def query(key: str, major: int) -> str | None:
    """The query for a figure; None when it takes more than a query to know it (the estimate of bloat)."""
    found = _SINCE_17.get(key) if major >= _NEW_CHECKPOINTER else None
    found = found or _SQL.get(key)
    if found is None:
        return None
    for name, meaning in ((":dead_least", str(DEAD_LEAST)), (":wal_end", _WAL_END), (":days", _DAYS)):
        found = found.replace(name, meaning)
    return found
