"""Who is connected to whom: standbys, slots, the primary, subscriptions, clients, nodes of Citus.

Addresses and connection strings are never read.
"""

from __future__ import annotations

from pgdossier.model.base import Model


class Standby(Model, frozen=True, kw_only=True):
    """One receiver of WAL connected to this server (pg_stat_replication): a standby or a subscriber.

    All but `application` is None when the role may not see it.

    Attributes:
        application: What it calls itself (a standby its cluster_name, a subscriber its subscription); None
            when it is empty or could hold a secret.
        slot: The replication slot that it uses.
        logical: Whether it receives logical changes; None when it uses no slot (then nearly always a standby
            or a base backup).
        remote: Whether it is connected over the network rather than by a local socket.
        state: `startup`, `catchup`, `streaming`, `backup` or `stopping`.
        sync_state: `async`, `potential`, `sync` or `quorum`.
        sent_lag_bytes: WAL written here and not yet sent to it.
        replay_lag_bytes: WAL written here and not yet replayed there.
        write_lag_ms: Time until recent WAL was written there; None also when it is idle.
        flush_lag_ms: Likewise until it was flushed.
        replay_lag_ms: Likewise until it was replayed.
        connected_since: When it connected.
    """

    application: str | None = None
    slot: str | None = None
    logical: bool | None = None
    remote: bool | None = None
    state: str | None = None
    sync_state: str | None = None
    sent_lag_bytes: int | None = None
    replay_lag_bytes: int | None = None
    write_lag_ms: float | None = None
    flush_lag_ms: float | None = None
    replay_lag_ms: float | None = None
    connected_since: str | None = None


class ReplicationSlot(Model, frozen=True, kw_only=True):
    """One replication slot of the server (pg_replication_slots).

    Attributes:
        name: Its name.
        logical: A logical slot rather than a physical one.
        plugin: The output plugin of a logical one.
        database: The database of a logical one.
        temporary: It goes with its session.
        active: Somebody is connected to it.
        wal_status: `reserved`, `extended`, `unreserved` or `lost`; None before any WAL was reserved.
        retained_bytes: The WAL that it keeps from being removed; None when it keeps none.
        safe_bytes: How much more WAL can be written before it may be lost; None without a limit.
        two_phase: It decodes prepared transactions (14 and newer).
        failover: It is synchronised to standbys (17 and newer).
        synced: It was synchronised from the primary (17 and newer).
        invalidation: Why it became invalid (17 and newer).
        inactive_since: Since when nobody is connected to it (17 and newer).
        catalog_age: Age in transactions of the oldest catalog rows that it keeps VACUUM from removing.
        row_age: Likewise of any rows.
    """

    name: str
    logical: bool
    plugin: str | None = None
    database: str | None = None
    temporary: bool = False
    active: bool = False
    wal_status: str | None = None
    retained_bytes: int | None = None
    safe_bytes: int | None = None
    two_phase: bool = False
    failover: bool = False
    synced: bool = False
    invalidation: str | None = None
    inactive_since: str | None = None
    catalog_age: int | None = None
    row_age: int | None = None


class Receiver(Model, frozen=True, kw_only=True):
    """What this server, a standby, receives (pg_stat_wal_receiver); there only while it is in recovery.

    `status` is None when no receiver runs (it reads archived WAL, or waits) or when the role may not see it.
    `replay_delay_ms` is how old the last replayed transaction is: it grows while the primary is idle.
    """

    status: str | None = None
    slot: str | None = None
    last_message_at: str | None = None
    replay_delay_ms: float | None = None
    unreplayed_bytes: int | None = None
    replay_paused: bool | None = None


class SubscriptionState(Model, frozen=True, kw_only=True):
    """How one subscription does (pg_stat_subscription, pg_subscription_rel, pg_stat_subscription_stats).

    Attributes:
        name: The subscription.
        running: Its apply worker runs.
        last_message_at: When the publisher was last heard of.
        tables: How many tables it has.
        tables_ready: How many of them are past their initial synchronisation.
        apply_errors: How often applying failed (15 and newer).
        sync_errors: How often the initial synchronisation failed (15 and newer).
        counted_since: Since when these two are counted.
    """

    name: str
    running: bool
    last_message_at: str | None = None
    tables: int = 0
    tables_ready: int = 0
    apply_errors: int | None = None
    sync_errors: int | None = None
    counted_since: str | None = None


class Clients(Model, frozen=True, kw_only=True):
    """Sessions of clients that have the same name, role, transport and state (pg_stat_activity, pg_stat_ssl).

    Our own session is left out.

    Attributes:
        application: application_name, without what could be a secret; None when it is empty.
        role: The role they logged in as; None when the role is gone.
        here: They are connected to this database, not to another one.
        transport: `local` (a Unix socket), `tls` or `plain`; None when the role may not see it.
        state: `active`, `idle`, `idle in transaction` …; None when the role may not see it.
        sessions: How many there are.
    """

    application: str | None = None
    role: str | None = None
    here: bool = True
    transport: str | None = None
    state: str | None = None
    sessions: int = 1


class DistributedTable(Model, frozen=True, kw_only=True):
    """One table of Citus (pg_dist_partition, pg_dist_shard).

    `kind` is `distributed`, `reference`, `local` (a table that Citus manages on the coordinator) or `schema`
    (it belongs to a distributed schema); `column` is the distribution column of the first kind. Tables with
    the same `colocation` have their shards on the same nodes.
    """

    schema: str
    name: str
    kind: str
    column: str | None = None
    colocation: int | None = None
    shards: int = 0


class CitusNodes(Model, frozen=True, kw_only=True):
    """How many nodes a Citus cluster has (pg_dist_node); the coordinator counts when it is registered."""

    primaries: int = 0
    secondaries: int = 0
    inactive: int = 0


class Topology(Model, frozen=True, kw_only=True):
    """Everything of this module; what is empty was not there, or is among the gaps."""

    standbys: tuple[Standby, ...] = ()
    slots: tuple[ReplicationSlot, ...] = ()
    receiver: Receiver | None = None
    subscriptions: tuple[SubscriptionState, ...] = ()
    clients: tuple[Clients, ...] = ()
    distributed_tables: tuple[DistributedTable, ...] = ()
    citus_nodes: CitusNodes | None = None
