"""How well the rules on sensitive columns do on real schemas, against labels made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier.analysis.sensitive_names import Category
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.support import sensitive
from tests.support.corpus import CORPUS_NAMES
from tests.support.sensitive import Measured
from tests.support.servers import PostgresServer

# Of categories that the labels have; the floors that were reached, a little below the figures.
FLOORS = {
    Category.CREDENTIAL: (0.95, 0.95),
    Category.CONTACT: (0.95, 0.95),
    Category.PERSONAL: (0.95, 0.95),
    Category.FINANCIAL: (0.9, 0.9),
    Category.ONLINE: (0.9, 0.9),
}


@pytest.fixture(scope="module")
def measured(
    server: PostgresServer,
    corpus_directory: Path,
    corpus_database: CorpusDatabase,
    shared_database: SharedDatabase,
) -> Measured:
    """The rules on every database with labels."""
    urls = {name: corpus_database(server, name) for name in CORPUS_NAMES}
    urls["shop"] = shared_database(server, "shop", sensitive.sql_of("shop", corpus_directory))
    return sensitive.measure({name: sensitive.snapshot_of(url) for name, url in urls.items()})


@pytest.mark.parametrize("category", FLOORS)
def test_precision_and_recall(category: Category, measured: Measured) -> None:
    """In each category that occurs, what is found is right and little is missed."""
    found = measured.by_category[category]
    precision, recall = FLOORS[category]
    assert found.precision >= precision, measured.wrong
    assert found.recall >= recall, measured.missed


def test_page_has_the_figures(measured: Measured) -> None:
    """docs/sensitive-data.md says what is measured; `python -m tests.support.sensitive` writes it."""
    assert sensitive.figures_of_page() == sensitive.figures_text(measured)


def test_labels_name_columns_that_exist(
    server: PostgresServer, corpus_database: CorpusDatabase, corpus_directory: Path
) -> None:
    """Every label is on a column of its database, and on one list only."""
    for name in CORPUS_NAMES:
        structure = sensitive.snapshot_of(corpus_database(server, name)).structure
        columns = {
            f"{relation.qualified.dotted}.{column.name}"
            for relation in structure.relations
            for column in relation.columns
        }
        labelled = sensitive.labels()[name]
        assert labelled.categories.keys() | labelled.arguable <= columns
        assert not labelled.categories.keys() & labelled.arguable
        assert set(labelled.categories.values()) <= set(Category)
