"""`pgdossier check`: is the document still true?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pgdossier.cli import options
from pgdossier.cli.diff import table
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run

if TYPE_CHECKING:
    from pgdossier.pipeline import CheckResult

_FRONT_PAGE = "README.md"


class _Complaint(NamedTuple):
    """One thing that is wrong: the file that it shows in, relative to the folder, and the line if known."""

    title: str
    message: str
    path: str = _FRONT_PAGE
    line: int | None = None


@click.command(short_help="Tell whether a document is still true; for CI.")
@options.source
@options.output_folder
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "github"]),
    default="text",
    show_default=True,
    help="How the result is written to standard output; github: annotations of a workflow.",
)
@click.option(
    "--min-completeness",
    metavar="N",
    type=click.IntRange(0, 100),
    help="Also fail when less than N percent of schemas, relations, columns, types and routines have a"
    " description.",
)
@options.selection
@options.config_file
@options.common
def check(
    run: Run,
    source: str | None,
    output: Path | None,
    output_format: str,
    min_completeness: int | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Tell whether the document in DIR is what `pgdossier generate` would find in the database SOURCE.

    Only the structure counts: sizes, row estimates and counters never make a document stale. Generated files
    that are missing or were edited outside the authored blocks, and broken markers, are told as well. Nothing
    is written and nothing is drawn. SOURCE is as in `pgdossier generate`.

    Exit code 0: the document is up to date. 1: it is not.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    config = options.load_config(config_file, source=source, output=output, schemas=schemas, exclude=exclude)
    with run.progress() as progress:
        found = pipeline.check(config, progress, minimum=min_completeness)
    if output_format == "markdown":
        run.emit(as_markdown(found))
    elif output_format == "github":
        run.emit("".join(f"{command}\n" for command in workflow_commands(found)))
    else:
        run.emit("".join(f"{printable(line)}\n" for line in lines(found)))
    if not found.passed:
        raise click.exceptions.Exit(1)


def lines(found: CheckResult) -> list[str]:
    """The result for people: the verdict, then one line for each thing that is wrong."""
    return [verdict(found), *(f"- {complaint.message}" for complaint in _complaints(found, located=True))]


def verdict(found: CheckResult) -> str:
    """The result in one line."""
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress

    said = []
    if found.findings:
        said.append(f"stale, {comparison.summary(found.findings)}")
    if found.faults:
        number = len(found.faults)
        said.append(f"{number} generated file{'' if number == 1 else 's'} not as written")
    if found.incomplete:
        said.append("described too little")
    return f"{found.folder}: {'; '.join(said) or 'up to date'}"


def as_markdown(found: CheckResult) -> str:
    """The result as Markdown, for a comment on a pull request."""
    from pgdossier.render import escaping  # noqa: PLC0415 - see Run.progress

    parts = ["### Database design document\n", f"{escaping.inline(verdict(found))}\n"]
    if found.findings:
        parts.append(table(found.findings))
    others = [complaint for complaint in _complaints(found, located=True) if complaint.title != _STALE]
    if others:
        parts.append("".join(f"- {escaping.inline(complaint.message)}\n" for complaint in others))
    if not found.passed:
        parts.append("Bring it up to date with `pgdossier generate`.\n")
    return "\n".join(parts)


def workflow_commands(found: CheckResult) -> list[str]:
    """The result as workflow commands of GitHub Actions: an error for each thing that is wrong.

    File names are relative to the working directory where they can be, as GitHub wants them.
    """
    if found.passed:
        return [f"::notice title=Database design document::{_data(verdict(found))}"]
    folder = found.folder
    if folder.is_absolute() and folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    made = []
    for complaint in _complaints(found, located=False):
        properties = {"file": Path(os.path.normpath(folder / complaint.path)).as_posix()}
        if complaint.line is not None:
            properties["line"] = str(complaint.line)
        properties["title"] = complaint.title
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        made.append(f"::error {listed}::{_data(complaint.message)}")
    return made


_STALE = "Stale document"


def _complaints(found: CheckResult, *, located: bool) -> Iterator[_Complaint]:
    """Everything that is wrong; `located` puts file and line into the message."""
    for each in found.findings:
        yield _Complaint(_STALE, each.judged)
    for fault in found.faults:
        line = "" if fault.line is None else f":{fault.line}"
        message = f"{fault.path}{line}: {fault.message}" if located else fault.message
        yield _Complaint("Generated file", message, fault.path, fault.line)
    if found.incomplete:
        yield _Complaint(
            "Completeness", f"{found.percent} % of the database is described, less than {found.minimum} %"
        )


def _data(text: str) -> str:
    """Text as the message of a workflow command, which ends at a line break."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a property of a workflow command, which also ends at a comma or a colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
