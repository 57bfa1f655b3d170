"""Boxes and arrows, for what are no tables: as Graphviz source and as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Sequence

import graphviz
import msgspec

from pgdossier.diagrams import dot, mermaid, palette
from pgdossier.diagrams.chart import Box

_FEW = 12


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """One line from a box to another, by their numbers; dashed where nothing was seen to flow."""

    tail: int
    head: int
    dashed: bool = False
    tooltip: str = ""


def write(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """The Graphviz source, from left to right along the arrows.

    As in `dot`, no name can change what the source means: nodes are numbers, names are labels.
    """
    graph = graphviz.Digraph(
        "network",
        graph_attr={
            "rankdir": "LR",
            "bgcolor": palette.PAPER,
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "nodesep": "0.2",
            "ranksep": "0.7" if len(boxes) <= _FEW else "1.4",  # many lines need room to part
            "pad": "0.12",
        },
        node_attr={
            "shape": "plain",
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "fontcolor": palette.INK,
        },
        edge_attr={"color": palette.LINE, "arrowsize": "0.8", "arrowhead": "normal"},
    )
    for box in boxes:
        graph.node(str(box.number), label=dot.label(box))
    for arrow in arrows:
        attributes = {"penwidth": "1"} | ({"style": "dashed"} if arrow.dashed else {})
        if arrow.tooltip:
            attributes["edgetooltip"] = dot.quoted(arrow.tooltip)
        graph.edge(f"{arrow.tail}:h:e", f"{arrow.head}:h:w", **attributes)
    source: str = graph.source
    return source


def flowchart(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """The same as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    lines = ["flowchart LR"]
    for box in boxes:
        heading = f"{box.name} ({box.note})" if box.note else box.name
        texts = map(mermaid.flow_text, [heading, *(row.text for row in box.rows)])
        lines.append(f'    n{box.number}["{"<br>".join(texts)}"]')
    lines += [f"    n{arrow.tail} {'-.->' if arrow.dashed else '-->'} n{arrow.head}" for arrow in arrows]
    return "\n".join(lines) + "\n"
