"""What the document says about how tables are used: reads, writes, indexes and caches (§7).

Templates call this module `using`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.analysis import access_patterns, tables
from pgdossier.analysis.access_patterns import AccessClass, AccessPattern, AccessPatterns, IndexUse
from pgdossier.analysis.analysis import Analysis
from pgdossier.model.activity import Blocks, TableActivity
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render import gaps
from pgdossier.render.escaping import code
from pgdossier.render.moments import moment
from pgdossier.render.numbers import counted, listed, ratio_digits, rows, share, size
from pgdossier.render.page import Page
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
        return "How tables are used was not read."
    if not patterns.known:
        lines = gaps.unread(operation, "tables")
        return "How tables are used is not known" + (f": {'; '.join(lines)}." if lines else ".")
    when = _since(patterns)
    if patterns.empty:
        known = f" {when}" if patterns.since else "; since when, is not known"
        alone = (
            " This is a standby: the primary and other standbys count for themselves."
            if patterns.standby
            else ""
        )
        return (
            f"As of {moment(operation.taken_at)}, the server has counted no use of any table{known}.{alone}"
        )
    text = f"Counted by the server {when}, as of {moment(operation.taken_at)}."
    if patterns.standby:
        return (
            f"{text} This is a standby: the counters are those of reading here. What the primary and other"
            " standbys do is not counted, so no class is given."
        )
    if patterns.young:
        text += " That is less than a day: what follows says little yet."
    return (
        f"{text} Scans for foreign keys, for building indexes and of exports count as well; what replicas"
        " answer is not counted here."
    )


def _since(patterns: AccessPatterns) -> str:
    if patterns.since is not None:
        return f"since {moment(patterns.since)}"
    return "since a day that is not known (no reset of these counters is noted)"


def thresholds() -> str:
    """How the classes are told, in one line."""
    a = access_patterns
    return (
        "Classes, the first that fits: *never used* (no row read or written, and fewer than"
        f" {a.LEAST_OPERATIONS} scans), *cold* (at most"
        f" {a.FEW_A_DAY} scan or written row a day over {a.COLD_DAYS} days or more), *queue-like*"
        f" (rows deleted are at least {a.DELETED_SHARE:.0%} of those inserted),"
        f" *read-mostly* ({a.READS_PER_WRITE} scans for each written row), *append-only*"
        f" ({a.APPENDED_SHARE:.0%} of the written rows inserted; one that was only loaded looks the same),"
        f" *hot-update* ({a.UPDATED_SHARE:.0%} of them"
        f" updated), else *mixed*; a table with fewer than {a.LEAST_OPERATIONS} scans and written rows has"
        " none."
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
    return [f"{counted(more, 'table')} with fewer scans: see snapshot.json."] if more > 0 else []


def statements_of(name: QualifiedName, analysis: Analysis, page: Page, *, writing: bool = False) -> str:
    """The statements that touch a table, or write it: `Q1, Q4 and 3 more`."""
    found = [
        each for each in analysis.queries.by_relation.get(name, ()) if not writing or name in each.written
    ]
    shown = ", ".join(reference(each, page) for each in found[:REFERENCES])
    more = len(found) - REFERENCES
    return f"{shown} and {more} more" if more > 0 else shown


def per_scan(pattern: AccessPattern) -> str:
    """Rows read by one scan from end to end, on average."""
    return rows(round(pattern.sequential_rows / pattern.sequential_scans)) if pattern.sequential_scans else ""


def reads_per_write(pattern: AccessPattern) -> str:
    """Scans for each written row: `25 : 1`, `1 : 8`; `reads only` or `writes only`."""
    if not pattern.written:
        return "reads only"
    if not pattern.scans:
        return "writes only"
    ratio = pattern.scans / pattern.written
    return f"{ratio_digits(ratio)} : 1" if ratio >= 1 else f"1 : {ratio_digits(1 / ratio)}"


def class_of(relation: Relation, analysis: Analysis) -> str:
    """The class of a table as a fact of it: `append-only`; nothing when it has none."""
    patterns = analysis.access_patterns
    found = patterns.tables.get(relation.qualified)
    if found is None or found.kind is None or patterns.empty or patterns.standby or patterns.young:
        return ""
    return str(found.kind)


def unused_tables(analysis: Analysis, page: Page) -> list[str]:
    """Sentences on tables that nobody uses; none while the counters are young."""
    patterns = analysis.access_patterns
    if patterns.young or patterns.empty or patterns.standby:
        return []
    lines = []
    for kind, words in (
        (AccessClass.NEVER_USED, "Not a row was read or written"),
        (AccessClass.COLD, "Hardly used"),
    ):
        names = [page.relation(found.table) for found in patterns.classed(kind)]
        if names:
            more = len(names) - _NAMES
            shown = listed(names) if more <= 0 else f"{', '.join(names[:_NAMES])} and {more} more"
            lines.append(f"{words} in that time: {shown}.")
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
        why = f"; the planner would in {listed(likely[:REFERENCES])}" if likely else ""
        lines.append(
            f"{page.relation(found.table)}: {counted(found.sequential_scans, 'scan')} of"
            f" {per_scan(found)} rows each{why}"
        )
    return lines


def scan_threshold() -> str:
    """What a large table is, for §7.1."""
    a = access_patterns
    return f"at least {a.COSTLY_SCANS} scans of {a.LARGE_ROWS:,} rows or more each"


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
        f"{code(use.index)} on {page.relation(use.table)}" + (f" ({size(sizes[use])})" if sizes[use] else "")
        for use in idle[:_INDEXES]
    ]
    more = len(idle) - _INDEXES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


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
        whole = f" for a database of {size(database.bytes)}" if database and database.bytes else ""
        lines.append(f"Shared buffers: {size(buffers.bytes)}{whole}.")
    if database is None or database.blocks is None:
        return lines + gaps.unread(operation, "database")
    heap, index = _sum(operation.tables, "heap"), _sum(operation.tables, "index_blocks")
    if database.blocks.read + database.blocks.hit < _BLOCKS:
        return [*lines, "Too few blocks were needed to tell a hit ratio."]
    since_then = f" since {moment(database.counted_since)}" if database.counted_since else ""
    lines.append(
        f"Found in shared buffers{since_then}: {share(database.blocks.ratio)} of all"
        f" blocks of the database (its catalogs included), {_of(heap, 'of tables')},"
        f" {_of(index, 'of indexes')}. What was not may still have been in the cache of the operating system,"
        " which PostgreSQL does not see."
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
            f"{page.relation(name)} ({share(ratio)} of {rows(blocks.read + blocks.hit)} blocks)"
            for ratio, name, blocks in low[:_LOWEST]
        ]
        lines.append(f"Least often, with their indexes: {listed(shown)}.")
    return lines


def _of(blocks: Blocks, what: str) -> str:
    return f"{share(blocks.ratio)} {what}" if blocks.ratio is not None else f"none needed {what}"


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
