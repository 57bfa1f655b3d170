"""The graph that foreign keys make of the tables: neighbours, cycles, order."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName


class Graph(msgspec.Struct, frozen=True):
    """Relationships by either end."""

    _by_parent: Mapping[QualifiedName, tuple[Relationship, ...]]
    _by_child: Mapping[QualifiedName, tuple[Relationship, ...]]

    @classmethod
    def of(cls, relationships: Iterable[Relationship]) -> Graph:
        """The graph of those relationships; their order is kept."""
        by_parent: dict[QualifiedName, list[Relationship]] = {}
        by_child: dict[QualifiedName, list[Relationship]] = {}
        for relationship in relationships:
            by_parent.setdefault(relationship.parent, []).append(relationship)
            by_child.setdefault(relationship.child, []).append(relationship)
        return cls(
            {name: tuple(found) for name, found in by_parent.items()},
            {name: tuple(found) for name, found in by_child.items()},
        )

    @property
    def parents(self) -> Iterable[QualifiedName]:
        """Every name that something references."""
        return self._by_parent.keys()

    def children_of(self, name: QualifiedName) -> tuple[Relationship, ...]:
        """The foreign keys that reference that table: those of its children."""
        return self._by_parent.get(name, ())

    def parents_of(self, name: QualifiedName) -> tuple[Relationship, ...]:
        """The foreign keys of that table: those to its parents."""
        return self._by_child.get(name, ())


class Referenced(NamedTuple):
    """How often a table is referenced by others: `foreign_keys` of `tables` (it does not count itself)."""

    name: QualifiedName
    foreign_keys: int
    tables: int


def self_references(relationships: Iterable[Relationship]) -> tuple[Relationship, ...]:
    """The relationships of a table with itself."""
    return tuple(found for found in relationships if found.self_reference)


def isolated(
    lookup: Lookup, graph: Graph, bookkeeping: Container[QualifiedName] = ()
) -> tuple[QualifiedName, ...]:
    """The tables without any foreign key, out or in; partitions are part of their table.

    Args:
        lookup: The snapshot.
        graph: Its relationships.
        bookkeeping: Tables of migration tools, which are left out.
    """
    return tuple(
        relation.qualified
        for relation in tables.tables(lookup)
        if relation.qualified not in bookkeeping
        and not graph.children_of(relation.qualified)
        and not graph.parents_of(relation.qualified)
    )


def most_referenced(graph: Graph, n: int = 10) -> tuple[Referenced, ...]:
    """The `n` tables that most other tables reference, then by foreign keys, then by name.

    A table that only one foreign key of another references is not listed.
    """
    counted = []
    for name in graph.parents:
        others = [found for found in graph.children_of(name) if not found.self_reference]
        if len(others) > 1:
            counted.append(Referenced(name, len(others), len({found.child for found in others})))
    return tuple(sorted(counted, key=lambda row: (-row.tables, -row.foreign_keys, row.name))[:n])


def cycles(relationships: Iterable[Relationship]) -> tuple[tuple[QualifiedName, ...], ...]:
    """Circles of two and more tables that reference each other, the last one the first again.

    Every table that is part of a circle is in at least one of those listed: the shortest one through it,
    in order of names, unless one listed before already has it. Each starts with its smallest name and goes
    on from child to parent.
    """
    edges = _edges(relationships)
    found: list[tuple[QualifiedName, ...]] = []
    for component in _components(edges):
        members = set(component)
        told: set[QualifiedName] = set()
        for name in sorted(members) if len(members) > 1 else ():
            if name not in told:
                circle = _shortest_circle(name, edges, members)
                told.update(circle)
                smallest = circle.index(min(circle))
                found.append((*circle[smallest:], *circle[:smallest]))
    return tuple(sorted(found))


def insert_order(
    lookup: Lookup, relationships: Iterable[Relationship]
) -> tuple[tuple[QualifiedName, ...], ...]:
    """The tables in levels: level by level is an order to insert in, the reverse one to delete in.

    What a table references stands in an earlier level, except for some foreign keys of cycles that the
    rows can do without at first: by nullable columns (to be filled in later), deferrable or not enforced.
    Then the parent stands in a later level. Only tables whose cycle consists of other foreign keys share
    a level with what they reference.
    """
    found = tuple(relationships)
    names = [relation.qualified for relation in tables.tables(lookup)]
    edges = dict.fromkeys(names, ()) | _edges(found)
    needed = _edges(one for one in found if _needs_parent_first(one))
    level: dict[QualifiedName, int] = {}
    at_least: dict[QualifiedName, int] = {}  # where parents stand that come after a child
    for component in _components(edges):
        for together in _untangled(component, edges, needed):
            members = set(together)
            parents = {parent for name in together for parent in edges[name]} - members
            depth = 1 + max((level[parent] for parent in parents if parent in level), default=-1)
            depth = max(depth, *(at_least.get(name, 0) for name in together))
            level.update(dict.fromkeys(together, depth))
            for parent in parents:
                if parent not in level:
                    at_least[parent] = max(at_least.get(parent, 0), depth + 1)
    levels: dict[int, list[QualifiedName]] = {}
    for name in names:
        levels.setdefault(level[name], []).append(name)
    return tuple(tuple(levels[depth]) for depth in sorted(levels))


def _needs_parent_first(found: Relationship) -> bool:
    """Whether no row of the child can be inserted before its parent's."""
    return not found.optional and not found.key.deferrable and found.key.enforced


def _untangled(
    component: list[QualifiedName],
    edges: Mapping[QualifiedName, tuple[QualifiedName, ...]],
    needed: Mapping[QualifiedName, tuple[QualifiedName, ...]],
) -> Iterator[list[QualifiedName]]:
    """The tables of a component, parents first by the needed edges, those of a needed cycle together.

    Of those whose needed parents have all come, the next is one that waits for the fewest other parents:
    few foreign keys are left to be filled in later.
    """
    if len(component) == 1:
        yield component
        return
    members = set(component)
    inner = {
        name: tuple(parent for parent in needed.get(name, ()) if parent in members)
        for name in sorted(members)
    }
    groups = [sorted(group) for group in _components(inner)]
    group_of = {name: number for number, group in enumerate(groups) for name in group}
    parents: list[dict[int, bool]] = []  # the groups that a group references, and whether it needs them
    children: list[list[int]] = [[] for _ in groups]
    for number, group in enumerate(groups):
        referenced = {
            group_of[parent]: False for name in group for parent in edges[name] if parent in members
        }
        referenced |= {group_of[parent]: True for name in group for parent in inner[name]}
        referenced.pop(number, None)
        parents.append(referenced)
        for parent in referenced:
            children[parent].append(number)
    waits = [sum(referenced.values()) for referenced in parents]
    rest = [len(referenced) for referenced in parents]
    ready = [(rest[number], groups[number], number) for number in range(len(groups)) if not waits[number]]
    heapify(ready)
    told: set[int] = set()
    while ready:
        _, group, number = heappop(ready)
        if number in told:
            continue  # it came into the heap once more each time it waited for fewer
        told.add(number)
        yield group
        for child in children[number]:
            rest[child] -= 1
            waits[child] -= parents[child][number]
            if not waits[child] and child not in told:
                heappush(ready, (rest[child], groups[child], child))


def _edges(relationships: Iterable[Relationship]) -> dict[QualifiedName, tuple[QualifiedName, ...]]:
    """Child -> documented parents, sorted, each once, self references left out."""
    edges: dict[QualifiedName, set[QualifiedName]] = {}
    for found in relationships:
        if found.documented and not found.self_reference:
            edges.setdefault(found.child, set()).add(found.parent)
            edges.setdefault(found.parent, set())
    return {name: tuple(sorted(parents)) for name, parents in sorted(edges.items())}


def _shortest_circle(
    start: QualifiedName,
    edges: Mapping[QualifiedName, tuple[QualifiedName, ...]],
    members: set[QualifiedName],
) -> list[QualifiedName]:
    """The shortest way from a table back to itself (breadth first); there is one inside a component."""
    came_from: dict[QualifiedName, QualifiedName] = {}
    queue = deque([start])
    while start not in came_from:
        name = queue.popleft()
        for parent in edges[name]:
            if parent in members and parent not in came_from:
                came_from[parent] = name
                queue.append(parent)
    way = [came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _components(
    edges: Mapping[QualifiedName, tuple[QualifiedName, ...]],
) -> Iterator[list[QualifiedName]]:
    """The strongly connected components, each after all that it can reach."""
    search = _Search(edges)
    for start in edges:
        yield from search.from_(start)


class _Search:
    """Tarjan's search (1972) without recursion: chains of foreign keys may be thousands long."""

    def __init__(self, edges: Mapping[QualifiedName, tuple[QualifiedName, ...]]) -> None:
        self._edges = edges
        self._number: dict[QualifiedName, int] = {}
        self._lowest: dict[QualifiedName, int] = {}
        self._stack: list[QualifiedName] = []
        self._stacked: set[QualifiedName] = set()
        self._work: list[tuple[QualifiedName, Iterator[QualifiedName]]] = []

    def from_(self, start: QualifiedName) -> Iterator[list[QualifiedName]]:
        """The components that are reached from there and were not before."""
        if start not in self._number:
            self._enter(start)
        while self._work:
            name, rest = self._work[-1]
            following = next(rest, None)
            if following is None:
                self._work.pop()
                yield from self._leave(name)
            elif following not in self._number:
                self._enter(following)
            elif following in self._stacked:
                self._lowest[name] = min(self._lowest[name], self._number[following])

    def _enter(self, name: QualifiedName) -> None:
        self._number[name] = self._lowest[name] = len(self._number)
        self._stack.append(name)
        self._stacked.add(name)
        self._work.append((name, iter(self._edges[name])))

    def _leave(self, name: QualifiedName) -> Iterator[list[QualifiedName]]:
        """The component that is complete with this name, if one is."""
        if self._work:
            below = self._work[-1][0]
            self._lowest[below] = min(self._lowest[below], self._lowest[name])
        if self._lowest[name] == self._number[name]:
            component = [self._stack.pop()]
            while component[-1] != name:
                component.append(self._stack.pop())
            self._stacked.difference_update(component)
            yield component
