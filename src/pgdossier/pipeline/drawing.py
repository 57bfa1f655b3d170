"""One diagram by itself: `diagram`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from pgdossier import output
from pgdossier.analysis import Analysis, analyse
from pgdossier.analysis.domains import Domain
from pgdossier.authored import descriptions
from pgdossier.config import Config
from pgdossier.diagrams import (
    cascade,
    graphviz,
    neighbourhood,
    pictures,
    roles,
    selection,
    topology,
)
from pgdossier.diagrams.chart import Detail
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.diagrams.lettering import visible
from pgdossier.errors import DiagramError, UsageError
from pgdossier.language import speaking
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import describing, dividing, judging, picturing, probing, selecting
from pgdossier.pipeline.documents import is_split
from pgdossier.pipeline.reading import decoded, locked, read
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import Links
from pgdossier.render.relation import documented

if TYPE_CHECKING:
    from pgdossier.building.sides import Side

Format = Literal["svg", "png", "pdf", "dot", "mmd"]
FORMATS: tuple[Format, ...] = ("svg", "png", "pdf", "dot", "mmd")

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_NO_ADDRESS = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f]')


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a diagram is to show; nothing: all tables, as the document's overview does.

    Attributes:
        around: A table, shown with its neighbours.
        degrees: How many steps away neighbours may be; None: one.
        tables: Patterns of tables.
        domain: The name of a domain.
        schema: The name of a schema.
        cascade: A table: what deleting one of its rows does elsewhere.
        roles: The roles and their memberships.
        topology: The servers around this one.
        detail: How much the boxes show; None: as much as stays legible.
        most_boxes: The most boxes where the diagram chooses them; None: what the configuration says.
        link_base: The address of the document, to which boxes link; None: no links.
    """

    around: str | None = None
    degrees: int | None = None
    tables: tuple[str, ...] = ()
    domain: str | None = None
    schema: str | None = None
    cascade: str | None = None
    roles: bool = False
    topology: bool = False
    detail: Detail | None = None
    most_boxes: int | None = None
    link_base: str | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A diagram in the format that was asked for, what it is called, and what the user should know."""

    data: bytes
    title: str
    warnings: tuple[str, ...] = ()


def diagram(
    source: str | None, config: Config, wanted: Wanted, form: Format, target: Path | None, progress: Progress
) -> Picture:
    """Draw one diagram of a database.

    Args:
        source: A URL or connection string, a snapshot file, the folder of a document, also at a revision of
            git, an SQL file, or a folder of SQL migrations. None: `config.source`.
        config: Source, scope, descriptions, declared relationships and domains, and the engine.
        wanted: What the diagram shows.
        form: The format.
        target: The file to write; None to only get the bytes back.
        progress: Told what happens.

    Raises:
        UsageError: The source is none of these, options contradict each other, or there is no such table,
            schema or domain.
        DiagramError: There is nothing to draw, or it cannot be drawn.
        DossierError: Anything else that the user can act on; the file is as it was then.
    """
    with speaking(config.language):
        return _diagram(source, config, wanted, form, target, progress)


def _diagram(
    source: str | None, config: Config, wanted: Wanted, form: Format, target: Path | None, progress: Progress
) -> Picture:
    _check(wanted)
    if form in ("png", "pdf"):
        pictures.require()
    # What is missing is told before a large database is read.
    engine = None if form in ("dot", "mmd") else graphviz.find_engine(config.diagrams.dot)
    if wanted.most_boxes is not None:
        limited = msgspec.structs.replace(config.diagrams, most_boxes=wanted.most_boxes)
        config = msgspec.structs.replace(config, diagrams=limited)
    found = _snapshot(source, config, progress)
    chosen = _chosen(_analysed(found, config), config, wanted)
    made, warnings = chosen.diagram, [*locked(found), *chosen.warnings]
    if engine is None:
        data = made.dot.encode() if form == "dot" else _mermaid(made)
    else:
        progress.phase("drawing", None)
        data = _drawn(made, engine, config, form, warnings)
    if target is not None:
        output.write_file(target, data)
    return Picture(data=data, title=made.title, warnings=tuple(warnings))


def _check(wanted: Wanted) -> None:
    given = {
        "--around": wanted.around,
        "--tables": wanted.tables,
        "--domain": wanted.domain,
        "--schema": wanted.schema,
        "--cascade": wanted.cascade,
        "--roles": wanted.roles,
        "--topology": wanted.topology,
    }
    named = [name for name, value in given.items() if value not in (None, False, ())]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} contradict each other", hint="give one of them")
    if wanted.degrees is not None and wanted.around is None:
        raise UsageError("--degrees counts the steps from a table", hint="name it with --around TABLE")
    if wanted.detail is not None and named and named[0] in ("--cascade", "--roles", "--topology"):
        raise UsageError(f"--detail does not apply to {named[0]}", hint="leave it out")
    if wanted.link_base is not None:
        scheme = _SCHEME.match(wanted.link_base)
        if _NO_ADDRESS.search(wanted.link_base) or (scheme and scheme[1].lower() not in ("http", "https")):
            raise UsageError(
                "--link-base is no address of web pages",
                hint="give the folder of the document: https://example.com/docs/database, or a relative path",
            )


def _snapshot(text: str | None, config: Config, progress: Progress) -> Snapshot:
    if text is None:
        return read(config, progress)
    from pgdossier.building import sides  # noqa: PLC0415 - loads what builds databases

    side: Side = sides.parse_side(text, "SOURCE")
    if side.snapshot is not None:
        return decoded(side.snapshot, side.label, config)
    if side.source is None:
        return sides.build(side, None, config, progress)
    return read(msgspec.structs.replace(config, source=side.source), progress)


def _analysed(snapshot: Snapshot, config: Config) -> Analysis:
    return analyse(
        snapshot,
        descriptions.resolve(describing.entries(config), snapshot.structure).shown,
        declarations=probing.declarations(config),
        minimum_confidence=config.implied.minimum_confidence,
        judgements=judging.judgements(config),
        domains_declared=dividing.declared(config),
        most_boxes=config.diagrams.most_boxes,
    )


class _Chosen(NamedTuple):
    diagram: Diagram
    warnings: tuple[str, ...] = ()


def _chosen(analysis: Analysis, config: Config, wanted: Wanted) -> _Chosen:
    """The diagram that is wanted."""
    links = _links(analysis, config, wanted.link_base)
    most = config.diagrams.most_boxes
    if wanted.around is not None:
        return _around(analysis, wanted, wanted.around, most, links)
    if wanted.cascade is not None:
        return _Chosen(_cascade(analysis, wanted.cascade, most, links))
    if wanted.roles:
        found = roles.graph(analysis.snapshot.structure)
        return _Chosen(_there(found, "no role is a member of another, or they are too many to draw"))
    if wanted.topology:
        found = topology.draw(analysis.network, analysis.described.structure)
        return _Chosen(_there(found, "no other server is known that this one has to do with"))
    return _several(analysis, config, wanted, links)


class _Elsewhere(Links, frozen=True):
    """The links of a diagram outside the document: to the document at an address, or none."""

    base: str | None = None

    def relation(self, name: QualifiedName, page: str) -> str | None:
        """The address of a relation's section, from wherever it is seen."""
        return self._address(Links.relation(self, name, ""))

    def domain(self, name: str, page: str) -> str | None:
        """The address of a domain's section, from wherever it is seen."""
        return self._address(Links.domain(self, name, ""))

    def _address(self, path: str | None) -> str | None:
        return None if self.base is None or path is None else f"{self.base}/{path}"


def _links(analysis: Analysis, config: Config, base: str | None) -> Links:
    links = markdown.links_for(analysis, split=is_split(analysis, config))
    address = None if base is None else base.rstrip("/")
    return _Elsewhere(links.split, links.relations, links.domains, address)


def _there(found: Diagram | None, otherwise: str) -> Diagram:
    if found is None:
        raise DiagramError(f"there is nothing to draw: {otherwise}")
    return found


def _around(analysis: Analysis, wanted: Wanted, text: str, most: int, links: Links) -> _Chosen:
    relation = selecting.relation(text, analysis.lookup, "--around")
    found = neighbourhood.of(
        relation,
        analysis.lookup,
        analysis.drawn,
        links.from_diagram(Subject("relation", relation.schema, relation.name)),
        graph=analysis.drawn_graph,
        degrees=wanted.degrees or 1,
        most=most,
        sides=neighbourhood.MOST_NEIGHBOURS if wanted.most_boxes is None else None,
        detail=wanted.detail or Detail.COLUMNS,
    )
    if found is not None:
        return _Chosen(found)
    alone = _selection(analysis, [relation], relation.qualified.dotted, wanted, most, links)
    return alone._replace(warnings=(f"no foreign key leads to or from {relation.qualified.dotted}",))


def _cascade(analysis: Analysis, text: str, most: int, links: Links) -> Diagram:
    name = selecting.relation(text, analysis.lookup, "--cascade").qualified
    reach = next((one for one in analysis.cascades if one.table == name), None)
    found = None
    if reach is not None:
        url = links.from_diagram(Subject("cascade", name.schema, name.name))
        found = cascade.draw(reach, analysis.lookup, analysis.graph, url, most=most)
    return _there(found, f"no foreign key reacts when a row of {name.dotted} is deleted")


def _several(analysis: Analysis, config: Config, wanted: Wanted, links: Links) -> _Chosen:
    """The tables of patterns, of a domain, of a schema, or all."""
    lookup = analysis.lookup
    known = documented(lookup)
    if not known:
        raise DiagramError("there is nothing to draw: the database has no tables")
    of_document = picturing.Pictures(analysis, links, config)
    most = config.diagrams.most_boxes
    if wanted.tables:
        found = selecting.relations(wanted.tables, lookup, "--tables")
        return _selection(analysis, found, f"Tables {', '.join(wanted.tables)}", wanted, most, links)
    if wanted.domain is not None:
        domain = _domain_named(analysis, wanted.domain)
        found = [lookup.relations[name] for name in domain.tables]
        if wanted.detail is not None:
            return _selection(analysis, found, f"Tables of {domain.name}", wanted, most, links)
        return _Chosen(of_document.of_domain(domain), _mapped(found, most))
    if wanted.schema is not None:
        name = selecting.schema(wanted.schema, {relation.schema for relation in known}, "--schema")
        found = _main([one for one in known if one.schema == name])
        if wanted.detail is not None:
            return _selection(analysis, found, f"Tables of schema {name}", wanted, most, links)
        return _Chosen(of_document.of_schema(name), _mapped(found, most))
    if wanted.detail is not None:
        return _selection(analysis, _main(known), "All tables", wanted, most, links)
    return _Chosen(of_document.overview())


def _mapped(found: Sequence[Relation], most: int) -> tuple[str, ...]:
    """What is said where tables are asked for and their domains are drawn."""
    if len(found) <= most:
        return ()
    return (
        f"{len(found):,} tables are more than a reader takes in ({most}): this is a map of their domains;"
        " --domain NAME draws the tables of one, --detail names those of all",
    )


def _main(found: Sequence[Relation]) -> list[Relation]:
    """The tables of them; the views where there is nothing else."""
    stored = [one for one in found if one.kind not in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)]
    return stored or list(found)


def _domain_named(analysis: Analysis, name: str) -> Domain:
    found = analysis.domains.named(name)
    if found is not None:
        return found
    known = [domain.name for domain in analysis.domains.walk()]
    raise UsageError(f"--domain: there is no domain {name}", hint=selecting.suggestion(name, known))


def _selection(
    analysis: Analysis, found: Sequence[Relation], title: str, wanted: Wanted, most: int, links: Links
) -> _Chosen:
    """Exactly these tables, however many they are."""
    drawn = selection.of(
        found,
        analysis.lookup,
        analysis.drawn_graph,
        links.from_diagram(Subject("selection")),
        title=visible(title),
        most=most,
        detail=wanted.detail,
    )
    if len(found) <= most:
        return _Chosen(drawn)
    return _Chosen(drawn, (f"{len(found):,} tables in one diagram are more than a reader takes in ({most})",))


def _mermaid(made: Diagram) -> bytes:
    if len(made.mermaid) != 1:
        raise DiagramError(
            f"Mermaid draws 500 lines and 50,000 characters at most: these are {len(made.mermaid)} diagrams",
            hint="draw fewer tables, or fewer of their columns (--detail names)",
        )
    return made.mermaid[0].encode()


def _drawn(
    made: Diagram, engine: graphviz.Engine, config: Config, form: Format, warnings: list[str]
) -> bytes:
    failures: list[str] = []
    found = graphviz.draw(
        [made],
        engine,
        timeout=config.diagrams.timeout,
        simplified=lambda _made, why: warnings.append(f"the diagram became a plain grid: {why}"),
        failed=lambda _made, why: failures.append(why),
    )
    if made.subject not in found:
        raise DiagramError(f"the diagram could not be drawn: {'; '.join(failures)}")
    svg = found[made.subject]
    if form == "svg":
        return svg
    return pictures.png(svg, made.title) if form == "png" else pictures.pdf(svg, made.title)
