"""What the running server knows: reading it, whatever is refused, and putting it together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from pgdossier.catalog import (
    activity,
    asking,
    bloat,
    bookkeeping,
    plans,
    sequence_values,
    server_state,
    settings,
    topology,
    workload,
)
from pgdossier.catalog.extensions import ExtensionRow
from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.operation_rows import OperationRows, gaps
from pgdossier.catalog.query import Query, R
from pgdossier.catalog.session import Session
from pgdossier.model.activity import SequenceUse, TableActivity
from pgdossier.model.operation import Operation, RoleExpiry
from pgdossier.model.topology import Topology
from pgdossier.model.workload import Workload

A = TypeVar("A")
T = TypeVar("T")

GRANT_STATISTICS = "grant pg_read_all_stats, or pg_monitor, to the role that reads"
GRANT_SETTINGS = "grant pg_read_all_settings, or pg_monitor, to the role that reads"
GRANT_DATA = (
    "grant SELECT on it and USAGE on its schema, or pg_read_all_data (14 and newer), to the role that reads"
)
_ENABLE_STATEMENTS = (
    "add pg_stat_statements to shared_preload_libraries, restart the server, and run"
    " CREATE EXTENSION pg_stat_statements in this database"
)


# What has a row or a few, asked all together: the field, the query, and the remedy where it is refused.
_SERVER: tuple[tuple[str, Query[Any], str | None], ...] = (
    ("state", server_state.STATE, None),
    ("settings", settings.QUERY, GRANT_SETTINGS),
    ("hosting", server_state.HOSTING, None),
    ("checkpoints", server_state.CHECKPOINTS, GRANT_STATISTICS),
    ("archiver", server_state.ARCHIVER, GRANT_STATISTICS),
    ("wal", server_state.WAL, GRANT_STATISTICS),
    ("horizon", server_state.HORIZON, GRANT_STATISTICS),
    ("standbys", topology.STANDBYS, GRANT_STATISTICS),
    ("slots", topology.SLOTS, GRANT_STATISTICS),
    ("receiver", topology.RECEIVER, GRANT_STATISTICS),
    ("subscriptions", topology.SUBSCRIPTION_STATES, GRANT_STATISTICS),
    ("clients", topology.CLIENTS, GRANT_STATISTICS),
    ("database", activity.DATABASE, GRANT_STATISTICS),
    ("size", activity.SIZE, GRANT_STATISTICS),
    ("extensions", server_state.EXTENSION_UPDATES, None),
)

# What the documented schemas have, asked with it: a slow network is waited for once.
_OBJECTS: tuple[tuple[str, Query[Any], str | None], ...] = (
    ("tables", activity.TABLES, GRANT_STATISTICS),
    ("indexes", activity.INDEXES, GRANT_STATISTICS),
    ("bloat", bloat.QUERY, GRANT_DATA),
    ("sequences", activity.SEQUENCES, GRANT_DATA),
    ("candidates", bookkeeping.CANDIDATES, None),
)


class _Family(Protocol):
    """Runs one query; what is refused is a gap with that remedy."""

    def __call__(self, query: Query[R], remedy: str | None = None, **parameters: Any) -> list[R]: ...


def read(
    session: Session,
    namespaces: Collection[int],
    extensions: Iterable[ExtensionRow],
    advance: Callable[[], None],
    keeps: Callable[[str, str], bool],
    *,
    second: int = 0,
) -> OperationRows:
    """Everything that the running server tells; what it does not tell is among the gaps.

    Args:
        session: The session, after all that a document needs was read: nothing here can stop the run.
        namespaces: The OIDs of the documented schemas.
        extensions: The installed extensions.
        advance: Called after each family.
        keeps: Whether a relation is documented, by schema and name.
        second: The process behind a second connection of ours, which is none of the server's clients.
    """
    rows = OperationRows()
    installed = {row.name: row for row in extensions}
    scope = list(namespaces)

    def tried(query: Query[R], remedy: str | None, **parameters: Any) -> list[R]:
        try:
            return asking.tried(session, query, **parameters)
        except RefusedError as error:
            rows.gaps.add((query.family, str(error), remedy))
            return []

    def family(query: Query[R], remedy: str | None = None, **parameters: Any) -> list[R]:
        found = tried(query, remedy, **parameters)
        advance()
        return found

    parameters: dict[str, Any] = {
        "namespaces": scope,
        "names": bookkeeping.names(),
        "always": list(settings.ALWAYS),
        "options": session.has_options,
        "second": second,
        **server_state.HOSTING_NAMES,
    }
    asked = (*_SERVER, *_OBJECTS)
    remedies = {id(query): remedy for _, query, remedy in asked}
    answers = session.all_rows(
        [query for _, query, _ in asked],
        lambda query: tried(query, remedies[id(query)], **parameters),
        **parameters,
    )
    for (name, _, _), found in zip(asked, answers, strict=True):
        setattr(rows, name, found)
        advance()
    if "citus" in installed:
        rows.distributed_tables = family(topology.DISTRIBUTED_TABLES, namespaces=scope)
        rows.citus_nodes = family(topology.CITUS_NODES)
    _read_statements(rows, installed.get(workload.EXTENSION), family)
    if rows.statements:
        _plan_statements(session, rows, distributed="citus" in installed)
        advance()
    # Last, for reading a sequence or a table holds a lock on it until the transaction ends.
    rows.sequences = sequence_values.read(session, rows.sequences)
    books = bookkeeping.read(session, rows.candidates, keeps)
    rows.migrations = books.histories
    rows.gaps |= {("migrations", reason, remedy) for reason, remedy in books.gaps}
    return rows


def _read_statements(rows: OperationRows, extension: ExtensionRow | None, family: _Family) -> None:
    if extension is None:
        rows.gaps.add(("statements", "pg_stat_statements is not installed here", _ENABLE_STATEMENTS))
        return
    version = workload.version_of(extension.version)
    if version < workload.OLDEST:
        rows.gaps.add(
            (
                "statements",
                f"pg_stat_statements is installed in version {extension.version}, which is too old",
                "run ALTER EXTENSION pg_stat_statements UPDATE in this database",
            )
        )
        return
    rows.statements_version = extension.version
    info = family(workload.info_query(extension.schema, version), _ENABLE_STATEMENTS)
    rows.statements_info = info
    if info:
        rows.statements = family(workload.query(extension.schema, version), _ENABLE_STATEMENTS)


def _plan_statements(session: Session, rows: OperationRows, *, distributed: bool) -> None:
    found = workload.workload(rows.statements_version, rows.statements_info[0], rows.statements).statements
    try:
        rows.plans = plans.read(session, found, distributed=distributed)
    except RefusedError as error:
        rows.gaps.add(("plans", f"the statements were not planned: {error}", None))
    denied = plans.denied_reads(found, rows.plans)
    if denied:
        rows.gaps.add(
            (
                "plans",
                f"{denied} statement{' was' if denied == 1 else 's were'} not planned, for the role may not"
                " read what they read",
                GRANT_DATA,
            )
        )


def operation(
    rows: OperationRows,
    *,
    kept: Collection[int],
    kept_sequences: Collection[int],
    role_expiries: tuple[RoleExpiry, ...],
) -> Operation:
    """What the rows make.

    Args:
        rows: What was read, the server's own state at least.
        kept: The OIDs of the documented relations.
        kept_sequences: The OIDs of the documented sequences.
        role_expiries: Until when the passwords of the roles that matter are valid.
    """
    state = server_state.state(rows.state[0])
    hidden_settings = not any(row.name == "shared_preload_libraries" for row in rows.settings)
    if rows.settings and hidden_settings:
        rows.gaps.add(
            ("settings", "some settings are shown to privileged roles only", GRANT_SETTINGS),
        )
    if any(row.hidden for row in rows.clients):
        rows.gaps.add(
            ("clients", "what sessions of other roles do, and how they connect, is hidden", GRANT_STATISTICS)
        )
    if any(row.hidden for row in rows.horizon):
        rows.gaps.add(
            ("horizon", "open transactions of other roles are hidden: there can be older", GRANT_STATISTICS)
        )
    if any(row.hidden for row in rows.standbys):
        rows.gaps.add(("standbys", "how far the receivers of WAL are is hidden", GRANT_STATISTICS))
    if any(row.running and row.status is None for row in rows.receiver):
        rows.gaps.add(("receiver", "what this standby receives is hidden", GRANT_STATISTICS))
    return Operation(
        taken_at=rows.state[0].taken_at,
        server=state,
        settings=_sorted(map(settings.setting, rows.settings), lambda found: found.name),
        hosting=_only(rows.hosting, server_state.hosting),
        checkpoints=_only(rows.checkpoints, server_state.checkpoints),
        archiver=_only(rows.archiver, server_state.archiver),
        wal=_only(rows.wal, server_state.wal),
        horizon=_only(rows.horizon, server_state.horizon),
        topology=_topology(rows, kept),
        database=activity.database(
            rows.database[0] if rows.database else None, rows.size[0] if rows.size else None
        ),
        tables=_tables(rows, kept, state.block_size),
        indexes=_by_qualified_name([activity.index(row) for row in rows.indexes if row.relation in kept]),
        sequences=_sequences(rows, kept_sequences),
        workload=_workload(rows),
        extensions=_sorted(map(server_state.extension_update, rows.extensions), lambda found: found.name),
        role_expiries=role_expiries,
        migrations=tuple(rows.migrations),
        gaps=gaps(rows),
    )


def _tables(rows: OperationRows, kept: Collection[int], block_size: int) -> tuple[TableActivity, ...]:
    estimates = {row.oid: bloat.minimum_bytes(row, block_size) for row in rows.bloat}
    unreadable = sum(1 for row in rows.bloat if row.oid in kept and not row.complete and not row.readable)
    if unreadable:
        rows.gaps.add(
            (
                "bloat",
                f"the planner's statistics of {unreadable} table{'' if unreadable == 1 else 's'} are hidden,"
                " for the role may not read the rows",
                GRANT_DATA,
            )
        )
    hindered = sum(
        1 for row in rows.bloat if row.oid in kept and not row.complete and row.readable and row.hindered
    )
    if hindered:
        rows.gaps.add(
            (
                "bloat",
                f"the planner's statistics of {hindered} table{'' if hindered == 1 else 's'} are hidden by"
                " row security from every role but the owner and those with BYPASSRLS",
                None,
            )
        )
    return _by_qualified_name(
        [activity.table(row, estimates.get(row.oid)) for row in rows.tables if row.oid in kept]
    )


def _sequences(rows: OperationRows, kept: Collection[int]) -> tuple[SequenceUse, ...]:
    found = [row for row in rows.sequences if row.oid in kept]
    unreadable = sum(1 for row in found if not row.readable)
    if unreadable:
        rows.gaps.add(
            (
                "sequences",
                f"how far {unreadable} sequence{' has' if unreadable == 1 else 's have'} come is hidden",
                GRANT_DATA,
            )
        )
    if any(row.lost for row in found):
        rows.gaps.add(("sequences", "unlogged sequences have no values on a standby", None))
    return _by_qualified_name(map(activity.sequence_use, found))


def _workload(rows: OperationRows) -> Workload | None:
    if not rows.statements_info:
        return None
    info = rows.statements_info[0]
    if info.hidden:
        rows.gaps.add(
            (
                "statements",
                f"the texts of {info.hidden} statement{'' if info.hidden == 1 else 's'} of other roles are"
                " hidden",
                GRANT_STATISTICS,
            )
        )
    return workload.workload(rows.statements_version, info, rows.statements, rows.plans)


def _topology(rows: OperationRows, kept: Collection[int]) -> Topology:
    return Topology(
        standbys=tuple(
            sorted(
                map(topology.standby, rows.standbys),
                key=lambda found: (found.application or "", found.slot or "", found.connected_since or ""),
            )
        ),
        slots=_sorted(map(topology.slot, rows.slots), lambda found: found.name),
        receiver=_only(rows.receiver, topology.receiver),
        subscriptions=_sorted(map(topology.subscription_state, rows.subscriptions), lambda found: found.name),
        clients=topology.clients(rows.clients),
        distributed_tables=_by_qualified_name(
            [topology.distributed_table(row) for row in rows.distributed_tables if row.oid in kept]
        ),
        citus_nodes=_only(rows.citus_nodes, topology.citus_nodes),
    )


def _only(rows: list[T], make: Callable[[T], A]) -> A | None:
    return make(rows[0]) if rows else None


def _sorted(found: Iterable[A], key: Callable[[A], str]) -> tuple[A, ...]:
    return tuple(sorted(found, key=key))


def _by_qualified_name(found: Iterable[A]) -> tuple[A, ...]:
    """Sorted by schema, then name; texts are compared faster than pairs of them."""
    return tuple(sorted(sorted(found, key=attrgetter("name")), key=attrgetter("schema")))
