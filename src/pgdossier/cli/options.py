"""What the commands share: options, and how they speak to the user."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from pgdossier.cli.lines import Lines, printable
from pgdossier.language import LANGUAGES

if TYPE_CHECKING:  # these stay unloaded while only help or a version is asked for
    from pgdossier.config import Config
    from pgdossier.progress import Progress

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

COMPLETE = "_PGDOSSIER_COMPLETE"
"""The variable of the environment by which a shell asks for completions."""


class Run:
    """How one run of a command speaks. Results go to standard output, everything else to standard error.

    Attributes:
        quiet: Say nothing but errors.
        verbose: Say more.
        progress_wanted: Show a progress display where there is a terminal.
        traceback: Show where an error came from.
        redact: The patterns of --redact.
    """

    def __init__(self) -> None:
        self.quiet = False
        self.verbose = False
        self.progress_wanted = True
        self.traceback = False
        self.redact: tuple[str, ...] = ()

    def say(self, text: str) -> None:
        """Tell how it went, in one line on standard error; not with `--quiet`."""
        if not self.quiet:
            click.echo(printable(text), err=True)

    def warn(self, text: str) -> None:
        """Tell what the user should know although the work was done; not with `--quiet`."""
        self.say(f"warning: {text}")

    def emit(self, text: str) -> None:
        """Write what was asked for to standard output, as UTF-8 whatever the locale is."""
        click.echo(text.encode(), nl=False)

    def emit_bytes(self, data: bytes) -> None:
        """Write what was asked for to standard output as it is."""
        click.echo(data, nl=False)

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show what the work reports: drawn on a terminal, as lines with `--verbose`, else not at all."""
        from pgdossier.progress import SILENT  # noqa: PLC0415 - commands load what they need when they work

        if self.quiet:
            yield SILENT
        elif self.progress_wanted and sys.stderr.isatty():
            from pgdossier.cli.progress import Bar  # noqa: PLC0415 - rich is loaded on a terminal only

            with Bar(verbose=self.verbose) as bar:
                yield bar
        elif self.verbose:
            with Lines(self.say) as lines:
                yield lines
        else:
            yield SILENT


def common(command: Callable[Concatenate[Run, P], None]) -> Callable[P, None]:
    """Give a command the options that all have; its first parameter becomes the `Run`."""

    def switch(attribute: str, value: bool) -> Callable[[click.Context, click.Parameter, bool], None]:
        def apply(context: click.Context, _: click.Parameter, given: bool) -> None:
            if given:
                setattr(context.ensure_object(Run), attribute, value)

        return apply

    options: list[tuple[tuple[str, ...], str, bool, str]] = [
        (("-q", "--quiet"), "quiet", True, "Say nothing but errors."),
        (("-v", "--verbose"), "verbose", True, "Say more about what is done."),
        (("--no-progress",), "progress_wanted", False, "Draw no progress display, even on a terminal."),
        (
            ("--traceback",),
            "traceback",
            True,
            "When something fails, show where in the program (for bug reports).",
        ),
    ]
    decorated: Callable[P, None] = click.pass_obj(command)
    for names, attribute, value, text in reversed(options):
        option = click.option(
            *names, is_flag=True, expose_value=False, callback=switch(attribute, value), help=text
        )
        decorated = option(decorated)
    return decorated


def source(command: F) -> F:
    """Give a command the argument SOURCE."""
    return click.argument("source", required=False, metavar="[SOURCE]")(command)


def config_file(command: F) -> F:
    """Give a command the option --config."""
    return click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The configuration file [default: pgdossier.toml, or [tool.pgdossier] in pyproject.toml,"
        " of this folder or a parent inside the repository].",
    )(command)


def selection(command: F) -> F:
    """Give a command the options --schema, --exclude and --redact, the last by way of `Run`."""

    def keep(context: click.Context, _: click.Parameter, given: tuple[str, ...]) -> None:
        context.ensure_object(Run).redact = given

    command = click.option(
        "--redact",
        metavar="REGEX",
        multiple=True,
        expose_value=False,
        callback=keep,
        help="Keep nothing that REGEX matches in comments, function bodies, literals and other texts: a mark"
        " stands there. Names are not changed. May be repeated.",
    )(command)
    for name, key, text in (
        ("--exclude", "exclude", "Leave out what matches PATTERN; wins over --schema. May be repeated."),
        (
            "--schema",
            "schemas",
            "Document only what matches PATTERN, as psql takes it: 'sales', 'sales.*', 'public.user*'."
            " May be repeated.",
        ),
    ):
        command = click.option(name, key, metavar="PATTERN", multiple=True, help=text)(command)
    return command


def language(command: F) -> F:
    """Give a command the option --language."""
    return click.option(
        "--language",
        type=click.Choice(list(LANGUAGES)),
        help="What the fixed words are written in; what the database says stays as it is [default: en].",
    )(command)


def output_folder(command: F) -> F:
    """Give a command the option --output for the folder of a document."""
    return click.option(
        "-o",
        "--output",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The folder of the document [default: docs/database].",
    )(command)


def discard(command: F) -> F:
    """Give a command the option --discard."""
    return click.option(
        "--discard",
        is_flag=True,
        help="Overwrite generated pages that somebody edited outside the authored blocks.",
    )(command)


def scratch(command: F) -> F:
    """Give a command the option --scratch."""
    return click.option(
        "--scratch",
        metavar="URL",
        help="An empty database to build in; what is made there stays [default: an embedded server].",
    )(command)


def pg_bin(command: F) -> F:
    """Give a command the option --pg-bin."""
    return click.option(
        "--pg-bin",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The folder of postgres and initdb"
        " [default: the extra pgdossier[embedded], else an installed one].",
    )(command)


def load_config(file: Path | None, **flags: object) -> Config:
    """The configuration of this run; an option that was not given does not count."""
    from pgdossier.config import load  # noqa: PLC0415 - see Run.progress

    context = click.get_current_context(silent=True)
    run = context.find_object(Run) if context is not None else None
    flags["redact"] = run.redact if run is not None else ()
    given = {name: None if value in ((), False) else value for name, value in flags.items()}
    return load(given, file=file, discover=Path())
