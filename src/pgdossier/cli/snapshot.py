"""`pgdossier snapshot`: read the database, write nothing but the facts."""

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
@options.selection
@options.config_file
@options.common
def snapshot(
    run: Run,
    source: str | None,
    output: Path | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Read the database SOURCE and save what was read as a snapshot.

    `pgdossier generate` makes the same document from the snapshot as from the database, on a machine
    that need not reach the database. SOURCE is as in `pgdossier generate`.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    config = options.load_config(config_file, source=source, schemas=schemas, exclude=exclude)
    target = None if output is None or str(output) == "-" else output
    warnings: list[str] = []
    with run.progress() as progress:
        text = pipeline.snapshot(config, target, progress, warn=warnings.append)
    for warning in warnings:
        run.warn(warning)
    if text is not None:
        run.emit(text)
    if target is not None:
        run.say(f"{target} written")
