"""What follows from another owner of an object (ALTER … OWNER TO), and is no change by itself.

PostgreSQL writes the grants of the former owner as grants of the new one, its own privileges and what the new
owner was granted before as those of the owner, and gives the sequences that a table owns to its owner.
"""

from __future__ import annotations

from typing import Any

from pgdossier.history.differences import Change, Difference, Element, Path, kind, name_of
from pgdossier.model.privileges import Grant
from pgdossier.model.snapshot import Structure


def without_following(found: tuple[Difference, ...], after: Structure) -> tuple[Difference, ...]:
    """The differences without those that only follow from another owner.

    Args:
        found: All differences of two structures.
        after: The structure that they lead to.
    """
    owners = {
        each.path: (each.before, each.after)
        for each in found
        if each.field == "owner" and each.change is Change.CHANGED
    }
    if not owners:
        return found
    told = {each.path[:-1]: set[tuple[Any, ...]]() for each in found if _grant(each)}
    for each in found:
        if (grant := _grant(each)) is not None:
            told[each.path[:-1]].add((each.change, *_what(grant), grant.grantor))

    def follows(each: Difference) -> bool:
        if each.field == "owner" and each.path in tables:
            return owners.get(tables[each.path]) == (each.before, each.after)
        grant = _grant(each)
        owner = next((owners[each.path[:depth]] for depth in (1, 2) if each.path[:depth] in owners), None)
        if grant is None or owner is None:
            return False
        former, new = owner
        if each.change is Change.REMOVED:
            moved = (Change.ADDED, *_what(grant), new) in told[each.path[:-1]]
            return grant.grantor == former and (grant.grantee in owner or moved)
        moved = (Change.REMOVED, *_what(grant), former) in told[each.path[:-1]]
        return grant.grantor == new and (grant.grantee == new or moved)

    tables = _tables_of_sequences(after)
    return tuple(each for each in found if not follows(each))


def _grant(found: Difference) -> Grant | None:
    value = found.before if found.change is Change.REMOVED else found.after
    return value if isinstance(value, Grant) and not found.field else None


def _what(grant: Grant) -> tuple[Any, ...]:
    return grant.privilege, grant.grantee, grant.grantable


def _tables_of_sequences(structure: Structure) -> dict[Path, Path]:
    """The table of every sequence that a column owns."""
    tables = {
        relation.qualified: Element(kind(relation), name_of(relation)) for relation in structure.relations
    }
    return {
        (Element(kind(each), name_of(each)),): (tables[each.owned_by.relation],)
        for each in structure.sequences
        if each.owned_by is not None and each.owned_by.relation in tables
    }
