"""Boxes with a single neighbour, spread over several ranks: so a drawing gets narrower than its widest rank.

A table that references ten others, or that ten others reference, would have them all in one rank. They mean
the same in whatever rank they stand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import cycle

_LINE = re.compile(r"^(\t+)(\d+) -> (\d+) \[(.*)\]$", re.MULTILINE)
_RANKS = 3
_FEW = 3


def staggered(source: str) -> str:
    """A Graphviz source with such boxes in three ranks, where they are three or more beside one box.

    Args:
        source: What `dot.write` writes, its lines without ports.
    """
    lines = [(found[2], found[3]) for found in _LINE.finditer(source) if "style=invis" not in found[4]]
    near: dict[str, set[str]] = defaultdict(set)
    for tail, head in lines:
        if tail != head:
            near[tail].add(head)
            near[head].add(tail)
    alone = {(*near[box], box) for box in near if len(near[box]) == 1}
    far: dict[tuple[str, str], int] = {}
    for leaves in (  # those that references lead to, then those that they come from
        sorted({line for line in lines if line in alone}, key=_by_number),
        sorted({line for line in lines if line[::-1] in alone}, key=_by_number),
    ):
        of: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for line in leaves:
            of[line[0] if line in alone else line[1]].append(line)
        for group in of.values():
            if len(group) >= _FEW:
                far |= dict(zip(group, cycle(range(1, _RANKS + 1)), strict=False))

    def longer(found: re.Match[str]) -> str:
        ranks = far.get((found[2], found[3]), 1)
        extra = f" minlen={ranks}" if ranks > 1 else ""
        return f"{found[1]}{found[2]} -> {found[3]} [{found[4]}{extra}]"

    return _LINE.sub(longer, source)


def _by_number(line: tuple[str, str]) -> tuple[int, int]:
    return int(line[0]), int(line[1])
