"""All files of one document: diagrams, pages, SQL, snapshot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from pgdossier import output
from pgdossier.analysis import Analysis
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.diagrams import erd, graphviz, roles, topology
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import DiagramError
from pgdossier.history import revisions
from pgdossier.history import verification as verifications
from pgdossier.history.revisions import History
from pgdossier.history.verification import Verification
from pgdossier.model import snapshot_json
from pgdossier.pipeline import describing
from pgdossier.pipeline.reviewing import profile
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import DESCRIPTIONS, HISTORY, SCHEMA_SQL, SNAPSHOT, VERIFICATION, Links
from pgdossier.render.page import Drawings
from pgdossier.render.relation import documented
from pgdossier.review import review


def document(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    progress: Progress,
    verification: Verification | None = None,
    history: History | None = None,
    drawn: Drawn | None = None,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All files of the document, by path relative to the output folder, and warnings.

    Args:
        analysis: What is known of the database.
        config: Layout, titles, templates, diagrams.
        authored: What people wrote, by block key.
        progress: Told what happens.
        verification: What a verification found; None when there was none.
        history: The revisions of the document; None when this is the first.
        drawn: Its diagrams, when they are drawn already.

    Raises:
        ConfigurationError: A template is broken.
        DiagramError: The Graphviz that the configuration names cannot be used.
    """
    history = history or markdown.first_revision(analysis.snapshot, author=None)
    links = markdown.links_for(analysis, split=_is_split(analysis, config))
    drawn = drawn or draw(analysis, config, progress)
    progress.phase("rendering", None)
    texts = markdown.pages(
        analysis,
        _style(config, split=links.split),
        drawn.drawings,
        authored,
        verification,
        history,
        review(analysis, profile(config)),
    )
    files = {path: text.encode() for path, text in texts.items()}
    files |= {links.diagram_path(subject): svg for subject, svg in drawn.svgs.items()}
    files[HISTORY] = revisions.encode(history)
    files[SCHEMA_SQL] = schema_script(analysis.snapshot).encode()
    files[SNAPSHOT] = snapshot_json.encode(analysis.snapshot)
    if analysis.from_project:
        files[DESCRIPTIONS] = describing.encode(analysis.from_project)
    if verification is not None:
        files[VERIFICATION] = verifications.encode(verification)
    return files, drawn.warnings


class Drawn(NamedTuple):
    """The diagrams of a document: those that Graphviz drew, what pages are to show, and warnings."""

    svgs: Mapping[Subject, bytes]
    drawings: Drawings
    warnings: tuple[str, ...]


def draw(analysis: Analysis, config: Config, progress: Progress) -> Drawn:
    """Draw the diagrams of a document; those in `config.output` that are what they should be are taken over.

    Raises:
        DiagramError: The Graphviz that the configuration names cannot be used.
        OutputError: The manifest of the output folder is damaged, or the folder is being written.
    """
    links = markdown.links_for(analysis, split=_is_split(analysis, config))
    diagrams = _diagrams(analysis, links, config)
    written = output.untouched(config.output)
    svgs, reason, warnings = _draw(
        diagrams, config, progress, known=lambda subject: written(links.diagram_path(subject))
    )
    return Drawn(svgs, Drawings(diagrams=diagrams, drawn=frozenset(svgs), reason=reason), warnings)


def pages_with(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    verification: Verification | None,
    history: History,
    *,
    files: Collection[str],
    reason: str | None,
) -> dict[str, str]:
    """The pages of the document that has exactly these files; nothing is drawn. Raises as `document`.

    Args:
        analysis: What was known of the database.
        config: Titles and templates.
        authored: What people had written, by block key.
        verification: What a verification had found.
        history: The revisions of the document.
        files: All its files: they tell the layout, and which diagrams were drawn.
        reason: Why some were not.
    """
    links = markdown.links_for(analysis, split=any(path.startswith("tables/") for path in files))
    diagrams = _diagrams(analysis, links, config)
    drawn = frozenset(subject for subject in diagrams if links.diagram_path(subject) in files)
    drawings = Drawings(diagrams=diagrams, drawn=drawn, reason=reason)
    return markdown.pages(
        analysis,
        _style(config, split=links.split),
        drawings,
        authored,
        verification,
        history,
        review(analysis, profile(config)),
    )


def _is_split(analysis: Analysis, config: Config) -> bool:
    number = len(documented(analysis.lookup))
    return config.layout == "split" or (config.layout == "auto" and number > config.split_above)


def _style(config: Config, *, split: bool) -> markdown.Style:
    return markdown.Style(
        split=split,
        title=config.title or None,
        prepared_by=config.prepared_by or None,
        status=config.status or None,
        template_dir=config.template_dir,
    )


def _diagrams(analysis: Analysis, links: Links, config: Config) -> dict[Subject, Diagram]:
    """The overview, one diagram for each schema where there are several, one for each relation, the roles."""
    found: list[Diagram | None] = [topology.draw(analysis.network, analysis.described.structure)]
    limit = config.diagrams.keys_only_above
    graph = analysis.drawn_graph
    relations = documented(analysis.lookup)
    if relations:
        url = links.from_diagram(Subject("overview"))
        found.append(
            erd.overview(
                analysis.lookup,
                analysis.drawn,
                url,
                columns_above=limit,
                aggregates=analysis.entities.aggregates,
            )
        )
    schemas = sorted({relation.schema for relation in relations})
    if len(schemas) > 1:
        for schema in schemas:
            url = links.from_diagram(Subject("schema", schema))
            found.append(
                erd.of_schema(
                    schema,
                    analysis.lookup,
                    analysis.drawn,
                    url,
                    columns_above=limit,
                    aggregates=analysis.entities.aggregates,
                )
            )
    for relation in relations:
        url = links.from_diagram(Subject("relation", relation.schema, relation.name))
        found.append(erd.neighbourhood(relation, analysis.lookup, analysis.drawn, url, graph=graph))
    found.append(roles.graph(analysis.snapshot.structure))
    return {diagram.subject: diagram for diagram in found if diagram is not None and diagram.boxes}


def _draw(
    diagrams: Mapping[Subject, Diagram],
    config: Config,
    progress: Progress,
    known: Callable[[Subject], bytes | None],
) -> tuple[Mapping[Subject, bytes], str | None, tuple[str, ...]]:
    """SVG by subject, why diagrams are missing there if they are, and warnings."""
    if not config.diagrams.enabled:
        return {}, "Graphviz is switched off in the configuration.", ()
    try:
        engine = graphviz.find_engine(config.diagrams.dot)
    except DiagramError as error:
        if config.diagrams.dot is not None:
            raise
        return {}, f"{error.message}.", (f"{error.message}; diagrams are shown as Mermaid",)
    failures: list[str] = []
    simplified: list[str] = []
    progress.phase("drawing diagrams", len(diagrams))
    drawn = graphviz.draw(
        tuple(diagrams.values()),
        engine,
        timeout=config.diagrams.timeout,
        processes=config.diagrams.processes,
        known=known,
        progress=lambda _done, _total: progress.advance(),
        simplified=lambda diagram, why: simplified.append(
            f'diagram "{diagram.title}" became a plain grid: {why}'
        ),
        failed=lambda diagram, why: failures.append(f'diagram "{diagram.title}": {why}'),
    )
    reason = "Graphviz could not draw them all." if failures else None
    return drawn, reason, (*simplified, *failures)
