"""`pgdossier verify`: does schema.sql make the documented database again?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgdossier.cli import options
from pgdossier.cli.lines import printable
from pgdossier.cli.options import Run
from pgdossier.cli.trials import trial_lines

if TYPE_CHECKING:
    from pgdossier.config import Config
    from pgdossier.history.verification import Verification


@click.command()
@click.argument("source", required=False, metavar="[SOURCE|DIR]")
@options.scratch
@options.pg_bin
@click.option(
    "--probe",
    is_flag=True,
    help="Try the copy as well: build a row for each table, violate every constraint once, delete and change"
    " what is referenced, and say what the server does.",
)
@click.option(
    "--emit",
    "emitted",
    nargs=2,
    multiple=True,
    metavar="FRAMEWORK FILE",
    type=(click.Choice(["pgtap", "pytest"]), click.Path(path_type=Path, dir_okay=False)),
    help="Write the trials to FILE as tests for pgTAP or pytest; implies --probe. Repeatable.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the result is written to standard output.",
)
@options.selection
@options.config_file
@options.common
def verify(
    run: Run,
    source: str | None,
    scratch: str | None,
    pg_bin: Path | None,
    probe: bool,
    emitted: tuple[tuple[str, Path], ...],
    output_format: str,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    config_file: Path | None,
) -> None:
    """Make the database SOURCE again from its schema.sql, read that back, and compare the two.

    SOURCE is as in `pgdossier generate`; it is only read. DIR is the folder of a document: its snapshot.json
    and schema.sql are verified. The SQL runs with the rights of a superuser in an embedded server that is
    gone afterwards: verify only what you trust as much as a program. What that server lacks (an extension,
    a library, another major version) is listed as not verifiable, with what needs it.

    With --probe every constraint and referential action is tried on that copy, never on SOURCE. With
    --scratch the rows that are built for it stay there.

    Exit code 0: all that could be verified is identical. 1: there are differences, or --probe found what the
    catalog does not explain. 3: nothing could be verified.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.history import verification  # noqa: PLC0415 - see Run.progress

    folder = Path(source) if source is not None and Path(source).is_dir() else None
    config = options.load_config(
        config_file,
        source=None if folder else source,
        schemas=schemas,
        exclude=exclude,
        **{"embedded.pg_bin": pg_bin},
    )
    if probe or emitted:
        _prove(run, config, folder, scratch, emitted, output_format)
        return
    with run.progress() as progress:
        found = pipeline.verify(config, progress, folder=folder, scratch=scratch)
    if output_format == "json":
        run.emit(verification.encode(found).decode())
    else:
        run.emit("".join(f"{printable(line)}\n" for line in lines(found)))
    code = verification.EXIT_CODES[found.outcome]
    if code:
        raise click.exceptions.Exit(code)


def _prove(
    run: Run,
    config: Config,
    folder: Path | None,
    scratch: str | None,
    emitted: tuple[tuple[str, Path], ...],
    output_format: str,
) -> None:
    """Verify, try, say what was found, and write the tests that are asked for."""
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress
    from pgdossier.history import trials, verification  # noqa: PLC0415 - see Run.progress

    frameworks = tuple(dict.fromkeys(framework for framework, _ in emitted))
    with run.progress() as progress:
        proof = pipeline.prove(config, progress, folder=folder, scratch=scratch, tests=frameworks)
    for framework, file in emitted:
        pipeline.save_text(file, proof.tests[framework])
    if output_format == "json":
        first, second = verification.encode(proof.verification), trials.encode(proof.trials)
        run.emit(f'{{"verification": {first.decode()}, "trials": {second.decode()}}}\n')
    else:
        said = (*lines(proof.verification), *trial_lines(proof.trials))
        run.emit("".join(f"{printable(line)}\n" for line in said))
    code = verification.EXIT_CODES[proof.verification.outcome] or (1 if proof.trials.unexplained else 0)
    if code:
        raise click.exceptions.Exit(code)


def lines(found: Verification) -> list[str]:
    """The result for people: the outcome, then one line for each difference and each thing left open."""
    said = [summary(found)]
    said += [f"- {line}" for line in found.differences]
    said += [f"- not verifiable here: {each.what}: {each.reason}" for each in found.not_verifiable]
    return said


def summary(found: Verification) -> str:
    """The outcome in one line."""
    where = f"on PostgreSQL {found.major}"
    if found.outcome == "identical":
        return f"identical: schema.sql makes the same database again {where}"
    if found.outcome == "identical where verifiable":
        return f"identical, as far as it could be verified {where}"
    if found.outcome == "different":
        number = len(found.differences)
        return f"different: {number} difference{'' if number == 1 else 's'} after building it {where}"
    return f"not verifiable {where}"
