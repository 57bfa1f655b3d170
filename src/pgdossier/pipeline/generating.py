"""Writing and refreshing the document: `generate`, `demo`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from pgdossier import output
from pgdossier.analysis import analyse
from pgdossier.config import Config, Source
from pgdossier.history.verification import Verification
from pgdossier.pipeline.documents import document
from pgdossier.pipeline.reading import read, settled
from pgdossier.pipeline.verifying import known_verification, settled_verification, verify_snapshot
from pgdossier.progress import Progress
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
        snapshot = settled(snapshot, output.existing_snapshot(config.output))
    verification = known_verification(snapshot, config)
    if verified:
        verification = settled_verification(verify_snapshot(snapshot, config, progress), verification, config)
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
    package = Path(__file__).parents[1]
    installed = package / "samples" / "shop" / "shop.sql"
    found = installed if installed.is_file() else package.parents[1] / "samples" / "shop" / "shop.sql"
    return found.read_text(encoding="utf-8")
