"""Writing and refreshing the document: `generate`, `demo`.

What is loaded here suffices for a run that finds nothing changed; `making` does the work otherwise.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pgdossier import output
from pgdossier.config import Config, Source
from pgdossier.errors import DossierError, OutputError, UsageError
from pgdossier.language import speaking
from pgdossier.pipeline import collecting, describing, earlier, loading, remembering
from pgdossier.pipeline.reading import read
from pgdossier.pipeline.results import GenerateResult
from pgdossier.progress import Progress

_DEMO_DATABASE = "shop"


@collecting.rarely()
def generate(
    config: Config,
    progress: Progress,
    *,
    verified: bool = False,
    tried: bool = False,
    identified: bool = True,
) -> GenerateResult:
    """Write the design document of `config.source` to `config.output`, or refresh it.

    What people wrote in authored blocks is kept. Volatile facts of the earlier document are kept as well
    while the structure is the same, unless `config.refresh_statistics` asks for new ones: so a refresh of
    an unchanged database changes no byte. What a verification found is kept as long as it is about the same
    structure. A change of structure makes a revision, and people's texts move along with what was renamed.

    Args:
        config: Source, scope, output and style.
        progress: Told what happens.
        verified: Verify `schema.sql` in an embedded server, and state the outcome in the document.
        tried: Try the constraints and referential actions of that copy as well, and state what they did.
        identified: Whether who works in the repository of the folder is the author of a revision, when the
            configuration names nobody.

    Raises:
        DossierError: Anything the user can act on; nothing has been written then.
    """
    if config.keep and config.discard:
        raise UsageError("--keep and --discard contradict each other", hint="give one of them")
    before = _manifest(config)
    try:
        with speaking(config.language):
            return _generated(config, progress, verified=verified, tried=tried, identified=identified)
    except DossierError as error:
        # Pages of one document and the manifest of another look as if somebody had edited them.
        if error.code == 2 and _manifest(config) != before:
            raise OutputError(
                f"another run of pgdossier has written into {config.output} meanwhile", hint="try again"
            ) from error
        raise


def _manifest(config: Config) -> bytes | None:
    """The record of what was written, as it is now; None when there is none, or it cannot be read."""
    try:
        return (config.output / output.MANIFEST).read_bytes()
    except OSError:
        return None


def _generated(
    config: Config, progress: Progress, *, verified: bool, tried: bool, identified: bool
) -> GenerateResult:
    output.check_folder(config.output)
    if config.formats:
        from pgdossier.render import formats  # noqa: PLC0415 - most runs write Markdown only

        formats.require(config.formats)
    inputs = None if verified or tried else remembering.inputs(config)
    remembered = remembering.recall(config, inputs)
    # What is wrong with the pages is found before the database is read for minutes.
    written_before = None if remembered is not None else earlier.texts_and_history(config)
    entries = describing.entries(config)
    with loading.ahead(wanted=remembered is None and config.source.kind == "server"):
        snapshot = read(config, progress)
    if remembered is not None and remembered.is_of(snapshot, config):
        return GenerateResult(
            relations=remembered.relations,
            unchanged=remembered.document,
            warnings=remembered.warnings,
        )
    if written_before is None:
        pages = None if remembered is None else frozenset(remembered.written_in)  # they are as they were
        written_before = earlier.texts_and_history(config, pages)
    from pgdossier.pipeline import making  # noqa: PLC0415 - see the module's docstring

    return making.made(
        config,
        progress,
        snapshot,
        entries,
        written_before,
        inputs,
        None if remembered is None else remembered.became,
        verified=verified,
        tried=tried,
        identified=identified,
    )


def demo(folder: Path, config: Config, progress: Progress) -> GenerateResult:
    """Start an embedded server, load the sample shop and document it in `folder`; the server is gone after.

    Raises:
        DossierError: No server binaries, or anything that `generate` raises.
    """
    from pgdossier.servers.binaries import find_binaries  # noqa: PLC0415 - only this use-case needs a server
    from pgdossier.servers.embedded import EmbeddedServer  # noqa: PLC0415 - only this use-case needs a server

    output.check_folder(folder)
    progress.phase("starting PostgreSQL", None)
    with EmbeddedServer(find_binaries(config.embedded.pg_bin)) as server:
        server.create_database(_DEMO_DATABASE)
        progress.phase("loading the sample shop", None)
        server.run_sql(_DEMO_DATABASE, sample_shop())
        source = Source(conninfo=server.url(_DEMO_DATABASE))
        config = msgspec.structs.replace(config, source=source, output=folder)
        return generate(config, progress, identified=False)


def sample_shop() -> str:
    """The SQL of the sample shop: from the installed package, or from `samples` of a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "samples" / "shop" / "shop.sql"
    found = installed if installed.is_file() else package.parents[1] / "samples" / "shop" / "shop.sql"
    return found.read_text(encoding="utf-8")
