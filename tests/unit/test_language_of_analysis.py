"""What the language of the document changes in analysis, review and history, and what it must not."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import resources

import pytest

from pgdossier import language
from pgdossier.analysis import analyse, checks
from pgdossier.analysis.sensitive_kinds import KINDS
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.render import retelling
from pgdossier.review import review
from tests.support.bypasses import SHOP, pseudo


@pytest.fixture(scope="module")
def shop() -> Snapshot:
    """The snapshot of the sample."""
    return snapshot_json.decode(SHOP.read_bytes())


Pseudo = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def other_language() -> Pseudo:
    """A language in which every message stands in brackets; made once, since it takes all sources."""
    with pseudo():
        catalogue = language._catalogue.get()

    @contextmanager
    def speaking() -> Iterator[None]:
        token = language._catalogue.set(catalogue)
        try:
            yield
        finally:
            language._catalogue.reset(token)

    return speaking


def test_findings_are_the_same_in_every_language(shop: Snapshot, other_language: Pseudo) -> None:
    """A review in another language has the same findings, severities and SQL, in other words."""
    english = review(analyse(shop))
    with other_language():
        other = review(analyse(shop))
    assert [(one.key, one.severity) for one in other.findings] == [
        (one.key, one.severity) for one in english.findings
    ]
    for one, said in zip(english.findings, other.findings, strict=True):
        steps = one.fix.steps if one.fix else ()
        assert [step.sql for step in (said.fix.steps if said.fix else ())] == [step.sql for step in steps]
        assert said.evidence != one.evidence


def test_domains_are_cut_and_named_alike_in_every_language(shop: Snapshot, other_language: Pseudo) -> None:
    """Names of domains, which pages and pictures are called after, do not depend on the language."""
    english = [(one.name, one.tables) for one in analyse(shop).domains.walk()]
    with other_language():
        assert [(one.name, one.tables) for one in analyse(shop).domains.walk()] == english


def test_conditions_have_the_same_parentheses_in_every_language(other_language: Pseudo) -> None:
    """Words in brackets aside, a condition has the parentheses that it has in English."""
    condition = "(((a > 0) AND (b > 0)) OR ((c = 'x'::text) AND (d IS NULL)))"
    english = checks.in_words(condition)
    assert english == "(a is greater than 0 and b is greater than 0) or (c is x and d is null)"
    with other_language():
        said = checks.in_words(condition)
    assert said is not None
    assert said != english
    assert said.replace("⟦", "").replace("⟧", "") == english


def test_every_kind_of_sensitive_data_has_a_message() -> None:
    """The words of `sensitive_terms.toml` that the document shows are messages."""
    text = resources.files("pgdossier.analysis").joinpath("sensitive_terms.toml").read_text(encoding="utf-8")
    assert {kind["what"] for kind in tomllib.loads(text)["kinds"] if kind.get("category")} == KINDS


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("was added", "⟦was added⟧"),
        (
            "was renamed from sales.coupons (assumed, 90 %: same type); its notes moved along",
            "⟦was renamed from ⟧sales.coupons⟦ (assumed, ⟧90⟦ %: ⟧same type⟦)⟧⟦; its notes moved along⟧",
        ),
        ("column total: type integer → bigint", "⟦column⟧⟦ ⟧total: ⟦type⟧ integer → bigint"),
        ("column mail renamed to email (assumed, 90 %: same type)", None),
        ("index ix was removed", "⟦index⟧⟦ ⟧ix ⟦was removed⟧"),
        ("description added: Total → sum", "⟦description added: ⟧Total → sum"),
        ("owner none → shop", "⟦owner⟧ ⟦none⟧ → shop"),
        ("something that nobody wrote", "something that nobody wrote"),
    ],
)
def test_changes_of_the_history_are_said_anew(stored: str, said: str | None, other_language: Pseudo) -> None:
    """What history.json keeps in English is shown in the language of the document, in English as it is."""
    assert retelling.change(stored) == stored
    with other_language():
        told = retelling.change(stored)
    assert told == said if said is not None else told != stored
    assert told.replace("⟦", "").replace("⟧", "") == stored


@pytest.mark.parametrize(
    "stored",
    [
        "fk_x, ON DELETE SET NULL: a trigger stands in the way of it: no",
        "no row in a.b, which fk references: no row could be built: a circle of foreign keys",
        "uq_name accepts name once more",
        "name of 6 characters",
        "rows stay in a.b; rows go from a.c, a.d as well",
    ],
)
def test_trials_are_said_anew(stored: str, other_language: Pseudo) -> None:
    """What trials.json keeps in English is shown in the language of the document, in English as it is."""
    assert retelling.trial(stored) == stored
    with other_language():
        told = retelling.trial(stored)
    assert told != stored
    assert told.replace("⟦", "").replace("⟧", "") == stored


def test_the_first_row_of_the_history_is_said_anew(other_language: Pseudo) -> None:
    """The inventory of the first revision is counted again in the language of the document."""
    stored = "Structure as read on this date: 5 schemas, 32 tables, 1 view and no routines"
    assert retelling.summary(stored) == stored
    with other_language():
        told = retelling.summary(stored)
    assert told != stored
    assert told.replace("⟦", "").replace("⟧", "") == stored
