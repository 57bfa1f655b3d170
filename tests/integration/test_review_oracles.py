"""Our rules beside those of other checkers: on the corpus, on the shop and on the cases of the rules.

`python -m tests.support.oracles` prints what is not explained and writes docs/rules-agreement.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import CorpusDatabase, SharedDatabase
from tests.support import oracles
from tests.support.corpus import CORPUS_NAMES
from tests.support.oracles import Comparison, Loaded, Oracle
from tests.support.postgres_versions import MAJORS
from tests.support.servers import PostgresServer

ORACLES = oracles.oracles()


@pytest.fixture(scope="module")
def databases(
    server: PostgresServer, corpus_database: CorpusDatabase, shared_database: SharedDatabase
) -> Iterator[list[Loaded]]:
    """All databases that both sides look at."""
    if server.major != MAJORS[-1]:
        pytest.skip(f"the differences are those of PostgreSQL {MAJORS[-1]}: this is {server.major}")
    shop = shared_database(server, "shop", oracles.SHOP.read_text(encoding="utf-8"))
    found = [oracles.load(name, corpus_database(server, name)) for name in CORPUS_NAMES]
    found.append(oracles.load("shop", shop))
    cases = oracles.load_cases(server, oracles.cases_for(ORACLES, server.major))
    yield [*found, *cases]
    for one in cases:
        server.drop_database(one.name)


@pytest.fixture(scope="module")
def comparisons(databases: list[Loaded]) -> dict[str, Comparison]:
    """Both sides of every oracle."""
    return {oracle.key: oracles.compare(oracle, databases) for oracle in ORACLES}


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.key)
def test_every_difference_is_explained(oracle: Oracle, comparisons: dict[str, Comparison]) -> None:
    """What only one side reports has an explanation, and every explanation explains just what it says."""
    left, told = oracles.explained(comparisons[oracle.key])
    assert [str(one) for one in left] == []
    assert [(each, count) for each, count in told if count != each.count] == []


@pytest.mark.parametrize(
    "oracle", [one for one in ORACLES if one.known], ids=lambda oracle: f"{oracle.key}-{oracle.known[0]}"
)
def test_both_sides_find_something(oracle: Oracle, comparisons: dict[str, Comparison]) -> None:
    """No agreement is one of silence: somewhere both report the same subject."""
    assert comparisons[oracle.key].both > 0


def test_every_explanation_is_about_an_oracle() -> None:
    """An explanation names an oracle that there is, a side, and gives a reason in a sentence."""
    keys = {oracle.key for oracle in ORACLES}
    for one in oracles.explanations():
        assert one.oracle in keys
        assert one.only in ("theirs", "ours")
        assert one.reason.endswith(".")


def test_every_oracle_says_what_it_reports_and_for_which_rule() -> None:
    """The head of an oracle is complete."""
    for oracle in ORACLES:
        assert oracle.says.endswith((".", ")"))
        assert oracle.rules


def test_the_page_on_agreement_is_current(comparisons: dict[str, Comparison]) -> None:
    """docs/rules-agreement.md is what the comparisons make of it."""
    assert oracles.PAGE.read_text(encoding="utf-8") == oracles.page(list(comparisons.values()))
