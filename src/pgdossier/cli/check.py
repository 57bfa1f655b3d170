"""`pgdossier check`: is the document still true?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pgdossier.cli import code_quality, options, repository, sarif
from pgdossier.cli.diff import table
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run
from pgdossier.cli.sarif import Result, RuleText

if TYPE_CHECKING:
    from pgdossier.pipeline import CheckResult

_FRONT_PAGE = "README.md"

# In the order in which they are told.
RULES = (
    RuleText(
        "stale-document",
        "Stale document",
        "The database is not what the document says any more: run `pgdossier generate`, commit the result.",
        "error",
        ("documentation",),
    ),
    RuleText(
        "stale-description",
        "Stale description",
        "A description of the project is not what the document shows: run `pgdossier generate`.",
        "error",
        ("documentation",),
    ),
    RuleText(
        "generated-file",
        "Generated file",
        "A generated file is missing or was edited outside the authored blocks: run `pgdossier generate`,"
        " which says what can be kept.",
        "error",
        ("documentation",),
    ),
    RuleText(
        "completeness",
        "Completeness",
        "Too little of the database is described: write comments or descriptions.",
        "error",
        ("documentation",),
    ),
    RuleText(
        "unknown-description",
        "Description of something unknown",
        "A description is about an object that is not in the database: mend its name, or remove it.",
        "warning",
        ("documentation",),
    ),
    RuleText(
        "overruled-description",
        "Description beside a comment",
        "The database has a comment that says something else and is shown: remove the description, or move it"
        " into the database with `pgdossier comments`.",
        "warning",
        ("documentation",),
    ),
)
_TITLES = {rule.id: rule.title for rule in RULES}
_LEVELS = {rule.id: rule.level for rule in RULES}


class _Complaint(NamedTuple):
    """One thing that is wrong.

    Attributes:
        rule: Whose rule it is.
        message: What is wrong, in one line.
        file: The file that it shows in, from the working directory.
        line: The line, if known.
        shown: The file as people look for it; nothing when it does not matter to them.
        identity: What makes it the same complaint in another run.
    """

    rule: str
    message: str
    file: Path
    line: int | None = None
    shown: str = ""
    identity: str = ""

    @property
    def located(self) -> str:
        """The message with file and line."""
        line = f":{self.line}" if self.line else ""
        return f"{self.shown}{line}: {self.message}" if self.shown else self.message


@click.command()
@options.source
@options.output_folder
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "github", "sarif", "gitlab"]),
    default="text",
    show_default=True,
    help="How the result is written to standard output; github: annotations of a workflow; sarif: for code"
    " scanning; gitlab: a Code Quality report.",
)
@click.option(
    "--save",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Also write the result to FILE in one of these formats. May be repeated.",
)
@click.option(
    "--min-completeness",
    metavar="N",
    type=click.IntRange(0, 100),
    help="Also fail when less than N percent of schemas, relations, columns, types and routines have a"
    " comment or a description.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Read no database: check the files of the document and the descriptions of the project only.",
)
@options.selection
@options.config_file
@options.common
def check(
    run: Run,
    source: str | None,
    output: Path | None,
    output_format: str,
    save: tuple[str, ...],
    min_completeness: int | None,
    offline: bool,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Tell whether the document in DIR is what `pgdossier generate` would find in the database SOURCE.

    Only the structure counts: sizes, row estimates and counters never make a document stale. Descriptions of
    the project that the document does not show yet, generated files that are missing or were edited outside
    the authored blocks, and broken markers are told as well. Nothing is written into the document and nothing
    is drawn. SOURCE is as in `pgdossier generate`.

    Exit code 0: the document is up to date. 1: it is not.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    files = [_target(each) for each in save]
    if offline and source is not None:
        raise click.UsageError("--offline reads no SOURCE: leave one of the two out.")
    config = options.load_config(config_file, source=source, output=output, schemas=schemas, exclude=exclude)
    with run.progress() as progress:
        found = pipeline.check(config, progress, minimum=min_completeness, offline=offline)
    for name, file in files:
        pipeline.save_text(file, _FORMATS[name](found))
    run.emit(_FORMATS[output_format](found))
    if not found.passed:
        raise click.exceptions.Exit(1)


def _target(text: str) -> tuple[str, Path]:
    """The format and the file of `--save`."""
    name, equals, file = text.partition("=")
    if name not in _FORMATS or not equals or not file:
        raise click.BadParameter(
            f"{text!r} is not FORMAT=FILE with one of {', '.join(_FORMATS)}.", param_hint="--save"
        )
    return name, Path(file)


def lines(found: CheckResult) -> list[str]:
    """The result for people: the verdict, one line for each thing that is wrong, what is described."""
    complaints = [
        f"- {'' if _LEVELS[each.rule] == 'error' else 'warning: '}{each.located}"
        for each in _complaints(found)
    ]
    return [verdict(found), *complaints, *_described(found)]


def _described(found: CheckResult) -> list[str]:
    """How much is described, by kind, and how many notes are written."""
    said = []
    if found.shares:
        shares = (f"{share.label} {share.described} of {share.total}" for share in found.shares)
        said.append(f"described: {found.percent} % ({', '.join(shares)})")
    if found.filling is not None:
        said.append(f"notes written: {found.filling.filled} of {found.filling.total}")
    return said


def verdict(found: CheckResult) -> str:
    """The result in one line."""
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress

    said = []
    if found.findings:
        said.append(f"stale, {comparison.summary(found.findings)}")
    if found.described:
        number = len(found.described)
        said.append(f"{number} description{'' if number == 1 else 's'} not as shown")
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
    others = [each for each in _complaints(found) if each.rule != "stale-document"]
    if others:
        parts.append("".join(f"- {escaping.inline(each.located)}\n" for each in others))
    if found.findings or found.described or found.faults:
        parts.append("Bring it up to date with `pgdossier generate`.\n")
    if described := _described(found):
        parts.append(
            "".join(f"{escaping.inline(line)}  \n" for line in described[:-1]) + f"{described[-1]}\n"
        )
    return "\n".join(parts)


def workflow_commands(found: CheckResult) -> list[str]:
    """The result as workflow commands of GitHub Actions: an annotation for each thing that is wrong.

    File names are relative to the root of the repository where they can be, as GitHub wants them.
    """
    made = []
    if found.passed:
        made.append(f"::notice title=Database design document::{_data(verdict(found))}")
    for complaint in _complaints(found):
        properties = {"file": repository.located(complaint.file)}
        if complaint.line is not None:
            properties["line"] = str(complaint.line)
        properties["title"] = _TITLES[complaint.rule]
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        made.append(f"::{_LEVELS[complaint.rule]} {listed}::{_data(complaint.message)}")
    return made


def results(found: CheckResult) -> list[Result]:
    """The result as findings for code scanning and code quality."""
    return [
        Result(
            rule=each.rule,
            message=each.message,
            path=repository.located(each.file),
            line=each.line,
            identity=each.identity,
        )
        for each in _complaints(found)
    ]


def _complaints(found: CheckResult) -> Iterator[_Complaint]:
    """Everything that is wrong, then what people should look at."""
    front = found.folder / _FRONT_PAGE
    for each in found.findings:
        difference = each.difference
        names = (f"{element.kind} {element.name}" for element in difference.path)
        identity = "/".join((*names, difference.field, difference.change))
        yield _Complaint("stale-document", each.judged, front, identity=identity)
    for sentence in found.described:
        yield _Complaint("stale-description", sentence, front)
    for fault in found.faults:
        yield _Complaint("generated-file", fault.message, found.folder / fault.path, fault.line, fault.path)
    if found.incomplete:
        message = f"{found.percent} % of the database is described, less than {found.minimum} %"
        yield _Complaint("completeness", message, front, identity="completeness")
    for problem in found.problems:
        file, _, line = problem.where.rpartition(":")
        known = line.isdecimal() and bool(file)
        yield _Complaint(
            f"{problem.kind}-description",
            problem.message,
            Path(file if known else problem.where),
            int(line) if known else None,
            file if known else problem.where,
        )


def _data(text: str) -> str:
    """Text as the message of a workflow command, which ends at a line break."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a property of a workflow command, which also ends at a comma or a colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMATS: dict[str, Callable[[CheckResult], str]] = {
    "text": lambda found: "".join(f"{printable(line)}\n" for line in lines(found)),
    "markdown": as_markdown,
    "github": lambda found: "".join(f"{command}\n" for command in workflow_commands(found)),
    "sarif": lambda found: sarif.document(results(found), RULES, category="pgdossier/check"),
    "gitlab": lambda found: code_quality.document(results(found), RULES),
}
