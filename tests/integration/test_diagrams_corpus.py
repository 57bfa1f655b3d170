"""Diagrams of real databases: each drawn whole, within its limits, and showing every foreign key."""

from __future__ import annotations

from collections import Counter

import pytest

from pgdossier import catalog
from pgdossier.analysis import relationships, tables
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import erd, graphviz, grid, neighbourhood
from pgdossier.diagrams.diagram import Diagram
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from tests.conftest import CorpusDatabase
from tests.support.servers import PostgresServer


def _url(name: QualifiedName) -> str:
    return f"../tables/{name.schema}.{name.name}.md"


class _Read:
    """One database of the corpus: what was read, and all its diagrams."""

    def __init__(self, url: str) -> None:
        self.lookup = Lookup.of(catalog.read(url))
        self.found: tuple[Relationship, ...] = relationships.find(self.lookup)
        graph = Graph.of(self.found)
        self.overview = erd.overview(self.lookup, self.found, _url)
        schemas = sorted({name.schema for name in self.lookup.relations})
        self.schemas = [erd.of_schema(schema, self.lookup, self.found, _url) for schema in schemas]
        near = (
            neighbourhood.of(relation, self.lookup, self.found, _url, graph=graph)
            for relation in tables.relations(self.lookup)
        )
        self.near = [diagram for diagram in near if diagram is not None]

    @property
    def diagrams(self) -> list[Diagram]:
        return [self.overview, *self.schemas, *self.near]


@pytest.fixture(scope="module")
def read(server: PostgresServer, corpus_database: CorpusDatabase, corpus_name: str) -> _Read:
    return _Read(corpus_database(server, corpus_name))


def test_every_diagram_is_drawn_whole_and_the_same_in_every_mode(read: _Read) -> None:
    """The bundled engine draws them all whole, none as a grid; together, alone or again: the same bytes."""
    failures: list[str] = []
    engine = graphviz.find_engine(None)
    drawn = graphviz.draw(
        read.diagrams,
        engine,
        simplified=lambda diagram, why: failures.append(f"{diagram.title}: {why}"),
        failed=lambda diagram, why: failures.append(f"{diagram.title}: {why}"),
    )
    assert failures == []
    assert set(drawn) == {diagram.subject for diagram in read.diagrams}
    some = read.diagrams[::4]
    again = {diagram.subject: drawn[diagram.subject] for diagram in some}
    assert graphviz.draw(some, engine, together=1, processes=1) == again
    half = dict(list(again.items())[::2])
    assert graphviz.draw(some, engine, known=half.get, together=5) == again


def test_a_plain_grid_has_it_all(read: _Read) -> None:
    """What would take the place of each diagram if no engine could draw it shows every box and every line."""
    for diagram in read.diagrams:
        plain = grid.lay_out(diagram.dot)
        assert (plain.boxes, plain.edges) == (diagram.boxes, diagram.edges)


def test_the_overview_has_every_table_and_every_foreign_key(read: _Read) -> None:
    """Each table is a box; each foreign key is a line, or a word where very many tables reference one."""
    assert read.overview.boxes == sum(1 for _ in tables.tables(read.lookup))
    referenced = Counter(
        parent for parent, _ in {(one.parent, one.child) for one in read.found if not one.self_reference}
    )
    hubs = {name for name, count in referenced.items() if count > erd.HUB_ABOVE and read.overview.boxes > 25}
    lines = [one for one in read.found if one.parent not in hubs or one.self_reference]
    assert read.overview.edges == len(lines)


def test_every_table_with_a_foreign_key_has_a_neighbourhood(read: _Read) -> None:
    """Each relation that a foreign key touches has a diagram, bounded on both sides."""
    touched = {
        name for one in read.found for name in (one.child, one.parent) if name in read.lookup.relations
    }
    assert {QualifiedName(one.subject.schema, one.subject.name) for one in read.near} == touched
    assert max(diagram.boxes for diagram in read.near) <= 2 * neighbourhood.MOST_NEIGHBOURS + 3


def test_mermaid_blocks_keep_to_the_limits(read: _Read) -> None:
    """Every fallback block is one that GitHub draws."""
    for diagram in read.diagrams:
        assert diagram.mermaid
        assert all(len(block) <= 50_000 for block in diagram.mermaid)
