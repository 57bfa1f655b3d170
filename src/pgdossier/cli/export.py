"""`pgdossier export`: one format by itself, without a document."""

from __future__ import annotations

from pathlib import Path

import click

from pgdossier.cli import options
from pgdossier.cli.options import Run


@click.command(short_help="Write the schema in one format, such as SQL.")
@options.source
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["sql", "grants"]),
    default="sql",
    show_default=True,
    help="The format.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="The file to write, replaced if it exists [default: standard output].",
)
@click.option("--clean", is_flag=True, help="sql: drop everything first, if it exists.")
@click.option("--no-owner", is_flag=True, help="sql: do not set owners.")
@click.option("--no-privileges", is_flag=True, help="sql: do not grant or revoke anything.")
@options.selection
@options.config_file
@options.common
def export(
    run: Run,
    source: str | None,
    output_format: str,
    output: Path | None,
    clean: bool,
    no_owner: bool,
    no_privileges: bool,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Write the schema of the database SOURCE in one format, by itself.

    `sql` rebuilds the schema in an empty database of the same major version, as schema.sql of a document
    does. `grants` says who may do what: roles without their passwords, memberships, default privileges and
    grants. SOURCE is as in `pgdossier generate`.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.export import sql  # noqa: PLC0415 - see Run.progress

    config = options.load_config(config_file, source=source, schemas=schemas, exclude=exclude)
    target = None if output is None or str(output) == "-" else output
    wanted = sql.Options(clean=clean, owners=not no_owner, privileges=not no_privileges)
    with run.progress() as progress:
        if output_format == "grants":
            text = pipeline.export_grants(config, target, progress)
        else:
            text = pipeline.export_sql(config, target, progress, wanted)
    if text is not None:
        run.emit(text)
    if target is not None:
        run.say(f"{target} written")
