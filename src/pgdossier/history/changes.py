"""Two structures -> their differences, renames among them: what people are told."""

from __future__ import annotations

from pgdossier.history.differences import Change, Difference, differences, name_of
from pgdossier.history.following import POLICY, RULE, Pairs, pairs_of, same_but_for_names
from pgdossier.history.renames import Renaming
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Structure

# What has an order of its own; everything else is sorted by name, which a rename changes.
_ORDERED = ("columns.order", "attributes.order")


def changes(before: Structure, after: Structure) -> tuple[Difference, ...]:
    """What is different in `after`, sorted by path and field; an element that was renamed under its new name.

    What only follows from a rename is left out: views, keys, indexes, triggers and the like that mention the
    new name, and the copies that partitions and children have of what was renamed in their parent.
    """
    return changes_with(Renaming(before, after))


def changes_with(renaming: Renaming) -> tuple[Difference, ...]:
    """The changes between two structures whose renames are known."""
    if not renaming.found:
        return differences(renaming.before, renaming.after)
    told = [
        Difference(
            path=each.after,
            change=Change.RENAMED,
            former=each.before,
            before=each.before[-1].name,
            after=each.after[-1].name,
            confidence=each.confidence,
            reason=each.reason,
        )
        for each in renaming.found
        if each.before not in renaming.follow
    ]
    follows = _Follows(renaming)
    told += [each for each in differences(renaming.renamed, renaming.after) if not follows(each)]
    return tuple(sorted(told, key=lambda each: (each.path, each.field, each.change)))


class _Follows:
    """Tells which differences only follow from renames."""

    def __init__(self, renaming: Renaming) -> None:
        self.names = renaming.names
        self.relations = renaming.before.relations
        self.originals: dict[str, QualifiedName] = {}  # relations and domains by their new name for people
        for family in ("relations", "domains"):
            both = zip(getattr(renaming.before, family), getattr(renaming.renamed, family), strict=True)
            self.originals |= {name_of(now): original.qualified for original, now in both}

    def __call__(self, found: Difference) -> bool:
        if found.change is not Change.CHANGED:
            return False
        if found.field.endswith(".order"):
            return found.field not in _ORDERED
        own = self._around(found)

        def pairs(sql: str) -> Pairs:
            return pairs_of(self.names, own, self.relations, sql)

        return same_but_for_names(found.field, found.before, found.after, pairs)

    def _around(self, found: Difference) -> QualifiedName | None:
        """The relation to whose columns alone the SQL can refer; None for queries and routines."""
        if not found.path or found.path[-1].kind in (POLICY, RULE):
            return None
        if len(found.path) == 1 and found.field == "definition":
            return None
        return self.originals.get(found.path[0].name)
