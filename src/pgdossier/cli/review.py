"""`pgdossier review`: the design review of a database."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pgdossier.cli import code_quality, options, repository, sarif
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run
from pgdossier.cli.sarif import Result, RuleText

if TYPE_CHECKING:
    from pgdossier.pipeline import ReviewResult
    from pgdossier.review import Acceptance, Finding

_SEVERITIES = ("error", "warning", "advice")
_LEVELS: dict[str, sarif.Level] = {"error": "error", "warning": "warning", "advice": "note"}
_COMMANDS = {"error": "error", "warning": "warning", "advice": "notice"}


def _show_list(context: click.Context, _: click.Parameter, given: bool) -> None:
    """List the rules, with their severities and titles."""
    if given:
        from pgdossier.review import all_rules  # noqa: PLC0415 - see Run.progress

        rules = all_rules()
        width = max(map(len, rules))
        lines = (f"{name:{width}}  {rule.severity:7}  {rule.title}\n" for name, rule in rules.items())
        context.ensure_object(Run).emit("".join(lines))
        context.exit()


def _show_page(context: click.Context, _: click.Parameter, given: str | None) -> None:
    """Show the page of a rule."""
    if given is not None:
        from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
        from pgdossier.review import pages  # noqa: PLC0415 - see Run.progress

        context.ensure_object(Run).emit(pages.page(pipeline.rule_named(given)))
        context.exit()


@click.command()
@options.source
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown", "sql", "github", "sarif", "gitlab"]),
    default="text",
    show_default=True,
    help="How the result is written to standard output; sql: the suggested statements with their locks;"
    " github: annotations of a workflow; sarif: for code scanning; gitlab: a Code Quality report.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*_SEVERITIES, "never"]),
    help="The least severity of a finding with which the answer is no [default: review.fail_on, or warning].",
)
@click.option("--new-only", is_flag=True, help="Report only what is new; needs --against.")
@click.option(
    "--against",
    metavar="EARLIER",
    help="A snapshot.json or the folder of a document, also FOLDER@REVISION of git: what was not found there"
    " is new.",
)
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Run this rule only. May be repeated.")
@click.option("--exclude-rule", metavar="RULE", multiple=True, help="Do not run this rule. May be repeated.")
@click.option(
    "--list",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_list,
    help="List all rules and exit; no database is read.",
)
@click.option(
    "--explain",
    metavar="RULE",
    expose_value=False,
    is_eager=True,
    callback=_show_page,
    help="Show the page of a rule and exit; no database is read.",
)
@options.output_folder
@options.selection
@options.config_file
@options.common
def review(
    run: Run,
    source: str | None,
    output_format: str,
    fail_on: str | None,
    new_only: bool,
    against: str | None,
    rules: tuple[str, ...],
    exclude_rule: tuple[str, ...],
    output: Path | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Review the design of the database SOURCE: keys, types, indexes, normal forms, access, names.

    Every finding has its evidence, and where SQL can mend it the statements with the lock that each takes.
    Severities, thresholds, conventions and accepted findings stand in the configuration, under [review].
    Annotations and reports name the pages of the document in DIR. SOURCE is as in `pgdossier generate`.

    Exit code 0: nothing of the severity that --fail-on names. 1: there is.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.review import Severity  # noqa: PLC0415 - see Run.progress

    if new_only and against is None:
        raise click.UsageError("--new-only needs --against EARLIER.")
    config = options.load_config(config_file, source=source, output=output, schemas=schemas, exclude=exclude)
    with run.progress() as progress:
        found = pipeline.review(config, progress, against=against, only=rules, without=exclude_rule)
    findings = [one for one in found.review.findings if one.new or not new_only]
    run.emit(_FORMATS[output_format](found, findings))
    for warning in (*found.warnings, *map(_unused, found.review.unused)):
        run.warn(warning)
    least = fail_on or config.review.fail_on
    if least != "never" and any(one.severity.rank <= Severity(least).rank for one in findings):
        raise click.exceptions.Exit(1)


def _unused(acceptance: Acceptance) -> str:
    return f"review.accept: {acceptance.rule} on {acceptance.object} matches no finding"


# --- text --------------------------------------------------------------------------------------------


def _text(found: ReviewResult, findings: Sequence[Finding]) -> str:
    """The findings by severity and rule, then what was accepted, then the verdict."""
    lines: list[str] = []
    for _, group in itertools.groupby(findings, key=lambda one: one.rule.name):
        own = list(group)
        rule = own[0].rule
        lines += ["", f"{own[0].severity}: {rule.title} ({rule.name}): {len(own)}"]
        advice = [_advice(one) for one in own]
        for one, said in zip(own, advice, strict=True):
            lines.append(f"  {one.subject.dotted}{_marks(one)}")
            lines.append(f"    {one.text}")
            if said and len(set(advice)) > 1:
                lines.append(f"    → {said}")
        if len(set(advice)) == 1 and advice[0]:
            lines.append(f"  → {advice[0]}")
    if found.review.accepted:
        lines += ["", f"accepted: {len(found.review.accepted)}"]
        for one in found.review.accepted:
            lines.append(f"  {one.rule.name}: {one.subject.dotted}: {_accepted(one)}")
    lines += ["", verdict(found, findings)]
    return "".join(f"{printable(line)}\n" for line in lines).lstrip("\n")


def verdict(found: ReviewResult, findings: Sequence[Finding]) -> str:
    """The result in one line."""
    counts = {name: sum(one.severity == name for one in findings) for name in _SEVERITIES}
    said = [
        f"{counts['error']} error{'' if counts['error'] == 1 else 's'}",
        f"{counts['warning']} warning{'' if counts['warning'] == 1 else 's'}",
        f"{counts['advice']} advice",
    ]
    if found.review.compared:
        said.append(f"{sum(one.new for one in findings)} of these new")
    if found.review.accepted:
        said.append(f"{len(found.review.accepted)} accepted")
    run = len(found.review.rules)
    rules = f"{run} rule{'' if run == 1 else 's'}"
    return f"{found.snapshot.structure.database.name}, {rules}: {', '.join(said)}"


def _advice(finding: Finding) -> str:
    return finding.fix.advice if finding.fix is not None else ""


def _marks(finding: Finding) -> str:
    marks = ["new"] if finding.new else []
    if finding.accepted is not None:
        marks.append(f"accepted until {finding.accepted.until}, which is over")
    return f" ({'; '.join(marks)})" if marks else ""


def _accepted(finding: Finding) -> str:
    """The reason and the last day of an acceptance."""
    acceptance = finding.accepted
    if acceptance is None:
        return ""
    until = f" (until {acceptance.until})" if acceptance.until else ""
    return f"{acceptance.reason}{until}"


# --- other formats -----------------------------------------------------------------------------------


def _json(found: ReviewResult, findings: Sequence[Finding]) -> str:
    value = {
        "format": 1,
        "database": found.snapshot.structure.database.name,
        "captured_on": found.snapshot.captured_on,
        "rules": [rule.name for rule in found.review.rules],
        "findings": [_value(one) for one in findings],
        "accepted": [_value(one) for one in found.review.accepted],
        "unused_acceptances": [_acceptance(one) for one in found.review.unused],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _value(one: Finding) -> dict[str, Any]:
    fix = one.fix
    return {
        "rule": one.rule.name,
        "severity": str(one.severity),
        "subject": {"kind": str(one.subject.kind), "path": list(one.subject.path)},
        "evidence": one.text,
        "statistics": one.statistics,
        "new": one.new,
        "acceptance": None if one.accepted is None else _acceptance(one.accepted),
        "fix": None
        if fix is None
        else {
            "advice": fix.advice,
            "remark": fix.remark,
            "complete": fix.complete and bool(fix.steps),
            "steps": [
                {"sql": step.sql, "lock": str(step.lock), "work": str(step.work), "alone": step.alone}
                for step in fix.steps
            ],
        },
    }


def _acceptance(one: Acceptance) -> dict[str, Any]:
    until = None if one.until is None else one.until.isoformat()
    return {"rule": one.rule, "object": one.object, "reason": one.reason, "until": until}


def _markdown(found: ReviewResult, findings: Sequence[Finding]) -> str:
    """The result as Markdown, for a comment on a pull request."""
    from pgdossier.render import review as rendered  # noqa: PLC0415 - see Run.progress
    from pgdossier.render.escaping import inline  # noqa: PLC0415 - see Run.progress

    parts = ["### Design review", inline(verdict(found, findings))]
    for group in rendered.groups(findings):
        parts.append(f"**{group.severity.title()}: {inline(group.rule.title)}** (`{group.rule.name}`)")
        parts.append("\n".join(f"- {rendered.line(one)}" for one in group.findings))
    return "\n\n".join(parts) + "\n"


def _sql(found: ReviewResult, findings: Sequence[Finding]) -> str:
    """What mends the findings, as a script to read, not to run as a whole."""
    lines = [f"-- {printable(verdict(found, findings))}", "-- Read each statement before you run it."]
    for one in findings:
        if one.fix is not None and one.fix.steps:
            lines += ["", f"-- {one.rule.name}: {printable(one.subject.dotted)}", f"-- {printable(one.text)}"]
            if not one.fix.complete:
                lines.append("-- An outline: not enough by itself.")
            if one.fix.remark:
                lines.append(f"-- {one.fix.remark}")
            lines.append(one.fix.sql)
    return "\n".join(lines) + "\n"


def _results(found: ReviewResult, findings: Sequence[Finding]) -> list[Result]:
    return [
        Result(
            rule=one.rule.name,
            message=f"{one.subject.dotted}: {one.text}",
            path=repository.located(_file(found, one)),
            level=_LEVELS[one.severity],
            identity=f"{one.subject.kind}/{one.subject.dotted}",
        )
        for one in findings
    ]


def _file(found: ReviewResult, finding: Finding) -> Path:
    """The page of the document that the finding shows on."""
    from pgdossier.render.links import Links  # noqa: PLC0415 - see Run.progress

    folder = found.config.output
    relation = finding.subject.relation
    if relation is not None:
        page = folder / Links(split=True, relations=frozenset((relation,))).page_path(relation)
        if page.is_file():
            return page
    return folder / "README.md"


def _texts(found: ReviewResult) -> list[RuleText]:
    """What is said of each rule that was run."""
    from pgdossier.review import registry  # noqa: PLC0415 - see Run.progress

    return [
        RuleText(
            rule.name,
            rule.title,
            registry.documentation(rule),
            _LEVELS[rule.severity],
            ("design", *rule.tags),
        )
        for rule in found.review.rules
    ]


def _github(found: ReviewResult, findings: Sequence[Finding]) -> str:
    lines = []
    for one, result in zip(findings, _results(found, findings), strict=True):
        place = f"file={_property(result.path)},title={_property(one.rule.title)}"
        lines.append(f"::{_COMMANDS[one.severity]} {place}::{_data(result.message)}")
    lines.append(f"::notice title=Design review::{_data(verdict(found, findings))}")
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    """Text as the message of a workflow command, which ends at a line break."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a property of a workflow command, which also ends at a comma or a colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMATS: dict[str, Callable[[ReviewResult, Sequence[Finding]], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "sql": _sql,
    "github": _github,
    "sarif": lambda found, findings: sarif.document(
        _results(found, findings), _texts(found), category="pgdossier/review"
    ),
    "gitlab": lambda found, findings: code_quality.document(_results(found, findings), _texts(found)),
}
