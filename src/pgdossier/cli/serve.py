"""`pgdossier serve`: look at a document while it is being written."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from pgdossier.cli import options
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port to listen on [default: one that is free].",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="127.0.0.1 or ::1: nobody else can reach a preview.",
)
@click.option("--open/--no-open", "opened", default=False, help="Open it in the browser [default: no].")
@click.option("--markdown", is_flag=True, help="Show the Markdown although there is an HTML copy.")
@options.config_file
@options.common
def serve(
    run: Run,
    *,
    folder: Path | None,
    port: int,
    host: str,
    opened: bool,
    markdown: bool,
    config_file: Path | None,
) -> None:
    """Show the document in the folder DIR in a browser on this machine, again whenever it changes.

    DIR is `output` of the configuration where it is left out. What is shown is the HTML copy (`generate
    --format html`) where there is one, otherwise the Markdown as HTML. Nothing is written. Ctrl-C ends it.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    folder = folder if folder is not None else options.load_config(config_file).output
    server = pipeline.serve(folder, host=host, port=port, markdown=markdown)
    # Ended from outside, as by a supervisor, is ended as wanted, too.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with server:
            run.emit(f"{printable(str(folder))} at {server.url} (Ctrl-C ends it)\n")
            if opened:
                click.launch(server.url)
            server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
