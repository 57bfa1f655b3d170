"""`pgdossier demo`: see a document without having a database."""

from __future__ import annotations

from pathlib import Path

import click

from pgdossier.cli import options
from pgdossier.cli.generate import tell
from pgdossier.cli.options import Run


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("pgdossier-demo"),
    show_default=True,
    help="The folder of the document.",
)
@options.language
@options.pg_bin
@options.discard
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A configuration file to follow.",
)
@options.common
def demo(
    run: Run,
    output: Path,
    language: str | None,
    pg_bin: Path | None,
    discard: bool,
    config_file: Path | None,
) -> None:
    """Start an embedded PostgreSQL server, load the sample shop and write its design document.

    The server listens to nobody else and is gone afterwards. A pgdossier.toml of the working directory
    is not followed (it is about another database) unless it is named with --config.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.config import load  # noqa: PLC0415 - see Run.progress

    flags = {
        "output": output,
        "language": language,
        "discard": discard or None,
        "embedded.pg_bin": pg_bin,
    }
    config = load(flags, file=config_file, environ={})
    with run.progress() as progress:
        result = pipeline.demo(output, config, progress)
    tell(run, output, result)
