"""The command line: arguments in, messages and exit codes out. It knows nothing about databases.

It loads nothing heavy: a command's module is imported when the command is called, and what it works with when
it works.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from pgdossier import __version__
from pgdossier.cli.commands import Commands, LazyGroup
from pgdossier.cli.ending import Terminated, terminable
from pgdossier.cli.lines import printable
from pgdossier.cli.options import COMPLETE, Run
from pgdossier.errors import DossierError

NAME = "pgdossier"

# Beside the four codes that the package documents, a process says 128 + the signal that ended it.
_BROKEN_PIPE = 141
# By Ctrl-C, and by SIGTERM.
_ENDINGS = ("interrupted", 130), ("terminated", 143)


@click.group(
    cls=LazyGroup,
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 the answer is no; 2 usage or configuration error; 3 could not do it.",
)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a live PostgreSQL database into its design document, and keep the document true."""


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Args:
        arguments: What follows the name of the program; the process's own by default.
    """
    code = execute(list(sys.argv[1:] if arguments is None else arguments))
    gc.freeze()  # the process ends: nobody needs to look for garbage among a million objects before
    sys.exit(code)


def execute(arguments: list[str]) -> int:
    """Run the command line; every error becomes one line, a hint and an exit code here and nowhere else."""
    state = Run()
    try:
        if instruction := os.environ.get(COMPLETE):
            from click.shell_completion import shell_complete  # noqa: PLC0415 - see the module's docstring

            return shell_complete(cli, {}, NAME, COMPLETE, instruction)
        with terminable(), cli.make_context(NAME, arguments, obj=state) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _usage(error)
    except DossierError as error:
        return _report(state, error, error.message, error.hint, error.code, error.details)
    except (KeyboardInterrupt, click.Abort) as asked:
        told, code = _ENDINGS[isinstance(asked, Terminated)]
        click.echo(f"{NAME}: {told}", err=True)
        return code
    except BrokenPipeError:
        # Nobody reads any more, which is no error; and the interpreter must not try to flush at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last resort: a user never sees a bare traceback
        from pgdossier.config import scrub  # noqa: PLC0415 - see the module's docstring

        lines = scrub(str(error)).splitlines()
        message = f"internal error: {type(error).__name__}{': ' + lines[0] if lines else ''}"
        hint = "this is a bug of pgdossier: run it again with --traceback and report what it shows"
        return _report(state, error, message, hint, 3)
    return 0


def _usage(error: click.ClickException) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # click 8.1 has none
        error.show()
        return 2
    from pgdossier.config import scrub  # noqa: PLC0415 - see the module's docstring

    # An argument that is repeated in the message can be a source with a password in it.
    message = scrub(error.format_message())
    _complain(message, f"{context.command_path if context else NAME} --help shows what it takes")
    return 2


def _report(
    state: Run,
    error: BaseException,
    message: str,
    hint: str | None,
    code: int,
    details: Sequence[str] = (),
) -> int:
    if state.traceback:
        import traceback  # noqa: PLC0415 - see the module's docstring

        from pgdossier.config import scrub  # noqa: PLC0415 - see the module's docstring

        text = scrub("".join(traceback.format_exception(error)))
        click.echo("\n".join(printable(line) for line in text.splitlines()), err=True)
    _complain(message, hint, details)
    return code


def _complain(message: str, hint: str | None, details: Sequence[str] = ()) -> None:
    click.echo(printable(f"{NAME}: error: {message}"), err=True)
    for line in details:
        click.echo(printable(f"  {line}"), err=True)
    if hint:
        click.echo(printable(f"hint: {hint}"), err=True)
