"""What could not be read because another session held locks: told, kept as it was known, not compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from pgdossier.history import drift
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName
from pgdossier.model.names import QualifiedName
from pgdossier.model.replication import Publication
from pgdossier.model.routines import Routine
from pgdossier.model.scope import Gap
from pgdossier.model.snapshot import Snapshot, Structure

T = TypeVar("T")


def without(left: Structure, right: Structure) -> tuple[tuple[Structure, Structure], tuple[str, ...]]:
    """Both sides without what either could not read, and what to say of that."""
    names = {*left.scope.unread, *right.scope.unread}
    if not names:
        return (left, right), ()
    relations = {QualifiedName(each.schema, each.name) for each in names if each.kind is ObjectKind.RELATION}

    def less(side: Structure) -> Structure:
        side = drift.without_relations(side, relations)
        return msgspec.structs.replace(
            side,
            routines=tuple(each for each in side.routines if _routine(each) not in names),
            extended_statistics=tuple(
                each for each in side.extended_statistics if each.relation not in relations
            ),
            publications=tuple(_without_tables(each, relations) for each in side.publications),
            scope=msgspec.structs.replace(side.scope, unread=(), relations_left_out=0),
        )

    told = tuple(
        f"{each.schema}.{each.name} was not compared: it could not be read, another session held a lock"
        for each in sorted(names)
    )
    return (less(left), less(right)), told


def kept(found: Snapshot, earlier: Snapshot) -> Snapshot:
    """The snapshot with what was locked as an earlier one has it.

    Where that makes the structure the earlier one, nothing has changed as far as anybody could see, and no
    gap is left. Otherwise the gap says that it stands as it was read before.

    Args:
        found: What was read now.
        earlier: What was read before.
    """
    structure, before = found.structure, earlier.structure
    names = set(structure.scope.unread)
    relations = {each.qualified: each for each in before.relations}
    known = {
        name
        for name in names
        if name.kind is ObjectKind.RELATION and QualifiedName(name.schema, name.name) in relations
    }
    known |= {_routine(each) for each in before.routines} & names
    if not known:
        return found
    held = {QualifiedName(each.schema, each.name) for each in known if each.kind is ObjectKind.RELATION}
    sequences = {
        ObjectName(ObjectKind.SEQUENCE, each.schema, each.name)
        for each in before.sequences
        if each.owned_by is not None and each.owned_by.relation in held
    }
    restored = known | sequences
    there = {role.name for role in structure.roles}
    labels = {(each.object, each.provider) for each in structure.security_labels}
    merged = msgspec.structs.replace(
        structure,
        scope=msgspec.structs.replace(structure.scope, unread=tuple(sorted(names - known))),
        relations=_sorted(structure.relations, (relations[name] for name in held)),
        sequences=_sorted(
            structure.sequences,
            (
                each
                for each in before.sequences
                if ObjectName(ObjectKind.SEQUENCE, each.schema, each.name) in sequences
                and (each.schema, each.name) not in {(one.schema, one.name) for one in structure.sequences}
            ),
        ),
        routines=tuple(
            sorted(
                (*structure.routines, *(each for each in before.routines if _routine(each) in known)),
                key=lambda each: (each.schema, each.name, each.identity_arguments),
            )
        ),
        extended_statistics=_sorted(
            structure.extended_statistics,
            (each for each in before.extended_statistics if each.relation in held),
        ),
        publications=_publications(structure.publications, before.publications, held),
        dependencies=_edges(
            structure.dependencies,
            (each for each in before.dependencies if {each.dependent, each.referenced} & restored),
        ),
        security_labels=tuple(
            sorted(
                (
                    *structure.security_labels,
                    *(
                        each
                        for each in before.security_labels
                        if (each.object, each.provider) not in labels and _labels(each.object, held)
                    ),
                ),
                key=lambda each: (each.object, each.provider),
            )
        ),
        roles=tuple(
            sorted(
                (*structure.roles, *(role for role in before.roles if role.name not in there)),
                key=lambda role: role.name,
            )
        ),
        gaps=_gaps(structure.gaps, known, None),
    )
    if merged != before:
        merged = msgspec.structs.replace(merged, gaps=_gaps(structure.gaps, known, earlier.captured_on))
    return msgspec.structs.replace(found, structure=merged)


def _routine(found: Routine) -> ObjectName:
    return ObjectName(ObjectKind.ROUTINE, found.schema, found.name, found.identity_arguments)


def _sorted(found: Iterable[T], more: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted((*found, *more), key=lambda each: (each.schema, each.name)))  # type: ignore[attr-defined]  # all have both


def _edges(found: Iterable[Dependency], more: Iterable[Dependency]) -> tuple[Dependency, ...]:
    return tuple(
        sorted(
            {*found, *more},
            key=lambda each: (each.dependent, each.part.value, each.part_name, each.referenced),
        )
    )


def _publications(
    found: tuple[Publication, ...], before: tuple[Publication, ...], held: set[QualifiedName]
) -> tuple[Publication, ...]:
    tables = {each.name: [one for one in each.tables if one.relation in held] for each in before}
    return tuple(
        msgspec.structs.replace(
            each,
            tables=tuple(
                sorted((*each.tables, *tables.get(each.name, ())), key=lambda table: table.relation)
            ),
        )
        for each in found
    )


def _without_tables(found: Publication, relations: set[QualifiedName]) -> Publication:
    kept_tables = tuple(each for each in found.tables if each.relation not in relations)
    return msgspec.structs.replace(found, tables=kept_tables)


def _labels(target: str, held: set[QualifiedName]) -> bool:
    return any(target.endswith(f" {name.sql}") or f" {name.sql}." in target for name in held)


def _gaps(found: tuple[Gap, ...], known: set[ObjectName], day: str | None) -> tuple[Gap, ...]:
    """The gaps, where what is known from before has another one, or none without a day."""
    gaps = []
    told = {f"{name.schema}.{name.name} was not read: another session held a lock" for name in known}
    for gap in found:
        if gap.reason not in told:
            gaps.append(gap)
        elif day is not None:
            name = gap.reason.partition(" was not read")[0]
            reason = f"{name} stands here as it was read before ({day}): another session held a lock"
            gaps.append(msgspec.structs.replace(gap, reason=reason))
    return tuple(sorted(gaps, key=lambda gap: (gap.family, gap.reason)))
