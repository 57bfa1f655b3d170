"""Entity-relationship diagrams of many tables: the whole database, one schema, one domain.

None has more boxes than its limit, as long as its own tables are no more: for what has more there is a map of
domains (`domain_map`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec import structs
from msgspec.structs import replace

from pgdossier.analysis import tables
from pgdossier.analysis.domains import MOST_BOXES, Domain
from pgdossier.analysis.entities import Aggregate
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import boxes, columns, lines, stubs
from pgdossier.diagrams.boxes import Shelf, Url
from pgdossier.diagrams.chart import Box, Chart, Detail, Group, Link, Role
from pgdossier.diagrams.diagram import Charted, Diagram, Subject
from pgdossier.diagrams.lettering import counted, tooltip, visible
from pgdossier.diagrams.stubs import Home
from pgdossier.language import mark, tr, trn
from pgdossier.language import number as written
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind

NAMES_ABOVE = 60
"""Tables in one diagram above which their boxes show nothing but the name."""

ROWS = 280
"""Columns of all tables together above which a diagram shows keys only, however few its tables are."""

HUB_ABOVE = 8
"""Referencing tables above which, in a diagram of keys or names, a table's lines become words."""

OUTER_HUB_ABOVE = 3
"""Referencing tables of a domain above which the lines to a table outside become words."""

KNOWN_ABOVE = 15
"""Referencing tables of the whole database above which the lines from a domain to a table outside do."""

DOMAIN_ROWS = 60
"""Columns of all tables of a domain above which its diagram shows keys only."""

MOST_STUBS = 8
"""Boxes for tables outside a domain; more of them share boxes."""

_DRAWN = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.FOREIGN_TABLE)

_SHOWS = {
    Detail.COLUMNS: mark("Every box lists its columns."),
    Detail.KEYS: mark("Every box lists its key columns."),
    Detail.NAMES: mark("Boxes show names only."),
}


def _schema_of(name: QualifiedName) -> str:
    return f"schema {name.schema}"


def overview(
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    columns_above: int = 25,
    aggregates: Sequence[Aggregate] = (),
    most: int = MOST_BOXES,
    home_of: Home = _schema_of,
    shelf: Shelf | None = None,
) -> Diagram:
    """All tables of the database, each schema in a frame of its own when there are several.

    Args:
        lookup: The snapshot's relations.
        relationships: All declared relationships.
        url: Where a relation's section is, relative to the file of this diagram.
        columns_above: With more tables than this only key columns are shown.
        aggregates: What gets a frame of its own, with at most `columns_above` tables in the diagram.
        most: How many boxes there may be, where the tables themselves are no more.
        home_of: Names the domain of a table outside.
        shelf: Makes boxes of the same lookup with the same addresses, to save making their rows again.
    """
    shown = _drawn(lookup, None)
    names = {relation.qualified for relation in shown}
    plan = _plan(shown, [found for found in relationships if found.child in names], columns_above)
    several = len({relation.schema for relation in shown}) > 1
    home = None if several else _only_schema(shown)
    room = _Room(most, home_of)
    chart = _chart(
        plan, shelf or Shelf(lookup, url), home=home, grouped=several, aggregates=aggregates, room=room
    )
    return _diagram(
        Subject("overview"), tr("All tables and their relationships"), f"{plan.counts}. {plan.remarks}", chart
    )


def of_schema(
    schema: str,
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    columns_above: int = 25,
    aggregates: Sequence[Aggregate] = (),
    most: int = MOST_BOXES,
    home_of: Home = _schema_of,
    tint: int | None = None,
    shelf: Shelf | None = None,
) -> Diagram:
    """The tables of one schema; tables of other schemas that they reference are stubs with a dashed border.

    Args:
        schema: The schema's name.
        lookup: The snapshot's relations.
        relationships: All declared relationships.
        url: Where a relation's section is, relative to the file of this diagram.
        columns_above: With more tables than this only key columns are shown.
        aggregates: What gets a frame of its own, with at most `columns_above` tables in the diagram.
        most: How many boxes there may be, where the tables themselves are no more.
        home_of: Names the domain of a table outside.
        tint: The colour of the schema, as in `Box`, where it is a domain.
        shelf: Makes boxes of the same lookup with the same addresses, to save making their rows again.
    """
    shown = _drawn(lookup, schema)
    names = {relation.qualified for relation in shown}
    plan = _plan(shown, [found for found in relationships if found.child in names], columns_above)
    room = _Room(most, home_of)
    chart = _chart(
        plan, shelf or Shelf(lookup, url), home=schema, grouped=False, aggregates=aggregates, room=room
    )
    chart = _coloured(chart, names, tint)
    title = tr("Tables of schema {schema}", schema=visible(schema))
    return _diagram(Subject("schema", schema), title, f"{title}: {plan.counts}. {plan.remarks}", chart)


def of_domain(
    domain: Domain,
    lookup: Lookup,
    graph: Graph,
    url: Url,
    *,
    most: int = MOST_BOXES,
    home_of: Home = _schema_of,
    tint: int | None = None,
    shelf: Shelf | None = None,
) -> Diagram:
    """The tables of one domain; tables of others that they reference are stubs with a dashed border.

    Args:
        domain: The domain; it has at most `most` tables.
        lookup: The snapshot's relations.
        graph: All relationships to be drawn, by either end.
        url: Where a relation's section is, relative to the file of this diagram.
        most: How many boxes there may be.
        home_of: Names the domain of a table outside.
        tint: The colour of the domain, as in `Box`.
        shelf: Makes boxes of the same lookup with the same addresses, to save making their rows again.
    """
    shown = [lookup.relations[name] for name in domain.tables]
    inside = frozenset(domain.tables)
    plan = _plan_of_domain(shown, inside, graph)
    touched = stubs.touched_from_outside(inside, graph)
    several = not domain.schema
    chart = _chart(
        plan,
        shelf or Shelf(lookup, url),
        home=None if several else domain.schema,
        grouped=several,
        room=_Room(min(most, len(shown) + MOST_STUBS), home_of),
        touched=touched,
    )
    chart = _narrow(_coloured(chart, inside, tint))
    title = tr("Tables of {domain}", domain=visible(domain.name))
    remarks = plan.remarks
    if touched:
        remarks += " " + tr("“← 3 outside”: three tables of other domains reference it.")
    return _diagram(Subject("domain", name=domain.name), title, f"{title}: {plan.counts}. {remarks}", chart)


def _coloured(chart: Chart, names: Collection[QualifiedName], tint: int | None) -> Chart:
    """The chart with those tables in the colour of their domain."""
    boxes = (structs.replace(box, tint=tint) if box.relation in names else box for box in chart.boxes)
    return replace(chart, boxes=tuple(boxes))


def _drawn(lookup: Lookup, schema: str | None) -> list[Relation]:
    """The tables to draw, partitions folded; the views when there is nothing else."""
    found = [relation for relation in tables.relations(lookup) if schema is None or relation.schema == schema]
    return [relation for relation in found if relation.kind in _DRAWN] or found


def _only_schema(shown: Sequence[Relation]) -> str:
    return shown[0].schema if shown else ""


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a diagram of many tables shows: which tables, how much of each, which foreign keys as lines."""

    shown: Sequence[Relation]
    detail: Detail
    lines: Sequence[Relationship]
    words: Sequence[Relationship]
    counts: str
    remarks: str
    small: bool


class _Room(msgspec.Struct, frozen=True):
    """How many boxes there may be, and what the groups of tables outside are called."""

    most: int
    home_of: Home


def _plan_of_domain(shown: Sequence[Relation], inside: frozenset[QualifiedName], graph: Graph) -> _Plan:
    found = [one for relation in shown for one in graph.parents_of(relation.qualified)]
    declared = [one for one in found if not one.assumed]
    hubs = _hubs(declared, HUB_ABOVE) | (_hubs(declared, OUTER_HUB_ABOVE) - inside)
    hubs |= {name for name in {one.parent for one in declared} - inside if _is_known(name, graph)}
    few = sum(len(relation.columns) for relation in shown) <= DOMAIN_ROWS
    return _planned(shown, found, Detail.COLUMNS if few else Detail.KEYS, hubs, small=False)


def _is_known(name: QualifiedName, graph: Graph) -> bool:
    """Whether so many tables of the database reference one that a line to it says little."""
    children = graph.children_of(name)
    return (
        len(children) > KNOWN_ABOVE and len({one.child for one in children if not one.assumed}) > KNOWN_ABOVE
    )


def _plan(shown: Sequence[Relation], found: Sequence[Relationship], columns_above: int) -> _Plan:
    if len(shown) > max(NAMES_ABOVE, columns_above):
        detail = Detail.NAMES
    elif len(shown) > columns_above or sum(len(relation.columns) for relation in shown) > ROWS:
        detail = Detail.KEYS
    else:
        detail = Detail.COLUMNS
    declared = [one for one in found if not one.assumed]
    hubs = _hubs(declared, HUB_ABOVE) if len(shown) > columns_above else frozenset()
    return _planned(shown, found, detail, hubs, small=len(shown) <= columns_above)


def _planned(
    shown: Sequence[Relation],
    found: Sequence[Relationship],
    detail: Detail,
    hubs: frozenset[QualifiedName],
    *,
    small: bool,
) -> _Plan:
    keys = sum(not one.assumed for one in found)
    counts = tr("{items} and {last}", items=counted(len(shown), "table"), last=counted(keys, "foreign key"))
    remarks = tr(_SHOWS[detail])
    if hubs:
        remarks += " " + trn(
            "{count} table that many of them reference is named in their rows (→ name) instead of drawn with"
            " lines.",
            "{count} tables that many of them reference are named in their rows (→ name) instead of"
            " drawn with lines.",
            len(hubs),
        )
    return _Plan(
        shown=shown,
        detail=detail,
        lines=[one for one in found if one.parent not in hubs or one.self_reference or one.assumed],
        words=[one for one in found if one.parent in hubs and not (one.self_reference or one.assumed)],
        counts=counts,
        remarks=remarks,
        small=small,
    )


def _hubs(found: Iterable[Relationship], above: int) -> frozenset[QualifiedName]:
    """The tables that so many reference that their lines would hide all others."""
    pairs = {(one.parent, one.child) for one in found if not one.self_reference}
    return frozenset(name for name, count in Counter(parent for parent, _ in pairs).items() if count > above)


def _chart(
    plan: _Plan,
    shelf: Shelf,
    *,
    home: str | None,
    grouped: bool,
    aggregates: Sequence[Aggregate] = (),
    room: _Room,
    touched: Mapping[QualifiedName, int] | None = None,
) -> Chart:
    inside = frozenset(relation.qualified for relation in plan.shown)
    outside = stubs.choose(plan.lines, inside, room.most - len(inside), room.home_of)
    plan = _in_words(plan, outside.words)
    folded = {name: fold for fold in outside.folds for name in fold.tables}
    drawn = [found for found in plan.lines if found.parent not in folded]
    numbers = {name: number for number, name in enumerate(sorted(inside | outside.single), start=1)}
    lead: dict[QualifiedName, dict[str, QualifiedName]] = {}
    for found in plan.words:
        lead.setdefault(found.child, {}).update(dict.fromkeys(found.key.columns, found.parent))
    ends = lines.ends(plan.lines)
    hubs = Counter(parent for parent, _ in {(found.parent, found.child) for found in plan.words})

    def note(name: QualifiedName) -> str:
        facts = [tr("referenced by {count}", count=written(hubs[name]))] if name in hubs else []
        facts += (
            [tr("← {count} outside", count=written(touched[name]))] if touched and name in touched else []
        )
        return ", ".join(facts)

    made = []
    for name, number in numbers.items():
        if name not in shelf.lookup.relations:
            made.append(lines.unknown(number, name, home))
        elif name in inside:
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=plan.detail,
                    home=home,
                    lead=lead.get(name),
                    always=ends.get(name, ()),
                    note=note(name),
                )
            )
        else:
            detail = Detail.NAMES if plan.detail is Detail.NAMES else Detail.KEYS
            only = ends.get(name, ())
            made.append(
                shelf.box(
                    number,
                    name,
                    detail=detail,
                    role=Role.STUB,
                    home=home,
                    only=only,
                )
            )
    together, ties = _folds(plan, folded, outside.folds, numbers, shelf.url)
    made += together
    # Frames keep boxes from where their lines are short: large diagrams get half as long again by them.
    frames = _frames(aggregates, plan, numbers) if plan.small else []
    groups = [frame for _, frame in frames]
    if grouped:
        groups = []
        for schema in sorted({name.schema for name in numbers}):
            members = tuple(number for name, number in numbers.items() if name.schema == schema)
            inner = tuple(frame for home_of, frame in frames if home_of == schema)
            groups.append(Group(name=visible(schema), boxes=members, inner=inner))
    return Chart(
        boxes=tuple(made),
        links=(*(lines.link(found, numbers) for found in drawn), *ties),
        groups=tuple(groups),
        detail=plan.detail,
    )


def _narrow(chart: Chart) -> Chart:
    """The chart in columns, where it would be too wide for a page if the engine laid it out."""
    lines_of = [(link.child - 1, link.parent - 1) for link in chart.links]
    wide = [boxes.width(box) for box in chart.boxes]
    free = columns.levels(len(wide), lines_of)
    # Boxes without lines are put side by side, at least as many as the longest way has.
    if chart.groups or (max(free) < columns.ACROSS and columns.fits(wide, free)):
        return chart
    places = free
    for across in range(columns.ACROSS, 0, -1):
        places = columns.arrange(len(wide), lines_of, across)
        if columns.fits(wide, places):
            break
    members = [
        tuple(box.number for box in chart.boxes if places[box.number - 1] == at)
        for at in range(max(places) + 1)
    ]
    return replace(chart, columns=tuple(members))


def _in_words(plan: _Plan, names: Collection[QualifiedName]) -> _Plan:
    """The plan with words in place of lines to those tables; of what is only assumed nothing is left."""
    if not names:
        return plan
    away = [one for one in plan.lines if one.parent in names]
    return replace(
        plan,
        lines=[one for one in plan.lines if one.parent not in names],
        words=[*plan.words, *(one for one in away if not one.assumed)],
    )


def _folds(
    plan: _Plan,
    folded: Mapping[QualifiedName, stubs.Fold],
    folds: Sequence[stubs.Fold],
    numbers: dict[QualifiedName, int],
    url: Url,
) -> tuple[list[Box], list[Link]]:
    """The boxes of tables that share one, and one line from each table that references some of them."""
    place = {fold: number for number, fold in enumerate(folds, start=len(numbers) + 1)}
    leading: dict[tuple[int, int], list[Relationship]] = {}
    for found in plan.lines:
        if found.parent in folded:
            leading.setdefault((numbers[found.child], place[folded[found.parent]]), []).append(found)
    ties = [
        Link(
            child=child,
            parent=parent,
            many=True,
            optional=True,
            identifying=False,
            columns=visible(", ".join(dict.fromkeys(column for one in found for column in one.key.columns))),
            tooltip=tooltip(", ".join(f"{', '.join(one.key.columns)} → {one.parent.name}" for one in found)),
            implied=all(one.assumed for one in found),
        )
        for (child, parent), found in sorted(leading.items())
    ]
    return [stubs.box(number, fold, url) for fold, number in place.items()], ties


def _frames(
    aggregates: Sequence[Aggregate], plan: _Plan, numbers: dict[QualifiedName, int]
) -> list[tuple[str, Group]]:
    """A frame around each aggregate whose tables hang together by lines, with its schema.

    Tables of other schemas stay in the frame of theirs.
    """
    inside = {relation.qualified for relation in plan.shown}
    drawn = {(found.child, found.parent) for found in plan.lines}
    frames = []
    for found in aggregates:
        members = {found.root}
        for part in found.parts:  # each comes after its owner
            if part.owner in members and (part.table, part.owner) in drawn:
                members.add(part.table)
        kept = [name for name in sorted(members & inside) if name.schema == found.root.schema]
        if len(kept) > 1:
            boxes_of = tuple(numbers[name] for name in kept)
            frames.append(
                (
                    found.root.schema,
                    Group(
                        name=tr("aggregate {table}", table=visible(found.root.name)),
                        boxes=boxes_of,
                        aggregate=True,
                    ),
                )
            )
    return frames


def _diagram(subject: Subject, title: str, description: str, chart: Chart) -> Diagram:
    return Diagram(
        subject=subject,
        title=title,
        description=description,
        content=Charted(lambda: chart),
        boxes=len(chart.boxes),
        edges=len(chart.links),
    )
