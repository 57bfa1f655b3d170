"""`pgdossier diagram`: one picture, for a ticket, a slide or a page of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgdossier.cli import options
from pgdossier.cli.options import Run

if TYPE_CHECKING:
    from pgdossier.pipeline.drawing import Format

_FORMATS: tuple[Format, ...] = ("svg", "png", "pdf", "dot", "mmd")
_BINARY = ("png", "pdf")


@click.command()
@options.source
@click.option("--around", metavar="TABLE", help="A table with what it references and what references it.")
@click.option(
    "--degrees",
    type=click.IntRange(1, 3),
    metavar="N",
    help="With --around: how many steps away, 1 to 3 [default: 1].",
)
@click.option(
    "--tables",
    metavar="PATTERN",
    multiple=True,
    help="These tables: 'sales.*', 'public.user?', '*.orders'; several with commas. May be repeated.",
)
@click.option("--domain", metavar="NAME", help="The tables of one domain.")
@click.option("--schema", metavar="NAME", help="The tables of one schema.")
@click.option("--cascade", metavar="TABLE", help="What deleting a row of this table does elsewhere.")
@click.option("--roles", is_flag=True, help="The roles and their memberships.")
@click.option("--topology", is_flag=True, help="The servers around this one.")
@click.option(
    "--detail",
    type=click.Choice(["columns", "keys", "names"]),
    help="How much the boxes show [default: as much as stays legible].",
)
@click.option(
    "--most-boxes",
    type=click.IntRange(10, 500),
    metavar="N",
    help="How many boxes there may be where the diagram chooses them, 10 to 500"
    " [default: most_boxes of [diagrams], 30].",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="The file to write, replaced if it exists; its ending says the format [default: standard output].",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(_FORMATS),
    help="The format, whatever the name of the file [default: svg].",
)
@click.option(
    "--link-base",
    metavar="URL",
    help="Link every box to its section of the document at this address [default: no links].",
)
@options.pg_bin
@options.language
@options.config_file
@options.common
def diagram(
    run: Run,
    *,
    source: str | None,
    around: str | None,
    degrees: int | None,
    tables: tuple[str, ...],
    domain: str | None,
    schema: str | None,
    cascade: str | None,
    roles: bool,
    topology: bool,
    detail: str | None,
    most_boxes: int | None,
    output: Path | None,
    output_format: str | None,
    link_base: str | None,
    pg_bin: Path | None,
    language: str | None,
    config_file: Path | None,
) -> None:
    """Draw one diagram of the database SOURCE.

    Without a selection it is the overview of the document: all tables, or a map of their domains where they
    are more than a reader takes in. A diagram around a table shows the most relevant neighbours and names the
    others in one box. Tables that are asked for by name are all drawn, however many.

    SOURCE is a URL or a connection string as in `pgdossier generate`, the path of a snapshot.json, the folder
    of a document, the same at a revision of git (docs/database@main~5), an SQL file, or a folder of SQL
    migrations. SQL is run in an embedded server as in `pgdossier diff`. The formats are SVG, PNG and PDF, the
    source for Graphviz (dot) and Mermaid (mmd); PNG and PDF need pgdossier[pdf].

    \b
    pgdossier diagram SOURCE --around sales.orders --degrees 2 -o orders.svg
    pgdossier diagram SOURCE --tables 'sales.*,account.users' --detail keys -o sales.pdf
    pgdossier diagram SOURCE --cascade account.users -o deleting-a-user.png
    """  # noqa: D301 - a backspace is how click is told not to wrap
    target = None if output is None or str(output) == "-" else output
    form = _format(target, output_format)
    if target is None and form in _BINARY and sys.stdout.isatty():
        raise click.UsageError(f"{form.upper()} is not for a terminal: name a file with -o, or pipe it.")

    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.diagrams.chart import Detail  # noqa: PLC0415 - see Run.progress

    wanted = pipeline.Wanted(
        around=around,
        degrees=degrees,
        tables=tables,
        domain=domain,
        schema=schema,
        cascade=cascade,
        roles=roles,
        topology=topology,
        detail=None if detail is None else Detail(detail),
        most_boxes=most_boxes,
        link_base=link_base,
    )
    config = options.load_config(config_file, language=language, **{"embedded.pg_bin": pg_bin})
    with run.progress() as progress:
        made = pipeline.diagram(source, config, wanted, form, target, progress)
    for warning in made.warnings:
        run.warn(warning)
    if target is None:
        run.emit_bytes(made.data)
    else:
        run.say(f"{target} written: {made.title}")


def _format(target: Path | None, given: str | None) -> Format:
    """The format that was asked for, or that the file's name says."""
    wanted = given or ("svg" if target is None else target.suffix.lower().removeprefix("."))
    for form in _FORMATS:
        if form == wanted:
            return form
    raise click.UsageError(
        f"the name {target} says no format: end it with {', '.join(f'.{form}' for form in _FORMATS)},"
        " or give --format."
    )
