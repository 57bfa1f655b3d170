"""The diagrams of many tables: all, each schema, each domain; as maps where one diagram cannot show them."""

from __future__ import annotations

from collections.abc import Callable

from pgdossier.analysis import Analysis
from pgdossier.analysis.domains import Domain
from pgdossier.config import Config
from pgdossier.diagrams import domain_map, erd
from pgdossier.diagrams.boxes import Shelf
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.diagrams.lettering import visible
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName
from pgdossier.render.links import Links
from pgdossier.render.relation import documented


def shelf(analysis: Analysis, links: Links) -> Shelf:
    """What makes the boxes of a document: its diagrams stand in one folder and lead to the same addresses."""
    return Shelf(analysis.lookup, links.from_diagram(Subject("relation")))


def of_tables(analysis: Analysis, links: Links, config: Config, shelf: Shelf | None = None) -> list[Diagram]:
    """The overview, one diagram for each schema where there are several, one for each domain that is none.

    None has more than `diagrams.most_boxes` boxes. `shelf` is that of the document, if there is one.
    """
    made = Pictures(analysis, links, config, shelf)
    found = [made.overview()]
    schemas = sorted({relation.schema for relation in documented(analysis.lookup)})
    if len(schemas) > 1:
        found += [made.of_schema(schema) for schema in schemas]
    found += [made.of_domain(domain) for domain in analysis.domains.walk() if not domain.whole_schema]
    return found


class Pictures:
    """Makes them for one document, or for one diagram by itself."""

    def __init__(self, analysis: Analysis, links: Links, config: Config, made: Shelf | None = None) -> None:
        self._shelf = made or shelf(analysis, links)
        self._analysis = analysis
        self._links = links
        self._columns_above = config.diagrams.keys_only_above
        self._most = config.diagrams.most_boxes
        self._tints = {domain.name: place for place, domain in enumerate(analysis.domains.walk())}

    def overview(self) -> Diagram:
        """All tables, or the map of their domains."""
        subject = Subject("overview")
        if self._analysis.domains.mapped:
            return self._map(subject, tr("The domains of the database"), self._analysis.domains.top)
        return erd.overview(
            self._analysis.lookup,
            self._analysis.drawn,
            self._shelf.url,
            columns_above=self._columns_above,
            aggregates=self._analysis.entities.aggregates,
            most=self._most,
            home_of=self._home,
            shelf=self._shelf,
        )

    def of_schema(self, schema: str) -> Diagram:
        """The tables of a schema, or the map of their domains."""
        subject = Subject("schema", schema)
        if self._analysis.domains.is_mapped(schema):
            found = self._analysis.domains.of_schema(schema)
            return self._map(subject, tr("The domains of schema {schema}", schema=visible(schema)), found)
        return erd.of_schema(
            schema,
            self._analysis.lookup,
            self._analysis.drawn,
            self._shelf.url,
            columns_above=self._columns_above,
            aggregates=self._analysis.entities.aggregates,
            most=self._most,
            home_of=self._home,
            shelf=self._shelf,
            tint=self._tint_of_schema(schema),
        )

    def of_domain(self, domain: Domain) -> Diagram:
        """The tables of a domain, or the map of those that it is divided into."""
        subject = Subject("domain", name=domain.name)
        if domain.children:
            return self._map(
                subject, tr("The domains of {domain}", domain=visible(domain.name)), domain.children
            )
        return erd.of_domain(
            domain,
            self._analysis.lookup,
            self._analysis.drawn_graph,
            self._shelf.url,
            most=self._most,
            home_of=self._home,
            shelf=self._shelf,
            tint=self._tints[domain.name],
        )

    def _tint_of_schema(self, schema: str) -> int | None:
        """The colour that a schema has on the map, if it is a box of one."""
        if not self._analysis.domains.mapped:
            return None
        whole = (one for one in self._analysis.domains.of_schema(schema) if one.whole_schema)
        return next((self._tints[domain.name] for domain in whole), None)

    def _map(self, subject: Subject, title: str, found: tuple[Domain, ...]) -> Diagram:
        graph = self._analysis.graph  # a hundred maps need not go through all foreign keys each
        return domain_map.draw(
            subject,
            title,
            found,
            [key for domain in found for table in domain.tables for key in graph.parents_of(table)],
            self._shelf.url,
            self._domain_url(subject),
            most=self._most,
            tints=self._tints,
        )

    def _domain_url(self, subject: Subject) -> Callable[[Domain], str | None]:
        here = self._links.diagram_path(subject)
        return lambda domain: self._links.domain(domain.name, here)

    def _home(self, name: QualifiedName) -> str:
        """The domain of a table, else its schema."""
        domain = self._analysis.domains.of(name)
        return domain.label if domain else f"schema {name.schema}"
