"""Rules that rest on counters: what these are worth, and states that no test server can be in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from pgdossier.analysis import analyse
from pgdossier.model.activity import DatabaseActivity, IndexActivity, SequenceUse, TableActivity
from pgdossier.model.extensions import Extension
from pgdossier.model.operation import (
    ExtensionUpdate,
    HostingEvidence,
    Operation,
    ServerSetting,
    ServerState,
)
from pgdossier.model.scope import Gap
from pgdossier.model.sequences import SequenceOwner
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.statistics import IndexStatistics, RelationStatistics
from pgdossier.model.topology import ReplicationSlot, Standby, Topology
from pgdossier.review import Profile, evidence, registry, review
from pgdossier.review.reviewing import Finding
from tests.support.builders import index, name, sequence, snapshot, statistics, table

TAKEN = "2026-01-31T12:00:00Z"
RESET = "2026-01-01T12:00:00Z"
HOUR_AGO = "2026-01-31T11:00:00Z"

# Every rule that asks what was counted, or what the server estimates.
COUNTING = (
    "empty_table",
    "low_hot_update_ratio",
    "never_analysed",
    "never_vacuumed",
    "seq_scan_heavy_table",
    "unused_index",
    "unused_table",
)


def used(of: str, **fields: Any) -> TableActivity:
    """A table with counters: read and written, of long standing, vacuumed and analysed."""
    own = name(of)
    usual: dict[str, Any] = {
        "sequential_scans": 5,
        "sequential_rows": 5,
        "index_scans": 1000,
        "inserted": 5000,
        "updated": 0,
        "deleted": 0,
        "hot_updated": 0,
        "live_rows": 5000,
        "dead_rows": 0,
        "modified_since_analyze": 0,
        "inserted_since_vacuum": 0,
        "last_autovacuum": "2026-01-02T00:00:00Z",
        "last_autoanalyze": "2026-01-02T00:00:00Z",
        "transaction_age": 1_000_000,
    }
    return TableActivity(schema=own.schema, name=own.name, **usual | fields)


def scanned(of: str, table_name: str, scans: int = 0) -> IndexActivity:
    return IndexActivity(
        schema="public", name=of, table=table_name, scans=scans, entries_read=0, rows_fetched=0
    )


def operated(found: Snapshot, **fields: Any) -> Snapshot:
    """The snapshot with what a server counted since RESET."""
    usual: dict[str, Any] = {
        "taken_at": TAKEN,
        "database": DatabaseActivity(
            counted_since=RESET, commits=3000, rollbacks=0, rows_inserted=3000, rows_updated=0, rows_deleted=0
        ),
    }
    return msgspec.structs.replace(found, operation=Operation(**usual | fields))


def found_by(rule: str, found: Snapshot, **thresholds: int) -> list[Finding]:
    return list(review(analyse(found), Profile(thresholds=thresholds), only={rule}).findings)


def subjects(rule: str, found: Snapshot, **thresholds: int) -> list[str]:
    return [one.subject.dotted for one in found_by(rule, found, **thresholds)]


ORDERS = table("orders", "id bigint", "note text", pk="id", indexes=[index("orders_note_idx", "note")])
SIZES = [statistics("orders", 5000, table_bytes=400_000)]


def orders(activity: TableActivity | None = None, **fields: Any) -> Snapshot:
    """A table with an index that nothing scanned."""
    return operated(
        snapshot(
            ORDERS,
            sizes=SIZES,
            index_sizes=[IndexStatistics(schema="public", name="orders_note_idx", bytes=8192)],
        ),
        tables=(activity or used("orders"),),
        indexes=(scanned("orders_note_idx", "orders"), scanned("orders_pkey", "orders", 1000)),
        **fields,
    )


def test_an_unused_index_says_since_when_and_of_whom() -> None:
    """The finding states the reset, the reading and that there was no replica to ask."""
    (found,) = found_by("unused_index", orders())
    assert found.subject.dotted == "public.orders.orders_note_idx"
    assert found.text == (
        "orders_note_idx was never scanned, while public.orders was read 1,005 times and 5,000 rows of it"
        " were written"
    )
    assert found.statistics == (
        "counters reset on 2026-01-01, read on 2026-01-31 (30 days); no standby was connected"
    )
    assert found.fix is not None
    assert found.fix.steps[0].sql == "DROP INDEX CONCURRENTLY public.orders_note_idx"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"topology": Topology(standbys=(Standby(application="replica", state="streaming"),))},
            "1 standby is connected, and replicas were not seen: what is read there is counted there",
        ),
        (
            {"topology": Topology(slots=(ReplicationSlot(name="replica", logical=False),))},
            "a slot waits for a standby, and replicas were not seen: what is read there is counted there",
        ),
        (
            {
                "topology": Topology(
                    standbys=(Standby(logical=True), Standby(state="backup")),
                    slots=(ReplicationSlot(name="changes", logical=True),),
                )
            },
            "no standby was connected",
        ),
        (
            {"gaps": (Gap(family="standbys", reason="permission denied"),)},
            "replicas were not seen, nor whether there are any",
        ),
        (
            {"hosting": HostingEvidence(version_text="", functions=("aurora_version",))},
            "replicas were not seen: readers of a cluster are not known to its writer",
        ),
    ],
)
def test_what_is_said_of_replicas(fields: dict[str, Any], said: str) -> None:
    """Whether replicas count for themselves is told as far as the server knows of them."""
    (found,) = found_by("unused_index", orders(**fields))
    assert found.statistics is not None
    assert found.statistics.endswith(f"; {said}")


def _everything(**fields: Any) -> Snapshot:
    """A database in which every rule that counts finds something, had the server counted for long."""
    relations = (
        ORDERS,
        table("empty", "id bigint"),
        table("idle", "id bigint"),
        table("dusty", "id bigint"),
        table("unknown", "id bigint"),
        table("busy", "id bigint", pk="id"),
    )
    sizes = [*SIZES, statistics("empty", 0), *(statistics(one, 5000) for one in ("idle", "dusty", "busy"))]
    quiet = {"sequential_scans": 0, "sequential_rows": 0, "index_scans": 0, "inserted": 0}
    never = {"last_autovacuum": None, "last_autoanalyze": None, "live_rows": 6000}
    return operated(
        snapshot(*relations, sizes=sizes),
        tables=(
            used("orders", sequential_scans=50_000, sequential_rows=50_000 * 5000),
            used("empty", live_rows=0, **quiet),
            used("idle", **quiet),
            used("dusty", dead_rows=100_000, **never),
            used("unknown", inserted=1, **never),
            used("busy", updated=200_000, hot_updated=10),
        ),
        indexes=(scanned("orders_note_idx", "orders"), scanned("orders_pkey", "orders", 1)),
        **fields,
    )


def counted(found: Snapshot) -> set[str]:
    """The rules that find something in it, of those that count."""
    done = review(analyse(found), Profile(thresholds={"scanned_table_rows": 1000}), only=COUNTING)
    return {one.rule.name for one in done.findings}


def test_every_rule_that_counts_speaks_after_a_month() -> None:
    """The database of the next tests is one in which each of these rules finds something."""
    assert counted(_everything()) == set(COUNTING)
    done = review(analyse(_everything()), only=COUNTING).findings
    assert {one.statistics for one in done} == {
        "counters reset on 2026-01-01, read on 2026-01-31 (30 days); no standby was connected"
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"database": DatabaseActivity(counted_since=HOUR_AGO)},
        {"taken_at": None},
        {"server": ServerState(started_at=RESET, in_recovery=True, block_size=8192)},
        {"settings": (ServerSetting(name="track_counts", value="off", default="on"),)},
    ],
    ids=["reset an hour ago", "nothing was read", "a standby", "it does not count"],
)
def test_no_rule_that_counts_speaks_without_counters(fields: dict[str, Any]) -> None:
    """Counters that are young, missing, a standby's or switched off say nothing."""
    assert counted(_everything(**fields)) == set()


def test_counters_are_as_old_as_what_they_remember() -> None:
    """Without a date of the reset it is the earliest moment that proves since when is counted."""
    database = DatabaseActivity(commits=3000, rollbacks=0, rows_inserted=3000)
    (found,) = found_by("unused_index", orders(database=database))
    assert found.statistics is not None
    assert found.statistics.startswith("counted since 2026-01-02 or longer, read on 2026-01-31 (29 days)")
    young = used("orders", last_autovacuum=HOUR_AGO, last_autoanalyze=HOUR_AGO)
    assert found_by("unused_index", orders(young, database=database)) == []
    silent = used("orders", last_autovacuum=None, last_autoanalyze=None)
    assert found_by("unused_index", orders(silent, database=database)) == []


def test_the_days_are_configured() -> None:
    """`statistics_min_days` decides for how long must have been counted."""
    assert subjects("unused_index", orders(), statistics_min_days=30)
    assert not subjects("unused_index", orders(), statistics_min_days=31)


def test_a_table_that_was_created_since_is_left_alone() -> None:
    """With no moment, row or transaction from before the last days, a table may have been made yesterday."""
    fresh = {"last_autovacuum": HOUR_AGO, "last_autoanalyze": HOUR_AGO}
    assert not subjects("unused_index", orders(used("orders", transaction_age=600, **fresh)))
    # 3,000 transactions in 30 days: 700 of them are the last seven days.
    assert subjects("unused_index", orders(used("orders", transaction_age=800, **fresh)))
    assert subjects("unused_index", orders(used("orders", transaction_age=600, inserted=100, **fresh)))
    old = fresh | {"last_sequential_scan": "2026-01-20T00:00:00Z"}
    assert subjects("unused_index", orders(used("orders", transaction_age=600, **old)))


def test_small_tables_are_left_alone() -> None:
    """Below `small_table_rows` an index is not missed, nor its use; an unknown size is not small."""
    few = operated(
        snapshot(ORDERS, sizes=[statistics("orders", 10)]),
        tables=(used("orders", live_rows=10, inserted=5),),
        indexes=(scanned("orders_note_idx", "orders"),),
    )
    assert not subjects("unused_index", few)
    unknown = operated(
        snapshot(ORDERS),
        tables=(used("orders"),),
        indexes=(scanned("orders_note_idx", "orders"),),
    )
    assert subjects("unused_index", unknown)


def _indexed(*indexes: Any, fks: Iterable[str] = ()) -> Snapshot:
    customers = table("customers", "id bigint", pk="id")
    lines = table("lines", "id bigint", "customer bigint", "note text", indexes=indexes, fks=fks)
    return operated(
        snapshot(customers, lines, sizes=[statistics("lines", 5000)]),
        tables=(used("lines"),),
        indexes=tuple(scanned(one.name, "lines") for one in indexes),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"unique": True},
        {"unique": True, "constraint": "lines_key"},
        {"exclusion": True, "constraint": "lines_excl"},
        {"replica_identity": True},
        {"clustered": True},
        {"valid": False},
    ],
)
def test_an_index_that_serves_otherwise_is_left_alone(fields: dict[str, Any]) -> None:
    """What enforces a constraint, identifies rows, orders a table or is not valid is not unused."""
    assert subjects("unused_index", _indexed(index("one", "note"))) == ["public.lines.one"]
    assert not subjects("unused_index", _indexed(index("one", "note", **fields)))


def test_the_only_index_of_a_foreign_key_is_left_alone() -> None:
    """Dropping it would be the next finding; of two that help the foreign key the smaller one stays."""
    one, other = index("one", "customer"), index("other", "customer", "note")
    assert not subjects("unused_index", _indexed(one, fks=["customer -> customers"]))
    both = _indexed(other, one, fks=["customer -> customers"])
    assert subjects("unused_index", both) == ["public.lines.other"]
    assert len(subjects("unused_index", _indexed(one, other))) == 2


def _partitioned(first: int, second: int | None, **fields: Any) -> Snapshot:
    own = table("events", "at date", partition_by="range (at)", indexes=[index("events_at", "at")])
    parts = [
        table(
            f"events_{number}",
            "at date",
            partition_of="events",
            indexes=[index(f"events_{number}_at", "at", parent=name("events_at"))],
        )
        for number in (1, 2)
    ]
    found = [scanned("events_1_at", "events_1", first)]
    if second is not None:
        found.append(scanned("events_2_at", "events_2", second))
    return operated(
        snapshot(own, *parts, sizes=[statistics("events_1", 3000), statistics("events_2", 3000)]),
        tables=(used("events_1"), used("events_2", **fields)),
        indexes=tuple(found),
    )


def test_partitions_are_told_with_their_table() -> None:
    """The index of a partitioned table is unused when those of all its partitions are, and that is known."""
    assert subjects("unused_index", _partitioned(0, 0)) == ["public.events.events_at"]
    assert not subjects("unused_index", _partitioned(0, 1))
    assert not subjects("unused_index", _partitioned(0, None))
    (found,) = found_by("unused_index", _partitioned(0, 0))
    assert found.fix is not None
    assert found.fix.steps[0].sql == "DROP INDEX public.events_at"


def test_tables_of_migration_tools_are_left_alone() -> None:
    """Bookkeeping is read once in a release, and is nobody's design."""
    found = operated(
        snapshot(table("alembic_version", "version_num text"), sizes=[statistics("alembic_version", 1)]),
        tables=(used("alembic_version", sequential_scans=0, index_scans=0, inserted=0, live_rows=1),),
    )
    assert not subjects("unused_table", found)


def _numbered(last: int | None, column_type: str = "integer", **fields: Any) -> Snapshot:
    made = msgspec.structs.replace(sequence("orders_id_seq"), **fields)
    owned = msgspec.structs.replace(
        made, owned_by=SequenceOwner(relation=name("orders"), column="id", identity=True)
    )
    return operated(
        snapshot(table("orders", f"id {column_type} not null", pk="id"), sequences=[owned]),
        sequences=(
            SequenceUse(
                schema="public", name="orders_id_seq", last_value=last, used=last is not None or None
            ),
        ),
    )


def test_a_sequence_ends_where_its_column_does() -> None:
    """A bigint sequence of an integer column is near its end when the column is."""
    (found,) = found_by("sequence_near_end", _numbered(2_000_000_000))
    assert found.subject.dotted == "public.orders.id"
    assert found.text == (
        "public.orders_id_seq is at 2,000,000,000, 93 % of the way to 2,147,483,647, all that id (integer)"
        " can hold: 147,483,647 values are left"
    )
    assert found.statistics == "the sequence's last value on 2026-01-31"
    assert not subjects("sequence_near_end", _numbered(2_000_000_000, "bigint"))
    (past,) = found_by("sequence_near_end", _numbered(3_000_000_000))
    assert past.text.endswith("0 values are left")


def test_a_sequence_that_may_not_be_read_is_not_judged() -> None:
    """None is not known, and never 0."""
    assert not subjects("sequence_near_end", _numbered(None))


def test_a_sequence_counts_from_where_it_begins() -> None:
    """One that begins at the lowest integer has twice the way to go; a cycle within the column has no end."""
    low: dict[str, Any] = {"minimum": -(2**31), "maximum": 2**31 - 1, "type": "integer"}
    assert not subjects("sequence_near_end", _numbered(1_000_000_000, **low))
    assert subjects("sequence_near_end", _numbered(1_100_000_000, **low))
    assert not subjects(
        "sequence_near_end", _numbered(2_000_000_000, "bigint", maximum=2**31 - 1, cycle=True)
    )


def test_wraparound_is_told_of_tables_or_of_the_database() -> None:
    """Partitions are told with their table; when no table of the document is old, the database is."""
    old = _partitioned(1, 1, transaction_age=1_500_000_000)
    assert subjects("wraparound_age", old) == ["public.events"]
    outside = operated(snapshot(), database=DatabaseActivity(transaction_age=1_500_000_000))
    assert subjects("wraparound_age", outside) == ["database"]
    told = ServerSetting(name="autovacuum_freeze_max_age", value="1500000000", default="200000000")
    assert not subjects(
        "wraparound_age",
        msgspec.structs.replace(old, operation=msgspec.structs.replace(old.operation, settings=(told,))),
    )


@pytest.mark.parametrize(
    ("default", "said"),
    [
        ("1.10", "postgis: it is version 1.9, and the server has the files of 1.10"),
        ("1.8", "postgis: it is version 1.9, and the server's files are those of 1.8"),
        (None, "postgis: the server has no files of it any more"),
        ("1.9", None),
    ],
)
def test_versions_of_extensions_are_compared_by_number(default: str | None, said: str | None) -> None:
    """1.10 comes after 1.9; files that are older or gone are told as that."""
    found = operated(
        snapshot(extensions=(Extension(name="postgis", schema="public", version="1.9"),)),
        extensions=(ExtensionUpdate(name="postgis", default_version=default),),
    )
    assert [one.text for one in found_by("extension_outdated", found)] == ([said] if said else [])


def test_dead_rows_are_told_once() -> None:
    """A table that was never vacuumed is told as that, and one that was for its dead rows."""
    never = used("orders", dead_rows=50_000, last_autovacuum=None)
    assert subjects("never_vacuumed", orders(never)) == ["public.orders"]
    assert not subjects("dead_rows", orders(never))
    behind = used("orders", dead_rows=50_000)
    assert not subjects("never_vacuumed", orders(behind))
    (found,) = found_by("dead_rows", orders(behind))
    assert found.text == ("50,000 dead rows beside 5,000 live ones (90 %); the last VACUUM was on 2026-01-02")


def test_what_autovacuum_waits_for_is_what_the_table_says() -> None:
    """A table that tells autovacuum to wait for a million rows is not due before."""
    patient = msgspec.structs.replace(ORDERS, options=("autovacuum_vacuum_threshold=1000000",))
    never = used("orders", dead_rows=50_000, last_autovacuum=None)
    assert not subjects("never_vacuumed", operated(snapshot(patient, sizes=SIZES), tables=(never,)))


def test_bloat_needs_the_statistics_of_every_part() -> None:
    """A table is large when its rows need less than half of it; what is not known is not judged."""
    large = [RelationStatistics(schema="public", name="orders", rows=5000, table_bytes=100 * 2**20)]

    def judged(minimum: int | None) -> list[str]:
        return subjects(
            "table_bloat",
            operated(snapshot(ORDERS, sizes=large), tables=(used("orders", minimum_bytes=minimum),)),
        )

    assert judged(30 * 2**20) == ["public.orders"]
    assert judged(60 * 2**20) == []
    assert judged(None) == []


def test_findings_about_operation_change_no_structure() -> None:
    """All of these rules are silent for a snapshot without an operation, whatever its structure."""
    rules = {
        *COUNTING,
        "sequence_near_end",
        "wraparound_age",
        "extension_outdated",
        "dead_rows",
        "table_bloat",
    }
    assert rules <= set(registry.names())
    bare = msgspec.structs.replace(_everything(), operation=Operation())
    assert review(analyse(bare), only=rules).findings == ()


def test_evidence_marks_no_more_than_names() -> None:
    """Numbers stay words in the evidence; only names are set off."""
    (found,) = found_by("unused_index", orders())
    marked = [text for text, is_name in evidence.segments(found.evidence) if is_name]
    assert marked == ["orders_note_idx", "public.orders"]
