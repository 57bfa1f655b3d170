"""What else happens when one row of a table is deleted, by the declared referential actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pgdossier.analysis.relationships import Relationship
from pgdossier.model.constraints import Action
from pgdossier.model.names import QualifiedName

_REFUSING = (Action.NO_ACTION, Action.RESTRICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeReach:
    """The reach of deleting one row of `table`.

    `deletes` are the tables whose rows may go too, nearest first, each with the number of steps. `blocked_by`
    are relationships that refuse while a row references one that would go, `clears` those that set the
    referencing columns to null or their default. Rows themselves are not looked at: this is what *can*
    happen.
    """

    table: QualifiedName
    deletes: tuple[tuple[QualifiedName, int], ...]
    blocked_by: tuple[Relationship, ...]
    clears: tuple[Relationship, ...]


def cascade_reaches(relationships: Iterable[Relationship]) -> tuple[CascadeReach, ...]:
    """The reach of every table from which a deletion cascades, by table name.

    Foreign keys that are not enforced do nothing and are left out.
    """
    by_parent: dict[QualifiedName, list[Relationship]] = {}
    for relationship in relationships:
        if relationship.key.enforced:
            by_parent.setdefault(relationship.parent, []).append(relationship)
    starts = sorted(
        parent
        for parent, found in by_parent.items()
        if any(relationship.key.on_delete is Action.CASCADE for relationship in found)
    )
    return tuple(_reach(start, by_parent) for start in starts)


def _reach(start: QualifiedName, by_parent: Mapping[QualifiedName, list[Relationship]]) -> CascadeReach:
    steps = {start: 0}
    queue = [start]
    blocked: list[Relationship] = []
    clears: list[Relationship] = []
    cycles_back = False
    for table in queue:  # grows while it is walked: breadth first
        for relationship in by_parent.get(table, ()):
            action = relationship.key.on_delete
            if action is Action.CASCADE:
                cycles_back = cycles_back or relationship.child == start
                if relationship.child not in steps:
                    steps[relationship.child] = steps[table] + 1
                    queue.append(relationship.child)
            elif action in _REFUSING:
                blocked.append(relationship)
            elif action in (Action.SET_NULL, Action.SET_DEFAULT):
                clears.append(relationship)
    deletes = sorted((count, name) for name, count in steps.items() if count or cycles_back)
    return CascadeReach(
        table=start,
        deletes=tuple((name, count) for count, name in deletes),
        blocked_by=tuple(blocked),
        clears=tuple(clears),
    )
