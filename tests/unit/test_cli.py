"""The command line: arguments in, messages and exit codes out. The pipeline behind it is a fake here."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import click
import pytest
from rich.console import Console

import pgdossier
from pgdossier import __version__
from pgdossier.cli import reference
from pgdossier.cli.init import EXAMPLE
from pgdossier.cli.lines import Lines, counted, printable
from pgdossier.cli.main import cli, execute, run
from pgdossier.cli.progress import Bar
from pgdossier.config import Config, Source
from pgdossier.errors import ConnectionFailed, DossierError, OutputError
from pgdossier.export import sql
from pgdossier.history.verification import NotVerifiable, Outcome, Verification
from pgdossier.progress import Progress

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "s3cr3t-hunter2"  # noqa: S105 - nobody's password


class FakePipeline(ModuleType):
    """Records how it is called; `behave` is what a call does with the progress."""

    def __init__(self) -> None:
        super().__init__("pgdossier.pipeline")
        self.calls: list[tuple[Any, ...]] = []
        self.behave: Callable[[Progress], object] = lambda progress: None
        self.result = SimpleNamespace(
            written=["README.md", "a.svg"],
            unchanged=["b.svg"],
            removed=[],
            warnings=[],
            relations=31,
            verification=None,
            trials=None,
        )
        self.verification = Verification(
            outcome=Outcome.IDENTICAL, verified_on="2026-01-02", major=18, structure="x"
        )
        self.text = '{"é": 1}\n'

    def generate(
        self, config: Config, progress: Progress, *, verified: bool = False, tried: bool = False
    ) -> object:
        self.calls.append((config, verified, tried))
        self.behave(progress)
        return self.result

    def demo(self, output: Path, config: Config, progress: Progress) -> object:
        self.calls.append((output, config))
        self.behave(progress)
        return self.result

    def snapshot(
        self, config: Config, target: Path | None, progress: Progress, *, warn: Callable[[str], None]
    ) -> str | None:
        self.calls.append((config, target))
        for warning in self.result.warnings:
            warn(warning)
        self.behave(progress)
        return self.text if target is None else None

    def verify(
        self, config: Config, progress: Progress, *, folder: Path | None, scratch: str | None
    ) -> object:
        self.calls.append((config, folder, scratch))
        return self.verification

    def export_sql(
        self,
        config: Config,
        target: Path | None,
        progress: Progress,
        options: sql.Options,
        *,
        warn: Callable[[str], None],
    ) -> str | None:
        self.calls.append((config, target, options))
        for warning in self.result.warnings:
            warn(warning)
        return self.text if target is None else None


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setitem(sys.modules, "pgdossier.pipeline", fake)
    monkeypatch.setattr(pgdossier, "pipeline", fake, raising=False)
    return fake


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def raising(error: BaseException) -> Callable[[Progress], object]:
    def behave(progress: Progress) -> object:
        raise error

    return behave


# --- what reaches the pipeline


def test_generate_passes_every_option_on(pipeline: FakePipeline) -> None:
    """Each option of `generate` arrives in the configuration, over the file's value."""
    Path("other.toml").write_text('title = "From the file"\nlayout = "single"\n')
    arguments = (
        "generate service=shop -o out --schema sales.* --schema public.user* --exclude *.tmp --layout split"
        " --template-dir tpl --discard --refresh-statistics --verify --probe --config other.toml"
    )
    assert execute(arguments.split()) == 0
    assert pipeline.calls == [
        (
            Config(
                source=Source(conninfo="service=shop"),
                output=Path("out"),
                schemas=("sales.*", "public.user*"),
                exclude=("*.tmp",),
                layout="split",
                template_dir=Path("tpl"),
                discard=True,
                refresh_statistics=True,
                title="From the file",
                file=Path("other.toml"),
            ),
            True,
            True,
        )
    ]


def test_generate_without_options_follows_the_file_and_the_environment(
    pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not given on the command line comes from pgdossier.toml of the folder and from DATABASE_URL."""
    Path("pgdossier.toml").write_text('schemas = ["a"]\noutput = "out"\n')
    monkeypatch.setenv("DATABASE_URL", "postgres://h/d")
    assert execute(["generate"]) == 0
    config = pipeline.calls[0][0]
    assert (config.schemas, config.output) == (("a",), Path("out"))
    assert config.source == Source(conninfo="postgresql://h/d")


def test_demo_does_not_follow_the_project(pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo is about another database: neither pgdossier.toml of the folder nor DATABASE_URL has a say."""
    Path("pgdossier.toml").write_text("broken")
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert execute(["demo"]) == 0
    assert execute(["demo", "-o", "d", "--pg-bin", "bin"]) == 0
    assert [output for output, _ in pipeline.calls] == [Path("pgdossier-demo"), Path("d")]
    assert pipeline.calls[1][1].embedded.pg_bin == Path("bin")
    assert pipeline.calls[1][1].output == Path("d")


def test_snapshot_prints_or_writes(pipeline: FakePipeline, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Without -o, or with a dash, the JSON goes to standard output, alone; else to the file."""
    for arguments in (["snapshot"], ["snapshot", "-o", "-"]):
        assert execute(arguments) == 0
        assert capfdbinary.readouterr() == ('{"é": 1}\n'.encode(), b"")
    assert execute(["snapshot", "dbname=x", "-o", "s.json", "--schema", "a"]) == 0
    assert capfdbinary.readouterr() == (b"", b"s.json written\n")
    config, target = pipeline.calls[-1]
    assert (target, config.schemas) == (Path("s.json"), ("a",))


def test_verify_takes_a_source_or_a_folder(pipeline: FakePipeline) -> None:
    """A folder that exists is a document; anything else is a source, as everywhere."""
    Path("doc").mkdir()
    assert execute(["verify", "doc", "--pg-bin", "bin"]) == 0
    assert execute(["verify", "service=shop", "--scratch", "dbname=empty", "--schema", "a"]) == 0
    (first, folder, scratch), (second, no_folder, given) = pipeline.calls
    assert (folder, scratch, first.embedded.pg_bin) == (Path("doc"), None, Path("bin"))
    assert (no_folder, given, second.schemas) == (None, "dbname=empty", ("a",))
    assert second.source == Source(conninfo="service=shop")


@pytest.mark.parametrize(
    ("outcome", "code", "line"),
    [
        (Outcome.IDENTICAL, 0, "identical: schema.sql makes the same database again on PostgreSQL 18"),
        (Outcome.PARTLY_IDENTICAL, 0, "identical, as far as it could be verified on PostgreSQL 18"),
        (Outcome.DIFFERENT, 1, "different: 1 difference after building it on PostgreSQL 18"),
        (Outcome.NOT_VERIFIABLE, 3, "not verifiable on PostgreSQL 18"),
    ],
)
def test_verify_says_the_outcome(
    pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], outcome: Outcome, code: int, line: str
) -> None:
    """The first line and the exit code say how it went; details follow, control characters masked."""
    pipeline.verification = Verification(
        outcome=outcome,
        verified_on="2026-01-02",
        major=18,
        structure="x",
        differences=("table \x1b[1m differs",),
        not_verifiable=(NotVerifiable(what="CREATE EXTENSION x", reason="not here"),),
    )
    assert execute(["verify", "dbname=x"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.splitlines() == [
        line,
        "- table \N{REPLACEMENT CHARACTER}[1m differs",
        "- not verifiable here: CREATE EXTENSION x: not here",
    ]


def test_generate_tells_what_verify_found(pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """After the line that sums up."""
    pipeline.result.verification = pipeline.verification
    assert execute(["generate", "--verify"]) == 0
    assert capsys.readouterr().err.splitlines()[1].startswith("identical: ")


def test_export_passes_every_option_on(
    pipeline: FakePipeline, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Each option arrives; without -o the text goes to standard output, alone."""
    assert execute(["export", "dbname=x", "--format", "sql"]) == 0
    assert capfdbinary.readouterr() == ('{"é": 1}\n'.encode(), b"")
    flags = "--clean --no-owner --no-privileges --exclude b -o x.sql"
    assert execute(["export", "dbname=x", *flags.split()]) == 0
    assert capfdbinary.readouterr() == (b"", b"x.sql written\n")
    config, target, options = pipeline.calls[-1]
    assert (target, config.exclude) == (Path("x.sql"), ("b",))
    assert options == sql.Options(clean=True, owners=False, privileges=False)
    assert pipeline.calls[0][2] == sql.Options()


# --- what the user sees


def test_the_last_line_sums_up(pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on standard error says what was documented and written, after the warnings."""
    assert execute(["generate"]) == 0
    pipeline.result.warnings = ["pg_authid could not be read"]
    pipeline.result.written, pipeline.result.removed, pipeline.result.relations = ["x"], ["y"], 1
    assert execute(["generate", "-o", "d"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"{Path('docs/database/README.md')}: 31 relations documented; 2 files written, 1 unchanged",
        "warning: pg_authid could not be read",
        f"{Path('d/README.md')}: 1 relation documented; 1 file written, 1 unchanged, 1 removed",
    ]
    assert execute(["generate", "-q"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["snapshot", "export"])
def test_what_was_locked_is_a_warning(
    pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """What could not be read is told on standard error, before the last line, and not with `--quiet`."""
    pipeline.result.warnings = ["sales.orders was locked by process 7"]
    for arguments in ((command,), (command, "-o", "x"), (command, "-o", "x", "-q")):
        assert execute(list(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.out == pipeline.text
    assert captured.err.splitlines() == [
        "warning: sales.orders was locked by process 7",
        "warning: sales.orders was locked by process 7",
        "x written",
    ]


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (
            ConnectionFailed("db.example does not answer", hint="Is it up?"),
            3,
            ["error: db.example does not answer", "hint: Is it up?"],
        ),
        (OutputError("in the way", code=2), 2, ["error: in the way"]),
        (DossierError("stale", code=1), 1, ["error: stale"]),
        (
            DossierError("table \x1b[31mred\n\u202egone", code=3),
            3,
            ["error: table \ufffd[31mred\ufffd\ufffdgone"],
        ),
        (KeyboardInterrupt(), 130, ["interrupted"]),
    ],
)
def test_errors_are_one_line_and_a_hint(
    pipeline: FakePipeline,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    lines: list[str],
) -> None:
    """An error that the user can act on is one line, its hint another, even with --quiet."""
    pipeline.behave = raising(error)
    assert execute(["generate", "-q"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [f"pgdossier: {lines[0]}", *lines[1:]]


def test_a_bug_is_one_line_and_no_secret(pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """An unexpected error shows no traceback unless asked for, exits with 3, and never a password."""
    pipeline.behave = raising(ValueError(f"bad postgresql://u:{SECRET}@h/d\nsecond line"))
    assert execute(["generate"]) == 3
    first = capsys.readouterr().err
    assert first.splitlines()[0] == "pgdossier: error: internal error: ValueError: bad postgresql://u:***@h/d"
    assert "--traceback" in first.splitlines()[1]
    assert len(first.splitlines()) == 2
    assert execute(["generate", "--traceback"]) == 3
    second = capsys.readouterr().err
    assert "Traceback (most recent call last)" in second
    assert SECRET not in first + second
    pipeline.behave = raising(RuntimeError())
    assert execute(["generate"]) == 3
    assert "internal error: RuntimeError\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("genrate", "No such command"),
        ("generate --layuot x", "No such option"),
        ("generate --layout wide", "--layout"),
        ("generate a b", "unexpected extra argument"),
        ("generate shop", "SOURCE is not a connection URL"),
        ("generate --config no.toml", "no.toml: no such file"),
        ("generate -o", "requires an argument"),
        ("completion tcsh", "tcsh"),
    ],
)
def test_wrong_usage_is_code_2(
    pipeline: FakePipeline, capsys: pytest.CaptureFixture[str], arguments: str, says: str
) -> None:
    """A wrong command line or configuration is one line and a hint, exit code 2, and nothing is done."""
    assert execute(arguments.split()) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("pgdossier: error: ")
    assert says in error
    assert hint.startswith("hint: ")
    assert pipeline.calls == []


def test_run_ends_the_process_with_the_code(pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run`, which the installed command calls, takes the process's arguments and exits with the code."""
    monkeypatch.setattr(sys, "argv", ["pgdossier", "generate", "shop"])
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 2


# --- init and completion


def test_init_writes_the_example_once(capsys: pytest.CaptureFixture[str]) -> None:
    """`init` writes the commented file, and never over one that exists."""
    assert execute(["init"]) == 0
    assert Path("pgdossier.toml").read_text(encoding="utf-8") == EXAMPLE
    Path("pgdossier.toml").write_text("mine")
    assert execute(["init"]) == 2
    assert "pgdossier.toml exists already" in capsys.readouterr().err
    assert Path("pgdossier.toml").read_text() == "mine"
    assert execute(["init", "-o", "no/such/folder.toml"]) == 3
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(
    shell: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each script asks the program for completions, and the program answers it."""
    assert execute(["completion", shell]) == 0
    assert f"_PGDOSSIER_COMPLETE={shell}_complete" in capfd.readouterr().out
    monkeypatch.setenv("_PGDOSSIER_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", "pgdossier gen")
    monkeypatch.setenv("COMP_CWORD", "gen" if shell == "fish" else "1")
    assert execute([]) == 0
    assert "generate" in capfd.readouterr().out


# --- progress


@pytest.mark.parametrize(
    ("name", "done", "total", "shown"),
    [
        ("reading families", 14, 14, "reading 14/14 families"),
        ("drawing diagrams", 120, 340, "drawing 120/340 diagrams"),
        ("reading families", 3, None, "reading 3 families"),
        ("writing", 0, None, "writing"),
    ],
)
def test_phases_read_like_sentences(name: str, done: int, total: int | None, shown: str) -> None:
    """The count stands between the verb and what is counted."""
    assert counted(name, done, total) == shown


def work(progress: Progress) -> None:
    progress.phase("reading families", 2)
    progress.advance()
    progress.note("server version 18 [bold]")
    progress.advance()
    progress.phase("writing")


def test_verbose_lines(pipeline: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be drawn, --verbose prints phases and notes as lines; otherwise there are none."""
    pipeline.behave = work
    assert execute(["generate"]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert execute(["generate", "-v"]) == 0
    assert capsys.readouterr().err.splitlines()[:3] == [
        "server version 18 [bold]",
        "reading 2/2 families",
        "writing",
    ]
    said: list[str] = []
    with Lines(said.append) as lines:
        lines.advance()
    assert said == []


def test_the_bar_draws_and_goes_away() -> None:
    """On a terminal the phase is drawn with its count; notes are printed, literally, only when wanted."""
    for verbose in (False, True):
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=True, width=100, height=20)
        with Bar(verbose=verbose, console=console) as bar:
            work(bar)
            bar.phase("drawing diagrams", 3)
            bar.advance(2)
            bar._bar.refresh()
        assert "drawing 2/3 diagrams" in stream.getvalue()
        assert ("server version 18 [bold]" in stream.getvalue()) is verbose
        assert stream.getvalue().endswith("\x1b[2K")


def test_a_bar_is_drawn_on_a_terminal_only(pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error must be a terminal, and neither --quiet nor --no-progress given."""
    seen: list[type] = []
    pipeline.behave = lambda progress: seen.append(type(progress))
    monkeypatch.setattr("sys.stderr", Terminal())
    for flags in ([], ["-q"], ["--no-progress"], ["--no-progress", "-v"]):
        assert execute(["generate", *flags]) == 0
    assert [kind.__name__ for kind in seen] == ["Bar", "Silent", "Silent", "Lines"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# --- processes


def python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False, **options
    )


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["generate", "--help"], ["completion", "zsh"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Asking for help or the version imports none of the libraries that do the work."""
    program = f"""
import sys
from pgdossier.cli.main import execute
code = execute({arguments!r})
heavy = {{"sqlalchemy", "psycopg", "jinja2", "markdown_it", "rich", "msgspec", "graphviz", "sqlglot"}}
sys.stderr.write(" ".join(sorted(heavy & set(sys.modules))))
sys.exit(code)
"""
    done = python("-c", program)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_the_list_of_commands_loads_no_command(arguments: list[str]) -> None:
    """The version and the list of commands need neither commands nor what they work with."""
    program = f"""
import sys
from pgdossier.cli.main import execute
code = execute({arguments!r})
ours = {{name for name in sys.modules if name.startswith("pgdossier.")}}
cheap = {{"cli", "cli.main", "cli.commands", "cli.ending", "cli.lines", "cli.options", "errors", "language"}}
theirs = {{"asyncio", "subprocess", "ssl", "importlib.metadata", "urllib.request", "dataclasses", "json"}}
extra = ours - {{f"pgdossier.{{name}}" for name in cheap}} | theirs & set(sys.modules)
sys.stderr.write(" ".join(sorted(extra)))
sys.exit(code)
"""
    done = python("-c", program)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("reading", {"jinja2", "pgdossier.analysis"}),
        ("saving", {"jinja2", "pgdossier.analysis"}),
        ("comparing", {"jinja2"}),
        ("reviewing", {"jinja2"}),
        ("generating", {"jinja2", "graphviz", "pgdossier.analysis", "pgdossier.review"}),
        ("making", set()),
    ],
)
def test_a_use_case_loads_what_it_needs(module: str, spared: set[str]) -> None:
    """The module of a use-case loads no driver before there is a server, nor what only others need."""
    spared = spared | {"psycopg", "sqlalchemy", "sqlglot", "pgdossier.building"}
    program = f"""
import importlib, sys
importlib.import_module("pgdossier.pipeline.{module}")
sys.stderr.write(" ".join(sorted({spared!r} & set(sys.modules))))
"""
    done = python("-c", program)
    assert (done.returncode, done.stderr) == (0, "")


def test_version_and_bare_call() -> None:
    """`pgdossier --version` prints name and version; without a command the help comes with code 2."""
    done = python("-m", "pgdossier", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"pgdossier {__version__}\n", "")
    bare = python("-m", "pgdossier")
    assert (bare.returncode, bare.stdout) == (2, "")
    assert "Commands:" in bare.stderr


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["no such command"], 2)])
@pytest.mark.parametrize("before", ["", "sys.setprofile(lambda *_: None)"])
def test_what_is_registered_for_the_end_is_done(arguments: list[str], code: int, before: str) -> None:
    """The process ends with its code, all that it said was said, and functions for its end were called."""
    program = f"""
import atexit, sys
from pgdossier.__main__ import main
sys.argv = ["pgdossier", *{arguments!r}]
atexit.register(print, "the end")
{before}
main()
"""
    done = python("-c", program)
    assert done.returncode == code
    assert done.stdout.endswith("the end\n")
    assert ("pgdossier" in done.stdout) is (code == 0)
    assert ("no such command" in done.stderr) is (code == 2)


def test_a_broken_pipe_is_quiet() -> None:
    """When nobody reads the output any more, the process says nothing and ends with 128 + SIGPIPE."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pgdossier", "completion", "bash"],
            stdout=write_end,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


# --- documentation


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name, command in cli.commands.items():
        for parameter in command.params:
            yield name, parameter


def test_every_command_and_option_is_explained() -> None:
    """No command without a text and a short text, no option without one."""
    for name, command in cli.commands.items():
        assert command.help, name
        assert "\\" not in command.help, name
        assert command.short_help, name
    for name, parameter in parameters():
        if isinstance(parameter, click.Option):
            assert (parameter.help or "").endswith((".", "]")), (name, parameter.name)


def test_the_reference_page_is_up_to_date() -> None:
    """docs/cli.md is what the commands say about themselves and names every option."""
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert page == reference.render(), "run: python -m pgdossier.cli.reference > docs/cli.md"
    for name, parameter in parameters():
        if isinstance(parameter, click.Option):
            section = page.split(f"\n## `pgdossier {name}`\n")[1].split("\n## ")[0]
            assert all(option in section for option in parameter.opts), (name, parameter.name)


def test_messages_cannot_steer_a_terminal() -> None:
    """Control and direction characters in names are shown as replacement characters."""
    assert printable("a\x1b[2J\u202e\nb é日") == "a\ufffd[2J\ufffd\ufffdb é日"
