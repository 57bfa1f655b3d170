"""All files of one document: diagrams, pages, SQL, snapshot."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import NamedTuple, Self

from msgspec.structs import replace

from pgdossier import output
from pgdossier.analysis import Analysis
from pgdossier.config import Config
from pgdossier.diagrams import cascade, graphviz, neighbourhood, roles, topology
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import DiagramError
from pgdossier.history import revisions
from pgdossier.history import trials as trials_of
from pgdossier.history import verification as verifications
from pgdossier.history.revisions import History
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.language import tr
from pgdossier.pipeline import describing, picturing, pressing
from pgdossier.pipeline.formatting import formatted
from pgdossier.pipeline.keeping import Kept
from pgdossier.pipeline.reviewing import profile
from pgdossier.pipeline.sourcing import Sources
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import (
    DESCRIPTIONS,
    HISTORY,
    README,
    TRIALS,
    VERIFICATION,
    Links,
)
from pgdossier.render.page import Drawings
from pgdossier.render.relation import documented
from pgdossier.review import review

_IN_MEMORY = 8_000_000  # bytes of diagrams that never touch the disk before they are written


def document(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    progress: Progress,
    verification: Verification | None = None,
    history: History | None = None,
    diagrams: Diagrams | None = None,
    trials: Trials | None = None,
    sources: Sources | None = None,
) -> tuple[Kept[str], tuple[str, ...]]:
    """All files of the document, by path relative to the output folder, and warnings.

    Args:
        analysis: What is known of the database.
        config: Layout, titles, templates, diagrams.
        authored: What people wrote, by block key.
        progress: Told what happens.
        verification: What a verification found; None when there was none.
        history: The revisions of the document; None when this is the first.
        diagrams: Its diagrams, when they are drawn for more than this; they begin to be here.
        trials: What constraints and referential actions did when they were tried; None when they were not.
        sources: The files that need no analysis, where they are made already.

    Raises:
        ConfigurationError: A template is broken.
        DiagramError: The Graphviz that the configuration names cannot be used.
    """
    history = history or markdown.first_revision(analysis.snapshot, author=None)
    links = markdown.links_for(analysis, split=is_split(analysis, config))
    style = _style(config, split=links.split)
    order = pressing.Order(
        analysis=analysis,
        style=style,
        profile=profile(config),
        authored=authored,
        verification=verification,
        history=history,
        trials=trials,
    )
    standing = output.Standing(config.output)
    files: Kept[str] = Kept(standing=standing)
    with contextlib.ExitStack() as stack:
        diagrams = diagrams or stack.enter_context(Diagrams(analysis, config))
        progress.phase("rendering", None)
        with pressing.press(order, standing, progress) as press:
            expected = diagrams.drawings
            press.tell(expected)
            diagrams.begin()
            files.take((sources or Sources(analysis.snapshot, config)).files, str)
            files.take(press.pages(expected), str)
        drawn = diagrams.finish(progress)
    if drawn.drawings.drawn != expected.drawn:
        files.take(press.pages(drawn.drawings), str)
    files.take(drawn.svgs, links.diagram_path)

    def whole() -> str:
        single = replace(style, split=False, front_matter=False)
        shown = drawn.drawings
        pages_of_one = markdown.pages(
            analysis, single, shown, authored, verification, history, press.reviewed, trials
        )
        return pages_of_one[README]

    others = formatted(
        files,
        config,
        progress,
        analysis=analysis,
        reviewed=press.reviewed,
        links=links,
        authored=authored,
        whole=whole if links.split else None,
    )
    files.update(others)
    files[HISTORY] = revisions.encode(history)
    if analysis.from_project:
        files[DESCRIPTIONS] = describing.encode(analysis.from_project)
    if verification is not None:
        files[VERIFICATION] = verifications.encode(verification)
    if trials is not None:
        files[TRIALS] = trials_of.encode(trials)
    return files, drawn.warnings


class Drawn(NamedTuple):
    """The diagrams of a document: those that are drawn, what pages are to show, and warnings.

    `final`: another run would draw none of them otherwise.
    """

    svgs: Kept[Subject]
    drawings: Drawings
    warnings: tuple[str, ...]
    final: bool = True


class Diagrams:
    """The diagrams of a document while they are drawn, which other processes do.

    Those in `config.output` that are what they should be are taken over. Pages can be made meanwhile, as if
    all were drawn: it is rare that one cannot be, and the pages are made again then. Drawing has ended when
    this is left as a context. From `begin` on, threads of this process wait for engines.

    Args:
        analysis: What is known of the database.
        config: The output folder, what is drawn, and the engine.
        became: What `became` gave in an earlier run of the same program with the same configuration and
            engine; None when that is not known.

    Raises:
        DiagramError: The Graphviz that the configuration names cannot be used.
        OutputError: The manifest of the output folder is damaged, or the folder is being written.
    """

    def __init__(self, analysis: Analysis, config: Config, became: Mapping[str, str] | None = None) -> None:
        self._config = config
        self._became = became or {}
        self._links = markdown.links_for(analysis, split=is_split(analysis, config))
        self._diagrams: Callable[[], Mapping[Subject, Diagram]] = cache(
            partial(every_diagram, analysis, self._links, config)
        )
        self._engine, self._reason, self._warnings = _engine(config)
        self._drawing: graphviz.Drawing | None = None
        self._svgs: Kept[Subject] = Kept(
            in_memory=_IN_MEMORY, standing=output.Standing(config.output), named=self._links.diagram_path
        )
        self._drawn: Drawn | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._drawing is not None:
            self._drawing.__exit__(*raised)

    @property
    def drawings(self) -> Drawings:
        """What pages are to show as far as it is known."""
        if self._drawn is not None:
            return self._drawn.drawings
        expected = frozenset(self._diagrams() if self._engine is not None else ())
        return Drawings(diagrams=self._diagrams(), drawn=expected, reason=self._reason)

    def begin(self) -> None:
        """Begin to draw, if that has not begun. Raises as the class does."""
        if self._engine is None or self._drawing is not None:
            return
        written = output.untouched(self._config.output)
        diagrams = self._diagrams()
        paths = {subject: self._links.diagram_path(subject) for subject in diagrams} if self._became else {}
        self._drawing = graphviz.Drawing(
            tuple(diagrams.values()),
            self._engine,
            timeout=self._config.diagrams.timeout,
            processes=self._config.diagrams.processes,
            known=lambda subject: written(self._links.diagram_path(subject)),
            svgs=self._svgs,
            became={subject: self._became[path] for subject, path in paths.items() if path in self._became},
        )

    @property
    def became(self) -> dict[str, str]:
        """What spares work the next time, by the path of the drawing; to be asked when all are drawn."""
        found = {} if self._drawing is None else self._drawing.became
        return {self._links.diagram_path(subject): what for subject, what in found.items()}

    def finish(self, progress: Progress) -> Drawn:
        """Wait until all are drawn. Raises as the class does."""
        if self._drawn is None:
            self._drawn = self._finished(progress)
        return self._drawn

    def _finished(self, progress: Progress) -> Drawn:
        self.begin()
        if self._drawing is None:
            return Drawn(self._svgs, self.drawings, self._warnings)
        failures: list[str] = []
        simplified: list[str] = []
        progress.phase("drawing diagrams", len(self._diagrams()))
        self._drawing.finish(
            progress=lambda _done, _total: progress.advance(),
            simplified=lambda diagram, why: simplified.append(
                f'diagram "{diagram.title}" became a plain grid: {why}'
            ),
            failed=lambda diagram, why: failures.append(f'diagram "{diagram.title}": {why}'),
        )
        reason = tr("Graphviz could not draw them all.") if failures else None
        drawings = Drawings(diagrams=self._diagrams(), drawn=frozenset(self._svgs), reason=reason)
        return Drawn(self._svgs, drawings, (*simplified, *failures), self._drawing.is_final)


def pages_with(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    verification: Verification | None,
    history: History,
    *,
    files: Collection[str],
    reason: str | None,
    trials: Trials | None = None,
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
        trials: What constraints and referential actions had done.
    """
    links = markdown.links_for(analysis, split=any(path.startswith("tables/") for path in files))
    diagrams = every_diagram(analysis, links, config)
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
        trials,
    )


def is_split(analysis: Analysis, config: Config) -> bool:
    """Whether each relation has a page of its own."""
    number = len(documented(analysis.lookup))
    return config.layout == "split" or (config.layout == "auto" and number > config.split_above)


def _style(config: Config, *, split: bool) -> markdown.Style:
    return markdown.Style(
        split=split,
        title=config.title or None,
        prepared_by=config.prepared_by or None,
        status=config.status or None,
        template_dir=config.template_dir,
        front_matter=config.front_matter,
    )


def every_diagram(analysis: Analysis, links: Links, config: Config) -> dict[Subject, Diagram]:
    """The overview, one diagram for each schema where there are several, one for each relation, the roles."""
    found: list[Diagram | None] = [topology.draw(analysis.network, analysis.described.structure)]
    most = config.diagrams.most_boxes
    graph = analysis.drawn_graph
    lookup, relations = analysis.lookup, documented(analysis.lookup)
    shelf = picturing.shelf(analysis, links)
    if relations:
        found += picturing.of_tables(analysis, links, config, shelf)
    found += [
        neighbourhood.of(relation, lookup, analysis.drawn, shelf.url, graph=graph, shelf=shelf, most=most)
        for relation in relations
    ]
    found += [
        cascade.draw(reach, lookup, analysis.graph, shelf.url, most=most, shelf=shelf)
        for reach in cascade.of_document(analysis.cascades)
    ]
    found.append(roles.graph(analysis.snapshot.structure))
    return {diagram.subject: diagram for diagram in found if diagram is not None and diagram.boxes}


def _engine(config: Config) -> tuple[graphviz.Engine | None, str | None, tuple[str, ...]]:
    """What draws; or None, why nothing does, and warnings."""
    if not config.diagrams.enabled:
        return None, tr("Graphviz is switched off in the configuration."), ()
    try:
        return graphviz.find_engine(config.diagrams.dot), None, ()
    except DiagramError as error:
        if config.diagrams.dot is not None:
            raise
        return None, f"{error.message}.", (f"{error.message}; diagrams are shown as Mermaid",)
