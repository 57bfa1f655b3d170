"""`pgdossier diff`: what is different between two databases, and who notices?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgdossier.cli import options
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run

if TYPE_CHECKING:
    from pgdossier.history.comparison import Finding
    from pgdossier.history.locks import Lock
    from pgdossier.pipeline import DiffResult


@click.command()
@click.argument("left", metavar="LEFT")
@click.argument("right", metavar="RIGHT")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How the differences are written to standard output.",
)
@options.pg_bin
@options.selection
@options.config_file
@options.common
def diff(
    run: Run,
    left: str,
    right: str,
    output_format: str,
    pg_bin: Path | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Tell what RIGHT has, lacks and declares otherwise than LEFT.

    Each side is a URL or a connection string as in `pgdossier generate`, the path of a snapshot.json, the
    folder of a document, the same at a revision of git (docs/database@main~5), an SQL file, or a folder of
    SQL migrations, which are run in the order of their names. SQL is run by psql with the rights of a
    superuser, in an embedded server that is gone afterwards: compare only what you trust as much as a
    program. Databases and snapshots are only read.

    Each difference is breaking, widening or neutral for those who read rows and those who write them, judged
    by what is declared; what seems to have been renamed is told as that, with the confidence. Below it is the
    lock that a migration would take on the tables of LEFT. Sizes, names of servers and databases, and their
    versions are not compared.

    Exit code 0: no differences. 1: there are differences.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress

    config = options.load_config(config_file, schemas=schemas, exclude=exclude, **{"embedded.pg_bin": pg_bin})
    with run.progress() as progress:
        found = pipeline.diff(left, right, config, progress)
    for warning in found.warnings:
        run.warn(warning)
    if output_format == "json":
        run.emit(comparison.encode(found.findings, found.left, found.right).decode())
    elif output_format == "markdown":
        run.emit(as_markdown(found))
    else:
        run.emit("".join(f"{printable(line)}\n" for line in lines(found)))
    if found.findings:
        raise click.exceptions.Exit(1)


def lines(found: DiffResult) -> list[str]:
    """The differences for people: how many there are, then one line for each, and one for its lock."""
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress

    made = [comparison.summary(found.findings)]
    for each in found.findings:
        made.append(f"- {each.judged}")
        if each.lock is not None:
            made.append(f"  lock: {each.lock.words}{_hint(each.lock)}")
    return made


def _hint(lock: Lock) -> str:
    return f"; to block less: {lock.hint}" if lock.hint else ""


def as_markdown(found: DiffResult) -> str:
    """The differences as Markdown, for a comment or a page."""
    from pgdossier.history import comparison  # noqa: PLC0415 - see Run.progress
    from pgdossier.render import escaping  # noqa: PLC0415 - see Run.progress

    title = f"From {escaping.code(found.left)} to {escaping.code(found.right)}"
    parts = [f"### {title}\n", f"{comparison.summary(found.findings)}\n"]
    if found.findings:
        parts.append(table(found.findings, locks=True))
    return "\n".join(parts)


def table(findings: Sequence[Finding], *, locks: bool = False) -> str:
    """The differences as a Markdown table: what, for readers, for writers, and the lock of the migration."""
    from pgdossier.render import escaping  # noqa: PLC0415 - see Run.progress

    titles = ["Difference", "For readers", "For writers", *(["Lock"] if locks else [])]
    rows = []
    for each in findings:
        cells = [escaping.inline(each.words), each.risks.readers.word, each.risks.writers.word]
        if locks:
            words = "none" if each.lock is None else f"{each.lock.words}{_hint(each.lock)}"
            cells.append(escaping.inline(words))
        rows.append(escaping.row(*cells))
    return "\n".join([escaping.header(*titles), *rows, ""])
