"""The framework of the design review: severities, acceptances, what is new, texts and suggested SQL."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from pgdossier.analysis import analyse
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.review import Acceptance, Profile, Review, Severity, evidence, fixes, registry, review, subject
from tests.support.builders import snapshot, table

KEYLESS = snapshot(
    table("sales.orders", "id bigint"), table("sales.lines", "id bigint"), table("staging.raw", "line text")
)
ORDERS, LINES, RAW = (
    ("no_primary_key", subject.relation(QualifiedName(schema, name)))
    for schema, name in (("sales", "orders"), ("sales", "lines"), ("staging", "raw"))
)


def reviewed(found: Snapshot = KEYLESS, profile: Profile | None = None) -> Review:
    return review(analyse(found), profile, only={"no_primary_key"})


def accepting(**fields: str | dt.date) -> Profile:
    given = {"rule": "no_primary_key", "object": "staging.*", "reason": "emptied every night", **fields}
    return Profile(accepted=(msgspec.convert(given, Acceptance),))


def test_every_rule_runs_by_itself() -> None:
    """Without a profile all rules run, at their own severities."""
    found = review(analyse(KEYLESS))
    assert {rule.name for rule in found.rules} == set(registry.names())
    assert all(one.severity is one.rule.severity for one in found.findings)


def test_findings_are_sorted_by_severity_rule_and_subject() -> None:
    """The order of findings does not depend on that of the rules or the tables."""
    found = review(analyse(KEYLESS)).findings
    assert list(found) == sorted(found, key=lambda one: (one.severity.rank, one.rule.name, one.subject))
    assert {ORDERS, LINES, RAW} <= {one.key for one in found}


def test_the_profile_decides_on_severity() -> None:
    """A rule takes the severity of the profile; one that is off is not run."""
    raised = reviewed(profile=Profile(severities={"no_primary_key": Severity.ERROR}))
    assert {one.severity for one in raised.findings} == {Severity.ERROR}
    off = reviewed(profile=Profile(severities={"no_primary_key": None}))
    assert off.findings == ()
    assert off.rules == ()


def test_at_least_counts_what_is_more_severe() -> None:
    """An error is also at least a warning; advice is not."""
    found = reviewed()
    assert len(found.at_least(Severity.WARNING)) == 3
    assert found.at_least(Severity.ERROR) == ()


@pytest.mark.parametrize(
    ("pattern", "accepted"),
    [
        ("staging.*", {RAW}),
        ("staging", {RAW}),
        ("sales.orders", {ORDERS}),
        ("sales.o*", {ORDERS}),
        ("*", {ORDERS, LINES, RAW}),
        ("orders", set()),
        ("SALES.*", set()),
    ],
)
def test_an_acceptance_takes_an_object_and_all_in_it(pattern: str, accepted: set[object]) -> None:
    """Patterns are about whole names, in their case; a schema or a table stands for what is in it."""
    found = reviewed(profile=accepting(object=pattern))
    assert {one.key for one in found.accepted} == accepted
    assert {one.key for one in found.findings} == {ORDERS, LINES, RAW} - accepted
    assert bool(found.unused) is not bool(accepted)


def test_a_pattern_on_a_table_takes_its_columns() -> None:
    """What is accepted for a table is accepted for its parts, but not for a table whose name begins so."""
    acceptance = msgspec.convert({"rule": "*", "object": "sales.orders", "reason": "so be it"}, Acceptance)
    assert acceptance.matches("any_rule", subject.column(QualifiedName("sales", "orders"), "status"))
    assert not acceptance.matches("any_rule", subject.column(QualifiedName("sales", "orders_old"), "status"))
    assert not acceptance.matches("any_rule", subject.DATABASE)


@pytest.mark.parametrize(
    ("until", "expired"), [("2026-11-20", True), ("2026-11-21", False), ("2026-11-22", False)]
)
def test_an_acceptance_holds_until_the_end_of_its_last_day(until: str, expired: bool) -> None:
    """An expired acceptance lets the finding return, which says so; today is the snapshot's day."""
    taken = msgspec.structs.replace(KEYLESS, captured_on="2026-11-21")
    found = reviewed(taken, accepting(until=dt.date.fromisoformat(until)))
    counted = {one.key: one.accepted for one in found.findings}
    assert (RAW in counted) is expired
    assert (counted.get(RAW) is not None) is expired
    assert len(found.accepted) == (0 if expired else 1)
    assert found.unused == ()


def test_an_acceptance_of_a_rule_that_did_not_run_is_not_called_unused() -> None:
    """Nothing is said about acceptances of rules that nobody asked."""
    found = reviewed(profile=accepting(rule="god_table"))
    assert found.unused == ()


def test_what_was_not_known_is_new() -> None:
    """Findings are marked new where an earlier review is known, and only there."""
    earlier = reviewed(snapshot(table("sales.orders", "id bigint"))).keys
    found = review(analyse(KEYLESS), known=earlier, only={"no_primary_key"})
    assert {one.key for one in found.findings if one.new} == {LINES, RAW}
    assert found.compared
    assert not any(one.new for one in reviewed().findings)


def test_names_in_evidence_can_be_anything() -> None:
    """Whatever a name is made of, evidence tells names and words apart."""
    hostile = 'a`b "c"\n| <d> \\'
    text = f"column {evidence.name(hostile)} is {evidence.name('text')}"
    assert list(evidence.segments(text)) == [
        ("column ", False),
        (hostile, True),
        (" is ", False),
        ("text", True),
    ]
    assert evidence.plain(text) == f"column {hostile} is text"


def test_long_lists_of_names_are_counted() -> None:
    """Lists of names are bounded, but never for the sake of a single name."""
    assert evidence.plain(evidence.names("abc", shown=1)) == "a and 2 more"
    assert evidence.plain(evidence.names("abc", shown=2)) == "a, b, c"


def test_suggested_sql_tells_lock_and_work() -> None:
    """A fix is a script in which each statement stands below its risk."""
    relation = table("sales.orders", "id bigint")
    fix = fixes.Fix(advice="Do it.", steps=(fixes.create_index(relation, ["Odd Name"]),))
    assert fix.sql == (
        "-- SHARE UPDATE EXCLUSIVE lock, blocks neither reads nor writes; reads the whole table and builds an"
        ' index; not inside a transaction\nCREATE INDEX CONCURRENTLY ON sales.orders ("Odd Name");'
    )


def test_made_names_fit() -> None:
    """A name for a new object is cut to 63 bytes, at the border of a character."""
    assert fixes.made_name("ä" * 40, "fkey") == "ä" * 31
