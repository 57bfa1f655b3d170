"""What of an analysis is worked out when."""

from __future__ import annotations

from pgdossier.analysis import analyse
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.deferred import deferred
from pgdossier.language import speaking
from tests.support.builders import index, snapshot, table

USERS = table("users", "id bigint", "at timestamp with time zone", pk="id", indexes=[index("users_at", "at")])


def test_an_attribute_is_worked_out_once_and_when_it_is_asked_for() -> None:
    """Nothing is there before, and the same object afterwards."""
    analysed = analyse(snapshot(USERS))
    assert "key_strategy" not in vars(analysed)
    assert analysed.key_strategy is analysed.key_strategy
    assert "key_strategy" in vars(analysed)


def test_words_are_of_the_language_in_which_it_was_asked_for() -> None:
    """Whoever looks at an analysis in another language finds the words that it was made in."""
    with speaking("de"):
        german = analyse(snapshot(USERS))
        said = analyse(snapshot(USERS)).index_purposes
    assert german.index_purposes == said
    assert said != analyse(snapshot(USERS)).index_purposes


def test_what_processes_share_is_there_before() -> None:
    """What pages of single relations ask for is worked out by `prepare`, once for all processes."""
    analysed = analyse(snapshot(USERS))
    analysed.prepare()
    assert {"sensitive", "access_patterns", "inverse"} <= vars(analysed).keys()


def test_a_class_tells_what_its_attribute_is() -> None:
    """Documentation finds the attribute with its text."""
    assert isinstance(Analysis.naming, deferred)
    assert Analysis.naming.__doc__ == "Naming conventions that are in use."
