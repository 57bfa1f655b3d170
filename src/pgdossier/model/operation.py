"""What the running server knows: all volatile, taken at one moment, kept by a refresh like sizes are.

Moments are UTC, `YYYY-MM-DDTHH:MM:SSZ`. None is "not known": never 0 and never "no".
"""

from __future__ import annotations

from pgdossier.model.activity import DatabaseActivity, IndexActivity, SequenceUse, TableActivity
from pgdossier.model.base import Model
from pgdossier.model.migrations import MigrationHistory
from pgdossier.model.scope import Gap
from pgdossier.model.topology import Topology
from pgdossier.model.workload import Workload

_UNITS = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
_MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def _amount(value: str | None, unit: str | None, units: dict[str, float] | dict[str, int]) -> float | None:
    if value is None or unit is None:
        return None
    digits = unit.rstrip("BkMGTuminshd")
    scale = units.get(unit[len(digits) :])
    try:
        amount = float(value)
    except ValueError:
        return None
    if scale is None or amount < 0:  # -1 switches off, or leaves it to the server
        return None
    return amount * scale * (int(digits) if digits else 1)


class ServerSetting(Model, frozen=True, kw_only=True):
    """One setting of the server (pg_settings), as it is without what a role, database or client chose.

    The snapshot has those that differ from their built-in default, and some that are always told.

    Attributes:
        name: Its name.
        value: Its value in `unit`; None when it is set and could hold a secret: it is then never read. An
            empty text is "not set".
        unit: `8kB`, `ms`, … ; None for a setting without one.
        default: The built-in default in `unit`; None when there is none, or when it is not to be told.
        source: Where the value comes from: `default`, `configuration file`, `command line` …; `session` where
            only the value is known.
        context: When a change takes effect: `postmaster` (a restart), `sighup` (a reload), `user` …
        pending_restart: The configuration was changed, and the server must be restarted for it.
    """

    name: str
    value: str | None = None
    unit: str | None = None
    default: str | None = None
    source: str = "default"
    context: str = ""
    pending_restart: bool = False

    @property
    def changed(self) -> bool:
        """Whether somebody chose another value than the built-in default.

        A server that works out a value for itself (`wal_buffers`) was not changed.
        """
        if self.source in ("default", "override"):
            return False
        return self.value is None or (self.default is not None and self.value != self.default)

    @property
    def bytes(self) -> int | None:
        """The value in bytes, for a setting that is an amount of memory or of disk."""
        found = _amount(self.value, self.unit, _UNITS)
        return None if found is None else round(found)

    @property
    def milliseconds(self) -> float | None:
        """The value in milliseconds, for a setting that is a time."""
        return _amount(self.value, self.unit, _MILLISECONDS)


class HostingEvidence(Model, frozen=True, kw_only=True):
    """What tells who runs the server; only what is known to tell something is looked for.

    Attributes:
        version_text: What version() says.
        setting_classes: What stands before the dot in names of settings (`rds`, `cloudsql`, `azure`).
        roles: Roles that vendors make (`rds_superuser`).
        databases: Databases that vendors make (`rdsadmin`).
        functions: Functions in pg_catalog that vendors add (`aurora_version`).
        available_extensions: Extensions of vendors that could be installed; the installed ones are in
            `Structure.extensions`.
    """

    version_text: str
    setting_classes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    available_extensions: tuple[str, ...] = ()


class Checkpoints(Model, frozen=True, kw_only=True):
    """Checkpoints of the server (pg_stat_bgwriter, since 17 pg_stat_checkpointer).

    Attributes:
        timed: Started because the time had come.
        requested: Started for another reason, most often for the amount of WAL.
        write_ms: Time of writing.
        sync_ms: Time of synchronising.
        buffers_written: Buffers that checkpoints wrote.
        buffers_cleaned: Buffers that the background writer wrote.
        buffers_by_backends: Buffers that sessions had to write themselves; None since PostgreSQL 17.
        counted_since: When these counters were last reset.
    """

    timed: int
    requested: int
    write_ms: float
    sync_ms: float
    buffers_written: int
    buffers_cleaned: int
    buffers_by_backends: int | None = None
    counted_since: str | None = None


class Archiver(Model, frozen=True, kw_only=True):
    """How archiving does (pg_stat_archiver); whether it is on is the setting `archive_mode`."""

    archived: int
    failed: int
    last_archived_at: str | None = None
    last_failed_at: str | None = None
    counted_since: str | None = None


class WrittenWal(Model, frozen=True, kw_only=True):
    """How much WAL the server wrote (pg_stat_wal, 14 and newer)."""

    bytes: int
    records: int
    full_page_images: int
    counted_since: str | None = None


class Horizon(Model, frozen=True, kw_only=True):
    """What keeps the whole server from forgetting old transactions.

    Attributes:
        oldest_database: The database whose datfrozenxid is the oldest.
        transaction_age: The age of that, in transactions.
        multixact_age: The highest age of a datminmxid, in multixacts.
        oldest_transaction_seconds: For how long the oldest transaction that is open runs; None without one.
            Where the role sees its own sessions only this is a lower bound, and among the gaps.
        idle_in_transaction: Sessions of clients that wait inside a transaction; likewise.
        prepared_transactions: Transactions that were prepared and never finished.
        oldest_prepared_seconds: For how long the oldest of these waits; None without one.
    """

    oldest_database: str | None = None
    transaction_age: int | None = None
    multixact_age: int | None = None
    oldest_transaction_seconds: int | None = None
    idle_in_transaction: int | None = None
    prepared_transactions: int | None = None
    oldest_prepared_seconds: int | None = None


class ServerState(Model, frozen=True, kw_only=True):
    """The server as a whole.

    Attributes:
        started_at: When it was started.
        configured_at: When its configuration was last loaded.
        in_recovery: It is a standby, or recovers.
        block_size: Bytes of a block.
        data_checksums: Whether pages have checksums.
        connections: Backends connected to any database.
        tls_session: Whether our own session was encrypted by TLS.
        collation_version: The version of its collations that this database was made with (15 and newer);
            None when its provider has no versions.
        collation_version_now: The version that the provider has now; another one means that indexes may be
            in the wrong order.
    """

    started_at: str
    configured_at: str | None = None
    in_recovery: bool
    block_size: int
    data_checksums: bool | None = None
    connections: int | None = None
    tls_session: bool | None = None
    collation_version: str | None = None
    collation_version_now: str | None = None


class ExtensionUpdate(Model, frozen=True, kw_only=True):
    """What version of an installed extension the server could install (pg_available_extensions).

    `default_version` is None when its files are not there any more.
    """

    name: str
    default_version: str | None = None


class RoleExpiry(Model, frozen=True, kw_only=True):
    """Until when the password of a role of `Structure.roles` is valid."""

    role: str
    valid_until: str


class Operation(Model, frozen=True, kw_only=True):
    """All of it. `taken_at` is None when nothing was read: an older snapshot, or one made by hand.

    Every family is sorted by name (code points). What could not be read is None or empty, and in `gaps`.
    """

    taken_at: str | None = None
    server: ServerState | None = None
    settings: tuple[ServerSetting, ...] = ()
    hosting: HostingEvidence | None = None
    checkpoints: Checkpoints | None = None
    archiver: Archiver | None = None
    wal: WrittenWal | None = None
    horizon: Horizon | None = None
    topology: Topology = Topology()
    database: DatabaseActivity | None = None
    tables: tuple[TableActivity, ...] = ()
    indexes: tuple[IndexActivity, ...] = ()
    sequences: tuple[SequenceUse, ...] = ()
    workload: Workload | None = None
    extensions: tuple[ExtensionUpdate, ...] = ()
    role_expiries: tuple[RoleExpiry, ...] = ()
    migrations: tuple[MigrationHistory, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def setting(self, name: str) -> ServerSetting | None:
        """The setting of that name; None when the snapshot does not have it."""
        return next((found for found in self.settings if found.name == name), None)


NOTHING = Operation()
"""Nothing was read."""
