"""What else happens when one row of a table is deleted, by the declared referential actions (§5.3).

Follows "Constraints" (ddl-constraints) and CREATE TABLE of the documentation, and the triggers of
ri_triggers.c: actions run for stored rows only, not for those of heirs; CASCADE, SET NULL and SET DEFAULT are
never deferred; what SET NULL and SET DEFAULT write is an update, to which the ON UPDATE actions of those who
reference the columns written react in turn. Rows are not looked at: this is what *can* happen. Triggers,
rules and policies, which can do or prevent anything, are not considered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.constraints import Action
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName


class Refusal(StrEnum):
    """Why a deletion is refused while there are certain rows."""

    NO_ACTION = "no action"
    RESTRICT = "restrict"
    NOT_NULL = "not null"
    UNKNOWN = "unknown"


class Deletion(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `table` go too, `steps` foreign keys away, because rows of the tables in `through` go."""

    table: QualifiedName
    steps: int
    through: tuple[QualifiedName, ...]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `relationship.child` that reference a row that would go refuse the whole deletion.

    `refusal` says by which rule: `NOT_NULL` is a SET NULL or SET DEFAULT that cannot be written. `deferred`
    refusals come at the commit. `may_go` is True when rows of the child may be deleted by the same deletion
    in another way: those refuse nothing if they go before the check. `by_update` is True when the referenced
    row is not deleted but its key changed by SET NULL or SET DEFAULT.
    """

    relationship: Relationship
    refusal: Refusal
    steps: int
    deferred: bool = False
    may_go: bool = False
    by_update: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of `relationship.child` stay, but `columns` of them become null, or their default."""

    relationship: Relationship
    columns: tuple[str, ...]
    to_default: bool
    steps: int


class CascadeReach(msgspec.Struct, frozen=True, kw_only=True):
    """The reach of deleting one row of `table`.

    `deletes` are the tables whose rows may go too, nearest first; the table itself is one when its own other
    rows may go. `blocked_by` and `changes` are in the order in which the deletion comes to them, then by
    name of child and key. `heirs` are the tables that inherit from it: rows of theirs that are deleted
    through it go by their own foreign keys, which are not part of this.
    """

    table: QualifiedName
    deletes: tuple[Deletion, ...]
    blocked_by: tuple[Block, ...]
    changes: tuple[Change, ...]
    heirs: tuple[QualifiedName, ...] = ()

    @property
    def far(self) -> bool:
        """Whether rows of other tables, or other rows, are deleted or changed."""
        return bool(self.deletes or self.changes)

    @property
    def size(self) -> tuple[int, int, int]:
        """How far it goes: tables that lose rows, foreign keys that are cleared, those that refuse."""
        return len(self.deletes), len(self.changes), len(self.blocked_by)


def cascade_reaches(lookup: Lookup, relationships: Iterable[Relationship]) -> tuple[CascadeReach, ...]:
    """The reach of every documented table that something references, by name.

    Foreign keys that are not enforced do nothing and are left out.
    """
    by_parent: dict[QualifiedName, list[Relationship]] = {}
    for relationship in relationships:
        if relationship.key.enforced:
            by_parent.setdefault(relationship.parent, []).append(relationship)
    heirs: dict[QualifiedName, list[QualifiedName]] = {}
    for relation in tables.relations(lookup):
        for parent in relation.inherits:
            heirs.setdefault(parent, []).append(relation.qualified)
    return tuple(
        _Walk(lookup, by_parent, start).reach(tuple(sorted(heirs.get(start, ()))))
        for start in sorted(by_parent)
        if start in lookup.relations
    )


_Key = tuple[QualifiedName, str]


class _Walk:
    """One deletion followed through the foreign keys, breadth first."""

    def __init__(
        self, lookup: Lookup, by_parent: Mapping[QualifiedName, list[Relationship]], start: QualifiedName
    ) -> None:
        self._lookup = lookup
        self._by_parent = by_parent
        self._start = start
        self._steps = {start: 0}
        self._through: dict[QualifiedName, set[QualifiedName]] = {}
        self._deleted = deque([start])
        self._updated: deque[tuple[QualifiedName, frozenset[str], bool, int]] = deque()
        self._seen_updates: set[tuple[_Key, frozenset[str], bool]] = set()
        self._blocks: dict[tuple[_Key, Refusal, bool], Block] = {}
        self._changes: dict[_Key, Change] = {}

    def reach(self, heirs: tuple[QualifiedName, ...]) -> CascadeReach:
        while self._deleted or self._updated:
            if self._deleted:
                table = self._deleted.popleft()
                for found in self._by_parent.get(table, ()):
                    self._on_delete(found, self._steps[table] + 1)
            else:
                table, columns, default, steps = self._updated.popleft()
                for found in self._by_parent.get(table, ()):
                    if columns.intersection(found.key.target_columns):
                        self._on_update(found, columns, default, steps + 1)
        gone = set(self._through)
        return CascadeReach(
            table=self._start,
            deletes=tuple(
                Deletion(
                    table=name, steps=self._steps[name] or self._steps_back(), through=tuple(sorted(ways))
                )
                for name, ways in sorted(
                    self._through.items(), key=lambda row: (self._steps[row[0]] or self._steps_back(), row[0])
                )
            ),
            blocked_by=tuple(
                Block(
                    relationship=one.relationship,
                    refusal=one.refusal,
                    steps=one.steps,
                    deferred=one.deferred,
                    may_go=one.relationship.child in gone,
                    by_update=one.by_update,
                )
                for one in sorted(
                    self._blocks.values(), key=lambda one: (one.steps, *_name(one.relationship))
                )
            ),
            changes=tuple(
                sorted(self._changes.values(), key=lambda one: (one.steps, *_name(one.relationship)))
            ),
            heirs=heirs,
        )

    def _steps_back(self) -> int:
        """How many steps it is from the table to other rows of itself."""
        return 1 + min(self._steps[name] for name in self._through[self._start])

    def _on_delete(self, found: Relationship, steps: int) -> None:
        match found.key.on_delete:
            case Action.CASCADE:
                self._through.setdefault(found.child, set()).add(found.parent)
                if found.child not in self._steps:
                    self._steps[found.child] = steps
                    self._deleted.append(found.child)
            case Action.SET_NULL:
                self._write(found, found.key.on_delete_columns or found.key.columns, steps, default=False)
            case Action.SET_DEFAULT:
                self._write(found, found.key.on_delete_columns or found.key.columns, steps, default=True)
            case action:
                self._block(found, _REFUSALS.get(action, Refusal.UNKNOWN), steps)

    def _on_update(self, found: Relationship, columns: frozenset[str], default: bool, steps: int) -> None:
        """What a change of referenced columns, to null or their default, does."""
        match found.key.on_update:
            case Action.CASCADE:
                pairs = zip(found.key.columns, found.key.target_columns, strict=True)
                followers = tuple(own for own, target in pairs if target in columns)
                self._write(found, followers, steps, default=default, followed=True)
            case Action.SET_NULL:
                self._write(found, found.key.columns, steps, default=False, by_update=True)
            case Action.SET_DEFAULT:
                self._write(found, found.key.columns, steps, default=True, by_update=True)
            case action:
                self._block(found, _REFUSALS.get(action, Refusal.UNKNOWN), steps, by_update=True)

    def _write(
        self,
        found: Relationship,
        columns: tuple[str, ...],
        steps: int,
        *,
        default: bool,
        followed: bool = False,
        by_update: bool = False,
    ) -> None:
        """Columns of the child become null or their default (or, `followed`, what the parent's became)."""
        relation = self._lookup.relations[found.child]
        own = [relation.column(name) for name in columns]
        given = default and (
            followed
            or any(column.identity or tables.base_default(self._lookup, column) is not None for column in own)
        )
        stays_empty = [
            column
            for column in own
            if not default or not (followed or column.identity or tables.base_default(self._lookup, column))
        ]
        if any(not tables.nullable(self._lookup, column) for column in stays_empty):
            self._block(found, Refusal.NOT_NULL, steps, by_update=followed or by_update)
            return
        self._changes.setdefault(
            _name(found), Change(relationship=found, columns=columns, to_default=given, steps=steps)
        )
        update = (_name(found), frozenset(columns), given)
        if update not in self._seen_updates:
            self._seen_updates.add(update)
            self._updated.append((found.child, frozenset(columns), given, steps))

    def _block(self, found: Relationship, refusal: Refusal, steps: int, *, by_update: bool = False) -> None:
        deferred = refusal is Refusal.NO_ACTION and found.key.initially_deferred
        self._blocks.setdefault(
            (_name(found), refusal, by_update),
            Block(relationship=found, refusal=refusal, steps=steps, deferred=deferred, by_update=by_update),
        )


_REFUSALS = {Action.NO_ACTION: Refusal.NO_ACTION, Action.RESTRICT: Refusal.RESTRICT}


def _name(found: Relationship) -> _Key:
    return found.child, found.key.name
