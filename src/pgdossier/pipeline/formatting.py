"""A finished document in the formats that the configuration asks for besides Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pgdossier import output
from pgdossier.analysis import Analysis
from pgdossier.config import Config
from pgdossier.progress import Progress
from pgdossier.render import front_matter
from pgdossier.render.finished import Finished
from pgdossier.render.formats import FORMATS
from pgdossier.render.links import Links
from pgdossier.review import Review


def formatted(
    files: Mapping[str, bytes],
    config: Config,
    progress: Progress,
    *,
    analysis: Analysis,
    reviewed: Review,
    links: Links,
    authored: Mapping[str, str],
    whole: Callable[[], str] | None = None,
) -> dict[str, bytes]:
    """The files of every format in `config.formats`, by path relative to the output folder.

    Args:
        files: The document so far: its pages and its diagrams count.
        config: Formats, templates, and the folder whose other files (pictures of people) may be shown.
        progress: Told what happens.
        analysis: What is known of the database.
        reviewed: What the design review found.
        links: Where everything is in the pages.
        authored: What people wrote, by block key.
        whole: Gives the Markdown of the document on one page, when it is on many.

    Raises:
        DossierError: A format cannot be written: a template is broken, something it needs is missing.
    """
    if not config.formats:
        return {}
    finished = Finished(
        pages={
            path: front_matter.without(data.decode()) for path, data in files.items() if path.endswith(".md")
        },
        diagrams={path: data for path, data in files.items() if path.endswith(".svg")},
        links=links,
        analysis=analysis,
        reviewed=reviewed,
        written=frozenset(key for key, body in authored.items() if body.strip()),
        template_dir=config.template_dir,
        read=output.reader(config.output),
        earlier=output.untouched(config.output),
        whole=whole,
    )
    made: dict[str, bytes] = {}
    for name in sorted(set(config.formats)):
        progress.phase(f"writing {name.upper()}", None)
        made |= FORMATS[name](finished)
    return made
