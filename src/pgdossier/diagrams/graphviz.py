"""Has diagrams drawn by Graphviz: finds an engine, runs it, accepts no drawing that lacks an edge."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pgdossier.diagrams import svg
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import DiagramError

_BUNDLED = "graphviz-pure"
_WORKERS = 2
_VERSION_TIMEOUT = 20.0

ORTHO_UP_TO = 60
"""Boxes up to which right-angled lines are tried: beyond, they take minutes."""

PAGE = 1150.0
"""Points that a drawing may be wide before one that runs down the page is tried: text stays legible."""

# A line of an edge as `dot.write` makes it; names cannot look like one, they never stand outside a string.
_EDGE = re.compile(r"^(\t+)(\d+):\w+:\w+ -> (\d+):\w+:\w+ ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Engine:
    """A Graphviz executable and what it calls itself."""

    executable: Path
    version: str


class _AttemptFailed(Exception):  # noqa: N818 - never leaves this module
    """One attempt gave no drawing, or one with something missing; the reason in a few words."""


def find_engine(configured: str | None) -> Engine:
    """The Graphviz to draw with.

    Args:
        configured: A path or a command's name from the configuration; by default the engine that comes
            with this package, so that the same diagrams have the same bytes on every machine.

    Raises:
        DiagramError: There is none, or it does not run.
    """
    if configured is not None:
        found = shutil.which(configured)
        if found is None:
            raise DiagramError(
                f"the configured Graphviz cannot be found or run: {configured}",
                hint="correct `dot` in section [diagrams], or remove it to use the bundled engine",
            )
        return _asked(Path(found))
    for path in _bundled():
        if path.is_file():
            return _asked(path)
    raise DiagramError(
        "no Graphviz: the bundled engine is not installed",
        hint="install it with `pip install graphviz-pure`, or set `dot` in section [diagrams]",
    )


def _bundled() -> Iterator[Path]:
    """Where the executable of the wheel can be: where it says, beside Python, among the scripts."""
    name = _BUNDLED + (".exe" if sys.platform == "win32" else "")
    try:
        files = metadata.files(_BUNDLED) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name:
            yield Path(str(file.locate())).resolve()
    yield Path(sys.executable).parent / name
    yield Path(sysconfig.get_path("scripts")) / name


def _asked(executable: Path) -> Engine:
    try:
        answer = subprocess.run(
            [str(executable), "-V"], capture_output=True, timeout=_VERSION_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DiagramError(
            f"Graphviz does not run: {executable}: {error}",
            hint="name another executable as `dot` in section [diagrams] of the configuration",
        ) from None
    found = re.search(rb"version (\d+(?:\.\d+)*)", answer.stdout + answer.stderr)
    if answer.returncode != 0 or found is None:
        raise DiagramError(
            f"this is not Graphviz: {executable}",
            hint="name the `dot` executable in section [diagrams] of the configuration",
        )
    return Engine(executable, found[1].decode())


def draw(
    diagrams: Sequence[Diagram],
    engine: Engine,
    *,
    timeout: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
    failed: Callable[[Diagram, str], None] | None = None,
) -> Mapping[Subject, bytes]:
    """The SVG of every diagram that could be drawn whole.

    A drawing counts only when Graphviz says that all went well and every box and every edge is in it.
    Otherwise the same diagram is tried in simpler ways: right-angled lines when it is small, lines that end
    at boxes instead of rows, straight lines, another layout.

    Args:
        diagrams: What to draw.
        engine: Who draws.
        timeout: Seconds that one attempt may take.
        progress: Called with how many diagrams are done and how many there are.
        failed: Called with a diagram that no attempt could draw, and why; it is missing in the result.

    Raises:
        DiagramError: The engine cannot be run at all.
    """
    drawn: dict[Subject, bytes] = {}
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="graphviz") as workers:
        try:
            results = workers.map(lambda diagram: _drawn(diagram, engine, timeout), diagrams)
            for done, (diagram, result) in enumerate(zip(diagrams, results, strict=True), start=1):
                if isinstance(result, bytes):
                    drawn[diagram.subject] = result
                elif failed is not None:
                    failed(diagram, result)
                if progress is not None:
                    progress(done, len(diagrams))
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise
    return drawn


def _drawn(diagram: Diagram, engine: Engine, timeout: float) -> bytes | str:
    """The SVG of one diagram, or why there is none."""
    reasons = []
    for source, options in _attempts(diagram):
        try:
            drawing = _run(diagram, source, options, engine, timeout)
        except _AttemptFailed as reason:
            reasons.append(str(reason))
        else:
            if drawing.width > PAGE and not options:
                drawing = _narrower(diagram, drawing, engine, timeout)
            return svg.finish(
                drawing, title=diagram.title, description=diagram.description, signs=diagram.legend
            )
    return "; ".join(dict.fromkeys(reasons))


def _narrower(diagram: Diagram, drawing: svg.Drawing, engine: Engine, timeout: float) -> svg.Drawing:
    """The same from top to bottom, where that is much narrower: long chains fit a page better that way."""
    try:
        down = _run(diagram, _loose(diagram.dot), ("-Grankdir=TB",), engine, timeout)
    except _AttemptFailed:
        return drawing
    return down if down.width < 0.8 * drawing.width else drawing


def _loose(source: str) -> str:
    """The source with lines that end at boxes instead of rows."""
    return _EDGE.sub(r"\1\2 -> \3 ", source)


def _attempts(diagram: Diagram) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sources and options to try, the best drawing first."""
    quick = ("-Gnslimit=2", "-Gnslimit1=2", "-Gmclimit=0.1")
    yield diagram.dot, ()
    if diagram.boxes <= ORTHO_UP_TO:
        yield diagram.dot, ("-Gsplines=ortho",)
    loose = _loose(diagram.dot)
    yield loose, quick
    yield loose, (*quick, "-Gsplines=line")
    yield loose, ("-Ksfdp", "-Goverlap=prism", "-Gsplines=line")


def _run(
    diagram: Diagram, source: str, options: Sequence[str], engine: Engine, timeout: float
) -> svg.Drawing:
    try:
        answer = subprocess.run(
            [str(engine.executable), "-Tsvg", *options],
            input=source.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _AttemptFailed(f"not finished after {timeout:g} s") from None
    except OSError as error:
        raise DiagramError(f"Graphviz does not run: {engine.executable}: {error.strerror}") from None
    if answer.returncode != 0:
        complaint = answer.stderr.decode(errors="replace").strip().splitlines()
        raise _AttemptFailed(complaint[-1] if complaint else f"exit code {answer.returncode}")
    try:
        drawing = svg.parse(answer.stdout)
    except DiagramError as error:
        raise _AttemptFailed(error.message) from None
    if (drawing.boxes, drawing.edges) != (diagram.boxes, diagram.edges):
        raise _AttemptFailed(
            f"{drawing.boxes} of {diagram.boxes} boxes and {drawing.edges} of {diagram.edges} lines drawn"
        )
    return drawing
