"""`pgdossier drift`: is the database what its application thinks it is?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgdossier.cli import options
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run

if TYPE_CHECKING:
    from pgdossier.building.expected import Truth
    from pgdossier.pipeline import DriftResult


@click.command()
@options.source
@click.option(
    "--migrations",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The truth is a folder of SQL migrations, or an SQL file.",
)
@click.option(
    "--command",
    "commands",
    metavar="COMMAND",
    multiple=True,
    help="The truth is what COMMAND makes of an empty database, such as 'alembic upgrade head'. May be"
    " repeated.",
)
@click.option(
    "--metadata",
    "addresses",
    metavar="MODULE:NAME",
    multiple=True,
    help="The truth is SQLAlchemy models: a MetaData, a declarative base, or a function that returns one,"
    " such as app.models:Base. May be repeated.",
)
@click.option(
    "--directory",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where commands run, and where the modules of models are looked for [default: this folder].",
)
@click.option(
    "--url-variable",
    "variables",
    metavar="NAME",
    multiple=True,
    help="The environment variable in which COMMAND looks for the URL of its database"
    " [default: DATABASE_URL]. May be repeated.",
)
@click.option(
    "--url-prefix",
    "prefix",
    metavar="PREFIX",
    default="postgresql://",
    show_default=True,
    help="What that URL begins with, such as postgresql+psycopg://.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    help="How long each COMMAND may take; 0 is no limit.",
)
@click.option(
    "--prepare",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="An SQL file to run first, for what is made elsewhere: roles, extensions, functions."
    " May be repeated.",
)
@click.option(
    "--ignore",
    metavar="PATTERN",
    multiple=True,
    help="Leave out what the application does not own: 'audit', 'public.spatial_*',"
    " 'public.orders.by_date'. May be repeated.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Compare everything: owners, privileges and partitions too, and what models cannot say.",
)
@options.scratch
@options.pg_bin
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json", "github"]),
    default="text",
    show_default=True,
    help="How the differences are written to standard output; github: annotations of a workflow.",
)
@options.selection
@options.config_file
@options.common
def drift(
    run: Run,
    source: str | None,
    *,
    migrations: Path | None,
    commands: tuple[str, ...],
    addresses: tuple[str, ...],
    directory: Path,
    variables: tuple[str, ...],
    prefix: str,
    timeout: float,
    prepare: tuple[Path, ...],
    ignore: tuple[str, ...],
    strict: bool,
    scratch: str | None,
    pg_bin: Path | None,
    output_format: str,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Tell what the database SOURCE has, lacks and declares otherwise than its application says.

    What the application says is named by exactly one of --migrations, --command and --metadata. It is made in
    an empty database of an embedded server that is gone afterwards. SOURCE is as in `pgdossier generate`; it
    is only read.

    A folder of migrations may be one of Flyway, golang-migrate, goose, dbmate, Sqitch, Prisma, Hasura,
    Diesel, Supabase, Rails (structure.sql) and others, or hold plain SQL files. How it was understood is
    told.

    COMMAND is run without a shell. DATABASE_URL and PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE lead to
    the empty database; other variables that hold the URL of a PostgreSQL database are not handed on. A tool
    that takes its address from a file of its own would work on that database: have it read the variable
    first.

    Bookkeeping tables of migration tools are never compared. Owners, privileges and partitions that one side
    alone has are compared with --strict only; so is what models cannot say: views, functions, triggers,
    policies, the order of columns. What was not compared is told.

    Migrations, commands and models are programs: run only what you trust.

    Exit code 0: the database is what the application says. 1: it has drifted.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.building.expected import CommandFailed  # noqa: PLC0415 - see Run.progress

    truth = _truth(migrations, commands, addresses, directory, variables, prefix, timeout)
    config = options.load_config(
        config_file, source=source, schemas=schemas, exclude=exclude, **{"embedded.pg_bin": pg_bin}
    )
    try:
        with run.progress() as progress:
            found = pipeline.drift(
                truth, config, progress, strict=strict, ignore=ignore, prepare=prepare, scratch=scratch
            )
    except CommandFailed as failure:
        for line in failure.output:
            click.echo(printable(line), err=True)
        raise
    for warning in found.warnings:
        run.warn(warning)
    if output_format == "json":
        run.emit(as_json(found))
    elif output_format == "markdown":
        run.emit(as_markdown(found))
    elif output_format == "github":
        run.emit("".join(f"{command}\n" for command in workflow_commands(found)))
    else:
        run.emit("".join(f"{printable(line)}\n" for line in lines(found)))
    if found.findings:
        raise click.exceptions.Exit(1)


def _truth(
    migrations: Path | None,
    commands: tuple[str, ...],
    addresses: tuple[str, ...],
    directory: Path,
    variables: tuple[str, ...],
    prefix: str,
    timeout: float,
) -> Truth:
    from pgdossier.building.expected import Commands, Metadata, Migrations  # noqa: PLC0415 - see Run.progress

    if (migrations is not None) + bool(commands) + bool(addresses) != 1:
        raise click.UsageError("name exactly one of --migrations, --command and --metadata")
    if migrations is not None:
        return Migrations(path=migrations)
    if addresses:
        return Metadata(addresses=addresses, directory=directory)
    if "://" not in prefix:
        raise click.UsageError("--url-prefix must end in ://, as in postgresql+psycopg://")
    return Commands(
        commands=commands,
        directory=directory,
        timeout=timeout,
        variables=variables or ("DATABASE_URL",),
        prefix=prefix,
    )


def verdict(found: DriftResult) -> str:
    """The result in one line."""
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress

    if not found.findings:
        return "no drift: the database is what the application says"
    return f"drift, {comparison.summary(found.findings)}"


def notes(found: DriftResult) -> list[str]:
    """How the truth was understood, and what was not compared."""
    understood = [f"understood {found.understood}"] if found.understood else []
    return [*understood, *(f"not compared: {each}" for each in found.not_compared)]


def lines(found: DriftResult) -> list[str]:
    """The result for people: the verdict, the differences by what they are, and what was not compared."""
    from pgdossier.history import drift as drifts  # noqa: PLC0415 - see Run.progress

    said = [verdict(found)]
    for each, title in drifts.TITLES.items():
        group = [finding for finding in found.findings if drifts.drift(finding) is each]
        if group:
            said += [f"{title}:", *(f"- {drifts.judged(finding)}" for finding in group)]
    return [*said, *notes(found)]


def as_json(found: DriftResult) -> str:
    """The result as JSON, for programs."""
    from pgdossier.history import drift as drifts  # noqa: PLC0415 - see Run.progress

    return drifts.encode(
        found.findings,
        expected=found.expected,
        database=found.database,
        not_compared=found.not_compared,
        warnings=found.warnings,
    ).decode()


def as_markdown(found: DriftResult) -> str:
    """The result as Markdown, for a comment on a pull request."""
    from pgdossier.history import drift as drifts  # noqa: PLC0415 - see Run.progress
    from pgdossier.render import escaping  # noqa: PLC0415 - see Run.progress

    parts = [
        "### Drift of the database\n",
        f"{escaping.code(found.database)} held against {escaping.code(found.expected)}:"
        f" {escaping.inline(verdict(found))}.\n",
    ]
    for each, title in drifts.TITLES.items():
        group = [finding for finding in found.findings if drifts.drift(finding) is each]
        if group:
            rows = [
                escaping.row(
                    escaping.inline(drifts.words(finding)),
                    finding.risks.readers.word,
                    finding.risks.writers.word,
                )
                for finding in group
            ]
            header = escaping.header("Difference", "For readers", "For writers")
            parts += [f"**{escaping.inline(title)}**\n", "\n".join([header, *rows, ""])]
    if said := notes(found):
        parts.append("".join(f"- {escaping.inline(line)}\n" for line in said))
    return "\n".join(parts)


def workflow_commands(found: DriftResult) -> list[str]:
    """The result as workflow commands of GitHub Actions: an error for each difference."""
    from pgdossier.history import drift as drifts  # noqa: PLC0415 - see Run.progress

    if not found.findings:
        return [f"::notice title=Drift::{_data(verdict(found))}"]
    return [f"::error title=Drift::{_data(drifts.judged(each))}" for each in found.findings]


def _data(text: str) -> str:
    """Text as the message of a workflow command, which ends at a line break."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
