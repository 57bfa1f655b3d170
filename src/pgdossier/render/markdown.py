"""The Markdown document: `README.md`, and one page per relation in the split layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgdossier import __version__
from pgdossier.analysis.analysis import Analysis
from pgdossier.authored import blocks
from pgdossier.ddl.relations import relation_definition
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.history import revisions
from pgdossier.history.revisions import History
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.language import mark, tr
from pgdossier.model.snapshot import Snapshot
from pgdossier.render import cascades, domains, environment, front_matter, sensitive, summary
from pgdossier.render import history as revising
from pgdossier.render.links import README, Links, section_anchor
from pgdossier.render.page import PLACE, Drawings, Page
from pgdossier.render.relation import TABLES, documented
from pgdossier.render.sections import LISTS, TEMPLATES, TITLES, below, top_level
from pgdossier.review import Review, review


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a document is to look; `title` replaces the database's name in the heading.

    With `front_matter`, each page begins with some for site generators.
    """

    split: bool = False
    title: str | None = None
    prepared_by: str | None = None
    status: str | None = None
    template_dir: Path | None = None
    front_matter: bool = False


def first_revision(snapshot: Snapshot, *, author: str | None) -> History:
    """The history of a document that begins with this snapshot."""
    inventory = summary.inventory(snapshot.structure)
    return revisions.begin(
        snapshot,
        f"Structure as read on this date: {inventory}",
        author=author,
        read_by=__version__,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """How many authored blocks the document has, and how many hold people's words."""

    filled: int
    total: int


def links_for(analysis: Analysis, *, split: bool) -> Links:
    """The links of a document; diagrams need them before the pages exist."""
    relations = documented(analysis.lookup)
    return Links(
        split=split,
        relations=frozenset(relation.qualified for relation in relations),
        domains=domains.places(analysis, split=split),
    )


def pages(
    analysis: Analysis,
    style: Style,
    drawings: Drawings,
    authored: Mapping[str, str],
    verification: Verification | None = None,
    history: History | None = None,
    reviewed: Review | None = None,
    trials: Trials | None = None,
) -> dict[str, str]:
    """All Markdown files of the document.

    Args:
        analysis: What is known of the database.
        style: Layout, title and templates.
        drawings: The diagrams and which of them exist as SVG files.
        authored: What people wrote, by block key; keys without a block are parked at the end.
        verification: What a verification of schema.sql found; None when there was none.
        history: The revisions of the document; None when this is the first.
        reviewed: What the design review found; None: the rules are run as they come.
        trials: What constraints and referential actions did when they were tried; None when they were not.

    Returns:
        Text by path relative to the output folder.

    Raises:
        ConfigurationError: A template is broken.
    """
    links = links_for(analysis, split=style.split)
    made = environment.environment(style.template_dir)
    structure = analysis.described.structure
    relations = documented(analysis.lookup)
    qualify = len(structure.schemas) > 1
    # SQL is made from what was read: no description of the project stands in it as a comment.
    surroundings = Surroundings.of(analysis.snapshot.structure)
    definitions = {
        relation.qualified: relation_definition(surroundings.relations[relation.qualified], surroundings)
        for relation in relations
    }
    context: dict[str, Any] = {
        "analysis": analysis,
        "snapshot": analysis.snapshot,
        "structure": structure,
        "lookup": analysis.lookup,
        "relations": relations,
        "definitions": definitions,
        "style": style,
        "drawings": drawings,
        "titles": {number: tr(title) for number, title in TITLES.items()},
        "verification": verification,
        "trials": trials,
        "reviewed": reviewed or review(analysis),
        "history": history or first_revision(analysis.snapshot, author=None),
    }

    prompts: dict[str, str] = {}
    marks = revising.marks(context["history"], authored)
    routines = frozenset(routine.identity for routine in structure.routines)

    def page_at(path: str) -> Page:
        return Page(
            path=path,
            links=links,
            analysis=analysis,
            drawings=drawings,
            qualify=qualify,
            routines=routines,
            prompts=prompts,
            marks=marks,
        )

    def finished(text: str) -> str:
        """A page with people's words in their places."""
        return _PLACED.sub(
            lambda found: authored[found[1]] if found[1] in authored else prompts[found[1]], tidy(text)
        )

    texts: dict[str, str] = {}
    if style.split:
        for relation in relations:
            path = links.page_path(relation.qualified)
            texts[path] = finished(
                environment.render(
                    made, "markdown/relation_page.md.j2", **context, page=page_at(path), relation=relation
                )
            )
        for domain in domains.sections(analysis):
            path, _ = links.domains[domain.name]
            texts[path] = finished(
                environment.render(
                    made, "markdown/domain_page.md.j2", **context, page=page_at(path), domain=domain
                )
            )
    context["lists"] = _long_lists(analysis, context["reviewed"]) if style.split else frozenset()
    for name in sorted(context["lists"]):
        number, title = LISTS[name]
        path = links.list_path(name)
        texts[path] = finished(
            environment.render(
                made,
                "markdown/list_page.md.j2",
                **context,
                page=page_at(path),
                list=name,
                title=tr(title),
                back=section_anchor(number),
            )
        )
    front = page_at(README)
    sections = [
        environment.render(made, f"markdown/sections/{name}.md.j2", **context, page=front)
        for name in TEMPLATES
    ]
    front.note(PREPARED, "prepared")
    unplaced = tuple(key for key in sorted(authored.keys() - prompts.keys()) if authored[key].strip())
    written = sum(blocks.is_filled(authored.get(key, ""), prompt) for key, prompt in prompts.items())
    notes = Notes(filled=written, total=len(prompts))
    texts[README] = finished(
        environment.render(
            made,
            "markdown/document.md.j2",
            **context,
            page=front,
            sections=sections,
            contents=[(number, below(number)) for number in top_level()],
            notes=notes,
            unplaced=unplaced,
            prepared=PREPARED,
        )
    )
    before = front_matter.of_pages(analysis, links, style.title) if style.front_matter else {}
    return {path: before.get(path, "") + text for path, text in sorted(texts.items())}


# Readers and the places that show Markdown give up on very long pages: GitHub at 512 kB.
_LONG = 150


def _long_lists(analysis: Analysis, reviewed: Review) -> frozenset[str]:
    """The lists that a front page cannot hold."""
    relations = documented(analysis.lookup)
    rows = {
        "relationships": len(analysis.relationships),
        "indexes": sum(not index.primary for relation in relations for index in relation.indexes),
        "cascades": 6 * len(cascades.far(analysis)),  # each is a paragraph
        "review": len(reviewed.findings),
        "sensitive": sensitive.count(analysis),
        "constraints": sum(
            1 + len(relation.checks) + len(relation.unique_keys)
            for relation in relations
            if relation.kind in TABLES
        ),
    }
    return frozenset(name for name, count in rows.items() if count > _LONG)


PREPARED = mark("Who prepared this document, and its status: draft, in review, approved.")
_PLACED = re.compile(f"{PLACE}(.+?){PLACE}\n")
_FENCE = re.compile(r"(`{3,})")


def tidy(text: str) -> str:
    """The text with single blank lines and no trailing spaces outside code fences, and one final newline."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        if fence:
            lines.append(line)
            if line == fence:
                fence = ""
            continue
        stripped = line.rstrip(" ")
        opening = _FENCE.match(stripped)
        if opening:
            fence = opening.group(1)
        if stripped or (lines and lines[-1]):
            lines.append(stripped)
    return "\n".join(lines).rstrip("\n") + "\n"
