"""One relation with what it references and what references it, one step away or more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from pgdossier.analysis import tables
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import lines, remainder
from pgdossier.diagrams.boxes import Shelf, Url
from pgdossier.diagrams.chart import Chart, Detail, Link, Role
from pgdossier.diagrams.diagram import Charted, Diagram, Subject
from pgdossier.diagrams.lettering import counted, visible
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

MOST_BOXES = 30
"""Boxes of one diagram, unless somebody says another limit."""

MOST_NEIGHBOURS = 12
"""Neighbours on either side up to which a relation's own diagram shows all of them."""

HUB_ABOVE = 4
"""Tables of a diagram, beside the one in the middle, that reference another with lines; more do in words."""

RELEVANT = 10
"""Neighbours on a side that it shows when there are more; the others are only named."""


def of(
    relation: Relation,
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    graph: Graph | None = None,
    shelf: Shelf | None = None,
    degrees: int = 1,
    most: int = MOST_BOXES,
    sides: int | None = MOST_NEIGHBOURS,
    detail: Detail = Detail.COLUMNS,
) -> Diagram | None:
    """One relation with its columns, between the tables that reference it and those that it references.

    Of the other tables only the primary key and the columns at the ends of the lines are shown. Lines are
    those that can be met on the way: every relationship of a table that is fewer than `degrees` steps away.
    Where more than `HUB_ABOVE` tables reference another than the one in the middle, the rows of those that
    other lines hold in their place name it instead.
    When there are more tables than there is room for, the most relevant are drawn and the others named in
    one box; tables farther away come after the nearer ones.

    Args:
        relation: The relation in the middle; a partition stands for its table.
        lookup: The snapshot's relations.
        relationships: All relationships to be drawn.
        url: Where a relation's section is, relative to the file of this diagram.
        graph: The same relationships by either end, to save making it again for each of many relations.
        shelf: Makes boxes of the same lookup with the same addresses, likewise.
        degrees: How many steps away a table may be.
        most: The most boxes, those that name others included; at least five.
        sides: Neighbours on either side up to which all are shown, and beyond which `RELEVANT` are; None: as
            many as there is room for.
        detail: How much the relation in the middle shows; `NAMES` holds for all.

    Returns:
        The diagram, or None when no relationship touches the relation.
    """
    graph = Graph.of(relationships) if graph is None else graph
    shelf = Shelf(lookup, url) if shelf is None else shelf
    name = tables.root(lookup, relation.qualified)
    links = [*graph.parents_of(name)]
    links += [found for found in graph.children_of(name) if not found.self_reference]
    if not links:
        return None
    chosen = _choose(name, links, graph, degrees=degrees, most=most, sides=sides)
    drawn, words = _drawn(chosen, graph)
    title = tr("{table} and its neighbours", table=visible(name.dotted))
    if degrees > 1:
        title = tr(
            "{table} and the tables up to {count} steps away", table=visible(name.dotted), count=degrees
        )
    return Diagram(
        subject=Subject("relation", relation.schema, relation.name),
        title=title,
        description=_description(name, links, chosen),
        content=Charted(lambda: _chart(chosen, shelf, drawn, words, detail), star=degrees == 1),
        boxes=len(chosen.steps) + len(chosen.rests),
        edges=len(drawn) + sum(rest.steps == 1 for rest in chosen.rests),
    )


def _description(name: QualifiedName, links: Iterable[Relationship], chosen: _Chosen) -> str:
    keys = [found for found in links if not found.assumed]
    parents = len({found.parent for found in keys} - {name})
    children = len({found.child for found in keys} - {name})
    message = mark("{table} has no foreign key, in or out.")
    if parents and children:
        message = mark("{table} references {parents} and is referenced by {children}.")
    elif parents:
        message = mark("{table} references {parents}.")
    elif children:
        message = mark("{table} is referenced by {children}.")
    elif keys:
        message = mark("{table} references itself.")
    text = tr(
        message,
        table=visible(name.dotted),
        parents=counted(parents, "other table") if parents else "",
        children=counted(children, "other table") if children else "",
    )
    if chosen.degrees > 1:
        drawn = len(chosen.steps) - 1
        whole = drawn + sum(len(rest.names) for rest in chosen.rests)
        text += " " + tr(
            mark("Shown: all {tables} up to {steps} steps away.")
            if drawn == whole
            else mark("Shown: {count} of {tables} up to {steps} steps away."),
            tables=counted(whole, "table"),
            count=drawn,
            steps=chosen.degrees,
        )
    return text


class _Rest(msgspec.Struct, frozen=True):
    """Tables that are only named: neighbours that the focus references, or is referenced by, or others."""

    names: Sequence[QualifiedName]
    steps: int
    referenced: bool = False


class _Chosen(msgspec.Struct, frozen=True):
    """The tables of a diagram with their distance from the focus, and those that are only named."""

    focus: QualifiedName
    degrees: int
    steps: dict[QualifiedName, int] = msgspec.field(default_factory=dict)
    rests: list[_Rest] = msgspec.field(default_factory=list)


def _choose(
    focus: QualifiedName,
    links: Sequence[Relationship],
    graph: Graph,
    *,
    degrees: int,
    most: int,
    sides: int | None,
) -> _Chosen:
    chosen = _Chosen(focus, degrees, {focus: 0})
    near: dict[QualifiedName, list[Relationship]] = {}
    for found in links:
        name = found.parent if found.child == focus else found.child
        if name != focus:
            near.setdefault(name, []).append(found)
    above = {found.parent for found in links}
    ranked = sorted(near, key=lambda name: _relevance(name, focus, near[name], graph))
    parents = [name for name in ranked if name in above]
    children = [name for name in ranked if name not in above]
    upward = dict.fromkeys(parents, True) | dict.fromkeys(children, False)
    # Each step farther away may need a box that names what is not drawn of it.
    takes = _room(parents, children, most - degrees, sides)
    for side, room in zip((parents, children), takes, strict=True):
        chosen.steps.update(dict.fromkeys(side[:room], 1))
        if rest := sorted(side[room:]):
            chosen.rests.append(_Rest(rest, 1, referenced=side is parents))
    far = _distances(focus, graph, degrees) if degrees > 1 else {}
    for step in range(2, degrees + 1):
        away = {name for name, distance in far.items() if distance == step}
        beyond = _beyond(away, chosen, upward, graph)
        room = most - len(chosen.steps) - len(chosen.rests) - (degrees - step)
        if len(beyond) > room or len(beyond) < len(away):
            room -= 1  # for the box that names the others
        taken = sorted(beyond, key=beyond.__getitem__)[: max(0, room)]
        upward |= {name: beyond[name].upward for name in taken}
        chosen.steps.update(dict.fromkeys(taken, step))
        if rest := sorted(away.difference(taken)):
            chosen.rests.append(_Rest(rest, step))
    return chosen


def _room(
    parents: Sequence[QualifiedName], children: Sequence[QualifiedName], room: int, sides: int | None
) -> tuple[int, int]:
    """How many of either side are drawn; a side of which not all are needs one more box."""
    takes = [
        len(side) if sides is None or len(side) <= sides else min(RELEVANT, sides)
        for side in (parents, children)
    ]
    counts = (len(parents), len(children))
    while sum(takes) + sum(take < count for take, count in zip(takes, counts, strict=True)) > room:
        longer = 0 if takes[0] > takes[1] else 1
        if not takes[longer]:
            break
        takes[longer] -= 1
    return takes[0], takes[1]


def _relevance(
    name: QualifiedName, focus: QualifiedName, links: Collection[Relationship], graph: Graph
) -> tuple[bool, int, bool, QualifiedName]:
    """Sorts neighbours: the same schema, the best connected first, then the focus' own details."""
    return (
        name.schema != focus.schema,
        -len(graph.parents_of(name)) - len(graph.children_of(name)),
        not any(found.child == name and found.identifying for found in links),
        name,
    )


def _distances(focus: QualifiedName, graph: Graph, degrees: int) -> Mapping[QualifiedName, int]:
    """Every table up to so many steps away, in whatever direction, breadth first."""
    distance = {focus: 0}
    edge = [focus]
    for step in range(1, degrees + 1):
        following = []
        for name in edge:
            for found in (*graph.parents_of(name), *graph.children_of(name)):
                for other in (found.parent, found.child):
                    if other not in distance:
                        distance[other] = step
                        following.append(other)
        edge = following
    return distance


class _Rank(msgspec.Struct, frozen=True, order=True):
    """Sorts tables two steps away and more; the smallest comes first.

    What goes on in the direction in which the table before was found (what the referenced reference, what
    references the referencing) says more of the focus than what only shares a parent or a child with it;
    and what few tables have in common with it more than what everything references.
    """

    turns: bool
    alike: int
    elsewhere: bool
    name: QualifiedName
    upward: bool


def _beyond(
    away: Collection[QualifiedName], chosen: _Chosen, upward: Mapping[QualifiedName, bool], graph: Graph
) -> dict[QualifiedName, _Rank]:
    """Those of the tables of a step that a table drawn before leads to, with the best way to each."""
    found: dict[QualifiedName, _Rank] = {}
    for before in sorted(upward.keys() & chosen.steps.keys()):
        ways = (
            (True, {link.parent for link in graph.parents_of(before)}),
            (False, {link.child for link in graph.children_of(before)}),
        )
        for up, names in ways:
            for name in names.intersection(away):
                rank = _Rank(
                    turns=upward[before] is not up,
                    alike=len(names),
                    elsewhere=name.schema != chosen.focus.schema,
                    name=name,
                    upward=up,
                )
                found[name] = min(rank, found.get(name, rank))
    return found


def _met(chosen: _Chosen, graph: Graph) -> list[Relationship]:
    """The relationships between tables of the diagram that can be met on the way, each once."""
    drawn: dict[int, Relationship] = {}
    for name, step in chosen.steps.items():
        if step < chosen.degrees:
            for found in (*graph.parents_of(name), *graph.children_of(name)):
                if found.child in chosen.steps and found.parent in chosen.steps:
                    drawn.setdefault(id(found), found)
    return list(drawn.values())


def _in_words(met: Sequence[Relationship], chosen: _Chosen) -> dict[int, Relationship]:
    """Those that rows name instead of lines, by identity: references to a hub of tables with other lines."""
    far = [
        found
        for found in met
        if chosen.focus not in (found.child, found.parent) and not found.assumed and not found.self_reference
    ]
    counts = Counter(parent for parent, _ in {(found.parent, found.child) for found in far})
    words = {id(found): found for found in far if counts[found.parent] > HUB_ABOVE}
    held = {name for found in met if id(found) not in words for name in (found.child, found.parent)}
    words = {key: found for key, found in words.items() if found.child in held}
    # A hub that no line leads to any more would hang in the air: its nearest table keeps its lines.
    kept = {name for found in met if id(found) not in words for name in (found.child, found.parent)}
    nearest: dict[QualifiedName, QualifiedName] = {}
    for name in sorted(chosen.steps, key=lambda name: (chosen.steps[name], name)):
        for found in words.values():
            if found.child == name and found.parent not in kept:
                nearest.setdefault(found.parent, name)
    return {key: found for key, found in words.items() if nearest.get(found.parent) != found.child}


def _drawn(chosen: _Chosen, graph: Graph) -> tuple[list[Relationship], list[Relationship]]:
    """The relationships that are lines, and those that are words."""
    met = _met(chosen, graph)
    words = _in_words(met, chosen) if chosen.degrees > 1 else {}
    return [found for found in met if id(found) not in words], list(words.values())


def _chart(
    chosen: _Chosen,
    shelf: Shelf,
    drawn: Sequence[Relationship],
    words: Sequence[Relationship],
    detail: Detail,
) -> Chart:
    """The chart of these tables, with the relationships that are lines and those that are words."""
    center = chosen.focus
    lead: dict[QualifiedName, dict[str, QualifiedName]] = {}
    for found in words:
        lead.setdefault(found.child, {}).update(dict.fromkeys(found.key.columns, found.parent))
    numbers = {name: number for number, name in enumerate(sorted(chosen.steps), start=1)}
    ends = lines.ends(drawn)
    made = []
    for name, number in numbers.items():
        relation = shelf.lookup.relations.get(name)
        if relation is None:
            made.append(lines.unknown(number, name, center.schema))
        elif name == center:
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=detail,
                    role=Role.FOCUS,
                    home=center.schema,
                    always=ends.get(name, ()),
                )
            )
        else:
            primary = set(relation.primary_key.columns) if relation.primary_key else set()
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=Detail.NAMES if detail is Detail.NAMES else Detail.KEYS,
                    home=center.schema,
                    only=primary | ends.get(name, set()) | lead.get(name, {}).keys(),
                    lead=lead.get(name),
                )
            )
    links = [lines.link(found, numbers) for found in drawn]
    for rest in chosen.rests:
        number = len(made) + 1
        note = tr("that it references") if rest.referenced else tr("that reference it")
        if rest.steps > 1:
            note = tr("{count} steps away", count=rest.steps)
        made.append(remainder.box(number, rest.names, home=center.schema, url=shelf.url, note=note))
        if rest.steps == 1:
            text = tr(
                mark("references {tables}") if rest.referenced else mark("referenced by {tables}"),
                tables=counted(len(rest.names), "more table"),
            )
            links.append(
                Link(
                    child=numbers[center] if rest.referenced else number,
                    parent=number if rest.referenced else numbers[center],
                    many=True,
                    optional=True,
                    identifying=False,
                    columns=text,
                    tooltip=text,
                    implied=True,
                )
            )
    return Chart(boxes=tuple(made), links=tuple(links), detail=detail)
