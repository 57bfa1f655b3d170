"""What a drawing was made from, noted in it, so that what has not changed need not be drawn again.

The note is a hash over everything that decides the bytes of a drawing: source, words, legend, engine, and how
this package finishes drawings. That last part is not a number that somebody has to raise: it is found out by
finishing a small drawing that has some of everything. Where no engine is needed it is a hash over the chart,
and over what a small one becomes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from pgdossier import language
from pgdossier.diagrams import grid, legend, palette, stars, svg
from pgdossier.diagrams.chart import Box, Chart, Link, Role, Row
from pgdossier.diagrams.diagram import Diagram, Outlined

_START = b"<svg "
_MARK = re.compile(rb'<svg data-drawn="([0-9a-f]{40})" ')


def mark(diagram: Diagram, engine: str, chain: Sequence[object]) -> str:
    """The hash of everything that decides the bytes of a drawing.

    Args:
        diagram: What is drawn.
        engine: The version of the engine.
        chain: What says how engines are asked, in a form that prints the same every time.
    """
    parts = (
        _finishing(language.current()),
        engine,
        repr(chain),
        *_content(diagram),
        diagram.title,
        diagram.description,
        diagram.boxes,
        diagram.edges,
        diagram.legend,
    )
    return hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest()[:40]


def mark_of_star(chart: Chart, title: str, description: str) -> str:
    """The hash of everything that decides what `stars.draw` makes of these."""
    shown = msgspec.msgpack.encode((chart.boxes, chart.links, title, description))
    return hashlib.sha256(_placing(language.current()).encode() + shown).hexdigest()[:40]


def shown(chart: Chart, diagram: Diagram) -> bytes:
    """The hash of what a diagram shows, but not of how it is drawn."""
    parts = (chart, diagram.title, diagram.description, diagram.boxes, diagram.edges)
    return hashlib.sha256(msgspec.msgpack.encode(parts)).digest()


def became(what: bytes, drawing: bytes) -> str:
    """The hash that says that this is what became of what a diagram showed."""
    return hashlib.sha256(what + drawing).hexdigest()[:40]


def _content(diagram: Diagram) -> tuple[str, ...]:
    if not isinstance(diagram.content, Outlined):
        return (diagram.dot,)
    return (diagram.content.source, *(box.markup for box in diagram.content.painted.values()))


def marked(drawing: bytes, note: str) -> bytes:
    """The drawing with the note at its beginning."""
    return f'<svg data-drawn="{note}" '.encode() + drawing.removeprefix(_START)


def holds(drawing: bytes, note: str) -> bool:
    """Whether a drawing has exactly that note."""
    found = _MARK.match(drawing)
    return found is not None and found[1] == note.encode()


@lru_cache(maxsize=16)
def _finishing(_language: str) -> str:
    """The hash of what finishing makes of a drawing with some of everything, its legend in that language."""
    probe = svg.finish(
        svg.parse(_PROBE.encode()), title="<t>", description="d & d", signs=tuple(legend.TEXTS)
    )
    plain = svg.finish(grid.lay_out(_GRID), title="t", description="d")
    return hashlib.sha256(probe + plain).hexdigest()


@lru_cache(maxsize=16)
def _placing(_language: str) -> str:
    """The hash of what becomes of a chart with some of everything, its legend in that language."""
    probe = stars.draw(_STAR, "<t>", "d & d") or b""
    return hashlib.sha256(probe + _finishing(_language).encode()).hexdigest()


_NAMES = tuple(Row(text=f"name {number}", href="b.md", tooltip="n") for number in range(15))
_STAR = Chart(
    boxes=(
        Box(
            number=1,
            name="Äé Я",
            role=Role.FOCUS,
            note="1 partition",
            href="a.md",
            tooltip="a & b",
            rows=(
                Row(text="id", column="id", marks=("PK", "UQ"), type="bigint", required=True, tooltip="<i>"),
                Row(text="日 x", column="x", marks=("FK",), type="text", target="t", href="b.md"),
                Row(text="… 2 columns", tooltip="y, z"),
            ),
        ),
        Box(number=2, name="t", role=Role.TABLE, tint=3, rows=(Row(text="id", column="id", marks=("PK",)),)),
        Box(number=3, name="v", role=Role.VIEW, prefix="s", rows=(Row(text="x", column="x"),)),
        Box(number=4, name="u", role=Role.STUB, note="unknown"),
        Box(number=5, name="+ 15 tables", role=Role.MORE, note="children", rows=_NAMES),
        Box(number=6, name="+ 1 table", role=Role.MORE, rows=_NAMES[:1]),
    ),
    links=(
        Link(child=1, parent=2, many=True, optional=False, identifying=True, child_column="x", tooltip="e"),
        Link(child=3, parent=1, many=False, optional=True, identifying=False, parent_column="id"),
        Link(child=3, parent=1, many=True, optional=True, identifying=False, child_column="x", implied=True),
        Link(child=4, parent=1, many=True, optional=True, identifying=False, parent_column="id"),
        Link(child=1, parent=1, many=True, optional=True, identifying=False, child_column="x", columns="x"),
        Link(child=1, parent=1, many=False, optional=False, identifying=False, child_column="id"),
        Link(child=5, parent=1, many=True, optional=True, identifying=False, implied=True),
        Link(child=1, parent=6, many=False, optional=True, identifying=False, implied=True),
    ),
)

_COLOURS = "".join(
    f'<polygon fill="{colour}" stroke="{colour}" points="0.00,0.00 4.04,0.00 4.00,4.06"/>'
    for colour in palette.DARK
)

_PROBE = f"""<svg viewBox="0.00 0.00 500.00 300.00" xmlns="http://www.w3.org/2000/svg"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(8.64 291.36)"><title>p</title>
<g id="clust1" class="cluster"><title>cluster_1</title>{_COLOURS}
<text text-anchor="middle" x="9.00" y="-8.15" font-family="Arial" font-size="12.00">Äé Я 日 → …</text></g>
<g id="node1" class="node"><title>1</title><g id="a_node1"><a xlink:href="a.md" xlink:title="a &amp; b">
<polygon fill="{palette.TABLE}" stroke="none" points="1.00,-2.55 3.00,-2.00 3.00,-9.00 1.00,-2.55"/>
<text text-anchor="start" x="4.00" y="-5.05" font-family="Arial" font-weight="bold" font-size="8.00"
 fill="{palette.KEY}">PK</text><g><a xlink:title="c"><text text-anchor="start" x="9.00" y="-5.05"
 font-family="Arial" font-size="11.00" fill="{palette.INK}">id  x</text></a></g></a></g></g>
<g id="edge1" class="edge"><title>1:e0&#45;&gt;2:w0</title><a xlink:title="e">
<path fill="none" stroke="{palette.LINE}" stroke-width="1.40" stroke-dasharray="5,2"
 d="M100.04,-20.00C110.00,-20.00 120.55,-40.00 130.00,-40.00"/>
<polygon fill="none" stroke="{palette.LINE}"
 points="1.00,1.00 2.00,2.00 3.00,3.50 4.00,4.00 5.00,5.25 6.00,6.00 7.00,7.00 8.00,8.00 1.00,1.00"/>
<polygon fill="none" stroke="{palette.LINE}" points="1.00,1.00 2.00,2.00 3.00,3.50 4.00,4.00 1.00,1.00"/>
<ellipse fill="none" stroke="{palette.LINE}" cx="50.05" cy="-6.00" rx="2.40" ry="2.40"/>
<polyline fill="none" stroke="{palette.LINE}" points="1.00,1.00 2.05,2.00"/>
<text text-anchor="middle" x="9.00" y="-8.15" font-family="Arial" font-size="9.00">by</text></a></g>
<g id="edge2" class="edge"><title>1:e0&#45;&gt;1:e1</title>
<path fill="none" stroke="{palette.LINE}" d="M100.00,-20.00C140.00,-20.00 140.00,-40.00 100.00,-40.00"/></g>
</g></svg>"""

_GRID = """digraph erd {
\tsubgraph cluster_1 {
\t\tlabel=<<TABLE BORDER="0"><TR><TD>s</TD></TR></TABLE>>
\t\t1 [label=<<TABLE COLOR="#9fb0c0" STYLE="DASHED"><TR><TD BGCOLOR="#dce9f5">t</TD></TR><TR><TD>PK</TD><TD
 HREF="a.md" TITLE="b">id</TD></TR></TABLE>>]
\t}
\t2 [label=<<TABLE><TR><TD><B>u</B></TD></TR></TABLE>>]
\t1:e0:e -> 2:h:w [arrowhead=teetee arrowtail=crowodot color="#24323f" edgetooltip="x" penwidth=1.4]
\t2:h:e -> 2:h:w [arrowhead=normal arrowtail=teeodot style=dashed label=y]
}
""".replace("<TD\n", "<TD")
