"""The settings of a server that a design depends on, and which of them somebody chose.

What a setting does follows the chapter "Server Configuration" of the PostgreSQL documentation.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pgdossier.language import mark, tr
from pgdossier.model.operation import Operation, ServerSetting

# Groups in the order in which they are told; a reason says what follows for the design, in a few words.
_GROUPS: dict[str, dict[str, str]] = {
    mark("Durability"): {
        "fsync": mark("off: a crash of the machine can destroy the whole server's data"),
        "full_page_writes": mark("off: a crash can leave torn pages"),
        "synchronous_commit": mark(
            "when a commit is reported as done: off can lose the last commits in a crash"
        ),
        "wal_log_hints": mark("needed by pg_rewind where pages have no checksums"),
        "ignore_checksum_failure": mark("on: damaged pages are read as if they were sound"),
        "zero_damaged_pages": mark("on: damaged pages are read as empty"),
    },
    mark("WAL and checkpoints"): {
        "wal_level": mark("what WAL can be used for: recovery, standbys, logical decoding"),
        "wal_compression": mark("processor time for less WAL"),
        "max_wal_size": mark("how often the amount of WAL starts a checkpoint"),
        "min_wal_size": mark("WAL files that are kept for reuse"),
        "checkpoint_timeout": mark("how long recovery after a crash can take"),
        "checkpoint_completion_target": mark("how evenly checkpoints write"),
        "wal_buffers": mark("WAL in memory before it is written"),
        "wal_segment_size": mark("the size of what is archived"),
        "commit_delay": mark("commits wait to be written together"),
    },
    mark("Replication and archiving"): {
        "archive_mode": mark("whether WAL is archived: point-in-time recovery needs it"),
        "archive_timeout": mark("how much can be lost when only the archive is left"),
        "archive_library": mark("what archives WAL"),
        "synchronous_standby_names": mark("which standbys a commit waits for"),
        "max_wal_senders": mark("how many standbys, subscribers and backups can be connected"),
        "max_replication_slots": mark("how many slots there can be"),
        "max_slot_wal_keep_size": mark("how much WAL a slot can hold before it is given up"),
        "idle_replication_slot_timeout": mark("how long a slot may be unused before it is given up"),
        "wal_keep_size": mark("how far behind a standby without a slot can be"),
        "hot_standby": mark("whether a standby answers queries"),
        "hot_standby_feedback": mark("queries of a standby keep rows here from being vacuumed"),
        "max_standby_streaming_delay": mark("how long queries of a standby can hold replay up"),
        "max_standby_archive_delay": mark("how long queries of a standby can hold replay up"),
        "recovery_min_apply_delay": mark("a standby that lags on purpose"),
        "primary_slot_name": mark("the slot that a standby uses"),
        "sync_replication_slots": mark("logical slots survive a failover"),
        "synchronized_standby_slots": mark("subscribers wait for these standbys"),
        "track_commit_timestamp": mark("when each transaction was committed is kept"),
        "max_logical_replication_workers": mark("how many subscriptions can be applied"),
        "wal_receiver_timeout": mark("when a standby gives its connection up"),
        "wal_sender_timeout": mark("when a standby is given up"),
    },
    mark("Connections"): {
        "max_connections": mark("how many sessions there can be: more need a connection pool"),
        "superuser_reserved_connections": mark("sessions kept for superusers"),
        "reserved_connections": mark("sessions kept for roles of pg_use_reserved_connections"),
        "idle_session_timeout": mark("idle sessions are ended: applications must reconnect"),
        "idle_in_transaction_session_timeout": mark("sessions that wait inside a transaction are ended"),
        "transaction_timeout": mark("long transactions are ended"),
        "statement_timeout": mark("long statements are cancelled"),
        "lock_timeout": mark("statements that wait for a lock are cancelled"),
        "deadlock_timeout": mark("how soon deadlocks are looked for"),
        "max_locks_per_transaction": mark("how many tables and partitions one transaction can touch"),
        "max_prepared_transactions": mark("whether two-phase commit can be used"),
        "max_worker_processes": mark("the limit of all background workers together"),
    },
    mark("Memory"): {
        "shared_buffers": mark("the cache of the server"),
        "work_mem": mark("memory of each sort and hash, several times per session"),
        "hash_mem_multiplier": mark("how much more of it a hash can use"),
        "maintenance_work_mem": mark("memory for index builds and VACUUM"),
        "autovacuum_work_mem": mark("memory of each autovacuum worker"),
        "effective_cache_size": mark("the cache that the planner reckons with"),
        "temp_buffers": mark("memory for temporary tables, per session"),
        "temp_file_limit": mark("how much a session can spill to disk"),
        "huge_pages": mark("memory pages of the system"),
        "logical_decoding_work_mem": mark("memory of each logical decoding"),
        "max_stack_depth": mark("how deep functions can recurse"),
    },
    mark("Planner"): {
        "random_page_cost": mark("how dear index scans are reckoned: near 1 for SSDs"),
        "seq_page_cost": mark("how dear sequential scans are reckoned"),
        "cpu_tuple_cost": mark("a cost of the planner"),
        "effective_io_concurrency": mark("reads at the same time"),
        "maintenance_io_concurrency": mark("reads at the same time, in maintenance"),
        "io_method": mark("how asynchronous reads are done"),
        "default_statistics_target": mark("how exact the planner's statistics are"),
        "constraint_exclusion": mark("whether CHECK constraints leave tables out"),
        "enable_partitionwise_join": mark("partitions joined one by one"),
        "enable_partitionwise_aggregate": mark("partitions aggregated one by one"),
        "plan_cache_mode": mark("whether prepared statements get generic plans"),
        "join_collapse_limit": mark("how many tables are joined in the best order"),
        "from_collapse_limit": mark("how many tables are joined in the best order"),
        "jit": mark("expressions compiled to machine code"),
        "max_parallel_workers": mark("workers for parallel queries, together"),
        "max_parallel_workers_per_gather": mark("workers for one step of a query"),
        "max_parallel_maintenance_workers": mark("workers for one index build"),
    },
    mark("Transactions and storage"): {
        "default_transaction_isolation": mark("what applications must expect of concurrent changes"),
        "default_transaction_read_only": mark("transactions are read-only unless they say otherwise"),
        "default_transaction_deferrable": mark("read-only serializable transactions wait for a safe start"),
        "default_table_access_method": mark("how new tables are stored"),
        "default_toast_compression": mark("how long values are compressed"),
        "default_tablespace": mark("where new tables and indexes are"),
        "temp_tablespaces": mark("where temporary tables and sorts are"),
        "session_replication_role": mark("replica: triggers and foreign keys are not enforced"),
        "row_security": mark("off: queries that policies would filter fail"),
        "check_function_bodies": mark("off: bodies of functions are not checked when they are made"),
        "standard_conforming_strings": mark("off: backslashes in plain strings are escapes"),
        "event_triggers": mark("off: event triggers do not fire"),
        "transform_null_equals": mark("on: = NULL means IS NULL"),
        "array_nulls": mark("off: NULL in array literals is a text"),
        "search_path": mark("which schema a name without one means"),
        "vacuum_buffer_usage_limit": mark("how much cache VACUUM uses"),
    },
    mark("Autovacuum"): {
        "autovacuum": mark("off: dead rows stay, statistics age, until somebody runs VACUUM and ANALYZE"),
        "track_counts": mark("off: autovacuum cannot know where to work"),
        "autovacuum_max_workers": mark("tables vacuumed at the same time"),
        "autovacuum_worker_slots": mark("how far autovacuum_max_workers can be raised without a restart"),
        "autovacuum_naptime": mark("how often tables are looked at"),
        "autovacuum_vacuum_scale_factor": mark("share of dead rows that starts a VACUUM"),
        "autovacuum_vacuum_threshold": mark("dead rows that start a VACUUM"),
        "autovacuum_vacuum_max_threshold": mark("dead rows that start a VACUUM of a large table"),
        "autovacuum_vacuum_insert_scale_factor": mark("share of new rows that starts a VACUUM"),
        "autovacuum_vacuum_insert_threshold": mark("new rows that start a VACUUM"),
        "autovacuum_analyze_scale_factor": mark("share of changed rows that starts an ANALYZE"),
        "autovacuum_analyze_threshold": mark("changed rows that start an ANALYZE"),
        "autovacuum_vacuum_cost_delay": mark("how fast autovacuum works"),
        "autovacuum_vacuum_cost_limit": mark("how fast autovacuum works"),
        "vacuum_cost_limit": mark("how fast VACUUM works"),
        "autovacuum_freeze_max_age": mark("when VACUUM is forced against wraparound"),
        "autovacuum_multixact_freeze_max_age": mark("when VACUUM is forced against wraparound of multixacts"),
    },
    mark("Security"): {
        "ssl": mark("whether connections can be encrypted"),
        "ssl_min_protocol_version": mark("the oldest TLS that clients may speak"),
        "ssl_max_protocol_version": mark("the newest TLS that clients may speak"),
        "password_encryption": mark("how new passwords are stored"),
        "scram_iterations": mark("how dear guessing of passwords is"),
        "authentication_timeout": mark("how long a login may take"),
        "db_user_namespace": mark("role names per database"),
        "createrole_self_grant": mark("what makers of roles are granted on them"),
        "restrict_nonsystem_relation_kind": mark("views and foreign tables that are refused"),
        "allow_alter_system": mark("whether ALTER SYSTEM works"),
    },
    mark("Libraries and observation"): {
        "shared_preload_libraries": mark("libraries loaded at the start: extensions need them there"),
        "session_preload_libraries": mark("libraries loaded by each session"),
        "local_preload_libraries": mark("libraries loaded by each session"),
        "compute_query_id": mark("identifiers of statements"),
        "track_io_timing": mark("times of reads and writes are counted"),
        "track_functions": mark("calls of functions are counted"),
        "track_activity_query_size": mark("how much of a statement can be seen"),
        "track_activities": mark("off: what sessions do cannot be seen"),
        "log_statement": mark("which statements are in the log, with their constants"),
        "log_min_duration_statement": mark(
            "how slow statements must be to be in the log, with their constants"
        ),
        "log_connections": mark("logins are in the log"),
        "log_disconnections": mark("ends of sessions are in the log"),
        "logging_collector": mark("where the log is written"),
        "cluster_name": mark("what the server calls itself"),
    },
}

CURATED = frozenset(name for group in _GROUPS.values() for name in group)
"""All settings that a group has."""


class Chosen(msgspec.Struct, frozen=True):
    """One setting that differs from its default, and why that matters."""

    setting: ServerSetting
    reason: str


class DesignSettings(msgspec.Struct, frozen=True, kw_only=True):
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
        (tr(title), tuple(Chosen(told[name], tr(reason)) for name, reason in reasons.items() if name in told))
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
