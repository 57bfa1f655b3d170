"""A schema of a thousand tables: every diagram bounded, drawn in time, legible."""

from __future__ import annotations

import random

import pytest

from pgdossier.config import Config
from tests.support import diagram_measures
from tests.support.builders import snapshot, table
from tests.support.diagram_measures import LEGIBLE, Measured

TABLES = 1_000
_OF_A_SCHEMA = 125
_OF_A_SUBJECT = 12


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Eight schemas whose tables hang together in subjects; all reference users, many a status."""
    chance = random.Random(11)  # noqa: S311 - a reproducible schema, not a secret
    names = [f"area_{n // _OF_A_SCHEMA}.{chance.choice('abcdefgh') * 4}_thing_{n}" for n in range(TABLES)]
    made = []
    for n, name in enumerate(names):
        first = n - n % _OF_A_SUBJECT
        targets = [names[chance.randrange(first, n)]] if n > first else []
        targets += [names[0]] * (n % 3 == 1) + [names[1]] * (n % 5 == 2)
        targets += [names[chance.randrange(n)]] * (n % 17 == 3) if n else []
        columns = [f"reference_{i}_id bigint{' not null' * (i % 2)}" for i in range(len(targets))]
        columns += [f"some_column_{i} character varying(80)" for i in range(chance.randint(1, 12))]
        keys = [f"reference_{i}_id -> {target}" for i, target in enumerate(targets)]
        made.append(table(name, "id bigint", *columns, pk="id", fks=keys))
    return diagram_measures.measure(snapshot(*made))


def test_no_diagram_is_larger_than_a_reader_can_take_in(measured: Measured) -> None:
    """There are diagrams of all kinds, one for nearly every table, and none has more boxes than the limit."""
    kinds = {subject.kind for subject in measured.pictures}
    assert kinds >= {"overview", "schema", "domain", "relation"}
    assert len(measured.pictures) > TABLES * 0.9
    assert max(len(one.boxes) for one in measured.pictures.values()) <= Config().diagrams.most_boxes


def test_every_diagram_is_finished(measured: Measured) -> None:
    """Graphviz draws each within its time; none becomes a plain grid, none is missing."""
    assert measured.warnings == ()


def test_nothing_is_where_it_should_not_be(measured: Measured) -> None:
    """No text outside its box, no boxes over each other, no label over a box, nothing off the paper."""
    assert {subject: found for subject, one in measured.pictures.items() if (found := one.faults())} == {}


def test_text_is_legible_at_page_width(measured: Measured) -> None:
    """Text is at least nine pixels high on a page that is 900 pixels wide."""
    assert {subject: one.font for subject, one in measured.pictures.items() if one.font < LEGIBLE} == {}
