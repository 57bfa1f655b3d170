"""`pgdossier check` and `pgdossier diff`: arguments in, results out. The pipeline behind them is a fake."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pgdossier import pipeline
from pgdossier.cli import check as command
from pgdossier.cli.main import execute
from pgdossier.config import Config, Embedded, Source
from pgdossier.history.comparison import Finding
from pgdossier.history.differences import Change, Difference, Element
from pgdossier.history.risk import risks
from pgdossier.output import Fault
from pgdossier.pipeline import CheckResult, DiffResult

FINE = CheckResult(folder=Path("docs/database"), findings=(), faults=(), percent=40)


def removed(name: str) -> Finding:
    difference = Difference(path=(Element("table", name),), change=Change.REMOVED)
    return Finding(difference=difference, words=f"table {name} was removed", risks=risks(difference))


BAD = replace(
    FINE,
    findings=(removed("a|b"),),
    faults=(Fault(path="README.md", message="broken marker", line=7), Fault(path="a.svg", message="gone")),
    minimum=80,
)


class Recorder:
    """Stands in for a use-case: notes how it is called, and gives back what it was told to."""

    def __init__(self, result: object) -> None:
        self.result = result
        self.calls: list[Any] = []

    def __call__(self, *arguments: object, **named: object) -> object:
        self.calls.append((arguments[:-1], named))  # without the progress
        return self.result


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def run_check(monkeypatch: pytest.MonkeyPatch, result: CheckResult, arguments: Iterable[str] = ()) -> int:
    monkeypatch.setattr(pipeline, "check", Recorder(result))
    return execute(["check", *arguments])


def test_check_passes_every_option_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option of `check` arrives at the use-case."""
    recorder = Recorder(FINE)
    monkeypatch.setattr(pipeline, "check", recorder)
    arguments = "check service=shop -o out --schema sales.* --exclude *.tmp --min-completeness 80"
    assert execute(arguments.split()) == 0
    config = Config(
        source=Source(conninfo="service=shop"), output=Path("out"), schemas=("sales.*",), exclude=("*.tmp",)
    )
    assert recorder.calls == [((config,), {"minimum": 80, "offline": False})]


def test_diff_passes_every_option_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option of `diff` arrives at the use-case; its sides are no source of the configuration."""
    recorder = Recorder(DiffResult(left="a", right="b", findings=()))
    monkeypatch.setattr(pipeline, "diff", recorder)
    arguments = "diff a.json service=shop --schema sales.* --exclude *.tmp --pg-bin bin"
    assert execute(arguments.split()) == 0
    config = Config(schemas=("sales.*",), exclude=("*.tmp",), embedded=Embedded(pg_bin=Path("bin")))
    assert recorder.calls == [(("a.json", "service=shop", config), {})]


@pytest.mark.parametrize(
    ("output_format", "first"),
    [("text", "1 difference: 1 breaking"), ("markdown", "### From `a` to `b`"), ("json", "{")],
)
def test_diff_says_no_with_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output_format: str, first: str
) -> None:
    """Differences are the answer no, in every format, on standard output."""
    result = DiffResult(left="a", right="b", findings=(removed("t"),))
    monkeypatch.setattr(pipeline, "diff", Recorder(result))
    assert execute(["diff", "a", "b", "--format", output_format]) == 1
    said = capsys.readouterr()
    assert (said.out.splitlines()[0], said.err) == (first, "")


def test_diff_warns_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the user should know does not stand among the results."""
    result = DiffResult(left="a", right="b", findings=(), warnings=("another version",))
    monkeypatch.setattr(pipeline, "diff", Recorder(result))
    assert execute(["diff", "a", "b"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("no differences\n", "warning: another version\n")


def test_an_up_to_date_document(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line and code 0, in every format."""
    assert run_check(monkeypatch, FINE) == 0
    assert run_check(monkeypatch, FINE, ["--format", "github"]) == 0
    assert run_check(monkeypatch, FINE, ["--format", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "docs/database: up to date\n"
        "::notice title=Database design document::docs/database: up to date\n"
        "### Database design document\n"
        "\n"
        "docs/database: up to date\n"
    )


def test_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict, then each thing that is wrong in a line of its own; code 1."""
    assert run_check(monkeypatch, BAD) == 1
    assert capsys.readouterr().out.splitlines() == [
        "docs/database: stale, 1 difference: 1 breaking; 2 generated files not as written;"
        " described too little",
        "- breaking: table a|b was removed",
        "- README.md:7: broken marker",
        "- a.svg: gone",
        "- 40 % of the database is described, less than 80 %",
    ]


def test_markdown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A comment for a pull request, in which no name breaks the table."""
    assert run_check(monkeypatch, BAD, ["--format", "markdown"]) == 1
    assert capsys.readouterr().out == (
        "### Database design document\n"
        "\n"
        "docs/database: stale, 1 difference: 1 breaking; 2 generated files not as written;"
        " described too little\n"
        "\n"
        "| Difference | For readers | For writers |\n"
        "| --- | --- | --- |\n"
        "| table a&#124;b was removed | breaking | breaking |\n"
        "\n"
        "- README.md:7: broken marker\n"
        "- a.svg: gone\n"
        "- 40 % of the database is described, less than 80 %\n"
        "\n"
        "Bring it up to date with `pgdossier generate`.\n"
    )


def test_github(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An annotation for each thing that is wrong, at its file and line."""
    assert run_check(monkeypatch, BAD, ["--format", "github"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "::error file=docs/database/README.md,title=Stale document::breaking: table a|b was removed",
        "::error file=docs/database/README.md,line=7,title=Generated file::broken marker",
        "::error file=docs/database/a.svg,title=Generated file::gone",
        "::error file=docs/database/README.md,title=Completeness::"
        "40 %25 of the database is described, less than 80 %25",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("50%", "50%25"),
        ("%0A", "%250A"),
        ("a\nb\r\nc", "a%0Ab%0D%0Ac"),
        ("x\n::error::forged", "x%0A::error::forged"),
        ("a: b, c", "a: b, c"),
    ],
)
def test_no_message_ends_its_annotation(text: str, message: str) -> None:
    """Names of a database cannot add a workflow command, nor vanish in one."""
    found = replace(FINE, faults=(Fault(path="a.md", message=text),))
    assert command.workflow_commands(found) == [
        f"::error file=docs/database/a.md,title=Generated file::{message}"
    ]


def test_no_file_name_ends_its_property() -> None:
    """A comma, a colon or a percent sign in a path stays in the path."""
    found = replace(FINE, folder=Path("a,b"), faults=(Fault(path="50%::x\n.md", message="gone"),))
    assert command.workflow_commands(found) == [
        "::error file=a%2Cb/50%25%3A%3Ax%0A.md,title=Generated file::gone"
    ]


def test_files_are_named_from_the_working_directory(tmp_path: Path) -> None:
    """An absolute folder inside of it becomes a relative one; another one stays."""
    fault = Fault(path="a.md", message="gone")
    inside = replace(FINE, folder=tmp_path / "docs", faults=(fault,))
    assert "file=docs/a.md," in command.workflow_commands(inside)[0]
    outside = replace(FINE, folder=tmp_path.parent / "docs", faults=(fault,))
    assert f"file={(tmp_path.parent / 'docs' / 'a.md').as_posix()}," in command.workflow_commands(outside)[0]


@pytest.mark.parametrize(
    "arguments", [["diff", "a"], ["check", "--min-completeness", "101"], ["check", "-f"]]
)
def test_wrong_usage_is_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What the command line does not take is refused before anything is read."""
    assert execute(arguments) == 2
    assert "error:" in capsys.readouterr().err
