"""The statements that ran in this database (pg_stat_statements)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class PlannedIndex(Model, frozen=True, order=True, kw_only=True):
    """An index in a plan.

    Attributes:
        schema: Its schema, and its table's.
        name: Its name.
        table: Its table's name.
        how: `index scan`, `index only scan`, `bitmap index scan`, or `conflict check` (INSERT … ON CONFLICT).
    """

    schema: str
    name: str
    table: str
    how: str


class Plan(Model, frozen=True, kw_only=True):
    """What the planner would do with a statement whose parameters are not known; it was not executed.

    Partitions are named as the planner names them: each for itself.

    Attributes:
        unexplained: Why there is no plan; all but `search_path` is then empty. None where there is one.
        search_path: Where names without a schema were looked up.
        tables: The relations that the plan reads or writes; views are replaced by what they read.
        written: Those of them that it writes.
        indexes: The indexes that it would use, sorted.
        sequential: The relations that it would read from end to end.
        cost: The planner's estimate of the total cost, in its own unit.
    """

    unexplained: str | None = None
    search_path: str = ""
    tables: tuple[QualifiedName, ...] = ()
    written: tuple[QualifiedName, ...] = ()
    indexes: tuple[PlannedIndex, ...] = ()
    sequential: tuple[QualifiedName, ...] = ()
    cost: float | None = None


class Statement(Model, frozen=True, kw_only=True):
    """One normalised statement, summed over the roles that ran it.

    Times are milliseconds; a block has `ServerState.block_size` bytes.

    Attributes:
        id: The server's queryid, as text; it is stable within a major version only.
        text: The statement without comments, `$1` … for its constants. Where the server had left constants in
            it these are `?`, and `complete` is False.
        complete: The server had replaced every constant; otherwise the text cannot be planned.
        roles: Who ran it; a role that is gone is left out.
        calls: How often it was executed.
        rows: Rows that it returned or changed, all calls together.
        total_ms: Time of all executions together.
        mean_ms: Time of one execution, on average.
        minimum_ms: The shortest; since `extremes_since` or, without that, since it is counted.
        maximum_ms: The longest, likewise.
        deviation_ms: Standard deviation; None when several roles ran it.
        plan_ms: Time of planning, all together; None unless `pg_stat_statements.track_planning` is on.
        shared_hit: Blocks of tables and indexes that were in shared buffers.
        shared_read: Such blocks that were not.
        shared_dirtied: Such blocks that it changed first.
        shared_written: Such blocks that it had to write itself.
        temporary_read: Blocks of temporary files (sorts, hashes) that it read.
        temporary_written: Such blocks that it wrote.
        read_ms: Time of reading blocks; None unless track_io_timing is on.
        wal_bytes: WAL that it wrote.
        nested: It only ran inside functions (14 and newer, with `pg_stat_statements.track = all`).
        since: Since when it is counted (extension 1.11 and newer).
        extremes_since: Since when the shortest and the longest are (likewise).
        plan: How it would be planned; None when it is not among the foremost that are planned, or the reader
            was not asked to.
    """

    id: str
    text: str
    complete: bool = True
    roles: tuple[str, ...] = ()
    calls: int
    rows: int
    total_ms: float
    mean_ms: float
    minimum_ms: float | None = None
    maximum_ms: float | None = None
    deviation_ms: float | None = None
    plan_ms: float | None = None
    shared_hit: int = 0
    shared_read: int = 0
    shared_dirtied: int = 0
    shared_written: int = 0
    temporary_read: int = 0
    temporary_written: int = 0
    read_ms: float | None = None
    wal_bytes: int | None = None
    nested: bool = False
    since: str | None = None
    extremes_since: str | None = None
    plan: Plan | None = None


class Workload(Model, frozen=True, kw_only=True):
    """The statements of this database that took the most time or ran most often.

    Only SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE and WITH are kept: other commands are no access
    to data, and could hold secrets.

    Attributes:
        version: The version of pg_stat_statements.
        counted_since: When all statements were last reset (extension 1.9 and newer).
        discarded: How often the least executed statements were dropped for lack of room; above 0 the figures
            of rare statements are too low (extension 1.9 and newer).
        total_calls: All executions in this database, of statements that are not kept too.
        total_ms: Their time, in milliseconds.
        different: How many different statements there are.
        hidden: How many entries the role may not see the text of.
        unreadable: How many statements among the foremost are left out because their text could not be made
            free of constants.
        statements: The foremost, by total time (longest first), then id.
    """

    version: str
    counted_since: str | None = None
    discarded: int | None = None
    total_calls: int = 0
    total_ms: float = 0
    different: int = 0
    hidden: int = 0
    unreadable: int = 0
    statements: tuple[Statement, ...] = ()
