"""The map of domains: what a diagram of tables becomes where there are more of them than a reader takes in.

Each domain is one box with its key entities and counts. A line from one to another stands for all foreign
keys between their tables; the more there are, the wider it is. What nearly every domain references is named
in their boxes, and the thinnest of very many lines are left out; the description says how many.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import graphviz
import msgspec

from pgdossier.analysis.domains import Domain, links
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import boxes as relation_boxes
from pgdossier.diagrams import dot, mermaid, palette, placing
from pgdossier.diagrams.boxes import Url
from pgdossier.diagrams.chart import Box, Group, Role, Row
from pgdossier.diagrams.diagram import Diagram, Subject, Written
from pgdossier.diagrams.lettering import counted, cut, tooltip, visible
from pgdossier.language import tr

DomainUrl = Callable[[Domain], str | None]
"""Where a domain's own section is, relative to the file of the diagram; None where it has none."""

HUB_ABOVE = 6
"""Domains that reference one, above which their lines to it become words."""

LINES_FOR_EACH = 1.0
"""Lines for each box, above which the thinnest are left out."""

_ACROSS = 5  # boxes side by side in a map of many: their texts stay legible at the width of a page
_MANY = 20
_LENGTH = 25
_MOST_HUBS = 3  # in a small map: where nearly everything is one, the heaviest lines say more
_HUB_ROWS = 2  # rows for the names of what is referenced without a line


class _Line(msgspec.Struct, frozen=True):
    """The foreign keys between two domains, by the numbers of their boxes: `one` to `other`, and back."""

    one: int
    other: int
    there: int
    back: int

    @property
    def keys(self) -> int:
        return self.there + self.back


def draw(
    subject: Subject,
    title: str,
    domains: Sequence[Domain],
    relationships: Sequence[Relationship],
    url: Url,
    domain_url: DomainUrl,
    *,
    most: int,
    tints: Mapping[str, int] | None = None,
) -> Diagram:
    """The map of those domains.

    Args:
        subject: What it is about.
        title: What it is called.
        domains: What it shows; of more than `most` the last ones share a box.
        relationships: The foreign keys, those of these domains at least; what is only assumed is not counted.
        url: Where a relation's section is, relative to the file of this diagram.
        domain_url: Where a domain's section is.
        most: The most boxes there may be.
        tints: The colours of domains, by name.
    """
    shown = list(domains) if len(domains) <= most else list(domains[: most - 1])
    rest = domains[len(shown) :]
    keys = [one for one in relationships if not one.assumed]
    counts = links(shown, keys)
    hubs = _hubs(counts, len(shown))
    lines, left = _lines(counts, hubs, len(shown))
    frames = _frames(shown)
    framed = {number for frame in frames for number in frame.boxes}
    boxes = [
        _box(
            number,
            domain,
            url,
            domain_url,
            _referenced(number - 1, counts, hubs, shown),
            (tints or {}).get(domain.name),
            prefixed=number in framed,
        )
        for number, domain in enumerate(shown, start=1)
    ]
    if rest:
        boxes.append(
            Box(number=len(boxes) + 1, name=f"+ {counted(len(rest), 'more domain')}", role=Role.MORE)
        )
    every = sum(counts.values())
    remarks = [
        tr(
            "{domains} with {tables}; {keys} lead from one to another.",
            domains=counted(len(domains), "domain"),
            tables=counted(sum(len(one.tables) for one in domains), "table"),
            keys=counted(every, "foreign key"),
        ),
        tr("A line stands for all foreign keys between two domains; the number says how many."),
    ]
    if hubs:
        names = ", ".join(visible(shown[number].label) for number in sorted(hubs))
        remarks.append(tr("What very many reference is named in their boxes (→ name): {names}.", names=names))
    if left:
        remarks.append(
            tr(
                "{lines} of {keys} are left out.",
                lines=counted(len(left), "line"),
                keys=counted(sum(left), "foreign key"),
            )
        )
    if rest:
        remarks.append(tr("{domains} share the last box.", domains=counted(len(rest), "domain")))
    return Diagram(
        subject=subject,
        title=title,
        description=" ".join(remarks),
        content=Written(
            dot=_dot(boxes, lines),
            mermaid=(_mermaid(boxes, lines, frames),),
            legend=_legend(lines, hubs),
        ),
        boxes=len(boxes),
        edges=len(lines),
    )


def _legend(lines: Sequence[_Line], hubs: Collection[int]) -> tuple[str, ...]:
    signs = ["keys"] if lines else []
    signs += ["both"] if any(line.back for line in lines) else []
    signs += ["→ domain"] if hubs else []
    return tuple(signs)


def _hubs(counts: Mapping[tuple[int, int], int], boxes: int) -> frozenset[int]:
    """The domains that so many others reference that their lines would hide the rest."""
    times = Counter(parent for _, parent in counts)
    most = max(_MOST_HUBS, boxes // 4)
    known = [number for number, count in times.items() if count > max(HUB_ABOVE, boxes // 4)]
    return frozenset(sorted(known, key=lambda number: (-times[number], number))[:most])


def _lines(
    counts: Mapping[tuple[int, int], int], hubs: frozenset[int], boxes: int
) -> tuple[list[_Line], list[int]]:
    """The lines to draw, and how many foreign keys each of the others stands for.

    The heaviest are drawn, and the heaviest of every box.
    """
    found = []
    for one, other in sorted({(min(pair), max(pair)) for pair in counts}):
        there = 0 if other in hubs else counts.get((one, other), 0)
        back = 0 if one in hubs else counts.get((other, one), 0)
        if there or back:
            found.append(
                _Line(one + 1, other + 1, there, back) if there else _Line(other + 1, one + 1, back, 0)
            )
    heaviest = sorted(found, key=lambda line: (-line.keys, line.one, line.other))
    kept = set(heaviest[: math.ceil(boxes * LINES_FOR_EACH)])
    seen = {end for line in kept for end in (line.one, line.other)}
    for line in heaviest:
        if line.one not in seen or line.other not in seen:
            kept.add(line)
            seen |= {line.one, line.other}
    return [line for line in found if line in kept], [line.keys for line in found if line not in kept]


def _referenced(
    place: int, counts: Mapping[tuple[int, int], int], hubs: frozenset[int], domains: Sequence[Domain]
) -> list[str]:
    """The hubs that the domain at that place references."""
    return [domains[hub].label for hub in sorted(hubs) if counts.get((place, hub))]


def _box(
    number: int,
    domain: Domain,
    url: Url,
    domain_url: DomainUrl,
    references: Sequence[str],
    tint: int | None,
    *,
    prefixed: bool,
) -> Box:
    rows = [
        Row(
            text=cut(visible(name.name), _LENGTH),
            column=name.name,
            href=url(name),
            tooltip=visible(name.dotted),
        )
        for name in domain.key_entities
    ]
    columns = counted(domain.columns, "column")
    keys = tr(
        "{keys} between tables of {domain}",
        keys=counted(domain.foreign_keys, "foreign key"),
        domain=visible(domain.name),
    )
    if domain.children:
        text = f"{counted(len(domain.children), 'domain')}, {columns}"
    else:
        text = tr("{columns}, {keys} within", columns=columns, keys=counted(domain.foreign_keys, "key"))
    rows.append(Row(text=text, tooltip=tooltip(keys)))
    said = tooltip(tr("references {domains}", domains=visible(", ".join(references))))
    rows += [Row(text=text, tooltip=said) for text in in_rows([visible(name) for name in references])]
    return Box(
        number=number,
        name=cut(visible(domain.label), _LENGTH),
        prefix=cut(visible(domain.schema), _LENGTH) if prefixed else "",
        role=Role.TABLE,
        note=counted(len(domain.tables), "table"),
        rows=tuple(rows),
        href=domain_url(domain),
        tooltip=tooltip(domain.description or domain.name),
        tint=tint,
    )


def in_rows(names: Sequence[str]) -> list[str]:
    """Names in as few rows as hold them; the last of the rows there may be is cut."""
    rows: list[str] = []
    for name in names:
        if rows and len(rows[-1]) + len(name) <= _LENGTH:
            rows[-1] += f", {name}"
        elif len(rows) < _HUB_ROWS:
            rows.append(f"→ {cut(name, _LENGTH)}")
        else:
            rows[-1] += " …"
            break
    return rows


def _frames(domains: Sequence[Domain]) -> list[Group]:
    """A group for each schema that several of the boxes belong to, where there are several schemas."""
    members: dict[str, list[int]] = {}
    for number, domain in enumerate(domains, start=1):
        if domain.schema and not domain.declared:
            members.setdefault(domain.schema, []).append(number)
    if len(members) < 2:
        return []
    return [
        Group(name=visible(schema), boxes=tuple(numbers))
        for schema, numbers in sorted(members.items())
        if len(numbers) > 1
    ]


def _dot(boxes: Sequence[Box], lines: Sequence[_Line]) -> str:
    """The Graphviz source; as in `dot`, no name can change what the source means.

    Boxes stand where `placing` puts them. Lines meet a box where they come from, each at a place of its own.
    """
    graph = graphviz.Digraph(
        "map",
        graph_attr={
            "bgcolor": palette.PAPER,
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "esep": "+6",
            "sep": "+8",
            "pad": "0.12",
        },
        node_attr={
            "shape": "plain",
            "fontname": dot.FONT,
            "fontsize": f"{dot.SIZE:g}",
            "fontcolor": palette.INK,
        },
        edge_attr={
            "color": palette.LINE,
            "arrowsize": "0.7",
            "fontname": dot.FONT,
            "fontsize": "10",
            "fontcolor": palette.INK,
        },
    )
    graph.body.insert(0, dot.PLACED)
    sizes = [(dot.box_width(box), relation_boxes.height(box)) for box in boxes]
    most = _ACROSS if len(boxes) > _MANY else _ACROSS - 1
    middles = placing.centres(sizes, [(line.one - 1, line.other - 1) for line in lines], most)
    for box, (x, y) in zip(boxes, middles, strict=True):
        graph.node(str(box.number), label=dot.label(box), pos=f"{x / 72:.3f},{-y / 72:.3f}!")
    for line in lines:
        said = (
            f"{counted(line.there, 'foreign key')}: {boxes[line.one - 1].name} → {boxes[line.other - 1].name}"
        )
        if line.back:
            said += "; " + tr("{count} back", count=line.back)
        graph.edge(
            str(line.one),
            str(line.other),
            label=str(line.keys),
            penwidth=f"{_width(line.keys):g}",
            dir="both" if line.back else "forward",
            edgetooltip=dot.quoted(tooltip(said)),
        )
    source: str = graph.source
    return source


def _width(keys: int) -> float:
    """The width of a line: 1 for one foreign key, at most 4."""
    return min(4.0, round(0.5 + 0.5 * math.sqrt(4 * keys - 3), 1))


def _mermaid(boxes: Sequence[Box], lines: Sequence[_Line], frames: Sequence[Group]) -> str:
    """The same as a Mermaid flowchart."""
    written = ["flowchart LR"]

    def node(box: Box, indent: str) -> str:
        heading = f"{box.name} ({box.note})" if box.note else box.name
        texts = map(mermaid.flow_text, [heading, *(row.text for row in box.rows)])
        return f'{indent}n{box.number}["{"<br>".join(texts)}"]'

    framed = {number for frame in frames for number in frame.boxes}
    for position, frame in enumerate(frames, start=1):
        written.append(f'    subgraph s{position}["{mermaid.flow_text(frame.name)}"]')
        written += [node(boxes[number - 1], "        ") for number in frame.boxes]
        written.append("    end")
    written += [node(box, "    ") for box in boxes if box.number not in framed]
    for line in lines:
        arrow = "<-->" if line.back else "==>" if line.keys > 4 else "-->"
        written.append(f"    n{line.one} {arrow}|{line.keys}| n{line.other}")
    return "\n".join(written) + "\n"
