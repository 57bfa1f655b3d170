"""A snapshot as Graphviz source: every table with all its columns, in the look of the document's diagrams."""

from __future__ import annotations

from pgdossier.diagrams import dot
from pgdossier.diagrams.chart import Box, Chart, Group, Link, Role, Row
from pgdossier.diagrams.lettering import tooltip, visible
from pgdossier.export.contents import VIEWS, Contents
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.types import brief

_MARKS = {"PK": "PK", "FK": "FK", "UK": "UQ"}


def text(snapshot: Snapshot, *, views: bool = True) -> str:
    """The Graphviz source of that snapshot, for `dot` or another of its engines."""
    contents = Contents.of(snapshot, views=views)
    names = sorted((*(found.qualified for found in contents.relations), *contents.outside))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    relations = {found.qualified: found for found in contents.relations}
    boxes = [
        _box(numbers[name], relations[name], contents)
        if name in relations
        else Box(number=numbers[name], name=visible(name.name), role=Role.STUB, note="not documented")
        for name in names
    ]
    links = [
        Link(
            child=numbers[found.child],
            parent=numbers[found.parent],
            many=found.many,
            optional=found.optional,
            identifying=found.identifying,
            child_column=found.key.columns[0],
            parent_column=found.key.target_columns[0],
            columns=visible(", ".join(found.key.columns)),
            tooltip=tooltip(f"{found.key.name}: {found.key.definition}"),
        )
        for found in contents.relationships
    ]
    groups = [
        Group(name=visible(schema), boxes=tuple(numbers[name] for name in names if name.schema == schema))
        for schema in (contents.schemas if len(contents.schemas) > 1 else ())
    ]
    return dot.write(Chart(boxes=tuple(boxes), links=tuple(links), groups=tuple(groups)))


def _box(number: int, relation: Relation, contents: Contents) -> Box:
    found = contents.marks(relation)
    rows = tuple(
        Row(
            text=visible(column.name),
            column=column.name,
            marks=tuple(_MARKS[mark] for mark in found.get(column.name, ())),
            type=visible(column.type if column.type_name is not None else brief(column.type)),
            required=not column.nullable,
            tooltip=tooltip(column.comment),
        )
        for column in relation.columns
    )
    return Box(
        number=number,
        name=visible(relation.name),
        role=Role.VIEW if relation.kind in VIEWS else Role.TABLE,
        note=contents.kind(relation),
        rows=rows,
        relation=relation.qualified,
        tooltip=tooltip(relation.comment),
    )
