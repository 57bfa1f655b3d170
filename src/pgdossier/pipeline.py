"""The use-cases, callable from Python: generate, demo, snapshot, verify, diff, check, export.

The command line is a skin over these.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pgdossier import catalog, output
from pgdossier.analysis import Analysis, analyse, completeness
from pgdossier.config import Config, Source
from pgdossier.ddl.script import schema_script
from pgdossier.diagrams import erd, graphviz
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import ConfigurationError, DiagramError, SnapshotError, UsageError
from pgdossier.export import sql
from pgdossier.history import comparison
from pgdossier.history import verification as verifications
from pgdossier.history.verification import Verification
from pgdossier.model import snapshot_json
from pgdossier.model.lookup import Lookup
from pgdossier.model.snapshot import Snapshot
from pgdossier.progress import Progress
from pgdossier.render import markdown
from pgdossier.render.links import SCHEMA_SQL, SNAPSHOT, VERIFICATION, Links
from pgdossier.render.page import Drawings
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffResult:
    """What is different between two sides, how messages call them, and what the user should know."""

    left: str
    right: str
    findings: tuple[comparison.Finding, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Whether a document is true: up to date, untouched outside its blocks, and described enough.

    Attributes:
        folder: The folder of the document.
        findings: What changed in the database since the document was written.
        faults: The generated files that are not as they were written.
        percent: How much of the database is described.
        minimum: How much should be; None when nobody asks.
    """

    folder: Path
    findings: tuple[comparison.Finding, ...]
    faults: tuple[output.Fault, ...]
    percent: int
    minimum: int | None = None

    @property
    def incomplete(self) -> bool:
        """Whether less is described than should be."""
        return self.minimum is not None and self.percent < self.minimum

    @property
    def passed(self) -> bool:
        """Whether there is nothing to complain about."""
        return not (self.findings or self.faults or self.incomplete)


def generate(config: Config, progress: Progress, *, verified: bool = False) -> GenerateResult:
    """Write the design document of `config.source` to `config.output`, or refresh it.

    What people wrote in authored blocks is kept. Volatile facts of the earlier document are kept as well
    while the structure is the same, unless `config.refresh_statistics` asks for new ones: so a refresh of
    an unchanged database changes no byte. What a verification found is kept as long as it is about the same
    structure.

    Args:
        config: Source, scope, output and style.
        progress: Told what happens.
        verified: Verify `schema.sql` in an embedded server, and state the outcome in the document.

    Raises:
        DossierError: Anything the user can act on; nothing has been written then.
    """
    output.check_folder(config.output)
    authored = output.read_authored(config.output)
    snapshot = read(config, progress)
    if not config.refresh_statistics and config.source.kind == "server":
        snapshot = _settled(snapshot, output.existing_snapshot(config.output))
    verification = _known_verification(snapshot, config)
    if verified:
        verification = _settled_verification(_verify(snapshot, config, progress), verification, config)
    analysis = analyse(snapshot)
    files, warnings = document(analysis, config, authored, progress, verification)
    progress.phase("writing", None)
    result = output.write(config.output, files, discard=config.discard)
    warnings = (
        *warnings,
        *(f"{path} is not part of the document any more; left alone" for path in result.left),
    )
    return GenerateResult(
        relations=len(documented(analysis.lookup)),
        written=result.written,
        unchanged=result.unchanged,
        removed=result.removed,
        warnings=warnings,
        verification=verification if verified else None,
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
        return generate(msgspec.structs.replace(config, source=source, output=folder), progress)


def sample_shop() -> str:
    """The SQL of the sample shop: from the installed package, or from `samples` of a checkout."""
    package = Path(__file__).parent
    installed = package / "samples" / "shop" / "shop.sql"
    found = installed if installed.is_file() else package.parents[1] / "samples" / "shop" / "shop.sql"
    return found.read_text(encoding="utf-8")


def snapshot(config: Config, target: Path | None, progress: Progress) -> str | None:
    """Read the database and save what was read.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    data = snapshot_json.encode(read(config, progress))
    if target is None:
        return data.decode()
    output.write_file(target, data)
    return None


def verify(
    config: Config, progress: Progress, *, folder: Path | None = None, scratch: str | None = None
) -> Verification:
    """Make the database again from its `schema.sql`, in a server that may be used up, and compare.

    Args:
        config: Source, scope, limits, and the programs of the embedded server.
        progress: Told what happens.
        folder: A folder with a document: its snapshot.json and schema.sql are verified, no source is read.
        scratch: An empty database to use in place of an embedded server.

    Raises:
        UsageError: The folder holds no document, or the scratch database is not empty.
        DossierError: Anything else that the user can act on.
    """
    if folder is None:
        return _verify(read(config, progress), config, progress, scratch=scratch)
    try:
        data, script = (folder / SNAPSHOT).read_bytes(), (folder / SCHEMA_SQL).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{folder} holds no document: {SNAPSHOT} and {SCHEMA_SQL} are needed",
            hint=f"write one with `pgdossier generate SOURCE -o {folder}`",
        ) from None
    found = snapshot_json.decode(data, str(folder / SNAPSHOT))
    return _verify(found, config, progress, script=script, scratch=scratch)


def _verify(
    found: Snapshot,
    config: Config,
    progress: Progress,
    *,
    script: str | None = None,
    scratch: str | None = None,
) -> Verification:
    from pgdossier import verification  # noqa: PLC0415 - only this use-case needs a server of its own

    result = verification.verify(
        found.structure,
        schema_script(found) if script is None else script,
        progress,
        scratch_database=scratch,
        pg_bin=config.embedded.pg_bin,
        limits=verification.Limits(
            statement_timeout=config.statement_timeout, lock_timeout=config.lock_timeout
        ),
    )
    return msgspec.structs.replace(result, verified_on=_date(result.verified_on))


def _known_verification(found: Snapshot, config: Config) -> Verification | None:
    """What an earlier run verified, when it was this structure."""
    data = output.existing(config.output, VERIFICATION)
    if data is None:
        return None
    try:
        known = verifications.decode(data)
    except SnapshotError:
        return None
    return known if known.structure == verifications.digest(found.structure) else None


def _settled_verification(new: Verification, known: Verification | None, config: Config) -> Verification:
    """The known verification when the new one found the same: its date is when that was found first."""
    if known is None or config.refresh_statistics:
        return new
    return known if msgspec.structs.replace(new, verified_on=known.verified_on) == known else new


def diff(left: str, right: str, config: Config, progress: Progress) -> DiffResult:
    """Compare the structures of two databases, wherever each of them is.

    Args:
        left: What was: a URL or connection string, a snapshot file, the folder of a document, an SQL file, or
            a folder of SQL migrations.
        right: What is, likewise.
        config: Patterns, limits, and the programs of the embedded server; its source does not count. Without
            patterns those of a snapshot are followed.
        progress: Told what happens.

    Raises:
        UsageError: A side is none of these.
        ConfigurationError: A snapshot was taken with other patterns than the other side.
        DossierError: Anything else that the user can act on.
    """
    from pgdossier import sides  # noqa: PLC0415 - only this use-case needs a server of its own

    both = (sides.parse_side(left, "LEFT"), sides.parse_side(right, "RIGHT"))
    found: dict[int, Snapshot] = {}
    # Snapshots first, since they know patterns; then servers; what is made from SQL is made like the other.
    for index in sorted((0, 1), key=lambda at: _patience(both[at].source)):
        source, other = both[index].source, found.get(1 - index)
        if source is None:
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
    from_sql = any(side.source is None for side in both)
    before, after = (
        comparison.comparable(found[index].structure, major=min(majors), from_sql=from_sql)
        for index in (0, 1)
    )
    warnings: tuple[str, ...] = ()
    if majors[0] != majors[1]:
        warnings = (f"LEFT is PostgreSQL {majors[0]}, RIGHT {majors[1]}: differences may come from that",)
    return DiffResult(
        left=both[0].label,
        right=both[1].label,
        findings=comparison.findings(before, after),
        warnings=warnings,
    )


def _patience(source: Source | None) -> int:
    """The order in which sides are read."""
    return 2 if source is None else 0 if source.kind == "snapshot" else 1


def _scoped(config: Config, known: Snapshot) -> Config:
    """The configuration with the patterns that a snapshot was taken with, when it has none of its own."""
    if config.schemas or config.exclude:
        return config
    scope = known.structure.scope
    return msgspec.structs.replace(config, schemas=scope.include, exclude=scope.exclude)


def check(config: Config, progress: Progress, *, minimum: int | None = None) -> CheckResult:
    """Compare the document in `config.output` with `config.source`; nothing is written, nothing is drawn.

    Volatile facts (sizes, row estimates, counters) do not count. Without patterns those that the document was
    made with are followed.

    Args:
        config: Source, scope and output.
        progress: Told what happens.
        minimum: How many percent of the database should be described.

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
    known = _documented_snapshot(folder, faults)
    now = read(config if known is None else _scoped(config, known), progress)
    findings: tuple[comparison.Finding, ...] = ()
    if known is not None:
        settled = _settled(now, snapshot_json.encode(known))
        findings = comparison.findings(known.structure, settled.structure)
    return CheckResult(
        folder=folder,
        findings=findings,
        faults=faults,
        percent=completeness.measure(now.structure, Lookup.of(now)).percent,
        minimum=minimum,
    )


def _documented_snapshot(folder: Path, faults: tuple[output.Fault, ...]) -> Snapshot | None:
    """The snapshot of the document; None when its file is missing or damaged, which is a fault then."""
    if any(fault.path == SNAPSHOT for fault in faults):
        return None
    data = output.existing_snapshot(folder)
    return None if data is None else snapshot_json.decode(data, str(folder / SNAPSHOT))


def export_sql(
    config: Config, target: Path | None, progress: Progress, options: sql.Options | None = None
) -> str | None:
    """The SQL that makes the database again, by itself.

    Args:
        config: Source and scope.
        target: The file to write; None to get the text back.
        progress: Told what happens.
        options: What the script says.

    Raises:
        DossierError: Anything the user can act on; the file is as it was then.
    """
    text = sql.text(read(config, progress), options)
    if target is None:
        return text
    output.write_file(target, text.encode())
    return None


def read(config: Config, progress: Progress) -> Snapshot:
    """The snapshot of `config.source`: read from the server, or from a file.

    Raises:
        ConfigurationError: The snapshot file was taken with other patterns than the configuration asks for.
        SnapshotError: The file cannot be read.
        DossierError: Whatever the catalog reader says.
    """
    source = config.source
    if source.path is None:
        found = catalog.read(
            source.conninfo,
            include=config.schemas,
            exclude=config.exclude,
            statement_timeout=config.statement_timeout,
            lock_timeout=config.lock_timeout,
            progress=progress,
        )
        return _dated(found)
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise SnapshotError(
            f"{source.path}: {error.strerror or 'cannot be read'}",
            hint="write a snapshot with `pgdossier snapshot SOURCE -o FILE`",
        ) from None
    found = snapshot_json.decode(data, str(source.path))
    scope = found.structure.scope
    asked = (config.schemas or scope.include, config.exclude or scope.exclude)
    if asked != (scope.include, scope.exclude):
        raise ConfigurationError(
            f"{source.path} was taken with other patterns than those that are asked for",
            hint="give the patterns when the snapshot is taken: pgdossier snapshot SOURCE --schema …",
        )
    return found


def _dated(found: Snapshot) -> Snapshot:
    """The snapshot with the date that SOURCE_DATE_EPOCH asks for, for reproducible builds."""
    return msgspec.structs.replace(found, captured_on=_date(found.captured_on))


def _date(today: str) -> str:
    """The date that SOURCE_DATE_EPOCH asks for, else today's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return today
    try:
        date = dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise ConfigurationError(
            "SOURCE_DATE_EPOCH is not a number of seconds since 1970",
            hint="unset it, or set it as in: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
        ) from None
    return date.isoformat()


def _settled(found: Snapshot, earlier: bytes | None) -> Snapshot:
    """The earlier snapshot when its structure is the same; a damaged earlier one does not matter."""
    if earlier is None:
        return found
    try:
        before = snapshot_json.decode(earlier)
    except SnapshotError:
        return found
    structure = found.structure
    if structure.server.time_zone is None:  # hidden by a setting of the role that reads now
        known = msgspec.structs.replace(structure.server, time_zone=before.structure.server.time_zone)
        structure = msgspec.structs.replace(structure, server=known)
    return before if before.structure == structure else found


def document(
    analysis: Analysis,
    config: Config,
    authored: Mapping[str, str],
    progress: Progress,
    verification: Verification | None = None,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All files of the document, by path relative to the output folder, and warnings.

    Raises:
        ConfigurationError: A template is broken.
        DiagramError: The Graphviz that the configuration names cannot be used.
    """
    relations = documented(analysis.lookup)
    split = config.layout == "split" or (config.layout == "auto" and len(relations) > config.split_above)
    links = markdown.links_for(analysis, split=split)
    diagrams = _diagrams(analysis, links, config)
    drawn, reason, warnings = _draw(diagrams, config, progress)
    style = markdown.Style(
        split=split,
        title=config.title or None,
        prepared_by=config.prepared_by or None,
        status=config.status or None,
        template_dir=config.template_dir,
    )
    drawings = Drawings(diagrams=diagrams, drawn=frozenset(drawn), reason=reason)
    progress.phase("rendering", None)
    texts = markdown.pages(analysis, style, drawings, authored, verification)
    files = {path: text.encode() for path, text in texts.items()}
    files |= {links.diagram_path(subject): svg for subject, svg in drawn.items()}
    files[SCHEMA_SQL] = schema_script(analysis.snapshot).encode()
    files[SNAPSHOT] = snapshot_json.encode(analysis.snapshot)
    if verification is not None:
        files[VERIFICATION] = verifications.encode(verification)
    return files, warnings


def _diagrams(analysis: Analysis, links: Links, config: Config) -> dict[Subject, Diagram]:
    """The overview, one diagram for each schema where there are several, one for each relation."""
    found: list[Diagram | None] = []
    limit = config.diagrams.keys_only_above
    relations = documented(analysis.lookup)
    if relations:
        url = links.from_diagram(Subject("overview"))
        found.append(erd.overview(analysis.lookup, analysis.relationships, url, columns_above=limit))
    schemas = sorted({relation.schema for relation in relations})
    if len(schemas) > 1:
        for schema in schemas:
            url = links.from_diagram(Subject("schema", schema))
            found.append(
                erd.of_schema(schema, analysis.lookup, analysis.relationships, url, columns_above=limit)
            )
    for relation in relations:
        url = links.from_diagram(Subject("relation", relation.schema, relation.name))
        found.append(
            erd.neighbourhood(relation, analysis.lookup, analysis.relationships, url, graph=analysis.graph)
        )
    return {diagram.subject: diagram for diagram in found if diagram is not None and diagram.boxes}


def _draw(
    diagrams: Mapping[Subject, Diagram], config: Config, progress: Progress
) -> tuple[Mapping[Subject, bytes], str | None, tuple[str, ...]]:
    """SVG by subject, why diagrams are missing there if they are, and warnings."""
    if not config.diagrams.enabled:
        return {}, "Graphviz is switched off in the configuration.", ()
    try:
        engine = graphviz.find_engine(config.diagrams.dot)
    except DiagramError as error:
        if config.diagrams.dot is not None:
            raise
        return {}, f"{error.message}.", (f"{error.message}; diagrams are shown as Mermaid",)
    failures: list[str] = []
    progress.phase("drawing diagrams", len(diagrams))
    drawn = graphviz.draw(
        tuple(diagrams.values()),
        engine,
        timeout=config.diagrams.timeout,
        progress=lambda _done, _total: progress.advance(),
        failed=lambda diagram, why: failures.append(f'diagram "{diagram.title}": {why}'),
    )
    reason = "Graphviz could not draw them all." if failures else None
    return drawn, reason, tuple(failures)
