"""The picture of entities of real schemas, beside lists that were judged line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier.analysis import Analysis, analyse
from pgdossier.catalog import read
from tests.conftest import REPOSITORY, CorpusDatabase, SharedDatabase
from tests.support.servers import PostgresServer

EXPECTED = Path(__file__).parent / "expected"


def _lines(analysis: Analysis, *, qualified: bool) -> list[str]:
    found = [
        f"{one.table.dotted if qualified else one.table.name}: {one.kind}"
        + (f" of {one.owner.name}" if one.owner else "")
        for one in analysis.entities.tables.values()
    ]
    return [*found, "", f"key entities: {' '.join(one.table.name for one in analysis.entities.key_entities)}"]


def _expected(name: str) -> list[str]:
    return (EXPECTED / f"entities_{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("corpus", ["pagila", "chinook", "airflow", "nautobot"])
def test_entities_of_the_corpus(server: PostgresServer, corpus_database: CorpusDatabase, corpus: str) -> None:
    """Every table stands for what a reader of the schema would say, and the key entities are the expected."""
    analysis = analyse(read(corpus_database(server, corpus)))
    assert _lines(analysis, qualified=False) == _expected(corpus)
    assert all(one.reason for one in analysis.entities.tables.values())


def test_entities_of_the_shop(server: PostgresServer, shared_database: SharedDatabase) -> None:
    """In the sample shop every kind but a queue has its table."""
    script = (REPOSITORY / "samples" / "shop" / "shop.sql").read_text(encoding="utf-8")
    analysis = analyse(read(shared_database(server, "shop_entities", script)))
    assert _lines(analysis, qualified=True) == _expected("shop")
    (orders,) = (one for one in analysis.entities.aggregates if one.root.name == "orders")
    assert [part.table.name for part in orders.parts] == ["order_items", "order_status_changes"]
