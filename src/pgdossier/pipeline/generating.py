"""Writing and refreshing the document: `generate`, `demo`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pgdossier import output
from pgdossier.analysis import Analysis, analyse
from pgdossier.authored import descriptions
from pgdossier.authored.texts import Texts
from pgdossier.config import Config, Source
from pgdossier.errors import DossierError, OutputError, UsageError
from pgdossier.history.revisions import History
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.language import ENGLISH, speaking
from pgdossier.model.describable import Key
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import (
    collecting,
    describing,
    dividing,
    hand_edits,
    judging,
    probing,
    remembering,
    revising,
    unread,
    watching,
)
from pgdossier.pipeline.documents import Diagrams, document, pages_with
from pgdossier.pipeline.reading import read, settled
from pgdossier.pipeline.trying import known_trials, prove_snapshot, settled_trials
from pgdossier.pipeline.verifying import known_verification, settled_verification, verify_snapshot
from pgdossier.progress import Progress
from pgdossier.render import formats
from pgdossier.render.relation import documented

_DEMO_DATABASE = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateResult:
    """What a run did: paths relative to the output folder, and what the user should know."""

    relations: int
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    verification: Verification | None = None
    trials: Trials | None = None


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
    formats.require(config.formats)
    inputs = None if verified or tried else remembering.inputs(config)
    remembered = remembering.recall(config, inputs)
    # What is wrong with the pages is found before the database is read for minutes.
    written_before = None if remembered is not None else _written(config)
    entries = describing.entries(config)
    snapshot = read(config, progress)
    locked = unread.warnings(snapshot)
    if remembered is not None and remembered.is_of(snapshot, config):
        return GenerateResult(
            relations=remembered.relations,
            unchanged=remembered.document,
            warnings=remembered.warnings,
        )
    texts, known = written_before or _written(config)
    if not config.refresh_statistics and config.source.kind == "server":
        snapshot = settled(snapshot, output.existing_snapshot(config.output), config.redact)
    verification = known_verification(snapshot, config)
    trials = known_trials(snapshot, config)
    if tried:
        with speaking(ENGLISH):  # what is stored does not depend on the language of the document
            proof = prove_snapshot(snapshot, config, progress)
        verification = settled_verification(proof.verification, verification, config)
        trials = settled_trials(proof.trials, trials, config)
    elif verified:
        with speaking(ENGLISH):  # likewise
            found = verify_snapshot(snapshot, config, progress)
        verification = settled_verification(found, verification, config)
    described = descriptions.resolve(entries, snapshot.structure)
    analysis = _analysed(snapshot, described.shown, config)
    if config.probe_data:
        snapshot = probing.probed(snapshot, analysis, config, progress)
        analysis = _analysed(snapshot, described.shown, config)

    def earlier() -> Snapshot | None:
        # As large as the new one, and seldom asked for twice: it is not kept.
        return revising.earlier_snapshot(config)

    def rendered(texts: Texts) -> tuple[revising.Revised, Mapping[str, bytes]]:
        revised = revising.revise(config, known, earlier(), snapshot, texts, identified=identified)
        files, _ = document(
            analysis,
            config,
            revised.texts.bodies,
            progress,
            verification,
            revised.history,
            diagrams,
            trials,
        )
        return revised, files

    def written() -> Mapping[str, str]:
        return earlier_pages(config, known, earlier(), diagrams.drawings.reason)

    progress.phase("rendering", None)
    with Diagrams(analysis, config) as diagrams:
        revised, files = rendered(texts)
        with_kept, kept = hand_edits.settle(config, files, texts, written)
        if with_kept is not texts:
            revised, files = rendered(with_kept)
        drawn = diagrams.finish(progress)
    progress.phase("writing", None)
    result = output.write(config.output, files, discard=config.discard or config.keep, texts=revised.texts)
    once = (*kept, *revised.warnings, *locked)
    left = tuple(f"{path} is not part of the document any more; left alone" for path in result.left)
    always = (
        *(str(problem) for problem in described.problems),
        *analysis.declared.problems,
        *analysis.sensitive.problems,
        *analysis.domains.problems,
        *drawn.warnings,
    )
    warnings = (*once, *always, *left)
    relations = len(documented(analysis.lookup))
    if warnings == always and drawn.final:
        remembering.remember(config, inputs, snapshot, files, relations, always, result.stamps)
    return GenerateResult(
        relations=relations,
        written=result.written,
        unchanged=result.unchanged,
        removed=result.removed,
        warnings=warnings,
        verification=verification if verified or tried else None,
        trials=trials if tried else None,
    )


def _written(config: Config) -> tuple[Texts, History | None]:
    """What people wrote in the document that is there, and its history."""
    return Texts.of(output.read_authored(config.output)), revising.known_history(config)


def _analysed(snapshot: Snapshot, descriptions: Mapping[Key, str], config: Config) -> Analysis:
    """The analysis with what the configuration says of relationships."""
    return analyse(
        snapshot,
        descriptions,
        declarations=probing.declarations(config),
        minimum_confidence=config.implied.minimum_confidence,
        limits=watching.limits(config),
        judgements=judging.judgements(config),
        domains_declared=dividing.declared(config),
        most_boxes=config.diagrams.most_boxes,
    )


def earlier_pages(
    config: Config, known: History | None, earlier: Snapshot | None, reason: str | None
) -> Mapping[str, str]:
    """The pages of the document that is there, as they were written, as far as that can be known.

    What stood in the blocks then does not matter, but which were filled; the history remembers that.

    Args:
        config: Output folder and style.
        known: The history of that document.
        earlier: Its snapshot.
        reason: Why diagrams are missing, where they are.
    """
    if earlier is None or known is None:
        return {}
    described = descriptions.resolve(describing.entries(config), earlier.structure)
    return pages_with(
        _analysed(earlier, described.shown, config),
        config,
        dict.fromkeys(known.notes, "…\n"),
        known_verification(earlier, config),
        known,
        files=output.known_files(config.output),
        reason=reason,
        trials=known_trials(earlier, config),
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
