"""The Markdown document: `README.md`, and one page per relation in the split layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pgdossier import __version__
from pgdossier.analysis.analysis import Analysis
from pgdossier.authored import blocks
from pgdossier.ddl.relations import relation_definition
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.history import revisions
from pgdossier.history.revisions import History
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.language import ENGLISH, mark, speaking, tr
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.render import cascades, domains, environment, front_matter, sensitive, summary
from pgdossier.render import history as revising
from pgdossier.render.links import README, Links, folder_of, section_anchor
from pgdossier.render.page import PLACE, Drawings, Linked, Page
from pgdossier.render.relation import TABLES, documented
from pgdossier.render.sections import LISTS, TEMPLATES, TITLES, below, top_level
from pgdossier.review import Review, review


class Style(msgspec.Struct, frozen=True, kw_only=True):
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
    with speaking(ENGLISH):  # what is stored does not depend on the language of the document
        inventory = summary.inventory(snapshot.structure)
    return revisions.begin(
        snapshot,
        f"Structure as read on this date: {inventory}",
        author=author,
        read_by=__version__,
    )


class Notes(msgspec.Struct, frozen=True, kw_only=True):
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
    edition = Edition(analysis, style, drawings, authored, verification, history, reviewed, trials)
    texts = {path: edition.page(path) for path in edition.paths}
    texts[README] = edition.front()
    return dict(sorted(texts.items()))


class Edition:
    """The Markdown files of one document, each made when it is asked for; the arguments are those of `pages`.

    Attributes:
        paths: The paths of all files but the front page. Each can be made by itself, in any order.
        prompts: The authored blocks of the files that have been made: their prompts by key.
    """

    def __init__(
        self,
        analysis: Analysis,
        style: Style,
        drawings: Drawings,
        authored: Mapping[str, str],
        verification: Verification | None = None,
        history: History | None = None,
        reviewed: Review | None = None,
        trials: Trials | None = None,
    ) -> None:
        structure = analysis.described.structure
        relations = documented(analysis.lookup)
        reviewed = reviewed or review(analysis)
        history = history or first_revision(analysis.snapshot, author=None)
        lists = _long_lists(analysis, reviewed) if style.split else frozenset()
        links = links_for(analysis, split=style.split)
        self.prompts: dict[str, str] = {}
        self._made = environment.environment(style.template_dir)
        self._authored = authored
        self._before = front_matter.of_pages(analysis, links, style.title) if style.front_matter else {}
        self._linked: dict[str, dict[QualifiedName, Linked]] = {}  # by folder
        self._new_page = partial(
            Page,
            links=links,
            analysis=analysis,
            drawings=drawings,
            qualify=len(structure.schemas) > 1,
            routines=frozenset(routine.identity for routine in structure.routines),
            prompts=self.prompts,
            marks=revising.marks(history, authored),
        )
        self._context: dict[str, Any] = {
            "analysis": analysis,
            "snapshot": analysis.snapshot,
            "structure": structure,
            "lookup": analysis.lookup,
            "relations": relations,
            # SQL is made from what was read: no description of the project stands in it as a comment.
            "definitions": _Definitions(Surroundings.of(analysis.snapshot.structure)),
            "style": style,
            "drawings": drawings,
            "titles": {number: tr(title) for number, title in TITLES.items()},
            "verification": verification,
            "trials": trials,
            "reviewed": reviewed,
            "history": history,
            "lists": lists,
        }
        self._about: dict[str, tuple[str, dict[str, Any]]] = {}
        for name in sorted(lists):
            number, title = LISTS[name]
            about = {"list": name, "title": tr(title), "back": section_anchor(number)}
            self._about[links.list_path(name)] = ("markdown/list_page.md.j2", about)
        if style.split:
            for relation in relations:
                path = links.page_path(relation.qualified)
                self._about[path] = ("markdown/relation_page.md.j2", {"relation": relation})
            for domain in domains.sections(analysis):
                path, _ = links.domains[domain.name]
                self._about[path] = ("markdown/domain_page.md.j2", {"domain": domain})
        self.paths = tuple(self._about)

    def page(self, path: str) -> str:
        """The text of one of `paths`.

        Raises:
            ConfigurationError: A template is broken.
        """
        template, about = self._about[path]
        return self._finished(path, self._rendered(template, self._page(path), **about))

    def sections(self) -> list[str]:
        """What of the front page does not depend on the other pages: its sections. Raises as `page`."""
        front = self._page(README)
        sections = [self._rendered(f"markdown/sections/{name}.md.j2", front) for name in TEMPLATES]
        front.note(PREPARED, "prepared")
        return sections

    def front(self, sections: Sequence[str] | None = None) -> str:
        """The text of the front page, which counts the `prompts` of all others. Raises as `page`.

        Args:
            sections: Its sections, where they have been made, and their prompts are among the others.
        """
        sections = self.sections() if sections is None else sections
        authored, prompts = self._authored, self.prompts
        unplaced = tuple(key for key in sorted(authored.keys() - prompts.keys()) if authored[key].strip())
        written = sum(blocks.is_filled(authored.get(key, ""), prompt) for key, prompt in prompts.items())
        text = self._rendered(
            "markdown/document.md.j2",
            self._page(README),
            sections=sections,
            contents=[(number, below(number)) for number in top_level()],
            notes=Notes(filled=written, total=len(prompts)),
            unplaced=unplaced,
            prepared=PREPARED,
        )
        return self._finished(README, text)

    def _page(self, path: str) -> Page:
        return self._new_page(path=path, linked=self._linked.setdefault(folder_of(path), {}))

    def _rendered(self, template: str, page: Page, **about: object) -> str:
        return environment.render(self._made, template, **self._context, page=page, **about)

    def _finished(self, path: str, text: str) -> str:
        """A page with people's words in their places."""
        authored, prompts = self._authored, self.prompts
        text = _PLACED.sub(
            lambda found: authored[found[1]] if found[1] in authored else prompts[found[1]], tidy(text)
        )
        return self._before.get(path, "") + text


class _Definitions(Mapping[QualifiedName, str]):
    """The SQL of each relation, made when a page shows it."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def __getitem__(self, name: QualifiedName) -> str:
        return relation_definition(self._surroundings.relations[name], self._surroundings)

    def __iter__(self) -> Iterator[QualifiedName]:
        return iter(self._surroundings.relations)

    def __len__(self) -> int:
        return len(self._surroundings.relations)


# Readers and the places that show Markdown give up on very long pages: GitHub at 512 kB.
_LONG = 150


def _long_lists(analysis: Analysis, reviewed: Review) -> frozenset[str]:
    """The lists that a front page cannot hold."""
    relations = documented(analysis.lookup)
    structure = analysis.described.structure
    rows = {
        "sequences": len(structure.sequences),
        "relationships": len(analysis.relationships),
        "order": sum(map(len, analysis.insert_order)) if len(analysis.insert_order) > 1 else 0,
        "indexes": sum(not index.primary for relation in relations for index in relation.indexes),
        "implied": len(analysis.implied),
        "cascades": 6 * len(cascades.far(analysis)),  # each is a paragraph
        "triggers": len(summary.triggers(structure)),
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
# What is literal at its beginning is looked for at once: ten times as fast as the same with a count.
_BLANK_LINES = re.compile(r"\n\n\n+")


def tidy(text: str) -> str:
    """The text with single blank lines and no trailing spaces outside code fences, and one final newline."""
    text = f"\n{text}\n"
    pieces: list[str] = []
    place = 0
    while (start := text.find("\n```", place)) >= 0:
        inside = text.index("\n", start + 1)
        fence = "`" * (inside - start - 1 - len(text[start + 1 : inside].lstrip("`")))
        closing = text.find(f"\n{fence}\n", inside)
        end = len(text) if closing < 0 else closing + 1 + len(fence)
        pieces += (_tidy(text[place : inside + 1]), text[inside + 1 : end])
        place = end
    pieces.append(_tidy(text[place:]))
    return "".join(pieces).strip("\n") + "\n"


def _tidy(text: str) -> str:
    """Whole lines without any fence but for one in the last of them."""
    while " \n" in text:
        text = text.replace(" \n", "\n")
    return _BLANK_LINES.sub("\n\n", text)
