"""The running server: start, recovery, checkpoints, archiver, WAL, ages, who hosts it, newer extensions."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.moments import moment
from pgdossier.catalog.query import Query, Since
from pgdossier.model.operation import (
    Archiver,
    Checkpoints,
    ExtensionUpdate,
    Horizon,
    HostingEvidence,
    ServerState,
    WrittenWal,
)


class StateRow(NamedTuple):
    """The server now."""

    taken_at: str
    started_at: str
    configured_at: str | None
    in_recovery: bool
    block_size: int
    data_checksums: bool | None
    connections: int | None
    tls_session: bool | None
    collation_version: str | None
    collation_version_now: str | None


STATE = Query(
    family="server",
    row=StateRow,
    sql=f"""
    SELECT {moment("pg_catalog.now()")} AS taken_at,
           {moment("pg_catalog.pg_postmaster_start_time()")} AS started_at,
           {moment("pg_catalog.pg_conf_load_time()")} AS configured_at,
           pg_catalog.pg_is_in_recovery() AS in_recovery,
           pg_catalog.current_setting('block_size')::pg_catalog.int4 AS block_size,
           pg_catalog.current_setting('data_checksums', true) IN ('on', 'yes') AS data_checksums,
           (SELECT pg_catalog.sum(d.numbackends)::pg_catalog.int8
              FROM pg_catalog.pg_stat_database d WHERE d.datid <> 0) AS connections,
           (SELECT s.ssl FROM pg_catalog.pg_stat_ssl s
             WHERE s.pid = pg_catalog.pg_backend_pid()) AS tls_session,
           {{collation_version}} AS collation_version,
           {{collation_version_now}} AS collation_version_now
      FROM pg_catalog.pg_database x
     WHERE x.datname = pg_catalog.current_database()
    """,
    fragments={
        "collation_version": (Since(13, "NULL::pg_catalog.text"), Since(15, "x.datcollversion")),
        "collation_version_now": (
            Since(13, "NULL::pg_catalog.text"),
            Since(15, "pg_catalog.pg_database_collation_actual_version(x.oid)"),
        ),
    },
)


def state(row: StateRow) -> ServerState:
    """The server of a row."""
    return ServerState(
        started_at=row.started_at,
        configured_at=row.configured_at,
        in_recovery=row.in_recovery,
        block_size=row.block_size,
        data_checksums=row.data_checksums,
        connections=row.connections,
        tls_session=row.tls_session,
        collation_version=row.collation_version,
        collation_version_now=row.collation_version_now,
    )


class CheckpointsRow(NamedTuple):
    """The only row."""

    timed: int
    requested: int
    write_ms: float
    sync_ms: float
    buffers_written: int
    buffers_cleaned: int
    buffers_by_backends: int | None
    counted_since: str | None


CHECKPOINTS = Query(
    family="checkpoints",
    row=CheckpointsRow,
    sql=f"""
    SELECT {{timed}} AS timed,
           {{requested}} AS requested,
           {{write}} AS write_ms,
           {{sync}} AS sync_ms,
           {{written}} AS buffers_written,
           b.buffers_clean AS buffers_cleaned,
           {{backends}} AS buffers_by_backends,
           {moment("{reset}")} AS counted_since
      FROM pg_catalog.pg_stat_bgwriter b {{checkpointer}}
    """,
    fragments={
        "timed": (Since(13, "b.checkpoints_timed"), Since(17, "c.num_timed")),
        "requested": (Since(13, "b.checkpoints_req"), Since(17, "c.num_requested")),
        "write": (Since(13, "b.checkpoint_write_time"), Since(17, "c.write_time")),
        "sync": (Since(13, "b.checkpoint_sync_time"), Since(17, "c.sync_time")),
        "written": (Since(13, "b.buffers_checkpoint"), Since(17, "c.buffers_written")),
        "backends": (Since(13, "b.buffers_backend"), Since(17, "NULL::pg_catalog.int8")),
        "reset": (Since(13, "b.stats_reset"), Since(17, "c.stats_reset")),
        "checkpointer": (Since(13, ""), Since(17, "CROSS JOIN pg_catalog.pg_stat_checkpointer c")),
    },
)


def checkpoints(row: CheckpointsRow) -> Checkpoints:
    """The checkpoints of a row."""
    return Checkpoints(
        timed=row.timed,
        requested=row.requested,
        write_ms=row.write_ms,
        sync_ms=row.sync_ms,
        buffers_written=row.buffers_written,
        buffers_cleaned=row.buffers_cleaned,
        buffers_by_backends=row.buffers_by_backends,
        counted_since=row.counted_since,
    )


class ArchiverRow(NamedTuple):
    """The only row."""

    archived: int
    failed: int
    last_archived_at: str | None
    last_failed_at: str | None
    counted_since: str | None


ARCHIVER = Query(
    family="archiver",
    row=ArchiverRow,
    sql=f"""
    SELECT a.archived_count AS archived,
           a.failed_count AS failed,
           {moment("a.last_archived_time")} AS last_archived_at,
           {moment("a.last_failed_time")} AS last_failed_at,
           {moment("a.stats_reset")} AS counted_since
      FROM pg_catalog.pg_stat_archiver a
    """,
)


def archiver(row: ArchiverRow) -> Archiver:
    """The archiver of a row."""
    return Archiver(
        archived=row.archived,
        failed=row.failed,
        last_archived_at=row.last_archived_at,
        last_failed_at=row.last_failed_at,
        counted_since=row.counted_since,
    )


class WalRow(NamedTuple):
    """The only row; there is none before PostgreSQL 14."""

    bytes: int
    records: int
    full_page_images: int
    counted_since: str | None


WAL = Query(
    family="wal",
    row=WalRow,
    sql=f"""
    SELECT w.wal_bytes::pg_catalog.int8 AS bytes,
           w.wal_records AS records,
           w.wal_fpi AS full_page_images,
           {moment("w.stats_reset")} AS counted_since
      FROM {{source}} w
    """,
    fragments={
        "source": (
            Since(
                13,
                "(SELECT 0 AS wal_bytes, 0 AS wal_records, 0 AS wal_fpi, pg_catalog.now() AS stats_reset"
                " WHERE false)",
            ),
            Since(14, "pg_catalog.pg_stat_wal"),
        )
    },
)


def wal(row: WalRow) -> WrittenWal:
    """The WAL of a row."""
    return WrittenWal(
        bytes=row.bytes,
        records=row.records,
        full_page_images=row.full_page_images,
        counted_since=row.counted_since,
    )


class HorizonRow(NamedTuple):
    """The only row; `hidden` counts the sessions of clients that the role may not look into."""

    oldest_database: str | None
    transaction_age: int | None
    multixact_age: int | None
    oldest_transaction_seconds: int | None
    idle_in_transaction: int | None
    prepared_transactions: int
    oldest_prepared_seconds: int | None
    hidden: int


# Our own transaction is left out. A database that allows no connections (template0) ages like every other.
HORIZON = Query(
    family="horizon",
    row=HorizonRow,
    sql="""
    SELECT d.names[1] AS oldest_database,
           d.transaction_age AS transaction_age,
           d.multixact_age AS multixact_age,
           a.seconds AS oldest_transaction_seconds,
           a.idle AS idle_in_transaction,
           p.prepared AS prepared_transactions,
           p.seconds AS oldest_prepared_seconds,
           a.hidden AS hidden
      FROM (
            SELECT pg_catalog.array_agg(db.datname ORDER BY pg_catalog.age(db.datfrozenxid) DESC,
                                                            db.oid) AS names,
                   pg_catalog.max(pg_catalog.age(db.datfrozenxid)) AS transaction_age,
                   pg_catalog.max(pg_catalog.mxid_age(db.datminmxid)) AS multixact_age
              FROM pg_catalog.pg_database db
           ) d
     CROSS JOIN (
            SELECT EXTRACT(EPOCH FROM pg_catalog.now() - pg_catalog.min(s.xact_start)
                               FILTER (WHERE s.backend_type = 'client backend'))::pg_catalog.int8 AS seconds,
                   pg_catalog.count(*) FILTER (
                     WHERE pg_catalog.starts_with(s.state, 'idle in transaction')) AS idle,
                   pg_catalog.count(*) FILTER (WHERE s.backend_type IS NULL) AS hidden
              FROM pg_catalog.pg_stat_activity s
             WHERE s.pid NOT IN (pg_catalog.pg_backend_pid(), %(second)s)
           ) a
     CROSS JOIN (
            SELECT pg_catalog.count(*) AS prepared,
                   EXTRACT(EPOCH FROM pg_catalog.now() - pg_catalog.min(x.prepared))::pg_catalog.int8
                     AS seconds
              FROM pg_catalog.pg_prepared_xacts x
           ) p
    """,
)


def horizon(row: HorizonRow) -> Horizon:
    """The ages of a row."""
    return Horizon(
        oldest_database=row.oldest_database,
        transaction_age=row.transaction_age,
        multixact_age=row.multixact_age,
        oldest_transaction_seconds=_not_negative(row.oldest_transaction_seconds),
        idle_in_transaction=row.idle_in_transaction,
        prepared_transactions=row.prepared_transactions,
        oldest_prepared_seconds=_not_negative(row.oldest_prepared_seconds),
    )


def _not_negative(seconds: int | None) -> int | None:
    """Something may have begun after our own transaction."""
    return None if seconds is None else max(0, seconds)


# What vendors leave in a server that runs with them; which of it means whom is for analysis to say.
_ROLES = (
    "alloydbadmin",
    "alloydbsuperuser",
    "avnadmin",
    "azure_pg_admin",
    "azuresu",
    "cloud_admin",
    "cloudsqladmin",
    "cloudsqlsuperuser",
    "crunchy_superuser",
    "doadmin",
    "ibm",
    "ibm-cloud-base-user",
    "neon_superuser",
    "rds_superuser",
    "rdsadmin",
    "scaleway_admin",
    "supabase_admin",
    "supabase_auth_admin",
    "tsdbadmin",
    "tsdbowner",
    "yb_superuser",
)
_DATABASES = (
    "alloydbadmin",
    "alloydbmetadata",
    "azure_maintenance",
    "azure_sys",
    "cloudsqladmin",
    "rdsadmin",
    "system_platform",
)
_FUNCTIONS = ("aurora_version", "aurora_db_instance_identifier", "yb_is_database_colocated")
_EXTENSIONS = (
    "aiven_extras",
    "alloydb_ai_nl",
    "apg_plan_mgmt",
    "aurora_stat_utils",
    "aws_commons",
    "azure",
    "azure_ai",
    "azure_storage",
    "citus",
    "crunchy_pooler",
    "google_columnar_engine",
    "google_ml_integration",
    "neon",
    "neon_utils",
    "pg_azure_storage",
    "pgazure",
    "rds_tools",
    "supabase_vault",
    "supautils",
    "timescaledb",
    "timescaledb_osm",
    "yb_pg_metrics",
)
HOSTING_NAMES = {
    "roles": list(_ROLES),
    "databases": list(_DATABASES),
    "functions": list(_FUNCTIONS),
    "extensions": list(_EXTENSIONS),
}


class HostingRow(NamedTuple):
    """The only row."""

    version_text: str
    setting_classes: list[str] | None
    roles: list[str] | None
    databases: list[str] | None
    functions: list[str] | None
    available_extensions: list[str] | None


# Placeholders that anybody can set (class 'Customized Options' by a session) are told by the source.
HOSTING = Query(
    family="hosting",
    row=HostingRow,
    sql="""
    SELECT pg_catalog.version() AS version_text,
           (SELECT pg_catalog.array_agg(DISTINCT pg_catalog.split_part(s.name, '.', 1))
              FROM pg_catalog.pg_settings s
             WHERE pg_catalog.strpos(s.name, '.') > 0
               AND s.source NOT IN ('client', 'user', 'database', 'database user', 'session'))
             AS setting_classes,
           (SELECT pg_catalog.array_agg(r.rolname::pg_catalog.text)
              FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (%(roles)s)) AS roles,
           (SELECT pg_catalog.array_agg(db.datname::pg_catalog.text)
              FROM pg_catalog.pg_database db WHERE db.datname = ANY (%(databases)s)) AS databases,
           (SELECT pg_catalog.array_agg(DISTINCT p.proname::pg_catalog.text)
              FROM pg_catalog.pg_proc p
             WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
               AND p.proname = ANY (%(functions)s)) AS functions,
           (SELECT pg_catalog.array_agg(e.name::pg_catalog.text)
              FROM pg_catalog.pg_available_extensions e
             WHERE e.name = ANY (%(extensions)s)) AS available_extensions
    """,
)


def hosting(row: HostingRow) -> HostingEvidence:
    """The evidence of a row."""
    return HostingEvidence(
        version_text=row.version_text,
        setting_classes=tuple(sorted(row.setting_classes or ())),
        roles=tuple(sorted(row.roles or ())),
        databases=tuple(sorted(row.databases or ())),
        functions=tuple(sorted(row.functions or ())),
        available_extensions=tuple(sorted(row.available_extensions or ())),
    )


class ExtensionUpdateRow(NamedTuple):
    """One installed extension; `default_version` is None when its files are not there any more."""

    name: str
    default_version: str | None


EXTENSION_UPDATES = Query(
    family="extension versions",
    row=ExtensionUpdateRow,
    sql="""
    SELECT e.extname AS name,
           a.default_version AS default_version
      FROM pg_catalog.pg_extension e
      LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
    """,
)


def extension_update(row: ExtensionUpdateRow) -> ExtensionUpdate:
    """The newest version of a row."""
    return ExtensionUpdate(name=row.name, default_version=row.default_version)
