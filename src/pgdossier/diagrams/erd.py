"""Entity-relationship diagrams: the whole database, one schema, one relation with its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pgdossier.analysis import tables
from pgdossier.analysis.entities import Aggregate
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import boxes, dot, legend, mermaid
from pgdossier.diagrams.boxes import Url
from pgdossier.diagrams.chart import Box, Chart, Detail, Group, Link, Role, Row
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.diagrams.lettering import counted, tooltip, visible
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind

NAMES_ABOVE = 60
"""Tables in one diagram above which their boxes show nothing but the name."""

ROWS = 280
"""Columns of all tables together above which a diagram shows keys only, however few its tables are."""

HUB_ABOVE = 8
"""Referencing tables above which, in a diagram of keys or names, a table's lines become words."""

MOST_NEIGHBOURS = 12
"""Neighbours on either side up to which a relation's own diagram shows all of them."""

RELEVANT = 10
"""Neighbours on a side that it shows when there are more; the others are only named."""

MOST_NAMED = 40
"""Neighbours named in the box that stands for those that are not drawn."""

_DRAWN = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.FOREIGN_TABLE)

_SHOWS = {
    Detail.COLUMNS: "Every box lists its columns.",
    Detail.KEYS: "Every box lists its key columns.",
    Detail.NAMES: "Boxes show names only.",
}


def overview(
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    columns_above: int = 25,
    aggregates: Sequence[Aggregate] = (),
) -> Diagram:
    """All tables of the database, each schema in a frame of its own when there are several.

    Args:
        lookup: The snapshot's relations.
        relationships: All declared relationships.
        url: Where a relation's section is, relative to the file of this diagram.
        columns_above: With more tables than this only key columns are shown.
        aggregates: What gets a frame of its own, with at most `columns_above` tables in the diagram.
    """
    shown = _drawn(lookup, None)
    names = {relation.qualified for relation in shown}
    plan = _plan(shown, [found for found in relationships if found.child in names], columns_above)
    several = len({relation.schema for relation in shown}) > 1
    home = None if several else _only_schema(shown)
    chart = _chart(plan, lookup, url, home=home, grouped=several, aggregates=aggregates)
    return _diagram(
        Subject("overview"), "All tables and their relationships", f"{plan.counts}. {plan.remarks}", chart
    )


def of_schema(
    schema: str,
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    columns_above: int = 25,
    aggregates: Sequence[Aggregate] = (),
) -> Diagram:
    """The tables of one schema; tables of other schemas that they reference are stubs with a dashed border.

    Args:
        schema: The schema's name.
        lookup: The snapshot's relations.
        relationships: All declared relationships.
        url: Where a relation's section is, relative to the file of this diagram.
        columns_above: With more tables than this only key columns are shown.
        aggregates: What gets a frame of its own, with at most `columns_above` tables in the diagram.
    """
    shown = _drawn(lookup, schema)
    names = {relation.qualified for relation in shown}
    plan = _plan(shown, [found for found in relationships if found.child in names], columns_above)
    chart = _chart(plan, lookup, url, home=schema, grouped=False, aggregates=aggregates)
    title = f"Tables of schema {visible(schema)}"
    return _diagram(Subject("schema", schema), title, f"{title}: {plan.counts}. {plan.remarks}", chart)


def neighbourhood(
    relation: Relation,
    lookup: Lookup,
    relationships: Sequence[Relationship],
    url: Url,
    *,
    graph: Graph | None = None,
) -> Diagram | None:
    """One relation with its columns, between the tables that reference it and those that it references.

    Of a neighbour only its primary key and the columns at the ends of the lines are shown. When
    there are more than `MOST_NEIGHBOURS`, the most relevant are drawn and the others named in one box.

    Args:
        relation: The relation in the middle; a partition stands for its table.
        lookup: The snapshot's relations.
        relationships: All declared relationships.
        url: Where a relation's section is, relative to the file of this diagram.
        graph: The same relationships by either end, to save making it again for each of many relations.

    Returns:
        The diagram, or None when no foreign key touches the relation.
    """
    graph = Graph.of(relationships) if graph is None else graph
    name = tables.root(lookup, relation.qualified)
    links = [*graph.parents_of(name)]
    links += [found for found in graph.children_of(name) if not found.self_reference]
    if not links:
        return None
    chart = _around(lookup.relations[name], links, lookup, url, graph)
    keys = [found for found in links if not found.assumed]
    parents = len({found.parent for found in keys} - {name})
    children = len({found.child for found in keys} - {name})
    title = f"{visible(name.dotted)} and its neighbours"
    facts = [f"references {counted(parents, 'other table')}"] if parents else []
    facts += [f"is referenced by {counted(children, 'other table')}"] if children else []
    otherwise = "references itself" if keys else "has no foreign key, in or out"
    text = f"{visible(name.dotted)} {' and '.join(facts) or otherwise}."
    return _diagram(Subject("relation", relation.schema, relation.name), title, text, chart)


def _drawn(lookup: Lookup, schema: str | None) -> list[Relation]:
    """The tables to draw, partitions folded; the views when there is nothing else."""
    found = [relation for relation in tables.relations(lookup) if schema is None or relation.schema == schema]
    return [relation for relation in found if relation.kind in _DRAWN] or found


def _only_schema(shown: Sequence[Relation]) -> str:
    return shown[0].schema if shown else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a diagram of many tables shows: which tables, how much of each, which foreign keys as lines."""

    shown: Sequence[Relation]
    detail: Detail
    lines: Sequence[Relationship]
    words: Sequence[Relationship]
    counts: str
    remarks: str
    small: bool


def _plan(shown: Sequence[Relation], found: Sequence[Relationship], columns_above: int) -> _Plan:
    if len(shown) > max(NAMES_ABOVE, columns_above):
        detail = Detail.NAMES
    elif len(shown) > columns_above or sum(len(relation.columns) for relation in shown) > ROWS:
        detail = Detail.KEYS
    else:
        detail = Detail.COLUMNS
    hubs = _hubs(one for one in found if not one.assumed) if len(shown) > columns_above else frozenset()
    keys = sum(not one.assumed for one in found)
    counts = f"{counted(len(shown), 'table')} and {counted(keys, 'foreign key')}"
    remarks = _SHOWS[detail]
    if hubs:
        verb = "is" if len(hubs) == 1 else "are"
        remarks += (
            f" {counted(len(hubs), 'table')} that more than {HUB_ABOVE} others reference {verb} named in"
            " their rows (→ name) instead of drawn with lines."
        )
    return _Plan(
        shown=shown,
        detail=detail,
        lines=[one for one in found if one.parent not in hubs or one.self_reference or one.assumed],
        words=[one for one in found if one.parent in hubs and not (one.self_reference or one.assumed)],
        counts=counts,
        remarks=remarks,
        small=len(shown) <= columns_above,
    )


def _hubs(found: Iterable[Relationship]) -> frozenset[QualifiedName]:
    """The tables that so many reference that their lines would hide all others."""
    pairs = {(one.parent, one.child) for one in found if not one.self_reference}
    return frozenset(
        name for name, count in Counter(parent for parent, _ in pairs).items() if count > HUB_ABOVE
    )


def _chart(
    plan: _Plan,
    lookup: Lookup,
    url: Url,
    *,
    home: str | None,
    grouped: bool,
    aggregates: Sequence[Aggregate] = (),
) -> Chart:
    inside = {relation.qualified for relation in plan.shown}
    outside = {found.parent for found in plan.lines} - inside
    numbers = {name: number for number, name in enumerate(sorted(inside | outside), start=1)}
    lead: dict[QualifiedName, dict[str, QualifiedName]] = {}
    for found in plan.words:
        lead.setdefault(found.child, {}).update(dict.fromkeys(found.key.columns, found.parent))
    ends = _ends(plan.lines)
    hubs = Counter(parent for parent, _ in {(found.parent, found.child) for found in plan.words})
    made = []
    for name, number in numbers.items():
        relation = lookup.relations.get(name)
        if relation is None:
            made.append(_unknown(number, name, home))
        elif name in inside:
            made.append(
                boxes.make(
                    number,
                    relation,
                    lookup=lookup,
                    url=url,
                    detail=plan.detail,
                    home=home,
                    lead=lead.get(name),
                    always=ends.get(name, ()),
                    note=f"referenced by {hubs[name]:,}" if name in hubs else "",
                )
            )
        else:
            detail = Detail.NAMES if plan.detail is Detail.NAMES else Detail.KEYS
            only = ends.get(name, ())
            made.append(
                boxes.make(
                    number,
                    relation,
                    lookup=lookup,
                    url=url,
                    detail=detail,
                    role=Role.STUB,
                    home=home,
                    only=only,
                )
            )
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
        links=tuple(_link(found, numbers) for found in plan.lines),
        groups=tuple(groups),
        detail=plan.detail,
    )


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
                    Group(name=f"aggregate {visible(found.root.name)}", boxes=boxes_of, aggregate=True),
                )
            )
    return frames


def _ends(links: Iterable[Relationship]) -> dict[QualifiedName, set[str]]:
    """The columns at which lines start and end, by table."""
    ends: dict[QualifiedName, set[str]] = {}
    for found in links:
        ends.setdefault(found.child, set()).update(found.key.columns)
        ends.setdefault(found.parent, set()).update(found.key.target_columns)
    return ends


def _unknown(number: int, name: QualifiedName, home: str | None) -> Box:
    """A table outside the snapshot: only its name is known."""
    return Box(
        number=number,
        name=visible(name.name),
        role=Role.STUB,
        prefix=visible(name.schema) if name.schema != home else "",
        note="not documented",
    )


def _link(found: Relationship, numbers: dict[QualifiedName, int]) -> Link:
    columns = visible(", ".join(found.key.columns))
    targets = visible(", ".join(found.key.target_columns))
    what = "no foreign key" if found.assumed else found.key.name
    text = f"{what}: {found.child.name} ({columns}) → {found.parent.name} ({targets})"
    return Link(
        child=numbers[found.child],
        parent=numbers[found.parent],
        many=found.many,
        optional=found.optional,
        identifying=found.identifying,
        child_column=found.key.columns[0] if found.key.columns else None,
        parent_column=found.key.target_columns[0] if found.key.target_columns else None,
        columns=columns,
        tooltip=tooltip(text),
        implied=found.assumed,
    )


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


def _around(focus: Relation, links: Sequence[Relationship], lookup: Lookup, url: Url, graph: Graph) -> Chart:
    center = focus.qualified
    near: dict[QualifiedName, list[Relationship]] = {}
    for found in links:
        for name in {found.child, found.parent} - {center}:
            near.setdefault(name, []).append(found)
    ranked = sorted(near, key=lambda name: _relevance(name, center, near[name], graph))
    parents = [name for name in ranked if any(found.parent == name for found in near[name])]
    children = [name for name in ranked if name not in set(parents)]
    shown = {center}
    for side in (parents, children):
        shown.update(side if len(side) <= MOST_NEIGHBOURS else side[:RELEVANT])
    drawn = [found for found in links if found.child in shown and found.parent in shown]
    numbers = {name: number for number, name in enumerate(sorted(shown), start=1)}
    ends = _ends(drawn)
    made = []
    for name, number in numbers.items():
        relation = lookup.relations.get(name)
        if relation is None:
            made.append(_unknown(number, name, center.schema))
        elif name == center:
            made.append(
                boxes.make(
                    number,
                    relation,
                    lookup=lookup,
                    url=url,
                    detail=Detail.COLUMNS,
                    role=Role.FOCUS,
                    home=center.schema,
                    always=ends.get(name, ()),
                )
            )
        else:
            primary = set(relation.primary_key.columns) if relation.primary_key else set()
            made.append(
                boxes.make(
                    number,
                    relation,
                    lookup=lookup,
                    url=url,
                    detail=Detail.KEYS,
                    home=center.schema,
                    only=primary | ends.get(name, set()),
                )
            )
    lines = [_link(found, numbers) for found in drawn]
    for side in (parents, children):
        rest = sorted(name for name in side if name not in shown)
        if rest:
            number = len(made) + 1
            made.append(_more(number, rest, center.schema, url))
            outward = side is parents
            text = f"{'references' if outward else 'referenced by'} {counted(len(rest), 'more table')}"
            lines.append(
                Link(
                    child=numbers[center] if outward else number,
                    parent=number if outward else numbers[center],
                    many=True,
                    optional=True,
                    identifying=False,
                    columns=text,
                    tooltip=text,
                    implied=True,
                )
            )
    return Chart(boxes=tuple(made), links=tuple(lines), detail=Detail.COLUMNS)


def _more(number: int, names: Sequence[QualifiedName], home: str, url: Url) -> Box:
    """The box that names the neighbours that are not drawn."""
    rows = [
        Row(
            text=visible(name.name if name.schema == home else name.dotted),
            href=url(name),
            tooltip=visible(name.dotted),
        )
        for name in names[:MOST_NAMED]
    ]
    if len(names) > MOST_NAMED:
        rest = ", ".join(name.dotted for name in names[MOST_NAMED:])
        rows.append(Row(text=f"… and {len(names) - MOST_NAMED:,} others", tooltip=tooltip(rest)))
    return Box(number=number, name=f"+ {counted(len(names), 'more table')}", role=Role.MORE, rows=tuple(rows))


def _diagram(subject: Subject, title: str, description: str, chart: Chart) -> Diagram:
    return Diagram(
        subject=subject,
        title=title,
        description=description,
        dot=dot.write(chart),
        mermaid=mermaid.write(chart),
        boxes=len(chart.boxes),
        edges=len(chart.links),
        legend=() if subject.kind == "relation" else legend.entries(chart),
    )
