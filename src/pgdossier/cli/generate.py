"""`pgdossier generate`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgdossier.cli import options
from pgdossier.cli.options import Run
from pgdossier.cli.trials import trial_lines
from pgdossier.cli.verify import lines

if TYPE_CHECKING:
    from pgdossier.pipeline import GenerateResult


@click.command()
@options.source
@options.output_folder
@options.selection
@options.language
@click.option(
    "--layout",
    type=click.Choice(["auto", "single", "split"]),
    help="One page, or one page per relation; auto decides by their number.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "pdf", "docx"]),
    help="Write this besides Markdown: html makes index.html, one file that needs nothing else, or the folder"
    " html/ when there is one page per relation; pdf and docx (extras of those names) make document.pdf and"
    " document.docx, the whole document on paper. Repeatable.",
)
@click.option(
    "--front-matter",
    is_flag=True,
    help="Begin each page with YAML front matter (title, description) for site generators.",
)
@click.option(
    "--template-dir",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder of templates that replace or extend the built-in ones.",
)
@click.option(
    "--author",
    metavar="NAME",
    help="Who makes the revision, if there is one [default: the configuration, then git's user of DIR].",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Move what somebody typed outside the authored blocks into the nearest block.",
)
@options.discard
@click.option(
    "--refresh-statistics",
    is_flag=True,
    help="Take new sizes, row estimates and counters although the structure is unchanged.",
)
@click.option(
    "--probe-data",
    is_flag=True,
    help="Read table data, for once: count on a bounded sample how many values of each implied or declared"
    " relationship are found in its parent. Only counts are kept.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Verify schema.sql in an embedded server, as `pgdossier verify` does, and state the outcome.",
)
@click.option(
    "--probe",
    is_flag=True,
    help="With --verify: try every constraint and referential action on the rebuilt copy, never on SOURCE,"
    " and state what they did.",
)
@options.config_file
@options.common
def generate(
    run: Run,
    *,
    source: str | None,
    output: Path | None,
    schemas: tuple[str, ...],
    exclude: tuple[str, ...],
    language: str | None,
    layout: str | None,
    formats: tuple[str, ...],
    front_matter: bool,
    template_dir: Path | None,
    author: str | None,
    keep: bool,
    discard: bool,
    refresh_statistics: bool,
    probe_data: bool,
    verify: bool,
    probe: bool,
    config_file: Path | None,
) -> None:
    """Write the design document of the database SOURCE, or refresh it.

    SOURCE is a URL (postgresql://reader@db.example/shop), a connection string ('host=db.example dbname=shop',
    service=shop), or the path of a snapshot.json. Without it $PGDOSSIER_SOURCE decides, then the
    configuration file, $DATABASE_URL, and the PG* environment, ~/.pgpass and the service file.

    Text between the markers of an authored block is kept, and moves along when its table is renamed. A page
    that was edited elsewhere stops the run, which shows where; --keep and --discard go on. A change of
    structure makes a revision of the document (section 13, history.json). Only files that pgdossier wrote are
    ever replaced or removed.
    """
    from pgdossier import pipeline  # noqa: PLC0415 - see Run.progress

    if keep and discard:
        raise click.UsageError("--keep and --discard contradict each other")
    if probe and not verify:
        raise click.UsageError("--probe tries what --verify rebuilds: give both")
    config = options.load_config(
        config_file,
        source=source,
        output=output,
        schemas=schemas,
        exclude=exclude,
        language=language,
        layout=layout,
        formats=formats,
        front_matter=front_matter,
        template_dir=template_dir,
        author=author,
        keep=keep,
        discard=discard,
        refresh_statistics=refresh_statistics,
        probe_data=probe_data,
    )
    with run.progress() as progress:
        result = pipeline.generate(config, progress, verified=verify, tried=probe)
    tell(run, config.output, result)


def tell(run: Run, folder: Path, result: GenerateResult) -> None:
    """Say in one line what was written, and each warning in its own."""
    for warning in result.warnings:
        run.warn(warning)
    files = f"{_files(len(result.written))} written, {len(result.unchanged)} unchanged"
    if result.removed:
        files += f", {len(result.removed)} removed"
    relations = f"{result.relations} relation{'' if result.relations == 1 else 's'} documented"
    run.say(f"{folder / 'README.md'}: {relations}; {files}")
    if result.verification is not None:
        for line in lines(result.verification):
            run.say(line)
    if result.trials is not None:
        for line in trial_lines(result.trials):
            run.say(line)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
