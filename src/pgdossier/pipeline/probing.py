"""`--probe-data`: what to look for in the data, and where the answers go."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from pgdossier import catalog
from pgdossier.analysis import Analysis, tables
from pgdossier.analysis.declared import Declaration
from pgdossier.config import Config
from pgdossier.errors import UsageError
from pgdossier.model.relations import RelationKind
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import Enum
from pgdossier.pipeline.reading import date
from pgdossier.progress import Progress

if TYPE_CHECKING:
    from pgdossier.catalog.probing import Question

# Types whose values pg_catalog's own `=` compares, each with those that it compares it with.
_FAMILIES = (
    frozenset(("smallint", "integer", "bigint", "numeric")),
    frozenset(("text", "character varying", "character", "name")),
    frozenset(("uuid",)),
    frozenset(("date",)),
    frozenset(("inet", "cidr")),
)
_SAMPLED = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW)


def probed(snapshot: Snapshot, analysis: Analysis, config: Config, progress: Progress) -> Snapshot:
    """The snapshot with answers about the data of its implied and declared foreign keys.

    Answers that an earlier run has left in the snapshot are kept while they answer the same questions, unless
    `config.refresh_statistics` asks for new ones.

    Args:
        snapshot: What was read, perhaps by an earlier run.
        analysis: What follows from it.
        config: Where the data is, and the timeouts.
        progress: Told what happens.

    Raises:
        UsageError: The source is no server: a snapshot holds no data.
        DossierError: Whatever the catalog reader says of the connection.
    """
    if config.source.kind != "server":
        raise UsageError(
            "--probe-data needs a server: a snapshot holds no data",
            hint="name the database itself as SOURCE; what was probed earlier is kept in the snapshot",
        )
    asked = questions(analysis)
    known = {(one.child, one.columns, one.parent, one.parent_columns) for one in snapshot.statistics.probes}
    wanted = {(one.child, one.columns, one.parent, one.parent_columns) for one in asked}
    if known == wanted and not config.refresh_statistics:
        return snapshot
    progress.phase("probing data", None)
    answers = catalog.probe(
        config.source.conninfo,
        asked,
        probed_on=date(dt.datetime.now(tz=dt.UTC).date().isoformat()),
        statement_timeout=config.statement_timeout,
        lock_timeout=config.lock_timeout,
    )
    return msgspec.structs.replace(
        snapshot, statistics=msgspec.structs.replace(snapshot.statistics, probes=answers)
    )


def questions(analysis: Analysis) -> tuple[Question, ...]:
    """One question for each implied and each declared foreign key, in the order of the document."""
    # With it come the drivers, which cost a fifth of a second; a document made from a snapshot needs none.
    from pgdossier.catalog.probing import Question  # noqa: PLC0415 - see above

    lookup = analysis.lookup
    found = []
    assumed = [(one.relationship, False) for one in analysis.declared.found]
    assumed += [(one.relationship, one.array) for one in analysis.implied]
    for one, array in assumed:
        child, parent = lookup.relations[one.child], lookup.relations[one.parent]
        problem = None
        for own, target in zip(one.key.columns, one.key.target_columns, strict=True):
            columns = child.column(own), parent.column(target)
            types = [tables.base_type(lookup, column) for column in columns]
            if array:
                types[0] = types[0].removesuffix("[]")
            same_enum = (
                types[0] == types[1]
                and columns[0].type_name is not None
                and isinstance(lookup.types.get(columns[0].type_name), Enum)
            )
            families = [{name.partition("(")[0] for name in types} <= family for family in _FAMILIES]
            if not (same_enum or any(families)):
                problem = f"{types[0]} and {types[1]} are not compared"
        found.append(
            Question(
                child=one.child,
                columns=one.key.columns,
                parent=one.parent,
                parent_columns=one.key.target_columns,
                estimate=analysis.sizes[one.child].rows if child.kind in _SAMPLED else None,
                array=array,
                problem=problem,
            )
        )
    return tuple(found)


def declarations(config: Config) -> tuple[Declaration, ...]:
    """The relationships that the configuration declares, as the analysis takes them."""
    return tuple(
        Declaration(child=one.child, parent=one.parent, cardinality=one.cardinality, note=one.note)
        for one in config.relationships
    )
