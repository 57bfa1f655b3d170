"""Domains of real schemas, beside lists that were judged by eye, and the diagrams of whole documents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pgdossier.analysis import Analysis, analyse
from pgdossier.catalog import read
from pgdossier.config import Config
from pgdossier.diagrams import columns, graphviz
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.pipeline import documents
from pgdossier.render import markdown
from tests.conftest import CorpusDatabase
from tests.support.servers import PostgresServer

EXPECTED = Path(__file__).parent / "expected"

DIVIDED = ("airflow", "indico", "mlflow", "nautobot")
"""The databases of the corpus that have more tables than one diagram shows."""


@pytest.fixture(scope="module")
def analysis(server: PostgresServer, corpus_database: CorpusDatabase, corpus_name: str) -> Analysis:
    return analyse(read(corpus_database(server, corpus_name)))


@pytest.fixture(scope="module")
def diagrams(analysis: Analysis) -> dict[Subject, Diagram]:
    config = Config()
    links = markdown.links_for(analysis, split=documents.is_split(analysis, config))
    return documents.every_diagram(analysis, links, config)


def test_the_domains_are_those_that_an_architect_would_name(analysis: Analysis, corpus_name: str) -> None:
    """Names, key entities and tables of each domain are those of the list."""
    found = []
    for domain in analysis.domains.leaves:
        found.append(f"{domain.name} ({', '.join(name.name for name in domain.key_entities)})")
        found += [f"  {name.name}" for name in domain.tables]
    expected = (EXPECTED / f"domains_{corpus_name}.txt").read_text(encoding="utf-8")
    assert found == expected.splitlines()


def test_no_diagram_has_more_boxes_than_the_limit(diagrams: dict[Subject, Diagram]) -> None:
    """Not one diagram of the document, of whatever kind, has more than thirty boxes."""
    large = {
        subject: one.boxes for subject, one in diagrams.items() if one.boxes > Config().diagrams.most_boxes
    }
    assert large == {}


def test_every_table_is_in_the_diagram_of_exactly_one_domain(
    analysis: Analysis, diagrams: dict[Subject, Diagram]
) -> None:
    """Each table has one domain, and each domain a diagram of its own or that of its schema."""
    places = Counter(name for domain in analysis.domains.leaves for name in domain.tables)
    tables = set(analysis.entities.tables) | {
        name for domain in analysis.domains.leaves for name in domain.tables
    }
    assert places == Counter(tables)
    several = len({name.schema for name in tables}) > 1
    for domain in analysis.domains.walk():
        if not domain.whole_schema:
            assert Subject("domain", name=domain.name) in diagrams
        else:
            assert (Subject("schema", domain.schema) if several else Subject("overview")) in diagrams


def test_maps_and_domains_are_drawn_whole_and_fit_a_page(diagrams: dict[Subject, Diagram]) -> None:
    """Graphviz draws every map and every domain, and none is wider than its texts are legible on a page."""
    drawn = [one for subject, one in diagrams.items() if subject.kind in ("overview", "schema", "domain")]
    failures: list[str] = []
    svgs = graphviz.draw(
        drawn,
        graphviz.find_engine(None),
        simplified=lambda diagram, why: failures.append(f"{diagram.title}: {why}"),
        failed=lambda diagram, why: failures.append(f"{diagram.title}: {why}"),
    )
    assert failures == []
    wide = {}
    for subject, svg in svgs.items():
        across = float(svg.split(b'viewBox="', 1)[1].split(b'"', 1)[0].split()[2])
        if across > 1.02 * columns.PAGE:
            wide[subject] = across
    assert wide == {}


def test_small_databases_are_not_divided(analysis: Analysis, corpus_name: str) -> None:
    """Where one diagram can show all tables nothing is divided and the overview shows them."""
    assert analysis.domains.divided == (corpus_name in DIVIDED)
    assert analysis.domains.mapped == (corpus_name in DIVIDED)
