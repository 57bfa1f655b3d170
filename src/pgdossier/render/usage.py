"""What the document says about how tables are used: reads, writes, indexes and caches (§7).

Templates call this module `using`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.analysis import access_patterns, tables
from pgdossier.analysis.access_patterns import AccessClass, AccessPattern, AccessPatterns, IndexUse
from pgdossier.analysis.analysis import Analysis
from pgdossier.language import mark, number, tr
from pgdossier.language.counts import counted
from pgdossier.model.activity import Blocks, TableActivity
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render import gaps
from pgdossier.render.escaping import code
from pgdossier.render.moments import moment
from pgdossier.render.numbers import listed, ratio_digits, rows, share, size, some
from pgdossier.render.page import Page
from pgdossier.render.terms import term
from pgdossier.render.workload import REFERENCES, reference

_TABLES = 40
_NAMES = 20
_INDEXES = 10
# Below that many blocks a hit ratio says nothing.
_BLOCKS = 1000
_LOW_RATIO = 0.9
_LOWEST = 5


def since(analysis: Analysis) -> str:
    """Since when the counters of tables count, and what they do not; or that there are none."""
    operation, patterns = analysis.snapshot.operation, analysis.access_patterns
    if operation.taken_at is None:
        return tr("How tables are used was not read.")
    if not patterns.known:
        lines = gaps.unread(operation, "tables")
        if lines:
            return tr("How tables are used is not known: {reasons}.", reasons="; ".join(lines))
        return tr("How tables are used is not known.")
    when = _since(patterns)
    if patterns.empty:
        said = tr(
            mark("As of {moment}, the server has counted no use of any table {since}.")
            if patterns.since
            else mark(
                "As of {moment}, the server has counted no use of any table; since when, is not known."
            ),
            moment=moment(operation.taken_at),
            since=when,
        )
        alone = tr("This is a standby: the primary and other standbys count for themselves.")
        return f"{said} {alone}" if patterns.standby else said
    told = [
        tr("Counted by the server {since}, as of {moment}.", since=when, moment=moment(operation.taken_at))
    ]
    if patterns.standby:
        told.append(
            tr(
                "This is a standby: the counters are those of reading here. What the primary and other"
                " standbys do is not counted, so no class is given."
            )
        )
        return " ".join(told)
    if patterns.young:
        told.append(tr("That is less than a day: what follows says little yet."))
    told.append(
        tr(
            "Scans for foreign keys, for building indexes and of exports count as well; what replicas"
            " answer is not counted here."
        )
    )
    return " ".join(told)


def _since(patterns: AccessPatterns) -> str:
    if patterns.since is not None:
        return tr("since {moment}", moment=moment(patterns.since))
    return tr("since a day that is not known (no reset of these counters is noted)")


def thresholds() -> str:
    """How the classes are told, in one line."""
    a = access_patterns
    return (
        tr(
            "Classes, the first that fits: *never used* (no row read or written, and fewer than"
            " {least_operations} scans), *cold* (at most {few_a_day} scan or written row a day over"
            " {cold_days} days or more), *queue-like* (rows deleted are at least {deleted_share} of"
            " those inserted), *read-mostly* ({reads_per_write} scans for each written row),"
            " *append-only* ({appended_share} of the written rows inserted; one that was only loaded"
            " looks the same), *hot-update* ({updated_share} of them updated), else *mixed*; a table"
            " with fewer than {least_operations} scans and written rows has none.",
            least_operations=a.LEAST_OPERATIONS,
            few_a_day=a.FEW_A_DAY,
            cold_days=a.COLD_DAYS,
            deleted_share=f"{a.DELETED_SHARE:.0%}",
            reads_per_write=a.READS_PER_WRITE,
            appended_share=f"{a.APPENDED_SHARE:.0%}",
            updated_share=f"{a.UPDATED_SHARE:.0%}",
        )
    ).replace("%", " %")


def counted_tables(analysis: Analysis) -> bool:
    """Whether there is anything to show of the tables."""
    patterns = analysis.access_patterns
    return patterns.known and not patterns.empty


def read_tables(analysis: Analysis) -> list[AccessPattern]:
    """The tables that were read, most scans first."""
    found = [each for each in analysis.access_patterns.tables.values() if _was_read(each)]
    return sorted(found, key=lambda each: (-each.scans, each.table))[:_TABLES]


def _was_read(pattern: AccessPattern) -> bool:
    return pattern.scans > 0 and pattern.kind is not AccessClass.NEVER_USED


def written_tables(analysis: Analysis) -> list[AccessPattern]:
    """The tables that were written, most rows first."""
    found = [each for each in analysis.access_patterns.tables.values() if each.written]
    return sorted(found, key=lambda each: (-each.written, each.table))[:_TABLES]


def left_out(analysis: Analysis) -> list[str]:
    """How many lines the lists of §7.1 and §7.2 leave out, as sentences."""
    found = analysis.access_patterns.tables.values()
    more = sum(map(_was_read, found)) - _TABLES
    return (
        [tr("{tables} with fewer scans: see snapshot.json.", tables=counted(more, "table"))]
        if more > 0
        else []
    )


def statements_of(name: QualifiedName, analysis: Analysis, page: Page, *, writing: bool = False) -> str:
    """The statements that touch a table, or write it: `Q1, Q4 and 3 more`."""
    found = [
        each for each in analysis.queries.by_relation.get(name, ()) if not writing or name in each.written
    ]
    shown = ", ".join(reference(each, page) for each in found[:REFERENCES])
    more = len(found) - REFERENCES
    return tr("{items} and {count} more", items=shown, count=more) if more > 0 else shown


def per_scan(pattern: AccessPattern) -> str:
    """Rows read by one scan from end to end, on average."""
    return rows(round(pattern.sequential_rows / pattern.sequential_scans)) if pattern.sequential_scans else ""


def reads_per_write(pattern: AccessPattern) -> str:
    """Scans for each written row: `25 : 1`, `1 : 8`; `reads only` or `writes only`."""
    if not pattern.written:
        return tr("reads only")
    if not pattern.scans:
        return tr("writes only")
    ratio = pattern.scans / pattern.written
    return f"{ratio_digits(ratio)} : 1" if ratio >= 1 else f"1 : {ratio_digits(1 / ratio)}"


def class_of(relation: Relation, analysis: Analysis) -> str:
    """The class of a table as a fact of it: `append-only`; nothing when it has none."""
    patterns = analysis.access_patterns
    found = patterns.tables.get(relation.qualified)
    if found is None or found.kind is None or patterns.empty or patterns.standby or patterns.young:
        return ""
    return term(found.kind)


def unused_tables(analysis: Analysis, page: Page) -> list[str]:
    """Sentences on tables that nobody uses; none while the counters are young."""
    patterns = analysis.access_patterns
    if patterns.young or patterns.empty or patterns.standby:
        return []
    lines = []
    for kind, message in (
        (AccessClass.NEVER_USED, mark("Not a row was read or written in that time: {tables}.")),
        (AccessClass.COLD, mark("Hardly used in that time: {tables}.")),
    ):
        names = [page.relation(found.table) for found in patterns.classed(kind)]
        if names:
            shown = listed(names) if len(names) <= _NAMES else some(names, _NAMES)
            lines.append(tr(message, tables=shown))
    return lines


def costly_scans(analysis: Analysis, page: Page) -> list[str]:
    """Large tables that are read from end to end, with the statements that would do so."""
    lines = []
    for found in analysis.access_patterns.costly_scans[:_NAMES]:
        likely = [
            reference(each, page)
            for each in analysis.queries.by_relation.get(found.table, ())
            if found.table in each.sequential
        ]
        lines.append(
            tr(
                mark("{table}: {scans} of {rows} rows each; the planner would in {statements}")
                if likely
                else mark("{table}: {scans} of {rows} rows each"),
                table=page.relation(found.table),
                scans=counted(found.sequential_scans, "scan"),
                rows=per_scan(found),
                statements=listed(likely[:REFERENCES]),
            )
        )
    return lines


def scan_threshold() -> str:
    """What a large table is, for §7.1."""
    a = access_patterns
    return tr(
        "at least {scans} scans of {rows} rows or more each",
        scans=a.COSTLY_SCANS,
        rows=number(a.LARGE_ROWS),
    )


def busy_indexes(analysis: Analysis) -> list[IndexUse]:
    """The indexes that are scanned most."""
    found = [use for use in analysis.access_patterns.indexes if use.scans]
    return sorted(found, key=lambda use: (-use.scans, use.table, use.index))[:_INDEXES]


def idle_indexes(analysis: Analysis, page: Page) -> str:
    """The indexes that nothing scanned and that keep no promise, largest first; nothing when too early."""
    patterns = analysis.access_patterns
    if patterns.young or patterns.empty:
        return ""
    used = {each.table for each in patterns.tables.values() if each.scans or each.written}
    idle = [use for use in patterns.indexes if not use.scans and not use.promise and use.table in used]
    if not idle:
        return ""
    sizes = {use: analysis.index_sizes.get(QualifiedName(use.table.schema, use.index), 0) for use in idle}
    idle.sort(key=lambda use: (-sizes[use], use.table, use.index))
    shown = [
        tr("{index} on {table}", index=code(use.index), table=page.relation(use.table))
        + (f" ({size(sizes[use])})" if sizes[use] else "")
        for use in idle[:_INDEXES]
    ]
    return some(shown, _INDEXES, len(idle) - len(shown))


# --- caching ---------------------------------------------------------------------------------------------


def caching(analysis: Analysis, page: Page) -> list[str]:
    """How much of what is needed is found in shared buffers."""
    operation = analysis.snapshot.operation
    if operation.taken_at is None:
        return []
    buffers = operation.setting("shared_buffers")
    database = operation.database
    lines = []
    if buffers is not None and buffers.bytes:
        given = size(buffers.bytes)
        lines.append(
            tr("Shared buffers: {size} for a database of {whole}.", size=given, whole=size(database.bytes))
            if database and database.bytes
            else tr("Shared buffers: {size}.", size=given)
        )
    if database is None or database.blocks is None:
        return lines + gaps.unread(operation, "database")
    heap, index = _sum(operation.tables, "heap"), _sum(operation.tables, "index_blocks")
    if database.blocks.read + database.blocks.hit < _BLOCKS:
        return [*lines, tr("Too few blocks were needed to tell a hit ratio.")]
    lines.append(
        tr(
            mark(
                "Found in shared buffers since {moment}: {ratio} of all blocks of the database (its catalogs"
                " included), {tables}, {indexes}."
            )
            if database.counted_since
            else mark(
                "Found in shared buffers: {ratio} of all blocks of the database (its catalogs included),"
                " {tables}, {indexes}."
            ),
            moment=moment(database.counted_since or ""),
            ratio=share(database.blocks.ratio),
            tables=tr("{ratio} of tables", ratio=share(heap.ratio))
            if heap.ratio is not None
            else tr("none needed of tables"),
            indexes=tr("{ratio} of indexes", ratio=share(index.ratio))
            if index.ratio is not None
            else tr("none needed of indexes"),
        )
        + " "
        + tr(
            "What was not may still have been in the cache of the operating system, which PostgreSQL does not"
            " see."
        )
    )
    low = sorted(
        (
            (blocks.ratio, name, blocks)
            for name, blocks in _by_table(analysis).items()
            if blocks.read + blocks.hit >= _BLOCKS and blocks.ratio is not None and blocks.ratio < _LOW_RATIO
        ),
        key=lambda each: (each[0], each[1]),
    )
    if low:
        shown = [
            tr(
                "{table} ({ratio} of {count} blocks)",
                table=page.relation(name),
                ratio=share(ratio),
                count=rows(blocks.read + blocks.hit),
            )
            for ratio, name, blocks in low[:_LOWEST]
        ]
        lines.append(tr("Least often, with their indexes: {tables}.", tables=listed(shown)))
    return lines


def _sum(activities: Iterable[TableActivity], *fields: str) -> Blocks:
    found = [
        blocks for table in activities for field in fields if (blocks := getattr(table, field)) is not None
    ]
    return Blocks(read=sum(each.read for each in found), hit=sum(each.hit for each in found))


def _by_table(analysis: Analysis) -> dict[QualifiedName, Blocks]:
    parts: dict[QualifiedName, list[TableActivity]] = {}
    for each in analysis.snapshot.operation.tables:
        name = QualifiedName(each.schema, each.name)
        if name in analysis.lookup.relations:
            parts.setdefault(tables.root(analysis.lookup, name), []).append(each)
    return {name: _sum(found, "heap", "index_blocks", "toast") for name, found in parts.items()}
