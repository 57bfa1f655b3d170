"""What was counted while the server ran: tables, indexes, sequences, and the database as a whole.

Counters start at 0 when the database was created or when somebody reset them:
`DatabaseActivity.counted_since` says when that was for all. On a standby they count what happened on that
standby. Moments are UTC, `YYYY-MM-DDTHH:MM:SSZ`. None is "not known": never 0.
"""

from __future__ import annotations

from pgdossier.model.base import Model


class Blocks(Model, frozen=True, kw_only=True):
    """Blocks found in shared buffers (`hit`) and those asked of the operating system (`read`)."""

    read: int
    hit: int

    @property
    def ratio(self) -> float | None:
        """The share found in shared buffers, from 0 to 1; None when none was ever needed."""
        total = self.read + self.hit
        return self.hit / total if total else None


class TableActivity(Model, frozen=True, kw_only=True):
    """One table or materialized view (pg_stat_all_tables, pg_statio_all_tables, pg_class).

    A partitioned table has no counters of its own (its partitions have), but it can have been analysed.

    Attributes:
        schema: Its schema.
        name: Its name.
        sequential_scans: Scans of the whole table.
        sequential_rows: Live rows that these read.
        index_scans: Scans by any of its indexes; None when it has none.
        index_rows: Live rows that these fetched; None when it has no index.
        inserted: Rows inserted.
        updated: Rows updated, `hot_updated` and `new_page_updated` among them.
        deleted: Rows deleted.
        hot_updated: Rows updated without a new index entry.
        new_page_updated: Rows whose new version went to another page (PostgreSQL 16 and newer).
        live_rows: Estimate of the rows there are.
        dead_rows: Estimate of the row versions that VACUUM can remove.
        modified_since_analyze: Estimate of the rows changed since the last ANALYZE.
        inserted_since_vacuum: Estimate of the rows inserted since the last VACUUM.
        last_sequential_scan: When (PostgreSQL 16 and newer).
        last_index_scan: When (PostgreSQL 16 and newer).
        last_vacuum: When VACUUM was run by hand; of `VACUUM FULL` nothing is noted.
        last_autovacuum: When autovacuum did.
        last_analyze: When ANALYZE was run by hand.
        last_autoanalyze: When autovacuum did.
        vacuums: How often, by hand.
        autovacuums: How often, by autovacuum.
        analyzes: How often, by hand.
        autoanalyzes: How often, by autovacuum.
        heap: Blocks of the table itself; None for what has no storage.
        index_blocks: Blocks of all its indexes; None when it has none.
        toast: Blocks of its TOAST table and of that one's index; None when it has none.
        transaction_age: Age of relfrozenxid in transactions, of the table or its TOAST table, the older.
        multixact_age: Age of relminmxid in multixacts, likewise.
        minimum_bytes: What its rows would need on tightly filled pages (by its fillfactor), estimated from
            the planner's statistics; compare with `RelationStatistics.table_bytes`. None without statistics,
            or when these cannot be read.
    """

    schema: str
    name: str
    sequential_scans: int | None = None
    sequential_rows: int | None = None
    index_scans: int | None = None
    index_rows: int | None = None
    inserted: int | None = None
    updated: int | None = None
    deleted: int | None = None
    hot_updated: int | None = None
    new_page_updated: int | None = None
    live_rows: int | None = None
    dead_rows: int | None = None
    modified_since_analyze: int | None = None
    inserted_since_vacuum: int | None = None
    last_sequential_scan: str | None = None
    last_index_scan: str | None = None
    last_vacuum: str | None = None
    last_autovacuum: str | None = None
    last_analyze: str | None = None
    last_autoanalyze: str | None = None
    vacuums: int | None = None
    autovacuums: int | None = None
    analyzes: int | None = None
    autoanalyzes: int | None = None
    heap: Blocks | None = None
    index_blocks: Blocks | None = None
    toast: Blocks | None = None
    transaction_age: int | None = None
    multixact_age: int | None = None
    minimum_bytes: int | None = None


class IndexActivity(Model, frozen=True, kw_only=True):
    """One index (pg_stat_all_indexes, pg_statio_all_indexes); not those of partitioned tables themselves.

    Attributes:
        schema: Its schema.
        name: Its name.
        table: Its table's name, in the same schema.
        scans: How often the index was scanned. Checking uniqueness is no scan.
        entries_read: Index entries returned.
        rows_fetched: Live rows fetched by simple index scans.
        last_scan: When (PostgreSQL 16 and newer).
        blocks: Its blocks.
    """

    schema: str
    name: str
    table: str
    scans: int
    entries_read: int
    rows_fetched: int
    last_scan: str | None = None
    blocks: Blocks | None = None


class SequenceUse(Model, frozen=True, kw_only=True):
    """How far a sequence has come.

    `last_value` is None when nothing was ever drawn from it (`used` is then False), and when the role may not
    read it (`used` is then None). Cached values count as drawn. The bounds are in `Sequence`.
    """

    schema: str
    name: str
    last_value: int | None = None
    used: bool | None = None


class DatabaseActivity(Model, frozen=True, kw_only=True):
    """This database as a whole (pg_stat_database, pg_database).

    Attributes:
        counted_since: When the counters of this database were last reset (stats_reset); None when they never
            were, or when the server lost the date with its statistics: they then count since an unknown day.
        bytes: Its size on disk, all forks (pg_database_size).
        connections: Backends connected to it now.
        commits: Transactions committed.
        rollbacks: Transactions rolled back.
        blocks: Blocks of all its tables and indexes.
        rows_inserted: Rows inserted.
        rows_updated: Rows updated.
        rows_deleted: Rows deleted.
        rows_returned: Live rows fetched by sequential scans and index entries returned by index scans.
        rows_fetched: Live rows fetched by index scans.
        conflicts: Queries cancelled by recovery; only counted on standbys.
        deadlocks: Deadlocks.
        temporary_files: Temporary files that queries wrote.
        temporary_bytes: Bytes in these.
        checksum_failures: Pages whose checksum was wrong; None when checksums are off.
        transaction_age: Age of datfrozenxid in transactions.
        multixact_age: Age of datminmxid in multixacts.
    """

    counted_since: str | None = None
    bytes: int | None = None
    connections: int | None = None
    commits: int | None = None
    rollbacks: int | None = None
    blocks: Blocks | None = None
    rows_inserted: int | None = None
    rows_updated: int | None = None
    rows_deleted: int | None = None
    rows_returned: int | None = None
    rows_fetched: int | None = None
    conflicts: int | None = None
    deadlocks: int | None = None
    temporary_files: int | None = None
    temporary_bytes: int | None = None
    checksum_failures: int | None = None
    transaction_age: int | None = None
    multixact_age: int | None = None
