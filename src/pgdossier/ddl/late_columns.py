"""In which order tables and their children get their columns, where CREATE TABLE cannot give them at once.

A column that was added to a parent later stands after the child's own columns, and is no column of its own of
the child (pg_attribute.attislocal). So the parent must be made without it, then the child, and the column
added to the parent then, which gives it to the child too. A table gets its columns one after the other, at
its end, and ALTER TABLE ... ADD COLUMN of a parent always reaches all its children.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from pgdossier.ddl.columns import not_null_constraint
from pgdossier.ddl.graph import sorted_by_need
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


class Made(NamedTuple):
    """A table is made with its first `columns` columns and INHERITS of its first `inheriting` parents.

    It is attached to the other parents (ALTER TABLE ... INHERIT) at once.
    """

    relation: QualifiedName
    columns: int
    inheriting: int


class Added(NamedTuple):
    """A column is added to a table, and with it to those of its descendants that had none of that name."""

    relation: QualifiedName
    column: str
    receivers: tuple[QualifiedName, ...]


Act = Made | Added


class _Birth(msgspec.Struct, frozen=True):
    """How a table is made: as in `Made`, and how many columns each of its parents has by then."""

    columns: int
    inheriting: int
    given: Mapping[QualifiedName, int]
    late: int  # how many columns its parents get only afterwards


class Family:
    """Tables that inherit from each other, directly or not, and how each of them can be made.

    Args:
        members: The tables.
        surroundings: Where they are found.
    """

    def __init__(self, members: frozenset[QualifiedName], surroundings: Surroundings) -> None:
        self.relations = {name: surroundings.relations[name] for name in sorted(members)}
        self._positions = {
            name: {column.name: position for position, column in enumerate(relation.columns)}
            for name, relation in self.relations.items()
        }
        self._children: dict[QualifiedName, list[QualifiedName]] = {name: [] for name in self.relations}
        for name, relation in self.relations.items():
            for parent in relation.inherits:
                self._children[parent].append(name)
        parents_first = sorted_by_need(
            {name: relation.inherits for name, relation in self.relations.items()}, key=lambda name: name
        )
        self._births: dict[QualifiedName, _Birth] = {}
        for name in reversed(parents_first):
            self._births[name] = self._birth(self.relations[name])

    def needs_acts(self) -> bool:
        """Whether CREATE TABLE, and ALTER TABLE ... INHERIT for whole tables, would not do."""
        return any(
            birth.late
            or 0 < birth.inheriting < len(relation.inherits)
            or (not birth.inheriting and foreign_to_attached(relation, self._parents(relation)))
            for birth, relation in ((self._births[name], found) for name, found in self.relations.items())
        )

    def acts(self, before: Mapping[QualifiedName, frozenset[QualifiedName]]) -> tuple[Act, ...] | None:
        """Everything in order, tables as early and columns as late as can be; None when there is no order.

        Whatever can be done remains possible until it is done, so that no choice is ever wrong.

        Args:
            before: For every table those of the family that must be made before it, its parents among them.
        """
        acts: list[Act] = []
        current: dict[QualifiedName, int] = {}  # how many columns the tables that are there have
        while True:
            made = [name for name in self.relations if self._can_be_made(name, before, current)]
            if made:
                for name in made:
                    birth = self._births[name]
                    current[name] = birth.columns
                    acts.append(Made(name, birth.columns, birth.inheriting))
                continue
            added = self._next_column(current)
            if added is None:
                break
            for name in (added.relation, *added.receivers):
                current[name] += 1
            acts.append(added)
        complete = {name: len(relation.columns) for name, relation in self.relations.items()}
        return tuple(acts) if current == complete else None

    def _parents(self, relation: Relation) -> list[Relation]:
        return [self.relations[parent] for parent in relation.inherits]

    def _birth(self, relation: Relation) -> _Birth:
        """The way of making it that leaves fewest columns for later; that with INHERITS if there are more."""
        # What a child must not have yet when it is made, its parents must not have either.
        most = min(
            (self._births[child].given[relation.qualified] for child in self._children[relation.qualified]),
            default=len(relation.columns),
        )
        counts = range(len(relation.inherits), -1, -1)
        births = (self._settled_birth(relation, count, most) for count in counts)
        return min(births, key=lambda each: each.late)

    def _settled_birth(self, relation: Relation, inheriting: int, most: int) -> _Birth:
        """The birth when a parent also lacks what it would give to another one, which must not have it."""
        limits = {parent: len(self.relations[parent].columns) for parent in relation.inherits}
        while True:
            birth = self._birth_with(relation, inheriting, most, limits)
            lower = self._limits(birth)
            if all(birth.given[parent] <= lower[parent] for parent in limits):
                return birth
            limits = {parent: min(limit, lower[parent]) for parent, limit in limits.items()}

    def _limits(self, birth: _Birth) -> dict[QualifiedName, int]:
        """How many columns the ancestors of a table may have at most when it is made."""
        limits: dict[QualifiedName, int] = {}
        waiting = list(birth.given.items())
        while waiting:
            name, limit = waiting.pop()
            if limit >= limits.get(name, limit + 1):
                continue
            limits[name] = limit
            late = {column.name for column in self.relations[name].columns[limit:]}
            for parent in self._parents(self.relations[name]):
                counts = (at for at, column in enumerate(parent.columns) if column.name in late)
                waiting.append((parent.qualified, min(counts, default=len(parent.columns))))
        return limits

    def _birth_with(
        self, relation: Relation, inheriting: int, most: int, limits: Mapping[QualifiedName, int]
    ) -> _Birth:
        parents = self._parents(relation)
        positions = self._positions[relation.qualified]
        given = {}
        columns = 0
        for parent in parents[:inheriting]:
            # As INHERITS merges: what is there already, or what is next.
            count = 0
            for column in parent.columns[: limits[parent.qualified]]:
                if positions[column.name] > columns or positions[column.name] >= most:
                    break
                columns = max(columns, positions[column.name] + 1)
                count += 1
            given[parent.qualified] = count
        while columns < most and relation.columns[columns].local:
            columns += 1
        for parent in parents[inheriting:]:
            late = [at for at, column in enumerate(parent.columns) if positions[column.name] >= columns]
            given[parent.qualified] = min(*late, limits[parent.qualified], len(parent.columns))
        late_columns = sum(len(parent.columns) - given[parent.qualified] for parent in parents)
        return _Birth(columns, inheriting, given, late_columns)

    def _can_be_made(
        self,
        name: QualifiedName,
        before: Mapping[QualifiedName, frozenset[QualifiedName]],
        current: Mapping[QualifiedName, int],
    ) -> bool:
        given = self._births[name].given
        return (
            name not in current
            and all(other in current for other in before[name])
            and all(current.get(parent) == count for parent, count in given.items())
        )

    def _next_column(self, current: Mapping[QualifiedName, int]) -> Added | None:
        """The first column that can be added to a table and its descendants now."""
        for name, count in current.items():
            columns = self.relations[name].columns
            if count < len(columns) and columns[count].local:
                receivers = self._receivers(name, columns[count].name, current)
                if receivers is not None:
                    return Added(name, columns[count].name, tuple(receivers))
        return None

    def _receivers(
        self, name: QualifiedName, column: str, current: Mapping[QualifiedName, int]
    ) -> list[QualifiedName] | None:
        """The descendants that get the column with that table; None when one of them must not get it now."""
        receivers: list[QualifiedName] = []
        waiting = [name]
        while waiting:
            parent = waiting.pop()
            for child in self._children[parent]:
                position = self._positions[child][column]
                if child not in current:
                    if self._births[child].given[parent] <= self._positions[parent][column]:
                        return None
                elif position >= current[child] and child not in receivers:
                    if position > current[child] or self.relations[child].columns[position].local:
                        return None
                    receivers.append(child)
                    waiting.append(child)
        return receivers


def families(surroundings: Surroundings) -> list[Family]:
    """The families whose tables cannot just be made one after the other, each with all its columns."""
    together: dict[QualifiedName, set[QualifiedName]] = {}
    for relation in surroundings.relations.values():
        for parent in relation.inherits:
            joined = together.get(parent, {parent}) | together.get(relation.qualified, {relation.qualified})
            together |= dict.fromkeys(joined, joined)
    found = {frozenset(members) for members in together.values()}
    complete = [members for members in found if _is_complete(members, surroundings)]
    families = [Family(members, surroundings) for members in sorted(complete, key=min)]
    return [family for family in families if family.needs_acts()]


def _is_complete(members: frozenset[QualifiedName], surroundings: Surroundings) -> bool:
    """Whether all of them are known, and have what their parents have, as in every real database."""
    if not members <= surroundings.relations.keys():
        return False
    relations = [surroundings.relations[name] for name in members]
    order = sorted_by_need({each.qualified: each.inherits for each in relations}, key=lambda name: name)
    return len(order) == len(members) and all(
        {column.name for column in surroundings.relations[parent].columns}
        <= {column.name for column in relation.columns}
        for relation in relations
        for parent in relation.inherits
    )


class Foreign(msgspec.Struct, frozen=True):
    """What an attached table lacks of what its parents have: the parents must get it afterwards."""

    checks: frozenset[str]
    not_nulls: frozenset[str]  # names of columns

    def __bool__(self) -> bool:
        return bool(self.checks or self.not_nulls)


def foreign_to_attached(relation: Relation, parents: list[Relation]) -> Foreign:
    """The checks and NOT NULLs that a table has only from its parents, or not at all.

    ALTER TABLE ... INHERIT wants the table to have what the parents have, and what it has is its own then.
    """
    return Foreign(
        checks=frozenset(check.name for check in relation.checks if check.inherited),
        not_nulls=frozenset(
            column.name
            for column in relation.columns
            if _lacks_not_null(relation, column)
            and any(_wants_not_null(parent, column.name) for parent in parents)
        ),
    )


def _lacks_not_null(relation: Relation, column: Column) -> bool:
    named = not_null_constraint(relation, column)
    return named.inherited if named else column.nullable


def _wants_not_null(parent: Relation, name: str) -> bool:
    for column in parent.columns:
        if column.name == name and not column.nullable:
            named = not_null_constraint(parent, column)
            return named is None or not named.no_inherit
    return False
