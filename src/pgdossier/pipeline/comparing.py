"""Two databases, or a document and its database: `diff`, `check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pgdossier import output
from pgdossier.analysis import completeness
from pgdossier.analysis.completeness import Share
from pgdossier.authored import descriptions
from pgdossier.authored.descriptions import Problem
from pgdossier.config import Config
from pgdossier.errors import ConfigurationError, UsageError
from pgdossier.history import comparison
from pgdossier.model import snapshot_json
from pgdossier.model.describable import described
from pgdossier.model.lookup import Lookup
from pgdossier.model.redaction import redacted
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import describing, unread
from pgdossier.pipeline.reading import decoded, locked, read, settled
from pgdossier.progress import Progress
from pgdossier.render.links import DESCRIPTIONS, SNAPSHOT

if TYPE_CHECKING:
    from pgdossier.building.sides import Side


class DiffResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is different between two sides, how messages call them, and what the user should know."""

    left: str
    right: str
    findings: tuple[comparison.Finding, ...]
    warnings: tuple[str, ...] = ()


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a document is true: up to date, untouched outside its blocks, and described enough.

    Attributes:
        folder: The folder of the document.
        findings: What changed in the database since the document was written.
        faults: The generated files that are not as they were written.
        percent: How much of the database is described.
        minimum: How much should be; None when nobody asks.
        described: How the descriptions of the project changed since the document was written, in words.
        problems: Descriptions that the document cannot show; they make no document untrue.
        shares: How much is described, by kind.
        filling: How many blocks of the document hold people's words; None when nobody counted.
    """

    folder: Path
    findings: tuple[comparison.Finding, ...]
    faults: tuple[output.Fault, ...]
    percent: int
    minimum: int | None = None
    described: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    shares: tuple[Share, ...] = ()
    filling: output.Filling | None = None

    @property
    def incomplete(self) -> bool:
        """Whether less is described than should be."""
        return self.minimum is not None and self.percent < self.minimum

    @property
    def passed(self) -> bool:
        """Whether there is nothing to complain about."""
        return not (self.findings or self.described or self.faults or self.incomplete)


def diff(left: str, right: str, config: Config, progress: Progress) -> DiffResult:
    """Compare the structures of two databases, wherever each of them is.

    Args:
        left: What was: a URL or connection string, a snapshot file, the folder of a document, an SQL file, or
            a folder of SQL migrations; or the folder of a document at a revision of git.
        right: What is, likewise.
        config: Patterns, limits, and the programs of the embedded server; its source does not count. Without
            patterns those of a snapshot are followed.
        progress: Told what happens.

    Raises:
        UsageError: A side is none of these.
        ConfigurationError: A snapshot was taken with other patterns than the other side.
        DossierError: Anything else that the user can act on.
    """
    from pgdossier.building import sides  # noqa: PLC0415 - only this use-case needs a server of its own

    both = (sides.parse_side(left, "LEFT"), sides.parse_side(right, "RIGHT"))
    found: dict[int, Snapshot] = {}
    # Snapshots first, since they know patterns; then servers; what is made from SQL is made like the other.
    for index in sorted((0, 1), key=lambda at: _patience(both[at])):
        source, other = both[index].source, found.get(1 - index)
        if (saved := both[index].snapshot) is not None:
            found[index] = decoded(saved, both[index].label, config)
            config = _scoped(config, found[index])
        elif source is None:
            like = other.structure if other else None
            found[index] = sides.build(both[index], like, config, progress)
        else:
            found[index] = read(msgspec.structs.replace(config, source=source), progress)
            if source.kind == "snapshot":
                config = _scoped(config, found[index])
    patterns = [(found[at].structure.scope.include, found[at].structure.scope.exclude) for at in (0, 1)]
    if patterns[0] != patterns[1]:
        raise ConfigurationError(
            "LEFT and RIGHT were read with different patterns",
            hint="take both snapshots with the same --schema and --exclude",
        )
    majors = [found[at].structure.server.major for at in (0, 1)]
    from_sql = any(side.scripts for side in both)
    sides_read, left_out = unread.without(found[0].structure, found[1].structure)
    before, after = (
        comparison.comparable(structure, major=min(majors), from_sql=from_sql) for structure in sides_read
    )
    warnings: tuple[str, ...] = ()
    if majors[0] != majors[1]:
        warnings = (f"LEFT is PostgreSQL {majors[0]}, RIGHT {majors[1]}: differences may come from that",)
    return DiffResult(
        left=both[0].label,
        right=both[1].label,
        findings=comparison.findings(before, after, major=majors[0]),
        warnings=(*warnings, *locked(found[0]), *locked(found[1]), *left_out),
    )


def _patience(side: Side) -> int:
    """The order in which sides are read."""
    if side.scripts:
        return 2
    return 0 if side.source is None or side.source.kind == "snapshot" else 1


def _scoped(config: Config, known: Snapshot) -> Config:
    """The configuration with the patterns that a snapshot was taken with, when it has none of its own."""
    if config.schemas or config.exclude:
        return config
    scope = known.structure.scope
    return msgspec.structs.replace(config, schemas=scope.include, exclude=scope.exclude)


def check(
    config: Config, progress: Progress, *, minimum: int | None = None, offline: bool = False
) -> CheckResult:
    """Compare the document in `config.output` with `config.source`; nothing is written, nothing is drawn.

    Volatile facts (sizes, row estimates, counters) do not count. Without patterns those that the document was
    made with are followed.

    Args:
        config: Source, scope and output.
        progress: Told what happens.
        minimum: How many percent of the database should be described.
        offline: Read no source: only the files themselves and the descriptions of the project are checked.

    Raises:
        UsageError: The folder holds no document.
        DossierError: Anything else that the user can act on.
    """
    folder = config.output
    if not output.is_document(folder):
        raise UsageError(
            f"{folder} holds no document", hint=f"write one with `pgdossier generate SOURCE -o {folder}`"
        )
    faults = output.faults(folder)
    entries = describing.entries(config)
    known = _documented_snapshot(folder, faults)
    if known is not None and config.redact:
        shown = redacted(known, config.redact)
        if shown.structure != known.structure:  # neither side of a difference may show it
            reason = "holds what `redact` asks to leave out"
            faults = (*faults, output.Fault(path=SNAPSHOT, message=reason))
        known = shown
    now = known
    if not offline:
        now = read(config if known is None else _scoped(config, known), progress)
        now = now if known is None else settled(now, known)
    if now is None:  # the snapshot of the document is missing or damaged, which is a fault
        return CheckResult(folder=folder, findings=(), faults=faults, percent=0)
    findings = () if known is None else comparison.findings(known.structure, now.structure)
    found = descriptions.resolve(entries, now.structure)
    shown = msgspec.structs.replace(now, structure=described(now.structure, found.shown))
    complete = completeness.measure(shown.structure, Lookup.of(shown))
    changed: tuple[str, ...] = ()
    if known is not None and not any(fault.path == DESCRIPTIONS for fault in faults):
        written = output.existing(folder, DESCRIPTIONS)
        changed = describing.changes(written, known.structure, found, now.structure)
    return CheckResult(
        folder=folder,
        findings=findings,
        faults=faults,
        percent=complete.percent,
        minimum=minimum,
        described=changed,
        problems=found.problems,
        shares=complete.rows,
        filling=output.filling(folder),
    )


def _documented_snapshot(folder: Path, faults: tuple[output.Fault, ...]) -> Snapshot | None:
    """The snapshot of the document; None when its file is missing or damaged, which is a fault then."""
    if any(fault.path == SNAPSHOT for fault in faults):
        return None
    data = output.existing_snapshot(folder)
    return None if data is None else snapshot_json.decode(data, str(folder / SNAPSHOT))
