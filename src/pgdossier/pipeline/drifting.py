"""The live database against the application's own truth: `drift`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pgdossier.analysis import migrations
from pgdossier.config import Config
from pgdossier.errors import UsageError
from pgdossier.history import comparison
from pgdossier.history import drift as drifts
from pgdossier.history.comparison import Finding
from pgdossier.history.drift import Held
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import ignoring, unread
from pgdossier.pipeline.reading import locked, read
from pgdossier.progress import Progress

if TYPE_CHECKING:
    from pgdossier.building.expected import Truth


class DriftResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the database differs from what its application says.

    Attributes:
        expected: What the application's truth is called; no secret.
        database: What the database is called; no secret.
        findings: The differences, the application before, the database after.
        understood: How a folder of migrations was understood; None for any other truth.
        not_compared: What was left out on both sides.
        warnings: What the user should know.
    """

    expected: str
    database: str
    findings: tuple[Finding, ...]
    understood: str | None = None
    not_compared: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def drift(
    truth: Truth,
    config: Config,
    progress: Progress,
    *,
    strict: bool = False,
    ignore: Sequence[str] = (),
    prepare: Sequence[Path] = (),
    scratch: str | None = None,
) -> DriftResult:
    """Compare the database with what the application's migrations, tool or models make of an empty one.

    Args:
        truth: What the application says.
        config: Source, patterns and limits, and the programs of the embedded server.
        progress: Told what happens.
        strict: Compare everything: owners and privileges, lone partitions, and what models cannot say.
        ignore: Patterns of what the application does not own (see `ignoring`).
        prepare: SQL files that are run before the truth.
        scratch: An empty database to use in place of an embedded server.

    Raises:
        UsageError: A pattern is malformed or matches nothing on both sides; the truth makes no sense.
        DossierError: Anything else that the user can act on.
    """
    from pgdossier.building import expected as expectations  # noqa: PLC0415 - only this use-case needs a server of its own

    patterns = tuple(ignoring.Ignored.parse(text) for text in ignore)
    live, config, unmatched = _live(config, progress)
    made = expectations.build(truth, live.structure, config, progress, prepare=prepare, scratch=scratch)
    if nowhere := sorted(unmatched & made.unmatched):
        raise UsageError(f"neither the database nor the application has anything for {', '.join(nowhere)}")
    warnings = list(made.warnings)
    majors = (made.snapshot.structure.server.major, live.structure.server.major)
    if majors[0] != majors[1]:
        warnings.append(
            f"the expected database is made on PostgreSQL {majors[0]}, the database is on {majors[1]}:"
            " differences may come from that"
        )
    held = _without_bookkeeping(made.snapshot, _respelled(live, made.respelled))
    held, unused = _without_ignored(held, patterns)
    warnings += [f"--ignore {text} matches nothing" for text in unused]
    held = drifts.without_gaps(held)
    (expected, found_live), left_out = unread.without(held.expected, held.live)
    held = Held(expected=expected, live=found_live, not_compared=held.not_compared)
    warnings += [*locked(live), *left_out]
    held = Held(
        expected=comparison.comparable(held.expected, major=min(majors), from_sql=True),
        live=comparison.comparable(held.live, major=min(majors), from_sql=True),
        not_compared=held.not_compared,
    )
    held = drifts.without_cluster(held)
    if not strict:
        held = drifts.without_strangers(drifts.without_lone_partitions(held))
        if made.models is not None:
            held = drifts.modelled(held, made.models.chosen)
    found = comparison.findings(held.expected, held.live)
    if made.models is not None and not strict:  # models grow in the middle, tables at the end
        found = tuple(each for each in found if each.difference.field != "columns.order")
    return DriftResult(
        expected=truth.label,
        database=config.source.masked,
        findings=_sorted(found),
        understood=made.layout.words if made.layout else None,
        not_compared=held.not_compared,
        warnings=tuple(warnings),
    )


def _live(config: Config, progress: Progress) -> tuple[Snapshot, Config, frozenset[str]]:
    """The database, the configuration with the patterns that it was read with, and those that met nothing."""
    from pgdossier.building import expected as expectations  # noqa: PLC0415 - as in `drift`

    if config.source.path is not None:
        found = read(config, progress)
        scope = found.structure.scope
        return (
            found,
            msgspec.structs.replace(config, schemas=scope.include, exclude=scope.exclude),
            frozenset(),
        )
    found, unmatched = expectations.reading(
        lambda include: read(msgspec.structs.replace(config, schemas=include), progress), config.schemas
    )
    return found, config, unmatched


def _respelled(live: Snapshot, queries: Mapping[QualifiedName, str]) -> Snapshot:
    """The database with the queries of its views as the other server prints them."""
    relations = tuple(
        msgspec.structs.replace(each, definition=queries.get(each.qualified, each.definition))
        for each in live.structure.relations
    )
    structure = msgspec.structs.replace(live.structure, relations=relations)
    return msgspec.structs.replace(live, structure=structure)


def _without_bookkeeping(made: Snapshot, live: Snapshot) -> Held:
    """Both without the tables in which migration tools keep what they did."""
    tools: dict[QualifiedName, str] = {}
    for snapshot in (made, live):
        tools |= {tool.table: tool.name for tool in migrations.detect(Lookup.of(snapshot))}
    return Held(
        expected=drifts.without_relations(made.structure, tools),
        live=drifts.without_relations(live.structure, tools),
        not_compared=tuple(
            f"table {table.dotted}, the bookkeeping of {name}" for table, name in sorted(tools.items())
        ),
    )


def _without_ignored(held: Held, patterns: tuple[ignoring.Ignored, ...]) -> tuple[Held, list[str]]:
    """Both without what is to be ignored, and the patterns that nothing matches."""
    if not patterns:
        return held, []
    expected, used = ignoring.without(held.expected, patterns)
    live, used_too = ignoring.without(held.live, patterns)
    texts = [pattern.text for pattern in patterns]
    done = [f"what --ignore {text} means" for text in texts if text in used | used_too]
    return (
        Held(expected=expected, live=live, not_compared=(*held.not_compared, *done)),
        [text for text in texts if text not in used | used_too],
    )


def _sorted(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The unknown first, then the missing, then the different; within these as they were."""
    order = list(drifts.Drift)
    return tuple(sorted(found, key=lambda each: order.index(drifts.drift(each))))
