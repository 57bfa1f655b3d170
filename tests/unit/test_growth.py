"""Sizes by day, the growth that they tell, memory in figures, and candidates for partitions."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from pgdossier.analysis import analyse, growth
from pgdossier.history import sizes
from pgdossier.history.sizes import Sizes, TableSize
from pgdossier.model.activity import DatabaseActivity, TableActivity
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation, ServerSetting
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.statistics import RelationStatistics, Statistics
from tests.support.builders import snapshot, table

DAY = dt.date(2026, 1, 31)


def entry(days_ago: int, database: int | None, **tables: int) -> Sizes:
    """The sizes of one day."""
    return Sizes(
        date=(DAY - dt.timedelta(days=days_ago)).isoformat(),
        database=database,
        tables=tuple(TableSize(schema="public", name=name, bytes=size) for name, size in tables.items()),
    )


def measured(day: str, size: int | None = None, **tables: int) -> Snapshot:
    """A snapshot of that day with those sizes."""
    made = snapshot(
        table("whole", "at date not null", partition_by="range (at)"),
        table("part", "at date not null", partition_of="whole"),
        table("alone", "id integer"),
    )
    statistics = Statistics(
        relations=tuple(
            RelationStatistics(schema="public", name=name, rows=1, table_bytes=found)
            for name, found in sorted(tables.items())
        )
    )
    operation = Operation(taken_at=f"{day}T00:00:00Z", database=DatabaseActivity(bytes=size))
    return msgspec.structs.replace(
        made, captured_on=day, statistics=statistics, operation=operation if size else Operation()
    )


def test_sizes_of_a_snapshot() -> None:
    """Partitions are summed into their table; the largest comes first; nothing known is nothing kept."""
    found = sizes.of(measured("2026-01-31", 500, part=100, alone=50))
    assert found == Sizes(
        date="2026-01-31",
        database=500,
        tables=(
            TableSize(schema="public", name="whole", bytes=100),
            TableSize(schema="public", name="alone", bytes=50),
        ),
    )
    assert sizes.of(measured("2026-01-31")) is None


def test_sizes_are_kept_when_they_were_measured() -> None:
    """The same volatile facts add nothing; new ones add an entry; one of the same day takes its place."""
    first = measured("2026-01-01", 500, alone=50)
    known = sizes.recorded((), None, first)
    assert [one.database for one in known] == [500]
    assert sizes.recorded(known, first, first) == known
    again = measured("2026-01-01", 600, alone=50)
    assert [one.database for one in sizes.recorded(known, first, again)] == [600]
    later = sizes.recorded(known, first, measured("2026-02-01", 700))
    assert [one.database for one in later] == [500, 700]
    # A document made from an older snapshot loses nothing that is known of later days.
    older = sizes.recorded(later, again, measured("2026-01-15", 650))
    assert [one.database for one in older] == [500, 650, 700]


def test_old_sizes_are_thinned_out() -> None:
    """Of old days one a month stays, the first of all among them; of recent days all do."""
    known: tuple[Sizes, ...] = ()
    day = dt.date(2024, 1, 1)
    while day < dt.date(2026, 1, 1):
        known = sizes.recorded(known, None, measured(day.isoformat(), 1 + day.toordinal()))
        day += dt.timedelta(days=1)
    assert known[0].date == "2024-01-01"
    old = [one.date[:7] for one in known if one.date < "2025-10-30"]
    assert len(old) == len(set(old))
    assert sum(one.date >= "2025-11-02" for one in known) == 60
    assert len(known) <= sizes.MOST


def test_growth() -> None:
    """Growth is told from a week on, for the database in all and lately, and for tables by name."""
    assert growth.grown(()).entries == 0
    young = growth.grown((entry(6, 100, a=1), entry(0, 200, a=2)))
    assert (young.database, young.tables, young.entries) == (None, {}, 2)
    found = growth.grown((entry(61, 1000, a=10), entry(31, 1600, a=40, b=5), entry(0, 1700, a=40, b=5, c=1)))
    assert found.database is not None
    assert (found.database.then, found.database.now, found.database.days) == (1000, 1700, 61)
    assert found.database.a_month == pytest.approx(700 / 61 * 30.4375)
    assert found.recent is not None
    assert (found.recent.then, found.recent.days) == (1600, 31)
    assert {name.name: (one.then, one.now) for name, one in found.tables.items()} == {
        "a": (10, 40),
        "b": (5, 5),
    }
    # A size that is not known now tells no growth, and one that was not known then is passed over.
    assert growth.grown((entry(61, 1000), entry(0, None))).database is None
    passed = growth.grown((entry(61, None), entry(31, 5), entry(0, 6))).database
    assert passed is not None
    assert passed.days == 31


def test_memory() -> None:
    """Settings in their units become bytes; -1 leaves autovacuum's memory to another setting."""
    found = growth.memory(
        Operation(
            taken_at="2026-01-01T00:00:00Z",
            settings=(
                ServerSetting(name="autovacuum_max_workers", value="3"),
                ServerSetting(name="autovacuum_work_mem", value="-1", unit="kB"),
                ServerSetting(name="maintenance_work_mem", value="65536", unit="kB"),
                ServerSetting(name="max_connections", value="100"),
                ServerSetting(name="shared_buffers", value="16384", unit="8kB"),
                ServerSetting(name="work_mem", value="4096", unit="kB"),
            ),
        )
    )
    assert (found.shared_buffers, found.of_sessions, found.of_vacuum) == (
        128 * 2**20,
        400 * 2**20,
        192 * 2**20,
    )
    assert (growth.memory(Operation()).of_sessions, found.planned_cache) == (None, None)


def test_candidates_for_partitions() -> None:
    """A large table that is appended to and has a column of time is a candidate; others say why not."""
    made = snapshot(
        table("events", "id bigint", "at timestamp with time zone not null"),
        table("edited", "id bigint", "at date not null"),
        table("timeless", "id bigint", "at date"),
        table("small", "id bigint", "at date not null"),
    )
    statistics = Statistics(
        relations=tuple(
            RelationStatistics(schema="public", name=name, rows=rows, table_bytes=rows * 10)
            for name, rows in (
                ("edited", 100_000_000),
                ("events", 300_000_000),
                ("small", 10),
                ("timeless", 200_000_000),
            )
        )
    )
    activity = tuple(
        TableActivity(
            schema="public", name=name, sequential_scans=1, inserted=9_000, updated=updated, deleted=0
        )
        for name, updated in (("edited", 9_000), ("events", 10), ("small", 0), ("timeless", 0))
    )
    operation = Operation(taken_at="2026-01-01T00:00:00Z", tables=activity)
    found = analyse(msgspec.structs.replace(made, statistics=statistics, operation=operation)).large_tables
    assert [(one.table, one.columns, one.candidate) for one in found] == [
        (QualifiedName("public", "events"), ("at",), True),
        (QualifiedName("public", "timeless"), (), False),
        (QualifiedName("public", "edited"), ("at",), False),
    ]
