"""All files of one document: diagrams, pages, SQL, snapshot."""

from __future__ import annotations

from collections.abc import Mapping

from pgdossier.analysis import Analysis
from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.diagrams import erd, graphviz
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import DiagramError
from pgdossier.history import verification as verifications
from pgdossier.history.verification import Verification
from pgdossier.model import snapshot_json
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import SCHEMA_SQL, SNAPSHOT, VERIFICATION, Links
from pgdossier.render.page import Drawings
from pgdossier.render.relation import documented


def document(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    progress: Progress,
    verification: Verification | None = None,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All files of the document, by path relative to the output folder, and warnings.

    Raises:
        ConfigurationError: A template is broken.
        DiagramError: The Graphviz that the configuration names cannot be used.
    """
    relations = documented(analysis.lookup)
    split = config.layout == "split" or (config.layout == "auto" and len(relations) > config.split_above)
    links = markdown.links_for(analysis, split=split)
    diagrams = _diagrams(analysis, links, config)
    drawn, reason, warnings = _draw(diagrams, config, progress)
    style = markdown.Style(
        split=split,
        title=config.title or None,
        prepared_by=config.prepared_by or None,
        status=config.status or None,
        template_dir=config.template_dir,
    )
    drawings = Drawings(diagrams=diagrams, drawn=frozenset(drawn), reason=reason)
    progress.phase("rendering", None)
    texts = markdown.pages(analysis, style, drawings, authored, verification)
    files = {path: text.encode() for path, text in texts.items()}
    files |= {links.diagram_path(subject): svg for subject, svg in drawn.items()}
    files[SCHEMA_SQL] = schema_script(analysis.snapshot).encode()
    files[SNAPSHOT] = snapshot_json.encode(analysis.snapshot)
    if verification is not None:
        files[VERIFICATION] = verifications.encode(verification)
    return files, warnings


def _diagrams(analysis: Analysis, links: Links, config: Config) -> dict[Subject, Diagram]:
    """The overview, one diagram for each schema where there are several, one for each relation."""
    found: list[Diagram | None] = []
    limit = config.diagrams.keys_only_above
    relations = documented(analysis.lookup)
    if relations:
        url = links.from_diagram(Subject("overview"))
        found.append(erd.overview(analysis.lookup, analysis.relationships, url, columns_above=limit))
    schemas = sorted({relation.schema for relation in relations})
    if len(schemas) > 1:
        for schema in schemas:
            url = links.from_diagram(Subject("schema", schema))
            found.append(
                erd.of_schema(schema, analysis.lookup, analysis.relationships, url, columns_above=limit)
            )
    for relation in relations:
        url = links.from_diagram(Subject("relation", relation.schema, relation.name))
        found.append(
            erd.neighbourhood(relation, analysis.lookup, analysis.relationships, url, graph=analysis.graph)
        )
    return {diagram.subject: diagram for diagram in found if diagram is not None and diagram.boxes}


def _draw(
    diagrams: Mapping[Subject, Diagram], config: Config, progress: Progress
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
    progress.phase("drawing diagrams", len(diagrams))
    drawn = graphviz.draw(
        tuple(diagrams.values()),
        engine,
        timeout=config.diagrams.timeout,
        progress=lambda _done, _total: progress.advance(),
        failed=lambda diagram, why: failures.append(f'diagram "{diagram.title}": {why}'),
    )
    reason = "Graphviz could not draw them all." if failures else None
    return drawn, reason, tuple(failures)
