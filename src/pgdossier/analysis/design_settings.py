"""The settings of a server that a design depends on, and which of them somebody chose.

What a setting does follows the chapter "Server Configuration" of the PostgreSQL documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pgdossier.model.operation import Operation, ServerSetting

# Groups in the order in which they are told; a reason says what follows for the design, in a few words.
_GROUPS: dict[str, dict[str, str]] = {
    "Durability": {
        "fsync": "off: a crash of the machine can destroy the whole server's data",
        "full_page_writes": "off: a crash can leave torn pages",
        "synchronous_commit": "when a commit is reported as done: off can lose the last commits in a crash",
        "wal_log_hints": "needed by pg_rewind where pages have no checksums",
        "ignore_checksum_failure": "on: damaged pages are read as if they were sound",
        "zero_damaged_pages": "on: damaged pages are read as empty",
    },
    "WAL and checkpoints": {
        "wal_level": "what WAL can be used for: recovery, standbys, logical decoding",
        "wal_compression": "processor time for less WAL",
        "max_wal_size": "how often the amount of WAL starts a checkpoint",
        "min_wal_size": "WAL files that are kept for reuse",
        "checkpoint_timeout": "how long recovery after a crash can take",
        "checkpoint_completion_target": "how evenly checkpoints write",
        "wal_buffers": "WAL in memory before it is written",
        "wal_segment_size": "the size of what is archived",
        "commit_delay": "commits wait to be written together",
    },
    "Replication and archiving": {
        "archive_mode": "whether WAL is archived: point-in-time recovery needs it",
        "archive_timeout": "how much can be lost when only the archive is left",
        "archive_library": "what archives WAL",
        "synchronous_standby_names": "which standbys a commit waits for",
        "max_wal_senders": "how many standbys, subscribers and backups can be connected",
        "max_replication_slots": "how many slots there can be",
        "max_slot_wal_keep_size": "how much WAL a slot can hold before it is given up",
        "idle_replication_slot_timeout": "how long a slot may be unused before it is given up",
        "wal_keep_size": "how far behind a standby without a slot can be",
        "hot_standby": "whether a standby answers queries",
        "hot_standby_feedback": "queries of a standby keep rows here from being vacuumed",
        "max_standby_streaming_delay": "how long queries of a standby can hold replay up",
        "max_standby_archive_delay": "how long queries of a standby can hold replay up",
        "recovery_min_apply_delay": "a standby that lags on purpose",
        "primary_slot_name": "the slot that a standby uses",
        "sync_replication_slots": "logical slots survive a failover",
        "synchronized_standby_slots": "subscribers wait for these standbys",
        "track_commit_timestamp": "when each transaction was committed is kept",
        "max_logical_replication_workers": "how many subscriptions can be applied",
        "wal_receiver_timeout": "when a standby gives its connection up",
        "wal_sender_timeout": "when a standby is given up",
    },
    "Connections": {
        "max_connections": "how many sessions there can be: more need a connection pool",
        "superuser_reserved_connections": "sessions kept for superusers",
        "reserved_connections": "sessions kept for roles of pg_use_reserved_connections",
        "idle_session_timeout": "idle sessions are ended: applications must reconnect",
        "idle_in_transaction_session_timeout": "sessions that wait inside a transaction are ended",
        "transaction_timeout": "long transactions are ended",
        "statement_timeout": "long statements are cancelled",
        "lock_timeout": "statements that wait for a lock are cancelled",
        "deadlock_timeout": "how soon deadlocks are looked for",
        "max_locks_per_transaction": "how many tables and partitions one transaction can touch",
        "max_prepared_transactions": "whether two-phase commit can be used",
        "max_worker_processes": "the limit of all background workers together",
    },
    "Memory": {
        "shared_buffers": "the cache of the server",
        "work_mem": "memory of each sort and hash, several times per session",
        "hash_mem_multiplier": "how much more of it a hash can use",
        "maintenance_work_mem": "memory for index builds and VACUUM",
        "autovacuum_work_mem": "memory of each autovacuum worker",
        "effective_cache_size": "the cache that the planner reckons with",
        "temp_buffers": "memory for temporary tables, per session",
        "temp_file_limit": "how much a session can spill to disk",
        "huge_pages": "memory pages of the system",
        "logical_decoding_work_mem": "memory of each logical decoding",
        "max_stack_depth": "how deep functions can recurse",
    },
    "Planner": {
        "random_page_cost": "how dear index scans are reckoned: near 1 for SSDs",
        "seq_page_cost": "how dear sequential scans are reckoned",
        "cpu_tuple_cost": "a cost of the planner",
        "effective_io_concurrency": "reads at the same time",
        "maintenance_io_concurrency": "reads at the same time, in maintenance",
        "io_method": "how asynchronous reads are done",
        "default_statistics_target": "how exact the planner's statistics are",
        "constraint_exclusion": "whether CHECK constraints leave tables out",
        "enable_partitionwise_join": "partitions joined one by one",
        "enable_partitionwise_aggregate": "partitions aggregated one by one",
        "plan_cache_mode": "whether prepared statements get generic plans",
        "join_collapse_limit": "how many tables are joined in the best order",
        "from_collapse_limit": "how many tables are joined in the best order",
        "jit": "expressions compiled to machine code",
        "max_parallel_workers": "workers for parallel queries, together",
        "max_parallel_workers_per_gather": "workers for one step of a query",
        "max_parallel_maintenance_workers": "workers for one index build",
    },
    "Transactions and storage": {
        "default_transaction_isolation": "what applications must expect of concurrent changes",
        "default_transaction_read_only": "transactions are read-only unless they say otherwise",
        "default_transaction_deferrable": "read-only serializable transactions wait for a safe start",
        "default_table_access_method": "how new tables are stored",
        "default_toast_compression": "how long values are compressed",
        "default_tablespace": "where new tables and indexes are",
        "temp_tablespaces": "where temporary tables and sorts are",
        "session_replication_role": "replica: triggers and foreign keys are not enforced",
        "row_security": "off: queries that policies would filter fail",
        "check_function_bodies": "off: bodies of functions are not checked when they are made",
        "standard_conforming_strings": "off: backslashes in plain strings are escapes",
        "event_triggers": "off: event triggers do not fire",
        "transform_null_equals": "on: = NULL means IS NULL",
        "array_nulls": "off: NULL in array literals is a text",
        "search_path": "which schema a name without one means",
        "vacuum_buffer_usage_limit": "how much cache VACUUM uses",
    },
    "Autovacuum": {
        "autovacuum": "off: dead rows stay, statistics age, until somebody runs VACUUM and ANALYZE",
        "track_counts": "off: autovacuum cannot know where to work",
        "autovacuum_max_workers": "tables vacuumed at the same time",
        "autovacuum_worker_slots": "how far autovacuum_max_workers can be raised without a restart",
        "autovacuum_naptime": "how often tables are looked at",
        "autovacuum_vacuum_scale_factor": "share of dead rows that starts a VACUUM",
        "autovacuum_vacuum_threshold": "dead rows that start a VACUUM",
        "autovacuum_vacuum_max_threshold": "dead rows that start a VACUUM of a large table",
        "autovacuum_vacuum_insert_scale_factor": "share of new rows that starts a VACUUM",
        "autovacuum_vacuum_insert_threshold": "new rows that start a VACUUM",
        "autovacuum_analyze_scale_factor": "share of changed rows that starts an ANALYZE",
        "autovacuum_analyze_threshold": "changed rows that start an ANALYZE",
        "autovacuum_vacuum_cost_delay": "how fast autovacuum works",
        "autovacuum_vacuum_cost_limit": "how fast autovacuum works",
        "vacuum_cost_limit": "how fast VACUUM works",
        "autovacuum_freeze_max_age": "when VACUUM is forced against wraparound",
        "autovacuum_multixact_freeze_max_age": "when VACUUM is forced against wraparound of multixacts",
    },
    "Security": {
        "ssl": "whether connections can be encrypted",
        "ssl_min_protocol_version": "the oldest TLS that clients may speak",
        "ssl_max_protocol_version": "the newest TLS that clients may speak",
        "password_encryption": "how new passwords are stored",
        "scram_iterations": "how dear guessing of passwords is",
        "authentication_timeout": "how long a login may take",
        "db_user_namespace": "role names per database",
        "createrole_self_grant": "what makers of roles are granted on them",
        "restrict_nonsystem_relation_kind": "views and foreign tables that are refused",
        "allow_alter_system": "whether ALTER SYSTEM works",
    },
    "Libraries and observation": {
        "shared_preload_libraries": "libraries loaded at the start: extensions need them there",
        "session_preload_libraries": "libraries loaded by each session",
        "local_preload_libraries": "libraries loaded by each session",
        "compute_query_id": "identifiers of statements",
        "track_io_timing": "times of reads and writes are counted",
        "track_functions": "calls of functions are counted",
        "track_activity_query_size": "how much of a statement can be seen",
        "track_activities": "off: what sessions do cannot be seen",
        "log_statement": "which statements are in the log, with their constants",
        "log_min_duration_statement": "how slow statements must be to be in the log, with their constants",
        "log_connections": "logins are in the log",
        "log_disconnections": "ends of sessions are in the log",
        "logging_collector": "where the log is written",
        "cluster_name": "what the server calls itself",
    },
}

CURATED = frozenset(name for group in _GROUPS.values() for name in group)
"""All settings that a group has."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One setting that differs from its default, and why that matters."""

    setting: ServerSetting
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSettings:
    """What was chosen.

    Attributes:
        groups: By subject, in the order in which they are told; none is empty.
        others: How many settings besides were changed.
        pending: The settings of any kind whose change waits for a restart.
    """

    groups: tuple[tuple[str, tuple[Chosen, ...]], ...]
    others: int
    pending: tuple[str, ...]


def choose(operation: Operation) -> DesignSettings:
    """The settings that somebody chose, those that a design depends on in groups."""
    told = {setting.name: setting for setting in operation.settings if _matters(setting)}
    groups = (
        (title, tuple(Chosen(told[name], reason) for name, reason in reasons.items() if name in told))
        for title, reasons in _GROUPS.items()
    )
    return DesignSettings(
        groups=tuple((title, found) for title, found in groups if found),
        others=sum(name not in CURATED for name in told),
        pending=_pending(operation.settings),
    )


def _matters(setting: ServerSetting) -> bool:
    return setting.changed or setting.pending_restart


def _pending(settings: Sequence[ServerSetting]) -> tuple[str, ...]:
    return tuple(setting.name for setting in settings if setting.pending_restart)
