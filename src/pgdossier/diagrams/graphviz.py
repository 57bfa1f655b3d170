"""Has diagrams drawn by Graphviz: runs an engine, accepts no drawing that lacks an edge.

Many diagrams are drawn by one process, which reads one graph after the other. Such a run counts only when
nothing at all went wrong in it; otherwise each of its diagrams is drawn by a process of its own, and what
that gives is what counts. So a diagram is the same whichever way it was drawn, and one that makes the engine
hang or crash takes no other with it.

A table with its neighbours needs no engine (`stars`). Of other tables the engine is given the outlines of
boxes: it says where they stand and leads the lines, and takes no labels apart, which would cost it most time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import copy_context
from threading import Lock
from typing import NamedTuple, Self

from msgspec.structs import replace

from pgdossier.diagrams import dot, grid, marks, ranks, stars, svg
from pgdossier.diagrams.diagram import Charted, Diagram, Outlined, Subject
from pgdossier.diagrams.engines import Engine as Engine  # noqa: PLC0414 - belongs to what this module offers
from pgdossier.diagrams.engines import find_engine as find_engine  # noqa: PLC0414 - likewise
from pgdossier.errors import DiagramError

PROCESSES = 2
"""Engines that run side by side, where there are so many processors."""

_TOGETHER = 32  # diagrams that one process draws
_TOGETHER_BYTES = 400_000  # of their sources: larger ones are drawn alone
_PART = 4.0  # a run of several diagrams, and an attempt after the first, has so much less time

ORTHO_UP_TO = 60
"""Boxes up to which right-angled lines are tried: beyond, they take minutes."""

FULL_UP_TO = 2_000
"""Lines up to which Graphviz may take all the care it can: beyond, it can take minutes."""

PAGE = 1100.0
"""Points that a drawing may be wide before narrower ones are tried.

On a page 900 pixels wide, which is what a forge shows, text of 11 points is then 9 pixels high.
"""

_END = b"</svg>"
_NAME = re.compile(r"\Adigraph \w+ \{")

# A line of an edge as `dot.write` makes it; names cannot look like one, they never stand outside a string.
_EDGE = re.compile(r"^(\t+)(\d+):\w+:\w+ -> (\d+):\w+:\w+ ", re.MULTILINE)


class _AttemptFailed(Exception):  # noqa: N818 - never leaves this module
    """One attempt gave no drawing, or one with something missing; the reason in a few words."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


class _Way(NamedTuple):
    """One way to have a diagram drawn.

    Attributes:
        options: What the engine is told.
        loose: Lines end at boxes instead of rows.
        staggered: Boxes with a single neighbour stand in several ranks.
        boxes: The most boxes of a diagram for which it is tried.
        lines: The most lines of a diagram for which it is tried.
    """

    options: tuple[str, ...] = ()
    loose: bool = False
    staggered: bool = False
    boxes: int = sys.maxsize
    lines: int = sys.maxsize

    def source(self, diagram: Diagram) -> str:
        source = _source(diagram)
        source = _EDGE.sub(r"\1\2 -> \3 ", source) if self.loose else source
        if self.options:  # another layout than the positions that are given
            source = source.replace(dot.PLACED, "", 1)
        return ranks.staggered(source) if self.staggered else source

    def suits(self, diagram: Diagram) -> bool:
        return diagram.boxes <= self.boxes and diagram.edges <= self.lines


_QUICK = ("-Gnslimit=2", "-Gnslimit1=2", "-Gmclimit=0.1")
_BEST = _Way(lines=FULL_UP_TO)
_RIGHT_ANGLES = _Way(("-Gsplines=ortho",), boxes=ORTHO_UP_TO, lines=2 * ORTHO_UP_TO)
_NARROWER = (
    _Way(("-Granksep=0.37", "-Gnodesep=0.15")),
    _Way(("-Grankdir=TB",), loose=True),
    _Way(("-Grankdir=TB", "-Gnodesep=0.1", "-Granksep=0.45"), loose=True, staggered=True),
)
"""What is tried, one after the other, when a drawing is too wide: closer together, then down the page."""

_WAYS = (
    _BEST,
    _RIGHT_ANGLES,
    _Way(_QUICK, loose=True),
    _Way((*_QUICK, "-Gsplines=line"), loose=True),
    _Way(("-Ksfdp", "-Goverlap=prism", "-Gsplines=line"), loose=True),
)
"""The ways there are, the best drawing first. After them there is the plain grid."""


def draw(
    diagrams: Sequence[Diagram],
    engine: Engine,
    *,
    timeout: float = 60.0,
    processes: int = PROCESSES,
    together: int = _TOGETHER,
    known: Callable[[Subject], bytes | None] | None = None,
    progress: Callable[[int, int], None] | None = None,
    simplified: Callable[[Diagram, str], None] | None = None,
    failed: Callable[[Diagram, str], None] | None = None,
) -> Mapping[Subject, bytes]:
    """The SVG of every diagram, in the order given; the same bytes whatever `processes`, `together`, `known`.

    A drawing counts only when Graphviz says that all went well and every box and every edge is in it.
    Otherwise the same diagram is tried in simpler ways: right-angled lines when it is small, lines that end
    at boxes instead of rows, straight lines, another layout. When no way leads to a whole drawing, a plain
    grid that needs no engine takes its place.

    Args:
        diagrams: What to draw.
        engine: Who draws.
        timeout: Seconds that the first attempt at one diagram may take; a later one may take a quarter.
        processes: How many engines may run side by side; never more than there are processors.
        together: How many diagrams one process may draw.
        known: The drawing that an earlier run left of a subject, byte for byte as it was written, or None.
            It is taken over when it was made from the same diagram by the same engine.
        progress: Called with how many diagrams are done and how many there are.
        simplified: Called with a diagram that became a plain grid, and why.
        failed: Called with a diagram of which there cannot even be a grid, and why; it is missing in the
            result.

    Raises:
        DiagramError: The engine cannot be run at all.
    """
    with Drawing(
        diagrams, engine, timeout=timeout, processes=processes, together=together, known=known
    ) as drawing:
        found = drawing.finish(progress=progress, simplified=simplified, failed=failed)
        return {one.subject: found[one.subject] for one in diagrams if one.subject in found}


class Drawing:
    """Diagrams that are being drawn while other things are done: `draw` in two steps.

    Drawing begins when it is made, with the arguments of `draw`, and has ended when it is left as a context,
    be it early. The drawings are put into `svgs` one by one, which need not hold them in memory.

    Attributes:
        became: What became of the charts that engines drew, as hashes. Given as an argument to another run of
            the same program, in the same language and with the same engine, it spares finding out what that
            engine would be told.
    """

    def __init__(
        self,
        diagrams: Sequence[Diagram],
        engine: Engine,
        *,
        timeout: float = 60.0,
        processes: int = PROCESSES,
        together: int = _TOGETHER,
        known: Callable[[Subject], bytes | None] | None = None,
        svgs: MutableMapping[Subject, bytes] | None = None,
        became: Mapping[Subject, str] | None = None,
    ) -> None:
        self.became: dict[Subject, str] = {}
        self._became_before = became or {}
        self._shown: dict[Subject, bytes] = {}
        self._diagrams = diagrams
        self._svgs = {} if svgs is None else svgs
        self._lock = Lock()
        self._results: dict[Subject, _Result] = {}
        self._drawer = _Drawer(engine, timeout)
        self._known = known
        self._together = max(1, together)
        workers = max(1, min(processes, _processors()))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="graphviz")
        self._futures: list[Future[int]] = []
        self._waiting = 0  # how many diagrams they draw
        try:
            # The engines begin with what only they can draw.
            self._submit(diagram for diagram in diagrams if not _is_star(diagram))
            self._submit(diagram for diagram in diagrams if _is_star(diagram) and not self._placed(diagram))
        except BaseException:
            self.__exit__()
            raise

    def _placed(self, diagram: Diagram) -> bool:
        """Draw a diagram without an engine, unless it is known; whether that was possible."""
        if not isinstance(diagram.content, Charted):
            return False
        chart = diagram.content.chart()
        note = marks.mark_of_star(chart, diagram.title, diagram.description)
        drawing = self._before(diagram)
        if drawing is None or not marks.holds(drawing, note):
            made = stars.draw(chart, diagram.title, diagram.description)
            if made is None:
                return False
            drawing = marks.marked(made, note)
        self._keep(diagram.subject, _Result(drawing))
        return True

    def _before(self, diagram: Diagram) -> bytes | None:
        """The drawing that an earlier run left."""
        return self._known(diagram.subject) if self._known is not None else None

    def _keep(self, subject: Subject, result: _Result) -> None:
        with self._lock:
            if result.svg is not None:
                self._svgs[subject] = result.svg
                if subject in self._shown:
                    self.became[subject] = marks.became(self._shown[subject], result.svg)
            self._results[subject] = result._replace(svg=None)

    def _draw(self, group: Sequence[Diagram]) -> int:
        """Have a group drawn by an engine; how many they are."""
        for subject, result in self._drawer.draw(group):
            self._keep(subject, result)
        return len(group)

    def _submit(self, diagrams: Iterable[Diagram]) -> None:
        """Have diagrams drawn by engines, unless they are known."""
        waiting = []
        for diagram in diagrams:
            ready, same = diagram, False
            before = self._before(diagram)
            if isinstance(diagram.content, Charted):
                chart = diagram.content.chart()
                shown = self._shown[diagram.subject] = marks.shown(chart, diagram)
                known = self._became_before.get(diagram.subject)
                same = known is not None and before is not None and marks.became(shown, before) == known
                ready = diagram if same else replace(diagram, content=Outlined.of(chart))
            if before is not None and (same or marks.holds(before, self._drawer.mark(ready))):
                self._keep(diagram.subject, _Result(before))
            else:
                waiting.append(ready)
        self._waiting += len(waiting)
        for group in _groups(waiting, self._together):
            # A thread of its own knows nothing of the language that texts are in.
            self._futures.append(self._pool.submit(copy_context().run, self._draw, group))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def finish(
        self,
        *,
        progress: Callable[[int, int], None] | None = None,
        simplified: Callable[[Diagram, str], None] | None = None,
        failed: Callable[[Diagram, str], None] | None = None,
    ) -> Mapping[Subject, bytes]:
        """Wait until all are drawn; arguments, result and errors are those of `draw`."""
        report = progress or (lambda _done, _total: None)
        waiting = self._waiting
        count = len(self._diagrams)
        for done in range(1, count - waiting + 1):
            report(done, count)
        for future in as_completed(self._futures):
            for _ in range(future.result()):
                waiting -= 1
                report(count - waiting, count)
        for diagram in self._diagrams:
            result = self._results[diagram.subject]
            tell = simplified if diagram.subject in self._svgs else failed
            if result.reason and tell is not None:
                tell(diagram, result.reason)
        return self._svgs

    @property
    def is_final(self) -> bool:
        """Whether another run would draw none of them otherwise, once all are drawn."""
        return not any(result.late for result in self._results.values())


def _is_star(diagram: Diagram) -> bool:
    return isinstance(diagram.content, Charted) and diagram.content.star


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _groups(diagrams: Sequence[Diagram], together: int) -> Iterator[list[Diagram]]:
    """What one process draws, the largest first, so that none is left to wait for at the end.

    What names its layout stands apart: Graphviz would keep to it for all graphs that follow.
    """
    group: list[Diagram] = []
    size = 0
    for diagram in sorted(diagrams, key=lambda one: (_is_placed(one), -len(_source(one)))):
        is_full = len(group) == together or size + len(_source(diagram)) > _TOGETHER_BYTES
        if group and (is_full or _is_placed(group[0]) is not _is_placed(diagram)):
            yield group
            group, size = [], 0
        group.append(diagram)
        size += len(_source(diagram))
    if group:
        yield group


def _is_placed(diagram: Diagram) -> bool:
    return dot.PLACED in _source(diagram)[:500]


def _source(diagram: Diagram) -> str:
    """What the engine is given."""
    return diagram.dot if isinstance(diagram.content, Charted) else diagram.content.source


class _Result(NamedTuple):
    """The SVG of a diagram, if there is one, and why it is not what it should be, if it is not.

    `late`: time ran out, and another run may have more of it.
    """

    svg: bytes | None
    reason: str = ""
    late: bool = False


class _Drawer:
    """Draws groups of diagrams; several threads may ask at once."""

    def __init__(self, engine: Engine, timeout: float) -> None:
        self._engine = engine
        self._timeout = timeout

    def mark(self, diagram: Diagram) -> str:
        """What decides about the drawing of that diagram."""
        return marks.mark(diagram, self._engine.version, (PAGE, *_NARROWER, *_WAYS))

    def draw(self, group: Sequence[Diagram]) -> list[tuple[Subject, _Result]]:
        """Every diagram of a group with what became of it."""
        full = [diagram for diagram in group if _BEST.suits(diagram)]
        first = dict(zip((one.subject for one in full), self._attempts(full, _BEST), strict=True))
        narrower = self._narrower(
            [
                diagram
                for diagram in full
                if isinstance(drawing := first[diagram.subject], svg.Drawing) and drawing.width > PAGE
            ]
        )
        results = []
        for diagram in group:
            best, tried = first.get(diagram.subject), narrower.get(diagram.subject, ())
            if isinstance(best, svg.Drawing):
                late = any(isinstance(one, _AttemptFailed) and one.late for one in tried)
                drawings = [best, *(one for one in tried if isinstance(one, svg.Drawing))]
                result = self._finished(diagram, min(drawings, key=lambda one: one.width), late=late)
            else:
                result = self._otherwise(diagram, best)
            results.append((diagram.subject, result))
        return results

    def _narrower(self, wide: Sequence[Diagram]) -> Mapping[Subject, Sequence[svg.Drawing | _AttemptFailed]]:
        """What becomes of diagrams that are wider than a page, until one drawing is not."""
        tried: dict[Subject, list[svg.Drawing | _AttemptFailed]] = {diagram.subject: [] for diagram in wide}
        for way in _NARROWER:
            for diagram, drawing in zip(wide, self._attempts(wide, way), strict=True):
                tried[diagram.subject].append(drawing)
            wide = [
                diagram
                for diagram in wide
                if not isinstance(drawing := tried[diagram.subject][-1], svg.Drawing) or drawing.width > PAGE
            ]
        return tried

    def _attempts(self, group: Sequence[Diagram], way: _Way) -> list[svg.Drawing | _AttemptFailed]:
        """What one way makes of each diagram: all of them together first, each alone if that goes wrong."""
        if len(group) > 1:
            try:
                return [*self._run(group, way, self._timeout / _PART)]
            except _AttemptFailed:
                pass  # whose fault it was shows when each has a process of its own
        results: list[svg.Drawing | _AttemptFailed] = []
        for diagram in group:
            try:
                results += self._run([diagram], way, self._timeout)
            except _AttemptFailed as failure:
                results.append(failure)
        return results

    def _otherwise(self, diagram: Diagram, failure: _AttemptFailed | None) -> _Result:
        """A drawing in a simpler way, after the best one failed or was not tried; in the end the grid."""
        failures = [failure] if failure else []
        for way in _WAYS[1:]:
            if not way.suits(diagram) or (way is _RIGHT_ANGLES and any(one.late for one in failures)):
                continue
            try:
                (drawing,) = self._run([diagram], way, self._timeout / _PART)
            except _AttemptFailed as failed:
                failures.append(failed)
            else:
                return self._finished(diagram, drawing, late=any(one.late for one in failures))
        reason = "; ".join(dict.fromkeys(map(str, failures)))
        try:
            drawing = grid.lay_out(diagram.dot)
            _check(diagram, drawing)
        except (DiagramError, _AttemptFailed) as error:
            return _Result(None, f"{reason}; no grid: {error}")
        late = any(one.late for one in failures)
        return self._finished(diagram, drawing, late=late, whole=True)._replace(reason=reason)

    def _finished(
        self, diagram: Diagram, drawing: svg.Drawing, *, late: bool, whole: bool = False
    ) -> _Result:
        """The SVG, with a note of what it was made from.

        Where time ran out (`late`) the same diagram may become another drawing the next time: without a note
        it will be tried again. In a drawing that is `whole` the boxes are not only outlines.
        """
        content = diagram.content
        made = svg.finish(
            drawing,
            title=diagram.title,
            description=diagram.description,
            signs=diagram.legend,
            painted=content.painted if isinstance(content, Outlined) and not whole else None,
        )
        return _Result(made if late else marks.marked(made, self.mark(diagram)), late=late)

    def _run(self, group: Sequence[Diagram], way: _Way, timeout: float) -> list[svg.Drawing]:
        """The whole drawings of all these diagrams, by one process; or `_AttemptFailed`."""
        # A graph must begin on a line of its own; its name, a number, comes back as the drawing's title.
        source = "".join(
            f"{_NAME.sub(f'digraph {number} {{', way.source(diagram), count=1)}\n"
            for number, diagram in enumerate(group)
        )
        try:
            answer = subprocess.run(
                [str(self._engine.executable), "-Tsvg", *way.options],
                input=source.encode(),
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _AttemptFailed(f"not finished after {timeout:g} s", late=True) from None
        except OSError as error:
            raise DiagramError(
                f"Graphviz does not run: {self._engine.executable}: {error.strerror}"
            ) from None
        if answer.returncode != 0:
            complaint = answer.stderr.decode(errors="replace").strip().splitlines()
            raise _AttemptFailed(complaint[-1] if complaint else f"exit code {answer.returncode}")
        # A text cannot hold this tag: Graphviz escapes it.
        pieces = answer.stdout.split(_END)
        if len(pieces) != len(group) + 1 or pieces.pop().strip():
            if len(group) > 1:
                raise _AttemptFailed(f"{len(pieces)} drawings of {len(group)} diagrams")
            pieces = [answer.stdout.removesuffix(_END)]
        drawings = []
        for number, (diagram, piece) in enumerate(zip(group, pieces, strict=True)):
            try:
                drawing = svg.parse(piece.lstrip() + _END)
            except DiagramError as error:
                raise _AttemptFailed(error.message) from None
            if drawing.name != str(number):
                raise _AttemptFailed("a drawing of something else")
            _check(diagram, drawing)
            drawings.append(drawing)
        return drawings


def _check(diagram: Diagram, drawing: svg.Drawing) -> None:
    if (drawing.boxes, drawing.edges) != (diagram.boxes, diagram.edges):
        raise _AttemptFailed(
            f"{drawing.boxes} of {diagram.boxes} boxes and {drawing.edges} of {diagram.edges} lines drawn"
        )
