"""Making a document of what was read, and writing it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pgdossier import output
from pgdossier.analysis import Analysis, analyse
from pgdossier.authored import descriptions
from pgdossier.authored.descriptions import Entry
from pgdossier.authored.texts import Texts
from pgdossier.config import Config
from pgdossier.history.revisions import History
from pgdossier.language import ENGLISH, speaking
from pgdossier.model.describable import Key
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import (
    beside,
    describing,
    dividing,
    earlier,
    hand_edits,
    judging,
    probing,
    remembering,
    revising,
    watching,
)
from pgdossier.pipeline.documents import Diagrams, document, pages_with
from pgdossier.pipeline.keeping import Kept
from pgdossier.pipeline.reading import locked, settled
from pgdossier.pipeline.results import GenerateResult
from pgdossier.pipeline.sourcing import Sources
from pgdossier.pipeline.trying import known_trials, prove_snapshot, settled_trials
from pgdossier.pipeline.verifying import known_verification, settled_verification, verify_snapshot
from pgdossier.progress import Progress
from pgdossier.render.relation import documented


def made(
    config: Config,
    progress: Progress,
    snapshot: Snapshot,
    entries: tuple[Entry, ...],
    written_before: tuple[Texts, History | None],
    inputs: str | None,
    became: Mapping[str, str] | None,
    *,
    verified: bool,
    tried: bool,
    identified: bool,
) -> GenerateResult:
    """Make the document of what was read, and write it.

    Args:
        config: As for `generating.generate`, like all that is not named here.
        progress: Told what happens.
        snapshot: What was read.
        entries: The descriptions of the project.
        written_before: The texts and the history of the document that is there.
        inputs: What decides the document besides, as `remembering.inputs` gives it.
        became: What became of the diagrams of the document that is there, where that is remembered.
        verified: Verify `schema.sql`.
        tried: Try it as well.
        identified: Whether git says who made a revision.
    """
    held_back = locked(snapshot)
    texts, known = written_before
    held = []
    if not config.refresh_statistics and config.source.kind == "server":
        held = [earlier.earlier_snapshot(config)]
        snapshot = settled(snapshot, held[0], config.redact)
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
    sources = Sources(snapshot, config)

    def before() -> Snapshot | None:
        # As large as the new one, and seldom asked for twice: it is not kept.
        return held.pop() if held else earlier.earlier_snapshot(config)

    def rendered(texts: Texts) -> tuple[revising.Revised, Kept[str]]:
        revised = revising.revise(config, known, before(), snapshot, texts, identified=identified)
        files, _ = document(
            analysis,
            config,
            revised.texts.bodies,
            progress,
            verification,
            revised.history,
            diagrams,
            trials,
            sources,
        )
        return revised, files

    def written() -> Mapping[str, str]:
        return _earlier_pages(config, known, before(), diagrams.drawings.reason)

    progress.phase("rendering", None)
    with sources.begun(progress), Diagrams(analysis, config, became) as diagrams:
        revised, files = rendered(texts)
        with_kept, kept = hand_edits.settle(config, files, texts, written)
        if with_kept is not texts:
            revised, files = rendered(with_kept)
        drawn = diagrams.finish(progress)
    progress.phase("writing", None)
    result = output.write(
        config.output,
        files,
        discard=config.discard or config.keep,
        texts=revised.texts,
        parts=files.parts,
        standing=files.stamps,
        aside=partial(beside.aside, progress=progress),
    )
    once = (*kept, *revised.warnings, *held_back)
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
        remembering.remember(
            config,
            inputs,
            snapshot,
            sources.facts,
            files,
            relations,
            always,
            result,
            _written_in(files, revised.texts),
            diagrams.became,
        )
    return GenerateResult(
        relations=relations,
        written=result.written,
        unchanged=result.unchanged,
        removed=result.removed,
        warnings=warnings,
        verification=verification if verified or tried else None,
        trials=trials if tried else None,
    )


def _written_in(files: Kept[str], texts: Texts) -> tuple[str, ...]:
    """The pages that hold anything of those texts, and those of which nobody knows."""
    return tuple(
        path
        for path in files
        if output.is_page(path)
        and ((part := files.parts.get(path)) is None or not texts.bodies.keys().isdisjoint(part.bodies))
    )


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


def _earlier_pages(
    config: Config, known: History | None, before: Snapshot | None, reason: str | None
) -> Mapping[str, str]:
    """The pages of the document that is there, as they were written, as far as that can be known.

    What stood in the blocks then does not matter, but which were filled; the history remembers that.

    Args:
        config: Output folder and style.
        known: The history of that document.
        before: Its snapshot.
        reason: Why diagrams are missing, where they are.
    """
    if before is None or known is None:
        return {}
    described = descriptions.resolve(describing.entries(config), before.structure)
    return pages_with(
        _analysed(before, described.shown, config),
        config,
        dict.fromkeys(known.notes, "…\n"),
        known_verification(before, config),
        known,
        files=output.known_files(config.output),
        reason=reason,
        trials=known_trials(before, config),
    )
