"""The statements of the workload, with the documented relations that they touch (§6.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from pgdossier.analysis import statements, tables
from pgdossier.analysis.statements import Named, Reading
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import RelationKind
from pgdossier.model.workload import Statement, Workload


class UsedIndex(msgspec.Struct, frozen=True, kw_only=True):
    """An index that the planner would use; an index of a partition counts as that of its table."""

    table: QualifiedName
    index: str
    how: str


class TracedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement and what it has to do with what is documented; partitions count as their table.

    Attributes:
        number: Its place by total time, from 1; `Q3` in the document.
        statement: What was counted.
        share: Its part of the time of all statements here, from 0 to 1.
        relations: What it touches, sorted: what the text names, and what the plan reads behind views.
        main: What it is told with: what it writes, else what its text names first, else one that it touches.
        written: What of it the plan writes, or without a plan the text.
        others: What else it names, as schema.name.
        conditions: Columns that its text has in WHERE or ON, as (relation, column).
        indexes: What the planner would use.
        sequential: What the planner would scan sequentially.
        partly: Those of `sequential` of which that holds for some partitions only.
    """

    number: int
    statement: Statement
    share: float
    relations: tuple[QualifiedName, ...]
    main: QualifiedName | None = None
    written: tuple[QualifiedName, ...] = ()
    others: tuple[str, ...] = ()
    conditions: tuple[tuple[QualifiedName, str], ...] = ()
    indexes: tuple[UsedIndex, ...] = ()
    sequential: tuple[QualifiedName, ...] = ()
    partly: frozenset[QualifiedName] = frozenset()

    @property
    def hit_ratio(self) -> float | None:
        """The share of its blocks that were in shared buffers; None when it needed none."""
        total = self.statement.shared_hit + self.statement.shared_read
        return self.statement.shared_hit / total if total else None


class Queries(msgspec.Struct, frozen=True, kw_only=True):
    """The statements that touch what is documented, by total time, and by relation.

    `elsewhere` is how many of the kept statements touch nothing that is documented.
    """

    statements: tuple[TracedStatement, ...] = ()
    elsewhere: int = 0
    by_relation: Mapping[QualifiedName, tuple[TracedStatement, ...]]


def trace(lookup: Lookup, workload: Workload | None) -> Queries:
    """What the statements have to do with the relations of that snapshot."""
    found: list[TracedStatement] = []
    elsewhere = 0
    if workload is not None:
        indexes = _index_parents(lookup)
        total = sum(each.total_ms for each in workload.statements if not each.nested)
        total = max(workload.total_ms, total)
        for number, each in enumerate(workload.statements, 1):
            traced = _traced(lookup, indexes, number, each, total)
            if traced is None:
                elsewhere += 1
            else:
                found.append(traced)
    by_relation = defaultdict(list)
    for one in found:
        for name in one.relations:
            by_relation[name].append(one)
    return Queries(
        statements=tuple(found),
        elsewhere=elsewhere,
        by_relation={name: tuple(touching) for name, touching in sorted(by_relation.items())},
    )


def _traced(
    lookup: Lookup,
    indexes: Mapping[QualifiedName, QualifiedName],
    number: int,
    statement: Statement,
    total: float,
) -> TracedStatement | None:
    """None when it certainly touches nothing that is documented."""
    plan = statement.plan
    planned = plan is not None and plan.unexplained is None
    path = _schemas(plan.search_path if plan else "") or tuple(
        sorted({name.schema for name in lookup.relations})
    )
    reading = statements.read(statement.text)
    touched: set[QualifiedName] = set()
    others: set[str] = set()
    named: dict[Named, QualifiedName] = {}
    for name in reading.relations if reading else ():
        resolved = _resolved(lookup, name, path)
        if resolved is not None:
            named[name] = resolved
            touched.add(resolved)
        elif not planned:
            others.add(f"{name.schema}.{name.name}" if name.schema else name.name)
    for qualified in plan.tables if plan and planned else ():
        if qualified in lookup.relations:
            touched.add(qualified)
        elif qualified.schema not in ("pg_catalog", "information_schema"):
            others.add(qualified.dotted)
    if not touched and (planned or (reading is not None and not others)):
        return None
    if not touched and reading is not None:
        return None
    roots = {tables.root(lookup, name) for name in touched}
    written = _roots(lookup, plan.written if plan and planned else _target(reading, named))
    first = named.get(reading.first) if reading is not None and reading.first is not None else None
    main = (*written, *_roots(lookup, [first] if first is not None else []), *sorted(roots))
    return TracedStatement(
        number=number,
        statement=statement,
        share=statement.total_ms / total if total else 0.0,
        relations=tuple(sorted(roots)),
        main=next(iter(main), None),
        written=written,
        others=tuple(sorted(others)),
        conditions=tuple(sorted(set(_conditions(lookup, reading, named)))),
        indexes=_used(lookup, indexes, statement),
        sequential=_roots(lookup, plan.sequential if plan else ()),
        partly=_partly(lookup, plan.sequential if plan else ()),
    )


def _partly(lookup: Lookup, scanned: Iterable[QualifiedName]) -> frozenset[QualifiedName]:
    """The partitioned tables of which some partitions with rows of their own are not among those scanned."""
    scanned = frozenset(scanned)
    return frozenset(
        name
        for name in _roots(lookup, scanned)
        if any(
            partition.kind is not RelationKind.PARTITIONED_TABLE and partition.qualified not in scanned
            for partition in tables.descendants(lookup, name)
        )
    )


def _target(reading: Reading | None, named: Mapping[Named, QualifiedName]) -> tuple[QualifiedName, ...]:
    target = named.get(reading.target) if reading is not None and reading.target is not None else None
    return (target,) if target is not None else ()


def _roots(lookup: Lookup, names: Iterable[QualifiedName]) -> tuple[QualifiedName, ...]:
    return tuple(sorted({tables.root(lookup, name) for name in names if name in lookup.relations}))


def _schemas(path: str) -> tuple[str, ...]:
    return tuple(
        part.strip().removeprefix('"').removesuffix('"').replace('""', '"')
        for part in path.split(",")
        if part.strip()
    )


def _resolved(lookup: Lookup, name: Named, path: tuple[str, ...]) -> QualifiedName | None:
    schemas = (name.schema,) if name.schema is not None else path
    for schema in schemas:
        found = QualifiedName(schema, name.name)
        if found in lookup.relations:
            return found
    return None


def _conditions(
    lookup: Lookup, reading: Reading | None, named: Mapping[Named, QualifiedName]
) -> Iterator[tuple[QualifiedName, str]]:
    """The columns that are those of one relation only."""
    if reading is None:
        return
    for column in reading.conditions:
        candidates = named.values() if column.qualifier is None else [named.get(column.qualifier)]
        owners = {
            name
            for name in candidates
            if name is not None and any(column.name == one.name for one in lookup.relations[name].columns)
        }
        if len(owners) == 1:
            yield owners.pop(), column.name


def _index_parents(lookup: Lookup) -> dict[QualifiedName, QualifiedName]:
    """The index of the partitioned table that each index of a partition hangs on."""
    return {
        QualifiedName(relation.schema, index.name): index.parent
        for relation in lookup.relations.values()
        for index in relation.indexes
        if index.parent is not None
    }


def _used(
    lookup: Lookup, parents: Mapping[QualifiedName, QualifiedName], statement: Statement
) -> tuple[UsedIndex, ...]:
    found = set()
    for index in statement.plan.indexes if statement.plan else ():
        table = QualifiedName(index.schema, index.table)
        if table not in lookup.relations:
            continue
        name = QualifiedName(index.schema, index.name)
        while name in parents:
            name = parents[name]
        found.add((tables.root(lookup, table), name.name, index.how))
    return tuple(UsedIndex(table=table, index=name, how=how) for table, name, how in sorted(found))
