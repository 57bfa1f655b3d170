"""Migration tools, known by the bookkeeping table they keep and its columns, and what that says (§10.2)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pgdossier.analysis import tables
from pgdossier.language import tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.migrations import AppliedMigration, MigrationHistory, is_known, recognise
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation


class MigrationTool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool, a table of its bookkeeping, and what in it gave the tool away.

    `history` says whether the table is the one that holds the migrations that were applied.
    """

    name: str
    table: QualifiedName
    evidence: str
    history: bool = True


def detect(lookup: Lookup) -> tuple[MigrationTool, ...]:
    """The bookkeeping tables found, sorted by table; one tool may keep more than one."""
    names = frozenset((name.schema, name.name) for name in lookup.relations)
    found = []
    for relation in tables.tables(lookup):
        if not is_known(relation.name):
            continue
        columns = frozenset(column.name for column in relation.columns)
        shape = recognise(relation.schema, relation.name, columns, names)
        if shape is not None:
            listed = ", ".join(column.name for column in relation.columns if column.name in shape.columns)
            found.append(
                MigrationTool(
                    name=shape.tool,
                    table=relation.qualified,
                    evidence=tr(
                        "table {relation} with {columns}", relation=relation.qualified.dotted, columns=listed
                    ),
                    history=shape.history,
                )
            )
    return tuple(sorted(found, key=lambda tool: tool.table))


def histories(operation: Operation) -> Mapping[QualifiedName, MigrationHistory]:
    """What was read of the bookkeeping tables, by table."""
    return {QualifiedName(one.schema, one.table): one for one in operation.migrations}


def current(history: MigrationHistory) -> tuple[AppliedMigration, ...]:
    """Where the schema stands by that bookkeeping: the newest migration that was applied and not undone.

    There are several where the tool keeps several heads, or counts for each part (the apps of Django). goose
    notes an undoing as a row of its own, which takes away the applications before it.
    """
    undone: set[tuple[str | None, str | None]] = set()
    found: dict[str | None, AppliedMigration] = {}
    heads = []
    for one in history.applied:  # the newest first
        key = (one.part, one.version or one.name)
        if one.state == "undone":
            undone.add(key)
        elif one.state == "applied" and key not in undone:
            heads.append(one)
            found.setdefault(one.part, one)
    if not history.keeps_history:
        return tuple(heads)
    return tuple(found[part] for part in sorted(found, key=lambda part: part or ""))


def troubled(history: MigrationHistory) -> tuple[AppliedMigration, ...]:
    """The migrations that failed, or began and did not end."""
    return tuple(one for one in history.applied if one.state == "failed")
