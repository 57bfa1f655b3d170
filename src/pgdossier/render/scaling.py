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
from pgdossier.language import mark, number, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import RelationKind
from pgdossier.render.escaping import code
from pgdossier.render.moments import moment
from pgdossier.render.numbers import listed, size
from pgdossier.render.page import Page
from pgdossier.render.relation import documented
from pgdossier.render.terms import term

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
    return tr(
        "The database took {bytes} on disk at {taken_at}, all schemas, catalogs and empty space included.",
        bytes=size(operation.database.bytes),
        taken_at=moment(operation.taken_at),
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
        (relation.qualified, index.name, size)
        for relation in documented(analysis.lookup)
        for index in relation.indexes
        if (size := analysis.index_sizes.get(QualifiedName(relation.schema, index.name)))
    ]
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))[:_LARGEST]


def grown(history: History) -> Grown:
    """What the sizes of earlier days tell."""
    return growth.grown(history.sizes)


def growing(found: Grown) -> list[str]:
    """The growth of the database in sentences, or why it cannot be told."""
    if found.entries == 0:
        return [tr("No size was kept yet, so no growth can be told.")]
    if found.database is None and not found.tables:
        return [
            trn(
                "Growth can be told once sizes of two days are known that lie {days} days or more apart;"
                " so far there is {count}, from {date} on. `pgdossier generate --refresh-statistics`"
                " adds one.",
                "Growth can be told once sizes of two days are known that lie {days} days or more apart;"
                " so far there are {count}, from {date} on. `pgdossier generate --refresh-statistics`"
                " adds one.",
                found.entries,
                days=growth.LEAST_DAYS,
                date=found.first,
            )
        ]
    told = []
    if found.database is not None:
        told.append(_grew(found.database, recently=False))
    if found.recent is not None:
        told.append(_grew(found.recent, recently=True))
    return told


def _grew(one: Growth, *, recently: bool) -> str:
    change = one.now - one.then
    percent = f", {number(abs(change) / one.then * 100, ',.1f')} %" if one.then else ""
    return tr(
        _GREW[recently, (change > 0) - (change < 0)],
        date=one.since,
        then=size(one.then),
        now=size(one.now),
        change=f"{size(abs(change))}{percent}",
        days=one.days,
        rate=size(round(abs(one.a_month))),
    )


# By whether it is the most recent time, and whether less, the same or more is stored.
_GREW = {
    (False, 0): mark("The database has stayed at {now} since {date}."),
    (False, 1): mark(
        "The database grew from {then} to {now} ({change} in {days} days: about {rate} a month) since {date}."
    ),
    (False, -1): mark(
        "The database shrank from {then} to {now} ({change} in {days} days: about {rate} a month) since"
        " {date}."
    ),
    (True, 0): mark("Most recently, since {date}, it has stayed at {now}."),
    (True, 1): mark(
        "Most recently, since {date}, it grew from {then} to {now} ({change} in {days} days: about {rate} a"
        " month)."
    ),
    (True, -1): mark(
        "Most recently, since {date}, it shrank from {then} to {now} ({change} in {days} days: about {rate} a"
        " month)."
    ),
}


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
        share = 100 * found.shared_buffers / found.database if found.database else None
        message = mark("{setting} is {size}. All databases of the server share it.")
        if share is not None and share >= 100:
            message = mark(
                "{setting} is {size}: the whole database would fit. All databases of the server share it."
            )
        elif share is not None:
            message = mark(
                "{setting} is {size}: {share} % of the {whole} of this database. All databases of the"
                " server share it."
            )
        told.append(
            tr(
                message,
                setting=code("shared_buffers"),
                size=size(found.shared_buffers),
                share=number(share or 0, ".1f"),
                whole=size(found.database or 0),
            )
        )
    if found.work_mem and found.connections and found.of_sessions:
        factor = found.hash_factor
        told.append(
            tr(
                "{product} = {size} when every session sorts once at the same time.",
                product=f"{code('work_mem')} {size(found.work_mem)} {_TIMES} {code('max_connections')}"
                f" {number(found.connections)}",
                size=size(found.of_sessions),
            )
            + " "
            + (
                tr(
                    "One query can use several times {setting}, a hash {factor} times that.",
                    setting=code("work_mem"),
                    factor=number(factor, "g"),
                )
                if factor and factor != 1
                else tr("One query can use several times {setting}.", setting=code("work_mem"))
            )
        )
    if found.maintenance and found.workers and found.of_vacuum:
        told.append(
            tr(
                "Autovacuum may use {product} = {size}.",
                product=f"{found.workers} {_TIMES} {size(found.maintenance)}",
                size=size(found.of_vacuum),
            )
        )
    if found.planned_cache:
        told.append(
            tr(
                "The planner reckons with {size} of cache, its own and the system's ({setting}). How"
                " much memory the machine has a database cannot tell.",
                size=size(found.planned_cache),
                setting=code("effective_cache_size"),
            )
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
        told.append(tr("This server is itself a replica: it answers reads. Others cannot be seen from here."))
    standbys = [one for one in network.followers if one.kind is Kind.STANDBY]
    connected = sum(one.connected for one in standbys)
    hidden = any(gap.family in ("standbys", "slots") for gap in operation.gaps)
    if connected:
        told.append(trn("{count} standby was connected.", "{count} standbys were connected.", connected))
    elif not hidden and network.position is Position.PRIMARY:
        told.append(tr("No standby was connected: this server alone answers reads."))
    waiting = len(standbys) - connected
    if waiting:
        told.append(
            trn(
                "{count} slot for a standby is not in use.",
                "{count} slots for a standby are not in use.",
                waiting,
            )
        )
    subscribers = sum(one.kind is Kind.SUBSCRIBER for one in network.followers)
    if subscribers:
        told.append(
            trn(
                "{count} subscriber by logical replication.",
                "{count} subscribers by logical replication.",
                subscribers,
            )
        )
    if network.publishers:
        told.append(
            tr(
                "It takes changes by {subscriptions}.",
                subscriptions=counted(len(network.publishers), "subscription"),
            )
        )
    return told


def sharding(analysis: Analysis) -> str:
    """What is known of Citus, in a sentence."""
    installed = any(one.name == "citus" for one in analysis.snapshot.structure.extensions)
    nodes = analysis.snapshot.operation.topology.citus_nodes
    if not installed:
        return tr(
            "No extension that shards tables (Citus) is installed; all rows of a table are on one server."
        )
    if analysis.snapshot.operation.taken_at is None:
        return tr("Citus is installed; which tables it distributes was not read.")
    if nodes is None:
        return tr("Citus is installed.")
    return tr(
        mark("Citus is installed, with {nodes}, {inactive} of them inactive.")
        if nodes.inactive
        else mark("Citus is installed, with {nodes}."),
        nodes=counted(nodes.primaries + nodes.secondaries, "node"),
        inactive=nodes.inactive,
    )


def distributed(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str]]:
    """Table, kind, distribution column, co-location group and shards."""
    return [
        (
            page.relation(QualifiedName(one.schema, one.name)),
            term(one.kind),
            code(one.column) if one.column else "",
            "" if one.colocation is None else f"{one.colocation}",
            number(one.shards),
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
        return tr(
            mark("**The last range ended {days} before {date}; newer rows go to the default partition.**")
            if table.default
            else mark(
                "**The last range ended {days} before {date}; newer rows go nowhere: they are refused.**"
            ),
            days=counted(-days, "day"),
            date=captured_on,
        )
    return tr("That is {days} after {date}.", days=counted(days, "day"), date=captured_on)


def candidates_rule() -> str:
    """The rule by which tables are named."""
    return (
        tr(
            "Large: {size} or {rows} rows and more. A candidate for partitions by time"
            " is large, has a column of time that is never null, and {share} or more of the"
            " rows written to it were inserted.",
            size=size(growth.LARGE_BYTES),
            rows=number(growth.LARGE_ROWS),
            share=f"{growth.APPENDED_SHARE:.0%}",
        )
    ).replace("%", " %")


def large(analysis: Analysis, page: Page) -> list[tuple[str, str, str, str, str]]:
    """Table, size, the part of inserted rows, columns of time, and the verdict."""
    return [
        (
            page.relation(one.table),
            size(one.size.total_bytes),
            tr("not known") if one.appended is None else f"{100 * one.appended:.0f} %",
            ", ".join(code(column) for column in one.columns) or tr("none"),
            _verdict(one),
        )
        for one in analysis.large_tables
    ]


def _verdict(one: LargeTable) -> str:
    if one.candidate:
        return tr(
            "candidate, by {columns}", columns=listed([code(column) for column in one.columns[:3]], "or")
        )
    if one.columns and one.appended is None:
        return tr("not known: too little was counted")
    return tr("no candidate")
