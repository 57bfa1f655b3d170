"""The class of a table follows from its counters by the stated thresholds, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pgdossier.analysis import access_patterns
from pgdossier.analysis.access_patterns import AccessClass, AccessPattern, classify
from pgdossier.model.activity import DatabaseActivity, IndexActivity, TableActivity
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation, ServerState
from tests.support import builders

NOTHING = AccessPattern(
    table=QualifiedName("public", "t"),
    kind=None,
    sequential_scans=0,
    sequential_rows=0,
    index_scans=0,
    index_rows=0,
    inserted=0,
    updated=0,
    deleted=0,
    hot_updated=0,
)


@pytest.mark.parametrize(
    ("counters", "expected"),
    [
        ({}, AccessClass.NEVER_USED),
        ({"sequential_scans": 2}, AccessClass.NEVER_USED),
        ({"sequential_scans": 200}, AccessClass.READ_MOSTLY),
        ({"inserted": 50, "index_scans": 49, "index_rows": 49}, None),
        ({"inserted": 50, "index_scans": 50, "index_rows": 50}, AccessClass.APPEND_ONLY),
        ({"inserted": 100, "index_scans": 999, "index_rows": 999}, AccessClass.APPEND_ONLY),
        ({"inserted": 100, "index_scans": 1000, "index_rows": 9}, AccessClass.READ_MOSTLY),
        ({"inserted": 990, "updated": 10}, AccessClass.APPEND_ONLY),
        ({"inserted": 989, "updated": 11}, AccessClass.MIXED),
        ({"inserted": 500, "updated": 500}, AccessClass.HOT_UPDATE),
        ({"inserted": 501, "updated": 499}, AccessClass.MIXED),
        ({"inserted": 100, "deleted": 90}, AccessClass.QUEUE),
        ({"inserted": 100, "deleted": 89}, AccessClass.MIXED),
        ({"inserted": 49, "deleted": 60}, AccessClass.MIXED),
        ({"inserted": 1000, "deleted": 1000, "updated": 3000}, AccessClass.QUEUE),
    ],
)
def test_thresholds(counters: dict[str, Any], expected: AccessClass | None) -> None:
    """On either side of every threshold the class is the one that is stated."""
    assert classify(replace(NOTHING, **counters), days=None, idle_days=None) is expected


@pytest.mark.parametrize(
    ("days", "idle_days", "expected"),
    [
        (30, 30, AccessClass.COLD),
        (30, None, AccessClass.COLD),
        (30, 29, None),
        (29, 29, None),
        (None, 400, None),
        (9, None, None),
    ],
)
def test_cold(days: float | None, idle_days: float | None, expected: AccessClass | None) -> None:
    """A table is cold when little happened for long, never when it is not known for how long is counted."""
    counted = replace(NOTHING, inserted=20, sequential_scans=10, sequential_rows=10)
    assert classify(counted, days=days, idle_days=idle_days) is expected


def table(name: str, **counters: Any) -> TableActivity:
    zero = dict.fromkeys(("sequential_scans", "sequential_rows", "inserted", "updated", "deleted"), 0)
    return TableActivity(schema="public", name=name, **(zero | counters))


def lookup() -> Lookup:
    return Lookup.of(
        builders.snapshot(
            builders.table("events", "at date", partition_by="range at"),
            builders.table("events_1", "at date", partition_of="events"),
            builders.table("events_2", "at date", partition_of="events"),
            builders.table("other", "id integer"),
        )
    )


def test_partitions_count_with_their_table() -> None:
    """The counters of partitions are summed; the partitioned table, which has none, adds nothing."""
    operation = Operation(
        taken_at="2026-02-01T00:00:00Z",
        database=DatabaseActivity(counted_since="2026-01-01T00:00:00Z"),
        tables=(
            TableActivity(schema="public", name="events"),
            table("events_1", inserted=300, sequential_scans=2),
            table("events_2", inserted=400, sequential_scans=1),
            table("elsewhere", inserted=5),
        ),
    )
    found = access_patterns.observe(lookup(), operation)
    (events,) = found.tables.values()
    assert (events.table.name, events.inserted, events.scans) == ("events", 700, 3)
    assert events.kind is AccessClass.APPEND_ONLY
    assert found.days == 31
    assert not found.young


def test_a_standby_has_no_classes() -> None:
    """A standby counts its own reads and no writes: nothing is called append-only or never used there."""
    state = ServerState(started_at="2026-01-01T00:00:00Z", in_recovery=True, block_size=8192)
    operation = Operation(
        taken_at="2026-02-01T00:00:00Z", server=state, tables=(table("other"), table("events_1", inserted=5))
    )
    found = access_patterns.observe(lookup(), operation)
    assert found.standby
    assert {pattern.kind for pattern in found.tables.values()} == {None}


def test_without_counters_nothing_is_known() -> None:
    """No counter read is not the same as a counter of 0."""
    found = access_patterns.observe(lookup(), Operation(taken_at="2026-02-01T00:00:00Z"))
    assert not found.known
    assert found.tables == {}


def test_young_counters() -> None:
    """Counters of less than a day are told as such."""
    operation = Operation(
        taken_at="2026-02-01T12:00:00Z",
        database=DatabaseActivity(counted_since="2026-02-01T00:00:00Z"),
        tables=(table("other", inserted=5),),
    )
    assert access_patterns.observe(lookup(), operation).young


def test_unknown_indexes_are_left_out() -> None:
    """An index that is not documented has no use here."""
    operation = Operation(
        taken_at="2026-02-01T00:00:00Z",
        indexes=(
            IndexActivity(
                schema="public", name="gone", table="other", scans=1, entries_read=1, rows_fetched=1
            ),
        ),
    )
    assert access_patterns.observe(lookup(), operation).indexes == ()


def test_scans_of_tables_without_rows() -> None:
    """Many scans are use, rows or not; the few that building an index takes are none."""
    counters = Operation(taken_at="2026-03-01T00:00:00Z", tables=(table("other", sequential_scans=605),))
    assert not access_patterns.observe(lookup(), counters).empty
    counters = Operation(taken_at="2026-03-01T00:00:00Z", tables=(table("other", sequential_scans=2),))
    assert access_patterns.observe(lookup(), counters).empty
