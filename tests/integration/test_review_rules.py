"""Every rule of the review on a real server: its own cases, and its suggested SQL run.

`pytest tests/integration/test_review_rules.py -k no_primary_key` loads the cases of that rule alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pgdossier.review import registry
from tests.support.rule_cases import Case, Outcome, cases_of, run, shown
from tests.support.servers import PostgresServer

CASES = [case for rule in registry.names() for case in cases_of(rule)]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, server: PostgresServer) -> Mapping[str, Outcome]:
    """What became of every case that a selected test asks for, by name."""
    wanted: dict[str, Case] = {}
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.path == request.path and hasattr(item, "callspec"):
            case = item.callspec.params["case"]
            assert isinstance(case, Case)
            wanted[case.name] = case
    return run(server, list(wanted.values()))


def _outcome(case: Case, outcomes: Mapping[str, Outcome], server: PostgresServer) -> Outcome:
    if case.name not in outcomes:
        pytest.skip(f"PostgreSQL {server.major} cannot run it, {case.needs} can")
    return outcomes[case.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_reports_what_its_case_says(
    case: Case, outcomes: Mapping[str, Outcome], server: PostgresServer
) -> None:
    """A rule reports exactly the subjects of its fail cases, each once, and nothing in its pass cases."""
    found = [shown(finding.subject, case) for finding in _outcome(case, outcomes, server).before.findings]
    assert sorted(found) == sorted(case.expected)


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=lambda case: case.name)
def test_suggested_sql_makes_the_finding_go_away(
    case: Case, outcomes: Mapping[str, Outcome], server: PostgresServer
) -> None:
    """The server takes every complete suggestion as it is, and the finding is gone afterwards."""
    outcome = _outcome(case, outcomes, server)
    assert outcome.failed == ()
    assert outcome.after is not None
    repaired = {
        finding.key
        for finding in outcome.before.findings
        if finding.fix and finding.fix.steps and finding.fix.complete
    }
    assert not repaired & outcome.after.keys


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_evidence_is_one_line(case: Case, outcomes: Mapping[str, Outcome], server: PostgresServer) -> None:
    """Evidence is a single line of words without a final full stop; advice is a sentence with one."""
    for finding in _outcome(case, outcomes, server).before.findings:
        assert finding.text
        assert "\n" not in finding.text
        assert not finding.text.endswith(".")
        if finding.fix is not None:
            assert finding.fix.advice.endswith(".")
