"""`pgdossier export`: one format by itself, without a document."""

from __future__ import annotations

from pathlib import Path

import click

from pgdossier.cli import options
from pgdossier.cli.options import Run
from pgdossier.errors import UsageError

_SCHEMAS = ("dot", "mermaid", "plantuml", "dbml", "d2", "tbls", "json")  # those of pgdossier.export.formats
_ALL_VIEWS = ("sql", "grants", "json")


@click.command(short_help="Write the schema in one format: SQL, DBML, Mermaid, PlantUML, D2 …")
@options.source
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["sql", "grants", *_SCHEMAS]),
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
@click.option(
    "--no-views", is_flag=True, help="dot, mermaid, plantuml, dbml, d2, tbls: leave out views of every kind."
)
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
    no_views: bool,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Write the schema of the database SOURCE in one format, by itself.

    `sql` rebuilds the schema in an empty database of the same major version, as schema.sql of a document
    does. `grants` says who may do what: roles without their passwords, memberships, default privileges and
    grants. `json` is the snapshot, as `pgdossier snapshot` writes it.

    The others show tables and views to other tools, partitions folded into their tables: `dbml` to
    dbdiagram.io and dbdocs.io, `mermaid` to Markdown on GitHub and GitLab, `plantuml` and `d2` to these,
    `dot` to Graphviz, `tbls` to Liam ERD and whatever reads the JSON of tbls. A schema that is too large for
    one Mermaid diagram on GitHub becomes several files: with -o orders.mmd they are orders-1.mmd,
    orders-2.mmd and so on. What each format can hold stands in docs/exports.md.

    SOURCE is as in `pgdossier generate`.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.export import formats, sql  # noqa: PLC0415 - see Run.progress

    if no_views and output_format in _ALL_VIEWS:
        raise UsageError(
            f"--no-views does not go with --format {output_format}", hint="leave views out with --exclude"
        )
    config = options.load_config(config_file, source=source, schemas=schemas, exclude=exclude)
    target = None if output is None or str(output) == "-" else output
    written: tuple[Path, ...] = () if target is None else (target,)
    warnings: list[str] = []
    warn = warnings.append
    with run.progress() as progress:
        if output_format == "grants":
            text = pipeline.export_grants(config, target, progress, warn=warn)
        elif output_format == "sql":
            wanted = sql.Options(clean=clean, owners=not no_owner, privileges=not no_privileges)
            text = pipeline.export_sql(config, target, progress, wanted, warn=warn)
        else:
            shown = formats.Options(views=not no_views)
            found = pipeline.export_schema(config, target, progress, output_format, shown, warn=warn)
            text, written = (found, written) if isinstance(found, str) else (None, found)
    for warning in warnings:
        run.warn(warning)
    if text is not None:
        run.emit(text)
    elif len(written) > 1:
        run.say(f"{written[0]} to {written[-1].name} written: one diagram is too large for GitHub")
    elif written:
        run.say(f"{written[0]} written")
