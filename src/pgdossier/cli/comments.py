"""`pgdossier comments`: the SQL that moves descriptions into the database."""

from __future__ import annotations

from pathlib import Path

import click

from pgdossier.cli import options
from pgdossier.cli.options import Run


@click.command()
@options.source
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="The file to write, replaced if it exists [default: standard output].",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Leave the comments that are there as they are, even where a description says something else.",
)
@click.option(
    "--notes",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also make comments of the notes that people wrote about tables in the document in DIR, where a"
    " table has neither a comment nor a description.",
)
@options.selection
@options.config_file
@options.common
def comments(
    run: Run,
    source: str | None,
    output: Path | None,
    keep: bool,
    notes: Path | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Write the COMMENT ON statements that make the descriptions of the project comments of the database.

    The descriptions are those of `[descriptions]` in the configuration and of the files in its folder
    `descriptions`. A statement is written for each that is not the present comment already; one that replaces
    another comment shows it. Nothing is changed in the database SOURCE, which is as in `pgdossier generate`:
    read what is written, then run it with psql or your migration tool.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    config = options.load_config(config_file, source=source, schemas=schemas, exclude=exclude)
    target = None if output is None or str(output) == "-" else output
    with run.progress() as progress:
        found = pipeline.comments(config, target, progress, notes=notes, keep=keep)
    for problem in found.problems:
        run.warn(str(problem))
    if target is None:
        run.emit(found.sql)
    else:
        run.say(f"{target} written")
