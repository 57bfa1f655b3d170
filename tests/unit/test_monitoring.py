"""The figures that are watched: their thresholds, what is not known, and what the configuration says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pgdossier.analysis import analyse
from pgdossier.analysis.monitoring import DEFAULT, KEYS, Figure, Limit, Limits, State, judge
from pgdossier.config import Config, Monitoring, load
from pgdossier.errors import ConfigurationError
from pgdossier.model.activity import Blocks, DatabaseActivity, TableActivity
from pgdossier.model.operation import (
    Archiver,
    Checkpoints,
    Horizon,
    Operation,
    ServerSetting,
    ServerState,
)
from pgdossier.model.scope import Gap
from pgdossier.model.topology import ReplicationSlot, Topology
from pgdossier.pipeline import watching
from pgdossier.render.operations import _KINDS
from tests.support.builders import snapshot, table

NOW = "2026-01-11T00:00:00Z"
TEN_DAYS_AGO = "2026-01-01T00:00:00Z"


def server(**fields: Any) -> ServerState:
    """A primary, or with `in_recovery` a standby."""
    return ServerState(**{"started_at": NOW, "in_recovery": False, "block_size": 8192, **fields})


def figures(limits: Limits = DEFAULT, **fields: Any) -> dict[str, Figure]:
    """The figures of an operation, by key."""
    fields.setdefault("server", server())
    made = msgspec.structs.replace(
        snapshot(table("t", "id integer")), operation=Operation(taken_at=NOW, **fields)
    )
    return {one.key: one for one in analyse(made, limits=limits).monitoring.figures}


@pytest.mark.parametrize(
    ("value", "limit", "state"),
    [
        (74.9, Limit(75, 90), State.OK),
        (75, Limit(75, 90), State.WARNING),
        (90, Limit(75, 90), State.CRITICAL),
        (95, Limit(95, 90, low=True), State.OK),
        (94.9, Limit(95, 90, low=True), State.WARNING),
        (90, Limit(95, 90, low=True), State.WARNING),
        (89.9, Limit(95, 90, low=True), State.CRITICAL),
        (89.9, Limit(90, 90, low=True), State.CRITICAL),
        (1, Limit(1, 1), State.CRITICAL),
    ],
)
def test_states(value: float, limit: Limit, state: State) -> None:
    """A threshold is reached at its value; a low figure is bad below it."""
    assert judge(value, limit) is state


def test_nothing_is_known_of_nothing() -> None:
    """Without an operation there is no figure; with an empty one every figure is unknown, and says why."""
    assert analyse(snapshot()).monitoring.figures == ()
    gaps = (Gap(family="horizon", reason="permission denied"),)
    found = figures(gaps=gaps, server=None)
    assert {
        one.state for one in found.values() if one.key not in ("dead_rows", "vacuum_lag", "invalid_indexes")
    } == {State.UNKNOWN}
    assert found["long_transaction"].why == "permission denied"
    assert found["connections"].why == "not read"


def test_counters_are_by_the_day_and_too_few_tell_nothing() -> None:
    """What is counted is divided by the days; a share of very few is unknown; one of no day is unknown."""
    database = DatabaseActivity(
        counted_since=TEN_DAYS_AGO, deadlocks=15, temporary_bytes=1024**3, blocks=Blocks(read=100, hit=900)
    )
    found = figures(database=database)
    assert (found["deadlocks"].value, found["deadlocks"].state) == (1.5, State.WARNING)
    assert found["temporary_files"].value == pytest.approx(102.4)
    assert (found["cache_hit"].state, found["cache_hit"].part) == (State.UNKNOWN, (900, 1000))
    undated = msgspec.structs.replace(database, counted_since=None, temporary_bytes=0)
    found = figures(database=undated)
    assert (found["deadlocks"].state, found["temporary_files"].state) == (State.UNKNOWN, State.OK)
    busy = msgspec.structs.replace(database, blocks=Blocks(read=1000, hit=9000))
    assert figures(database=busy)["cache_hit"].state is State.WARNING
    rare = Checkpoints(timed=1, requested=8, write_ms=0, sync_ms=0, buffers_written=0, buffers_cleaned=0)
    assert figures(checkpoints=rare)["requested_checkpoints"].state is State.UNKNOWN
    many = msgspec.structs.replace(rare, requested=9)
    assert figures(checkpoints=many)["requested_checkpoints"].state is State.CRITICAL


def test_a_standby_does_not_count_writes() -> None:
    """Dead rows and late VACUUMs are not known on a standby, whatever its counters say."""
    tables = (TableActivity(schema="public", name="t", sequential_scans=0, dead_rows=0, live_rows=10),)
    found = figures(server=server(in_recovery=True), tables=tables)
    assert found["dead_rows"].state is State.UNKNOWN
    assert "ask the primary" in found["vacuum_lag"].why
    assert figures(tables=tables)["dead_rows"].state is State.OK


def test_overdue_tables() -> None:
    """The lag is that of the table that waits the longest; one never visited waits since the reset."""
    late = TableActivity(
        schema="public",
        name="t",
        sequential_scans=0,
        live_rows=100,
        dead_rows=10_000,
        last_autovacuum="2026-01-09T00:00:00Z",
    )
    database = DatabaseActivity(counted_since=TEN_DAYS_AGO)
    found = figures(tables=(late,), database=database)
    assert (found["vacuum_lag"].value, found["vacuum_lag"].state) == (2.0, State.WARNING)
    assert found["dead_rows"].state is State.CRITICAL
    never = msgspec.structs.replace(late, last_autovacuum=None)
    assert figures(tables=(never,), database=database)["vacuum_lag"].value == 10.0
    assert figures(tables=(never,))["vacuum_lag"].state is State.UNKNOWN


def test_what_is_hidden_is_not_called_well() -> None:
    """Where other sessions are hidden a short transaction proves nothing, but a long one does."""
    gaps = (Gap(family="horizon", reason="hidden"),)
    short = Horizon(transaction_age=5, oldest_transaction_seconds=60, idle_in_transaction=0)
    found = figures(horizon=short, gaps=gaps)
    assert {found["long_transaction"].state, found["idle_in_transaction"].state} == {State.UNKNOWN}
    long = msgspec.structs.replace(short, oldest_transaction_seconds=7200, idle_in_transaction=30)
    found = figures(horizon=long, gaps=gaps)
    assert {found["long_transaction"].state, found["idle_in_transaction"].state} == {State.CRITICAL}


def test_slots_that_lost_their_wal_are_critical() -> None:
    """A slot whose WAL is gone is critical, however little the others hold."""
    lost = ReplicationSlot(name="gone", logical=False, wal_status="lost")
    fine = ReplicationSlot(name="fine", logical=False, active=True, retained_bytes=1024)
    found = figures(topology=Topology(slots=(fine, lost)))
    assert (found["slot_wal"].state, [one.name for one in found["slot_wal"].worst]) == (
        State.CRITICAL,
        ["gone"],
    )
    assert found["inactive_slots"].part == (1, 2)
    assert "slot_wal" not in figures()


def test_archiving() -> None:
    """Archiving is as good as its last attempt; while it is off there is no such figure."""
    on = (ServerSetting(name="archive_mode", value="on"),)
    failed = Archiver(
        archived=5, failed=1, last_archived_at="2026-01-01T00:00:00Z", last_failed_at="2026-01-02T00:00:00Z"
    )
    assert figures(settings=on, archiver=failed)["archiving"].state is State.CRITICAL
    mended = msgspec.structs.replace(failed, last_archived_at="2026-01-03T00:00:00Z")
    assert figures(settings=on, archiver=mended)["archiving"].state is State.OK
    off = (ServerSetting(name="archive_mode", value="off"),)
    assert "archiving" not in figures(settings=off, archiver=mended)


def test_the_configuration_has_every_threshold_at_its_default() -> None:
    """`[monitoring]` has the thresholds of the figures, with the same defaults, and each has words."""
    assert watching.limits(Config()) == DEFAULT
    assert Monitoring.__struct_fields__ == Limits._fields
    assert tuple(_KINDS) == KEYS


def test_own_thresholds(tmp_path: Path) -> None:
    """Thresholds of the configuration count; two in the wrong order are refused with file and line."""
    file = tmp_path / "pgdossier.toml"
    file.write_text("[monitoring]\ndeadlocks = [20, 30.5]\n", encoding="utf-8")
    limits = watching.limits(load(file=file, environ={}))
    assert limits.deadlocks == Limit(20, 30.5)
    database = DatabaseActivity(counted_since=TEN_DAYS_AGO, deadlocks=150)
    assert figures(limits, database=database)["deadlocks"].state is State.OK
    for line, order in (("deadlocks = [3, 2]", "lower"), ("cache_hit = [80, 90]", "higher")):
        file.write_text(f"[monitoring]\n{line}\n", encoding="utf-8")
        with pytest.raises(ConfigurationError) as refused:
            watching.limits(load(file=file, environ={}))
        assert f"pgdossier.toml:2: monitoring.{line.split()[0]}" in refused.value.message
        assert order in refused.value.message


@pytest.mark.parametrize("value", ["[1]", "[1, 2, 3]", "5", '["1", "2"]', "[-1, 2]", "[nan, 1]"])
def test_what_is_no_pair_of_numbers(tmp_path: Path, value: str) -> None:
    """A threshold is a pair of numbers that are not negative, and nothing else."""
    file = tmp_path / "pgdossier.toml"
    file.write_text(f"[monitoring]\nbloat = {value}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"pgdossier\.toml:2: monitoring\.bloat must be"):
        load(file=file, environ={})
