"""§11 in words: sizes and growth, memory, replicas and shards, partitions.

Templates call this module `scaling`.
"""

from __future__ import annotations

from pgdossier.analysis import growth
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.growth import Grown, Growth, LargeTable
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.analysis.sizes import Size
from pgdossier.analysis.topology import Kind, Position
from pgdossier.history.revisions import History
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import RelationKind
from pgdossier.render.escaping import code
from pgdossier.render.moments import moment
from pgdossier.render.numbers import counted, listed, size
from pgdossier.render.page import Page
from pgdossier.render.relation import documented

_LARGEST = 10
_TIMES, _MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"
_DISTRIBUTED = 40
_STORED = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW)


# --- 11.1 ----------------------------------------------------------------------------------------


def total(analysis: Analysis) -> str:
    """The size of the whole database, in a sentence; nothing when it was not read."""
    operation = analysis.snapshot.operation
    if operation.database is None or operation.database.bytes is None or operation.taken_at is None:
        return ""
    return (
        f"The database took {size(operation.database.bytes)} on disk at {moment(operation.taken_at)},"
        " all schemas, catalogs and empty space included."
    )


def by_schema(analysis: Analysis) -> list[tuple[str, int, int, bool]]:
    """Schema, number of tables, bytes, and whether all of them were analysed; the largest first."""
    found: dict[str, list[Size]] = {}
    for relation in documented(analysis.lookup):
        if relation.kind in _STORED:
            found.setdefault(relation.schema, []).append(analysis.sizes[relation.qualified])
    rows = [
        (
            schema,
            len(sizes),
            sum(one.total_bytes for one in sizes),
            all(one.known for one in sizes),
        )
        for schema, sizes in found.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def largest_indexes(analysis: Analysis) -> list[tuple[QualifiedName, str, int]]:
    """Table, index and bytes of the largest indexes; those of partitions are in that of their table."""
    found = [
        (relation.qualified, index.name, analysis.index_sizes[QualifiedName(relation.schema, index.name)])
        for relation in documented(analysis.lookup)
        for index in relation.indexes
        if analysis.index_sizes.get(QualifiedName(relation.schema, index.name))
    ]
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))[:_LARGEST]


def grown(history: History) -> Grown:
    """What the sizes of earlier days tell."""
    return growth.grown(history.sizes)


def growing(found: Grown) -> list[str]:
    """The growth of the database in sentences, or why it cannot be told."""
    if found.entries == 0:
        return ["No size was kept yet, so no growth can be told."]
    if found.database is None and not found.tables:
        return [
            f"Growth can be told once sizes of two days are known that lie {growth.LEAST_DAYS} days or more"
            f" apart; so far there {'is 1' if found.entries == 1 else f'are {found.entries}'},"
            f" from {found.first} on. `pgdossier generate --refresh-statistics` adds one."
        ]
    told = []
    if found.database is not None:
        told.append(f"The database {_grew(found.database)} since {found.database.since}.")
    if found.recent is not None:
        told.append(f"Most recently, since {found.recent.since}, it {_grew(found.recent)}.")
    return told


def _grew(one: Growth) -> str:
    change = one.now - one.then
    if change == 0:
        return f"has stayed at {size(one.now)}"
    verb = "grew" if change > 0 else "shrank"
    percent = f", {abs(change) / one.then * 100:,.1f} %" if one.then else ""
    return (
        f"{verb} from {size(one.then)} to {size(one.now)} ({size(abs(change))}{percent} in {one.days} days:"
        f" about {size(round(abs(one.a_month)))} a month)"
    )


def monthly(found: Grown, table: QualifiedName) -> str:
    """What a table grows by in a month; nothing when that cannot be told."""
    one = found.tables.get(table)
    if one is None:
        return ""
    amount = round(one.a_month)
    return "0" if amount == 0 else f"{'+' if amount > 0 else _MINUS}{size(abs(amount))}"


def memory(analysis: Analysis) -> list[str]:
    """Memory settings against the data, as arithmetic and not as advice."""
    found = growth.memory(analysis.snapshot.operation)
    told = []
    if found.shared_buffers:
        line = f"{code('shared_buffers')} is {size(found.shared_buffers)}"
        if found.database:
            share = 100 * found.shared_buffers / found.database
            line += (
                ": the whole database would fit"
                if share >= 100
                else f": {share:.1f} % of the {size(found.database)} of this database"
            )
        told.append(f"{line}. All databases of the server share it.")
    if found.work_mem and found.connections and found.of_sessions:
        factor = found.hash_factor
        hashes = f", a hash {factor:g} times that" if factor and factor != 1 else ""
        told.append(
            f"{code('work_mem')} {size(found.work_mem)} {_TIMES} {code('max_connections')}"
            f" {found.connections:,} = {size(found.of_sessions)} when every session sorts once at the same"
            f" time. One query can use several times {code('work_mem')}{hashes}."
        )
    if found.maintenance and found.workers and found.of_vacuum:
        told.append(
            f"Autovacuum may use {found.workers} {_TIMES} {size(found.maintenance)} ="
            f" {size(found.of_vacuum)}."
        )
    if found.planned_cache:
        told.append(
            f"The planner reckons with {size(found.planned_cache)} of cache, its own and the system's"
            f" ({code('effective_cache_size')}). How much memory the machine has a database cannot tell."
        )
    return told


# --- 11.2 ----------------------------------------------------------------------------------------


def replicas(analysis: Analysis) -> list[str]:
    """What is known of other servers with the same data, a sentence each."""
    network, operation = analysis.network, analysis.snapshot.operation
    if network.position is None:
        return []
    told = []
    if network.position is Position.STANDBY:
        told.append("This server is itself a replica: it answers reads. Others cannot be seen from here.")
    standbys = [one for one in network.followers if one.kind is Kind.STANDBY]
    connected = sum(one.connected for one in standbys)
    hidden = any(gap.family in ("standbys", "slots") for gap in operation.gaps)
    if connected:
        verb = "was" if connected == 1 else "were"
        told.append(f"{counted(connected, 'standby', 'standbys')} {verb} connected.".capitalize())
    elif not hidden and network.position is Position.PRIMARY:
        told.append("No standby was connected: this server alone answers reads.")
    waiting = len(standbys) - connected
    if waiting:
        told.append(f"{counted(waiting, 'slot')} for a standby {'is' if waiting == 1 else 'are'} not in use.")
    subscribers = sum(one.kind is Kind.SUBSCRIBER for one in network.followers)
    if subscribers:
        told.append(f"{counted(subscribers, 'subscriber')} by logical replication.".capitalize())
    if network.publishers:
        told.append(f"It takes changes by {counted(len(network.publishers), 'subscription')}.")
    return told


def sharding(analysis: Analysis) -> str:
    """What is known of Citus, in a sentence."""
    installed = any(one.name == "citus" for one in analysis.snapshot.structure.extensions)
    nodes = analysis.snapshot.operation.topology.citus_nodes
    if not installed:
        return "No extension that shards tables (Citus) is installed; all rows of a table are on one server."
    if analysis.snapshot.operation.taken_at is None:
        return "Citus is installed; which tables it distributes was not read."
    if nodes is None:
        return "Citus is installed."
    inactive = f", {nodes.inactive} of them inactive" if nodes.inactive else ""
    return f"Citus is installed, with {counted(nodes.primaries + nodes.secondaries, 'node')}{inactive}."


def distributed(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str]]:
    """Table, kind, distribution column, co-location group and shards."""
    return [
        (
            page.relation(QualifiedName(one.schema, one.name)),
            one.kind,
            code(one.column) if one.column else "",
            "" if one.colocation is None else f"{one.colocation}",
            f"{one.shards:,}",
        )
        for one in analysis.snapshot.operation.topology.distributed_tables[:_DISTRIBUTED]
    ]


def more_distributed(analysis: Analysis) -> int:
    """How many distributed tables the list leaves out."""
    return max(0, len(analysis.snapshot.operation.topology.distributed_tables) - _DISTRIBUTED)


# --- 11.3 ----------------------------------------------------------------------------------------


def runs_out(analysis: Analysis, table: PartitionedTable) -> str:
    """When the last range of time ends, seen from the day of the reading; nothing for other ranges."""
    captured_on = analysis.snapshot.captured_on
    days = growth.days_left(analysis.lookup, table, captured_on)
    if days is None:
        return ""
    if days < 0:
        where = "to the default partition" if table.default else "nowhere: they are refused"
        return (
            f"**The last range ended {counted(-days, 'day')} before {captured_on}; newer rows go {where}.**"
        )
    return f"That is {counted(days, 'day')} after {captured_on}."


def candidates_rule() -> str:
    """The rule by which tables are named."""
    return (
        f"Large: {size(growth.LARGE_BYTES)} or {growth.LARGE_ROWS:,} rows and more. A candidate for"
        f" partitions by time is large, has a column of time that is never null, and"
        f" {growth.APPENDED_SHARE:.0%} or more of the rows written to it were inserted."
    ).replace("%", " %")


def large(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str]]:
    """Table, size, the part of inserted rows, columns of time, and the verdict."""
    return [
        (
            page.relation(one.table),
            size(one.size.total_bytes),
            "not known" if one.appended is None else f"{100 * one.appended:.0f} %",
            ", ".join(code(column) for column in one.columns) or "none",
            _verdict(one),
        )
        for one in analysis.large_tables
    ]


def _verdict(one: LargeTable) -> str:
    if one.candidate:
        return f"candidate, by {listed([code(column) for column in one.columns[:3]], 'or')}"
    if one.columns and one.appended is None:
        return "not known: too little was counted"
    return "no candidate"
