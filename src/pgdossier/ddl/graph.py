"""Ordering things that need each other: components and a stable topological order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


def cycles(needs: Mapping[Node, Iterable[Node]]) -> list[set[Node]]:
    """The largest sets of nodes that all need each other, nodes that only need themselves left out.

    Tarjan's algorithm without recursion: schemas can be deeper than Python's stack.

    Args:
        needs: For every node those that it needs, each of them a key too.
    """
    number: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    path: list[Node] = []
    on_path: set[Node] = set()
    found: list[set[Node]] = []
    for start in needs:
        if start in number:
            continue
        work = [(start, iter(needs[start]))]
        number[start] = lowest[start] = len(number)
        path.append(start)
        on_path.add(start)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is not None:
                if following not in number:
                    number[following] = lowest[following] = len(number)
                    path.append(following)
                    on_path.add(following)
                    work.append((following, iter(needs[following])))
                elif following in on_path:
                    lowest[node] = min(lowest[node], number[following])
                continue
            work.pop()
            if work:
                above = work[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
            if lowest[node] == number[node]:
                component = set(path[path.index(node) :]) if path[-1] != node else {node}
                del path[len(path) - len(component) :]
                on_path -= component
                if len(component) > 1:
                    found.append(component)
    return found


def sorted_by_need(needs: Mapping[Node, Iterable[Node]], key: Callable[[Node], Any]) -> list[Node]:
    """Every node after those that it needs; where that leaves a choice, by `key`.

    Args:
        needs: For every node those that it needs, each of them a key too, without cycles.
        key: A sort key that no two nodes share.
    """
    waiting = {node: len(set(needed)) for node, needed in needs.items()}
    needed_by: dict[Node, list[Node]] = {}
    for node, needed in needs.items():
        for other in set(needed):
            needed_by.setdefault(other, []).append(node)
    ready = [(key(node), node) for node, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    result = []
    while ready:
        _, node = heapq.heappop(ready)
        result.append(node)
        for other in needed_by.get(node, ()):
            waiting[other] -= 1
            if waiting[other] == 0:
                heapq.heappush(ready, (key(other), other))
    return result
