"""The pages of a document, made by two processes where there are many.

The second process is made when everything is analysed and before the engines of diagrams are started. It
reviews the design and makes the front page while diagrams are laid out here; then both draw shares of the
other pages until there are none.
Which of them made a page does not show in it.
"""

from __future__ import annotations

import contextlib
import io
import pickle
from collections.abc import Iterator, Mapping
from functools import partial

import msgspec
from msgspec.structs import replace

from pgdossier.analysis import Analysis
from pgdossier.diagrams.diagram import Written
from pgdossier.history.revisions import History
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.output import Standing
from pgdossier.pipeline import beside
from pgdossier.pipeline.keeping import Kept, Temporary, Told
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import README
from pgdossier.render.page import Drawings
from pgdossier.render.relation import documented
from pgdossier.review import Review, registry, review
from pgdossier.review.profile import Profile
from pgdossier.review.rule import Rule

# From so many relations on: below, a second process costs what it gains.
_LEAST = 300
# Dealt out one by one, so that neither process waits long for the other's last.
_SHARES = 250


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages are made of but for the diagrams; the fields are arguments of `markdown.pages`."""

    analysis: Analysis
    style: markdown.Style
    profile: Profile
    authored: Mapping[str, str]
    verification: Verification | None
    history: History
    trials: Trials | None

    def review(self) -> Review:
        """What the design review finds."""
        return review(self.analysis, self.profile)

    def edition(self, drawings: Drawings, reviewed: Review) -> markdown.Edition:
        """The pages, ready to be made."""
        return markdown.Edition(
            self.analysis,
            self.style,
            drawings,
            self.authored,
            self.verification,
            self.history,
            reviewed,
            self.trials,
        )


class Press:
    """Makes the pages of an order."""

    def __init__(self, order: Order, standing: Standing, link: _Link | None = None) -> None:
        self._order = order
        self._standing = standing
        self._link = link
        self._told: Drawings | None = None
        self._reviewed: Review | None = None

    def tell(self, drawings: Drawings) -> None:
        """Say early what pages are to show, so that a second process need not wait to begin."""
        if self._link is None:
            return
        self._told = _shown(drawings)
        try:
            self._link.drawings.send(pickle.dumps(self._told))
        except OSError:  # no room for it; the other waits in vain until it is ended
            self._link = None

    @property
    def reviewed(self) -> Review:
        """What the design review found."""
        if self._reviewed is None:
            if self._link is not None:
                with contextlib.suppress(beside.Gone):
                    self._reviewed = _unpacked(self._link.reviewed.receive())
            self._reviewed = self._reviewed or self._order.review()
        return self._reviewed

    def pages(self, drawings: Drawings) -> Kept[str]:
        """All pages with those diagrams, the first time the ones that were told.

        Raises:
            ConfigurationError: A template is broken.
        """
        drawings, self._told = self._told or drawings, None
        edition = self._order.edition(drawings, self.reviewed)
        made: Kept[str] = Kept(standing=self._standing)
        link, self._link = self._link, None
        sections: list[str] | None = None
        for path in edition.paths if link is None else link.paths(edition):
            made[path] = edition.page(path).encode()
        if link is not None:
            with contextlib.suppress(beside.Gone):
                told, prompts, sections = msgspec.json.decode(link.pages.receive(), type=_Made)
                made.adopt(link.texts, told)
                edition.prompts.update(prompts)
            for path in edition.paths:  # what the other did not come to
                if path not in made:
                    made[path] = edition.page(path).encode()
        made[README] = edition.front(sections).encode()
        return made


@contextlib.contextmanager
def press(order: Order, standing: Standing, progress: Progress) -> Iterator[Press]:
    """What makes the pages of an order; a second process that helps is gone when the context is left.

    Args:
        order: What they are made of.
        standing: The pages that stand in the folder.
        progress: Is still while the second process is made, where it draws with a thread of its own.
    """
    with contextlib.ExitStack() as stack:
        link = None
        if len(documented(order.analysis.lookup)) >= _LEAST:
            with progress.still():
                link = _helped(order, standing, stack) if beside.gains() else None
        yield Press(order, standing, link)


def _helped(order: Order, standing: Standing, stack: contextlib.ExitStack) -> _Link | None:
    """What links this process to a second one, which ends with the stack."""
    order.analysis.prepare()
    try:
        link = stack.enter_context(_Link())
        work = partial(_help, order, standing, link)
        stack.enter_context(beside.child(work, inbox=(link.drawings,), outbox=(link.reviewed, link.pages)))
    except OSError:  # no more processes, no more files, no room for them
        return None
    return link


_Made = tuple[Told, dict[str, str], list[str]]
"""Pages, their prompts, and the sections of the front page."""


class _Link:
    """What the two processes have in common."""

    def __init__(self) -> None:
        with contextlib.ExitStack() as stack:
            self.texts = Temporary()
            self.drawings = stack.enter_context(contextlib.closing(beside.Message()))
            self.reviewed = stack.enter_context(contextlib.closing(beside.Message()))
            self.pages = stack.enter_context(contextlib.closing(beside.Message()))
            self._shares = stack.enter_context(contextlib.closing(beside.Shares(_SHARES)))
            self._opened = stack.pop_all()

    def __enter__(self) -> _Link:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def paths(self, edition: markdown.Edition) -> Iterator[str]:
        """The pages that fall to this process."""
        for share in self._shares.draw():
            yield from edition.paths[share::_SHARES]


def _help(order: Order, standing: Standing, link: _Link) -> None:
    """What the second process does."""
    reviewed = order.review()
    link.reviewed.send(_packed(reviewed))
    edition = order.edition(pickle.loads(link.drawings.receive()), reviewed)  # noqa: S301 - its parent's own
    sections = edition.sections()  # here, as much that they tell of was worked out for the review
    made: Kept[str] = Kept(in_memory=0, standing=standing, file=link.texts)
    for path in link.paths(edition):
        made[path] = edition.page(path).encode()
    link.pages.send(msgspec.json.encode((made.told(), edition.prompts, sections)))


def _shown(drawings: Drawings) -> Drawings:
    """The diagrams without their sources, as far as pages do not show these."""
    return replace(
        drawings,
        diagrams={
            subject: replace(
                diagram, content=Written(dot="", mermaid=() if subject in drawings.drawn else diagram.mermaid)
            )
            for subject, diagram in drawings.diagrams.items()
        },
    )


def _named(rule: str) -> Rule:
    return registry.all_rules()[rule]


def _packed(reviewed: Review) -> bytes:
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {
        Rule: lambda rule: (_named, (rule.name,))
    }  # rules are functions, and there already
    pickler.dump(reviewed)
    return out.getvalue()


def _unpacked(data: bytes) -> Review:
    found: Review = pickle.loads(data)  # noqa: S301 - what `_packed` made
    return found
