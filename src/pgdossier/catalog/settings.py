"""Settings of the server (pg_settings): those that were changed, and those that are always told."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.catalog.secrets import is_secret_setting
from pgdossier.model.operation import ServerSetting

# What a design document tells even when it is as built in.
ALWAYS = (
    "archive_command",
    "archive_library",
    "archive_mode",
    "archive_timeout",
    "autovacuum",
    "autovacuum_analyze_scale_factor",
    "autovacuum_analyze_threshold",
    "autovacuum_freeze_max_age",
    "autovacuum_max_workers",
    "autovacuum_multixact_freeze_max_age",
    "autovacuum_naptime",
    "autovacuum_vacuum_cost_delay",
    "autovacuum_vacuum_cost_limit",
    "autovacuum_vacuum_insert_scale_factor",
    "autovacuum_vacuum_insert_threshold",
    "autovacuum_vacuum_max_threshold",
    "autovacuum_vacuum_scale_factor",
    "autovacuum_vacuum_threshold",
    "autovacuum_work_mem",
    "checkpoint_completion_target",
    "checkpoint_timeout",
    "default_statistics_target",
    "default_table_access_method",
    "default_toast_compression",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "effective_cache_size",
    "effective_io_concurrency",
    "fsync",
    "full_page_writes",
    "hot_standby",
    "hot_standby_feedback",
    "huge_pages",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "jit",
    "lock_timeout",
    "log_connections",
    "log_min_duration_statement",
    "log_statement",
    "logging_collector",
    "maintenance_work_mem",
    "max_connections",
    "max_locks_per_transaction",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_slot_wal_keep_size",
    "max_wal_senders",
    "max_wal_size",
    "max_worker_processes",
    "min_wal_size",
    "password_encryption",
    "primary_conninfo",
    "primary_slot_name",
    "random_page_cost",
    "recovery_min_apply_delay",
    "reserved_connections",
    "restore_command",
    "scram_iterations",
    "seq_page_cost",
    "session_preload_libraries",
    "shared_buffers",
    "shared_preload_libraries",
    "ssl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "statement_timeout",
    "superuser_reserved_connections",
    "synchronous_commit",
    "synchronous_standby_names",
    "temp_buffers",
    "temp_file_limit",
    "track_activities",
    "track_activity_query_size",
    "track_counts",
    "track_functions",
    "track_io_timing",
    "transaction_timeout",
    "vacuum_cost_limit",
    "vacuum_failsafe_age",
    "vacuum_freeze_max_age",
    "vacuum_freeze_table_age",
    "wal_buffers",
    "wal_compression",
    "wal_keep_size",
    "wal_level",
    "wal_log_hints",
    "wal_segment_size",
    "work_mem",
)


class SettingRow(NamedTuple):
    """One setting; a value that could be a secret is NULL, and '' when it is not set."""

    name: str
    value: str | None
    unit: str | None
    default: str | None
    source: str
    context: str
    pending_restart: bool


# What our own session set has the value that a reset would give, unless the role, the database or the
# connection's options chose that one. Where files and sockets are, and what belongs to formats, is left out.
QUERY = Query(
    family="settings",
    row=SettingRow,
    sql=f"""
    SELECT x.name AS name,
           CASE WHEN NOT x.secret THEN x.value
                WHEN COALESCE(x.value, '') IN ('', '(disabled)') THEN '' END AS value,
           x.unit AS unit,
           CASE WHEN NOT x.secret THEN x.boot_val END AS default,
           x.source AS source,
           x.context AS context,
           x.pending_restart AS pending_restart
      FROM (
            SELECT s.name, e.value, s.unit, s.boot_val, s.source, s.context, s.pending_restart,
                   COALESCE({is_secret_setting("s.name", "e.value")}, true) AS secret
              FROM pg_catalog.pg_settings s
             CROSS JOIN LATERAL (
                    SELECT CASE WHEN s.source = 'session' THEN s.reset_val ELSE s.setting END AS value
                   ) e
             WHERE (s.name = ANY (%(always)s)
                    OR s.pending_restart
                    OR (s.context <> 'internal'
                        AND s.source NOT IN ('default', 'override', 'environment variable')
                        AND e.value IS DISTINCT FROM s.boot_val))
               AND s.source NOT IN ('client', 'user', 'database', 'database user', 'interactive', 'test')
               AND (s.source <> 'session'
                    OR (NOT %(options)s AND pg_catalog.lower(s.name) <> ALL (ARRAY(
                            SELECT pg_catalog.lower(pg_catalog.split_part(c.item, '=', 1))
                              FROM pg_catalog.pg_db_role_setting o
                              LEFT JOIN pg_catalog.pg_roles r ON r.oid = o.setrole
                              LEFT JOIN pg_catalog.pg_database db ON db.oid = o.setdatabase
                             CROSS JOIN LATERAL pg_catalog.unnest(o.setconfig) c (item)
                             WHERE (o.setrole = 0 OR r.rolname = SESSION_USER)
                               AND (o.setdatabase = 0 OR db.datname = pg_catalog.current_database())
                               AND (o.setrole <> 0 OR o.setdatabase <> 0)))))
               AND s.name !~ '(_file|_director(y|ies)|_dir|_path|^listen_addresses|^port|_group|_host)$'
               AND s.name !~ '^(lc_|log_filename|log_file_|log_timezone|TimeZone|timezone_|client_encoding)'
               AND s.name NOT IN
                   ('DateStyle', 'IntervalStyle', 'application_name', 'default_text_search_config')
           ) x
    """,
)


def setting(row: SettingRow) -> ServerSetting:
    """The setting of a row."""
    return ServerSetting(
        name=row.name,
        value=row.value,
        unit=row.unit,
        default=row.default,
        source=row.source,
        context=row.context,
        pending_restart=row.pending_restart,
    )
