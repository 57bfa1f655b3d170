"""Named things that hang together, divided into groups of a bounded size.

Names lead where they are disciplined (`dcim_device`, `dcim_rack`, `ipam_prefix`: most names begin with one
of a few words, and most links stay within a word). Elsewhere links lead: the method of Louvain (Blondel,
Guillaume, Lambiotte, Lefebvre 2008), as networkx implements it, on links whose weight falls with the number
of things that link to the same one, so that what everything references holds nothing together. Names still
have a say there.

Nothing is left to chance: weights are whole numbers, nodes are numbers in the order of their names, and the
order in which Louvain visits them, which networkx shuffles by a random generator, stays as it is.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Pair = tuple[int, int]
"""Two nodes, the smaller number first."""

Words = tuple[str, ...]
"""The words of a name."""

LEAST = 3
"""Nodes that make a group: fewer are joined to another."""

_COHORT = 3  # names that begin alike, from which on the beginning counts
_COVERED = 70  # percent of names that begin with a shared word, where names lead
_INSIDE = 50  # percent of links that stay within a word, where names lead
_NAME_WEIGHT = 24
_LIKENESS = 12  # what a shared first word counts when a small group looks for another
_FEW = 6  # nodes below which a group joins another of names that begin alike
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=65_536)
def words(name: str) -> Words:
    """The words of a name in any case, lower case, without the s of a plural: `OrderItems` is order, item."""
    found = (word.lower() for word in _WORD.findall(name))
    return tuple(
        word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word for word in found
    )


def beginning(name: str, count: int) -> str:
    """The first so many words of a name, as it writes them."""
    ends = [found.end() for found in _WORD.finditer(name)]
    return name[: ends[count - 1]] if 0 < count <= len(ends) else name


def weight(references: int) -> int:
    """What a link counts to something that so many reference: the fewer they are, the more it says."""
    return max(1, 120 // (3 + references))


def divide(names: Sequence[str], links: Mapping[Pair, int], most: int) -> list[list[int]]:
    """Groups of those names, each of at most `most`; every name is in exactly one.

    Args:
        names: The names, in a fixed order; nodes are their positions.
        links: Weights (`weight`) by pairs of nodes.
        most: The most nodes of a group, at least 1.

    Returns:
        The groups with sorted nodes, by their first node. The last one may hold what belongs to nothing.
    """
    if len(names) <= most:
        return [list(range(len(names)))]
    split = [words(name) for name in names]
    parts = _divided(list(range(len(names))), split, links, most, 0)
    return sorted(sorted(part) for part in _joined(parts, split, links, most))


def _divided(
    members: list[int], split: Sequence[Words], links: Mapping[Pair, int], most: int, depth: int
) -> list[list[int]]:
    """Parts of at most `most`; `depth` words at the beginning of the names are the same and say nothing."""
    if len(members) <= most:
        return [members]
    cohorts = _cohorts(members, split, depth)
    inner = _within(links, members)
    if len(cohorts) == 1 and len(cohorts[0]) == len(members):
        return _divided(members, split, links, most, depth + 1)
    parts = _by_name(members, cohorts, inner) or _by_links(members, cohorts, inner)
    if len(parts) == 1:
        parts = _in_order(members, cohorts, most)
    return [small for part in parts for small in _divided(part, split, links, most, depth)]


def _cohorts(members: Iterable[int], split: Sequence[Words], depth: int) -> list[list[int]]:
    """Those whose names begin with the same word, where there are several."""
    found: dict[str, list[int]] = {}
    for one in members:
        if len(split[one]) > depth:
            found.setdefault(split[one][depth], []).append(one)
    return [group for _, group in sorted(found.items()) if len(group) >= _COHORT]


def _within(links: Mapping[Pair, int], members: Sequence[int]) -> dict[Pair, int]:
    inside = frozenset(members)
    return {pair: found for pair, found in links.items() if pair[0] in inside and pair[1] in inside}


def _by_name(
    members: Sequence[int], cohorts: Sequence[Sequence[int]], links: Mapping[Pair, int]
) -> list[list[int]]:
    """The cohorts, and every other name by itself; nothing where names are not disciplined."""
    place = {one: number for number, cohort in enumerate(cohorts) for one in cohort}
    if len(cohorts) < 2 or len(place) * 100 < len(members) * _COVERED:
        return []
    known = [(place[a], place[b], found) for (a, b), found in links.items() if a in place and b in place]
    if sum(found for a, b, found in known if a == b) * 100 < sum(found for *_, found in known) * _INSIDE:
        return []
    groups = [list(cohort) for cohort in cohorts]
    rest = [[one] for one in members if one not in place]
    return [*groups, *rest]


class _InOrder(random.Random):
    """In place of chance: leaves every order as it is."""

    def shuffle(self, x: Any) -> None:
        """Nothing is shuffled."""


def _by_links(
    members: Sequence[int], cohorts: Sequence[Sequence[int]], links: Mapping[Pair, int]
) -> list[list[int]]:
    """The communities of Louvain; a node for each cohort, linked to its members, lets names have a say."""
    import networkx as nx  # noqa: PLC0415 - a tenth of a second that only large schemas need

    graph = nx.Graph()
    graph.add_nodes_from(members)
    graph.add_weighted_edges_from((a, b, found) for (a, b), found in sorted(links.items()))
    beyond = max(members) + 1
    for number, cohort in enumerate(cohorts):
        graph.add_weighted_edges_from((one, beyond + number, _NAME_WEIGHT) for one in cohort)
    found = nx.community.louvain_communities(graph, weight="weight", seed=_InOrder(0))
    groups = (sorted(one for one in group if one < beyond) for group in found)
    return sorted(group for group in groups if group)


def _in_order(members: Sequence[int], cohorts: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """What nothing divides: in the order of names, in equal parts, names that begin alike together."""
    place = {one: number for number, cohort in enumerate(cohorts) for one in cohort}
    ordered = sorted(members, key=lambda one: (place.get(one, len(cohorts)), one))
    count = -(-len(ordered) // most)
    size = -(-len(ordered) // count)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _joined(
    parts: Iterable[list[int]], split: Sequence[Words], links: Mapping[Pair, int], most: int
) -> list[list[int]]:
    """The parts, small ones joined to what they are linked to most or named like; the rest together."""
    groups = _Groups(parts, split, links)
    groups.join(below=LEAST, most=most)
    groups.join(below=_FEW, most=min(most, max(LEAST, most * 2 // 3)), alike=True)
    rest = sorted(
        one for group in groups.all() if len(group) < LEAST and not groups.named(group) for one in group
    )
    kept = [group for group in groups.all() if len(group) >= LEAST or groups.named(group)]
    return [*kept, *(_in_order(rest, (), most) if rest else ())]


class _Groups:
    """Groups while small ones are joined to others."""

    def __init__(self, parts: Iterable[list[int]], split: Sequence[Words], links: Mapping[Pair, int]) -> None:
        self._groups = dict(enumerate(parts))
        self._place = {one: number for number, group in self._groups.items() for one in group}
        self._first = [found[0] if found else "" for found in split]
        self._times = Counter(self._first)
        self._near: dict[int, list[tuple[int, int]]] = {}
        for (a, b), found in sorted(links.items()):
            self._near.setdefault(a, []).append((b, found))
            self._near.setdefault(b, []).append((a, found))
        self._leads = {number: self._lead(group) for number, group in self._groups.items()}
        self._led_by: defaultdict[str, set[int]] = defaultdict(set)
        for number, lead in self._leads.items():
            self._led_by[lead].add(number)

    def all(self) -> list[list[int]]:
        """The groups there are."""
        return list(self._groups.values())

    def named(self, group: Sequence[int]) -> bool:
        """Whether a group is all that begins with some word: two such tables may stand for themselves."""
        words_of = {self._first[one] for one in group}
        return len(group) > 1 and len(words_of) == 1 and self._times[self._first[group[0]]] == len(group)

    def join(self, *, below: int, most: int, alike: bool = False) -> None:
        """Join each group of fewer than `below` to the best other, as long as that has at most `most` then.

        `alike`: only to a group in which most names begin with the same word; a group of `LEAST` names that
        do not begin alike themselves is joined to what it is linked to most.
        """
        small = [number for number, group in self._groups.items() if len(group) < below]
        for number in sorted(small, key=lambda one: (len(self._groups[one]), self._groups[one])):
            group = self._groups[number]
            if len(group) >= below or (self.named(group) and not alike):
                continue
            lead = self._leads[number]
            ties: Counter[int] = Counter()
            for one in group:
                for other, found in self._near.get(one, ()):
                    ties[self._place[other]] += found
            like = self._led_by[lead] if lead else set()
            if alike and (lead or len(group) > LEAST):
                ties = Counter({other: ties[other] for other in like})
            for other in like:
                ties[other] += _LIKENESS
            del ties[number]
            room = [
                (-tie, self._groups[other], other)
                for other, tie in ties.items()
                if len(self._groups[other]) + len(group) <= most
            ]
            if room:
                self._join(number, min(room)[2])

    def _join(self, number: int, best: int) -> None:
        """Make one group part of another."""
        group = self._groups.pop(number)
        self._place.update(dict.fromkeys(group, best))
        self._groups[best] += group
        self._led_by[self._leads.pop(number)].discard(number)
        self._led_by[self._leads[best]].discard(best)
        self._leads[best] = self._lead(self._groups[best])
        self._led_by[self._leads[best]].add(best)

    def _lead(self, group: Sequence[int]) -> str:
        """The word that more than half of a group's names begin with, if it is not everyone's word."""
        word, times = min(
            Counter(self._first[one] for one in group).items(), key=lambda row: (-row[1], row[0])
        )
        shared = self._times[word] > 1 and self._times[word] * 4 < len(self._first) * 3
        return word if shared and times * 2 > len(group) else ""
