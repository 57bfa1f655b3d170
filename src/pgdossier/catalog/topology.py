"""Standbys, slots, the receiver, subscriptions, clients (pg_stat_replication and its like), and Citus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.moments import milliseconds, moment
from pgdossier.catalog.query import Query, Since
from pgdossier.catalog.secrets import is_secret_name, without_tokens
from pgdossier.model.topology import (
    CitusNodes,
    Clients,
    DistributedTable,
    Receiver,
    ReplicationSlot,
    Standby,
    SubscriptionState,
)

# Where WAL ends here: a standby writes none, it receives it (or reads it from the archive).
_END_OF_WAL = """CASE WHEN pg_catalog.pg_is_in_recovery()
                THEN COALESCE(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
                ELSE pg_catalog.pg_current_wal_lsn() END"""


class StandbyRow(NamedTuple):
    """One WAL sender; all but the name is None when the role may not see it (`hidden`)."""

    application: str | None
    slot: str | None
    logical: bool | None
    remote: bool | None
    state: str | None
    sync_state: str | None
    sent_lag_bytes: int | None
    replay_lag_bytes: int | None
    write_lag_ms: float | None
    flush_lag_ms: float | None
    replay_lag_ms: float | None
    connected_since: str | None
    hidden: bool


STANDBYS = Query(
    family="standbys",
    row=StandbyRow,
    sql=f"""
    SELECT CASE WHEN NOT {is_secret_name("r.application_name")} THEN r.application_name END AS application,
           s.slot_name AS slot,
           s.slot_type = 'logical' AS logical,
           CASE WHEN r.state IS NOT NULL THEN r.client_port <> -1 END AS remote,
           r.state AS state,
           r.sync_state AS sync_state,
           pg_catalog.pg_wal_lsn_diff(w.lsn, r.sent_lsn)::pg_catalog.int8 AS sent_lag_bytes,
           pg_catalog.pg_wal_lsn_diff(w.lsn, r.replay_lsn)::pg_catalog.int8 AS replay_lag_bytes,
           {milliseconds("r.write_lag")} AS write_lag_ms,
           {milliseconds("r.flush_lag")} AS flush_lag_ms,
           {milliseconds("r.replay_lag")} AS replay_lag_ms,
           {moment("r.backend_start")} AS connected_since,
           r.state IS NULL AS hidden
      FROM pg_catalog.pg_stat_replication r
     CROSS JOIN (SELECT {_END_OF_WAL} AS lsn) w
      LEFT JOIN pg_catalog.pg_replication_slots s ON s.active_pid = r.pid
    """,
)


def standby(row: StandbyRow) -> Standby:
    """The standby of a row."""
    return Standby(
        application=_application(row.application),
        slot=row.slot,
        logical=row.logical,
        remote=row.remote,
        state=row.state,
        sync_state=row.sync_state,
        sent_lag_bytes=_not_negative(row.sent_lag_bytes),
        replay_lag_bytes=_not_negative(row.replay_lag_bytes),
        write_lag_ms=row.write_lag_ms,
        flush_lag_ms=row.flush_lag_ms,
        replay_lag_ms=row.replay_lag_ms,
        connected_since=row.connected_since,
    )


def _not_negative(found: int | None) -> int | None:
    """The end of WAL is looked up first, and a receiver may have come further by then."""
    return None if found is None else max(0, found)


def _application(name: str | None) -> str | None:
    return without_tokens(name) if name else None


class SlotRow(NamedTuple):
    """One replication slot."""

    name: str
    logical: bool
    plugin: str | None
    database: str | None
    temporary: bool
    active: bool
    wal_status: str | None
    retained_bytes: int | None
    safe_bytes: int | None
    two_phase: bool
    failover: bool
    synced: bool
    invalidation: str | None
    inactive_since: str | None
    catalog_age: int | None
    row_age: int | None


SLOTS = Query(
    family="slots",
    row=SlotRow,
    sql=f"""
    SELECT s.slot_name AS name,
           s.slot_type = 'logical' AS logical,
           s.plugin AS plugin,
           s.database AS database,
           s.temporary AS temporary,
           s.active AS active,
           s.wal_status AS wal_status,
           pg_catalog.pg_wal_lsn_diff(w.lsn, s.restart_lsn)::pg_catalog.int8 AS retained_bytes,
           s.safe_wal_size AS safe_bytes,
           {{two_phase}} AS two_phase,
           {{failover}} AS failover,
           {{synced}} AS synced,
           {{invalidation}} AS invalidation,
           {{inactive_since}} AS inactive_since,
           pg_catalog.age(s.catalog_xmin) AS catalog_age,
           pg_catalog.age(s.xmin) AS row_age
      FROM pg_catalog.pg_replication_slots s
     CROSS JOIN (SELECT {_END_OF_WAL} AS lsn) w
    """,
    fragments={
        "two_phase": (Since(13, "false"), Since(14, "s.two_phase")),
        "failover": (Since(13, "false"), Since(17, "s.failover")),
        "synced": (Since(13, "false"), Since(17, "s.synced")),
        "invalidation": (Since(13, "NULL::pg_catalog.text"), Since(17, "s.invalidation_reason")),
        "inactive_since": (Since(13, "NULL::pg_catalog.text"), Since(17, moment("s.inactive_since"))),
    },
)


def slot(row: SlotRow) -> ReplicationSlot:
    """The slot of a row."""
    return ReplicationSlot(
        name=row.name,
        logical=row.logical,
        plugin=row.plugin,
        database=row.database,
        temporary=row.temporary,
        active=row.active,
        wal_status=row.wal_status,
        retained_bytes=_not_negative(row.retained_bytes),
        safe_bytes=row.safe_bytes,
        two_phase=row.two_phase,
        failover=row.failover,
        synced=row.synced,
        invalidation=row.invalidation,
        inactive_since=row.inactive_since,
        catalog_age=row.catalog_age,
        row_age=row.row_age,
    )


class ReceiverRow(NamedTuple):
    """What a standby receives; there is no row on a primary."""

    running: bool
    status: str | None
    slot: str | None
    last_message_at: str | None
    replay_delay_ms: float | None
    unreplayed_bytes: int | None
    replay_paused: bool | None


# Neither the connection string nor the primary's address is read.
RECEIVER = Query(
    family="receiver",
    row=ReceiverRow,
    sql=f"""
    SELECT r.pid IS NOT NULL AS running,
           r.status AS status,
           r.slot_name AS slot,
           {moment("r.last_msg_receipt_time")} AS last_message_at,
           {milliseconds("pg_catalog.now() - x.replayed_at")} AS replay_delay_ms,
           pg_catalog.pg_wal_lsn_diff(x.received, x.replayed)::pg_catalog.int8 AS unreplayed_bytes,
           x.paused AS replay_paused
      FROM (
            SELECT pg_catalog.pg_last_xact_replay_timestamp() AS replayed_at,
                   pg_catalog.pg_last_wal_receive_lsn() AS received,
                   pg_catalog.pg_last_wal_replay_lsn() AS replayed,
                   CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_is_wal_replay_paused() END
                     AS paused
             WHERE pg_catalog.pg_is_in_recovery()
           ) x
      LEFT JOIN pg_catalog.pg_stat_wal_receiver r ON true
    """,
)


def receiver(row: ReceiverRow) -> Receiver:
    """The receiver of a row."""
    return Receiver(
        status=row.status,
        slot=row.slot or None,
        last_message_at=row.last_message_at,
        replay_delay_ms=None if row.replay_delay_ms is None else max(0.0, row.replay_delay_ms),
        unreplayed_bytes=_not_negative(row.unreplayed_bytes),
        replay_paused=row.replay_paused,
    )


class SubscriptionStateRow(NamedTuple):
    """One subscription of this database."""

    name: str
    running: bool
    last_message_at: str | None
    tables: int
    tables_ready: int
    apply_errors: int | None
    sync_errors: int | None
    counted_since: str | None


SUBSCRIPTION_STATES = Query(
    family="subscriptions",
    row=SubscriptionStateRow,
    sql=f"""
    SELECT a.subname AS name,
           a.running AS running,
           {moment("a.last_message_at")} AS last_message_at,
           COALESCE(t.tables, 0) AS tables,
           COALESCE(t.ready, 0) AS tables_ready,
           {{apply_errors}} AS apply_errors,
           {{sync_errors}} AS sync_errors,
           {{counted_since}} AS counted_since
      FROM (
            SELECT s.subid, s.subname,
                   pg_catalog.bool_or(s.pid IS NOT NULL AND s.relid IS NULL) AS running,
                   pg_catalog.max(s.last_msg_receipt_time) FILTER (WHERE s.relid IS NULL) AS last_message_at
              FROM pg_catalog.pg_stat_subscription s
             GROUP BY s.subid, s.subname
           ) a
      LEFT JOIN (
            SELECT r.srsubid, pg_catalog.count(*) AS tables,
                   pg_catalog.count(*) FILTER (WHERE r.srsubstate IN ('r', 's')) AS ready
              FROM pg_catalog.pg_subscription_rel r
             GROUP BY r.srsubid
           ) t ON t.srsubid = a.subid
      {{stats}}
    """,
    fragments={
        "apply_errors": (Since(13, "NULL::pg_catalog.int8"), Since(15, "e.apply_error_count")),
        "sync_errors": (Since(13, "NULL::pg_catalog.int8"), Since(15, "e.sync_error_count")),
        "counted_since": (Since(13, "NULL::pg_catalog.text"), Since(15, moment("e.stats_reset"))),
        "stats": (
            Since(13, ""),
            Since(15, "LEFT JOIN pg_catalog.pg_stat_subscription_stats e ON e.subid = a.subid"),
        ),
    },
)


def subscription_state(row: SubscriptionStateRow) -> SubscriptionState:
    """The subscription of a row."""
    return SubscriptionState(
        name=row.name,
        running=row.running,
        last_message_at=row.last_message_at,
        tables=row.tables,
        tables_ready=row.tables_ready,
        apply_errors=row.apply_errors,
        sync_errors=row.sync_errors,
        counted_since=row.counted_since,
    )


class ClientsRow(NamedTuple):
    """Sessions of clients that are alike; `hidden` when the role may not look into them."""

    application: str | None
    role: str | None
    here: bool
    transport: str | None
    state: str | None
    sessions: int
    hidden: bool


# Of sessions that the role may not look into only the database, the role and the application are known:
# processes of the server itself, which belong to no role and no database, are not among them.
CLIENTS = Query(
    family="clients",
    row=ClientsRow,
    sql=f"""
    SELECT x.application AS application,
           x.role AS role,
           x.here AS here,
           x.transport AS transport,
           x.state AS state,
           pg_catalog.count(*) AS sessions,
           x.hidden AS hidden
      FROM (
            SELECT CASE WHEN NOT {is_secret_name("a.application_name")}
                        THEN a.application_name END AS application,
                   a.usename AS role,
                   a.datname = pg_catalog.current_database() AS here,
                   CASE WHEN s.ssl THEN 'tls'
                        WHEN a.client_port = -1 THEN 'local'
                        WHEN s.ssl = false THEN 'plain' END AS transport,
                   a.state AS state,
                   a.backend_type IS NULL AS hidden
              FROM pg_catalog.pg_stat_activity a
              LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = a.pid
              LEFT JOIN pg_catalog.pg_stat_get_wal_senders() w ON w.pid = a.pid
             WHERE a.pid NOT IN (pg_catalog.pg_backend_pid(), %(second)s)
               AND a.datname IS NOT NULL
               AND (a.backend_type = 'client backend' OR (a.backend_type IS NULL AND a.usename IS NOT NULL))
               AND w.pid IS NULL
           ) x
     GROUP BY x.application, x.role, x.here, x.transport, x.state, x.hidden
    """,
)


def clients(rows: Iterable[ClientsRow]) -> tuple[Clients, ...]:
    """The clients of the rows, by application, role, place, transport and state."""
    counts: Counter[tuple[str, str, bool, str, str]] = Counter()
    for row in rows:
        key = (
            _application(row.application) or "",
            row.role or "",
            not row.here,
            row.transport or "",
            row.state or "",
        )
        counts[key] += row.sessions
    return tuple(
        Clients(
            application=application or None,
            role=role or None,
            here=not elsewhere,
            transport=transport or None,
            state=state or None,
            sessions=sessions,
        )
        for (application, role, elsewhere, transport, state), sessions in sorted(counts.items())
    )


class DistributedTableRow(NamedTuple):
    """One table that Citus knows."""

    oid: int
    schema: str
    name: str
    method: str
    replication: str
    column: str | None
    colocation: int
    shards: int
    of_schema: bool


# Only for where the extension is installed: its catalogs are in pg_catalog. A table without a distribution
# column (method n) is a reference table when its replication model is t (two-phase commit).
DISTRIBUTED_TABLES = Query(
    family="citus",
    row=DistributedTableRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.relname AS name,
           p.partmethod::pg_catalog.text AS method,
           p.repmodel::pg_catalog.text AS replication,
           CASE WHEN p.partmethod <> 'n'
                THEN pg_catalog.column_to_column_name(p.logicalrelid, p.partkey) END AS column,
           p.colocationid AS colocation,
           COALESCE(s.shards, 0) AS shards,
           p.partmethod = 'n' AND p.repmodel <> 't' AND p.colocationid > 0 AS of_schema
      FROM pg_catalog.pg_dist_partition p
      JOIN pg_catalog.pg_class c ON c.oid = p.logicalrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN (
            SELECT d.logicalrelid, pg_catalog.count(*) AS shards
              FROM pg_catalog.pg_dist_shard d
             GROUP BY d.logicalrelid
           ) s ON s.logicalrelid = p.logicalrelid
     WHERE c.relnamespace = ANY (%(namespaces)s)
    """,
)


def distributed_table(row: DistributedTableRow) -> DistributedTable:
    """The distributed table of a row."""
    if row.method != "n":
        kind = "distributed"
    elif row.replication == "t":
        kind = "reference"
    else:
        kind = "schema" if row.of_schema else "local"
    return DistributedTable(
        schema=row.schema,
        name=row.name,
        kind=kind,
        column=row.column,
        colocation=row.colocation or None,
        shards=row.shards,
    )


class CitusNodesRow(NamedTuple):
    """The only row."""

    primaries: int
    secondaries: int
    inactive: int


CITUS_NODES = Query(
    family="citus",
    row=CitusNodesRow,
    sql="""
    SELECT pg_catalog.count(*) FILTER (WHERE n.noderole::pg_catalog.text = 'primary') AS primaries,
           pg_catalog.count(*) FILTER (WHERE n.noderole::pg_catalog.text <> 'primary') AS secondaries,
           pg_catalog.count(*) FILTER (WHERE NOT n.isactive) AS inactive
      FROM pg_catalog.pg_dist_node n
    """,
)


def citus_nodes(row: CitusNodesRow) -> CitusNodes:
    """The nodes of a row."""
    return CitusNodes(primaries=row.primaries, secondaries=row.secondaries, inactive=row.inactive)
