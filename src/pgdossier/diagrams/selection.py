"""The tables that somebody named, with the relationships between them."""

from __future__ import annotations

from collections.abc import Sequence

from pgdossier.analysis.graph import Graph
from pgdossier.diagrams import lines, remainder
from pgdossier.diagrams.boxes import Shelf, Url
from pgdossier.diagrams.chart import Chart, Detail, Group, Role
from pgdossier.diagrams.diagram import Charted, Diagram, Subject
from pgdossier.diagrams.lettering import counted, visible
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation

_COLUMNS_UP_TO = 12
_KEYS_UP_TO = 40

_SHOWS = {
    Detail.COLUMNS: mark("Every box lists its columns."),
    Detail.KEYS: mark("Every box lists its key columns."),
    Detail.NAMES: mark("Boxes show names only."),
}


def of(
    relations: Sequence[Relation],
    lookup: Lookup,
    graph: Graph,
    url: Url,
    *,
    title: str,
    most: int,
    detail: Detail | None = None,
) -> Diagram:
    """All of those relations; tables that they reference are stubs with a dashed border.

    Args:
        relations: What to show, each once; not one of them is left out.
        lookup: The snapshot's relations.
        graph: The relationships to be drawn.
        url: Where a relation's section is.
        title: What the diagram is called.
        most: Boxes beyond which tables that are only referenced are named in one box.
        detail: How much the boxes show; None: as much as stays legible.
    """
    inside = {relation.qualified: relation for relation in relations}
    links = [found for name in sorted(inside) for found in graph.parents_of(name)]
    outside = sorted({found.parent for found in links} - inside.keys())
    room = max(0, most - len(inside))
    stubs = outside if len(outside) <= room else outside[: max(0, room - 1)]
    shown = {*inside, *stubs}
    drawn = [found for found in links if found.parent in shown]
    level = detail or _fitting(len(inside))
    ends = lines.ends(drawn)
    schemas = sorted({name.schema for name in inside})
    home = schemas[0] if len(schemas) == 1 else None
    numbers = {name: number for number, name in enumerate(sorted(shown), start=1)}
    shelf = Shelf(lookup, url)
    made = []
    for name, number in numbers.items():
        if name not in lookup.relations:
            made.append(lines.unknown(number, name, home))
        elif name in inside:
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=level,
                    home=home,
                    always=ends.get(name, ()),
                )
            )
        else:
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=Detail.NAMES if level is Detail.NAMES else Detail.KEYS,
                    role=Role.STUB,
                    home=home,
                    only=ends.get(name, ()),
                )
            )
    rest = outside[len(stubs) :]
    if rest:
        note = tr("referenced from here")
        made.append(remainder.box(len(made) + 1, rest, home=home or "", url=url, note=note))
    groups = [
        Group(name=visible(schema), boxes=tuple(numbers[name] for name in numbers if name.schema == schema))
        for schema in sorted({name.schema for name in numbers})
    ]
    chart = Chart(
        boxes=tuple(made),
        links=tuple(lines.link(found, numbers) for found in drawn),
        groups=tuple(groups) if home is None else (),
        detail=level,
    )
    keys = sum(not found.assumed for found in drawn)
    counts = tr("{items} and {last}", items=counted(len(inside), "table"), last=counted(keys, "foreign key"))
    return Diagram(
        subject=Subject("selection"),
        title=title,
        description=f"{title}: {counts}. {tr(_SHOWS[level])}",
        content=Charted(lambda: chart),
        boxes=len(chart.boxes),
        edges=len(chart.links),
    )


def _fitting(number: int) -> Detail:
    """How much so many boxes can show."""
    if number <= _COLUMNS_UP_TO:
        return Detail.COLUMNS
    return Detail.KEYS if number <= _KEYS_UP_TO else Detail.NAMES
