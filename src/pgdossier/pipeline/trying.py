"""What constraints and referential actions do: `verify --probe`, and what a document remembers of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from pgdossier.config import Config
from pgdossier.ddl.script import schema_script
from pgdossier.history import trials as trials_of
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline.reading import date, read
from pgdossier.pipeline.verifying import documented, known
from pgdossier.progress import Progress
from pgdossier.render.links import TRIALS
from pgdossier.trials import pgtap_file, pytest_file
from pgdossier.trials.cases import Case, Row

_Writer = Callable[[str, int, Sequence[Row], Sequence[Case]], str]
_FILES: Mapping[str, _Writer] = {"pgtap": pgtap_file.written, "pytest": pytest_file.written}


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a database that was made again.

    Attributes:
        verification: Whether it is the same.
        trials: What its constraints and referential actions do.
        tests: The trials as files of tests, by the name of the framework, as far as they were asked for.
    """

    verification: Verification
    trials: Trials
    tests: Mapping[str, str]


def prove(
    config: Config,
    progress: Progress,
    *,
    folder: Path | None = None,
    scratch: str | None = None,
    tests: Sequence[str] = (),
) -> Proof:
    """Make the database again from its `schema.sql`, compare, and try its constraints and actions.

    The source is only read, and nothing is ever tried on it.

    Args:
        config: Source, scope, limits, and the programs of the embedded server.
        progress: Told what happens.
        folder: A folder with a document: its snapshot.json and schema.sql are used, no source is read.
        scratch: An empty database to use in place of an embedded server; the rows stay in it.
        tests: Which files of tests are wanted: pgtap, pytest.

    Raises:
        UsageError: The folder holds no document, or the scratch database is not empty.
        DossierError: Anything else that the user can act on.
    """
    if folder is None:
        return prove_snapshot(read(config, progress), config, progress, scratch=scratch, tests=tests)
    found, script = documented(folder)
    return prove_snapshot(found, config, progress, script=script, scratch=scratch, tests=tests)


def prove_snapshot(
    found: Snapshot,
    config: Config,
    progress: Progress,
    *,
    script: str | None = None,
    scratch: str | None = None,
    tests: Sequence[str] = (),
) -> Proof:
    """The same with a snapshot that was read already, and with its own SQL unless another is given.

    Raises:
        DossierError: Anything that the user can act on.
    """
    from pgdossier.building import verification  # noqa: PLC0415 - only this use-case needs a server of its own
    from pgdossier.building.trials import running  # noqa: PLC0415 - only this use-case needs a server of its own

    with verification.rebuilding(
        found.structure,
        schema_script(found) if script is None else script,
        progress,
        scratch_database=scratch,
        pg_bin=config.embedded.pg_bin,
        limits=verification.Limits(
            statement_timeout=config.statement_timeout, lock_timeout=config.lock_timeout
        ),
    ) as rebuilt:
        tried = running.run(found.structure, rebuilt, progress)
        judged = msgspec.structs.replace(
            rebuilt.verification, verified_on=date(rebuilt.verification.verified_on)
        )
    trials = msgspec.structs.replace(tried.trials, tried_on=date(tried.trials.tried_on))
    database = found.structure.database.name
    files = {name: _FILES[name](database, trials.major, tried.order, tried.cases) for name in tests}
    return Proof(verification=judged, trials=trials, tests=files)


def known_trials(found: Snapshot, config: Config) -> Trials | None:
    """What an earlier run tried, when it was this structure."""
    return known(found, config, TRIALS, trials_of.decode)


def settled_trials(new: Trials, earlier: Trials | None, config: Config) -> Trials:
    """The known trials when the new ones found the same: their date is when that was found first."""
    if earlier is None or config.refresh_statistics:
        return new
    return earlier if msgspec.structs.replace(new, tried_on=earlier.tried_on) == earlier else new
